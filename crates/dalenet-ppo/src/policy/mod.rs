//! Policies: distributions over actions given the actor's outputs, and the gradient of PPO's
//! objective by those outputs.

mod actions;
mod categorical;
mod gaussian;

pub(crate) use actions::ActionBuffer;
pub use categorical::Categorical;
pub use gaussian::Gaussian;

use dalenet::{
    Generator, Matrix,
    checkpoint::{Checkpoint, Error, Values},
    engine::Step,
};
use dalenet_envs::Space;

/// A distribution over actions, given the actor's outputs B×A.
///
/// ```
/// use dalenet_envs::Space;
/// use dalenet_ppo::Policy;
/// let policy = Policy::new(&Space::Discrete { n: 4 }, 0.0);
/// assert_eq!((policy.outputs(), policy.action_len()), (4, 1));
/// ```
#[derive(Clone, Debug)]
pub enum Policy {
    /// Independent normal distributions: the outputs are the means.
    Gaussian(Gaussian),
    /// One of A choices: the outputs are the logits.
    Categorical(Categorical),
}

impl Policy {
    /// The policy for a space of actions; a Gaussian one starts at this ln σ.
    pub fn new(space: &Space, log_deviation: f32) -> Self {
        match space {
            Space::Discrete { n } => Self::Categorical(Categorical { choices: *n }),
            Space::Continuous { low, high } => {
                Self::Gaussian(Gaussian::new(low.clone(), high.clone(), log_deviation))
            }
        }
    }

    /// A: how many outputs the actor has.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Gaussian(gaussian) => gaussian.log_deviations().len(),
            Self::Categorical(categorical) => categorical.choices,
        }
    }

    /// How many numbers an action is kept as: A, or 1 for a choice.
    pub fn action_len(&self) -> usize {
        match self {
            Self::Gaussian(_) => self.outputs(),
            Self::Categorical(_) => 1,
        }
    }

    /// Actions for outputs B×A, row by row: sampled, or deterministic without a generator (the means,
    /// or the most probable choices).
    ///
    /// # Panics
    /// Unless `actions` has B rows of [`Policy::action_len`] numbers.
    pub fn act(&self, outputs: &Matrix, generator: Option<&mut Generator>, actions: &mut [f32]) {
        match self {
            Self::Gaussian(gaussian) => gaussian.act(outputs, generator, actions),
            Self::Categorical(categorical) => categorical.act(outputs, generator, actions),
        }
    }

    /// Logarithms of the probabilities (densities) of actions under outputs B×A, into `out`, B.
    ///
    /// # Panics
    /// Unless the shapes agree.
    pub fn log_probabilities(&self, outputs: &Matrix, actions: &[f32], out: &mut [f32]) {
        match self {
            Self::Gaussian(gaussian) => gaussian.log_probabilities(outputs, actions, out),
            Self::Categorical(categorical) => categorical.log_probabilities(outputs, actions, out),
        }
    }

    /// Entropies under outputs B×A, in nats, into `out`, B.
    ///
    /// # Panics
    /// Unless the shapes agree.
    pub fn entropies(&self, outputs: &Matrix, out: &mut [f32]) {
        match self {
            Self::Gaussian(gaussian) => out.fill(gaussian.entropy()),
            Self::Categorical(categorical) => categorical.entropies(outputs, out),
        }
    }

    /// The gradient of `Σ_B gain·ln p(action) + w·H` by the outputs B×A, into `errors`, B×A: the
    /// directions in which the outputs should move. The policy's own parameters add up theirs.
    ///
    /// # Panics
    /// Unless the shapes agree.
    pub fn gradient(
        &mut self,
        outputs: &Matrix,
        actions: &[f32],
        gains: &[f32],
        entropy_weight: f32,
        errors: &mut Matrix,
    ) {
        match self {
            Self::Gaussian(gaussian) => {
                gaussian.gradient(outputs, actions, gains, entropy_weight, errors);
            }
            Self::Categorical(categorical) => {
                categorical.gradient(outputs, actions, gains, entropy_weight, errors);
            }
        }
    }

    /// Divides the sum of the gradient by the policy's own parameters by the number of `samples`, and
    /// returns the square of its norm.
    pub(crate) fn mean_gradient(&mut self, samples: usize) -> f64 {
        match self {
            Self::Gaussian(gaussian) => gaussian.mean_gradient(samples),
            Self::Categorical(_) => 0.0,
        }
    }

    /// Moves the policy's own parameters along their gradient, which is then 0 again.
    pub(crate) fn step(&mut self, step: &Step) {
        if let Self::Gaussian(gaussian) = self {
            gaussian.step(step);
        }
    }

    pub(crate) fn save(&self, to: &mut Vec<(String, Values)>) {
        if let Self::Gaussian(gaussian) = self {
            gaussian.save(to);
        }
    }

    pub(crate) fn restore(&mut self, from: &Checkpoint<'_>) -> Result<(), Error> {
        match self {
            Self::Gaussian(gaussian) => gaussian.restore(from),
            Self::Categorical(_) => Ok(()),
        }
    }

    /// What acting needs, without what the optimiser remembers.
    pub(crate) fn restore_distribution(&mut self, from: &Checkpoint<'_>) -> Result<(), Error> {
        match self {
            Self::Gaussian(gaussian) => gaussian.restore_deviations(from),
            Self::Categorical(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
