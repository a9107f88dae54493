//! Brax's `positional` tasks natively: position-based dynamics of linked bodies.
//!
//! A port of Brax 0.14.2 (Apache-2.0, see NOTICE), equal to it in double precision to rounding.
//! The tasks of Brax's other pipelines, of MuJoCo and of Gymnasium have the same names but other
//! motors, joints and contacts: their scores do not compare with these.
//!
//! # How it is fast
//!
//! - A physics step is done for 4, 8 or 16 environments at once, one in each lane of the machine's
//!   vectors: nothing in it branches on a single environment. What no lane needs, as contacts in
//!   the air, is left out. An environment by itself has its links in the lanes instead, to the same
//!   bits.
//! - Limits of angles are kept by sines and cosines; the angles themselves are computed once in a
//!   step of the environment, not in each of its 4 to 16 physics steps.
//! - A reset is computed in double precision for its one lane, and put in.
//!
//! Considered and left: lanes as arrays that the compiler turns into vectors (minutes to compile);
//! inertias as one number where all axes have the same, as in all tasks but HalfCheetah.
//!
//! # The same tasks by MuJoCo
//!
//! With the feature `mujoco`, `mujoco/ant` and so on are the tasks under Brax's backend `mjx`,
//! computed by the C library MuJoCo: the same formulas of reward and end, other motors, joints and
//! contacts.
//!
//! [`Simulation`] is the bare mechanism, in double or single precision; [`crate::make`] gives the
//! vectorised environment that a learner wants.

mod by_links;
mod condition;
mod contacts;
mod integrate;
mod joints;
mod kinematics;
pub(crate) mod lanes;
mod mechanism;
mod model;
#[cfg(feature = "mujoco")]
pub(crate) mod mujoco;
mod parent;
mod pipeline;
mod real;
#[cfg(target_arch = "x86_64")]
pub(crate) mod scalar;
mod simulation;
mod state;
mod system;
mod tasks;
mod vector;

pub use crate::view::{Pose, Shape, ShapeKind};
pub use model::{Actuator, Axis, AxisKind, Joint, Link, Model};
pub use simulation::{Precision, Simulation};
pub use tasks::Task;

pub(crate) use mechanism::Mechanism;
pub(crate) use real::Real;
pub(crate) use simulation::with_best_lanes;
use state::State;
use vector::{Motion, Quat, Symmetric, Transform, Vec3};
