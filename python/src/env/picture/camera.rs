//! The camera: beside the first body, which it follows over the ground, and a little above it.

use super::{
    shapes::Ray,
    vector::{Vector, add, cross, scale, sub, unit},
};
use dalenet_envs::Bodies;

/// Half the height of the picture, in units of the distance.
const ANGLE: f64 = 0.36;

/// What it is turned to, in metres above the ground.
const HEIGHT: f64 = 0.5;

pub struct Camera {
    position: Vector,
    forward: Vector,
    right: Vector,
    up: Vector,
}

impl Camera {
    /// Sees the bodies from the side, at a distance that their size asks for.
    pub fn of(bodies: &Bodies<'_>) -> Self {
        let first = bodies.poses.first().map_or([0.0; 3], |pose| pose.position);
        let spread = bodies.poses.iter().map(|pose| {
            let [x, y, z] = sub(pose.position, first);
            (x * x + y * y + z * z).sqrt()
        });
        let distance = (3.0 + 2.0 * spread.fold(0.0, f64::max)).min(8.0);
        let target = [first[0], first[1], HEIGHT];
        let position = add(target, scale(unit([0.25, -1.0, 0.35]), distance));
        let forward = unit(sub(target, position));
        let right = unit(cross(forward, [0.0, 0.0, 1.0]));
        Self { position, forward, right, up: cross(right, forward) }
    }

    /// The ray through a point of the picture: x and y from −1 to 1, to the right and up.
    pub fn ray(&self, x: f64, y: f64, aspect: f64) -> Ray {
        let across = scale(self.right, x * ANGLE * aspect);
        let direction = add(self.forward, add(across, scale(self.up, y * ANGLE)));
        Ray { origin: self.position, direction: unit(direction) }
    }
}
