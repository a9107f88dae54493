//! Findings of a study: a row a cell, beside the paper's figures.

mod display;
#[cfg(test)]
mod tests;

use crate::{
    Aggregation, Cell, Ending, Estimate, Method, Part, Plan, Provenance, Question, Record,
    SweepFindings, Test, paper,
    record::Failures,
    statistics::{Difference, compare, correct, median},
};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Findings of a study. Displayed they are Markdown; scores are test accuracies in percent, or mean
/// returns of episodes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Findings {
    /// The study's folder.
    #[serde(serialize_with = "crate::files::lossy")]
    pub study: PathBuf,
    /// What it asks.
    pub question: Question,
    /// Whether its scores are returns instead of accuracies.
    pub returns: bool,
    /// Of a sweep, its configurations; it has no cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<SweepFindings>,
    /// Its cells that have a finished run.
    pub cells: Vec<CellFindings>,
    /// Over all tasks together, where there are several.
    pub aggregation: Option<Aggregation>,
    /// In an ablation, task by task, what the removal of each part costs.
    pub importance: Vec<Importance>,
    /// The runs that diverged and are in no row.
    pub diverged: Vec<String>,
    /// The runs that could not be trained and are in no row, and why.
    pub failed: Vec<String>,
    /// Why the last bits of results may differ from those of another machine, one sentence each.
    pub mixed: Vec<String>,
}

/// What a cell's runs say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellFindings {
    /// The task.
    pub task: String,
    /// The cell: a rule, `full`, or what was removed.
    pub cell: String,
    /// What was removed, if anything.
    pub removed: Option<Part>,
    /// The score of each finished run.
    pub scores: Vec<SeedScore>,
    /// What the scores say together.
    #[serde(flatten)]
    pub score: Estimate,
    /// The paper's score, where the runs have the size and length of a preset.
    pub paper: Option<f64>,
    /// The cell of the task that it is compared with: the first, in an ablation the whole network.
    pub reference: Option<String>,
    /// The score minus the reference's, in percentage points or in units of the return.
    pub difference: Option<Estimate>,
    /// Whether the difference may be chance.
    pub test: Option<Test>,
    /// The paper's difference, where the runs have the size and length of a preset.
    pub paper_difference: Option<f64>,
    /// Mean return of the last episodes of the training.
    pub recent: Option<Estimate>,
    /// The mean return as a share of the return of all achievements of the task.
    pub share: Option<f64>,
    /// Median epochs of a run, or steps of all environments.
    pub epochs: f64,
    /// Median seconds of a run.
    pub seconds: f64,
}

/// The score of one run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SeedScore {
    /// Its seed.
    pub seed: u64,
    /// Its test accuracy in percent, or mean return.
    pub score: f64,
}

/// The parts of a network by what their removal costs, the largest loss first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Importance {
    /// The task.
    pub task: String,
    /// Each part, and the difference its removal made in percentage points.
    pub found: Vec<(Part, f64)>,
    /// The same of the paper; empty if it has none for the task.
    pub paper: Vec<(Part, f64)>,
}

impl Findings {
    /// What the `records` of a plan say.
    pub(crate) fn new(study: &Path, plan: &Plan, records: &[Record], failures: &Failures) -> Self {
        let compared = if plan.sweep.is_some() { &[] } else { &plan.cells[..] };
        let cells = compared.iter().filter_map(|cell| CellFindings::new(cell, plan, records));
        let mut cells: Vec<_> = cells.collect();
        correct(cells.iter_mut().filter_map(|cell| cell.test.as_mut()));
        Self {
            study: study.into(),
            question: plan.question,
            returns: plan.cells.iter().all(Cell::is_agent),
            sweep: None,
            aggregation: plan.sweep.is_none().then(|| aggregation(plan, records)).flatten(),
            importance: importance(&cells),
            cells,
            diverged: failures.diverged.clone(),
            failed: failures.failed.clone(),
            mixed: mixed(records),
        }
    }
}

impl CellFindings {
    /// `None` if the cell has no finished run.
    fn new(cell: &Cell, plan: &Plan, records: &[Record]) -> Option<Self> {
        let runs = runs(cell, records);
        let score = Estimate::of(&values(&runs, Record::score))?;
        let reference = plan.reference(cell);
        let difference = reference.and_then(|reference| {
            compare(&seeded(&runs), &seeded(&self::runs(reference, records)))
        });
        let (difference, test) = match difference {
            Some(Difference { size, test }) => (Some(size), test),
            None => (None, None),
        };
        let rule = match plan.question {
            Question::Compare | Question::Sweep => &cell.name,
            Question::Ablate => "ed",
        };
        let (task, of_its_size) = (cell.config.task(), paper::is_of_its_size(&cell.config, rule));
        let paper_difference = cell.removed.and_then(|part| paper::difference(task, part));
        let paper_difference = paper_difference.filter(|_| of_its_size);
        let paper = paper::score(task, rule).filter(|_| of_its_size);
        Some(Self {
            task: cell.task(),
            cell: cell.name.clone(),
            removed: cell.removed,
            scores: runs.iter().map(|run| SeedScore::new(run)).collect(),
            score,
            paper: paper.map(|paper| tenths(paper + paper_difference.unwrap_or(0.0))),
            reference: reference.filter(|_| difference.is_some()).map(|cell| cell.name.clone()),
            difference,
            test,
            paper_difference,
            recent: estimate(&runs, Ending::recent_return),
            share: estimate(&runs, Ending::share).map(|share| share.mean),
            epochs: median(&values(&runs, |run| run.outcome.length())),
            seconds: median(&values(&runs, |run| run.outcome.seconds())),
        })
    }

    fn is_unpaired(&self) -> bool {
        self.test.is_some_and(|test| test.method == Method::Welch)
    }
}

impl SeedScore {
    fn new(run: &Record) -> Self {
        Self { seed: run.outcome.seed(), score: run.score() }
    }
}

/// What the runs do not have in common on which their last bits depend.
fn mixed(records: &[Record]) -> Vec<String> {
    let provenances = || records.iter().map(|record| record.outcome.provenance());
    let several = |of: fn(&Provenance) -> &str| {
        let values = provenances().flat_map(|provenance| of(provenance).split(", "));
        let values: BTreeSet<_> = values.filter(|value| !value.is_empty()).collect();
        (values.len() > 1).then(|| values.into_iter().collect::<Vec<_>>().join(" and "))
    };
    let versions = several(|provenance| &provenance.version).map(|versions| {
        format!("Trained by the versions {versions} of dalenet: last bits may differ between them.")
    });
    let instructions = several(|provenance| &provenance.instructions).map(|instructions| {
        format!(
            "Trained on processors with {instructions}: last bits differ between them, so that the same \
             study on like processors may give other digits."
        )
    });
    versions.into_iter().chain(instructions).collect()
}

/// The finished runs of a cell.
fn runs<'a>(cell: &Cell, records: &'a [Record]) -> Vec<&'a Record> {
    records.iter().filter(|record| record.is_of(cell)).collect()
}

fn values(runs: &[&Record], value: impl Fn(&Record) -> f64) -> Vec<f64> {
    runs.iter().map(|run| value(run)).collect()
}

/// Over the runs; `None` if one of them has no such value.
fn estimate(runs: &[&Record], value: fn(&Ending) -> Option<f64>) -> Option<Estimate> {
    let values = runs.iter().map(|run| value(&run.outcome));
    Estimate::of(&values.collect::<Option<Vec<_>>>()?)
}

/// Each run's seed and score.
fn seeded(runs: &[&Record]) -> Vec<(u64, f64)> {
    runs.iter().map(|run| (run.outcome.seed(), run.score())).collect()
}

/// The cells of the same name on all tasks together.
fn aggregation(plan: &Plan, records: &[Record]) -> Option<Aggregation> {
    let (mut tasks, mut names) = (Vec::new(), Vec::new());
    for cell in &plan.cells {
        if !tasks.contains(&cell.task()) {
            tasks.push(cell.task());
        }
        if !names.contains(&cell.name) {
            names.push(cell.name.clone());
        }
    }
    let of = |name: &String, task: &String| {
        let cell = plan.cells.iter().find(|cell| cell.name == *name && cell.task() == *task);
        let runs = cell.map_or(Vec::new(), |cell| runs(cell, records));
        runs.into_iter().map(|run| &run.outcome).collect::<Vec<_>>()
    };
    let rule = |name: &String| {
        let tasks: Vec<_> = tasks.iter().map(|task| of(name, task)).collect();
        tasks.iter().all(|runs| !runs.is_empty()).then(|| (name.clone(), tasks))
    };
    Aggregation::of(&names.iter().filter_map(rule).collect::<Vec<_>>())
}

/// Rounded as the paper's figures are.
fn tenths(value: f64) -> f64 {
    (10.0 * value).round() / 10.0
}

/// For each task of which every part was removed, the parts by what that cost.
fn importance(cells: &[CellFindings]) -> Vec<Importance> {
    let of_task = |whole: &CellFindings| {
        let rows = cells.iter().filter(|row| row.task == whole.task);
        let found = rows.clone().map(|row| Some((row.removed?, row.difference.as_ref()?.mean)));
        let paper = rows.map(|row| Some((row.removed?, row.paper_difference?)));
        let found = sorted(found.flatten().collect());
        let all = found.len() == Part::ALL.len();
        let task = whole.task.clone();
        all.then(|| Importance { task, found, paper: sorted(paper.flatten().collect()) })
    };
    cells.iter().filter(|row| row.removed.is_none()).filter_map(of_task).collect()
}

fn sorted(mut differences: Vec<(Part, f64)>) -> Vec<(Part, f64)> {
    differences.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    differences
}
