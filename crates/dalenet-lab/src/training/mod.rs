//! A training in its run folder: through kills and interruptions to a result.

mod begin;

use crate::{
    Ending, EpochMetrics, Error, Experiment, Observer, Outcome, Position, Provenance, Run, Sources,
    UpdateMetrics, clock::Clock, metrics::AgentOutcome, metrics_file::MetricsFile, provenance,
    tensorboard::EventFile, trained::Saved,
};
use dalenet_train::{Event, Trainer};
use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// A training in its run folder.
pub struct Training {
    run: Run,
    experiment: Experiment,
    trainer: Box<dyn Trainer>,
    sources: Sources,
    saved: Saved,
    /// When the state was last saved.
    last_save: Option<Instant>,
    /// Since when the program has worked on the run and not counted it.
    working: Instant,
    /// What it means that it was resumed under another length, if it was.
    length_change: Option<String>,
    /// How the training ended, if it had before it was resumed.
    ending: Option<Ending>,
}

impl Training {
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

    /// What it means that it was resumed under another length, in one sentence, if it was.
    pub fn length_change(&self) -> Option<&str> {
        self.length_change.as_deref()
    }

    /// Steps up to the last epoch or update that was reported: batches, or steps of all environments.
    pub(crate) fn reported_steps(&self) -> u64 {
        self.trainer.reported_steps()
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
        self.run_until(observer, &|| stop.load(Ordering::Relaxed))
    }

    /// The same until `stop` says so.
    pub(crate) fn run_until(
        &mut self,
        observer: &mut dyn Observer,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Ending>, Error> {
        if let Some(ending) = &self.ending {
            return Ok(Some(ending.clone()));
        }
        let mut metrics = MetricsFile::open(&self.run.metrics_path(), self.saved.metrics_bytes)?;
        let mut events = self.open_events()?;
        loop {
            if stop() && !self.trainer.has_ended() {
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
        self.saved.data.clone_from(&self.sources.data);
        let kernel = self.experiment.network().kernel()?;
        self.saved.instructions.insert(provenance::instructions_with(kernel));
        self.count_work();
        let bytes = self.trainer.save(self.saved.metadata());
        self.run.save_checkpoint(&bytes)?;
        self.last_save = Some(Instant::now());
        Ok(())
    }

    /// Adds the time since the last call to the run's duration.
    fn count_work(&mut self) {
        let since = std::mem::replace(&mut self.working, Instant::now());
        self.saved.clock.duration += since.elapsed().as_secs_f64();
    }

    fn finish(&mut self, events: &mut EventFile) -> Result<Ending, Error> {
        let outcome = self.trainer.outcome(&|| false).map_err(self.run.failure())?;
        let steps = self.trainer.reported_steps();
        self.count_work();
        let ending = match outcome {
            Some(outcome) => self.ending(outcome),
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

    /// What was learnt, with its times and place.
    fn ending(&self, outcome: dalenet_train::Outcome) -> Ending {
        let Clock { seconds, duration, .. } = self.saved.clock;
        let provenance = Provenance::now(self.sources.clone(), duration, &self.saved.instructions);
        let run = self.run.destination().to_owned();
        match outcome {
            dalenet_train::Outcome::Classification(learning) => Ending::Classification(Outcome {
                learning,
                train_seconds: seconds,
                samples_per_second: self.saved.clock.rate(),
                run,
                provenance,
            }),
            dalenet_train::Outcome::Agent(learning) => Ending::Agent(AgentOutcome {
                steps_per_second: learning.steps as f64 / seconds.max(1e-9),
                learning,
                train_seconds: seconds,
                run,
                provenance,
            }),
        }
    }
}
