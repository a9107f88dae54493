//! The fit of a classifier: a training over arrays in memory, with an eye on Ctrl-C.

use crate::{error, pool, routing::RoutingChoice, rule::RuleChoice, settings};
use dalenet::Shape;
use dalenet_data::{Dataset, Identity, Split};
use dalenet_train::{Config, DataSet, Epoch, Error, Event, Experiment, Registry, Trainer, trainer};
use pyo3::{prelude::*, types::PyDict};
use std::time::{Duration, Instant};

/// The task of a classifier.
const TASK: &str = "arrays";

/// How long a piece of a training may take before signals are checked.
const PIECE: Duration = Duration::from_millis(50);

/// A rule with its routing, and the registry that knows them.
pub struct Taught {
    rule: RuleChoice,
    routing: RoutingChoice,
    pub registry: Registry,
}

impl Taught {
    pub fn new(rule: &Bound<'_, PyAny>, routing: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (rule, routing) = (RuleChoice::of(rule)?, RoutingChoice::of(routing)?);
        let mut registry = Registry::default();
        registry.data_set(DataSet::new(TASK, "arrays in memory", |_| {
            Err(Error::Config("they are not in a file".into()))
        }));
        rule.register(&mut registry);
        routing.register(&mut registry);
        Ok(Self { rule, routing, registry })
    }

    /// The settings of a preset for samples of this shape, with `given` over them.
    ///
    /// # Errors
    /// `ValueError` for a setting that does not exist or is not possible; the nearest one is named.
    pub fn configure(
        &self,
        preset: &str,
        shape: Shape,
        given: &Bound<'_, PyDict>,
    ) -> PyResult<Config> {
        let registry = &self.registry;
        let experiment =
            registry.experiment(TASK, preset, self.rule.name()).map_err(error::value)?;
        let Experiment::Classification(mut config) = experiment else {
            return Err(error::value("arrays are no environment"));
        };
        config.validation = 0.0;
        if shape.positions() == 1 {
            config.shift = 0; // there is nowhere to move a pixel to
        }
        // A variant such as ed-overlapping stands for a routing itself.
        if self.routing.name() != "modulo" {
            config.network.routing = self.routing.name().into();
        }
        for (key, value) in settings::table(given)? {
            config.set(&key, &value.to_string()).map_err(error::value)?;
        }
        let experiment = Experiment::Classification(config.clone());
        experiment.validate(registry).map_err(error::value)?;
        Ok(config)
    }

    /// # Errors
    /// `ValueError` if a classifier of this configuration learns by another rule or routing.
    pub fn check_same(&self, config: &Config) -> PyResult<()> {
        let named = self.registry.experiment(TASK, "default", self.rule.name());
        let named = named.map_err(error::value)?;
        let routing = match self.routing.name() {
            "modulo" => &named.network().routing,
            other => other,
        };
        match (named.rule(), routing) == (&config.rule, &config.network.routing) {
            true => Ok(()),
            false => Err(error::value(format!(
                "the classifier learns by {}, not by {}: fit it anew",
                config.network.rule_name(&config.rule),
                self.rule.name(),
            ))),
        }
    }

    /// # Errors
    /// What the user's own rule or routing raised.
    pub fn check_raised(&self) -> PyResult<()> {
        match self.rule.take_error().or_else(|| self.routing.take_error()) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// What a fit gives.
pub struct Fit {
    /// The bytes of the checkpoint.
    pub checkpoint: Vec<u8>,
    /// What was measured, epoch by epoch.
    pub epochs: Vec<Epoch>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// Trains to the end. `report` is called after every epoch with its number, error and accuracy.
///
/// # Errors
/// If the settings are not possible for these data, the training diverges, the user's own rule raises
/// or Ctrl-C is pressed.
pub fn fit(
    py: Python<'_>,
    taught: &Taught,
    config: Config,
    data: Dataset,
    threads: usize,
    report: Option<&Bound<'_, PyAny>>,
) -> PyResult<Fit> {
    let pool = pool::of(threads);
    let experiment = Experiment::Classification(config);
    let make = || trainer(&taught.registry, &experiment, Some(data));
    let trainer = py.detach(|| pool.install(make));
    taught.check_raised()?;
    let mut trainer = trainer.map_err(failed)?;
    let (mut epochs, mut warnings) = (Vec::new(), Vec::new());
    loop {
        let event = py.detach(|| pool.install(|| piece(trainer.as_mut())));
        taught.check_raised()?;
        py.check_signals()?;
        match event.map_err(failed)? {
            Event::Epoch(epoch) => {
                if let Some(report) = report {
                    report.call1((epoch.epoch, epoch.error, epoch.train_accuracy))?;
                }
                epochs.push(epoch);
            }
            Event::Warning(warning) => warnings.push(warning),
            Event::Ended => break,
            _ => {}
        }
    }
    let checkpoint = py.detach(|| trainer.save(Default::default()));
    Ok(Fit { checkpoint, epochs, warnings })
}

/// Advances by some steps, until something is to be reported.
fn piece(trainer: &mut dyn Trainer) -> Result<Event, Error> {
    let start = Instant::now();
    loop {
        match trainer.advance(1)? {
            Event::Step(_) if start.elapsed() < PIECE => {}
            event => return Ok(event),
        }
    }
}

/// A data set of samples N×D in memory, all of them to train on.
///
/// # Errors
/// `ValueError` if their lengths do not agree.
pub fn data_set(
    samples: Vec<f32>,
    labels: Vec<u16>,
    shape: Shape,
    classes: Vec<String>,
) -> PyResult<Dataset> {
    let split = |values, labels| Split::from_floats(values, shape.len(), labels);
    Ok(Dataset {
        name: TASK.into(),
        shape,
        classes,
        train: split(samples, labels).map_err(error::value)?,
        validation: None,
        test: split(Vec::new(), Vec::new()).map_err(error::value)?,
        identity: Identity { path: None, sha256: String::new() },
        notes: Vec::new(),
    })
}

/// A failed training as Python's own error.
pub fn failed(error: Error) -> PyErr {
    match error.is_divergence() {
        true => error::DivergedError::new_err(error.to_string()),
        false => error::value(error),
    }
}
