//! The number that the physics is written in: one `f64`, or sixteen `f32`, one an environment.

use multiversion::multiversion;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A number of the physics, with one lane an environment. Lanes never meet: whatever a lane holds,
/// NaN included, the others come out the same.
///
/// Implemented by `f64`, the exact reference, and by [`F32x16`], the fast one.
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
    /// Does `work` with the best vector instructions that this machine has. `work` and all that it
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

/// Sixteen environments in single precision. `FUSED` says whether `a·b + c` is one instruction on
/// this machine.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct F32x16<const FUSED: bool>([f32; 16]);

/// The lanes of one operation, as the loop that the compiler turns into vector instructions.
macro_rules! lanewise {
    ($i:ident => $value:expr) => {{
        let mut out = [0.0f32; 16];
        let mut $i = 0;
        while $i < 16 {
            out[$i] = $value;
            $i += 1;
        }
        F32x16(out)
    }};
}

macro_rules! operator {
    ($trait:ident, $method:ident, $op:tt) => {
        impl<const FUSED: bool> $trait for F32x16<FUSED> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                lanewise!(i => self.0[i] $op other.0[i])
            }
        }
    };
}

operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);

impl<const FUSED: bool> Neg for F32x16<FUSED> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        lanewise!(i => -self.0[i])
    }
}

impl<const FUSED: bool> AddAssign for F32x16<FUSED> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<const FUSED: bool> SubAssign for F32x16<FUSED> {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl<const FUSED: bool> Real for F32x16<FUSED> {
    const LANES: usize = 16;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self([x as f32; 16])
    }
    #[inline(always)]
    fn lane(self, lane: usize) -> f64 {
        f64::from(self.0[lane])
    }
    #[inline(always)]
    fn set_lane(&mut self, lane: usize, x: f64) {
        self.0[lane] = x as f32;
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        if FUSED {
            lanewise!(i => self.0[i].mul_add(a.0[i], b.0[i]))
        } else {
            lanewise!(i => self.0[i] * a.0[i] + b.0[i])
        }
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        lanewise!(i => self.0[i].sqrt())
    }
    #[inline(always)]
    fn abs(self) -> Self {
        lanewise!(i => self.0[i].abs())
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        lanewise!(i => if other.0[i] < self.0[i] { other.0[i] } else { self.0[i] })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        lanewise!(i => if other.0[i] > self.0[i] { other.0[i] } else { self.0[i] })
    }
    #[inline(always)]
    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
        lanewise!(i => if self.0[i] < other.0[i] { then.0[i] } else { otherwise.0[i] })
    }
    #[inline(always)]
    fn any_less(self, other: Self) -> bool {
        let mut any = false;
        for i in 0..16 {
            any |= self.0[i] < other.0[i];
        }
        any
    }
    #[inline(always)]
    fn atan2(self, other: Self) -> Self {
        atan2(self, other)
    }
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self(self.0.map(|x| f(f64::from(x)) as f32))
    }
    #[inline(always)]
    fn vectorised<T>(work: impl FnOnce() -> T) -> T {
        if FUSED { vectorised(work) } else { work() }
    }
}

/// Whether this machine has an instruction for `a·b + c` in lanes.
pub fn fused_on_this_machine() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    return cfg!(target_arch = "aarch64");
}

#[multiversion(
    targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw+avx2+fma", "x86_64+avx2+fma"),
    dispatcher = "direct"
)]
fn vectorised<F: FnOnce() -> T, T>(work: F) -> T {
    work()
}

/// Cephes' `atanf` with its two reductions, branch-free; within 3e-7 of the true angle.
#[inline(always)]
fn atan2<const FUSED: bool>(y: F32x16<FUSED>, x: F32x16<FUSED>) -> F32x16<FUSED> {
    let splat = F32x16::<FUSED>::splat;
    let (zero, one) = (F32x16::zero(), F32x16::one());
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
    y.if_less(zero, -angle, angle)
}
