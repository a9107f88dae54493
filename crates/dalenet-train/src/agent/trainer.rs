//! The training of an agent, update by update.

use super::{AgentConfig, AgentEvaluation, AgentOutcome, Update};
use crate::{
    Error, Event, Experiment, Identity, Metadata, Outcome, Registry, Trainer,
    trainer::{balances, check_experiment, check_same_weights, with_experiment},
};
use dalenet::{Network, checkpoint::Checkpoint};
use dalenet_ppo::Ppo;
use std::collections::VecDeque;

/// The training of an agent.
pub struct AgentTrainer {
    registry: Registry,
    config: AgentConfig,
    pub(super) ppo: Ppo,
    /// Failures of the physics after which the next warning comes.
    warned: u64,
    warnings: VecDeque<String>,
}

impl AgentTrainer {
    /// The training before its first step; resets its environments.
    ///
    /// # Errors
    /// If the configuration is not possible.
    pub fn new(registry: &Registry, config: AgentConfig) -> Result<Self, Error> {
        config.validate()?;
        let env = config.training_environments(registry)?;
        let networks = config.networks(registry, env.observation_space().len())?;
        let ppo = Ppo::new(env, networks, config.ppo.clone(), config.seed)?;
        let warnings = VecDeque::new();
        Ok(Self { registry: registry.clone(), config, ppo, warned: 0, warnings })
    }

    fn actor(&self) -> &Network {
        &self.ppo.actor().network
    }

    fn parameters(&self) -> usize {
        self.networks().iter().map(|(_, network)| network.parameters()).sum()
    }

    fn warn_of(&mut self, failures: u64) {
        if failures > self.warned {
            self.warnings.push_back(format!(
                "the physics failed in {failures} steps so far; those environments were started \
                 anew and nothing was learnt from them"
            ));
            self.warned = 2 * failures; // not at every one
        }
    }
}

impl Trainer for AgentTrainer {
    fn experiment(&self) -> Experiment {
        Experiment::Agent(self.config.clone())
    }

    fn identity(&self) -> Option<&Identity> {
        None
    }

    fn notes(&self) -> &[String] {
        &[]
    }

    fn summary(&self) -> String {
        let (config, env) = (&self.config, self.ppo.env());
        let mut sizes = vec![env.observation_space().len().to_string()];
        sizes.extend(config.network.summary());
        sizes.push(self.actor().outputs().to_string());
        format!(
            "{} by PPO with {}, {} {}, {} parameters, {} environments",
            config.task,
            config.rule_name(),
            sizes.join("-"),
            config.network.principle(),
            self.parameters(),
            env.count(),
        )
    }

    fn networks(&self) -> Vec<(&'static str, &Network)> {
        vec![("actor/", self.actor()), ("critic/", &self.ppo.critic().network)]
    }

    fn reported_steps(&self) -> u64 {
        self.ppo.steps()
    }

    fn advance(&mut self, budget: u64) -> Result<Event, Error> {
        if let Some(warning) = self.warnings.pop_front() {
            return Ok(Event::Warning(warning));
        }
        if self.has_ended() {
            return Ok(Event::Ended);
        }
        if budget == 0 {
            return Ok(Event::Idle);
        }
        let update = self.ppo.update()?;
        let update = Update::new(&update, &self.ppo);
        self.warn_of(update.failures);
        Ok(Event::Update(update))
    }

    fn has_ended(&self) -> bool {
        self.ppo.ended()
    }

    fn outcome(&mut self, stop: &dyn Fn() -> bool) -> Result<Option<Outcome>, Error> {
        if stop() {
            return Ok(None);
        }
        let config = &self.config;
        let mut agent = config.evaluated(self.ppo.agent());
        let evaluation =
            AgentEvaluation::of(&self.registry, &mut agent, config, config.evaluation)?;
        let (ei_ratio, floor_share) = balances(self.actor());
        Ok(Some(Outcome::Agent(AgentOutcome {
            task: config.task.clone(),
            backend: self.ppo.env().backend().into(),
            rule: config.rule_name(),
            seed: config.seed,
            steps: self.ppo.steps(),
            return_mean: evaluation.return_mean,
            return_std: evaluation.return_std,
            recent_return: self.ppo.recent_return(),
            episode_steps: evaluation.episode_steps,
            episodes: evaluation.episodes,
            score: evaluation.score,
            achievements: evaluation.achievements,
            failures: self.ppo.env().failures(),
            parameters: self.parameters(),
            ei_ratio,
            floor_share,
        })))
    }

    fn save(&mut self, metadata: Metadata) -> Vec<u8> {
        self.ppo.save(with_experiment(metadata, &self.experiment()))
    }

    fn restore(&mut self, file: &Checkpoint<'_>) -> Result<(), Error> {
        check_experiment(file, &self.experiment())?;
        self.ppo.restore(file)?;
        self.warned = self.ppo.env().failures();
        self.warnings.clear();
        match self.ppo.is_longer() {
            true => Err(Error::Longer {
                key: "steps",
                done: self.ppo.steps(),
                wanted: self.config.ppo.steps,
            }),
            false => Ok(()),
        }
    }

    fn start_from(&mut self, file: &Checkpoint<'_>) -> Result<(), Error> {
        check_same_weights(file, &self.experiment())?;
        Ok(self.ppo.start_from(file)?)
    }
}
