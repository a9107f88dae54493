// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! Vectors, quaternions (w, x, y, z) and rigid motions. After `brax/math.py` and `brax/base.py`.

use super::Real;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

/// Three numbers: a place, a direction or a velocity.
#[derive(Clone, Copy, Debug)]
pub struct Vec3<R>(pub [R; 3]);

/// A quaternion w, x, y, z; a rotation where its length is 1.
#[derive(Clone, Copy, Debug)]
pub struct Quat<R>(pub [R; 4]);

/// A symmetric 3×3 matrix: xx, xy, xz, yy, yz, zz.
#[derive(Clone, Copy, Debug)]
pub struct Symmetric<R>(pub [R; 6]);

/// Where a frame is and how it is turned.
#[derive(Clone, Copy, Debug)]
pub struct Transform<R> {
    /// The frame's origin, in metres.
    pub pos: Vec3<R>,
    /// How the frame is turned.
    pub rot: Quat<R>,
}

/// How a frame moves.
#[derive(Clone, Copy, Debug)]
pub struct Motion<R> {
    /// Angular velocity in rad/s.
    pub ang: Vec3<R>,
    /// Linear velocity in m/s.
    pub vel: Vec3<R>,
}

impl<R: Real> Add for Vec3<R> {
    type Output = Self;
    #[inline(always)]
    fn add(self, o: Self) -> Self {
        Self([self.0[0] + o.0[0], self.0[1] + o.0[1], self.0[2] + o.0[2]])
    }
}

impl<R: Real> Sub for Vec3<R> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, o: Self) -> Self {
        Self([self.0[0] - o.0[0], self.0[1] - o.0[1], self.0[2] - o.0[2]])
    }
}

impl<R: Real> Mul<R> for Vec3<R> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, s: R) -> Self {
        Self([self.0[0] * s, self.0[1] * s, self.0[2] * s])
    }
}

impl<R: Real> Neg for Vec3<R> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self([-self.0[0], -self.0[1], -self.0[2]])
    }
}

impl<R: Real> AddAssign for Vec3<R> {
    #[inline(always)]
    fn add_assign(&mut self, o: Self) {
        *self = *self + o;
    }
}

impl<R: Real> SubAssign for Vec3<R> {
    #[inline(always)]
    fn sub_assign(&mut self, o: Self) {
        *self = *self - o;
    }
}

impl<R: Real> Vec3<R> {
    /// The origin.
    #[inline(always)]
    pub fn zero() -> Self {
        Self([R::zero(); 3])
    }

    /// The same vector in every lane.
    #[inline(always)]
    pub fn splat(v: [f64; 3]) -> Self {
        Self([R::splat(v[0]), R::splat(v[1]), R::splat(v[2])])
    }

    /// `self·o`.
    #[inline(always)]
    pub fn dot(self, o: Self) -> R {
        self.0[0].mul_add(o.0[0], self.0[1].mul_add(o.0[1], self.0[2] * o.0[2]))
    }

    /// `self × o`.
    #[inline(always)]
    pub fn cross(self, o: Self) -> Self {
        let ([a, b, c], [x, y, z]) = (self.0, o.0);
        Self([b.mul_add(z, -(c * y)), c.mul_add(x, -(a * z)), a.mul_add(y, -(b * x))])
    }

    /// `self + o·s`.
    #[inline(always)]
    pub fn add_scaled(self, o: Self, s: R) -> Self {
        let ([a, b, c], [x, y, z]) = (self.0, o.0);
        Self([x.mul_add(s, a), y.mul_add(s, b), z.mul_add(s, c)])
    }

    /// The length; 0 where no component is above 1e-8 (`math.safe_norm`).
    #[inline(always)]
    pub fn length(self) -> R {
        let [x, y, z] = [self.0[0].abs(), self.0[1].abs(), self.0[2].abs()];
        let tiny = R::splat(1e-8);
        tiny.if_less(x.max(y).max(z), self.dot(self).sqrt(), R::zero())
    }

    /// Direction and length; where the length counts as 0, the "direction" is `self·1e6`
    /// (`math.normalize`).
    #[inline(always)]
    pub fn normalised(self) -> (Self, R) {
        let length = self.length();
        let divisor = R::zero().if_less(length, length, R::splat(1e-6));
        (self * (R::one() / divisor), length)
    }

    /// Turned by `q`; stretched by |q|² too where q is not of length 1, as Brax's is.
    #[inline(always)]
    pub fn rotated(self, q: Quat<R>) -> Self {
        let [w, x, y, z] = q.0;
        let u = Self([x, y, z]);
        let two = R::splat(2.0);
        let along = two * u.dot(self);
        let keep = w.mul_add(w, -u.dot(u));
        let turned = (self * keep).add_scaled(u, along);
        turned.add_scaled(u.cross(self), two * w)
    }

    /// Turned back by `q`.
    #[inline(always)]
    pub fn unrotated(self, q: Quat<R>) -> Self {
        self.rotated(q.conjugate())
    }
}

impl<R: Real> Add for Quat<R> {
    type Output = Self;
    #[inline(always)]
    fn add(self, o: Self) -> Self {
        let ([a, b, c, d], [w, x, y, z]) = (self.0, o.0);
        Self([a + w, b + x, c + y, d + z])
    }
}

impl<R: Real> Mul<R> for Quat<R> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, s: R) -> Self {
        let [w, x, y, z] = self.0;
        Self([w * s, x * s, y * s, z * s])
    }
}

impl<R: Real> Mul for Quat<R> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, o: Self) -> Self {
        let ([a, b, c, d], [w, x, y, z]) = (self.0, o.0);
        Self([
            a.mul_add(w, -b.mul_add(x, c.mul_add(y, d * z))),
            a.mul_add(x, b.mul_add(w, c.mul_add(z, -(d * y)))),
            a.mul_add(y, c.mul_add(w, d.mul_add(x, -(b * z)))),
            a.mul_add(z, d.mul_add(w, b.mul_add(y, -(c * x)))),
        ])
    }
}

impl<R: Real> Quat<R> {
    /// No rotation.
    #[inline(always)]
    pub fn identity() -> Self {
        Self::splat([1.0, 0.0, 0.0, 0.0])
    }

    /// 0, which is no rotation at all but the start of a sum.
    #[inline(always)]
    pub fn zero() -> Self {
        Self([R::zero(); 4])
    }

    /// The same quaternion in every lane.
    #[inline(always)]
    pub fn splat(q: [f64; 4]) -> Self {
        Self([R::splat(q[0]), R::splat(q[1]), R::splat(q[2]), R::splat(q[3])])
    }

    /// The opposite rotation.
    #[inline(always)]
    pub fn conjugate(self) -> Self {
        let [w, x, y, z] = self.0;
        Self([w, -x, -y, -z])
    }

    /// The pure quaternion (0, v) times `self` (`math.vec_quat_mul`).
    #[inline(always)]
    pub fn pushed(self, v: Vec3<R>) -> Self {
        let ([a, b, c], [w, x, y, z]) = (v.0, self.0);
        Self([
            -a.mul_add(x, b.mul_add(y, c * z)),
            a.mul_add(w, b.mul_add(z, -(c * y))),
            b.mul_add(w, c.mul_add(x, -(a * z))),
            c.mul_add(w, a.mul_add(y, -(b * x))),
        ])
    }

    /// At length 1.
    #[inline(always)]
    pub fn normalised(self) -> Self {
        let [w, x, y, z] = self.0;
        let square = w.mul_add(w, x.mul_add(x, y.mul_add(y, z * z)));
        self * (R::one() / square.sqrt())
    }

    /// The columns of the matrix of [`Vec3::rotated`].
    #[inline(always)]
    pub fn columns(self) -> [Vec3<R>; 3] {
        let [w, x, y, z] = self.0;
        let two = R::splat(2.0);
        let keep = w * w - x * x - y * y - z * z;
        let (x2, y2, z2) = (two * x, two * y, two * z);
        let (xy, xz, yz) = (x2 * y, x2 * z, y2 * z);
        let (wx, wy, wz) = (x2 * w, y2 * w, z2 * w);
        [
            Vec3([x2.mul_add(x, keep), xy + wz, xz - wy]),
            Vec3([xy - wz, y2.mul_add(y, keep), yz + wx]),
            Vec3([xz + wy, yz - wx, z2.mul_add(z, keep)]),
        ]
    }
}

impl<R: Real> Symmetric<R> {
    /// `Σ_i d_i c_i c_iᵀ` for the columns `c`.
    #[inline(always)]
    pub fn from_columns(c: [Vec3<R>; 3], d: Vec3<R>) -> Self {
        let [a, b, c] = c;
        let (da, db, dc) = (a * d.0[0], b * d.0[1], c * d.0[2]);
        let row = |i: usize| Vec3([a.0[i], b.0[i], c.0[i]]);
        let scaled = |i: usize| Vec3([da.0[i], db.0[i], dc.0[i]]);
        let (x, y, z) = (scaled(0), scaled(1), scaled(2));
        Self([
            x.dot(row(0)),
            x.dot(row(1)),
            x.dot(row(2)),
            y.dot(row(1)),
            y.dot(row(2)),
            z.dot(row(2)),
        ])
    }

    /// 0.
    #[inline(always)]
    pub fn zero() -> Self {
        Self([R::zero(); 6])
    }
}

impl<R: Real> Mul<Vec3<R>> for Symmetric<R> {
    type Output = Vec3<R>;
    #[inline(always)]
    fn mul(self, v: Vec3<R>) -> Vec3<R> {
        let [xx, xy, xz, yy, yz, zz] = self.0;
        Vec3([Vec3([xx, xy, xz]).dot(v), Vec3([xy, yy, yz]).dot(v), Vec3([xz, yz, zz]).dot(v)])
    }
}

impl<R: Real> Transform<R> {
    /// The world's frame.
    #[inline(always)]
    pub fn identity() -> Self {
        Self { pos: Vec3::zero(), rot: Quat::identity() }
    }

    /// The frame `o`, given in this frame, in the world.
    #[inline(always)]
    pub fn then(self, o: Self) -> Self {
        Self { pos: self.apply(o.pos), rot: self.rot * o.rot }
    }

    /// The point `p`, given in this frame, in the world.
    #[inline(always)]
    pub fn apply(self, p: Vec3<R>) -> Vec3<R> {
        self.pos + p.rotated(self.rot)
    }
}

impl<R: Real> Motion<R> {
    /// At rest.
    #[inline(always)]
    pub fn zero() -> Self {
        Self { ang: Vec3::zero(), vel: Vec3::zero() }
    }

    /// The velocity of the point at `offset` from the one whose motion this is.
    #[inline(always)]
    pub fn vel_at(self, offset: Vec3<R>) -> Vec3<R> {
        self.vel + self.ang.cross(offset)
    }
}
