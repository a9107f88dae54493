//! Collecting a rollout: acting in the environments with the current policy.

use crate::{
    Error, Settings, Update,
    actor_critic::ActorCritic,
    episodes::{Episodes, Latest, count_unlocked},
    observations::ObservationNormaliser,
    policy::ActionBuffer,
    rewards::RewardNormaliser,
    rollout::Rollout,
};
use dalenet::{
    Generator, Trace,
    checkpoint::{self, Checkpoint, Values},
    engine::policy::{all_finite, rows_where, scatter, sum},
};
use dalenet_envs::VectorEnv;

/// N environments and what is remembered of them from step to step.
pub(crate) struct Collector {
    pub env: Box<dyn VectorEnv>,
    pub observations: ObservationNormaliser,
    rewards: RewardNormaliser,
    episodes: Episodes,
    latest: Latest,
    bootstrap_truncation: bool,
    // Buffers.
    actions: ActionBuffer,
    /// Environments whose bootstrap value is needed, and their way through the critic.
    open: Vec<u32>,
    bootstrap: Trace,
}

impl Collector {
    /// Environments at the start of their first episodes. `actions` is a buffer for their actions.
    pub fn new(
        mut env: Box<dyn VectorEnv>,
        settings: &Settings,
        mut observations: ObservationNormaliser,
        actions: ActionBuffer,
        seed: u64,
    ) -> Self {
        observations.add(env.reset(seed));
        let envs = env.count();
        Self {
            observations,
            rewards: RewardNormaliser::new(settings, envs),
            episodes: Episodes::new(envs, settings.stagger),
            latest: Latest::new(),
            bootstrap_truncation: settings.bootstrap_truncation,
            actions,
            open: Vec::with_capacity(envs),
            bootstrap: Trace::default(),
            env,
        }
    }

    /// Fills a rollout by the current policy, and what `update` says of it.
    ///
    /// # Errors
    /// [`Error::Diverged`] if an output of a network is not finite.
    pub fn collect(
        &mut self,
        model: &mut ActorCritic,
        generator: &mut Generator,
        rollout: &mut Rollout,
        update: &mut Update,
    ) -> Result<(), Error> {
        for t in 0..rollout.steps() {
            let rows = rollout.rows(t);
            rollout.observations.store(t, self.env.batch(), &self.observations);
            model.forward(|trace| rollout.observations.copy(rows.clone(), trace));
            let (outputs, values) = model.outputs();
            if !(all_finite(outputs.as_slice()) && all_finite(values)) {
                return Err(Error::Diverged { update: update.update });
            }

            let len = rollout.actions.cols();
            let actions = &mut rollout.actions.as_mut_slice()[rows.start * len..rows.end * len];
            let log_probabilities = &mut rollout.log_probabilities[rows.clone()];
            model.policy.act(outputs, Some(&mut *generator), actions);
            model.policy.log_probabilities(outputs, actions, log_probabilities);
            rollout.values[rows.clone()].copy_from_slice(values);

            self.actions.fill(&model.policy, actions);
            let batch = self.env.step(self.actions.actions())?;
            rollout.store(t, batch, self.bootstrap_truncation);
            update.reward += sum(&batch.rewards);
            self.episodes.add(batch, |i, episode| {
                update.episodes.push(episode);
                self.latest.push(episode);
                count_unlocked(&mut update.unlocked, batch, i);
            });

            let (terminated, truncated) = (&batch.terminated, &batch.truncated);
            self.rewards.normalise(&mut rollout.rewards[rows], terminated, truncated);
            self.bootstrap(model, rollout, t);
            self.observations.add(self.env.batch());
        }
        update.reward /= rollout.len() as f64;
        (update.recent_return, update.recent_episodes) = (self.recent_return(), self.latest.len());
        Ok(())
    }

    /// Mean return of the latest episodes.
    pub fn recent_return(&self) -> Option<f64> {
        self.latest.mean()
    }

    /// Fills the bootstrap values of step `t` that no later observation of the rollout gives: where an
    /// episode was truncated, and at the end of the rollout.
    fn bootstrap(&mut self, model: &ActorCritic, rollout: &mut Rollout, t: usize) {
        let (rows, last) = (rollout.rows(t), t + 1 == rollout.steps());
        let terminated = &rollout.terminated[rows.clone()];
        let truncated = &rollout.truncated[rows.clone()];
        let is_open = |i: usize| !terminated[i] && (last || truncated[i]);
        rows_where(rows.len(), is_open, &mut self.open);
        if !self.open.is_empty() {
            self.observations.observe_next(self.env.batch(), &self.open, &mut self.bootstrap);
            model.critic.network.forward(&mut self.bootstrap);
            let values = self.bootstrap.output().as_slice();
            scatter(values, &self.open, &mut rollout.next_values[rows]);
        }
    }

    /// Everything but environments and observation normalisation, which are saved apart.
    pub fn save(&self, to: &mut Vec<(String, Values)>) {
        self.rewards.save(to);
        self.episodes.save(to);
        self.latest.save(to);
    }

    /// The moments of observations and returns alone.
    pub fn restore_moments(&mut self, from: &Checkpoint<'_>) -> Result<(), checkpoint::Error> {
        self.observations.restore(from)?;
        self.rewards.restore_moments(from)
    }

    pub fn restore(&mut self, from: &Checkpoint<'_>) -> Result<(), checkpoint::Error> {
        self.rewards.restore(from)?;
        self.episodes.restore(from)?;
        self.latest.restore(from)
    }
}
