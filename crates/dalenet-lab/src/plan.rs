//! What a study trains: cells × seeds.

use crate::{Config, Error, Experiment, Registry, ablation::Part, names, sweep::SweepPlan};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashSet,
    ops::Range,
    path::{Path, PathBuf},
};

/// Keys that a study gives each of its runs.
const VARIED: [&str; 3] = ["task", "rule", "seed"];

/// What a study asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Which rule learns best?
    Compare,
    /// What does each part of Error Diffusion contribute?
    Ablate,
    /// Which settings are best?
    Sweep,
}

impl Question {
    /// The program's command.
    pub fn command(self) -> &'static str {
        match self {
            Self::Compare => "compare",
            Self::Ablate => "ablate",
            Self::Sweep => "sweep",
        }
    }
}

/// One configuration of a study, trained with every seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Its task, as it is shown and as folders are named.
    pub label: String,
    /// The rule that is compared, or what was removed: `full`, `no-centring`, …
    pub name: String,
    /// What was removed, if anything.
    pub removed: Option<Part>,
    /// The configuration; its seed is that of the first run.
    pub config: Experiment,
}

impl Cell {
    /// Its task, as it is shown and as folders are named: of a file, the name without `.npz`.
    pub fn task(&self) -> String {
        self.label.clone()
    }

    /// Whether it learns to act.
    pub(crate) fn is_agent(&self) -> bool {
        matches!(self.config, Experiment::Agent(_))
    }

    /// The name of one of its runs: `mnist-ed-seed0`.
    pub(crate) fn run(&self, seed: u64) -> String {
        format!("{}-seed{seed}", names::run(&self.label, &self.name))
    }
}

/// What a cell's configuration is made from: preset, then file, then flags.
pub struct StudySettings<'a> {
    /// Rules, routings and tasks by name.
    pub registry: &'a Registry,
    /// The preset's name.
    pub preset: &'a str,
    /// The settings of a file, if any: [`read_settings`](crate::read_settings).
    pub file: Option<toml::Table>,
    /// Keys and values, as [`Experiment::set`] takes them.
    pub set: Vec<(String, String)>,
}

impl StudySettings<'_> {
    /// What the preset gives, and the configuration.
    pub(crate) fn configure(
        &self,
        task: &str,
        rule: &str,
    ) -> Result<(Experiment, Experiment), Error> {
        let (preset, mut config) = Experiment::layered(
            self.registry,
            Some(task),
            self.preset,
            Some(rule),
            self.file.clone(),
        )?;
        for (key, value) in &self.set {
            if VARIED.contains(&key.as_str()) {
                return Err(Error::Config(format!(
                    "`{key}` is not for --set here: a study names its tasks and rules itself and \
                     takes its seeds from 0 to --seeds"
                )));
            }
            config.set(key, value)?;
        }
        let config = config.with_seed(preset.seed());
        config.validate(self.registry)?;
        Ok((preset, config))
    }
}

/// What a study is to train; `study.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What it asks.
    pub question: Question,
    /// The first seed of every cell.
    #[serde(default)]
    pub first_seed: u64,
    /// How many seeds every cell is trained with, one after the other.
    pub seeds: u64,
    /// The cells, in the order of the table.
    pub cells: Vec<Cell>,
    /// Of a sweep, what it varies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<SweepPlan>,
    /// Key, value and the preset's value of what was changed; each once.
    #[serde(skip)]
    pub changes: Vec<(String, String, String)>,
}

impl Plan {
    /// Each rule on each task.
    ///
    /// # Errors
    /// If a task, rule or setting is not possible, or one is named twice.
    ///
    /// ```
    /// use dalenet_lab::{Plan, Registry, StudySettings};
    /// let (registry, set) = (Registry::built_in(), Vec::new());
    /// let settings = StudySettings { registry, preset: "default", file: None, set };
    /// let plan = Plan::compare(&["mnist".into()], &["ed".into(), "dfa".into()], 5, &settings)?;
    /// assert_eq!((plan.cells.len(), plan.runs()), (2, 10));
    /// # Ok::<(), dalenet_lab::Error>(())
    /// ```
    pub fn compare(
        tasks: &[String],
        rules: &[String],
        seeds: u64,
        settings: &StudySettings<'_>,
    ) -> Result<Self, Error> {
        let mut plan = Self::new(Question::Compare, seeds);
        for (task, label) in labelled(tasks) {
            for rule in rules {
                let config = plan.configure(task, rule, settings)?;
                let (label, name) = (label.clone(), rule.clone());
                plan.cells.push(Cell { label, name, removed: None, config });
            }
        }
        plan.one_measure()?.distinct()
    }

    /// Error Diffusion on each task, whole and without each of its parts.
    ///
    /// # Errors
    /// If a task or setting is not possible, one is named twice, or the settings lack a part.
    pub fn ablate(
        tasks: &[String],
        seeds: u64,
        settings: &StudySettings<'_>,
    ) -> Result<Self, Error> {
        let mut plan = Self::new(Question::Ablate, seeds);
        for (task, label) in labelled(tasks) {
            let full = plan.configure(task, "ed", settings)?;
            let Experiment::Classification(full) = full else {
                return Err(Error::Config(format!(
                    "{task} has none of the three innovations that `dalenet ablate` removes; they \
                     are for classification"
                )));
            };
            let cell = |name: &str, removed, config: &Config| Cell {
                label: label.clone(),
                name: name.into(),
                removed,
                config: Experiment::Classification(config.clone()),
            };
            plan.cells.push(cell("full", None, &full));
            for part in Part::ALL {
                let config = part.removed_from(&full);
                if config == full {
                    return Err(Error::Config(format!(
                        "these settings have no {} on {task} that could be removed: start from \
                         --preset paper, and leave its setting as it is",
                        part.name()
                    )));
                }
                plan.cells.push(cell(part.cell(), Some(part), &config));
            }
        }
        plan.distinct()
    }

    pub(crate) fn new(question: Question, seeds: u64) -> Self {
        Self { question, first_seed: 0, seeds, cells: Vec::new(), sweep: None, changes: Vec::new() }
    }

    fn configure(
        &mut self,
        task: &str,
        rule: &str,
        settings: &StudySettings<'_>,
    ) -> Result<Experiment, Error> {
        let (preset, config) = settings.configure(task, rule)?;
        for change in config.differences(&preset) {
            if !self.changes.contains(&change) {
                self.changes.push(change);
            }
        }
        Ok(config)
    }

    /// Refuses environments beside data sets.
    pub(crate) fn one_measure(self) -> Result<Self, Error> {
        if self.cells.iter().any(Cell::is_agent) && !self.cells.iter().all(Cell::is_agent) {
            return Err(Error::Config(
                "returns and accuracies do not go into one table: compare environments and data \
                 sets in studies of their own"
                    .into(),
            ));
        }
        Ok(self)
    }

    /// Refuses two cells whose runs would have the same folders.
    pub(crate) fn distinct(self) -> Result<Self, Error> {
        let mut seen = HashSet::new();
        match self.cells.iter().map(|cell| cell.run(0)).find(|run| !seen.insert(run.clone())) {
            Some(run) => Err(Error::Config(format!(
                "two cells would train in the same folder {run}: name each task and rule once"
            ))),
            None => Ok(self),
        }
    }

    /// The seeds of every cell.
    pub(crate) fn all_seeds(&self) -> Range<u64> {
        self.first_seed..self.first_seed + self.seeds
    }

    /// Every run, seeds outermost, so that what is done of a study is balanced.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = (&Cell, u64)> {
        self.all_seeds().flat_map(|seed| self.cells.iter().map(move |cell| (cell, seed)))
    }

    /// The cell that `cell` is compared with: the first of its task, in an ablation the whole network.
    /// `None` of that one.
    pub(crate) fn reference(&self, cell: &Cell) -> Option<&Cell> {
        let first = self.cells.iter().find(|other| other.task() == cell.task());
        first.filter(|first| first.name != cell.name)
    }

    /// The folder of its own: `runs/compare-mnist`, `runs/ablate-mnist-cifar10`.
    pub fn default_folder(&self) -> PathBuf {
        let mut tasks: Vec<_> = self.cells.iter().map(Cell::task).collect();
        tasks.dedup();
        let name = format!("{}-{}", self.question.command(), tasks.join("-"));
        Path::new("runs").join(names::folder(&name))
    }

    /// Gives each task the name that it has in `stored`, or one that none has there.
    pub(crate) fn rename_as(&mut self, stored: &Self) {
        let taken: Vec<_> = stored.cells.iter().map(|cell| names::folder(&cell.label)).collect();
        for cell in &mut self.cells {
            let task = cell.config.task();
            let known = stored.cells.iter().find(|other| other.config.task() == task);
            cell.label = match known {
                Some(known) => known.label.clone(),
                None if taken.contains(&names::folder(&cell.label)) => {
                    names::distinct(&[task], &taken).remove(0)
                }
                None => continue,
            };
        }
    }

    /// Takes over the cells and seeds that only `stored` has.
    pub(crate) fn join(&mut self, stored: Self) {
        let (asked, mut all) = (std::mem::take(&mut self.cells), stored.cells);
        all.extend(asked.into_iter().filter(|cell| !all.contains(cell)).collect::<Vec<_>>());
        self.cells = all;
        self.seeds = self.seeds.max(stored.seeds);
    }
}

/// Tasks, each with the name that it is shown by.
pub(crate) fn labelled(tasks: &[String]) -> impl Iterator<Item = (&String, String)> {
    let names: Vec<_> = tasks.iter().map(String::as_str).collect();
    tasks.iter().zip(names::distinct(&names, &[]))
}
