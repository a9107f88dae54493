//! The constants of a task as `scripts/brax_constants.py` read them out of Brax.

use crate::view::Shape;
use serde::Deserialize;

/// A mechanism: links, joints, motors and shapes. Metres, kilograms, seconds, radians.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Which Brax, task and pipeline this comes from.
    pub source: String,
    /// Physics steps in a step of the environment.
    pub frames: usize,
    /// Seconds in a physics step.
    pub time_step: f64,
    /// Acceleration of everything that is free.
    pub gravity: [f64; 3],
    /// Linear velocities grow by e^(this·time_step), twice a physics step.
    pub vel_damping: f64,
    /// Angular velocities grow by e^(this·time_step), twice a physics step.
    pub ang_damping: f64,
    /// Share of a joint's error in place that a physics step corrects.
    pub joint_scale_pos: f64,
    /// Share of a joint's error in angle that a physics step corrects.
    pub joint_scale_ang: f64,
    /// Share of a contact's depth that a physics step corrects.
    pub collide_scale: f64,
    /// Joint positions that resets begin with, before their noise.
    pub init_q: Vec<f64>,
    /// The motors, in the order of the actions.
    pub actuators: Vec<Actuator>,
    /// The moving bodies; parents come before children.
    pub links: Vec<Link>,
    /// The shapes of the bodies, for pictures and for contacts with the ground.
    pub shapes: Vec<Shape>,
}

/// A motor.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actuator {
    /// Which entry of the velocities it drives.
    pub dof: usize,
    /// Newtons or newton metres per unit of control.
    pub gear: f64,
    /// Controls are clipped to it.
    pub range: [f64; 2],
}

/// A moving body. Rotations are quaternions w, x, y, z.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Its name in the task's MJCF file.
    pub name: String,
    /// The link it hangs on; none if that is the world.
    pub parent: Option<usize>,
    /// Its origin in the parent's frame.
    pub position: [f64; 3],
    /// Its rotation in the parent's frame.
    pub rotation: [f64; 4],
    /// The joint in its own frame.
    pub joint_position: [f64; 3],
    /// The joint in its own frame.
    pub joint_rotation: [f64; 4],
    /// The centre of mass in its own frame.
    pub com_position: [f64; 3],
    /// The principal axes of inertia in its own frame.
    pub com_rotation: [f64; 4],
    /// The mass that the pipeline uses.
    pub mass: f64,
    /// The principal moments of inertia that the pipeline uses.
    pub inertia: [f64; 3],
    /// Torque per angular velocity at the joint.
    pub ang_damping: f64,
    /// Force per velocity at the joint.
    pub vel_damping: f64,
    /// How it can move against its parent.
    pub joint: Joint,
}

/// How a link can move against its parent.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Joint {
    /// In every way: 7 positions (place, quaternion), 6 velocities.
    Free {},
    /// About and along up to three axes.
    Axes {
        /// Three orthogonal directions by which angles are measured.
        frame: [[f64; 3]; 3],
        /// −1 where the third axis is opposite to the frame's.
        parity: f64,
        /// One a degree of freedom.
        axes: Vec<Axis>,
    },
}

/// One degree of freedom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// Turning or sliding.
    pub kind: AxisKind,
    /// About or along which direction.
    pub axis: [f64; 3],
    /// Lowest and highest position.
    pub limit: [Option<f64>; 2],
}

/// What an [`Axis`] lets a link do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AxisKind {
    /// Turn.
    Hinge,
    /// Slide.
    Slide,
}
