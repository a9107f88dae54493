//! What names are resolved against: the built-in rules and tasks, and the caller's own.

use crate::{error, routing::RoutingChoice, rule::RuleChoice};
use dalenet_lab::{DataSet, Dataset, PRESETS};
use pyo3::prelude::*;
use std::sync::Arc;

/// Rules, routings and tasks by name.
#[pyclass(frozen, module = "dalenet._core")]
pub struct Registry {
    pub names: Arc<dalenet_lab::Registry>,
    rule: Option<RuleChoice>,
    routing: Option<RoutingChoice>,
}

impl Registry {
    /// The task of a training on arrays.
    pub const ARRAYS: &str = "arrays";

    /// The exception that the caller's own rule or routing raised, if one did.
    pub fn take_error(&self) -> Option<PyErr> {
        let rule = self.rule.as_ref().and_then(RuleChoice::take_error);
        rule.or_else(|| self.routing.as_ref().and_then(RoutingChoice::take_error))
    }
}

#[pymethods]
impl Registry {
    /// The built-in names, a rule and a routing of one's own, and the task `arrays` where `arrays` are
    /// the bytes of an `.npz` file.
    #[new]
    #[pyo3(signature = (arrays=None, rule=None, routing=None))]
    fn new(
        py: Python<'_>,
        arrays: Option<&[u8]>,
        rule: Option<&Bound<'_, PyAny>>,
        routing: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        error::guard(|| {
            let mut names = dalenet_lab::Registry::built_in().clone();
            if let Some(bytes) = arrays {
                names.data_set(py.detach(|| data_set(bytes)).map_err(error::value)?);
            }
            let rule = rule.map(RuleChoice::of).transpose()?;
            let routing = routing.map(RoutingChoice::of).transpose()?;
            rule.iter().for_each(|rule| rule.register(&mut names));
            routing.iter().for_each(|routing| routing.register(&mut names));
            Ok(Self { names: Arc::new(names), rule, routing })
        })
    }

    /// The name of the rule that was given.
    #[getter]
    pub fn rule(&self) -> Option<&str> {
        self.rule.as_ref().map(RuleChoice::name)
    }

    /// The name of the routing that was given.
    #[getter]
    fn routing(&self) -> Option<&str> {
        self.routing.as_ref().map(RoutingChoice::name)
    }

    /// Names and summaries of the data sets and environments.
    fn tasks(&self) -> Vec<(String, String)> {
        let data_sets = self.names.data_sets().iter().map(|e| (e.name.clone(), e.summary.clone()));
        let environments = self.names.environments().iter();
        data_sets.chain(environments.map(|e| (e.name.clone(), e.summary.clone()))).collect()
    }

    /// Names and summaries of the learning rules.
    fn rules(&self) -> Vec<(String, String)> {
        self.names.rules().iter().map(|e| (e.name.clone(), e.summary.clone())).collect()
    }

    /// Names and summaries of the presets.
    #[staticmethod]
    fn presets() -> Vec<(&'static str, &'static str)> {
        PRESETS.to_vec()
    }
}

fn data_set(bytes: &[u8]) -> Result<DataSet, dalenet_lab::Error> {
    let data = Dataset::from_npz(Registry::ARRAYS, bytes)?;
    Ok(DataSet::new(Registry::ARRAYS, "arrays in memory", move |_| Ok(data.clone())))
}
