//! What holds in some lanes and not in others.

use super::{
    Motion, Quat, Real, Symmetric, Transform, Vec3,
    real::Order,
    state::{Push, Wrench},
};

/// In which lanes something holds. Where lanes are environments, it is the same in all of them.
pub enum Condition<R> {
    Always,
    Never,
    /// In the lanes that are below 0. Boxed, so that the constants of lanes of environments stay small.
    Lanes(Box<R>),
}

impl<R: Real> Condition<R> {
    /// The same in every lane.
    pub fn all(holds: bool) -> Self {
        if holds { Self::Always } else { Self::Never }
    }

    /// Where `holds(lane)`.
    pub fn by_lane(holds: impl Fn(usize) -> bool) -> Self {
        match (0..R::LANES).filter(|&lane| holds(lane)).count() {
            0 => Self::Never,
            n if n == R::LANES => Self::Always,
            _ => Self::Lanes(Box::new(R::from_lanes(|lane| if holds(lane) { -1.0 } else { 0.0 }))),
        }
    }

    /// Whether it holds in this lane.
    pub fn holds(&self, lane: usize) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Lanes(mask) => mask.lane(lane) < 0.0,
        }
    }

    /// `then` where it holds, `otherwise` elsewhere; [`choose!`] computes `then` only where it is needed.
    #[inline(always)]
    pub fn select<T: Lanewise<R>>(&self, then: T, otherwise: T) -> T {
        match self {
            Self::Always => then,
            Self::Never => otherwise,
            Self::Lanes(mask) => T::select(**mask, then, otherwise),
        }
    }
}

/// `choose!(condition, then, otherwise)`: `then` in the lanes where the condition holds, `otherwise` in
/// the rest; `then` is not computed if that is all of them. A macro, since the compiler must not leave
/// vector instructions in a closure that it calls.
macro_rules! choose {
    ($condition:expr, $then:expr, $otherwise:expr) => {{
        let otherwise = $otherwise;
        match &$condition {
            $crate::brax::condition::Condition::Never => otherwise,
            condition => condition.select($then, otherwise),
        }
    }};
}
pub(super) use choose;

/// Numbers that belong together, lane by lane.
pub trait Lanewise<R>: Copy {
    /// `then` in the lanes where `mask` is below 0, `otherwise` elsewhere.
    fn select(mask: R, then: Self, otherwise: Self) -> Self;

    /// Lane `order[i]` in lane i.
    fn permuted(self, order: &Order) -> Self;
}

impl<R: Real> Lanewise<R> for R {
    #[inline(always)]
    fn select(mask: R, then: R, otherwise: R) -> R {
        mask.if_less(R::zero(), then, otherwise)
    }
    #[inline(always)]
    fn permuted(self, order: &Order) -> R {
        Real::permuted(self, order)
    }
}

/// Field by field.
macro_rules! lanewise {
    ($type:ty: $($field:tt $(($index:literal))?),+) => {
        impl<R: Real> Lanewise<R> for $type {
            #[inline(always)]
            fn select(mask: R, then: Self, otherwise: Self) -> Self {
                let mut chosen = otherwise;
                $(chosen.$field$([$index])? =
                    Lanewise::select(mask, then.$field$([$index])?, otherwise.$field$([$index])?);)+
                chosen
            }
            #[inline(always)]
            fn permuted(self, order: &Order) -> Self {
                let mut permuted = self;
                $(permuted.$field$([$index])? = Lanewise::<R>::permuted(self.$field$([$index])?, order);)+
                permuted
            }
        }
    };
}

lanewise!((R, R): 0, 1);
lanewise!(Vec3<R>: 0(0), 0(1), 0(2));
lanewise!(Quat<R>: 0(0), 0(1), 0(2), 0(3));
lanewise!(Symmetric<R>: 0(0), 0(1), 0(2), 0(3), 0(4), 0(5));
lanewise!(Transform<R>: pos, rot);
lanewise!(Motion<R>: ang, vel);
lanewise!(Wrench<R>: torque, force);
lanewise!(Push<R>: pos, rot);
