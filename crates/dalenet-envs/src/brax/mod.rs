//! Brax's `positional` tasks natively: position-based dynamics of linked bodies.
//!
//! A port of Brax 0.14.2 (Apache-2.0, see NOTICE), equal to it in double precision to rounding.
//! The tasks of Brax's other pipelines, of MuJoCo and of Gymnasium have the same names but other
//! motors, joints and contacts: their scores do not compare with these.
//!
//! [`Simulation`] is the bare mechanism, one of `f64` or sixteen of `f32`; [`crate::make`] gives
//! the vectorised environment that a learner wants.

mod contacts;
mod integrate;
mod joints;
mod kinematics;
mod model;
mod pipeline;
mod real;
mod simulation;
mod state;
mod system;
mod tasks;
mod vector;

pub use model::{Actuator, Axis, AxisKind, Joint, Link, Model, Shape, ShapeKind};
pub use real::{F32x16, Real, fused_on_this_machine};
pub use simulation::{Pose, Simulation};
pub use state::State;
pub use tasks::Task;
pub use vector::{Motion, Quat, Transform, Vec3};

use vector::Symmetric;
