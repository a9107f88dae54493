//! Start, observation, reward and termination of each task. Source: `brax/envs/*.py`, one file each.

mod ant;
mod half_cheetah;
mod hopper;
mod humanoid;
mod inverted_double_pendulum;
mod inverted_pendulum;
mod reacher;
mod walker2d;

use super::{
    Real, State, Vec3,
    model::Model,
    system::{Actuator, System},
};
use dalenet::Generator;

/// A task of Brax. (By MuJoCo, InvertedPendulum has steps of 0.04 s; all else here is the same.)
///
/// O observations, A actions (all within [−1, 1]) and seconds in a step:
///
/// | | O | A | s | reward | terminated |
/// |---|---|---|---|---|---|
/// | HalfCheetah | 17 | 6 | 0.05 | `v − 0.1·Σa²` | |
/// | Ant | 27 | 8 | 0.05 | `v + 1 − 0.5·Σa²` | torso below 0.2 m or above 1 m |
/// | Humanoid | 244 | 17 | 0.015 | `1.25·v + 5 − 0.1·Σ(0.4a)²` | torso below 1 m or above 2 m |
/// | Hopper | 11 | 3 | 0.008 | `v + 1 − 0.001·Σa²` | falls |
/// | Walker2d | 17 | 6 | 0.008 | `v + 1 − 0.001·Σa²` | falls |
/// | Reacher | 11 | 2 | 0.02 | `−distance − Σa²` | |
/// | InvertedPendulum | 4 | 1 | 0.02 | `1` | tilts beyond 0.2 rad |
/// | InvertedDoublePendulum | 8 | 1 | 0.02 | `10 − 0.01x² − (y−2)² − 0.001u² − 0.005w²` | `y ≤ 1` |
///
/// `v` is the forward speed in m/s; `x`, `y` the position of the upper tip, `u`, `w` the joints'
/// velocities. Actions beyond [−1, 1] are clipped by the motors, but cost what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Task {
    Ant,
    HalfCheetah,
    Hopper,
    Humanoid,
    InvertedDoublePendulum,
    InvertedPendulum,
    Reacher,
    Walker2d,
}

/// Calls a function of the task's file.
macro_rules! of_task {
    ($task:expr, $function:ident($($argument:expr),*)) => {
        match $task {
            Task::Ant => ant::$function($($argument),*),
            Task::HalfCheetah => half_cheetah::$function($($argument),*),
            Task::Hopper => hopper::$function($($argument),*),
            Task::Humanoid => humanoid::$function($($argument),*),
            Task::InvertedDoublePendulum => inverted_double_pendulum::$function($($argument),*),
            Task::InvertedPendulum => inverted_pendulum::$function($($argument),*),
            Task::Reacher => reacher::$function($($argument),*),
            Task::Walker2d => walker2d::$function($($argument),*),
        }
    };
}

/// How a step went, in every lane.
pub(super) struct Outcome<R> {
    pub reward: R,
    /// 1 where the task is over, 0 where it goes on.
    pub over: R,
}

/// What a step is judged by.
pub(super) struct Effort<'a, R> {
    /// The learner's actions.
    pub actions: &'a [R],
    /// What the motors were given.
    pub ctrl: &'a [R],
    /// How fast [`Task::progress`] grew, per second.
    pub speed: R,
}

impl Task {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Ant,
        Self::HalfCheetah,
        Self::Hopper,
        Self::Humanoid,
        Self::InvertedDoublePendulum,
        Self::InvertedPendulum,
        Self::Reacher,
        Self::Walker2d,
    ];

    /// Its name in commands and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ant => "ant",
            Self::HalfCheetah => "half-cheetah",
            Self::Hopper => "hopper",
            Self::Humanoid => "humanoid",
            Self::InvertedDoublePendulum => "inverted-double-pendulum",
            Self::InvertedPendulum => "inverted-pendulum",
            Self::Reacher => "reacher",
            Self::Walker2d => "walker2d",
        }
    }

    /// The constants of its mechanism.
    pub fn model(self) -> Model {
        let text = match self {
            Self::Ant => include_str!("../constants/ant.json"),
            Self::HalfCheetah => include_str!("../constants/half_cheetah.json"),
            Self::Hopper => include_str!("../constants/hopper.json"),
            Self::Humanoid => include_str!("../constants/humanoid.json"),
            Self::InvertedDoublePendulum => {
                include_str!("../constants/inverted_double_pendulum.json")
            }
            Self::InvertedPendulum => include_str!("../constants/inverted_pendulum.json"),
            Self::Reacher => include_str!("../constants/reacher.json"),
            Self::Walker2d => include_str!("../constants/walker2d.json"),
        };
        serde_json::from_str(text).expect("the constants that were compiled in are whole")
    }

    /// How many numbers are observed.
    pub fn observation_len(self) -> usize {
        match self {
            Self::Ant => 27,
            Self::HalfCheetah | Self::Walker2d => 17,
            Self::Hopper | Self::Reacher => 11,
            Self::Humanoid => 244,
            Self::InvertedDoublePendulum => 8,
            Self::InvertedPendulum => 4,
        }
    }

    /// What a motor is given for an action: of some tasks [−1, 1] stands for its whole range.
    #[inline(always)]
    pub(super) fn control<R: Real>(self, action: R, motor: &Actuator<R>) -> R {
        match self {
            Self::Humanoid | Self::InvertedPendulum => {
                let range = motor.high - motor.low;
                (action + R::one()) * range * R::splat(0.5) + motor.low
            }
            _ => action,
        }
    }

    /// Draws the beginning of an episode; `q` holds the model's `init_q`, `qd` zeros.
    pub(super) fn start(self, q: &mut [f64], qd: &mut [f64], generator: &mut Generator) {
        of_task!(self, start(q, qd, generator));
    }

    /// What the speed is measured by, in metres.
    #[inline(always)]
    pub(super) fn progress<R: Real>(self, system: &System<R>, state: &State<R>) -> R {
        match self {
            Self::Humanoid => humanoid::centre_of_mass(system, state).0[0],
            _ => state.x[0].pos.0[0],
        }
    }

    /// Reward and end of a step that led to `state`.
    #[inline(always)]
    pub(super) fn judge<R: Real>(self, state: &State<R>, effort: &Effort<'_, R>) -> Outcome<R> {
        of_task!(self, judge(state, effort))
    }

    /// What is seen of `state`; `tau` are the motors' torques of the last step.
    #[inline(always)]
    pub(super) fn observe<R: Real>(
        self,
        system: &System<R>,
        state: &State<R>,
        tau: &[R],
        out: &mut [R],
    ) {
        match self {
            Self::Ant => ant::observe(state, out),
            Self::HalfCheetah => half_cheetah::observe(state, out),
            Self::Hopper => hopper::observe(state, out),
            Self::Humanoid => humanoid::observe(system, state, tau, out),
            Self::InvertedDoublePendulum => inverted_double_pendulum::observe(state, out),
            Self::InvertedPendulum => inverted_pendulum::observe(state, out),
            Self::Reacher => reacher::observe(state, out),
            Self::Walker2d => walker2d::observe(state, out),
        }
    }
}

/// Adds a number from U(−scale, scale) to each of `x`.
fn add_uniform(x: &mut [f64], scale: f64, generator: &mut Generator) {
    for x in x {
        *x += scale * (2.0 * f64::from(generator.uniform()) - 1.0);
    }
}

/// Adds a number from N(0, scale²) to each of `x`.
fn add_normal(x: &mut [f64], scale: f64, generator: &mut Generator) {
    for x in x {
        *x += scale * f64::from(generator.normal());
    }
}

/// `Σ x²`.
#[inline(always)]
fn sum_of_squares<R: Real>(x: &[R]) -> R {
    let mut sum = R::zero();
    for &x in x {
        sum = x.mul_add(x, sum);
    }
    sum
}

/// 1 where `low < x < high`, else 0.
#[inline(always)]
fn is_between<R: Real>(x: R, low: f64, high: f64) -> R {
    let (zero, one) = (R::zero(), R::one());
    R::splat(low).if_less(x, x.if_less(R::splat(high), one, zero), zero)
}

/// 1 where `x < low` or `x > high`, else 0.
#[inline(always)]
fn is_outside<R: Real>(x: R, low: f64, high: f64) -> R {
    let (zero, one) = (R::zero(), R::one());
    x.if_less(R::splat(low), one, R::splat(high).if_less(x, one, zero))
}

/// Writes positions and velocities one after the other.
#[inline(always)]
fn concatenate<R: Real>(positions: &[R], velocities: &[R], out: &mut [R]) {
    let (left, right) = out.split_at_mut(positions.len());
    left.copy_from_slice(positions);
    right.copy_from_slice(velocities);
}

/// What Hopper and Walker2d see: the torso's height, the other positions but x, and velocities
/// clipped to ±10.
#[inline(always)]
fn observe_runner<R: Real>(state: &State<R>, out: &mut [R]) {
    concatenate(&state.q[1..], &state.qd, out);
    out[0] = state.x[0].pos.0[2];
    let ten = R::splat(10.0);
    for velocity in &mut out[state.q.len() - 1..] {
        *velocity = velocity.clamp(-ten, ten);
    }
}
