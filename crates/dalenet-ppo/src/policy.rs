//! Policies: what the actor's outputs say about actions, and the gradient of PPO's objective by
//! those outputs.

use crate::state::{Reader, Writer};
use dalenet::{
    Generator, Matrix,
    engine::{Moments, Step},
};
use dalenet_envs::{Actions, Space};

/// ½·ln(2π).
const HALF_LN_TAU: f32 = 0.918_938_5;

/// A distribution over actions, given the actor's outputs B×A.
#[derive(Clone, Debug)]
pub enum Policy {
    /// Independent Gaussians: the outputs are the means; the deviations are parameters of their own
    /// that do not depend on the observation.
    Gaussian(Gaussian),
    /// One of A choices: the outputs are the logits.
    Categorical {
        /// A.
        choices: usize,
    },
}

/// The parameters of the Gaussian policy.
#[derive(Clone, Debug)]
pub struct Gaussian {
    /// ln σ of each number of an action, A.
    pub log_deviations: Vec<f32>,
    /// Actions that reach the environment are within these bounds; the policy's probabilities are
    /// those of the actions before.
    low: Vec<f32>,
    high: Vec<f32>,
    gradient: Vec<f32>,
    moments: Moments,
}

/// Actions of many environments.
#[derive(Clone, Debug)]
pub(crate) enum ActionBuffer {
    Continuous(Vec<f32>),
    Discrete(Vec<u32>),
}

impl ActionBuffer {
    pub fn actions(&self) -> Actions<'_> {
        match self {
            Self::Continuous(values) => Actions::Continuous(values),
            Self::Discrete(values) => Actions::Discrete(values),
        }
    }
}

/// What PPO wants of one sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// ln of the probability the action had when it was taken.
    pub log_probability: f32,
    pub advantage: f32,
    pub clip: f32,
    pub entropy_weight: f32,
}

/// What became of a sample's ratio of probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ratio {
    /// (r − 1) − ln r: an estimate of the divergence of the new policy from the old one.
    pub divergence: f64,
    /// Whether the ratio is outside 1 ± clip.
    pub clipped: bool,
}

impl Policy {
    /// The policy for a space of actions.
    pub fn new(space: &Space, log_deviation: f32) -> Self {
        match space {
            Space::Discrete { n } => Self::Categorical { choices: *n },
            Space::Continuous { low, high } => {
                let len = low.len();
                Self::Gaussian(Gaussian {
                    log_deviations: vec![log_deviation; len],
                    low: low.clone(),
                    high: high.clone(),
                    gradient: vec![0.0; len],
                    moments: Moments { first: vec![0.0; len], second: vec![0.0; len] },
                })
            }
        }
    }

    /// A: how many outputs the actor has.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Gaussian(gaussian) => gaussian.log_deviations.len(),
            Self::Categorical { choices } => *choices,
        }
    }

    /// How many numbers an action is kept as.
    pub(crate) fn action_len(&self) -> usize {
        match self {
            Self::Gaussian(_) => self.outputs(),
            Self::Categorical { .. } => 1,
        }
    }

    pub(crate) fn buffer(&self, envs: usize) -> ActionBuffer {
        match self {
            Self::Gaussian(_) => ActionBuffer::Continuous(vec![0.0; envs * self.outputs()]),
            Self::Categorical { .. } => ActionBuffer::Discrete(vec![0; envs]),
        }
    }

    /// Draws an action for every row of `outputs`: as numbers into `actions`, as the environment
    /// takes it into `buffer`. Without a generator, the likeliest.
    pub(crate) fn act(
        &self,
        outputs: &Matrix,
        mut generator: Option<&mut Generator>,
        actions: &mut [f32],
        buffer: &mut ActionBuffer,
    ) {
        let rows = actions.chunks_exact_mut(self.action_len()).zip(outputs.iter_rows());
        for (i, (action, output)) in rows.enumerate() {
            match (self, &mut *buffer) {
                (Self::Gaussian(gaussian), ActionBuffer::Continuous(taken)) => {
                    let len = action.len();
                    let taken = &mut taken[i * len..][..len];
                    gaussian.draw(output, generator.as_deref_mut(), action, taken);
                }
                (Self::Categorical { .. }, ActionBuffer::Discrete(taken)) => {
                    taken[i] = choose(output, generator.as_deref_mut());
                    action[0] = taken[i] as f32;
                }
                _ => unreachable!("a buffer of its own policy"),
            }
        }
    }

    /// ln of the probability (density) of an action under one row of outputs.
    pub fn log_probability(&self, output: &[f32], action: &[f32]) -> f32 {
        match self {
            Self::Gaussian(gaussian) => gaussian.log_probability(output, action),
            Self::Categorical { .. } => output[action[0] as usize] - log_sum_exp(output),
        }
    }

    /// The entropy under one row of outputs, in nats.
    pub fn entropy(&self, output: &[f32]) -> f32 {
        match self {
            Self::Gaussian(gaussian) => {
                gaussian.log_deviations.iter().map(|log| log + 0.5 + HALF_LN_TAU).sum()
            }
            Self::Categorical { .. } => {
                let total = log_sum_exp(output);
                output.iter().map(|z| (z - total).exp() * (total - z)).sum()
            }
        }
    }

    /// The gradient of `min(r·Â, clip(r)·Â) + w·H` by one row of outputs, into `error`, A: the
    /// direction that the outputs should move in. The policy's own parameters gather theirs.
    pub(crate) fn teach(
        &mut self,
        output: &[f32],
        action: &[f32],
        wish: &Wish,
        error: &mut [f32],
    ) -> Ratio {
        let log = self.log_probability(output, action) - wish.log_probability;
        let ratio = log.exp();
        let clipped = (ratio - 1.0).abs() > wish.clip;
        // Where the clipped side is the smaller one, the objective does not depend on the policy.
        let flat = clipped && (ratio > 1.0) == (wish.advantage > 0.0);
        let gain = if flat { 0.0 } else { ratio * wish.advantage };
        match self {
            Self::Gaussian(gaussian) => {
                gaussian.teach(output, action, gain, wish.entropy_weight, error);
            }
            Self::Categorical { .. } => {
                let total = log_sum_exp(output);
                let entropy: f32 = output.iter().map(|z| (z - total).exp() * (total - z)).sum();
                for (i, (error, z)) in error.iter_mut().zip(output).enumerate() {
                    let p = (z - total).exp();
                    let chosen = if i == action[0] as usize { 1.0 } else { 0.0 };
                    let of_entropy = p * ((total - z) - entropy);
                    *error = gain * (chosen - p) + wish.entropy_weight * of_entropy;
                }
            }
        }
        Ratio { divergence: f64::from(ratio - 1.0) - f64::from(log), clipped }
    }

    /// Takes the mean over `samples` of the gradient by the policy's own parameters, and returns
    /// the square of its norm.
    pub(crate) fn gradient(&mut self, samples: usize) -> f64 {
        let Self::Gaussian(gaussian) = self else { return 0.0 };
        gaussian.gradient.iter_mut().for_each(|g| *g /= samples as f32);
        gaussian.gradient.iter().map(|g| f64::from(*g).powi(2)).sum()
    }

    /// Moves the policy's own parameters along their gradient, which is then zero again.
    pub(crate) fn step(&mut self, step: &Step) {
        if let Self::Gaussian(Gaussian { log_deviations, gradient, moments, .. }) = self {
            step.apply(gradient, &mut moments.first, &mut moments.second);
            log_deviations.iter_mut().zip(gradient.iter()).for_each(|(log, step)| *log += step);
            gradient.fill(0.0);
        }
    }

    pub(crate) fn save(&self, to: &mut Writer) {
        if let Self::Gaussian(Gaussian { log_deviations, moments, .. }) = self {
            let values = [log_deviations, &moments.first, &moments.second];
            values.into_iter().for_each(|values| to.floats(values));
        }
    }

    pub(crate) fn restore(&mut self, from: &mut Reader<'_>) -> Option<()> {
        if let Self::Gaussian(Gaussian { log_deviations, moments, .. }) = self {
            from.floats(log_deviations)?;
            from.floats(&mut moments.first)?;
            from.floats(&mut moments.second)?;
        }
        Some(())
    }
}

impl Gaussian {
    fn draw(
        &self,
        mean: &[f32],
        mut generator: Option<&mut Generator>,
        action: &mut [f32],
        taken: &mut [f32],
    ) {
        for (i, (action, taken)) in action.iter_mut().zip(taken).enumerate() {
            let noise = generator.as_deref_mut().map_or(0.0, Generator::normal);
            *action = mean[i] + self.log_deviations[i].exp() * noise;
            *taken = action.clamp(self.low[i], self.high[i]);
        }
    }

    fn log_probability(&self, mean: &[f32], action: &[f32]) -> f32 {
        let numbers = mean.iter().zip(action).zip(&self.log_deviations);
        numbers
            .map(|((mean, action), log)| {
                let z = (action - mean) * (-log).exp();
                -0.5 * z * z - log - HALF_LN_TAU
            })
            .sum()
    }

    fn teach(
        &mut self,
        mean: &[f32],
        action: &[f32],
        gain: f32,
        entropy_weight: f32,
        error: &mut [f32],
    ) {
        for (i, error) in error.iter_mut().enumerate() {
            let precision = (-self.log_deviations[i]).exp();
            let z = (action[i] - mean[i]) * precision;
            *error = gain * z * precision;
            self.gradient[i] += gain * (z * z - 1.0) + entropy_weight;
        }
    }
}

/// A choice by its probability. Without a generator, the likeliest.
fn choose(logits: &[f32], generator: Option<&mut Generator>) -> u32 {
    let last = logits.len() - 1;
    let choice = match generator {
        None => (0..=last).max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap_or(0),
        Some(generator) => {
            let (total, mut left) = (log_sum_exp(logits), generator.uniform());
            let passed = |z: &f32| {
                left -= (z - total).exp();
                left < 0.0
            };
            logits.iter().position(passed).unwrap_or(last)
        }
    };
    choice as u32
}

fn log_sum_exp(values: &[f32]) -> f32 {
    let top = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    top + values.iter().map(|value| (value - top).exp()).sum::<f32>().ln()
}
