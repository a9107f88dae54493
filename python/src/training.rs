//! Trainings: `dalenet train` as a function.

use crate::{
    error,
    experiment::Experiment,
    pool,
    registry::Registry,
    worker::{self, Handler, Message, Reporter},
};
use dalenet_lab::{EpochMetrics, Error, Resources, Training, UpdateMetrics};
use pyo3::prelude::*;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

/// How a training begins.
enum Beginning {
    /// In a folder, or the next free one under `runs`, from the weights of a run if one is given.
    New { out: Option<PathBuf>, start_from: Option<PathBuf> },
    /// In the folder of a run, from its checkpoint.
    Resumed(PathBuf),
}

/// Trains a new run and returns its folder. `on_metrics` is called with each line of `metrics.jsonl`.
#[pyfunction]
#[pyo3(signature = (registry, experiment, out, start_from, data_dir, threads, on_metrics: "collections.abc.Callable[[str], object] | None"))]
#[allow(clippy::too_many_arguments)]
pub fn train(
    py: Python<'_>,
    registry: &Registry,
    experiment: &Experiment,
    out: Option<PathBuf>,
    start_from: Option<PathBuf>,
    data_dir: Option<PathBuf>,
    threads: usize,
    on_metrics: Option<Py<PyAny>>,
) -> PyResult<PathBuf> {
    let beginning = Beginning::New { out, start_from };
    error::guard(|| attend(py, registry, experiment, beginning, data_dir, threads, on_metrics))
}

/// Trains the run in `folder` to its end and returns the folder.
#[pyfunction]
#[pyo3(signature = (registry, experiment, folder, data_dir, threads, on_metrics: "collections.abc.Callable[[str], object] | None"))]
pub fn resume(
    py: Python<'_>,
    registry: &Registry,
    experiment: &Experiment,
    folder: PathBuf,
    data_dir: Option<PathBuf>,
    threads: usize,
    on_metrics: Option<Py<PyAny>>,
) -> PyResult<PathBuf> {
    let beginning = Beginning::Resumed(folder);
    error::guard(|| attend(py, registry, experiment, beginning, data_dir, threads, on_metrics))
}

fn attend(
    py: Python<'_>,
    registry: &Registry,
    experiment: &Experiment,
    beginning: Beginning,
    data_dir: Option<PathBuf>,
    threads: usize,
    on_metrics: Option<Py<PyAny>>,
) -> PyResult<PathBuf> {
    let pool = pool::new(threads).map_err(error::value)?;
    let (stop, names) = (Arc::new(AtomicBool::new(false)), registry.names.clone());
    let (experiment, stopped) = (experiment.experiment.clone(), stop.clone());
    let reports = on_metrics.is_some();
    let mut caller = Caller { folder: None, on_metrics };
    let work = move |reporter| {
        let mut observer = Observer { reporter, reports };
        let resources =
            Resources { registry: &names, data_dir: data_dir.as_deref(), precision: None };
        pool.install(|| work(beginning, experiment, resources, &mut observer, &stopped))
    };
    let done = worker::run(py, &stop, &mut caller, work)?;
    match (done.raised, done.value) {
        (Some(raised), _) => Err(caller.with_note(py, raised)),
        (None, result) => {
            result.map_err(|error| registry.take_error().unwrap_or_else(|| error::run(error)))
        }
    }
}

/// Trains until the end or until `stop`, and returns the run's folder.
fn work(
    beginning: Beginning,
    experiment: dalenet_lab::Experiment,
    resources: Resources<'_>,
    observer: &mut Observer,
    stop: &AtomicBool,
) -> Result<PathBuf, Error> {
    let (out, from) = match &beginning {
        Beginning::New { out, start_from } => (out.as_deref(), start_from.as_deref()),
        Beginning::Resumed(_) => (None, None),
    };
    let mut training = match (&beginning, from) {
        (Beginning::Resumed(folder), _) => {
            Training::resume(folder, &experiment, resources, observer)
        }
        (_, Some(source)) => Training::start_from(experiment, source, out, resources, observer),
        (_, None) => Training::start(experiment, out, resources, observer),
    }?;
    let folder = training.folder().to_owned();
    observer.reporter.send(Message::Saves(shown(&folder)));
    training.run(observer, stop)?;
    Ok(folder)
}

/// On the thread that trains: reports to the calling thread.
struct Observer {
    reporter: Reporter,
    /// Whether the caller handles metrics.
    reports: bool,
}

impl Observer {
    fn metrics(&self, metrics: &impl serde::Serialize) {
        if self.reports {
            let line = serde_json::to_string(metrics).unwrap_or_default();
            self.reporter.send_and_wait(Message::Metrics(line));
        }
    }
}

impl dalenet_data::Observer for Observer {
    fn note(&mut self, message: &str) {
        self.reporter.send(Message::Note(message.into()));
    }
}

impl dalenet_lab::Observer for Observer {
    fn epoch(&mut self, metrics: &EpochMetrics) {
        self.metrics(metrics);
    }

    fn update(&mut self, metrics: &UpdateMetrics, _: u64) {
        self.metrics(metrics);
    }

    fn trained(&mut self) {
        self.reporter.send(Message::Saved);
    }

    fn warn(&mut self, message: &str) {
        self.reporter.send(Message::Warning(message.into()));
    }
}

/// On the calling thread: hands metrics and warnings to Python.
struct Caller {
    /// Where the run is, as far as it is known.
    folder: Option<String>,
    on_metrics: Option<Py<PyAny>>,
}

impl Handler for Caller {
    fn handle(&mut self, py: Python<'_>, message: Message) -> PyResult<()> {
        match message {
            Message::Saves(folder) => self.folder = Some(folder),
            Message::Saved => {}
            Message::Note(text) => log(py, "info", &text)?,
            Message::Warning(text) => log(py, "warning", &text)?,
            Message::Metrics(line) => {
                if let Some(on_metrics) = &self.on_metrics {
                    on_metrics.call1(py, (line,))?;
                }
            }
        }
        Ok(())
    }
}

impl Caller {
    /// What stopped a training, with a note on how to resume it.
    fn with_note(&self, py: Python<'_>, raised: PyErr) -> PyErr {
        if let Some(folder) = &self.folder {
            let note = format!("stopped and saved; resume it by dalenet.resume({folder:?})");
            let _ = raised.value(py).call_method1("add_note", (note,));
        }
        raised
    }
}

/// A line of the logger `dalenet`.
pub fn log(py: Python<'_>, level: &str, text: &str) -> PyResult<()> {
    let logger = py.import("logging")?.call_method1("getLogger", ("dalenet",))?;
    logger.call_method1(level, (text,)).map(drop)
}

fn shown(folder: &Path) -> String {
    folder.to_string_lossy().into_owned()
}
