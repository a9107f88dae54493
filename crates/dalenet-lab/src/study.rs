//! A study: many trainings in one folder that together answer a question.

use crate::{
    Cell, Ending, Error, Experiment, Findings, Observer, Plan, Resources, Run, Training,
    curves::curves,
    files,
    record::{Failures, Record},
    report::{profiles, save_figure},
    run::json,
    source::Known,
};
use dalenet_train::{Identity, VERSION};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
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
    /// After it: its outcome, or why the training failed; the other runs are trained all the same.
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

/// A study in its folder.
///
/// ```no_run
/// use dalenet_lab::{Plan, Registry, Resources, Study, StudySettings};
///
/// let (registry, set) = (Registry::built_in(), Vec::new());
/// let settings = StudySettings { registry, preset: "paper", file: None, set };
/// let plan = Plan::ablate(&["mnist".into()], 5, &settings)?;
/// let study = Study::open("runs/ablate-mnist".as_ref(), plan)?;
/// study.fetch(Resources::default(), &mut ())?;
/// if let Some(findings) = study.run(Resources::default(), &mut (), &Default::default())? {
///     println!("{findings}");
/// }
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
            study.asked.rename_as(&stored);
            study.whole = study.asked.clone();
            study.agrees_with(&stored)?;
            study.whole.join(stored);
        }
        Ok(study)
    }

    /// The plan the folder was left with.
    fn stored(&self) -> Result<Option<Plan>, Error> {
        let path = self.plan_path();
        if path.exists() {
            return read_plan(&path).map(Some);
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
    pub fn finished(&self) -> usize {
        self.asked.jobs().filter(|(cell, seed)| self.is_finished(cell, *seed)).count()
    }

    fn is_finished(&self, cell: &Cell, seed: u64) -> bool {
        matches!(self.record(cell, seed), Ok(Some(_)))
    }

    /// Fetches and checks the data of all tasks, so that none is missing halfway, and that no run
    /// was trained on other data.
    ///
    /// # Errors
    /// If the data of a task cannot be had, or are not those that a run was trained on.
    pub fn fetch<'a>(
        &self,
        resources: impl Into<Resources<'a>>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<(), Error> {
        let resources = resources.into();
        self.check_data(resources)?;
        let mut fetched: Vec<&str> = Vec::new();
        for (cell, seed) in self.asked.jobs() {
            let Experiment::Classification(config) = &cell.config else { continue };
            let task = config.task.as_str();
            if !fetched.contains(&task) && !self.is_finished(cell, seed) {
                let mut data = crate::source::load(resources, config, None, observer)?;
                crate::source::add_validation(config, None, &mut data)?;
                data.notes.iter().for_each(|note| observer.note(note));
                let experiment = cell.config.clone();
                // Whether it can be trained, before any run is.
                dalenet_train::trainer(resources.registry, &experiment, Some(data))?;
                fetched.push(task);
            }
        }
        Ok(())
    }

    /// Checks that the files of all tasks are those that the runs in the folder were trained on.
    fn check_data(&self, resources: Resources<'_>) -> Result<(), Error> {
        let mut identities: BTreeMap<&str, Option<Identity>> = BTreeMap::new();
        for (cell, seed) in self.whole.jobs() {
            let task = cell.config.task();
            let is_file = resources.registry.data(task).is_ok_and(|entry| entry.is_file);
            let Ok(run) = Run::open(&self.run_folder(cell, seed)) else { continue };
            let Some(recorded) = run.recorded().ok().and_then(|recorded| recorded.sources.data)
            else {
                continue;
            };
            let now = identities.entry(task).or_insert_with(|| {
                is_file.then(|| dalenet_train::identify(Path::new(task)).ok()).flatten()
            });
            if let Some(now) = now {
                Known { identity: &recorded, run: run.folder() }.check(now, task)?;
            }
        }
        Ok(())
    }

    /// Trains what is not finished, and says what was found. A run that was begun is resumed from
    /// its checkpoint; one that fails is left out. `None` if `stop` was set: the running training
    /// is then saved, and the same call continues.
    ///
    /// # Errors
    /// If a file of the study cannot be written, or a run was trained on other data.
    pub fn run<'a>(
        &self,
        resources: impl Into<Resources<'a>>,
        observer: &mut dyn StudyObserver,
        stop: &AtomicBool,
    ) -> Result<Option<Findings>, Error> {
        let resources = resources.into();
        self.check_data(resources)?;
        fs::create_dir_all(&self.folder).map_err(Error::file("create", &self.folder))?;
        let plan = StoredPlan { version: VERSION.into(), plan: self.whole.clone() };
        files::write(&self.plan_path(), (json(&plan) + "\n").as_bytes())?;
        let mut failures = Failures::default();
        let count = self.asked.runs();
        for (number, (cell, seed)) in (1..).zip(self.asked.jobs()) {
            if self.is_finished(cell, seed) {
                continue;
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let job = Job { cell, seed, number, count };
            observer.begin(&job);
            match self.train(&job, resources, observer, stop) {
                Ok(Some(outcome)) => observer.end(&job, Ok(&outcome)),
                Ok(None) => return Ok(None),
                Err(error) if error.is_of_disk() => return Err(error),
                Err(error) => {
                    observer.end(&job, Err(&error));
                    failures.add(cell.run(seed), &error);
                }
            }
            self.save(&failures)?;
        }
        self.save(&failures).map(Some)
    }

    /// Trains a run to its end, from where it stands.
    fn train(
        &self,
        job: &Job<'_>,
        resources: Resources<'_>,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Option<Ending>, Error> {
        let folder = self.run_folder(job.cell, job.seed);
        let experiment = job.cell.config.clone().with_seed(job.seed);
        self.record(job.cell, job.seed)?; // a result that cannot be read is not overwritten
        let mut training = match Run::open(&folder) {
            Ok(_) => Training::resume(&folder, &experiment, resources, &mut ())?,
            Err(_) => {
                sweep(&folder);
                Training::start(experiment, Some(&folder), resources, &mut ())?
            }
        };
        training.run(observer, stop)
    }

    /// Writes what is known so far: the runs that are finished, and the table.
    fn save(&self, failures: &Failures) -> Result<Findings, Error> {
        let records = self.records();
        let lines: String = records.iter().map(|record| json(record) + "\n").collect();
        files::write(&self.folder.join("results.jsonl"), lines.as_bytes())?;
        let findings = Findings::new(&self.folder, &self.whole, &records, failures);
        files::write(&self.folder.join("table.md"), findings.to_string().as_bytes())?;
        if let Some(figure) = self.curves()? {
            self.save_figure("curves", &figure)?;
        }
        if let Some(aggregation) = &findings.aggregation {
            self.save_figure("profiles", &profiles(aggregation)?)?;
        }
        Ok(findings)
    }

    fn save_figure(&self, name: &str, figure: &str) -> Result<(), Error> {
        let [svg, png] = ["svg", "png"].map(|end| self.folder.join(format!("{name}.{end}")));
        save_figure(figure, &svg, &png)
    }

    /// The curves of agents, if it has any.
    fn curves(&self) -> Result<Option<String>, Error> {
        let mut cells = Vec::new();
        for cell in self.whole.cells.iter().filter(|cell| cell.is_agent()) {
            let seeds = 0..self.whole.seeds;
            let folders = seeds.map(|seed| self.run_folder(cell, seed));
            let finished = folders.filter(|folder| folder.join("result.json").exists());
            // A run that cannot be read is missing in the figure.
            let runs = finished.filter_map(|folder| Run::open(&folder).ok()?.updates().ok());
            cells.push((cell, runs.collect()));
        }
        curves(&cells)
    }

    /// The finished runs.
    fn records(&self) -> Vec<Record> {
        self.whole.jobs().filter_map(|(cell, seed)| self.record(cell, seed).ok()?).collect()
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

/// `study.json`.
#[derive(Serialize, Deserialize)]
struct StoredPlan {
    /// The version that wrote it.
    version: String,
    #[serde(flatten)]
    plan: Plan,
}

fn read_plan(path: &Path) -> Result<Plan, Error> {
    let text = files::read_text(path)?;
    let value: Result<serde_json::Value, _> = serde_json::from_str(&text);
    let older = value.is_ok_and(|value| value.is_object() && value.get("version").is_none());
    if older {
        return Err(other_study(
            path,
            "was written by version 0.1 of dalenet, which did not record the data of its runs,",
        ));
    }
    let damaged = |cause| other_study(path, &format!("is not a study's plan ({cause})"));
    Ok(serde_json::from_str::<StoredPlan>(&text).map_err(damaged)?.plan)
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
