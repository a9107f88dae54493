//! What `dalenet.sklearn.DaleClassifier` computes with: a network with the preparation of its inputs.

use crate::{
    arrays::{self, Array, ArrayLike, Arrays, array},
    error::{self, guard},
    fitting::{self, Taught},
    lock::Lock,
    network::{finite, weights},
};
use dalenet::{
    Activation, Backprop, Generator, GeneratorState, Learner, Matrix, Network, Optimiser, Shape,
    Trace,
    checkpoint::{self, Checkpoint, Values},
};
use dalenet_data::Split;
use dalenet_train::{Config, OutputError, Prediction, Preparation};
use pyo3::{
    prelude::*,
    types::{PyBytes, PyDict, PyTuple},
};
use serde::{Deserialize, Serialize};

/// Samples that are predicted together. Every batch is filled up to them, so that what a sample is given
/// does not depend, by a rounding, on how many others there are.
const BATCH: usize = 64;

/// The streams of a seed: of the weights and the rule, and of the order of samples, as in a training.
const WEIGHTS: u64 = 0;
const SAMPLES: u64 = 1;

/// What a classifier is made for.
#[derive(Clone, Serialize, Deserialize)]
struct Task {
    config: Config,
    shape: Shape,
    classes: usize,
}

impl Task {
    /// A network with fresh weights, and the generator that drew them.
    fn network(&self, preparation: &Preparation) -> PyResult<(Network, Generator)> {
        let spec = self.config.network_spec(preparation.output(), self.classes);
        let mut generator = Generator::new(self.config.seed, WEIGHTS);
        let network = Network::new(&spec.map_err(error::value)?, &mut generator);
        Ok((network, generator))
    }
}

/// A classifier in the course of its training.
struct State {
    task: Task,
    preparation: Preparation,
    /// Its rule is one that has nothing to prepare, until `learns` is true.
    learner: Learner,
    learns: bool,
    generator: Generator,
}

impl State {
    /// With fresh weights.
    fn new(task: Task, preparation: Preparation) -> PyResult<Self> {
        let config = &task.config;
        let (network, mut generator) = task.network(&preparation)?;
        let optimiser = Optimiser::new(config.method(), config.normalised, &network)
            .with_bias_rate(config.bias_rate())
            .with_convolution_rate(config.convolution_rate);
        let learner = Learner::new(network, Box::new(Backprop), optimiser, &mut generator);
        let generator = Generator::new(config.seed, SAMPLES);
        Ok(Self { task, preparation, learner, learns: false, generator })
    }

    /// With what a checkpoint holds.
    fn read(task: Task, file: &Checkpoint<'_>) -> PyResult<Self> {
        let statistics = file.u32s("preparation").map_err(error::value)?;
        let preparation = Preparation::restore(task.config.input, task.shape, &statistics)
            .ok_or_else(|| error::value("the classifier that was pickled is damaged"))?;
        let mut state = Self::new(task, preparation)?;
        let Learner { network, optimiser, .. } = &mut state.learner;
        file.load_network("", network).map_err(error::value)?;
        file.load_optimiser("", optimiser).map_err(error::value)?;
        Ok(state)
    }

    /// Gives the learner its rule, with what it drew at the start of the training.
    fn set_rule(&mut self, taught: &Taught) -> PyResult<()> {
        let config = &self.task.config;
        let (network, mut generator) = self.task.network(&self.preparation)?;
        let rule = taught.registry.make_rule(&config.rule, &config.network);
        let mut rule = rule.map_err(error::value)?;
        rule.prepare(&network, &mut generator);
        taught.check_raised()?;
        (self.learner.rule, self.learns) = (rule, true);
        Ok(())
    }

    /// One pass over the samples in a random order. Returns the mean of Σ_c |target − prediction|.
    fn pass(&mut self, samples: &Split, classes: &[String], taught: &Taught) -> PyResult<f64> {
        let config = &self.task.config;
        let error = OutputError::new(config, samples.labels(), classes).map_err(error::value)?;
        let mut order: Vec<u32> = (0..samples.len() as u32).collect();
        if config.shuffle {
            self.generator.shuffle(&mut order);
        }
        let mut total = 0.0;
        for batch in order.chunks(config.batch) {
            total += self.step(samples, batch, &error)?;
            taught.check_raised()?;
            self.learner.follow(self.task.config.rate);
        }
        Ok(total / samples.len().max(1) as f64)
    }

    /// Fills the signals of the layers for a batch.
    fn step(&mut self, samples: &Split, batch: &[u32], output: &OutputError) -> PyResult<f64> {
        let Self { preparation, learner, .. } = self;
        preparation.gather(samples, batch, learner.trace.input_mut(), |_, _| {});
        let labels: Vec<u16> = batch.iter().map(|row| samples.labels()[*row as usize]).collect();
        let mut error = Matrix::default();
        let total = output.fill(learner.forward(), &labels, &mut error);
        if !total.is_finite() {
            return Err(error::DivergedError::new_err(
                "training diverged: the error is no longer a number; train anew with a smaller rate",
            ));
        }
        learner.teach(&error);
        Ok(total)
    }

    /// The outputs for samples N×D, N×C.
    fn outputs(&self, samples: &Matrix) -> Matrix {
        let network = &self.learner.network;
        let (width, rows) = (self.preparation.output().len(), samples.rows());
        let mut outputs = Matrix::zeros(rows, network.outputs());
        let (mut trace, mut sample) = (Trace::default(), vec![0.0; samples.cols()]);
        for first in (0..rows).step_by(BATCH) {
            let input = trace.input_mut();
            input.reshape(BATCH, width);
            input.as_mut_slice().fill(0.0);
            let count = BATCH.min(rows - first);
            for i in 0..count {
                sample.copy_from_slice(samples.row(first + i));
                self.preparation.apply(&mut sample, input.row_mut(i));
            }
            network.forward(&mut trace);
            for i in 0..count {
                outputs.row_mut(first + i).copy_from_slice(trace.output().row(i));
            }
        }
        outputs
    }

    /// The probability of each class for samples N×D: softmax outputs as they are; of sigmoid outputs,
    /// each an estimate of its own, the share of their sum.
    fn probabilities(&self, samples: &Matrix) -> Matrix {
        let mut outputs = self.outputs(samples);
        let layers = self.learner.network.layers();
        if layers.last().is_some_and(|layer| layer.activation() != Activation::Softmax) {
            for i in 0..outputs.rows() {
                let shares: Vec<f32> = Prediction::shares(outputs.row(i)).collect();
                outputs.row_mut(i).copy_from_slice(&shares);
            }
        }
        outputs
    }

    fn write(&self) -> PyResult<(String, Vec<u8>)> {
        let text = serde_json::to_string(&(&self.task, self.generator.state()));
        let Learner { network, optimiser, .. } = &self.learner;
        let statistics = Values::U32(self.preparation.statistics());
        let bytes = checkpoint::write(
            &[("", network, Some(optimiser))],
            &[("preparation".into(), statistics)],
            Default::default(),
        );
        Ok((text.map_err(error::value)?, bytes))
    }
}

/// A classifier.
#[pyclass(frozen, module = "dalenet._core")]
pub struct Classifier {
    state: Lock<State>,
    classes: Vec<String>,
    /// Error, training and validation accuracy of every epoch.
    epochs: Vec<(f64, f64, Option<f64>)>,
    warnings: Vec<String>,
}

/// Samples with their labels.
struct Labelled {
    samples: Matrix,
    labels: Vec<u16>,
    shape: Shape,
}

impl Labelled {
    fn read(
        x: &ArrayLike<'_>,
        labels: Vec<u16>,
        (height, width, channels): (usize, usize, usize),
    ) -> PyResult<Self> {
        let samples = arrays::samples(x, "X")?;
        let shape = Shape { height, width, channels };
        arrays::check_shape(&samples, "X", [labels.len(), shape.len()])?;
        Ok(Self { samples, labels, shape })
    }
}

#[pymethods]
impl Classifier {
    /// Trains on samples X, N×D of the shape (height, width, channels), whose labels are numbers of
    /// classes. `report` is called after every epoch with its number, error and accuracy.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "one call from Python")]
    #[pyo3(signature = (x, labels, classes, shape, rule, routing, preset, settings, threads, report))]
    fn fit(
        py: Python<'_>,
        x: ArrayLike<'_>,
        labels: Vec<u16>,
        classes: Vec<String>,
        shape: (usize, usize, usize),
        rule: &Bound<'_, PyAny>,
        routing: &Bound<'_, PyAny>,
        preset: &str,
        settings: &Bound<'_, PyDict>,
        threads: usize,
        report: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        guard(|| {
            let Labelled { samples, labels, shape } = Labelled::read(&x, labels, shape)?;
            let taught = Taught::new(rule, routing)?;
            let config = taught.configure(preset, shape, settings)?;
            let task = Task { config: config.clone(), shape, classes: classes.len() };
            let values = samples.into_vec();
            let data = fitting::data_set(values, labels, shape, classes.clone())?;
            let fit = fitting::fit(py, &taught, config, data, threads, report)?;
            let state = py.detach(|| {
                let file = Checkpoint::parse(&fit.checkpoint).map_err(error::value)?;
                State::read(task, &file)
            })?;
            let epochs = fit.epochs.iter();
            let epochs =
                epochs.map(|e| (e.error, e.train_accuracy, e.validation_accuracy)).collect();
            Ok(Self { state: Lock::new(state), classes, epochs, warnings: fit.warnings })
        })
    }

    /// A classifier before its first lesson, whose preparation is fitted to samples X.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "one call from Python")]
    fn untrained(
        py: Python<'_>,
        x: ArrayLike<'_>,
        classes: Vec<String>,
        shape: (usize, usize, usize),
        rule: &Bound<'_, PyAny>,
        routing: &Bound<'_, PyAny>,
        preset: &str,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        guard(|| {
            let labels = vec![0; arrays::samples(&x, "X")?.rows()];
            let Labelled { samples, labels, shape } = Labelled::read(&x, labels, shape)?;
            let config = Taught::new(rule, routing)?.configure(preset, shape, settings)?;
            let task = Task { config, shape, classes: classes.len() };
            let state = py.detach(|| {
                let split = Split::from_floats(samples.into_vec(), shape.len(), labels);
                let split = split.map_err(error::value)?;
                let preparation = Preparation::new(task.config.input, shape, &split);
                State::new(task, preparation.map_err(error::value)?)
            })?;
            let (epochs, warnings) = Default::default();
            Ok(Self { state: Lock::new(state), classes, epochs, warnings })
        })
    }

    /// Learns from one pass over samples, and returns the mean of Σ_c |target − prediction|.
    #[expect(clippy::too_many_arguments, reason = "one call from Python")]
    fn partial_fit(
        &self,
        py: Python<'_>,
        x: ArrayLike<'_>,
        labels: Vec<u16>,
        shape: (usize, usize, usize),
        rule: &Bound<'_, PyAny>,
        routing: &Bound<'_, PyAny>,
        threads: usize,
    ) -> PyResult<f64> {
        guard(|| {
            let Labelled { samples, labels, shape } = Labelled::read(&x, labels, shape)?;
            let taught = Taught::new(rule, routing)?;
            let split = Split::from_floats(samples.into_vec(), shape.len(), labels);
            let split = split.map_err(error::value)?;
            self.state.compute_on(py, threads, |state| {
                taught.check_same(&state.task.config)?;
                if !state.learns {
                    state.set_rule(&taught)?;
                }
                state.pass(&split, &self.classes, &taught)
            })
        })
    }

    /// The probability of each class for samples X, N×C.
    fn predict_proba<'py>(
        &self,
        py: Python<'py>,
        x: ArrayLike<'py>,
        threads: usize,
    ) -> PyResult<Array<'py>> {
        guard(|| {
            let samples = arrays::samples(&x, "X")?;
            let probabilities = self.state.compute_on(py, threads, |state| {
                let width = state.task.shape.len();
                arrays::check_shape(&samples, "X", [samples.rows(), width])?;
                finite(state.probabilities(&samples))
            })?;
            array(py, &probabilities)
        })
    }

    /// Magnitudes of the weights by part, and biases, as checkpoints name them.
    #[getter]
    fn weights<'py>(&self, py: Python<'py>) -> PyResult<Arrays<'py>> {
        guard(|| {
            let network = self.state.compute(py, |state| Ok(state.learner.network.clone()))?;
            weights::all(py, &network)
        })
    }

    /// Error, training and validation accuracy of every epoch of the fit.
    #[getter]
    fn epochs(&self) -> Vec<(f64, f64, Option<f64>)> {
        self.epochs.clone()
    }

    /// What was noticed in the fit.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        guard(|| {
            let (py, own) = (slf.py(), slf.get());
            let (text, bytes) = own.state.compute(py, |state| state.write())?;
            let bytes = PyBytes::new(py, &bytes);
            let state =
                (text, bytes, own.classes.clone(), own.epochs.clone(), own.warnings.clone());
            (slf.get_type().getattr("_restore")?, state).into_pyobject(py)
        })
    }

    /// The classifier that was pickled. Its rule is drawn anew when it learns again.
    #[staticmethod]
    fn _restore(
        text: &str,
        bytes: &[u8],
        classes: Vec<String>,
        epochs: Vec<(f64, f64, Option<f64>)>,
        warnings: Vec<String>,
    ) -> PyResult<Self> {
        guard(|| {
            let (task, generator): (Task, GeneratorState) =
                serde_json::from_str(text).map_err(error::value)?;
            let file = Checkpoint::parse(bytes).map_err(error::value)?;
            let mut state = State::read(task, &file)?;
            state.generator = Generator::restore(&generator);
            Ok(Self { state: Lock::new(state), classes, epochs, warnings })
        })
    }
}
