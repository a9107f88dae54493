//! PPO's update: passes over a rollout in minibatches.

use crate::{Settings, actor_critic::ActorCritic, metrics::Sums, rollout::Rollout};
use dalenet::{
    Generator, Matrix,
    engine::policy::{clipped_surrogate, clipped_value_error, gather, gather_rows, standardise},
};
use std::ops::Range;

/// Buffers of an update: the order of the samples, and a minibatch of B of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Minibatches {
    /// The transitions that are learnt from, in the order of the pass.
    pub samples: Vec<u32>,
    // From the rollout.
    actions: Matrix,
    old_log_probabilities: Vec<f32>,
    advantages: Vec<f32>,
    old_values: Vec<f32>,
    targets: Vec<f32>,
    // Of the current policy.
    log_probabilities: Vec<f32>,
    entropies: Vec<f32>,
    gains: Vec<f32>,
    output_errors: Matrix,
    value_errors: Matrix,
}

impl Minibatches {
    /// Learns from a rollout at `rate`: `epochs` passes over `samples` in a new order each, in
    /// minibatches whose sizes differ by at most one.
    pub fn learn(
        &mut self,
        model: &mut ActorCritic,
        rollout: &Rollout,
        settings: &Settings,
        rate: f32,
        generator: &mut Generator,
    ) -> Sums {
        let mut sums = Sums::default();
        let minibatches = settings.minibatches_of(self.samples.len());
        for _epoch in 0..settings.epochs {
            generator.shuffle(&mut self.samples);
            for minibatch in deal(self.samples.len(), minibatches) {
                self.step(model, rollout, minibatch, settings, rate, &mut sums);
            }
        }
        sums
    }

    /// One step along the gradient of PPO's objective on a minibatch.
    fn step(
        &mut self,
        model: &mut ActorCritic,
        rollout: &Rollout,
        minibatch: Range<usize>,
        settings: &Settings,
        rate: f32,
        sums: &mut Sums,
    ) {
        let errors = self.errors(model, rollout, minibatch, settings, sums);
        sums.gradient_norm += model.step(errors, settings.max_gradient_norm, rate);
    }

    /// The gradient of PPO's objective on a minibatch by the outputs of actor and critic, B×A and B×1, after
    /// their forward passes.
    pub fn errors(
        &mut self,
        model: &mut ActorCritic,
        rollout: &Rollout,
        minibatch: Range<usize>,
        settings: &Settings,
        sums: &mut Sums,
    ) -> [&Matrix; 2] {
        self.gather(rollout, minibatch.clone());
        if settings.normalise_advantages {
            standardise(&mut self.advantages);
        }
        let samples = &self.samples[minibatch];
        model.forward(|trace| rollout.observations.gather(samples, trace));

        // The actor: clipped surrogate objective and entropy bonus.
        let (outputs, actions) = (model.actor.trace.output(), self.actions.as_slice());
        model.policy.log_probabilities(outputs, actions, &mut self.log_probabilities);
        clipped_surrogate(
            &self.log_probabilities,
            &self.old_log_probabilities,
            &self.advantages,
            settings.clip,
            &mut self.gains,
            &mut sums.ratios,
        );
        let (gains, entropy_weight) = (&self.gains, settings.entropy_weight);
        model.policy.gradient(outputs, actions, gains, entropy_weight, &mut self.output_errors);
        model.policy.entropies(outputs, &mut self.entropies);

        // The critic: squared error to the targets, whose moves are clipped as well.
        let values = model.critic.trace.output().as_slice();
        clipped_value_error(
            values,
            &self.old_values,
            &self.targets,
            settings.clip_value.then_some(settings.clip),
            settings.value_weight,
            self.value_errors.as_mut_slice(),
        );
        sums.add(&self.entropies, values, &self.targets);
        [&self.output_errors, &self.value_errors]
    }

    /// Fills the buffers from the rollout, and shapes the others.
    fn gather(&mut self, rollout: &Rollout, minibatch: Range<usize>) {
        let samples = &self.samples[minibatch];
        let actions = &rollout.actions;
        gather_rows(actions.as_slice(), actions.cols(), samples, &mut self.actions);
        gather(&rollout.log_probabilities, samples, &mut self.old_log_probabilities);
        gather(&rollout.advantages, samples, &mut self.advantages);
        gather(&rollout.values, samples, &mut self.old_values);
        gather(&rollout.targets, samples, &mut self.targets);
        for buffer in [&mut self.log_probabilities, &mut self.entropies, &mut self.gains] {
            buffer.resize(samples.len(), 0.0);
        }
        self.value_errors.reshape(samples.len(), 1);
    }
}

/// `count` ranges that cover `len` samples in order; their sizes differ by at most one.
fn deal(len: usize, count: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).map(move |i| i * len / count..(i + 1) * len / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_dealt_once_to_minibatches_of_nearly_the_same_size() {
        for (len, count) in [(30, 16), (30, 15), (7, 7), (128, 8), (20480, 32), (1001, 64), (0, 0)]
        {
            let ranges: Vec<_> = deal(len, count).collect();
            assert_eq!(ranges.len(), count);
            let covered: Vec<_> = ranges.iter().cloned().flatten().collect();
            assert!(covered.into_iter().eq(0..len));
            let sizes = ranges.iter().map(Range::len);
            let (least, most) = (sizes.clone().min().unwrap_or(0), sizes.max().unwrap_or(0));
            assert!(most - least <= 1 && (count == 0 || least >= 1), "{len} in {count}");
            if count > 0 && len % count == 0 {
                assert_eq!(least, most);
            }
        }
    }
}
