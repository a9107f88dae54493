//! Rules over several tasks together.

use crate::{
    Ending,
    statistics::{interquartile_interval, interquartile_mean, rescaled},
    table::{self, Table},
};
use serde::Serialize;
use std::fmt;

/// Rules over several tasks together: interquartile means and performance profiles of rliable (Agarwal et
/// al. 2021).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Aggregation {
    /// What is aggregated.
    pub scale: Scale,
    /// How many tasks.
    pub tasks: usize,
    /// A row a rule.
    pub rules: Vec<RuleAggregate>,
}

/// Scores that are comparable from task to task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Test accuracies in percent.
    Accuracy,
    /// Returns in percent of what all achievements give.
    Achievements,
    /// Returns, rescaled so that the lowest run of each task has 0 and the highest 1.
    Rescaled,
}

/// A rule over all tasks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleAggregate {
    /// The rule, or the cell of an ablation.
    pub rule: String,
    /// Interquartile mean over the runs of all tasks.
    pub iqm: f64,
    /// Its 95 % interval by the stratified bootstrap; none where a task has fewer than three runs.
    pub interval: Option<[f64; 2]>,
    /// The scores, task by task.
    #[serde(skip)]
    pub(crate) scores: Vec<Vec<f64>>,
}

impl Scale {
    /// Its name on an axis or in a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "test accuracy, %",
            Self::Achievements => "% of all achievements",
            Self::Rescaled => "return, rescaled",
        }
    }

    /// How it is made, as a sentence; empty where the name says it.
    pub fn explained(self) -> &'static str {
        match self {
            Self::Rescaled => "Returns are rescaled: 0 is the lowest run of a task, 1 the highest.",
            _ => "",
        }
    }
}

impl Aggregation {
    /// Of the runs of each rule, task by task. `None` of fewer than two rules or tasks, or where a rule has no
    /// run on one of them.
    pub(crate) fn of(rules: &[(String, Vec<Vec<&Ending>>)]) -> Option<Self> {
        let tasks = rules.first()?.1.len();
        let missing = rules.iter().flat_map(|(_, tasks)| tasks).any(Vec::is_empty);
        if rules.len() < 2 || tasks < 2 || missing {
            return None;
        }
        let (scale, scores) = comparable(rules, tasks);
        let row = |((rule, _), scores): (&(String, _), Vec<Vec<f64>>)| RuleAggregate {
            rule: rule.clone(),
            iqm: interquartile_mean(&scores),
            interval: interquartile_interval(&scores),
            scores,
        };
        Some(Self { scale, tasks, rules: rules.iter().zip(scores).map(row).collect() })
    }
}

impl RuleAggregate {
    /// How many runs it has.
    pub fn runs(&self) -> usize {
        self.scores.iter().map(Vec::len).sum()
    }
}

/// The scores of each rule, task by task, on a scale that all tasks share.
fn comparable(rules: &[(String, Vec<Vec<&Ending>>)], tasks: usize) -> (Scale, Vec<Vec<Vec<f64>>>) {
    let all = || rules.iter().flat_map(|(_, tasks)| tasks).flatten();
    let of = |value: &dyn Fn(&Ending) -> f64| -> Vec<Vec<Vec<f64>>> {
        let of_task = |runs: &Vec<&Ending>| runs.iter().map(|run| value(run)).collect();
        rules.iter().map(|(_, tasks)| tasks.iter().map(of_task).collect()).collect()
    };
    if all().all(|run| matches!(run, Ending::Classification(_))) {
        return (Scale::Accuracy, of(&Ending::score));
    }
    if all().all(|run| run.share().is_some()) {
        return (Scale::Achievements, of(&|run| 100.0 * run.share().unwrap_or_default()));
    }
    let mut scores = of(&Ending::score);
    for task in 0..tasks {
        let of_task: Vec<_> = scores.iter().map(|rule| rule[task].clone()).collect();
        for (rule, rescaled) in scores.iter_mut().zip(rescaled(&of_task)) {
            rule[task] = rescaled;
        }
    }
    (Scale::Rescaled, scores)
}

/// A table in Markdown.
impl fmt::Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = format!("interquartile mean, {}", self.scale.name());
        let mut table =
            Table::new([&format!("over {} tasks", self.tasks), &title, "95 % interval", "runs"]);
        for row in &self.rules {
            table.push([
                row.rule.clone(),
                table::plain(row.iqm, 2),
                row.interval.map_or(String::new(), |interval| table::range(interval, table::plain)),
                row.runs().to_string(),
            ]);
        }
        write!(f, "{table}")?;
        match self.scale.explained() {
            "" => Ok(()),
            explained => writeln!(f, "\n{explained}"),
        }
    }
}
