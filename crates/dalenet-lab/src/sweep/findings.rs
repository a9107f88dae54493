//! What a sweep found: its configurations, the best first.

use super::{
    halving::ranked,
    judge::Judged,
    plan::{SweepPlan, group},
};
use crate::{
    Cell, Estimate, Plan, SeedScore, names,
    table::{self, Table, escaped},
};
use serde::Serialize;
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// What a sweep found. Displayed it is Markdown; scores are accuracies on held-out samples in percent, or mean
/// returns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepFindings {
    /// The settings that take several values.
    pub varied: Vec<String>,
    /// Task by task and rule by rule, what was found.
    pub groups: Vec<SweepGroup>,
    /// Whether its scores are returns instead of accuracies.
    #[serde(skip)]
    pub(super) returns: bool,
}

/// The configurations of one rule on one task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepGroup {
    /// The task.
    pub task: String,
    /// The rule.
    pub rule: String,
    /// The configurations that have a score, the best first: those that were trained for longest by their scores, then
    /// those that were trained for less.
    pub ranked: Vec<Ranked>,
    /// The file of the best one, as soon as one has been trained to its end.
    #[serde(serialize_with = "optional_path")]
    pub best: Option<PathBuf>,
}

/// A configuration with its score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranked {
    /// Its name, after that of the task in the names of its runs.
    pub cell: String,
    /// The values of the settings that vary.
    pub settings: toml::Table,
    /// The score of each seed.
    pub scores: Vec<SeedScore>,
    /// What they say together.
    #[serde(flatten)]
    pub score: Estimate,
    /// Epochs, or steps of all environments, that it was trained for.
    pub length: u64,
    /// Whether it was trained to its end by every seed.
    pub ended: bool,
}

fn optional_path<S: serde::Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
    match path {
        Some(path) => crate::files::lossy(path, to),
        None => to.serialize_none(),
    }
}

impl SweepFindings {
    /// What the runs of a plan say, of which `judged` has what each achieved.
    pub(super) fn new(
        study: &Path,
        plan: &Plan,
        judged: &dyn Fn(&Cell, u64) -> Option<Judged>,
    ) -> Self {
        let varied = plan.sweep.iter().flat_map(SweepPlan::keys).map(str::to_owned).collect();
        let groups = plan.cells.chunk_by(|a, b| group(a) == group(b));
        let groups = groups.map(|cells| SweepGroup::new(study, plan, cells, judged)).collect();
        Self { varied, groups, returns: plan.cells.iter().all(Cell::is_agent) }
    }
}

impl SweepGroup {
    fn new(
        study: &Path,
        plan: &Plan,
        cells: &[Cell],
        judged: &dyn Fn(&Cell, u64) -> Option<Judged>,
    ) -> Self {
        let found = cells.iter().filter_map(|cell| Ranked::new(plan, cell, judged));
        let mut found: Vec<_> = found.collect();
        let scores: Vec<_> = found.iter().map(|row| Some(row.score.mean)).collect();
        let order = ranked(&scores).into_iter().map(|i| found[i].clone());
        found = order.collect();
        found.sort_by_key(|row| (!row.ended, std::cmp::Reverse(row.length)));
        let (task, rule) = group(&cells[0]);
        let best = found.first().is_some_and(|row| row.ended);
        let best = best.then(|| study.join(best_file(task, rule)));
        Self { task: task.into(), rule: rule.into(), ranked: found, best }
    }
}

impl Ranked {
    /// `None` of a configuration without a score.
    fn new(
        plan: &Plan,
        cell: &Cell,
        judged: &dyn Fn(&Cell, u64) -> Option<Judged>,
    ) -> Option<Self> {
        let runs = plan.all_seeds().filter_map(|seed| Some((seed, judged(cell, seed)?)));
        let runs: Vec<_> = runs.collect();
        let scores = runs.iter().filter_map(|(seed, run)| {
            run.score
                .filter(|score| score.is_finite())
                .map(|score| SeedScore { seed: *seed, score })
        });
        let scores: Vec<_> = scores.collect();
        let values: Vec<_> = scores.iter().map(|seed| seed.score).collect();
        let keys = plan.sweep.iter().flat_map(SweepPlan::keys);
        let table = cell.config.table();
        Some(Self {
            cell: cell.name.clone(),
            settings: keys
                .filter_map(|key| Some((key.to_owned(), table.get(key)?.clone())))
                .collect(),
            score: Estimate::of(&values)?,
            length: runs.iter().map(|(_, run)| run.length).max()?,
            ended: runs.len() as u64 == plan.seeds && runs.iter().all(|(_, run)| run.ended),
            scores,
        })
    }
}

impl fmt::Display for SweepFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let varied = self.varied.iter().map(String::as_str);
        let measured = match self.returns {
            true => ["return", "95 % interval", "seeds", "steps", "runs"],
            false => ["held-out accuracy, %", "95 % interval", "seeds", "epochs", "runs"],
        };
        let mut table = Table::new(["task", "rule"].into_iter().chain(varied).chain(measured));
        for group in &self.groups {
            group.ranked.iter().for_each(|row| table.push(self.row(group, row)));
        }
        write!(f, "{table}")?;
        for sentence in self.groups.iter().filter_map(|group| group.sentence(self.returns)) {
            writeln!(f, "\n{sentence}")?;
        }
        Ok(())
    }
}

impl SweepFindings {
    fn row(&self, group: &SweepGroup, row: &Ranked) -> Vec<String> {
        let mut texts = vec![group.task.clone(), group.rule.clone()];
        let value = |key: &String| row.settings.get(key).map_or(String::new(), shown);
        texts.extend(self.varied.iter().map(value));
        texts.extend([
            table::estimate(&row.score, table::plain),
            table::interval(&row.score, table::plain),
            row.scores.len().to_string(),
            row.length.to_string(),
            row.cell.clone(),
        ]);
        texts
    }
}

impl SweepGroup {
    /// Which configuration is best; none if none has been trained to its end.
    fn sentence(&self, returns: bool) -> Option<String> {
        let (best, file) = (self.ranked.first()?, self.best.as_ref()?);
        let values = best.settings.iter().map(|(key, value)| format!("{key} = {}", shown(value)));
        let values = escaped(&values.collect::<Vec<_>>().join(", "));
        let score = match (table::plain(best.score.mean, 2), returns) {
            (score, true) => format!("return {score}"),
            (score, false) => format!("{score} % of the held-out samples"),
        };
        let (task, rule, count) = (escaped(&self.task), escaped(&self.rule), self.ranked.len());
        let file = file.file_name().unwrap_or_default().to_string_lossy();
        Some(format!(
            "Best of {count} by {rule} on {task}: {values} ({score}), in {}.",
            escaped(&file)
        ))
    }
}

/// The name of the file of a rule's best configuration on a task.
fn best_file(task: &str, rule: &str) -> String {
    format!("best-{}.toml", names::run(task, rule))
}

/// A value as a table shows it: a text without its quotation marks.
pub(super) fn shown(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
