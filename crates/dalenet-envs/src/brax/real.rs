//! The number that the physics is written in: one `f64`, or several `f32`, one an environment.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// The lanes that [`Real::permuted`] takes, of as many numbers as there are lanes.
pub type Order = [i32; 16];

/// A number of the physics, with one lane an environment, or one a link ([`super::by_links`]). Lanes
/// meet in [`Self::permuted`] alone: whatever a lane holds, NaN included, the others come out the same.
///
/// Implemented by `f64`, the exact reference, and by the vectors of [`super::lanes`], the fast ones.
pub trait Real:
    Copy
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
{
    /// How many environments one number holds.
    const LANES: usize;

    /// `x` in every lane.
    fn splat(x: f64) -> Self;
    /// `x(i)` in lane i.
    fn from_lanes(x: impl Fn(usize) -> f64) -> Self;
    /// Lane `order[i]` in lane i.
    fn permuted(self, order: &Order) -> Self;
    /// The value in one lane.
    fn lane(self, lane: usize) -> f64;
    /// Changes one lane.
    fn set_lane(&mut self, lane: usize, x: f64);
    /// `self·a + b`, in one rounding where the machine can.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// `√self`.
    fn sqrt(self) -> Self;
    /// `|self|`.
    fn abs(self) -> Self;
    /// The smaller one; `self` unless `other` is smaller.
    fn min(self, other: Self) -> Self;
    /// The larger one; `self` unless `other` is larger.
    fn max(self, other: Self) -> Self;
    /// `then` in the lanes where `self < other`, `otherwise` in the rest.
    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self;
    /// Whether `self < other` in any lane.
    fn any_less(self, other: Self) -> bool;
    /// The angle of the point (x = `other`, y = `self`), in (−π, π].
    fn atan2(self, other: Self) -> Self;
    /// `f` lane by lane.
    fn map(self, f: impl Fn(f64) -> f64) -> Self;
    /// Does `work` with the vector instructions of this kind of number. `work` and all that it
    /// calls must be inlined.
    fn vectorised<T>(work: impl FnOnce() -> T) -> T;

    /// 0.
    #[inline(always)]
    fn zero() -> Self {
        Self::splat(0.0)
    }

    /// 1.
    #[inline(always)]
    fn one() -> Self {
        Self::splat(1.0)
    }

    /// `self` within [`low`, `high`].
    #[inline(always)]
    fn clamp(self, low: Self, high: Self) -> Self {
        self.max(low).min(high)
    }

    /// −1, 0 or 1.
    #[inline(always)]
    fn signum(self) -> Self {
        let (zero, one) = (Self::zero(), Self::one());
        self.if_less(zero, -one, zero.if_less(self, one, zero))
    }
}

impl Real for f64 {
    const LANES: usize = 1;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn from_lanes(x: impl Fn(usize) -> f64) -> Self {
        x(0)
    }
    #[inline(always)]
    fn permuted(self, _: &Order) -> Self {
        self
    }
    #[inline(always)]
    fn lane(self, _: usize) -> f64 {
        self
    }
    #[inline(always)]
    fn set_lane(&mut self, _: usize, x: f64) {
        *self = x;
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b // as NumPy and XLA's reference do; a fused one is a call on older machines
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if other > self { other } else { self }
    }
    #[inline(always)]
    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
        if self < other { then } else { otherwise }
    }
    #[inline(always)]
    fn any_less(self, other: Self) -> bool {
        self < other
    }
    #[inline(always)]
    fn atan2(self, other: Self) -> Self {
        self.atan2(other)
    }
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        f(self)
    }
    #[inline(always)]
    fn vectorised<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
}

/// Cephes' `atanf` with its two reductions, branch-free; within 3e-7 of the true angle.
#[inline(always)]
pub(super) fn atan2<R: Real>(y: R, x: R) -> R {
    let splat = R::splat;
    let (zero, one) = (R::zero(), R::one());
    let (ax, ay) = (x.abs(), y.abs());
    let (small, large) = (ay.min(ax), ay.max(ax));
    let ratio = zero.if_less(large, small / large, large); // 0 at the origin, NaN stays NaN
    let tan_eighth = splat(std::f64::consts::SQRT_2 - 1.0);
    let t = tan_eighth.if_less(ratio, (ratio - one) / (ratio + one), ratio);
    let offset = tan_eighth.if_less(ratio, splat(std::f64::consts::FRAC_PI_4), zero);
    let z = t * t;
    let p = splat(8.053_744_495_38e-2);
    let p = p.mul_add(z, splat(-1.387_768_560_32e-1));
    let p = p.mul_add(z, splat(1.997_771_064_78e-1));
    let p = p.mul_add(z, splat(-3.333_294_915_39e-1));
    let angle = offset + (p * z).mul_add(t, t);
    let angle = ax.if_less(ay, splat(std::f64::consts::FRAC_PI_2) - angle, angle);
    let angle = x.if_less(zero, splat(std::f64::consts::PI) - angle, angle);
    // Comparisons lose NaN; this product is 0 but for it.
    (x + y).mul_add(zero, y.if_less(zero, -angle, angle))
}
