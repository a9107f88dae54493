//! Vectors of three numbers, and rotations by quaternions w, x, y, z.

pub type Vector = [f64; 3];
pub type Quaternion = [f64; 4];

pub fn add(a: Vector, b: Vector) -> Vector {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub fn sub(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub fn scale(a: Vector, factor: f64) -> Vector {
    a.map(|x| x * factor)
}

pub fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub fn unit(a: Vector) -> Vector {
    scale(a, 1.0 / dot(a, a).sqrt())
}

/// `v` turned by a unit quaternion: v + 2w(u×v) + 2u×(u×v).
pub fn rotated(v: Vector, [w, x, y, z]: Quaternion) -> Vector {
    let axis = [x, y, z];
    let once = cross(axis, v);
    add(v, add(scale(once, 2.0 * w), scale(cross(axis, once), 2.0)))
}

/// The rotation back.
pub fn inverse([w, x, y, z]: Quaternion) -> Quaternion {
    [w, -x, -y, -z]
}

/// First `b`, then `a`.
pub fn product(a: Quaternion, b: Quaternion) -> Quaternion {
    let ([w, u @ ..], [s, v @ ..]) = (a, b);
    let [x, y, z] = add(add(scale(v, w), scale(u, s)), cross(u, v));
    [w * s - dot(u, v), x, y, z]
}
