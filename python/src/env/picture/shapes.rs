//! Where a ray meets a shape. Every shape is at the origin of its own frame, along z.

use super::vector::{Quaternion, Vector, add, dot, inverse, product, rotated, scale, sub, unit};
use dalenet_envs::Bodies;
use dalenet_envs::brax::{Shape, ShapeKind};

/// Points `origin` + t·`direction`, t ≥ 0.
#[derive(Clone, Copy)]
pub struct Ray {
    pub origin: Vector,
    pub direction: Vector,
}

impl Ray {
    pub fn at(&self, t: f64) -> Vector {
        add(self.origin, scale(self.direction, t))
    }
}

/// A shape where it is in the world.
pub struct Placed<'a> {
    pub shape: &'a Shape,
    position: Vector,
    rotation: Quaternion,
    /// Radius of a sphere around it.
    reach: f64,
}

/// Where a ray meets a surface.
#[derive(Clone, Copy)]
pub struct Hit {
    pub t: f64,
    /// Outward, of length 1.
    pub normal: Vector,
}

impl<'a> Placed<'a> {
    pub fn all(bodies: &'a Bodies<'_>) -> Vec<Self> {
        bodies.shapes.iter().map(|shape| Self::of(shape, bodies)).collect()
    }

    fn of(shape: &'a Shape, bodies: &Bodies<'_>) -> Self {
        let (position, rotation) = match shape.link {
            Some(link) => {
                let pose = bodies.poses[link];
                let position = add(pose.position, rotated(shape.position, pose.rotation));
                (position, product(pose.rotation, shape.rotation))
            }
            None => (shape.position, shape.rotation),
        };
        let [a, b, c] = shape.size;
        let reach = match shape.kind {
            ShapeKind::Sphere => a,
            ShapeKind::Capsule | ShapeKind::Cylinder => a + b,
            ShapeKind::Box | ShapeKind::Ellipsoid => (a * a + b * b + c * c).sqrt(),
        };
        Self { shape, position, rotation, reach }
    }

    /// The nearest point of the ray, beyond its origin, on the surface.
    pub fn hit(&self, ray: Ray) -> Option<Hit> {
        let from = sub(ray.origin, self.position);
        let past = dot(from, ray.direction);
        if dot(from, from) - past * past > self.reach * self.reach {
            return None;
        }
        let back = inverse(self.rotation);
        let ray = Ray { origin: rotated(from, back), direction: rotated(ray.direction, back) };
        let [a, b, c] = self.shape.size;
        let hit = match self.shape.kind {
            ShapeKind::Sphere => ellipsoid(ray, [a; 3]),
            ShapeKind::Ellipsoid => ellipsoid(ray, [a, b, c]),
            ShapeKind::Capsule => capsule(ray, a, b),
            ShapeKind::Cylinder => cylinder(ray, a, b),
            ShapeKind::Box => cuboid(ray, [a, b, c]),
        }?;
        Some(Hit { t: hit.t, normal: rotated(hit.normal, self.rotation) })
    }
}

/// Rays begin a little off the surface that they leave.
const NEAR: f64 = 1e-6;

/// The roots of a·t² + 2b·t + c, the smaller first.
fn roots(a: f64, b: f64, c: f64) -> Option<[f64; 2]> {
    let square = b * b - a * c;
    (square >= 0.0 && a > 0.0).then(|| {
        let root = square.sqrt();
        [(-b - root) / a, (-b + root) / a]
    })
}

fn nearest(hits: impl IntoIterator<Item = Hit>) -> Option<Hit> {
    hits.into_iter().filter(|hit| hit.t > NEAR).min_by(|a, b| a.t.total_cmp(&b.t))
}

fn ellipsoid(ray: Ray, radii: Vector) -> Option<Hit> {
    let shrink = |v: Vector| [v[0] / radii[0], v[1] / radii[1], v[2] / radii[2]];
    let (from, along) = (shrink(ray.origin), shrink(ray.direction));
    let roots = roots(dot(along, along), dot(from, along), dot(from, from) - 1.0)?;
    let hit = |t: f64| Hit { t, normal: unit(shrink(shrink(ray.at(t)))) };
    nearest(roots.map(hit))
}

/// The side of a tube of a radius along z.
fn tube(ray: Ray, radius: f64) -> Option<[Hit; 2]> {
    let flat = |v: Vector| [v[0], v[1], 0.0];
    let (from, along) = (flat(ray.origin), flat(ray.direction));
    let constant = dot(from, from) - radius * radius;
    let roots = roots(dot(along, along), dot(from, along), constant)?;
    Some(roots.map(|t| Hit { t, normal: scale(flat(ray.at(t)), 1.0 / radius) }))
}

fn capsule(ray: Ray, radius: f64, half: f64) -> Option<Hit> {
    let side = tube(ray, radius).into_iter().flatten();
    let side = side.filter(|hit| ray.at(hit.t)[2].abs() <= half);
    let caps = [-half, half].into_iter().filter_map(|z| {
        let origin = sub(ray.origin, [0.0, 0.0, z]);
        ellipsoid(Ray { origin, ..ray }, [radius; 3])
    });
    nearest(side.chain(caps))
}

fn cylinder(ray: Ray, radius: f64, half: f64) -> Option<Hit> {
    let side = tube(ray, radius).into_iter().flatten();
    let side = side.filter(|hit| ray.at(hit.t)[2].abs() <= half);
    let discs = [-1.0, 1.0].into_iter().filter_map(|sign: f64| {
        let t = (sign * half - ray.origin[2]) / ray.direction[2];
        let [x, y, _] = ray.at(t);
        (x * x + y * y <= radius * radius).then_some(Hit { t, normal: [0.0, 0.0, sign] })
    });
    nearest(side.chain(discs))
}

fn cuboid(ray: Ray, half: Vector) -> Option<Hit> {
    let faces = (0..6).filter_map(|face| {
        let (axis, sign) = (face / 2, if face % 2 == 0 { 1.0 } else { -1.0 });
        let t = (sign * half[axis] - ray.origin[axis]) / ray.direction[axis];
        let at = ray.at(t);
        let inside = (0..3).all(|other| other == axis || at[other].abs() <= half[other]);
        let mut normal = [0.0; 3];
        normal[axis] = sign;
        inside.then_some(Hit { t, normal })
    });
    nearest(faces)
}
