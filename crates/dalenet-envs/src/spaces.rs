//! Observations and actions: what they can be, and the actions of a step.

use crate::Error;
use std::ops::Range;

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
        /// Number of choices.
        n: usize,
    },
}

impl Space {
    /// `len` numbers within ±`bound`.
    pub(crate) fn within(len: usize, bound: f32) -> Self {
        Self::Continuous { low: vec![-bound; len], high: vec![bound; len] }
    }

    /// `len` numbers from 0 to 1.
    pub(crate) fn unit(len: usize) -> Self {
        Self::Continuous { low: vec![0.0; len], high: vec![1.0; len] }
    }

    /// Numbers in a row; 1 for a choice.
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

impl<'a> Actions<'a> {
    /// Whether these are actions for `count` environments of the action space `space`.
    pub(crate) fn check(self, env: &'static str, count: usize, space: &Space) -> Result<(), Error> {
        let invalid = match (self, space) {
            (Self::Continuous(x), Space::Continuous { low, .. }) => {
                x.iter().position(|x| !x.is_finite()).map(|i| (i / low.len(), x[i].to_string()))
            }
            (Self::Discrete(x), Space::Discrete { n }) => {
                x.iter().position(|&x| x as usize >= *n).map(|i| (i, x[i].to_string()))
            }
            (_, Space::Continuous { .. }) => {
                return Err(Error::ActionKind { env, wanted: "continuous" });
            }
            (_, Space::Discrete { .. }) => {
                return Err(Error::ActionKind { env, wanted: "discrete" });
            }
        };
        let (found, wanted) = (self.len(), count * space.len());
        match invalid {
            _ if found != wanted => Err(Error::ActionCount { found, wanted }),
            Some((index, value)) => Err(Error::Action { index, value }),
            None => Ok(()),
        }
    }

    fn len(self) -> usize {
        match self {
            Self::Continuous(x) => x.len(),
            Self::Discrete(x) => x.len(),
        }
    }

    /// Those of some of the environments, each of `width` numbers.
    pub(crate) fn rows(self, rows: Range<usize>, width: usize) -> Self {
        match self {
            Self::Continuous(x) => Self::Continuous(&x[rows.start * width..rows.end * width]),
            Self::Discrete(x) => Self::Discrete(&x[rows]),
        }
    }
}
