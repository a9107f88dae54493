//! Studies: planning, working on them, and what they say.

use crate::{
    error, settings,
    training::log,
    worker::{self, Handler, Message, Reporter},
};
use dalenet_lab::{
    Error, Job, Plan, Registry, Resources, Study, StudyObserver, StudySettings, SweepFile,
    study::{WorkOptions, work},
};
use pyo3::{prelude::*, types::PyDict};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

/// Plans a comparison of rules on tasks in `folder`.
#[pyfunction]
#[pyo3(signature = (folder, tasks, rules, seeds, preset, settings, data_dir))]
#[allow(clippy::too_many_arguments)]
pub fn plan_comparison(
    py: Python<'_>,
    folder: PathBuf,
    tasks: Vec<String>,
    rules: Vec<String>,
    seeds: u64,
    preset: &str,
    settings: &Bound<'_, PyDict>,
    data_dir: Option<PathBuf>,
) -> PyResult<()> {
    error::guard(|| {
        let file = Some(settings::table(settings)?);
        let settings =
            StudySettings { registry: Registry::built_in(), preset, file, set: Vec::new() };
        let plan = Plan::compare(&tasks, &rules, seeds, &settings).map_err(error::run)?;
        save(py, folder, plan, data_dir)
    })
}

/// Plans the sweep of a file in `folder`, with `fixed` values in the place of those of the file.
#[pyfunction]
#[pyo3(signature = (folder, file, fixed, data_dir))]
pub fn plan_sweep(
    py: Python<'_>,
    folder: PathBuf,
    file: PathBuf,
    fixed: &Bound<'_, PyDict>,
    data_dir: Option<PathBuf>,
) -> PyResult<()> {
    error::guard(|| {
        let fixed = settings::table(fixed)?;
        let file = SweepFile::read(&file).and_then(|file| file.with(fixed));
        let plan = file.and_then(|file| Plan::sweep(&file, Registry::built_in()));
        save(py, folder, plan.map_err(error::run)?, data_dir)
    })
}

/// Writes a plan, and fetches the data of its tasks.
fn save(py: Python<'_>, folder: PathBuf, plan: Plan, data_dir: Option<PathBuf>) -> PyResult<()> {
    let saved = worker::interruptible(py, move || {
        let mut study = Study::open(&folder, plan)?;
        study.fetch(data_dir.as_deref(), &mut ())?;
        study.save_plan()
    })?;
    saved.map_err(error::run)
}

/// The values of a sweep's file as JSON: tasks, rules and settings by their keys.
#[pyfunction]
pub fn sweep_values(file: PathBuf) -> PyResult<String> {
    error::guard(|| {
        let file = SweepFile::read(&file).map_err(error::run)?;
        serde_json::to_string(&file.values()).map_err(error::value)
    })
}

/// The runs of a study as JSON, each with its name and how far it is.
#[pyfunction]
pub fn study_runs(folder: PathBuf) -> PyResult<String> {
    error::guard(|| {
        let runs = Study::read(&folder).and_then(|study| study.status()).map_err(error::run)?;
        serde_json::to_string(&runs).map_err(error::value)
    })
}

/// Writes what the finished runs of a study say, and returns it as JSON.
#[pyfunction]
pub fn collect_study(folder: PathBuf) -> PyResult<String> {
    error::guard(|| {
        let findings = Study::read(&folder).and_then(|study| study.collect(&[]));
        serde_json::to_string(&findings.map_err(error::run)?).map_err(error::value)
    })
}

/// Trains the free runs of a study, or only the one of a name, until none is left.
#[pyfunction]
#[pyo3(signature = (folder, run, data_dir, threads))]
pub fn work_on_study(
    py: Python<'_>,
    folder: PathBuf,
    run: Option<String>,
    data_dir: Option<PathBuf>,
    threads: usize,
) -> PyResult<()> {
    error::guard(|| {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let work =
            move |reporter| train(&folder, run, data_dir.as_deref(), threads, reporter, &stopped);
        let done = worker::run(py, &stop, &mut Caller, work)?;
        match (done.raised, done.value) {
            (Some(raised), _) => Err(raised),
            (None, result) => result.map_err(error::run),
        }
    })
}

fn train(
    folder: &Path,
    run: Option<String>,
    data_dir: Option<&Path>,
    threads: usize,
    reporter: Reporter,
    stop: &AtomicBool,
) -> Result<(), Error> {
    let options = WorkOptions {
        resources: Resources::from(data_dir),
        runs: run.into_iter().collect(),
        threads,
        ..WorkOptions::default()
    };
    let mut observer = Observer { reporter };
    let worked = work(folder, &options, &mut observer, stop)?;
    match worked.failed.into_iter().next() {
        Some((run, reason)) => Err(Error::Config(format!("{run}: {reason}"))),
        None => Ok(()),
    }
}

/// On the thread that trains: reports to the calling thread.
struct Observer {
    reporter: Reporter,
}

impl StudyObserver for Observer {
    fn begin(&mut self, job: &Job<'_>) {
        self.reporter.send(Message::Saves(job.run()));
    }

    fn warn(&mut self, message: &str) {
        self.reporter.send(Message::Warning(message.into()));
    }
}

/// On the calling thread: hands warnings to Python.
struct Caller;

impl Handler for Caller {
    fn handle(&mut self, py: Python<'_>, message: Message) -> PyResult<()> {
        match message {
            Message::Warning(text) => log(py, "warning", &text),
            Message::Note(text) => log(py, "info", &text),
            Message::Saves(_) | Message::Saved | Message::Metrics(_) => Ok(()),
        }
    }
}
