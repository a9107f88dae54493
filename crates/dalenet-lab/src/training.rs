//! A training in its run folder: through kills and interruptions to a result.

use crate::{
    Ending, EpochMetrics, Error, Experiment, Outcome, Position, Resources, Run, UpdateMetrics,
    clock::Clock,
    metrics::AgentOutcome,
    metrics_file::MetricsFile,
    names, source,
    tensorboard::EventFile,
    trained::{self, Saved},
};
use dalenet_train::{Event, Trainer, VERSION, trainer};
use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// Watches a training.
pub trait Observer {
    /// After every step of a classification.
    fn step(&mut self, position: &Position) {
        let _ = position;
    }
    /// After every epoch.
    fn epoch(&mut self, metrics: &EpochMetrics) {
        let _ = metrics;
    }
    /// After every update of an agent, of a training of so many `steps`.
    fn update(&mut self, metrics: &UpdateMetrics, steps: u64) {
        let _ = (metrics, steps);
    }
    /// Before the final evaluation: every step is made and saved.
    fn trained(&mut self) {}
    /// Something the user should know.
    fn warn(&mut self, message: &str) {
        let _ = message;
    }
}

impl Observer for () {}

/// A training in its run folder.
pub struct Training {
    run: Run,
    experiment: Experiment,
    trainer: Box<dyn Trainer>,
    saved: Saved,
    /// When the state was last saved.
    last_save: Option<Instant>,
    /// How the training ended, if it had before it was resumed.
    ending: Option<Ending>,
}

impl Training {
    /// Starts a run in `folder`, or in the next free one under `runs`.
    ///
    /// # Errors
    /// If the configuration is not possible, the data cannot be had or the folder exists.
    pub fn start<'a>(
        experiment: impl Into<Experiment>,
        folder: Option<&Path>,
        resources: impl Into<Resources<'a>>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        let (experiment, resources) = (experiment.into(), resources.into());
        experiment.validate(resources.registry)?;
        if let Some(folder) = folder.filter(|folder| folder.exists()) {
            return Err(Error::Exists(folder.into()));
        }
        // All that may fail comes before there is a folder.
        let data = match &experiment {
            Experiment::Classification(config) => {
                Some(source::load(resources, config, None, observer)?)
            }
            Experiment::Agent(_) => None,
        };
        let trainer = trainer(resources.registry, &experiment, data)?;
        let identity = trainer.identity().cloned();
        let run = match folder {
            Some(folder) => Run::create(folder, &experiment, identity.as_ref())?,
            None => {
                let name = names::run(&names::task(experiment.task()), &experiment.rule_name());
                let name = format!("{name}-seed{}", experiment.seed());
                Run::create_next(&name, &experiment, identity.as_ref())?
            }
        };
        let saved = Saved { data: identity, ..Saved::default() };
        Ok(Self { run, experiment, trainer, saved, last_save: None, ending: None })
    }

    /// Resumes the run in `folder`, to the bits it would have had without the interruption.
    /// `wanted` is the configuration it should have, usually [`Run::experiment`].
    ///
    /// # Errors
    /// If the folder is no run, its checkpoint is broken or of another configuration, or its data
    /// have changed.
    pub fn resume<'a>(
        folder: &Path,
        wanted: &Experiment,
        resources: impl Into<Resources<'a>>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        let resources = resources.into();
        let mut run = Run::open(folder)?;
        run.lock()?;
        let experiment = run.experiment()?;
        if let Some((key, found, wanted)) = experiment.differences(wanted).into_iter().next() {
            return Err(Error::OtherConfig { path: folder.into(), key, found, wanted });
        }
        experiment.validate(resources.registry)?;

        let bytes = run.checkpoint()?;
        let file = bytes.as_deref().map(|bytes| trained::parse(&run, bytes)).transpose()?;
        let broken = run.failure();
        if let Some(file) = &file {
            dalenet_train::experiment(file).map_err(&broken)?;
        }
        let saved = file.as_ref().map(Saved::read).transpose();
        let saved = saved.map_err(|cause| broken(cause.into()))?.unwrap_or_default();
        let known = saved.data.clone().or(run.recorded()?.data);
        let data = match &experiment {
            Experiment::Classification(config) => {
                let known = known.as_ref();
                let known = known.map(|identity| source::Known { identity, run: folder });
                Some(source::load(resources, config, known, observer)?)
            }
            Experiment::Agent(_) => None,
        };
        let mut trainer = trainer(resources.registry, &experiment, data)?;
        if let Some(file) = &file {
            trainer.restore(file).map_err(&broken)?;
        }
        let saved = Saved { data: trainer.identity().cloned(), ..saved };
        drop(broken);
        let ending = run.ending()?;
        Ok(Self { run, experiment, trainer, saved, last_save: None, ending })
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        self.run.folder()
    }

    /// The configuration in use.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// One line on what is trained.
    pub fn summary(&self) -> String {
        self.trainer.summary()
    }

    /// Whether it has its result already, which [`Training::run`] then returns.
    pub fn is_finished(&self) -> bool {
        self.ending.is_some()
    }

    /// Trains to the end and evaluates. `None` if `stop` was set: the state is then saved, and
    /// [`Training::resume`] continues from this very step. A finished run stays as it is.
    ///
    /// # Errors
    /// If the training diverges or a file cannot be written.
    pub fn run(
        &mut self,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Option<Ending>, Error> {
        if let Some(ending) = &self.ending {
            return Ok(Some(ending.clone()));
        }
        let mut metrics = MetricsFile::open(&self.run.metrics_path(), self.saved.metrics_bytes)?;
        let mut events = self.open_events()?;
        loop {
            if stop.load(Ordering::Relaxed) && !self.trainer.has_ended() {
                self.save(&metrics)?;
                return Ok(None);
            }
            let start = Instant::now();
            let event = self.trainer.advance(1).map_err(self.run.failure())?;
            let seconds = start.elapsed().as_secs_f64();
            match event {
                Event::Step(position) => self.step(position, seconds, observer),
                Event::Epoch(epoch) => {
                    let rate = self.saved.clock.end_epoch(epoch.samples, seconds);
                    self.epoch(epoch, rate, &mut metrics, &mut events, observer)?;
                }
                Event::Update(update) => {
                    self.saved.clock.seconds += seconds;
                    self.update(update, seconds, &mut metrics, &mut events, observer)?;
                }
                Event::Warning(message) => observer.warn(&message),
                Event::Idle => {}
                Event::Ended => break,
            }
        }
        observer.trained();
        self.finish(&mut events).map(Some)
    }

    fn step(
        &mut self,
        position: dalenet_train::Position,
        seconds: f64,
        observer: &mut dyn Observer,
    ) {
        self.saved.clock.step(seconds);
        let samples_per_second = self.saved.clock.epoch_rate(position.samples);
        observer.step(&Position { learning: position, samples_per_second });
    }

    /// Records an epoch, and saves it if it is time to.
    fn epoch(
        &mut self,
        epoch: dalenet_train::Epoch,
        samples_per_second: f64,
        metrics: &mut MetricsFile,
        events: &mut EventFile,
        observer: &mut dyn Observer,
    ) -> Result<(), Error> {
        let seconds = self.saved.clock.seconds;
        let epoch = EpochMetrics { learning: epoch, samples_per_second, seconds };
        metrics.add(&epoch)?;
        events.epoch(&epoch)?;
        observer.epoch(&epoch);
        if !epoch.layers.is_empty() {
            self.draw_weights(epoch.step, events)?;
        }
        // Tiny tasks would else spend their time on the disk.
        let due = self.last_save.is_none_or(|last| last.elapsed() >= Duration::from_secs(1));
        if due || self.trainer.has_ended() { self.save(metrics) } else { Ok(()) }
    }

    /// Records an update, and saves it if it is time to.
    fn update(
        &mut self,
        update: dalenet_train::Update,
        seconds: f64,
        metrics: &mut MetricsFile,
        events: &mut EventFile,
        observer: &mut dyn Observer,
    ) -> Result<(), Error> {
        let steps_per_second = update.samples as f64 / seconds.max(1e-9);
        let seconds = self.saved.clock.seconds;
        let update = UpdateMetrics { learning: update, steps_per_second, seconds };
        metrics.add(&update)?;
        events.update(&update)?;
        if let Experiment::Agent(config) = &self.experiment {
            observer.update(&update, config.ppo.steps);
        }
        // The environments are large.
        let last = *self.last_save.get_or_insert_with(Instant::now);
        let due = last.elapsed() >= Duration::from_secs(5);
        if due || self.trainer.has_ended() {
            self.save(metrics)?;
            self.draw_weights(update.steps, events)?;
        }
        Ok(())
    }

    fn draw_weights(&self, step: u64, events: &mut EventFile) -> Result<(), Error> {
        let mut networks = self.trainer.networks().into_iter();
        networks.try_for_each(|(prefix, network)| events.weights(step, prefix, network))
    }

    fn open_events(&self) -> Result<EventFile, Error> {
        let mut events = EventFile::open(self.run.folder())?;
        let score = match self.experiment {
            Experiment::Classification(_) => "accuracy/test",
            Experiment::Agent(_) => "return/test",
        };
        events.hparams(&self.experiment.table(), &[score])?;
        if !self.trainer.has_ended() {
            events.resume(self.trainer.reported_steps())?;
        }
        Ok(events)
    }

    fn save(&mut self, metrics: &MetricsFile) -> Result<(), Error> {
        self.saved.metrics_bytes = metrics.sync()?;
        let bytes = self.trainer.save(self.saved.metadata());
        self.run.save_checkpoint(&bytes)?;
        self.last_save = Some(Instant::now());
        Ok(())
    }

    fn finish(&mut self, events: &mut EventFile) -> Result<Ending, Error> {
        let outcome = self.trainer.outcome(&|| false).map_err(self.run.failure())?;
        let steps = self.trainer.reported_steps();
        let ending = match outcome {
            Some(outcome) => ending(outcome, &self.saved, &self.run),
            None => return Err(Error::Config("the evaluation was stopped".into())),
        };
        self.run.save_ending(&ending)?;
        match &ending {
            Ending::Classification(outcome) => events.test(steps, outcome)?,
            Ending::Agent(outcome) => events.agent_test(outcome)?,
        }
        self.ending = Some(ending.clone());
        Ok(ending)
    }
}

/// What was learnt, with its times and place.
fn ending(outcome: dalenet_train::Outcome, saved: &Saved, run: &Run) -> Ending {
    let Clock { seconds, .. } = saved.clock;
    let (run, version) = (run.folder().to_owned(), VERSION.to_owned());
    match outcome {
        dalenet_train::Outcome::Classification(learning) => Ending::Classification(Outcome {
            learning,
            train_seconds: seconds,
            samples_per_second: saved.clock.rate(),
            run,
            version,
            data: saved.data.clone(),
        }),
        dalenet_train::Outcome::Agent(learning) => Ending::Agent(AgentOutcome {
            steps_per_second: learning.steps as f64 / seconds.max(1e-9),
            learning,
            train_seconds: seconds,
            run,
            version,
        }),
    }
}
