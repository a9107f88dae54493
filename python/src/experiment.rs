//! What is trained, and how: a task under settings.

use crate::{error, registry::Registry, settings};
use dalenet_lab::Error;
use pyo3::{prelude::*, types::PyDict};
use std::path::PathBuf;

/// A whole configuration, checked.
#[pyclass(frozen, module = "dalenet._core")]
pub struct Experiment {
    pub experiment: dalenet_lab::Experiment,
}

#[pymethods]
impl Experiment {
    /// The settings of a preset for a task under the registry's rule, with `settings` over them.
    #[new]
    fn new(
        registry: &Registry,
        task: &str,
        preset: &str,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        error::guard(|| {
            let table = settings::table(settings)?;
            let names = &registry.names;
            let (task, rule) = (Some(task), registry.rule());
            let layered = dalenet_lab::Experiment::layered(names, task, preset, rule, Some(table));
            let (_, experiment) = layered.map_err(Error::from).map_err(error::run)?;
            experiment.validate(names).map_err(Error::from).map_err(error::run)?;
            Ok(Self { experiment })
        })
    }

    /// The configuration of the run in `folder`, with `settings` over it.
    #[staticmethod]
    fn of_run(folder: PathBuf, settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        error::guard(|| {
            let run = dalenet_lab::Run::open(&folder).map_err(error::run)?;
            let mut experiment = run.experiment().map_err(error::run)?;
            for (key, value) in settings::table(settings)? {
                let set = experiment.set(&key, &value.to_string());
                set.map_err(Error::from).map_err(error::run)?;
            }
            Ok(Self { experiment })
        })
    }

    /// `classification` or `agent`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.experiment.kind()
    }

    /// All settings as JSON.
    fn json(&self) -> PyResult<String> {
        serde_json::to_string(&self.experiment).map_err(error::value)
    }
}
