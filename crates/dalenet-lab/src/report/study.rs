//! The runs of a report, grouped: those that differ in nothing but the seed belong together.

use super::{label, left_out::LeftOut};
use crate::{
    AgentOutcome, Aggregation, Ending, EpochMetrics, Error, Experiment, Outcome, Provenance, Run,
    UpdateMetrics,
    statistics::Spread,
    trained::{self, Trained},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// All runs of a report.
pub struct Study {
    pub groups: Vec<Group>,
    /// Runs with the configuration and the seed of another one.
    pub duplicates: Vec<PathBuf>,
    /// Runs that cannot be read.
    pub left_out: Vec<LeftOut>,
}

/// Runs that differ in nothing but the seed.
pub struct Group {
    /// What distinguishes it from the other groups, after a letter.
    pub label: String,
    /// The same without letter and task.
    pub name: String,
    /// The configuration of the first seed.
    pub config: Experiment,
    /// SHA-256 of the data that they learnt from; none of agents and of runs of version 0.1.
    data: Option<String>,
    /// By seed.
    pub records: Vec<Record>,
}

/// What a run left.
pub struct Record {
    pub folder: PathBuf,
    pub seed: u64,
    /// Epoch by epoch; empty of an agent.
    pub metrics: Vec<EpochMetrics>,
    /// Update by update; empty of a classification.
    pub updates: Vec<UpdateMetrics>,
    /// `None` while it is not at its end.
    pub ending: Option<Ending>,
}

impl Study {
    /// Reads every run in these folders; those that cannot be read are left out.
    ///
    /// # Errors
    /// If no run can be read.
    pub fn read(folders: &[PathBuf]) -> Result<Self, Error> {
        let mut study = Self { groups: Vec::new(), duplicates: Vec::new(), left_out: Vec::new() };
        let mut failures = Vec::new();
        for run in all_runs(folders, &mut failures) {
            if let Err(error) = study.add(&run) {
                failures.push((run, error));
            }
        }
        study.left_out = failures.iter().map(|(run, error)| LeftOut::new(run, error)).collect();
        if study.groups.is_empty() {
            return Err(nothing_to_show(failures));
        }
        study.groups.iter_mut().for_each(|group| group.records.sort_by_key(|record| record.seed));
        let described: Vec<_> =
            study.groups.iter().map(|group| (group.config.clone(), group.data.clone())).collect();
        for (i, group) in study.groups.iter_mut().enumerate() {
            (group.label, group.name) = label::label(i, &described);
        }
        Ok(study)
    }

    fn add(&mut self, folder: &Path) -> Result<(), Error> {
        let run = Run::open(folder)?;
        let config = run.experiment()?;
        let record = Record::read(&run, &config)?;
        let seedless = config.with_seed(0);
        let data = run.recorded()?.sources.data.map(|identity| identity.sha256);
        let same = |group: &Group| group.config == seedless && group.data == data;
        let at = self.groups.iter().position(same).unwrap_or_else(|| {
            let (label, name, records) = Default::default();
            let (config, data) = (seedless.clone(), data.clone());
            self.groups.push(Group { label, name, config, data, records });
            self.groups.len() - 1
        });
        let records = &mut self.groups[at].records;
        if records.iter().any(|other| other.seed == record.seed) {
            self.duplicates.push(folder.into());
            return Ok(());
        }
        records.push(record);
        Ok(())
    }

    /// How many runs.
    pub fn runs(&self) -> usize {
        self.groups.iter().map(|group| group.records.len()).sum()
    }

    /// The tasks in the order of the groups, each with its groups and their numbers.
    pub fn tasks(&self) -> Vec<(&str, Vec<(usize, &Group)>)> {
        let mut tasks: Vec<(&str, Vec<(usize, &Group)>)> = Vec::new();
        for (i, group) in self.groups.iter().enumerate() {
            let name = group.task();
            match tasks.iter_mut().find(|(task, _)| *task == name) {
                Some((_, groups)) => groups.push((i, group)),
                None => tasks.push((name, vec![(i, group)])),
            }
        }
        tasks
    }
}

impl Study {
    /// Rules over several data sets together, and over several environments: of each those rules that have one
    /// configuration on every task.
    pub fn aggregations(&self) -> Vec<Aggregation> {
        [false, true].into_iter().filter_map(|agents| self.aggregation(agents)).collect()
    }

    fn aggregation(&self, agents: bool) -> Option<Aggregation> {
        let mut tasks = self.tasks();
        tasks.retain(|(_, groups)| groups[0].1.is_agent() == agents);
        let rules: BTreeSet<_> =
            tasks.iter().flat_map(|(_, groups)| groups).map(|(_, group)| group.rule()).collect();
        let of_rule = |rule: String| {
            let runs = tasks.iter().map(|(_, groups)| {
                let mut of_rule = groups.iter().filter(|(_, group)| group.rule() == rule);
                match (of_rule.next(), of_rule.next()) {
                    (Some((_, group)), None) => Some(group.endings()),
                    _ => None,
                }
            });
            let runs: Option<Vec<_>> = runs.collect();
            runs.filter(|tasks| tasks.iter().all(|runs| !runs.is_empty())).map(|runs| (rule, runs))
        };
        Aggregation::of(&rules.into_iter().filter_map(of_rule).collect::<Vec<_>>())
    }
}

impl Record {
    fn read(run: &Run, config: &Experiment) -> Result<Self, Error> {
        let mut record = Self {
            folder: run.folder().into(),
            seed: config.seed(),
            metrics: Vec::new(),
            updates: Vec::new(),
            ending: None,
        };
        match config {
            Experiment::Classification(_) => {
                record.metrics = run.metrics()?;
                record.ending = run.outcome()?.map(Ending::Classification);
            }
            Experiment::Agent(_) => {
                record.updates = run.updates()?;
                record.ending = run.ending()?;
            }
        }
        Ok(record)
    }

    /// How a classification ended.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.ending {
            Some(Ending::Classification(outcome)) => Some(outcome),
            _ => None,
        }
    }

    /// How the training of an agent ended.
    pub fn agent_outcome(&self) -> Option<&AgentOutcome> {
        match &self.ending {
            Some(Ending::Agent(outcome)) => Some(outcome),
            _ => None,
        }
    }

    /// Where its result comes from.
    pub fn provenance(&self) -> Option<&Provenance> {
        match &self.ending {
            Some(Ending::Classification(outcome)) => Some(&outcome.provenance),
            Some(Ending::Agent(outcome)) => Some(&outcome.provenance),
            None => None,
        }
    }

    /// Epochs or updates made.
    pub fn length(&self) -> usize {
        self.metrics.len() + self.updates.len()
    }

    /// The last E/I ratio of each layer (of an agent: of the actor).
    pub fn ei_ratio(&self) -> &[f64] {
        match (self.metrics.last(), self.updates.last()) {
            (Some(epoch), _) => &epoch.ei_ratio,
            (_, Some(update)) => &update.ei_ratio,
            _ => &[],
        }
    }

    /// The last share of the weights at the floor of each layer (of an agent: of the actor).
    pub fn floor_share(&self) -> &[f64] {
        match (self.metrics.last(), self.updates.last()) {
            (Some(epoch), _) => &epoch.floor_share,
            (_, Some(update)) => &update.floor_share,
            _ => &[],
        }
    }
}

impl Group {
    /// The task.
    pub fn task(&self) -> &str {
        self.config.task()
    }

    /// Whether it learns to act.
    pub fn is_agent(&self) -> bool {
        matches!(self.config, Experiment::Agent(_))
    }

    /// A value of each run, where it is known.
    pub fn spread(&self, value: impl Fn(&Record) -> Option<f64>) -> Option<Spread> {
        Spread::of(&self.records.iter().filter_map(value).collect::<Vec<_>>())
    }

    /// A value over epochs, at those that every run has it for.
    pub fn curve(&self, value: impl Fn(&EpochMetrics) -> Option<f64>) -> Vec<(f64, Spread)> {
        let shortest = self.records.iter().map(|record| record.metrics.len()).min().unwrap_or(0);
        let at = |i: usize| {
            let values = self.records.iter().map(|record| value(&record.metrics[i]));
            let values: Option<Vec<_>> = values.collect();
            let epoch = self.records.first()?.metrics[i].epoch as f64;
            Some((epoch, Spread::of(&values?)?))
        };
        (0..shortest).filter_map(at).collect()
    }

    /// How many layers its metrics are about.
    pub fn layers(&self) -> usize {
        let epochs = self.records.iter().flat_map(|record| &record.metrics);
        epochs.map(|metrics| metrics.layers.len()).max().unwrap_or(0)
    }

    /// What the first run that has a checkpoint learnt, by `load`; runs whose checkpoint cannot be used are
    /// added to `undrawn`.
    pub fn first<T>(
        &self,
        undrawn: &mut Vec<LeftOut>,
        load: impl Fn(&Run) -> Result<T, Error>,
    ) -> Option<T> {
        self.records.iter().find_map(|record| {
            match Run::open(&record.folder).and_then(|run| load(&run)) {
                Ok(trained) => Some(trained),
                Err(Error::Untrained(_)) => None,
                Err(error) => {
                    undrawn.push(LeftOut::new(&record.folder, &error));
                    None
                }
            }
        })
    }

    /// The classifier of its first run that has one.
    pub fn trained(&self, undrawn: &mut Vec<LeftOut>) -> Option<Trained> {
        self.first(undrawn, trained::load)
    }

    /// The name of its rule, as colours are given by it.
    pub fn rule(&self) -> String {
        match self.config.rule() {
            "bp" if self.config.network().dale.is_on() => "bp-dale".into(),
            _ => self.config.rule_name(),
        }
    }

    /// How its finished runs ended.
    pub fn endings(&self) -> Vec<&Ending> {
        self.records.iter().filter_map(|record| record.ending.as_ref()).collect()
    }

    /// Each finished run's seed and score.
    pub fn scores(&self) -> Vec<(u64, f64)> {
        let score = |record: &Record| Some((record.seed, record.ending.as_ref()?.score()));
        self.records.iter().filter_map(score).collect()
    }

    /// The sum of its runs' confusion matrices on the test set.
    pub fn confusion(&self) -> Option<Vec<Vec<usize>>> {
        let outcomes = self.records.iter().filter_map(Record::outcome);
        let matrices = outcomes.map(|outcome| outcome.test_confusion.clone());
        let mut matrices = matrices.filter(|matrix| !matrix.is_empty());
        let first = matrices.next()?;
        Some(matrices.fold(first, |mut sum, matrix| {
            for (sum, row) in sum.iter_mut().zip(matrix) {
                sum.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
            }
            sum
        }))
    }
}

/// The runs in these folders, each once; folders without a run or that cannot be read are added to
/// `failures`.
fn all_runs(folders: &[PathBuf], failures: &mut Vec<(PathBuf, Error)>) -> Vec<PathBuf> {
    let (mut known, mut runs) = (BTreeSet::new(), Vec::new());
    for folder in folders {
        let (mut found, before) = (Vec::new(), failures.len());
        find_runs(folder, &mut found, failures);
        if found.is_empty() && failures.len() == before {
            failures.push((folder.clone(), Error::NoRuns(folder.clone())));
        }
        let place = |run: &PathBuf| fs::canonicalize(run).unwrap_or_else(|_| run.clone());
        runs.extend(found.into_iter().filter(|run| known.insert(place(run))));
    }
    runs
}

/// Every folder at or below `folder` that is a run, in the order of their names. Hidden folders are a
/// study's own: its attempts at runs.
fn find_runs(folder: &Path, found: &mut Vec<PathBuf>, failures: &mut Vec<(PathBuf, Error)>) {
    if folder.join("config.toml").is_file() {
        return found.push(folder.into());
    }
    if !folder.is_dir() {
        return;
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries.flatten(),
        Err(cause) => return failures.push((folder.into(), Error::file("read", folder)(cause))),
    };
    let mut folders: Vec<_> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    folders.iter().for_each(|folder| find_runs(folder, found, failures));
}

/// Why there is no page: what is wrong with the only run, or with the first of several.
fn nothing_to_show(failures: Vec<(PathBuf, Error)>) -> Error {
    let others = failures.len().saturating_sub(1);
    match failures.into_iter().next() {
        Some((_, first)) if others > 0 => {
            Error::Config(format!("no run can be shown: {first} (and {others} more are left out)"))
        }
        Some((_, only)) => only,
        None => Error::NoRuns(PathBuf::new()),
    }
}
