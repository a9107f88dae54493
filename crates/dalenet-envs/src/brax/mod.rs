//! Brax's `positional` tasks natively: position-based dynamics of linked bodies.
//!
//! A port of Brax 0.14.2 (Apache-2.0, see NOTICE), equal to it in double precision to rounding.
//! The tasks of Brax's other pipelines, of MuJoCo and of Gymnasium have the same names but other
//! motors, joints and contacts: their scores do not compare with these.
//!
//! [`Simulation`] is the bare mechanism, in double or single precision; [`crate::make`] gives the
//! vectorised environment that a learner wants.

mod contacts;
mod integrate;
mod joints;
mod kinematics;
pub(crate) mod lanes;
mod mechanism;
mod model;
mod pipeline;
mod real;
mod simulation;
mod state;
mod system;
mod tasks;
mod vector;

pub use model::{Actuator, Axis, AxisKind, Joint, Link, Model, Shape, ShapeKind};
pub use simulation::{Pose, Precision, Simulation};
pub use tasks::Task;

pub(crate) use mechanism::Mechanism;
pub(crate) use real::Real;
pub(crate) use simulation::with_best_lanes;
use state::State;
use vector::{Motion, Quat, Symmetric, Transform, Vec3};
