//! How episodes are run.

use crate::Error;
use serde::{Deserialize, Serialize};

/// How episodes are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Steps until an episode is truncated; the task's own if none: 1000 for Brax's tasks, 500 for
    /// cart-pole. Counts each repeat of an action.
    pub episode_length: Option<u32>,
    /// How often an action is repeated in a step. Rewards are added up; whether the task is over is
    /// judged after the last repeat, as in Brax.
    pub action_repeat: u32,
    /// Whether the first episode of environment `i` of N is truncated `i/N` of the length early, so
    /// that episodes that are truncated do not all end at the same step.
    pub stagger: bool,
    /// How new episodes begin.
    pub restart: Restart,
    /// How observations are given.
    pub observe: Observe,
    /// What follows the end of an episode.
    pub autoreset: Autoreset,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            episode_length: None,
            action_repeat: 1,
            stagger: false,
            restart: Restart::Fresh,
            observe: Observe::Dense,
            autoreset: Autoreset::SameStep,
        }
    }
}

impl Options {
    /// Whether `count` environments can run under these options.
    pub(crate) fn check(&self, count: usize) -> Result<(), Error> {
        let zeros = [
            ("count", count == 0),
            ("action_repeat", self.action_repeat == 0),
            ("episode_length", self.episode_length == Some(0)),
        ];
        match zeros.into_iter().find(|(_, zero)| *zero) {
            Some((option, _)) => Err(Error::Zero { option }),
            None => Ok(()),
        }
    }
}

/// How an environment begins its next episode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
    /// At a new random start.
    #[default]
    Fresh,
    /// At the start of its first episode, as Brax's `AutoResetWrapper` does. Not for the bandit,
    /// whose random numbers it would repeat.
    Same,
}

/// How observations are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Observe {
    /// All numbers, in [`crate::Batch::observations`] and [`crate::Batch::next`]. Environments that
    /// are mostly 0 give [`crate::Batch::sparse`] and [`crate::Batch::sparse_next`] besides.
    #[default]
    Dense,
    /// Only the sparse rows, where there are any; other environments still give all numbers.
    /// `observations` and `next` are empty then. It saves most of the time of a step of Craftax.
    Sparse,
}

/// What follows the end of an episode: Gymnasium's autoreset modes. Under all of them an environment of
/// a seed goes through the same episodes.
///
/// ```
/// use dalenet_envs::{Actions, Autoreset, Options, make};
///
/// let options = Options { autoreset: Autoreset::NextStep, ..Options::default() };
/// let mut env = make("bandit", 1, &options)?; // every episode is one step
/// assert!(env.step(Actions::Discrete(&[2]))?.terminated[0]);
/// let batch = env.step(Actions::Discrete(&[2]))?; // the action is ignored
/// assert_eq!((batch.rewards[0], batch.terminated[0]), (0.0, false));
/// # Ok::<(), dalenet_envs::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Autoreset {
    /// The step that ends an episode starts the next one. [`crate::Batch::observations`] has its first
    /// observation and [`crate::Batch::next`] the last one of the episode that is over.
    #[default]
    SameStep,
    /// The step after it starts the next one: that environment's action is ignored, its reward is 0 and
    /// neither flag is set.
    NextStep,
    /// Nothing: [`crate::VectorEnv::reset_with`] starts the next one, and a step before that is an error.
    Disabled,
}

/// The random numbers that episodes start with: see [`crate::VectorEnv::reset_with`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeds<'a> {
    /// Every environment draws on from where it is.
    Continue,
    /// Environment `i` has stream `i` of this seed, as after [`crate::VectorEnv::reset`].
    One(u64),
    /// N: each environment is as the only one of its own seed; one without draws on from where it is.
    Each(&'a [Option<u64>]),
}
