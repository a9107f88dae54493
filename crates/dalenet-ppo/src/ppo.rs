//! The training: rollouts, and updates from them.

use crate::{
    Agent, Error, Networks, Settings, Update,
    actor_critic::ActorCritic,
    collector::Collector,
    observations::{ObservationNormaliser, Observations},
    policy::ActionBuffer,
    rollout::Rollout,
    update::Minibatches,
};
use dalenet::{
    Generator, GeneratorState, Learner,
    checkpoint::{self, Checkpoint, Values},
};
use dalenet_envs::VectorEnv;
use std::collections::HashMap;

/// Stream of the seed's generator for sampled actions and the order of samples. The initial weights
/// and the environments have their own.
const TRAINING_STREAM: u64 = 2;

/// The factor by which the rate is adapted after an update, and the least that it comes to.
const RATE_STEP: f32 = 1.5;
const LEAST_RATE_SCALE: f32 = 1e-3;

/// Tensors of a checkpoint: the state of the environments, updates made, the factor of the rate, and the
/// generator's seed, stream and position.
const ENVIRONMENT: &str = "environment";
const UPDATES: &str = "updates";
const RATE_SCALE: &str = "rate_scale";
const GENERATOR: &str = "generator";

/// Actor and critic learning from N environments by PPO.
///
/// A training can be sent to another thread (`Send`), not shared between threads; the policy as an
/// [`Agent`] can be both.
pub struct Ppo {
    pub(crate) settings: Settings,
    pub(crate) collector: Collector,
    pub(crate) model: ActorCritic,
    pub(crate) generator: Generator,
    updates: u64,
    /// Factor of the rate by which the policy's divergence is met, at most 1.
    rate_scale: f32,
    // Buffers.
    pub(crate) rollout: Rollout,
    pub(crate) minibatches: Minibatches,
}

impl Ppo {
    /// A training at its start; resets the environments.
    ///
    /// # Errors
    /// If a setting is not possible.
    pub fn new(
        env: Box<dyn VectorEnv>,
        networks: Networks,
        settings: Settings,
        seed: u64,
    ) -> Result<Self, Error> {
        settings.validate(env.count())?;
        if settings.normalise_observations && env.batch().observations.is_empty() {
            return Err(Error::Setting {
                key: "normalise_observations",
                value: "true".into(),
                reason:
                    "needs dense observations, but the environments give sparse ones; set it to \
                         false, or make the environments with dense observations"
                        .into(),
            });
        }
        let normaliser = ObservationNormaliser::new(&settings, env.observation_space().len());
        if settings.centred_observations && !normaliser.keeps(&env.batch().sparse) {
            return Err(Error::Setting {
                key: "centred_observations",
                value: "true".into(),
                reason: "needs sparse observations that are not normalised; set it to false, or \
                         normalise_observations to false where the environments give sparse ones"
                    .into(),
            });
        }
        let (steps, envs) = (settings.rollout, env.count());
        let model = ActorCritic::new(networks, env.as_ref(), &settings, seed);
        let observations = Observations::new(steps * envs, env.batch(), &normaliser);
        let rollout = Rollout::new(steps, envs, observations, model.policy.action_len());
        let actions = ActionBuffer::new(&model.policy, envs);
        let collector = Collector::new(env, &settings, normaliser, actions, seed);
        Ok(Self {
            settings,
            collector,
            model,
            generator: Generator::new(seed, TRAINING_STREAM),
            updates: 0,
            rate_scale: 1.0,
            rollout,
            minibatches: Minibatches::default(),
        })
    }

    /// The settings in use.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The environments.
    pub fn env(&self) -> &dyn VectorEnv {
        self.collector.env.as_ref()
    }

    /// The actor.
    pub fn actor(&self) -> &Learner {
        &self.model.actor
    }

    /// The critic.
    pub fn critic(&self) -> &Learner {
        &self.model.critic
    }

    /// Mean return of the last 100 episodes that the training has completed, by its sampled actions; `None` if
    /// there are none.
    pub fn recent_return(&self) -> Option<f64> {
        self.collector.recent_return()
    }

    /// Steps of all environments so far.
    pub fn steps(&self) -> u64 {
        self.updates.saturating_mul(self.rollout.len() as u64)
    }

    /// Updates of the whole training.
    pub fn updates(&self) -> u64 {
        self.settings.steps.div_ceil(self.rollout.len() as u64)
    }

    /// Whether all updates are made.
    pub fn ended(&self) -> bool {
        self.updates >= self.updates()
    }

    /// Whether more updates are made than the settings ask for: a checkpoint of a longer training.
    pub fn is_longer(&self) -> bool {
        self.updates > self.updates()
    }

    /// A copy of the policy as it is now.
    pub fn agent(&self) -> Agent {
        let ActorCritic { actor, policy, .. } = &self.model;
        Agent::new(actor.network.clone(), policy.clone(), self.collector.observations.clone())
    }

    /// Collects a rollout and learns from it.
    ///
    /// # Errors
    /// [`Error::Diverged`] if an output of a network is not finite.
    pub fn update(&mut self) -> Result<Update, Error> {
        let Self { settings, collector, model, generator, rollout, minibatches, .. } = self;
        let unlocked = vec![0; collector.env.achievements().len()];
        let mut update = Update { update: self.updates + 1, unlocked, ..Update::default() };

        collector.collect(model, generator, rollout, &mut update)?;
        rollout.estimate_advantages(settings.discount, settings.lambda);
        rollout.samples(&mut minibatches.samples);
        update.explained_variance = rollout.explained_variance(&minibatches.samples);
        update.rate = self.rate();
        let Self { settings, model, generator, rollout, minibatches, .. } = self;
        let sums = minibatches.learn(model, rollout, settings, update.rate, generator);
        sums.report(&mut update);

        self.adapt_rate(update.divergence as f32);
        self.updates += 1;
        update.steps = self.steps();
        update.failures = self.env().failures();
        match update.entropy.is_finite() && update.value_loss.is_finite() {
            true => Ok(update),
            false => Err(Error::Diverged { update: self.updates }),
        }
    }

    /// Learning rate of the next update.
    fn rate(&self) -> f32 {
        let (made, all) = (self.updates as f64, self.updates() as f64);
        let left = if self.settings.anneal { 1.0 - made / all } else { 1.0 };
        let risen = ((made + 1.0) / self.settings.warmup as f64).min(1.0);
        self.settings.rate * (left * risen) as f32 * self.rate_scale
    }

    /// Lowers the rate of the next updates where one moved the policy too far, and raises it again.
    fn adapt_rate(&mut self, divergence: f32) {
        let target = self.settings.target_kl;
        if target == 0.0 {
            return;
        }
        if divergence > 2.0 * target {
            self.rate_scale = (self.rate_scale / RATE_STEP).max(LEAST_RATE_SCALE);
        } else if divergence < target / 2.0 {
            self.rate_scale = (self.rate_scale * RATE_STEP).min(1.0);
        }
    }

    /// The whole state as a checkpoint, with `metadata` of the caller's own.
    pub fn save(&self, metadata: HashMap<String, String>) -> Vec<u8> {
        let ActorCritic { actor, critic, policy, .. } = &self.model;
        let GeneratorState { seed, stream, position: [low, high] } = self.generator.state();
        let mut values = vec![
            (UPDATES.into(), Values::U64(vec![self.updates])),
            (GENERATOR.into(), Values::U64(vec![seed, stream, low, high])),
            (ENVIRONMENT.into(), Values::U32(self.collector.env.save())),
        ];
        if self.settings.target_kl > 0.0 {
            values.push((RATE_SCALE.into(), Values::F32(vec![self.rate_scale])));
        }
        policy.save(&mut values);
        self.collector.observations.save(&mut values);
        self.collector.save(&mut values);
        checkpoint::write(
            &[
                ("actor.", &actor.network, Some(&actor.optimiser)),
                ("critic.", &critic.network, Some(&critic.optimiser)),
            ],
            &values,
            metadata,
        )
    }

    /// Resumes exactly where the checkpoint was saved.
    ///
    /// # Errors
    /// If it is of another training; this one is then unusable.
    pub fn restore(&mut self, file: &Checkpoint<'_>) -> Result<(), Error> {
        let ActorCritic { actor, critic, policy, .. } = &mut self.model;
        for (prefix, learner) in [("actor.", actor), ("critic.", critic)] {
            file.load_network(prefix, &mut learner.network)?;
            file.load_optimiser(prefix, &mut learner.optimiser)?;
        }
        policy.restore(file)?;
        self.collector.observations.restore(file)?;
        self.collector.restore(file)?;
        self.updates = file.u64s(UPDATES, 1)?[0];
        if self.settings.target_kl > 0.0 {
            self.rate_scale = file.f32s(RATE_SCALE, 1)?[0];
        }
        let words = file.u64s(GENERATOR, 4)?;
        let (seed, stream, position) = (words[0], words[1], [words[2], words[3]]);
        self.generator = Generator::restore(&GeneratorState { seed, stream, position });
        let words = file.u32s(ENVIRONMENT)?;
        self.collector.env.restore(&words).map_err(|_| Error::OtherState(ENVIRONMENT))
    }

    /// Takes from the checkpoint of another training what its policy and its values need: both networks,
    /// the policy's own parameters, and the moments of observations and returns. Before the first update.
    ///
    /// # Errors
    /// If they do not fit; this training is then unusable.
    pub fn start_from(&mut self, file: &Checkpoint<'_>) -> Result<(), Error> {
        let ActorCritic { actor, critic, policy, .. } = &mut self.model;
        for (prefix, learner) in [("actor.", actor), ("critic.", critic)] {
            file.load_network(prefix, &mut learner.network)?;
        }
        policy.restore_distribution(file)?;
        Ok(self.collector.restore_moments(file)?)
    }
}
