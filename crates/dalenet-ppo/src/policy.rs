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

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: central differences of PPO's objective (Schulman et al. 2017, eq. 7) plus entropy,
    /// in double precision, from the textbook formulas.
    fn objective(
        [output, logs]: [&[f64]; 2],
        action: &[f64],
        wish: &Wish,
        categorical: bool,
    ) -> f64 {
        let (log, entropy): (f64, f64) = if categorical {
            let total: f64 = output.iter().map(|z| z.exp()).sum();
            let p: Vec<_> = output.iter().map(|z| z.exp() / total).collect();
            (p[action[0] as usize].ln(), -p.iter().map(|p| p * p.ln()).sum::<f64>())
        } else {
            let tau = std::f64::consts::TAU;
            let density = |((mean, log), a): ((&f64, &f64), &f64)| {
                let deviation = log.exp();
                -((a - mean) / deviation).powi(2) / 2.0 - (deviation * tau.sqrt()).ln()
            };
            let log = output.iter().zip(logs).zip(action).map(density).sum();
            let entropy = logs.iter().map(|l| (tau * 1f64.exp()).ln() / 2.0 + l).sum();
            (log, entropy)
        };
        let ratio = (log - f64::from(wish.log_probability)).exp();
        let (clip, gain) = (f64::from(wish.clip), f64::from(wish.advantage));
        (ratio * gain).min(ratio.clamp(1.0 - clip, 1.0 + clip) * gain)
            + f64::from(wish.entropy_weight) * entropy
    }

    fn check(space: &Space, categorical: bool) {
        const STEP: f64 = 1e-6;
        let mut generator = Generator::new(5, 0);
        let (mut flat, mut inside) = (0, 0);
        for _ in 0..200 {
            let mut policy = Policy::new(space, -0.3);
            let len = policy.outputs();
            let output: Vec<_> = (0..len).map(|_| generator.normal()).collect();
            let action: Vec<_> = match categorical {
                true => vec![generator.below(len) as f32],
                false => (0..len).map(|_| generator.normal()).collect(),
            };
            let old = policy.log_probability(&output, &action) + 0.3 * generator.normal();
            let wish = Wish {
                log_probability: old,
                advantage: generator.normal(),
                clip: 0.2,
                entropy_weight: 0.1,
            };
            let mut error = vec![0.0; len];
            let ratio = policy.teach(&output, &action, &wish, &mut error);
            if ratio.clipped {
                flat += 1
            } else {
                inside += 1
            }

            let wide = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
            let (output, action) = (wide(&output), wide(&action));
            let logs = vec![f64::from(-0.3f32); len];
            let value = |output: &[f64], logs: &[f64]| {
                objective([output, logs], &action, &wish, categorical)
            };
            for i in 0..len {
                let moved = |values: &[f64], by: f64| {
                    let mut values = values.to_vec();
                    values[i] += by;
                    values
                };
                let [up, down] = [STEP, -STEP].map(|step| value(&moved(&output, step), &logs));
                let slope = (up - down) / (2.0 * STEP);
                assert!((f64::from(error[i]) - slope).abs() < 1e-3, "{} {slope}", error[i]);
                if let Policy::Gaussian(gaussian) = &policy {
                    let [up, down] = [STEP, -STEP].map(|step| value(&output, &moved(&logs, step)));
                    let (slope, found) = ((up - down) / (2.0 * STEP), gaussian.gradient[i]);
                    assert!((f64::from(found) - slope).abs() < 1e-3, "{found} {slope}");
                }
            }
        }
        assert!(flat > 20 && inside > 20, "both branches are met: {flat} {inside}");
    }

    #[test]
    fn the_gaussian_policy_is_taught_along_the_gradient() {
        check(&Space::Continuous { low: vec![-1.0; 3], high: vec![1.0; 3] }, false);
    }

    #[test]
    fn the_categorical_policy_is_taught_along_the_gradient() {
        check(&Space::Discrete { n: 4 }, true);
    }

    #[test]
    fn choices_come_as_often_as_they_are_likely() {
        let logits = [0.1f32.ln(), 0.6f32.ln(), 0.3f32.ln()];
        let mut generator = Generator::new(0, 0);
        let mut counts = [0.0f64; 3];
        (0..100_000).for_each(|_| counts[choose(&logits, Some(&mut generator)) as usize] += 1.0);
        for (count, p) in counts.iter().zip([0.1, 0.6, 0.3]) {
            // Five deviations of a binomial.
            assert!((count / 1e5 - p).abs() < 5.0 * (p * (1.0f64 - p) / 1e5).sqrt(), "{counts:?}");
        }
        assert_eq!(choose(&logits, None), 1);
    }

    #[test]
    fn actions_are_bounded_for_the_environment_alone() {
        let policy =
            Policy::new(&Space::Continuous { low: vec![-1.0; 2], high: vec![1.0; 2] }, 0.0);
        let outputs = Matrix::from_rows(&[[5.0, -0.25]]);
        let (mut actions, mut buffer) = ([0.0; 2], policy.buffer(1));
        policy.act(&outputs, None, &mut actions, &mut buffer);
        assert_eq!(actions, [5.0, -0.25]);
        assert_eq!(buffer.actions(), Actions::Continuous(&[1.0, -0.25]));
    }
}
