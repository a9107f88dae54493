//! The trait that a learner sees, and what passes through it.

use crate::{
    Error,
    brax::{Pose, Shape},
    craftax::CraftaxState,
};
use dalenet::SparseMatrix;

/// N environments of one task, stepped together. An environment whose episode is over starts the
/// next one by itself.
///
/// ```
/// use dalenet_envs::{Actions, Options, make};
///
/// let mut env = make("cart-pole", 4, &Options::default())?;
/// env.reset(0);
/// let mut ended = 0;
/// for _ in 0..100 {
///     let batch = env.step(Actions::Discrete(&[0, 1, 0, 1]))?;
///     for i in 0..4 {
///         ended += usize::from(batch.terminated[i]);
///         // What a value network bootstraps from is `next`, not `observations`, of which the
///         // rows of ended episodes are first observations of new ones.
///         let next = &batch.next[4 * i..][..4];
///         assert!(batch.terminated[i] || next == &batch.observations[4 * i..][..4]);
///     }
/// }
/// assert!(ended > 0); // always to the same side is no way to balance a pole
/// # Ok::<(), dalenet_envs::Error>(())
/// ```
pub trait VectorEnv: Send {
    /// The task's name.
    fn name(&self) -> &'static str;

    /// What computes it: `positional` is Brax's pipeline of that name and `mujoco` MuJoCo, under
    /// which the same task is another; `native` where there is no choice. Scores of one backend
    /// do not compare with those of another.
    fn backend(&self) -> &'static str {
        "native"
    }

    /// How many environments there are: N.
    fn count(&self) -> usize;

    /// What an observation can be; its [`Space::len`] is O.
    fn observation_space(&self) -> &Space;

    /// What an action can be; its [`Space::len`] is A.
    fn action_space(&self) -> &Space;

    /// Starts every environment anew. The seed gives each its own stream of chance, which does
    /// not depend on how many there are.
    fn reset(&mut self, seed: u64) -> &Batch;

    /// One step of every environment. Starts episodes anew where they end.
    ///
    /// # Errors
    /// If the actions are not N×A (or N choices), or one of them is not a finite number or not a
    /// choice. Nothing has moved then.
    fn step(&mut self, actions: Actions<'_>) -> Result<&Batch, Error>;

    /// What the last step or reset gave.
    fn batch(&self) -> &Batch;

    /// How many steps went wrong since [`Self::reset`]: see [`Batch::failed`].
    fn failures(&self) -> u64;

    /// The whole state, chance and last observations included, as words for a checkpoint.
    fn save(&self) -> Vec<u32>;

    /// Goes on exactly where the words were saved, to the same bits on the same machine.
    ///
    /// # Errors
    /// If they are not of this task, number of environments and options. Nothing has changed then.
    fn restore(&mut self, words: &[u32]) -> Result<(), Error>;

    /// How long a step takes in the environment's own time; `None` if it has none.
    fn step_seconds(&self) -> Option<f64> {
        None
    }

    /// What to draw; empty if the task has no bodies.
    fn shapes(&self) -> &[Shape] {
        &[]
    }

    /// Where the links of one environment are now; empty if the task has none or there is no
    /// such environment.
    fn poses(&self, _index: usize) -> Vec<Pose> {
        Vec::new()
    }

    /// The names of the achievements of [`Batch::unlocked`]; empty if the task has none.
    fn achievements(&self) -> &'static [&'static str] {
        &[]
    }

    /// What the achievements are worth together, the most that an episode can earn by them; none if
    /// there are none.
    fn achievable(&self) -> Option<f64> {
        None
    }

    /// The game of one environment, to draw it; none if it is no Craftax or there is no such
    /// environment.
    fn craftax(&self, _index: usize) -> Option<CraftaxState<'_>> {
        None
    }
}

/// What an observation or action can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Space {
    /// Numbers, each within its bounds.
    Continuous {
        /// The lowest values.
        low: Vec<f32>,
        /// The highest values.
        high: Vec<f32>,
    },
    /// One of the choices 0 to `n` − 1.
    Discrete {
        /// How many choices.
        n: usize,
    },
}

impl Space {
    /// `len` numbers within ±`bound`.
    pub(crate) fn within(len: usize, bound: f32) -> Self {
        Self::Continuous { low: vec![-bound; len], high: vec![bound; len] }
    }

    /// How many numbers a row has; 1 for a choice.
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(&self) -> usize {
        match self {
            Self::Continuous { low, .. } => low.len(),
            Self::Discrete { .. } => 1,
        }
    }
}

/// The actions of all environments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Actions<'a> {
    /// N×A numbers.
    Continuous(&'a [f32]),
    /// N choices.
    Discrete(&'a [u32]),
}

/// What a step gives, one row an environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// N×O: what to act on next. Where an episode has just ended, the first of the new one.
    pub observations: Vec<f32>,
    /// N×O: what the action led to, even where that was the last of an episode. The value of a
    /// truncated episode is bootstrapped from here.
    pub next: Vec<f32>,
    /// N.
    pub rewards: Vec<f32>,
    /// N: the task is over; nothing is to be expected after it.
    pub terminated: Vec<bool>,
    /// N: the episode was cut, by its length or a failure. Never true together with `terminated`.
    pub truncated: Vec<bool>,
    /// N: the physics gave something that is not a finite number. The environment has been started
    /// anew; the transition is not for learning. Its reward is 0 and its `next` the observation
    /// that was acted on, so that no NaN ever leaves.
    pub failed: Vec<bool>,
    /// What of `observations` is not 0, from environments that are mostly 0: those of Craftax. Of
    /// others there are no rows.
    pub sparse: SparseMatrix,
    /// The same of `next`.
    pub sparse_next: SparseMatrix,
    /// N×K, of the K achievements that [`VectorEnv::achievements`] names: which were unlocked in
    /// the episode that has just ended; all false where none has. Empty if there are none.
    pub unlocked: Vec<bool>,
}

/// How episodes are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Steps until an episode is cut; the task's own if none: 1000 for Brax's tasks, 500 for
    /// cart-pole. Counts each repeat of an action.
    pub episode_length: Option<u32>,
    /// How often an action is repeated in a step. Rewards are added up; whether the task is over is
    /// seen after the last repeat, as in Brax.
    pub action_repeat: u32,
    /// How new episodes begin.
    pub restart: Restart,
    /// How observations are given.
    pub observe: Observe,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            episode_length: None,
            action_repeat: 1,
            restart: Restart::Fresh,
            observe: Observe::Dense,
        }
    }
}

/// How an environment begins its next episode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    /// With new chance.
    #[default]
    Fresh,
    /// Where it began its first one, as Brax's `AutoResetWrapper` does. Not for the bandit, whose
    /// chance it would repeat.
    Same,
}

/// How observations are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Observe {
    /// All numbers, in [`Batch::observations`] and [`Batch::next`]. Environments that are mostly 0
    /// give [`Batch::sparse`] and [`Batch::sparse_next`] besides.
    #[default]
    Dense,
    /// Only the sparse rows, where there are any; other environments go on giving all numbers.
    /// `observations` and `next` are empty then. It saves most of the time of a step of Craftax.
    Sparse,
}
