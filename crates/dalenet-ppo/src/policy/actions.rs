//! Actions as the environments take them.

use super::Policy;
use dalenet::engine::policy::to_choices;
use dalenet_envs::Actions;

/// Actions of N environments, as they take them: within bounds, or as choices.
#[derive(Clone, Debug)]
pub(crate) enum ActionBuffer {
    /// N×A.
    Continuous(Vec<f32>),
    /// N.
    Discrete(Vec<u32>),
}

impl ActionBuffer {
    pub fn new(policy: &Policy, envs: usize) -> Self {
        match policy {
            Policy::Gaussian(_) => Self::Continuous(vec![0.0; envs * policy.action_len()]),
            Policy::Categorical(_) => Self::Discrete(vec![0; envs]),
        }
    }

    /// How many numbers or choices.
    pub fn len(&self) -> usize {
        match self {
            Self::Continuous(values) => values.len(),
            Self::Discrete(values) => values.len(),
        }
    }

    /// Takes a policy's actions: clamped to the environment's bounds, or as choices. The policy's
    /// probabilities stay those of the actions before.
    ///
    /// # Panics
    /// Unless this is the buffer of such a policy.
    pub fn fill(&mut self, policy: &Policy, actions: &[f32]) {
        match (policy, self) {
            (Policy::Gaussian(gaussian), Self::Continuous(to)) => gaussian.clamp(actions, to),
            (Policy::Categorical(_), Self::Discrete(to)) => to_choices(actions, to),
            _ => unreachable!("the buffer of another policy"),
        }
    }

    pub fn actions(&self) -> Actions<'_> {
        match self {
            Self::Continuous(values) => Actions::Continuous(values),
            Self::Discrete(values) => Actions::Discrete(values),
        }
    }
}
