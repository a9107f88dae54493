//! A sweep as a plan of a study.

use super::{SweepFile, values::Scale};
use crate::{Cell, Error, Experiment, Plan, Question, Registry, StudySettings, plan::labelled};
use serde::{Deserialize, Serialize};

/// The first seed of a sweep. Studies have those from 0, so that what is chosen here is measured there with
/// seeds that had no part in the choice.
const FIRST_SEED: u64 = 1000;

/// What a sweep adds to the plan of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepPlan {
    /// The settings that take several values, in the order of the file.
    pub varied: Vec<Varied>,
    /// One of so many configurations is promoted by successive halving; none: all are trained to the end.
    pub promote: Option<u32>,
}

/// A setting that takes several values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Varied {
    /// Its key.
    pub key: String,
    /// Whether its values lie at equal ratios.
    pub log: bool,
}

impl SweepPlan {
    /// The keys of the settings that vary.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.varied.iter().map(|varied| varied.key.as_str())
    }
}

/// The task and the rule of a configuration.
pub(super) fn group(cell: &Cell) -> (&str, &str) {
    let (rule, _) = cell.name.rsplit_once('-').unwrap_or((&cell.name, ""));
    (&cell.label, rule)
}

impl Plan {
    /// Gives each configuration the number that it has in `stored`, or the next one that none has there, so that a
    /// sweep whose file has further values trains those alone.
    pub(crate) fn number_as(&mut self, stored: &Self) {
        let known = |cell: &Cell| stored.cells.iter().find(|other| other.config == cell.config);
        let mut names: Vec<String> = stored.cells.iter().map(|cell| cell.run(0)).collect();
        for cell in &mut self.cells {
            match known(cell) {
                Some(other) if group(other) == group(cell) => cell.name.clone_from(&other.name),
                _ => {
                    let (_, rule) = group(cell);
                    let rule = rule.to_owned();
                    let renamed =
                        |number: u64| Cell { name: format!("{rule}-{number}"), ..cell.clone() };
                    let free = (1..).map(renamed).find(|cell| !names.contains(&cell.run(0)));
                    *cell = free.unwrap_or_else(|| cell.clone());
                    names.push(cell.run(0));
                }
            }
        }
    }

    /// Refuses to extend a sweep that promotes: who is promoted depends on all.
    ///
    /// # Errors
    /// If `stored` has other configurations or seeds.
    pub(crate) fn promotes_as(&self, stored: &Self) -> Result<(), &'static str> {
        let same =
            self.cells == stored.cells && self.seeds == stored.seeds && self.sweep == stored.sweep;
        match same || (self.promotes().is_none() && stored.promotes().is_none()) {
            true => Ok(()),
            false => {
                Err("holds a sweep of another file, and one that promotes cannot be extended: it")
            }
        }
    }

    /// The configurations of a sweep: every combination of values, on each task, under each rule.
    ///
    /// # Errors
    /// If a task, rule or setting is not possible, or no samples are held out to judge by.
    ///
    /// ```
    /// use dalenet_lab::{Plan, Registry, SweepFile};
    /// let text = "tasks = ['mnist']\nseeds = 2\n[settings]\nrate = { log = [1, 100], points = 3 }";
    /// let plan = Plan::sweep(&SweepFile::parse(text)?, Registry::built_in())?;
    /// assert_eq!((plan.cells.len(), plan.runs()), (3, 6));
    /// # Ok::<(), dalenet_lab::Error>(())
    /// ```
    pub fn sweep(file: &SweepFile, registry: &Registry) -> Result<Self, Error> {
        let varied = file.settings.iter().filter(|(_, values)| values.vary());
        let varied = varied
            .map(|(key, values)| Varied { key: key.clone(), log: values.scale() == Scale::Log });
        let sweep = SweepPlan { varied: varied.collect(), promote: file.promote };
        let mut plan = Self::new(Question::Sweep, file.seeds);
        (plan.first_seed, plan.sweep) = (FIRST_SEED, Some(sweep));
        let combinations = file.combinations()?;
        for (task, label) in labelled(&file.tasks) {
            for rule in &file.rules {
                for (number, combination) in (1..).zip(&combinations) {
                    let settings = StudySettings {
                        registry,
                        preset: &file.preset,
                        file: Some(rounded(combination, task, rule, &file.preset, registry)?),
                        set: Vec::new(),
                    };
                    let (_, config) = settings.configure(task, rule)?;
                    holds_out(&config, registry)?;
                    let (label, name) = (label.clone(), format!("{rule}-{number}"));
                    plan.cells.push(Cell { label, name, removed: None, config });
                }
            }
        }
        plan.one_measure()?.one_length()?.distinct()
    }
}

/// The combination with whole numbers where the setting takes no others.
fn rounded(
    combination: &toml::Table,
    task: &str,
    rule: &str,
    preset: &str,
    registry: &Registry,
) -> Result<toml::Table, Error> {
    let known = registry.experiment(task, preset, rule)?.table();
    let round = |(key, value): (&String, &toml::Value)| {
        let value = match (known.get(key), value) {
            (Some(toml::Value::Integer(_)), toml::Value::Float(number)) => {
                toml::Value::Integer(number.round() as i64)
            }
            _ => value.clone(),
        };
        (key.clone(), value)
    };
    Ok(combination.iter().map(round).collect())
}

/// Refuses a classification that would have to be judged on the test set. A file may have samples that are held out.
fn holds_out(config: &Experiment, registry: &Registry) -> Result<(), Error> {
    let Experiment::Classification(config) = config else { return Ok(()) };
    let is_file = registry.data(&config.task).is_ok_and(|entry| entry.is_file);
    match config.validation > 0.0 || !config.validation_data.is_empty() || is_file {
        true => Ok(()),
        false => Err(Error::Config(format!(
            "a sweep is judged on held-out samples, and these settings hold out none of {}: add validation = 0.1 \
             to [settings]",
            config.task
        ))),
    }
}
