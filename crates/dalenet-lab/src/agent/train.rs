//! An agent's training in its run folder: from a configuration to an outcome, through kills and
//! interruptions.

use super::{AgentConfig, AgentEvaluation, AgentOutcome, UpdateMetrics};
use crate::{Error, Observer, Run, metrics::balances, run::json, settings, tensorboard::EventFile};
use dalenet::checkpoint::Checkpoint;
use dalenet_ppo::Ppo;
use serde::{Deserialize, Serialize};
use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// The state, environments included, is saved at the first update's end after so long.
const BETWEEN_SAVES: Duration = Duration::from_secs(5);

/// All of a training that is not in the learner.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Progress {
    seconds: f64,
    history: Vec<UpdateMetrics>,
}

/// A training in its run folder.
pub struct AgentTraining {
    config: AgentConfig,
    run: Run,
    ppo: Ppo,
    progress: Progress,
}

impl AgentTraining {
    /// Starts a run in `folder`, or in the next free one under `runs`.
    ///
    /// # Errors
    /// If the configuration is impossible or the folder exists.
    pub fn start(config: AgentConfig, folder: Option<&Path>) -> Result<Self, Error> {
        config.validate()?;
        if let Some(folder) = folder.filter(|folder| folder.exists()) {
            return Err(Error::Exists(folder.into()));
        }
        let ppo = build(&config)?; // before there is a folder
        let run = match folder {
            Some(folder) => Run::create(folder, &config.commented())?,
            None => {
                let task = config.task.replace('/', "-");
                let rule = config.rule.rule().name().to_owned();
                let name = format!("{task}-{rule}-seed{}", config.seed);
                Run::create_next(&name, &config.commented())?
            }
        };
        Ok(Self { config, run, ppo, progress: Progress::default() })
    }

    /// Goes on with the run in `folder`, to the bits it would have had without the interruption.
    ///
    /// # Errors
    /// If the folder is no run, or its checkpoint is broken or of another configuration.
    pub fn resume(folder: &Path, config: &AgentConfig) -> Result<Self, Error> {
        let mut run = Run::open(folder)?;
        run.lock()?;
        config.validate()?;
        let mut ppo = build(config)?;
        let mut progress = Progress::default();
        if let Some(bytes) = run.checkpoint()? {
            let path = run.checkpoint_path();
            let broken = |cause| Error::Checkpoint { path: path.clone(), cause };
            let file = Checkpoint::parse(&bytes).map_err(broken)?;
            let saved: AgentConfig = file.json("config").map_err(broken)?;
            if let Some((key, found, wanted)) = saved.differences(config).into_iter().next() {
                return Err(Error::OtherConfig { path: folder.into(), key, found, wanted });
            }
            progress = file.json("progress").map_err(broken)?;
            ppo.restore(&file).map_err(|cause| Error::from_ppo(cause, &run))?;
        }
        Ok(Self { config: config.clone(), run, ppo, progress })
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        self.run.folder()
    }

    /// One line on what is trained.
    pub fn summary(&self) -> String {
        let (config, env) = (&self.config, self.ppo.env());
        let streams = if config.dual { " per stream" } else { "" };
        let dale = if config.dale { ", under Dale's principle" } else { "" };
        let layers: Vec<_> = config.layers.iter().map(usize::to_string).collect();
        format!(
            "{} by PPO with {}, {}-{}-{} units{streams}{dale}, {} parameters, {} environments",
            config.task,
            self.ppo.actor().rule.name(),
            env.observation_space().len(),
            layers.join("-"),
            self.ppo.actor().network.outputs(),
            self.parameters(),
            env.count(),
        )
    }

    fn parameters(&self) -> usize {
        self.ppo.actor().network.parameters() + self.ppo.critic().network.parameters()
    }

    /// Trains to the end and evaluates. `None` if `stop` was set: the state is then saved, and
    /// [`AgentTraining::resume`] goes on from this very update.
    ///
    /// # Errors
    /// If the training diverges or a file cannot be written.
    pub fn run(
        &mut self,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Option<AgentOutcome>, Error> {
        self.run.save_metrics(&self.progress.history)?;
        let mut events = EventFile::open(self.run.folder())?;
        events.hparams(&settings::table(&self.config), &["return/test"])?;
        if !self.ppo.ended() {
            events.resume(self.ppo.steps())?;
        }
        let mut saved = Instant::now();
        let mut warned = self.progress.history.last().map_or(0, |last| last.failures);
        while !self.ppo.ended() {
            if stop.load(Ordering::Relaxed) {
                self.save()?;
                return Ok(None);
            }
            let start = Instant::now();
            let update = self.ppo.update().map_err(|cause| Error::from_ppo(cause, &self.run))?;
            let seconds = start.elapsed().as_secs_f64();
            self.progress.seconds += seconds;
            let metrics = UpdateMetrics::new(&update, &self.ppo, [seconds, self.progress.seconds]);
            observer.update(&metrics, self.config.steps);
            if metrics.failures > warned {
                observer.warn(&format!(
                    "the physics failed in {} steps so far; those environments were started anew \
                     and nothing was learnt from them",
                    metrics.failures
                ));
                warned = 2 * metrics.failures; // not at every one
            }
            events.update(&metrics)?;
            self.progress.history.push(metrics);
            if self.ppo.ended() || saved.elapsed() >= BETWEEN_SAVES {
                self.save()?;
                events.weights(self.ppo.steps(), "actor/", &self.ppo.actor().network)?;
                events.weights(self.ppo.steps(), "critic/", &self.ppo.critic().network)?;
                saved = Instant::now();
            }
        }
        observer.trained();
        let outcome = self.finish()?;
        events.agent_test(&outcome)?;
        Ok(Some(outcome))
    }

    fn save(&self) -> Result<(), Error> {
        let metadata = [("config", json(&self.config)), ("progress", json(&self.progress))];
        let bytes = self.ppo.save(metadata.map(|(key, value)| (key.to_owned(), value)).into());
        self.run.save_metrics(&self.progress.history)?;
        self.run.save_checkpoint(&bytes)
    }

    fn finish(&mut self) -> Result<AgentOutcome, Error> {
        let config = &self.config;
        let mut agent = config.judged(self.ppo.agent());
        let evaluation = AgentEvaluation::of(&mut agent, config, config.evaluation)?;
        let (ei_ratio, floor_share) = balances(&self.ppo.actor().network);
        let (steps, seconds) = (self.ppo.steps(), self.progress.seconds);
        let outcome = AgentOutcome {
            task: config.task.clone(),
            backend: self.ppo.env().backend().into(),
            rule: self.ppo.actor().rule.name().into(),
            seed: config.seed,
            steps,
            return_mean: evaluation.return_mean,
            return_std: evaluation.return_std,
            episode_steps: evaluation.episode_steps,
            episodes: evaluation.episodes,
            score: evaluation.score,
            achievements: evaluation.achievements,
            failures: self.ppo.env().failures(),
            train_seconds: seconds,
            steps_per_second: steps as f64 / seconds.max(1e-9),
            parameters: self.parameters(),
            ei_ratio,
            floor_share,
            run: self.run.folder().into(),
        };
        self.run.save_outcome(&outcome)?;
        Ok(outcome)
    }
}

fn build(config: &AgentConfig) -> Result<Ppo, Error> {
    let env = config.environments(config.envs)?;
    Ok(Ppo::new(env, config.networks(), config.ppo(), config.seed)?)
}
