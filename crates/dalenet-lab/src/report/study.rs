//! The runs of a report, grouped: those that differ in nothing but the seed belong together.

use super::left_out::LeftOut;
use crate::{
    Config, EpochMetrics, Error, Outcome, PRESETS, Registry, Run,
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
    /// What distinguishes it from the other groups.
    pub label: String,
    /// The configuration of the first seed.
    pub config: Config,
    /// SHA-256 of the data that they learnt from; none of runs of version 0.1.
    data: Option<String>,
    /// By seed.
    pub records: Vec<Record>,
}

/// What a run left.
pub struct Record {
    pub folder: PathBuf,
    pub seed: u64,
    pub metrics: Vec<EpochMetrics>,
    /// `None` while it is not at its end.
    pub outcome: Option<Outcome>,
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
            group.label = label(i, &described);
        }
        Ok(study)
    }

    fn add(&mut self, folder: &Path) -> Result<(), Error> {
        let run = Run::open(folder)?;
        let config = run.config()?;
        let (metrics, outcome) = (run.metrics()?, run.outcome()?);
        let seed = config.seed;
        let seedless = Config { seed: 0, ..config };
        let data = run.recorded()?.sources.data.map(|identity| identity.sha256);
        let same = |group: &Group| group.config == seedless && group.data == data;
        let at = self.groups.iter().position(same).unwrap_or_else(|| {
            let (label, records) = Default::default();
            self.groups.push(Group {
                label,
                config: seedless.clone(),
                data: data.clone(),
                records,
            });
            self.groups.len() - 1
        });
        let records = &mut self.groups[at].records;
        if records.iter().any(|record| record.seed == seed) {
            self.duplicates.push(folder.into());
            return Ok(());
        }
        records.push(Record { folder: folder.into(), seed, metrics, outcome });
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
            let name = group.config.task.as_str();
            match tasks.iter_mut().find(|(task, _)| *task == name) {
                Some((_, groups)) => groups.push((i, group)),
                None => tasks.push((name, vec![(i, group)])),
            }
        }
        tasks
    }
}

impl Group {
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

    /// The network of its first run that has one; runs whose checkpoint cannot be used are added to
    /// `undrawn`.
    pub fn trained(&self, undrawn: &mut Vec<LeftOut>) -> Option<Trained> {
        self.records.iter().find_map(|record| {
            match Run::open(&record.folder).and_then(|run| trained::load(&run)) {
                Ok(trained) => Some(trained),
                Err(Error::Untrained(_)) => None,
                Err(error) => {
                    undrawn.push(LeftOut::new(&record.folder, &error));
                    None
                }
            }
        })
    }

    /// The name of its rule, as colours are given by it.
    pub fn rule(&self) -> String {
        match self.config.rule.as_str() {
            "bp" if self.config.network.dale.is_on() => "bp-dale".into(),
            rule => self.config.network.rule_name(rule),
        }
    }

    /// The sum of its runs' confusion matrices on the test set.
    pub fn confusion(&self) -> Option<Vec<Vec<usize>>> {
        let outcomes = self.records.iter().filter_map(|record| record.outcome.as_ref());
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

    /// The shortest command that trains this configuration: the nearest preset, and what differs.
    pub fn command(&self) -> String {
        let task = self.config.task.as_str();
        let mut starts = Vec::new();
        for (preset, _) in PRESETS {
            for rule in Registry::built_in().rules().iter().map(|entry| entry.name.as_str()) {
                let Ok(mut start) = Config::new(task, preset, rule) else { continue };
                start.seed = 0;
                let rule = if rule == "ed" { "".into() } else { format!(" --rule {rule}") };
                let preset = match *preset {
                    "default" => String::new(),
                    preset => format!(" --preset {preset}"),
                };
                starts.push((rule + &preset, self.config.differences(&start)));
            }
        }
        let nearest = starts.into_iter().min_by_key(|(_, settings)| settings.len());
        let (start, settings) = nearest.unwrap_or_default();
        let mut command = format!("dalenet train {}{start}", quoted(task));
        for (key, value, _) in settings {
            command += &match key.as_str() {
                "epochs" | "bits" => format!(" --{key} {value}"),
                _ => format!(" --set {}", quoted(&format!("{key}={}", bare(&value)))),
            };
        }
        command
    }
}

/// A text as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-/=,".contains(c);
    if text.chars().all(plain) { text.into() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// A value without the quotation marks of TOML.
fn bare(value: &str) -> &str {
    value.trim_matches('"')
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

/// Every folder at or below `folder` that is a run, in the order of their names.
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

/// What distinguishes group `i` from the others: task and rule if they differ, then the settings in
/// which it is not like the baseline of its task and rule, the configuration nearest to all others.
fn label(i: usize, described: &[(Config, Option<String>)]) -> String {
    let (config, data) = &described[i];
    let configs: Vec<_> = described.iter().map(|(config, _)| config.clone()).collect();
    let rule = config.network.rule_name(&config.rule);
    let mut parts = Vec::new();
    let [tasks, rules] = [
        configs.iter().any(|other| other.task != config.task),
        configs.iter().any(|other| other.rule != config.rule),
    ];
    if tasks || configs.len() == 1 {
        let name = Path::new(&config.task).file_name().unwrap_or_default();
        parts.push(name.to_string_lossy().into_owned());
    }
    if rules || configs.len() == 1 {
        parts.push(rule);
    }
    let like = |other: &&Config| other.task == config.task && other.rule == config.rule;
    let distance = |one: &&Config| -> usize {
        configs.iter().filter(like).map(|other| one.differences(other).len()).sum()
    };
    let baseline = configs.iter().filter(like).min_by_key(distance).unwrap_or(config);
    let settings = config.differences(baseline);
    let short = |(key, value, _): &(String, String, String)| format!("{key} = {}", bare(value));
    parts.extend(settings.iter().take(2).map(short));
    if settings.len() > 2 {
        parts.push(format!("{} more", settings.len() - 2));
    }
    let on_other_data =
        |(other, sha256): &&(Config, Option<String>)| other == config && sha256 != data;
    if described.iter().any(|other| on_other_data(&other)) {
        let start = data.as_deref().and_then(|sha256| sha256.get(..8)).unwrap_or("not recorded");
        parts.push(format!("data {start}"));
    } else if settings.is_empty() && configs.iter().filter(like).count() > 1 {
        parts.push("baseline".into());
    }
    match configs.len() {
        1 => parts.join(" by "),
        _ => format!("{}: {}", letters(i), parts.join(", ")),
    }
}

/// A, B, …, Z, AA, AB, …
fn letters(mut i: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + (i % 26) as u8));
        match i / 26 {
            0 => return name,
            more => i = more - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: mean 3, squares 4 + 0 + 4 over n − 1 = 2.
    #[test]
    fn spread_is_mean_and_sample_deviation() {
        let spread = Spread::of(&[1.0, 3.0, 5.0]).unwrap();
        assert_eq!(spread, Spread { mean: 3.0, deviation: 2.0, count: 3 });
        assert_eq!(format!("{spread:.1}"), "3.0 ± 2.0");
        assert_eq!(Spread::of(&[7.0]).unwrap().to_string(), "7.00");
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn the_command_is_the_nearest_preset_and_what_differs() {
        let mut config = Config::new("mnist", "paper", "ed").unwrap();
        config.set("widths", "[1, 2]").unwrap();
        let group = Group { label: String::new(), config, data: None, records: Vec::new() };
        assert_eq!(group.command(), "dalenet train mnist --preset paper --set 'widths=[1.0, 2.0]'");
        let config = Config::new("xor", "default", "kaneko").unwrap();
        let group = Group { label: String::new(), config, data: None, records: Vec::new() };
        assert_eq!(group.command(), "dalenet train xor");
        let config = Config::new("mnist", "default", "bp-dale").unwrap();
        let group = Group { label: String::new(), config, data: None, records: Vec::new() };
        assert_eq!(group.command(), "dalenet train mnist --rule bp-dale");
    }

    #[test]
    fn groups_are_lettered_as_columns_of_a_sheet() {
        assert_eq!([0, 25, 26, 27, 52].map(letters), ["A", "Z", "AA", "AB", "BA"]);
    }
}
