//! The training loop: from a configuration to an outcome, through kills and interruptions.

use crate::{
    Config, EpochMetrics, Error, Evaluation, Outcome, Run, Task, UpdateMetrics,
    advice::collapse_advice,
    distortion::Distortion,
    evaluate::{class, evaluate},
    metrics::balances,
    probe::Probe,
    run::json,
    settings,
    task::Ends,
    tensorboard::EventFile,
};
use dalenet::{
    Generator, GeneratorState, Learner, Matrix, Network, Optimiser, Rule, Trace, centre,
    checkpoint::{self, Checkpoint},
    one_vs_all,
};
use serde::{Deserialize, Serialize};
use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// The state is saved at the first epoch's end after so long, and at the end: tiny tasks would
/// else spend their time on the disk.
const BETWEEN_SAVES: Duration = Duration::from_secs(1);

/// Streams of the seed's generator.
const WEIGHTS: u64 = 0;
const SAMPLES: u64 = 1;

/// Samples that the biases are balanced on.
const BALANCED: usize = 500;

/// Watches a training.
pub trait Observer {
    /// After every step.
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

/// Where a training stands.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    /// Steps made.
    pub step: usize,
    /// Steps of the whole training.
    pub steps: usize,
    /// The running epoch, from 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// Mean Σ_c |error| of the epoch so far.
    pub error: f64,
    /// Share of the epoch's samples that were right so far.
    pub accuracy: f64,
    /// Samples learnt a second in this epoch.
    pub samples_per_second: f64,
}

/// All of a training that is not in the network and the optimiser.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Progress {
    /// Epochs that are done.
    epoch: usize,
    /// Batches of the running epoch that are done.
    batch: usize,
    /// Samples of the running epoch that are done.
    seen: usize,
    right: usize,
    /// Σ|error| over the running epoch.
    error: f64,
    /// Seconds of learning in the running epoch and in all before.
    epoch_seconds: f64,
    learning_seconds: f64,
    /// Seconds in all.
    seconds: f64,
    generator: GeneratorState,
    history: Vec<EpochMetrics>,
}

/// A training in its run folder.
pub struct Training {
    config: Config,
    run: Run,
    task: Task,
    probe: Probe,
    learner: Learner,
    generator: Generator,
    /// The samples in the order of the running epoch.
    order: Vec<u32>,
    progress: Progress,
    saved: Option<Instant>,
    // Buffers.
    error: Matrix,
    labels: Vec<u16>,
    distortions: Vec<Distortion>,
    evaluation: Trace,
}

impl Training {
    /// Starts a run in `folder`, or in the next free one under `runs`.
    ///
    /// # Errors
    /// If the configuration is impossible, the data cannot be had or the folder exists.
    pub fn start(
        config: Config,
        folder: Option<&Path>,
        data_dir: Option<&Path>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        let rule = config.rule();
        Self::start_with(rule, config, folder, data_dir, observer)
    }

    /// Starts a run with a rule of one's own in place of the configuration's.
    ///
    /// # Errors
    /// As [`Training::start`].
    pub fn start_with(
        rule: Box<dyn Rule>,
        config: Config,
        folder: Option<&Path>,
        data_dir: Option<&Path>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        config.validate()?;
        if let Some(folder) = folder.filter(|folder| folder.exists()) {
            return Err(Error::Exists(folder.into()));
        }
        let task = Task::load(&config, data_dir, observer)?;
        config.network(task.input(), task.outputs)?; // before there is a folder
        let run = match folder {
            Some(folder) => Run::create(folder, &config.commented())?,
            None => {
                let stem = Path::new(&config.task).file_stem().unwrap_or_default();
                let rule = config.rule();
                let name =
                    format!("{}-{}-seed{}", stem.to_string_lossy(), rule.name(), config.seed);
                Run::create_next(&name, &config.commented())?
            }
        };
        Self::build(run, config, task, rule)
    }

    /// Goes on with the run in `folder`, to the bits it would have had without the interruption.
    /// `wanted` is the configuration it should have, usually [`Run::config`].
    ///
    /// # Errors
    /// If the folder is no run, or its checkpoint is broken or of another configuration.
    pub fn resume(
        folder: &Path,
        wanted: &Config,
        data_dir: Option<&Path>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        Self::resume_with(wanted.rule(), folder, wanted, data_dir, observer)
    }

    /// Goes on with a run that a rule of one's own began.
    ///
    /// # Errors
    /// As [`Training::resume`], or if another rule began it.
    pub fn resume_with(
        rule: Box<dyn Rule>,
        folder: &Path,
        wanted: &Config,
        data_dir: Option<&Path>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        let mut run = Run::open(folder)?;
        run.lock()?;
        let config = run.config()?;
        config.validate()?;
        same(folder, &config, wanted)?;
        let saved = run.checkpoint()?;
        let task = Task::load(&config, data_dir, observer)?;
        let mut training = Self::build(run, config, task, rule)?;
        if let Some(bytes) = saved {
            training.restore(&bytes)?;
        }
        Ok(training)
    }

    fn build(run: Run, config: Config, task: Task, rule: Box<dyn Rule>) -> Result<Self, Error> {
        let mut generator = Generator::new(config.seed, WEIGHTS);
        let spec = config.network(task.input(), task.outputs)?;
        let mut network = Network::new(&spec, &mut generator);
        let mut evaluation = Trace::default();
        if config.balanced {
            let first: Vec<u32> = (0..task.train.len().min(BALANCED) as u32).collect();
            task.gather(&task.train, &first, evaluation.input_mut(), |_, _| {});
            network.balance_biases(&mut evaluation);
        }
        let bias_rate = if config.threshold > 0.0 { config.threshold.powi(2) } else { 1.0 };
        let optimiser = Optimiser::new(config.method(), config.normalised, &network);
        let optimiser = optimiser.with_bias_rate(bias_rate);
        let optimiser = optimiser.with_convolution_rate(config.convolution_rate);
        let learner = Learner::new(network, rule, optimiser, &mut generator);
        Ok(Self {
            generator: Generator::new(config.seed, SAMPLES),
            order: (0..task.train.len() as u32).collect(),
            progress: Progress::default(),
            error: Matrix::default(),
            labels: Vec::new(),
            distortions: Vec::new(),
            evaluation,
            probe: Probe::new(&task, &config),
            config,
            run,
            task,
            learner,
            saved: None,
        })
    }

    /// The configuration in use.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        self.run.folder()
    }

    /// One line on what is trained.
    pub fn summary(&self) -> String {
        let (config, network) = (&self.config, &self.learner.network);
        let streams = if config.dual { " per stream" } else { "" };
        let dale = if config.dale { ", under Dale's principle" } else { "" };
        let convolutions = config.convolutions.iter();
        let convolutions = convolutions.map(|c| format!("{}@{}×{}", c.units, c.size, c.size));
        let layers = convolutions.chain(config.layers.iter().map(usize::to_string));
        format!(
            "{} by {}, {}-{}-{} units{streams}{dale}, {} parameters, {} samples",
            config.task,
            self.learner.rule.name(),
            self.task.input().len(),
            layers.collect::<Vec<_>>().join("-"),
            self.task.outputs,
            network.parameters(),
            self.order.len(),
        )
    }

    /// Trains to the end and evaluates on the test set. `None` if `stop` was set: the state is
    /// then saved, and [`Training::resume`] goes on from this very step.
    ///
    /// # Errors
    /// If the training diverges or a file cannot be written.
    pub fn run(
        &mut self,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Option<Outcome>, Error> {
        let batches = self.order.len().div_ceil(self.config.batch);
        self.run.save_metrics(&self.progress.history)?;
        let mut events = EventFile::open(self.run.folder())?;
        events.hparams(&settings::table(&self.config), &["accuracy/test"])?;
        if !self.ended() {
            events.resume(self.progress.history.last().map_or(0, |metrics| metrics.step))?;
        }
        while !self.ended() {
            while self.progress.batch < batches {
                if stop.load(Ordering::Relaxed) {
                    self.save()?;
                    return Ok(None);
                }
                if self.progress.batch == 0 && self.config.shuffle {
                    self.generator.shuffle(&mut self.order);
                }
                self.step(batches)?;
                observer.step(&self.position(batches));
            }
            self.end_epoch(observer, &mut events)?;
        }
        observer.trained();
        let outcome = self.finish()?;
        events.test(self.learner.optimiser.steps(), &outcome)?;
        Ok(Some(outcome))
    }

    /// Learns from the next batch.
    fn step(&mut self, batches: usize) -> Result<(), Error> {
        let start = Instant::now();
        let first = self.progress.batch * self.config.batch;
        let count = self.config.batch.min(self.order.len() - first);
        self.gather(first, count);

        let prediction = self.learner.forward();
        for (row, label) in prediction.iter_rows().zip(&self.labels) {
            self.progress.right += usize::from(class(row) == usize::from(*label));
        }
        one_vs_all(prediction, &self.labels, &mut self.error);
        let error: f64 = self.error.as_slice().iter().map(|e| f64::from(e.abs())).sum();
        if !error.is_finite() {
            return Err(self.diverged());
        }
        if self.config.centred {
            centre(&mut self.error);
        }
        self.learner.learn(&self.error, self.rate(batches));

        let progress = &mut self.progress;
        progress.error += error;
        progress.batch += 1;
        progress.seen += count;
        let seconds = start.elapsed().as_secs_f64();
        progress.epoch_seconds += seconds;
        progress.seconds += seconds;
        Ok(())
    }

    fn diverged(&self) -> Error {
        let (epoch, rate) = (self.progress.epoch + 1, self.config.rate);
        Error::Diverged { epoch, rate, run: self.run.folder().into() }
    }

    /// Fills the learner's input and the labels with `count` samples from `first` on.
    fn gather(&mut self, first: usize, count: usize) {
        let samples = &self.order[first..first + count];
        let train = &self.task.train;
        self.labels.clear();
        self.labels.extend(samples.iter().map(|sample| train.labels()[*sample as usize]));
        let Config { shift, flip, .. } = self.config;
        self.distortions.clear();
        let draw = || Distortion::draw(self.task.shape, shift, flip, &mut self.generator);
        self.distortions.extend(std::iter::repeat_with(draw).take(count));
        let distort =
            |i: usize, image: &mut [f32]| self.distortions[i].apply(image, self.task.shape);
        self.task.gather(train, samples, self.learner.trace.input_mut(), distort);
    }

    /// The rate of the next step.
    fn rate(&self, batches: usize) -> f32 {
        let done = self.progress.epoch as f64 + self.progress.batch as f64 / batches as f64;
        self.config.rate * self.config.schedule.factor(done / self.config.epochs as f64)
    }

    /// Measures and records a whole epoch, and saves it if it is time to.
    fn end_epoch(
        &mut self,
        observer: &mut dyn Observer,
        events: &mut EventFile,
    ) -> Result<(), Error> {
        // The error of the last step's weights is not known yet, and they are about to be kept.
        if !finite(&self.learner.network) {
            return Err(self.diverged());
        }
        let start = Instant::now();
        let batches = self.progress.batch;
        self.progress.batch -= 1;
        let rate = self.rate(batches);
        let network = &self.learner.network;
        let held_out = self.task.validation.as_ref();
        let evaluation =
            held_out.map(|split| evaluate(network, &self.task, split, &mut self.evaluation));
        let (ei_ratio, floor_share) = balances(network);
        let epoch = self.progress.epoch + 1;
        let layers = match self.probe.is_due(epoch, self.config.epochs) {
            true => self.probe.look(network, self.learner.rule.as_ref()),
            false => Vec::new(),
        };
        let progress = &mut self.progress;
        progress.epoch = epoch;
        progress.learning_seconds += progress.epoch_seconds;
        progress.seconds += start.elapsed().as_secs_f64();
        let metrics = EpochMetrics {
            epoch,
            step: self.learner.optimiser.steps(),
            rate,
            error: progress.error / progress.seen as f64,
            train_accuracy: progress.right as f64 / progress.seen as f64,
            validation_accuracy: evaluation.as_ref().map(|evaluation| evaluation.accuracy),
            samples_per_second: progress.seen as f64 / progress.epoch_seconds.max(1e-9),
            seconds: progress.seconds,
            ei_ratio,
            floor_share,
            layers,
        };
        (progress.batch, progress.seen, progress.right) = (0, 0, 0);
        (progress.error, progress.epoch_seconds) = (0.0, 0.0);
        progress.history.push(metrics.clone());
        observer.epoch(&metrics);
        if let Some(warning) = evaluation.as_ref().and_then(|found| self.collapse_warning(found)) {
            observer.warn(&warning);
        }
        events.epoch(&metrics)?;
        if !metrics.layers.is_empty() {
            events.weights(metrics.step, "", &self.learner.network)?;
        }
        if self.ended() || self.saved.is_none_or(|saved| saved.elapsed() >= BETWEEN_SAVES) {
            self.save()?;
        }
        Ok(())
    }

    /// Whether there is nothing left to train.
    fn ended(&self) -> bool {
        self.progress.epoch >= self.config.epochs || self.learnt()
    }

    /// Whether the last epoch's error is below `stop_error`.
    fn learnt(&self) -> bool {
        let samples = self.order.len() as f64;
        let sum = self.progress.history.last().map(|metrics| metrics.error * samples);
        sum.is_some_and(|sum| sum < f64::from(self.config.stop_error))
    }

    fn finish(&mut self) -> Result<Outcome, Error> {
        let network = &self.learner.network;
        let task = &self.task;
        let test = evaluate(network, task, &task.test, &mut self.evaluation);
        let held_out = task.validation.as_ref();
        let held_out = held_out.map(|split| evaluate(network, task, split, &mut self.evaluation));
        let (ei_ratio, floor_share) = balances(network);
        let progress = &self.progress;
        let samples = (progress.epoch * self.order.len()) as f64;
        let last = progress.history.last();
        let outcome = Outcome {
            task: self.config.task.clone(),
            rule: self.learner.rule.name().into(),
            seed: self.config.seed,
            epochs: progress.epoch,
            learnt: self.learnt(),
            test_accuracy: test.accuracy,
            validation_accuracy: last.and_then(|metrics| metrics.validation_accuracy),
            train_seconds: progress.seconds,
            samples_per_second: samples / progress.learning_seconds.max(1e-9),
            parameters: network.parameters(),
            ei_ratio,
            floor_share,
            warning: self.collapse_warning(&test),
            test_confusion: test.confusion,
            validation_confusion: held_out.map(|evaluation| evaluation.confusion),
            run: self.run.folder().into(),
        };
        self.run.save_outcome(&outcome)?;
        Ok(outcome)
    }

    fn collapse_warning(&self, evaluation: &Evaluation) -> Option<String> {
        let mut training = vec![0; evaluation.confusion.len()];
        self.task.train.labels().iter().for_each(|label| training[usize::from(*label)] += 1);
        collapse_advice(&evaluation.confusion, &training, &[])
    }

    fn position(&self, batches: usize) -> Position {
        let progress = &self.progress;
        let seen = progress.seen.max(1) as f64;
        Position {
            step: progress.epoch * batches + progress.batch,
            steps: self.config.epochs.saturating_mul(batches),
            epoch: progress.epoch + 1,
            epochs: self.config.epochs,
            error: progress.error / seen,
            accuracy: progress.right as f64 / seen,
            samples_per_second: seen / progress.epoch_seconds.max(1e-9),
        }
    }

    fn save(&mut self) -> Result<(), Error> {
        self.progress.generator = self.generator.state();
        let metadata = [
            ("config", json(&self.config)),
            ("progress", json(&self.progress)),
            ("rule", json(&self.learner.rule.name())),
            ("ends", json(&self.task.ends())),
        ];
        let bytes = checkpoint::write(
            &[("", &self.learner.network, &self.learner.optimiser)],
            &[("order", &self.order)],
            metadata.map(|(key, value)| (key.to_owned(), value)).into(),
        );
        self.run.save_metrics(&self.progress.history)?;
        self.run.save_checkpoint(&bytes)?;
        self.saved = Some(Instant::now());
        Ok(())
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let path = self.run.checkpoint_path();
        let broken = |cause| Error::Checkpoint { path: path.clone(), cause };
        let file = Checkpoint::parse(bytes).map_err(broken)?;
        let saved: Config = file.json("config").map_err(broken)?;
        same(self.run.folder(), &saved, &self.config)?;
        let found: String = file.json("rule").map_err(broken)?;
        let wanted = self.learner.rule.name();
        if found != wanted {
            let (path, wanted) = (self.run.folder().into(), wanted.into());
            return Err(Error::OtherConfig { path, key: "rule".into(), found, wanted });
        }
        let order = file.whole_numbers("order").map_err(broken)?;
        let ends: Ends = file.json("ends").map_err(broken)?;
        let [found, wanted] = [(self.task.train.len(), self.task.ends()), (order.len(), ends)]
            .map(|(samples, ends)| format!("{samples} training samples of {ends}"));
        if found != wanted {
            let (data, run) = (self.task.name.clone(), self.run.folder().into());
            return Err(Error::OtherData { data, found, wanted, run });
        }
        file.load_network("", &mut self.learner.network).map_err(broken)?;
        file.load_optimiser("", &mut self.learner.optimiser).map_err(broken)?;
        self.order = order;
        self.progress = file.json("progress").map_err(broken)?;
        self.generator = Generator::restore(&self.progress.generator);
        Ok(())
    }
}

/// A run goes on only under the configuration it began with.
fn same(folder: &Path, trained: &Config, wanted: &Config) -> Result<(), Error> {
    match trained.differences(wanted).into_iter().next() {
        Some((key, found, wanted)) => {
            Err(Error::OtherConfig { path: folder.into(), key, found, wanted })
        }
        None => Ok(()),
    }
}

/// Whether every weight and bias is a number.
fn finite(network: &Network) -> bool {
    let mut layers = network.layers().iter();
    layers.all(|layer| {
        let mut values = layer.weights().as_slice().iter().chain(layer.bias());
        values.all(|value| value.is_finite())
    })
}
