//! Vectors of `f32`, one lane an environment, for each kind of vector instructions. Which kind a
//! machine has is found out at run time.
//!
//! Written with the machine's own operations, since the compiler takes minutes to find them in
//! loops over arrays.

use super::real::{Order, Real, atan2};
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// What follows from the basic operations.
macro_rules! arithmetic {
    ($name:ident) => {
        impl AddAssign for $name {
            #[inline(always)]
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl SubAssign for $name {
            #[inline(always)]
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }
    };
}

/// The methods of [`Real`] that are the same for all vectors of `f32`.
macro_rules! same_for_all {
    ($lanes:literal) => {
        const LANES: usize = $lanes;

        #[inline(always)]
        fn from_lanes(x: impl Fn(usize) -> f64) -> Self {
            Self::from_array(std::array::from_fn(|lane| x(lane) as f32))
        }
        #[inline(always)]
        fn lane(self, lane: usize) -> f64 {
            f64::from(self.array()[lane])
        }
        #[inline(always)]
        fn set_lane(&mut self, lane: usize, x: f64) {
            let mut lanes = self.array();
            lanes[lane] = x as f32;
            *self = Self::from_array(lanes);
        }
        #[inline(always)]
        fn atan2(self, other: Self) -> Self {
            atan2(self, other)
        }
        #[inline(always)]
        fn map(self, f: impl Fn(f64) -> f64) -> Self {
            Self::from_array(self.array().map(|x| f(f64::from(x)) as f32))
        }
    };
}

/// Four lanes as the compiler makes them: for machines without the instructions below.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
pub struct Plain([f32; 4]);

impl Plain {
    #[inline(always)]
    fn array(self) -> [f32; 4] {
        self.0
    }
    #[inline(always)]
    fn from_array(lanes: [f32; 4]) -> Self {
        Self(lanes)
    }
    #[inline(always)]
    fn with(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let ([a, b, c, d], [w, x, y, z]) = (self.0, other.0);
        Self([f(a, w), f(b, x), f(c, y), f(d, z)])
    }
}

macro_rules! plain_operator {
    ($trait:ident, $method:ident, $op:tt) => {
        impl $trait for Plain {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.with(other, |a, b| a $op b)
            }
        }
    };
}

plain_operator!(Add, add, +);
plain_operator!(Sub, sub, -);
plain_operator!(Mul, mul, *);
plain_operator!(Div, div, /);
arithmetic!(Plain);

impl Neg for Plain {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.with(self, |a, _| -a)
    }
}

impl Real for Plain {
    same_for_all!(4);

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self([x as f32; 4])
    }
    #[inline(always)]
    fn permuted(self, order: &Order) -> Self {
        Self([0, 1, 2, 3].map(|i| self.0[order[i] as usize]))
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.with(self, |a, _| a.sqrt())
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.with(self, |a, _| a.abs())
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.with(other, |a, b| if b < a { b } else { a })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.with(other, |a, b| if b > a { b } else { a })
    }
    #[inline(always)]
    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
        let ([a, b, c, d], [w, x, y, z]) = (then.0, otherwise.0);
        let less = [0, 1, 2, 3].map(|i| self.0[i] < other.0[i]);
        let pick = |i: usize, then, otherwise| if less[i] { then } else { otherwise };
        Self([pick(0, a, w), pick(1, b, x), pick(2, c, y), pick(3, d, z)])
    }
    #[inline(always)]
    fn any_less(self, other: Self) -> bool {
        (0..4).any(|i| self.0[i] < other.0[i])
    }
    #[inline(always)]
    fn vectorised<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
}

pub(super) use {arithmetic, same_for_all};

/// The vectors of x86-64.
///
/// SAFETY of this module: its operations need instructions that not every x86-64 has. Its types
/// are only used where `available` has been true.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86 {
    use super::*;
    use std::arch::x86_64::*;

    /// A vector by its intrinsics. `less` compares, `choose` takes `then` where it was less.
    macro_rules! vector {
        (
            $(#[$doc:meta])* $name:ident, $lanes:literal x $type:ident, $features:literal,
            available: $($feature:tt),+;
            add: $add:ident, sub: $sub:ident, mul: $mul:ident, div: $div:ident,
            fma: $fma:ident, sqrt: $sqrt:ident, min: $min:ident, max: $max:ident,
            splat: $splat:ident,
            permute: |$x:ident, $order:ident| $permute:expr,
            less: |$a:ident, $b:ident| $less:expr,
            choose: |$mask:ident, $then:ident, $otherwise:ident| $choose:expr,
            any: |$any_mask:ident| $any:expr,
        ) => {
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            #[repr(transparent)]
            pub struct $name($type);

            impl $name {
                /// Whether this machine can.
                pub fn available() -> bool {
                    $(is_x86_feature_detected!($feature))&&+
                }
                #[inline(always)]
                fn array(self) -> [f32; $lanes] {
                    // SAFETY: as many bytes, any of which are a float.
                    unsafe { std::mem::transmute(self.0) }
                }
                #[inline(always)]
                fn from_array(lanes: [f32; $lanes]) -> Self {
                    // SAFETY: as above.
                    Self(unsafe { std::mem::transmute::<[f32; $lanes], $type>(lanes) })
                }
            }

            vector!(@operator $name, Add, add, $add);
            vector!(@operator $name, Sub, sub, $sub);
            vector!(@operator $name, Mul, mul, $mul);
            vector!(@operator $name, Div, div, $div);
            arithmetic!($name);

            impl Neg for $name {
                type Output = Self;
                #[inline(always)]
                fn neg(self) -> Self {
                    Self::splat(-0.0) - self
                }
            }

            impl Real for $name {
                same_for_all!($lanes);

                #[inline(always)]
                fn splat(x: f64) -> Self {
                    Self(unsafe { $splat(x as f32) })
                }
                #[inline(always)]
                fn permuted(self, order: &Order) -> Self {
                    let ($x, $order) = (self.0, order.as_ptr());
                    Self(unsafe { $permute })
                }
                #[inline(always)]
                fn mul_add(self, a: Self, b: Self) -> Self {
                    Self(unsafe { $fma(self.0, a.0, b.0) })
                }
                #[inline(always)]
                fn sqrt(self) -> Self {
                    Self(unsafe { $sqrt(self.0) })
                }
                #[inline(always)]
                fn abs(self) -> Self {
                    self.max(-self)
                }
                #[inline(always)]
                fn min(self, other: Self) -> Self {
                    // The instruction gives its second operand where one of them is NaN.
                    Self(unsafe { $min(other.0, self.0) })
                }
                #[inline(always)]
                fn max(self, other: Self) -> Self {
                    Self(unsafe { $max(other.0, self.0) })
                }
                #[inline(always)]
                fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
                    let ($a, $b, $then, $otherwise) = (self.0, other.0, then.0, otherwise.0);
                    Self(unsafe {
                        let $mask = $less;
                        $choose
                    })
                }
                #[inline(always)]
                fn any_less(self, other: Self) -> bool {
                    let ($a, $b) = (self.0, other.0);
                    unsafe {
                        let $any_mask = $less;
                        $any
                    }
                }
                #[inline(always)]
                fn vectorised<T>(work: impl FnOnce() -> T) -> T {
                    #[target_feature(enable = $features)]
                    fn with_features<T>(work: impl FnOnce() -> T) -> T {
                        work()
                    }
                    unsafe { with_features(work) }
                }
            }
        };
        (@operator $name:ident, $trait:ident, $method:ident, $intrinsic:ident) => {
            impl $trait for $name {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    Self(unsafe { $intrinsic(self.0, other.0) })
                }
            }
        };
    }

    vector! {
        /// Eight lanes: AVX2 and FMA, of most machines since 2013.
        Avx2, 8 x __m256, "avx2,fma", available: "avx2", "fma";
        add: _mm256_add_ps, sub: _mm256_sub_ps, mul: _mm256_mul_ps, div: _mm256_div_ps,
        fma: _mm256_fmadd_ps, sqrt: _mm256_sqrt_ps, min: _mm256_min_ps, max: _mm256_max_ps,
        splat: _mm256_set1_ps,
        permute: |x, order| _mm256_permutevar8x32_ps(x, _mm256_loadu_si256(order.cast())),
        less: |a, b| _mm256_cmp_ps::<_CMP_LT_OQ>(a, b),
        choose: |mask, then, otherwise| _mm256_blendv_ps(otherwise, then, mask),
        any: |mask| _mm256_movemask_ps(mask) != 0,
    }

    vector! {
        /// Sixteen lanes: AVX-512.
        Avx512, 16 x __m512, "avx512f,avx2,fma", available: "avx512f", "avx2", "fma";
        add: _mm512_add_ps, sub: _mm512_sub_ps, mul: _mm512_mul_ps, div: _mm512_div_ps,
        fma: _mm512_fmadd_ps, sqrt: _mm512_sqrt_ps, min: _mm512_min_ps, max: _mm512_max_ps,
        splat: _mm512_set1_ps,
        permute: |x, order| _mm512_permutexvar_ps(_mm512_loadu_si512(order.cast()), x),
        less: |a, b| _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b),
        choose: |mask, then, otherwise| _mm512_mask_blend_ps(mask, otherwise, then),
        any: |mask| mask != 0,
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2, Avx512};

#[cfg(test)]
mod tests;
