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
}

impl Default for Options {
    fn default() -> Self {
        Self {
            episode_length: None,
            action_repeat: 1,
            stagger: false,
            restart: Restart::Fresh,
            observe: Observe::Dense,
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
