//! Diagnosis of actor and critic on a minibatch of a fresh rollout.

use crate::{Error, Ppo, Update, metrics::Sums, update::Minibatches};
use dalenet::{
    Learner, Matrix,
    diagnosis::{self, Diagnosis},
};

/// What was found in actor and critic, layer by layer.
#[derive(Clone, Debug, PartialEq)]
pub struct PpoDiagnosis {
    /// Of the actor.
    pub actor: Vec<Diagnosis>,
    /// Of the critic.
    pub critic: Vec<Diagnosis>,
    /// B, transitions of the minibatch.
    pub samples: usize,
}

impl Ppo {
    /// Collects a rollout by the current policy and diagnoses both networks on a minibatch of it, by the
    /// errors that the next update would start from. The true gradient is that of backpropagation through
    /// the same network from the same error, before the norm is clipped. Nothing is learnt; the training is
    /// used up.
    ///
    /// ```
    /// use dalenet::{Backprop, NetworkSpec};
    /// use dalenet_envs::{Options, make};
    /// use dalenet_ppo::{Networks, Ppo, Settings};
    ///
    /// let env = make("cart-pole", 8, &Options::default())?;
    /// let network = || (NetworkSpec { layers: vec![16.into()], ..NetworkSpec::default() }, Box::new(Backprop) as _);
    /// let networks = Networks { actor: network(), critic: network() };
    /// let settings = Settings { steps: 1024, rollout: 32, minibatches: 4, ..Settings::default() };
    /// let found = Ppo::new(env, networks, settings, 0)?.diagnose()?;
    /// // Backpropagation is its own true gradient.
    /// assert!(found.actor.iter().chain(&found.critic).all(|layer| layer.alignment > Some(0.999)));
    /// assert_eq!(found.samples, 64);
    /// # Ok::<(), dalenet_ppo::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Diverged`] if an output of a network is not finite; if the environments cannot be stepped.
    pub fn diagnose(mut self) -> Result<PpoDiagnosis, Error> {
        let next = self.steps() / self.rollout.len() as u64 + 1;
        let Self { settings, collector, model, generator, rollout, minibatches, .. } = &mut self;
        let unlocked = vec![0; collector.env.achievements().len()];
        let mut update = Update { update: next, unlocked, ..Update::default() };
        collector.collect(model, generator, rollout, &mut update)?;
        rollout.estimate_advantages(settings.discount, settings.lambda);

        let Minibatches { samples, .. } = minibatches;
        rollout.samples(samples);
        generator.shuffle(samples);
        let count = samples.len().div_ceil(settings.minibatches_of(samples.len()).max(1));
        let errors = minibatches.errors(model, rollout, 0..count, settings, &mut Sums::default());
        let diagnose = |learner: &Learner, error: &Matrix| {
            let Learner { network, rule, trace, .. } = learner;
            diagnosis::diagnose(network, rule.as_ref(), trace, error)
        };
        let [output_errors, value_errors] = errors;
        Ok(PpoDiagnosis {
            actor: diagnose(&model.actor, output_errors),
            critic: diagnose(&model.critic, value_errors),
            samples: count,
        })
    }
}
