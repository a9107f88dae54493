//! Runs: what a training left in its folder, and what it has learnt.

use crate::{arrays, error, pool, registry::Registry, samples, tensors, worker};
use dalenet_data::{Shape, TestSet};
use dalenet_envs::{Actions, Batch};
use dalenet_lab::{
    AgentEvaluation, Episodes, Error, Evaluation, Precision, Resources, evaluate_agent,
    evaluate_run, load_agent, load_classifier, play_run, test_results,
};
use dalenet_train::{Classifier, TrainedAgent};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2};
use pyo3::{prelude::*, types::PyDict};
use serde_json::Value;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// A run's folder, and what it has learnt as soon as that is asked for.
#[pyclass(frozen, module = "dalenet._core")]
pub struct Run {
    inner: Arc<Inner>,
}

/// What a thread needs that works with a run.
struct Inner {
    folder: PathBuf,
    names: Arc<dalenet_lab::Registry>,
    data_dir: Option<PathBuf>,
    precision: Option<Precision>,
    classifier: Mutex<Option<Arc<Classifier>>>,
    agent: Mutex<Option<TrainedAgent>>,
}

/// Labels N and probabilities N×C.
type Prediction<'py> = (Bound<'py, PyArray1<u16>>, Bound<'py, PyArray2<f32>>);

#[pymethods]
impl Run {
    /// The run in `folder`.
    #[new]
    #[pyo3(signature = (registry, folder, data_dir, precision))]
    fn new(
        registry: &Registry,
        folder: PathBuf,
        data_dir: Option<PathBuf>,
        precision: Option<&str>,
    ) -> PyResult<Self> {
        error::guard(|| {
            dalenet_lab::Run::open(&folder).map_err(error::run)?;
            let precision = precision.map(str::parse).transpose().map_err(error::value)?;
            let (names, classifier, agent) = (registry.names.clone(), None.into(), None.into());
            let inner = Inner { folder, names, data_dir, precision, classifier, agent };
            Ok(Self { inner: Arc::new(inner) })
        })
    }

    /// All tensors of the checkpoint by their names.
    #[pyo3(signature = () -> "dict[str, numpy.typing.NDArray[typing.Any]]")]
    fn tensors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        error::guard(|| tensors::of_run(py, &self.inner.folder))
    }

    /// The names of a classifier's classes, and height, width and channels of its samples.
    fn samples(&self, py: Python<'_>) -> PyResult<(Vec<String>, (usize, usize, usize))> {
        error::guard(|| {
            let classifier = py.detach(|| self.inner.classifier()).map_err(error::run)?;
            let Shape { height, width, channels } = classifier.preparation.image();
            Ok((classifier.classes.clone(), (height, width, channels)))
        })
    }

    /// The labels of samples N×D, which are of `shape` each, and the probabilities of the classes.
    #[pyo3(signature = (samples: "numpy.typing.NDArray[typing.Any]", shape) -> "tuple[numpy.typing.NDArray[numpy.uint16], numpy.typing.NDArray[numpy.float32]]")]
    fn predict<'py>(
        &self,
        py: Python<'py>,
        samples: &Bound<'py, PyAny>,
        shape: (usize, usize, usize),
    ) -> PyResult<Prediction<'py>> {
        error::guard(|| {
            let (inner, split) = (self.inner.clone(), samples::split(samples)?);
            let (height, width, channels) = shape;
            let predicted = compute(py, move || {
                let shape = Shape { height, width, channels };
                Ok(inner.classifier()?.predict("X", shape, &split)?)
            })?;
            let (samples, values) = (predicted.labels.len(), predicted.probabilities);
            let classes = values.len() / samples.max(1);
            let probabilities = values.into_pyarray(py).reshape([samples, classes])?;
            Ok((predicted.labels.into_pyarray(py), probabilities))
        })
    }

    /// The evaluation on the test set of `data`, or of the run's own data, or on that in the bytes of an
    /// `.npz` file, as JSON.
    #[pyo3(signature = (data, arrays: "bytes | None"))]
    fn evaluate(
        &self,
        py: Python<'_>,
        data: Option<String>,
        arrays: Option<Vec<u8>>,
    ) -> PyResult<String> {
        error::guard(|| {
            let inner = self.inner.clone();
            let (classes, evaluation) = compute(py, move || match arrays {
                Some(bytes) => inner.evaluate_arrays(&bytes),
                None => inner.evaluate(data.as_deref()),
            })?;
            Ok(Value::Object(test_results(&classes, &evaluation)).to_string())
        })
    }

    /// The evaluation of an agent in so many episodes, by its most probable actions, sampled ones or those of
    /// the run's evaluation, as JSON.
    #[pyo3(signature = (episodes, deterministic))]
    fn evaluate_agent(
        &self,
        py: Python<'_>,
        episodes: usize,
        deterministic: Option<bool>,
    ) -> PyResult<String> {
        error::guard(|| {
            let inner = self.inner.clone();
            let episodes = Episodes { count: episodes, deterministic };
            let evaluation: AgentEvaluation = compute(py, move || {
                evaluate_agent(&inner.folder, episodes, inner.resources()).map(|(_, e)| e)
            })?;
            serde_json::to_string(&evaluation).map_err(error::value)
        })
    }

    /// Actions N×A or choices N of an agent for observations N×O.
    #[pyo3(signature = (observations: "numpy.typing.NDArray[numpy.float32]") -> "numpy.typing.NDArray[typing.Any]")]
    fn act<'py>(
        &self,
        py: Python<'py>,
        observations: PyReadonlyArray2<'py, f32>,
    ) -> PyResult<Bound<'py, PyAny>> {
        error::guard(|| {
            let (count, len) = observations.as_array().dim();
            let values = arrays::row_major(&observations);
            let chosen = py.detach(|| self.inner.act(values, count, len)).map_err(error::run)?;
            match chosen {
                Chosen::Choices(choices) => Ok(choices.into_pyarray(py).into_any()),
                Chosen::Numbers(numbers) => {
                    let width = numbers.len() / count.max(1);
                    Ok(numbers.into_pyarray(py).reshape([count, width])?.into_any())
                }
            }
        })
    }

    /// Writes a page to `out`: an episode from the start that `seed` gives, or what a classifier gets wrong.
    #[pyo3(signature = (seed, out))]
    fn play(&self, py: Python<'_>, seed: Option<u64>, out: PathBuf) -> PyResult<()> {
        error::guard(|| {
            let inner = self.inner.clone();
            compute(py, move || {
                play_run(&inner.folder, seed, &out, inner.resources(), &mut ()).map(drop)
            })
        })
    }
}

/// Computes on threads of the pool; Ctrl-C waits for nothing.
fn compute<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> PyResult<T> {
    worker::interruptible(py, || pool::of(0).install(work))?.map_err(error::run)
}

/// What an agent does in N environments.
enum Chosen {
    /// N.
    Choices(Vec<i64>),
    /// N×A.
    Numbers(Vec<f32>),
}

impl Inner {
    fn resources(&self) -> Resources<'_> {
        let (registry, data_dir) = (&*self.names, self.data_dir.as_deref());
        Resources { registry, data_dir, precision: self.precision }
    }

    fn classifier(&self) -> Result<Arc<Classifier>, Error> {
        let mut known = self.classifier.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(classifier) = &*known {
            return Ok(classifier.clone());
        }
        let loaded = Arc::new(load_classifier(&self.folder, self.resources())?);
        Ok(known.insert(loaded).clone())
    }

    fn evaluate(&self, data: Option<&str>) -> Result<(Vec<String>, Evaluation), Error> {
        let evaluated = evaluate_run(&self.folder, data, self.resources(), &mut ())?;
        Ok((evaluated.classes, evaluated.evaluation))
    }

    fn evaluate_arrays(&self, bytes: &[u8]) -> Result<(Vec<String>, Evaluation), Error> {
        let classifier = self.classifier()?;
        let test = TestSet::from_npz(Registry::ARRAYS, bytes, &classifier.classes)?;
        Ok((classifier.classes.clone(), classifier.evaluate(&test)?))
    }

    fn act(&self, observations: Vec<f32>, count: usize, len: usize) -> Result<Chosen, Error> {
        let mut known = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        let TrainedAgent { agent, env, .. } = match &mut *known {
            Some(agent) => agent,
            none => none.insert(load_agent(&self.folder, self.resources())?),
        };
        let own = env.observation_space().len();
        if len != own {
            let task = env.name();
            return Err(Error::Config(format!(
                "observations have {len} numbers, but those of {task} have {own}; give an array N×{own}"
            )));
        }
        let batch = Batch { observations, rewards: vec![0.0; count], ..Batch::default() };
        Ok(pool::of(0).install(|| match agent.act(&batch) {
            Actions::Discrete(choices) => {
                Chosen::Choices(choices.iter().map(|i| i64::from(*i)).collect())
            }
            Actions::Continuous(numbers) => Chosen::Numbers(numbers.to_vec()),
        }))
    }
}
