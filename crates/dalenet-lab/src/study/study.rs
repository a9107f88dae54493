//! A study: many trainings in one folder that together answer a question.

use super::{
    collect::Collector,
    disk::RealDisk,
    layout::Layout,
    observer::StudyObserver,
    options::{WorkOptions, Worked},
    plans::{Plans, StoredPlan, other_study},
    status::{RunStatus, status},
    tidy::tidy,
};
use crate::{Cell, Error, Experiment, Findings, Plan, Resources, Run, source::Known};
use dalenet_train::Identity;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Mutex, PoisonError, atomic::AtomicBool},
    time::Instant,
};

/// Writing the table takes no larger share of the time than one of so many.
const TABLES_SHARE: u32 = 10;

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
    pub(super) layout: Layout,
    /// What is to be trained now.
    pub(super) asked: Plan,
    /// This and what the folder had before.
    whole: Plan,
    /// What the folder had before, if anything.
    stored: Option<StoredPlan>,
}

impl Study {
    /// The study in `folder`, which may have a part of it already or not exist yet. Nothing is
    /// written.
    ///
    /// # Errors
    /// If the folder holds something else, or one of the cells with other settings.
    pub fn open(folder: &Path, asked: Plan) -> Result<Self, Error> {
        let layout = Layout::new(folder);
        let stored = Plans::new(&layout, &RealDisk).read()?;
        let mut study = Self { layout, whole: asked.clone(), asked, stored: stored.clone() };
        if let Some(StoredPlan { plan: stored, .. }) = stored {
            study.asked.rename_as(&stored);
            if study.asked.sweep.is_some() {
                study.asked.number_as(&stored);
            }
            study.whole = study.asked.clone();
            study.agrees_with(&stored)?;
            study.whole.join(stored);
        }
        Ok(study)
    }

    /// The whole study in a folder, as it was planned.
    ///
    /// # Errors
    /// If no study is there.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let layout = Layout::new(folder);
        let stored = match folder.exists() {
            true => Plans::new(&layout, &RealDisk).read()?,
            false => None,
        };
        let Some(stored) = stored else { return Err(Error::NoStudy(folder.into())) };
        let plan = stored.plan.clone();
        Ok(Self { layout, asked: plan.clone(), whole: plan, stored: Some(stored) })
    }

    fn agrees_with(&self, stored: &Plan) -> Result<(), Error> {
        if stored.question != self.asked.question {
            let holds = format!("holds a study by `dalenet {}`", stored.question.command());
            return Err(other_study(self.folder(), &holds));
        }
        self.asked.promotes_as(stored).map_err(|holds| other_study(self.folder(), holds))?;
        for cell in &self.asked.cells {
            let same = |other: &&Cell| other.run(0) == cell.run(0);
            let Some(trained) = stored.cells.iter().find(same) else { continue };
            if let Some((key, found, wanted)) =
                trained.config.differences(&cell.config).into_iter().next()
            {
                let path = self.layout.run(&cell.run(0));
                return Err(Error::OtherConfig { path, key, found, wanted });
            }
        }
        Ok(())
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        self.layout.folder()
    }

    /// What is to be trained.
    pub fn plan(&self) -> &Plan {
        &self.asked
    }

    /// The number that it was given when it was planned; none before that, nor of older studies.
    pub fn id(&self) -> Option<&str> {
        self.stored.as_ref().map(|stored| stored.id.as_str()).filter(|id| !id.is_empty())
    }

    /// Checks that the folder is the one that was planned, by the number that the planner knows, if any.
    ///
    /// # Errors
    /// If it is another: this machine does not share the disk.
    pub fn check_id(&self, id: Option<&str>) -> Result<(), Error> {
        match id.is_none() || self.id() == id {
            true => Ok(()),
            false => Err(Error::OtherFolder(self.folder().into())),
        }
    }

    /// Writes the plan, and what it adds to the one that is there, without training anything: workers
    /// can be sent to the folder ([`Study::work`]).
    ///
    /// # Errors
    /// If nothing can be written.
    pub fn save_plan(&mut self) -> Result<(), Error> {
        let stored = self.extend()?;
        self.whole.clone_from(&stored.plan);
        self.stored = Some(stored);
        Ok(())
    }

    fn extend(&self) -> Result<StoredPlan, Error> {
        Plans::new(&self.layout, &RealDisk).extend(&self.asked)
    }

    /// How many of the runs to be trained have a result or cannot have one.
    pub fn finished(&self) -> usize {
        Collector { layout: &self.layout, plan: &self.asked }.published()
    }

    fn is_finished(&self, cell: &Cell, seed: u64) -> bool {
        self.layout.is_published(&cell.run(seed))
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
            if !resources.registry.data(task).is_ok_and(|entry| entry.is_file) {
                continue; // its checksum is known
            }
            let Ok(run) = Run::open(&self.layout.run(&cell.run(seed))) else { continue };
            let Some(recorded) = run.recorded().ok().and_then(|recorded| recorded.sources.data)
            else {
                continue;
            };
            let now = identities
                .entry(task)
                .or_insert_with(|| dalenet_train::identify(Path::new(task)).ok());
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
        let options = WorkOptions { resources, from_random: false, ..WorkOptions::default() };
        self.run_with(&options, observer, stop)
    }

    /// The same with several runs at a time, or other workers on the same study.
    ///
    /// # Errors
    /// As [`Study::run`].
    pub fn run_with(
        &self,
        options: &WorkOptions<'_>,
        observer: &mut dyn StudyObserver,
        stop: &AtomicBool,
    ) -> Result<Option<Findings>, Error> {
        self.check_data(options.resources)?;
        let whole = self.extend()?.plan;
        let collector = Collector { layout: &self.layout, plan: &whole };
        let next = Mutex::new(Instant::now());
        let after = || {
            let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
            let start = Instant::now();
            if start >= *next {
                collector.collect(&[])?;
                *next = Instant::now() + TABLES_SHARE * start.elapsed();
            }
            Ok(())
        };
        let worked = self.train(options, observer, stop, &after);
        // What is known is written whatever has happened.
        let failed = worked.as_ref().map_or(&[][..], |worked| &worked.failed);
        let findings = collector.collect(failed);
        let worked = worked?;
        let findings = findings?;
        self.tidy(&whole);
        Ok((!worked.interrupted).then_some(findings))
    }

    /// Trains what is free until nothing is left, and writes the table of what is known at the end.
    ///
    /// # Errors
    /// If the folder is another study's or cannot be written.
    pub fn work(
        &self,
        options: &WorkOptions<'_>,
        observer: &mut dyn StudyObserver,
        stop: &AtomicBool,
    ) -> Result<Worked, Error> {
        self.check_id(options.id.as_deref())?;
        if let Some(version) = self.other_version() {
            observer.warn(&format!(
                "{} was planned by version {version} of dalenet, this is {}: the last bits of results may \
                 differ between versions, and the table will say so",
                self.folder().display(),
                dalenet_train::VERSION,
            ));
        }
        self.check_data(options.resources)?;
        let worked = self.train(options, observer, stop, &|| Ok(()))?;
        let collector = Collector { layout: &self.layout, plan: &self.whole };
        // Many workers may end at once.
        if worked.unfinished == 0 && !collector.is_written() {
            collector.collect(&worked.failed)?;
        }
        self.tidy(&self.whole);
        Ok(worked)
    }

    /// The version of the program that planned it, if that is another one.
    fn other_version(&self) -> Option<&str> {
        let version = &self.stored.as_ref()?.version;
        (version != dalenet_train::VERSION).then_some(version)
    }

    /// Writes what is known so far: `results.jsonl`, `table.md` and figures. `failed` are runs that could
    /// not be trained, and why.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn collect(&self, failed: &[(String, String)]) -> Result<Findings, Error> {
        let collector = Collector { layout: &self.layout, plan: &self.whole };
        let findings = collector.collect(failed)?;
        self.tidy(&self.whole);
        Ok(findings)
    }

    /// Removes what nobody needs once every run is published.
    fn tidy(&self, whole: &Plan) {
        let collector = Collector { layout: &self.layout, plan: whole };
        if collector.published() == whole.runs() {
            tidy(&self.layout, &RealDisk);
        }
    }

    /// How far each run is.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn status(&self) -> Result<Vec<RunStatus>, Error> {
        status(&self.layout, &RealDisk, &self.whole)
    }
}

/// Works on the study in a folder until nothing is left to train: what every task of an array job, every
/// pod and every shell runs. Any number of workers may work on one study, on any machines that share the
/// folder; each run is trained once, and one whose worker dies is taken over from its last checkpoint.
///
/// ```no_run
/// use dalenet_lab::study::{WorkOptions, work};
///
/// let options = WorkOptions { jobs: 2, ..WorkOptions::default() };
/// let worked = work("runs/compare-mnist".as_ref(), &options, &mut (), &Default::default())?;
/// println!("{} runs trained", worked.trained);
/// # Ok::<(), dalenet_lab::Error>(())
/// ```
///
/// # Errors
/// If there is no study, its data cannot be had, or the folder cannot be written.
pub fn work(
    folder: &Path,
    options: &WorkOptions<'_>,
    observer: &mut dyn StudyObserver,
    stop: &AtomicBool,
) -> Result<Worked, Error> {
    Study::read(folder)?.work(options, observer, stop)
}
