//! A task's mechanism by itself, for tests, viewers and experiments.

use super::{
    Model, Pose, Task,
    lanes::Plain,
    mechanism::{AnyMechanism, Mechanism},
};
use dalenet::Generator;

/// A few environments of one task, stepped together, without episodes: nothing resets by itself.
///
/// ```
/// use dalenet::Generator;
/// use dalenet_envs::brax::{Precision, Simulation, Task};
///
/// let mut ant = Simulation::new(Task::Ant, Precision::Double);
/// assert_eq!(ant.lanes(), 1);
/// ant.start(0, &mut Generator::new(7, 0));
/// for _ in 0..10 {
///     ant.step(&[0.5, 0.5, 0.5, 0.5, -0.5, -0.5, -0.5, -0.5]); // lanes×A
/// }
/// assert_eq!(ant.observation(0).len(), 27);
/// assert!(ant.poses(0)[0].position[2] > 0.2); // the torso's height
/// ```
pub struct Simulation {
    task: Task,
    mechanism: Box<dyn AnyMechanism>,
}

/// The numbers that a [`Simulation`] computes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// `f64`, one lane: equal to Brax in double precision but for rounding.
    Double,
    /// `f32`, in as many lanes as this machine's vectors have: the precision that learners train on.
    Single,
}

/// Calls `$function::<R>($arguments)` with the best vector R of this machine.
macro_rules! with_best_lanes {
    ($function:ident($($argument:expr),*)) => {{
        #[cfg(target_arch = "x86_64")]
        {
            use $crate::brax::lanes::{Avx2, Avx512};
            if Avx512::available() {
                $function::<Avx512>($($argument),*)
            } else if Avx2::available() {
                $function::<Avx2>($($argument),*)
            } else {
                $function::<$crate::brax::lanes::Plain>($($argument),*)
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        $function::<$crate::brax::lanes::Plain>($($argument),*)
    }};
}
pub(crate) use with_best_lanes;

fn boxed<R: super::Real>(task: Task) -> Box<dyn AnyMechanism> {
    Box::new(Mechanism::<R>::new(task))
}

impl Simulation {
    /// The task at its initial positions, at rest, in every lane.
    pub fn new(task: Task, precision: Precision) -> Self {
        let mechanism = match precision {
            Precision::Double => boxed::<f64>(task),
            Precision::Single => with_best_lanes!(boxed(task)),
        };
        Self { task, mechanism }
    }

    /// The task by MuJoCo, with the numbers of Brax's backend `mjx`, in one lane: as
    /// [`crate::make`] gives it for `mujoco/…`. Needs the feature `mujoco`.
    ///
    /// # Errors
    /// If the library cannot be used.
    #[cfg(feature = "mujoco")]
    pub fn by_mujoco(task: Task) -> Result<Self, crate::Error> {
        Ok(Self { task, mechanism: Box::new(super::mujoco::Mechanism::new(task, 1)?) })
    }

    /// Single precision without the machine's own vector instructions, for comparison.
    #[doc(hidden)]
    pub fn plain(task: Task) -> Self {
        Self { task, mechanism: boxed::<Plain>(task) }
    }

    /// The task.
    pub fn task(&self) -> Task {
        self.task
    }

    /// Number of environments.
    pub fn lanes(&self) -> usize {
        self.mechanism.lanes()
    }

    /// The constants of the mechanism; [`Model::shapes`] are for drawing.
    pub fn model(&self) -> &Model {
        self.mechanism.model()
    }

    /// Starts an episode in one lane, by the task's own noise.
    ///
    /// # Panics
    /// If there is no such lane, as all that take one do.
    pub fn start(&mut self, lane: usize, generator: &mut Generator) {
        self.mechanism.start(lane, generator);
    }

    /// Puts one lane at joint positions `q` and velocities `qd`.
    ///
    /// # Panics
    /// If there are not as many as the mechanism has.
    pub fn set_joints(&mut self, lane: usize, q: &[f64], qd: &[f64]) {
        self.mechanism.set_joints(lane, q, qd);
    }

    /// One step of every lane; `actions` is lanes×A.
    ///
    /// # Panics
    /// If there are not lanes×A of them.
    pub fn step(&mut self, actions: &[f64]) {
        self.mechanism.step(actions);
    }

    /// The observation of a lane: O numbers.
    pub fn observation(&mut self, lane: usize) -> Vec<f64> {
        self.mechanism.observe(lane)
    }

    /// The reward of the last step.
    pub fn reward(&self, lane: usize) -> f64 {
        self.mechanism.reward(lane)
    }

    /// Whether the last step terminated the task.
    pub fn over(&self, lane: usize) -> bool {
        self.mechanism.over(lane)
    }

    /// Joint positions; a free joint has seven (place, quaternion).
    pub fn positions(&self, lane: usize) -> Vec<f64> {
        self.mechanism.positions(lane)
    }

    /// Joint velocities; a free joint has six (linear in the world, angular in the body).
    pub fn velocities(&self, lane: usize) -> Vec<f64> {
        self.mechanism.velocities(lane)
    }

    /// The poses of the links, in the order of [`Model::links`].
    pub fn poses(&self, lane: usize) -> Vec<Pose> {
        self.mechanism.poses(lane)
    }
}
