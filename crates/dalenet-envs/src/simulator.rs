//! What differs from task to task: a [`Simulator`]. Episodes, threads and saving are in
//! [`crate::vectorised`].

use crate::{
    Achievements, Actions, Space, View,
    state_words::{Reader, Writer},
};
use dalenet::Generator;

/// A few environments of one task that are stepped together, each in its lane.
///
/// The last simulator of a batch may have fewer environments than lanes: slices then have rows for
/// the first lanes only.
pub(crate) trait Simulator: Send + Sync {
    /// Environments in a simulator.
    const LANES: usize;

    /// The constants of the task.
    fn spec(&self) -> Spec;

    /// Starts an episode in one lane.
    fn start(&mut self, lane: usize, generator: &mut Generator);

    /// One step of every lane: adds to `rewards` and sets `terminated`. A repeated action can come
    /// when the task is already over.
    fn step(
        &mut self,
        actions: Actions<'_>,
        generators: &mut [Generator],
        rewards: &mut [f32],
        terminated: &mut [bool],
    );

    /// Writes the observations: lanes×O.
    fn observe(&mut self, out: &mut [f32]);

    /// Appends the nonzero entries of the observation, if [`Spec::nonzero`].
    fn observe_sparse(&self, _columns: &mut Vec<u32>, _values: &mut Vec<f32>) {}

    /// Which achievements a lane has unlocked in its episode.
    fn unlocked(&self, _lane: usize) -> &[bool] {
        &[]
    }

    /// Appends the state of one lane; always as many state words.
    fn save(&self, lane: usize, out: &mut Writer);

    /// Restores the saved state of one lane.
    fn restore(&mut self, lane: usize, from: &mut Reader<'_>);

    /// What there is to draw of one lane.
    fn view(&self, _lane: usize) -> View<'_> {
        View::Nothing
    }
}

/// The constants of a task.
pub(crate) struct Spec {
    /// See [`crate::VectorEnv::backend`].
    pub backend: &'static str,
    pub observation_space: Space,
    pub action_space: Space,
    /// Steps until an episode is truncated.
    pub episode_length: u32,
    /// Simulated seconds in a step whose action is not repeated.
    pub step_seconds: Option<f64>,
    pub achievements: Achievements,
    /// The most nonzero entries of an observation, if it is given as sparse rows too; 0 if it is
    /// not. A simulator that gives them has one lane.
    pub nonzero: usize,
    /// Fewest simulators that are handed to another thread.
    pub grain: usize,
}

impl Spec {
    /// A native task without pictures, achievements and sparse observations.
    pub fn new(observation_space: Space, action_space: Space, episode_length: u32) -> Self {
        Self {
            backend: "native",
            observation_space,
            action_space,
            episode_length,
            step_seconds: None,
            achievements: Achievements::default(),
            nonzero: 0,
            grain: 32,
        }
    }
}
