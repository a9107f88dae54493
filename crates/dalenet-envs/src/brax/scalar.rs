//! One `f32`: a single environment, for which lanes beside it would be computed in vain. Same bits as
//! a lane of the vectors of x86-64, operation by operation.

use super::{
    lanes::{arithmetic, same_for_all},
    real::{Order, Real, atan2},
};
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// One lane, with fused multiplication and addition.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Scalar(f32);

impl Scalar {
    /// Whether this machine can.
    pub fn available() -> bool {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
    }
    #[inline(always)]
    fn array(self) -> [f32; 1] {
        [self.0]
    }
    #[inline(always)]
    fn from_array([x]: [f32; 1]) -> Self {
        Self(x)
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $op:tt) => {
        impl $trait for Scalar {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0 $op other.0)
            }
        }
    };
}

operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);
arithmetic!(Scalar);

impl Neg for Scalar {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-0.0 - self.0)
    }
}

impl Real for Scalar {
    same_for_all!(1);

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self(x as f32)
    }
    #[inline(always)]
    fn permuted(self, _: &Order) -> Self {
        self
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        Self(self.0.mul_add(a.0, b.0))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(self.0.sqrt())
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.max(-self)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if other.0 < self.0 { other } else { self }
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if other.0 > self.0 { other } else { self }
    }
    #[inline(always)]
    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
        if self.0 < other.0 { then } else { otherwise }
    }
    #[inline(always)]
    fn any_less(self, other: Self) -> bool {
        self.0 < other.0
    }
    #[inline(always)]
    #[allow(unsafe_code)]
    fn vectorised<T>(work: impl FnOnce() -> T) -> T {
        #[target_feature(enable = "avx2,fma")]
        fn with_features<T>(work: impl FnOnce() -> T) -> T {
            work()
        }
        // SAFETY: this type is only used where `available` has been true.
        unsafe { with_features(work) }
    }
}
