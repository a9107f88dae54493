//! `dalenet._core`: what the Python package computes with. Private; the package on top of it has the
//! types and the documentation.

mod arrays;
mod choice;
mod classifier;
mod diagnosis;
mod env;
mod error;
mod experiment;
mod feedback;
mod fitting;
mod learner;
mod lesson;
mod lock;
mod network;
mod optimiser;
mod pool;
mod raised;
mod registry;
mod routing;
mod rule;
mod run;
mod samples;
mod settings;
mod study;
mod tensors;
mod training;
mod worker;

use pyo3::prelude::*;

#[pymodule(module = "dalenet")]
mod _core {
    #[pymodule_export]
    use crate::env::{Environments, environment_name, environments};
    #[pymodule_export]
    use crate::error::{_panic, DivergedError, InternalError};
    #[pymodule_export]
    use crate::experiment::Experiment;
    #[pymodule_export]
    use crate::registry::Registry;
    #[pymodule_export]
    use crate::run::Run;
    #[pymodule_export]
    use crate::study::{
        collect_study, plan_comparison, plan_sweep, study_runs, sweep_values, work_on_study,
    };
    #[pymodule_export]
    use crate::training::{resume, train};

    #[pymodule_export]
    use crate::{
        classifier::Classifier, feedback::Feedback, learner::Learner, lesson::Lesson,
        network::Network, optimiser::schedule,
    };

    /// Version of the package and of the program it was built with.
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
