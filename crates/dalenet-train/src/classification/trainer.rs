//! The training of a classification, step by step.

use super::{
    ClassificationOutcome, Config, Epoch, Evaluation, OutputError, Position, Probe, Samples,
    classifier::WEIGHTS, collapse::collapse_advice, distortion::Distortion,
    early_stopping::EarlyStopping, prediction::class, progress::Progress, saved,
    warnings::warnings,
};
use crate::{
    Error, Event, Experiment, Identity, Metadata, Outcome, Registry, Trainer,
    data::Dataset,
    device::Devices,
    trainer::{balances, check_experiment, check_same_weights, finite, with_experiment},
};
use dalenet::{Generator, Learner, Matrix, Network, Optimiser, Trace, checkpoint::Checkpoint};
use std::collections::VecDeque;

/// Stream of the seed's generator: the order and the distortion of samples.
const SAMPLES: u64 = 1;

/// Samples that the biases are balanced on.
const BALANCED: usize = 500;

/// The training of a classification.
pub struct ClassificationTrainer {
    config: Config,
    samples: Samples,
    probe: Probe,
    learner: Learner,
    /// What the weights are kept on, if they are no plain numbers.
    devices: Option<Devices>,
    generator: Generator,
    /// The samples in the order of the running epoch.
    order: Vec<u32>,
    progress: Progress,
    early_stopping: EarlyStopping,
    warnings: VecDeque<String>,
    /// Whether every sample was given the same class after the last epoch.
    is_collapsed: bool,
    output_error: OutputError,
    // Buffers.
    error: Matrix,
    labels: Vec<u16>,
    distortions: Vec<Distortion>,
    evaluation: Trace,
}

impl ClassificationTrainer {
    /// The training before its first step. What was noticed in the data is its first warnings.
    ///
    /// # Errors
    /// If the configuration is not possible for these data.
    pub fn new(registry: &Registry, config: Config, data: Dataset) -> Result<Self, Error> {
        config.validate()?;
        let samples = Samples::new(&config, data, registry)?;
        let output_error = OutputError::new(&config, samples.train.labels(), &samples.classes)?;
        if config.patience > 0 && samples.validation.is_none() {
            return Err(Error::Config(format!(
                "`patience = {}` is not possible: no samples are held out to find the best epoch by; \
                 set validation above 0",
                config.patience
            )));
        }
        let mut generator = Generator::new(config.seed, WEIGHTS);
        let spec = config.network_spec(samples.input(), samples.outputs)?;
        let mut network = Network::new(&spec, &mut generator);
        let mut evaluation = Trace::default();
        if config.balanced {
            let first: Vec<u32> = (0..samples.train.len().min(BALANCED) as u32).collect();
            let input = evaluation.input_mut();
            samples.preparation.gather(&samples.train, &first, input, |_, _| {});
            network.balance_biases(&mut evaluation);
        }
        let devices = Devices::new(&config.device, config.seed, &mut network);
        let optimiser = Optimiser::new(config.method(), config.normalised, &network)
            .with_bias_rate(config.bias_rate())
            .with_convolution_rate(config.convolution_rate);
        let rule = registry.make_rule(&config.rule, &config.network)?;
        let learner = Learner::new(network, rule, optimiser, &mut generator);
        let validation = samples.validation.as_ref();
        Ok(Self {
            generator: Generator::new(config.seed, SAMPLES),
            order: (0..samples.train.len() as u32).collect(),
            progress: Progress::default(),
            warnings: warnings(&config, &samples),
            is_collapsed: false,
            error: Matrix::default(),
            labels: Vec::new(),
            distortions: Vec::new(),
            evaluation,
            probe: Probe::new(
                output_error.clone(),
                &samples.preparation,
                &samples.train,
                validation,
            ),
            output_error,
            early_stopping: EarlyStopping::new(config.patience),
            config,
            samples,
            learner,
            devices,
        })
    }

    /// Batches of an epoch.
    fn batches(&self) -> usize {
        self.order.len().div_ceil(self.config.batch)
    }

    /// Learns from the next batch.
    fn step(&mut self) -> Result<(), Error> {
        if self.progress.batch == 0 && self.config.shuffle {
            self.generator.shuffle(&mut self.order);
        }
        let first = self.progress.batch * self.config.batch;
        let count = self.config.batch.min(self.order.len() - first);
        self.gather(first, count);

        self.devices.iter_mut().for_each(|devices| devices.begin(&mut self.learner));
        let prediction = self.learner.forward();
        for (row, label) in prediction.iter_rows().zip(&self.labels) {
            self.progress.right += usize::from(class(row) == usize::from(*label));
        }
        let error = self.output_error.fill(prediction, &self.labels, &mut self.error);
        if !error.is_finite() {
            return Err(self.diverged());
        }
        let rate = self.rate(self.progress.batch);
        match &self.devices {
            Some(devices) => devices.learn(&mut self.learner, &self.error, rate),
            None => self.learner.learn(&self.error, rate),
        }

        self.progress.error += error;
        self.progress.batch += 1;
        self.progress.seen += count;
        Ok(())
    }

    /// Fills the learner's input and the labels with `count` samples from `first` on.
    fn gather(&mut self, first: usize, count: usize) {
        let rows = &self.order[first..first + count];
        let Samples { train, preparation, .. } = &self.samples;
        self.labels.clear();
        self.labels.extend(rows.iter().map(|row| train.labels()[*row as usize]));
        let (image, Config { shift, flip, .. }) = (preparation.image(), &self.config);
        self.distortions.clear();
        let draw = || Distortion::draw(image, *shift, *flip, &mut self.generator);
        self.distortions.extend(std::iter::repeat_with(draw).take(count));
        let distort = |i: usize, sample: &mut [f32]| self.distortions[i].apply(sample, image);
        preparation.gather(train, rows, self.learner.trace.input_mut(), distort);
    }

    /// The rate of step `batch` of the running epoch.
    fn rate(&self, batch: usize) -> f32 {
        let done = self.progress.epoch as f64 + batch as f64 / self.batches() as f64;
        self.config.rate * self.config.schedule.factor(done / self.config.epochs as f64)
    }

    /// Measures a whole epoch.
    fn end_epoch(&mut self) -> Result<Epoch, Error> {
        // The error of the last step's weights is not known yet, and they are about to be kept.
        if !finite(&self.learner.network) {
            return Err(self.diverged());
        }
        let rate = self.rate(self.progress.batch - 1);
        let network = &self.learner.network;
        let Samples { preparation, validation, .. } = &self.samples;
        let evaluation = validation.as_ref().and_then(|split| {
            Evaluation::of(network, preparation, split, &mut self.evaluation, &|| false)
        });
        let (ei_ratio, floor_share) = balances(network);
        let epoch = self.progress.epoch + 1;
        let layers = match self.probe.is_due(epoch, self.config.epochs) {
            true => self.probe.diagnose(network, self.learner.rule.as_ref()),
            false => Vec::new(),
        };
        let Progress { seen, right, error, .. } = self.progress;
        let metrics = Epoch {
            epoch,
            step: self.learner.optimiser.steps(),
            rate,
            error: error / seen as f64,
            train_accuracy: right as f64 / seen as f64,
            validation_accuracy: evaluation.as_ref().map(|evaluation| evaluation.accuracy),
            validation_error: evaluation.as_ref().map(|evaluation| evaluation.error),
            ei_ratio,
            floor_share,
            layers,
            samples: seen,
        };
        if let Some(accuracy) = metrics.validation_accuracy {
            self.early_stopping.add(epoch, accuracy, network);
        }
        self.progress = Progress {
            epoch,
            last_error: Some(metrics.error),
            last_validation: metrics.validation_accuracy,
            ..Progress::default()
        };
        let warning = evaluation.and_then(|evaluation| self.collapse_warning(&evaluation, false));
        // Said once for as long as it lasts.
        let is_known = std::mem::replace(&mut self.is_collapsed, warning.is_some());
        self.warnings.extend(warning.filter(|_| !is_known));
        Ok(metrics)
    }

    /// Whether the last epoch's error is below `stop_error`.
    fn has_learnt(&self) -> bool {
        let samples = self.order.len() as f64;
        let sum = self.progress.last_error.map(|error| error * samples);
        sum.is_some_and(|sum| sum < f64::from(self.config.stop_error))
    }

    fn position(&self) -> Position {
        let (progress, batches) = (&self.progress, self.batches());
        let seen = progress.seen.max(1) as f64;
        Position {
            step: progress.epoch * batches + progress.batch,
            steps: self.config.epochs.saturating_mul(batches),
            epoch: progress.epoch + 1,
            epochs: self.config.epochs,
            samples: progress.seen,
            error: progress.error / seen,
            accuracy: progress.right as f64 / seen,
        }
    }

    fn collapse_warning(&self, evaluation: &Evaluation, ended: bool) -> Option<String> {
        let mut training = vec![0; evaluation.confusion.len()];
        for label in self.samples.train.labels() {
            if let Some(count) = training.get_mut(usize::from(*label)) {
                *count += 1;
            }
        }
        collapse_advice(&evaluation.confusion, &training, &self.samples.classes, ended)
    }

    /// # Errors
    /// If more was learnt already than the configuration asks for.
    fn check_length(&self) -> Result<(), Error> {
        let Progress { epoch, batch, .. } = self.progress;
        match epoch.saturating_add(usize::from(batch > 0)) {
            begun if begun > self.config.epochs => Err(Error::Longer {
                key: "epochs",
                done: begun as u64,
                wanted: self.config.epochs as u64,
            }),
            _ => Ok(()),
        }
    }

    /// The network that is kept: that of the best epoch under early stopping, else the last one.
    fn kept(&self) -> &Network {
        self.early_stopping.network().unwrap_or(&self.learner.network)
    }

    fn diverged(&self) -> Error {
        Error::Diverged { epoch: self.progress.epoch + 1, rate: self.config.rate }
    }
}

impl Trainer for ClassificationTrainer {
    fn experiment(&self) -> Experiment {
        Experiment::Classification(self.config.clone())
    }

    fn identity(&self) -> Option<&Identity> {
        Some(&self.samples.identity)
    }

    fn notes(&self) -> &[String] {
        &self.samples.notes
    }

    fn summary(&self) -> String {
        let (config, samples) = (&self.config, &self.samples);
        let mut sizes = vec![samples.input().len().to_string()];
        sizes.extend(config.network.summary());
        sizes.push(samples.outputs.to_string());
        format!(
            "{} by {}, {} {}, {} parameters, {} samples",
            config.task,
            config.network.rule_name(&config.rule),
            sizes.join("-"),
            config.network.principle(),
            self.learner.network.parameters(),
            self.order.len(),
        )
    }

    fn networks(&self) -> Vec<(&'static str, &Network)> {
        vec![("", &self.learner.network)]
    }

    fn reported_steps(&self) -> u64 {
        (self.progress.epoch * self.batches()) as u64
    }

    fn advance(&mut self, budget: u64) -> Result<Event, Error> {
        let mut left = budget;
        loop {
            if let Some(warning) = self.warnings.pop_front() {
                return Ok(Event::Warning(warning));
            }
            if self.has_ended() {
                return Ok(Event::Ended);
            }
            if self.progress.batch == self.batches() {
                return self.end_epoch().map(Event::Epoch);
            }
            if left == 0 {
                return Ok(Event::Step(self.position()));
            }
            self.step()?;
            left -= 1;
            if left == 0 {
                return Ok(Event::Step(self.position()));
            }
        }
    }

    fn has_ended(&self) -> bool {
        self.progress.epoch >= self.config.epochs || self.stopped_early().is_some()
    }

    fn stopped_early(&self) -> Option<String> {
        let Config { patience, stop_error, .. } = self.config;
        let epoch = self.progress.epoch;
        if self.has_learnt() {
            return Some(format!(
                "its error fell below stop_error = {stop_error} in epoch {epoch}"
            ));
        }
        let best = self.early_stopping.best().filter(|_| self.early_stopping.is_over(epoch))?;
        Some(format!(
            "its validation accuracy was highest after epoch {}, and no higher in the {patience} epochs \
             that followed (patience = {patience})",
            best.epoch
        ))
    }

    fn outcome(&mut self, stop: &dyn Fn() -> bool) -> Result<Option<Outcome>, Error> {
        let (network, samples) = (self.kept(), &self.samples);
        let trace = &mut Trace::default();
        let mut evaluate =
            |split| Evaluation::of(network, &samples.preparation, split, trace, stop);
        let Some(test) = evaluate(&samples.test) else { return Ok(None) };
        let held_out = samples.validation.as_ref().map(evaluate);
        let Some(held_out) = held_out.map_or(Some(None), |evaluation| evaluation.map(Some)) else {
            return Ok(None);
        };
        let (ei_ratio, floor_share) = balances(network);
        let best = self.early_stopping.best();
        Ok(Some(Outcome::Classification(ClassificationOutcome {
            task: self.config.task.clone(),
            rule: self.config.network.rule_name(&self.config.rule),
            seed: self.config.seed,
            epochs: self.progress.epoch,
            learnt: (self.config.stop_error > 0.0).then(|| self.has_learnt()),
            best_epoch: best.map(|best| best.epoch),
            test_accuracy: test.accuracy,
            test_balanced_accuracy: Some(test.balanced_accuracy),
            validation_accuracy: best.map(|best| best.accuracy).or(self.progress.last_validation),
            parameters: network.parameters(),
            ei_ratio,
            floor_share,
            warning: self.collapse_warning(&test, true),
            notes: samples.notes.clone(),
            test_confusion: test.confusion,
            validation_confusion: held_out.map(|evaluation| evaluation.confusion),
        })))
    }

    fn save(&mut self, metadata: Metadata) -> Vec<u8> {
        self.progress.generator = self.generator.state();
        self.progress.best = self.early_stopping.best();
        saved::write(
            (&self.learner, &self.early_stopping),
            (&self.samples, &self.order),
            &self.progress,
            with_experiment(metadata, &self.experiment()),
        )
    }

    fn restore(&mut self, file: &Checkpoint<'_>) -> Result<(), Error> {
        check_experiment(file, &self.experiment())?;
        self.progress = saved::read(
            file,
            (&mut self.learner, &mut self.early_stopping),
            (&self.samples, &mut self.order),
        )?;
        self.generator = Generator::restore(&self.progress.generator);
        self.warnings.clear();
        self.check_length()
    }

    fn start_from(&mut self, file: &Checkpoint<'_>) -> Result<(), Error> {
        check_same_weights(file, &self.experiment())?;
        file.load_network("", &mut self.learner.network)?;
        self.devices.iter().for_each(|devices| devices.program(&mut self.learner.network));
        Ok(())
    }
}
