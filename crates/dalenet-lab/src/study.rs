//! A study: many trainings in one folder that together answer a question.

use crate::{
    Cell, Ending, Error, Experiment, Findings, Observer, Plan, Run, Task, agent::curves, files,
    run::json,
};
use serde::Serialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

/// Watches a study and the training that is running.
pub trait StudyObserver: Observer {
    /// Before a run is trained.
    fn begin(&mut self, job: &Job<'_>) {
        let _ = job;
    }
    /// After it: its outcome, or why the training failed.
    fn end(&mut self, job: &Job<'_>, outcome: Result<&Ending, &Error>) {
        let _ = (job, outcome);
    }
}

impl StudyObserver for () {}

/// One run of a study.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What is trained.
    pub cell: &'a Cell,
    /// With which seed.
    pub seed: u64,
    /// Which of the study's runs it is, from 1.
    pub number: usize,
    /// How many there are.
    pub count: usize,
}

/// How a run of a study ended: a line of `results.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// The name of its cell.
    pub cell: String,
    /// How its training ended.
    #[serde(flatten)]
    pub outcome: Ending,
}

impl Record {
    /// Whether it is of this cell.
    pub(crate) fn is_of(&self, cell: &Cell) -> bool {
        self.cell == cell.name && self.outcome.task() == cell.config.task()
    }

    /// What runs are judged by: the test accuracy in percent, or the mean return.
    pub fn score(&self) -> f64 {
        self.outcome.score()
    }
}

/// A study in its folder.
///
/// ```no_run
/// use dalenet_lab::{Plan, StudySettings, Study};
///
/// let settings = StudySettings { preset: "paper", file: None, set: Vec::new() };
/// let plan = Plan::ablate(&["mnist".into()], 5, &settings)?;
/// let study = Study::open("runs/ablate-mnist".as_ref(), plan)?;
/// study.fetch(None, &mut ())?;
/// let findings = study.run(None, &mut (), &Default::default())?.expect("nobody interrupts it");
/// println!("{findings}");
/// # Ok::<(), dalenet_lab::Error>(())
/// ```
pub struct Study {
    folder: PathBuf,
    /// What is to be trained now.
    asked: Plan,
    /// This and what the folder had before.
    whole: Plan,
}

impl Study {
    /// The study in `folder`, which may have a part of it already or not exist yet. Nothing is
    /// written.
    ///
    /// # Errors
    /// If the folder holds something else, or one of the cells with other settings.
    pub fn open(folder: &Path, asked: Plan) -> Result<Self, Error> {
        let mut study = Self { folder: folder.into(), whole: asked.clone(), asked };
        if let Some(stored) = study.stored()? {
            study.agrees_with(&stored)?;
            study.whole.join(stored);
        }
        Ok(study)
    }

    /// The plan the folder was left with.
    fn stored(&self) -> Result<Option<Plan>, Error> {
        let path = self.plan_path();
        if path.exists() {
            let text = files::read_text(&path)?;
            let damaged = |cause| other_study(&path, &format!("is not a study's plan ({cause})"));
            return serde_json::from_str(&text).map(Some).map_err(damaged);
        }
        match fs::read_dir(&self.folder) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(Error::file("read", &self.folder)(cause)),
            // A study that was killed at once has left no more than half a plan.
            Ok(mut entries) => match entries.any(|entry| !is_partial(entry)) {
                true => Err(other_study(&self.folder, "has files in it but no study.json")),
                false => Ok(None),
            },
        }
    }

    fn agrees_with(&self, stored: &Plan) -> Result<(), Error> {
        if stored.question != self.asked.question {
            let holds = format!("holds a study by `dalenet {}`", stored.question.command());
            return Err(other_study(&self.folder, &holds));
        }
        for cell in &self.asked.cells {
            let same = |other: &&Cell| other.run(0) == cell.run(0);
            let Some(trained) = stored.cells.iter().find(same) else { continue };
            if let Some((key, found, wanted)) =
                trained.config.differences(&cell.config).into_iter().next()
            {
                let path = self.run_folder(cell, 0);
                return Err(Error::OtherConfig { path, key, found, wanted });
            }
        }
        Ok(())
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is to be trained.
    pub fn plan(&self) -> &Plan {
        &self.asked
    }

    /// How many of the runs to be trained are finished.
    ///
    /// # Errors
    /// If a result cannot be read.
    pub fn finished(&self) -> Result<usize, Error> {
        let mut finished = 0;
        for (cell, seed) in self.asked.jobs() {
            finished += usize::from(self.record(cell, seed)?.is_some());
        }
        Ok(finished)
    }

    /// Fetches and checks the data of all tasks, so that none is missing halfway.
    ///
    /// # Errors
    /// If the data of a task cannot be had.
    pub fn fetch(
        &self,
        data_dir: Option<&Path>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<(), Error> {
        let mut fetched: Vec<&str> = Vec::new();
        for (cell, seed) in self.asked.jobs() {
            let Experiment::Classification(config) = &cell.config else { continue };
            let task = config.task.as_str();
            if !fetched.contains(&task) && self.record(cell, seed)?.is_none() {
                Task::load(config, data_dir, observer)?;
                fetched.push(task);
            }
        }
        Ok(())
    }

    /// Trains what is not finished, and says what was found. A run that was begun goes on from its
    /// checkpoint; one that diverges is left out. `None` if `stop` was set: the running training
    /// is then saved, and the same call goes on.
    ///
    /// # Errors
    /// If a training cannot be run, or a file cannot be written.
    pub fn run(
        &self,
        data_dir: Option<&Path>,
        observer: &mut dyn StudyObserver,
        stop: &AtomicBool,
    ) -> Result<Option<Findings>, Error> {
        fs::create_dir_all(&self.folder).map_err(Error::file("create", &self.folder))?;
        files::write(&self.plan_path(), (json(&self.whole) + "\n").as_bytes())?;
        let mut diverged = Vec::new();
        let count = self.asked.runs();
        for (number, (cell, seed)) in (1..).zip(self.asked.jobs()) {
            if self.record(cell, seed)?.is_some() {
                continue;
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let job = Job { cell, seed, number, count };
            observer.begin(&job);
            match self.train(&job, data_dir, observer, stop) {
                Ok(Some(outcome)) => observer.end(&job, Ok(&outcome)),
                Ok(None) => return Ok(None),
                Err(error) if error.is_divergence() => {
                    observer.end(&job, Err(&error));
                    diverged.push(cell.run(seed));
                }
                Err(error) => return Err(error),
            }
            self.save(&diverged)?;
        }
        self.save(&diverged).map(Some)
    }

    /// Trains a run to its end, from where it stands.
    fn train(
        &self,
        job: &Job<'_>,
        data_dir: Option<&Path>,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Option<Ending>, Error> {
        let folder = self.run_folder(job.cell, job.seed);
        let config = job.cell.config.clone().with_seed(job.seed);
        let mut training = match Run::open(&folder) {
            Ok(_) => config.resume(&folder, data_dir, &mut ())?,
            Err(_) => {
                sweep(&folder);
                config.start(Some(&folder), data_dir, &mut ())?
            }
        };
        training.run(observer, stop)
    }

    /// Writes what is known so far: the runs that are finished, and the table.
    fn save(&self, diverged: &[String]) -> Result<Findings, Error> {
        let records = self.records()?;
        let lines: String = records.iter().map(|record| json(record) + "\n").collect();
        files::write(&self.folder.join("results.jsonl"), lines.as_bytes())?;
        let findings = Findings::new(&self.folder, &self.whole, &records, diverged);
        files::write(&self.folder.join("table.md"), findings.to_string().as_bytes())?;
        if let Some(figure) = self.curves()? {
            files::write(&self.folder.join("curves.svg"), figure.as_bytes())?;
        }
        Ok(findings)
    }

    /// The curves of agents, if it has any.
    fn curves(&self) -> Result<Option<String>, Error> {
        let mut cells = Vec::new();
        for cell in self.whole.cells.iter().filter(|cell| cell.is_agent()) {
            let seeds = 0..self.whole.seeds;
            let folders = seeds.map(|seed| self.run_folder(cell, seed));
            let finished = folders.filter(|folder| folder.join("result.json").exists());
            let runs = finished.map(|folder| Run::open(&folder)?.updates());
            cells.push((cell, runs.collect::<Result<Vec<_>, _>>()?));
        }
        curves(&cells)
    }

    /// The finished runs.
    fn records(&self) -> Result<Vec<Record>, Error> {
        let records = self.whole.jobs().map(|(cell, seed)| self.record(cell, seed));
        records.filter_map(Result::transpose).collect()
    }

    /// How a run ended, if it is finished.
    fn record(&self, cell: &Cell, seed: u64) -> Result<Option<Record>, Error> {
        let path = self.run_folder(cell, seed).join("result.json");
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read_text(&path)?;
        let outcome = serde_json::from_str(&text).map_err(|cause| {
            let path = path.display();
            Error::Config(format!("{path} is not a result ({cause}); remove it to train on"))
        })?;
        Ok(Some(Record { cell: cell.name.clone(), outcome }))
    }

    fn run_folder(&self, cell: &Cell, seed: u64) -> PathBuf {
        self.folder.join(cell.run(seed))
    }

    fn plan_path(&self) -> PathBuf {
        self.folder.join("study.json")
    }
}

/// Removes what a training that was killed before it had a configuration has left, and no more.
fn sweep(folder: &Path) {
    let _ = fs::remove_file(folder.join("config.toml.partial"));
    let _ = fs::remove_dir(folder);
}

fn is_partial(entry: io::Result<fs::DirEntry>) -> bool {
    entry.is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "partial"))
}

fn other_study(path: &Path, holds: &str) -> Error {
    Error::Config(format!(
        "{} {holds} and is left as it is; name another folder with --out",
        path.display()
    ))
}
