//! Findings of a study: a row a cell, beside the paper's figures.

use crate::{
    Aggregation, Cell, Estimate, Method, Part, Plan, Question, Record, Test, paper,
    record::Failures,
    statistics::{Difference, FEWEST, compare, correct, median},
    table::{self, Table, escaped},
};
use serde::Serialize;
use std::{
    fmt,
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
        let cells = plan.cells.iter().filter_map(|cell| CellFindings::new(cell, plan, records));
        let mut cells: Vec<_> = cells.collect();
        correct(cells.iter_mut().filter_map(|cell| cell.test.as_mut()));
        Self {
            study: study.into(),
            question: plan.question,
            returns: plan.cells.iter().all(Cell::is_agent),
            aggregation: aggregation(plan, records),
            importance: importance(&cells),
            cells,
            diverged: failures.diverged.clone(),
            failed: failures.failed.clone(),
        }
    }

    /// What the differences, tests and intervals of the table are, and what is missing of them.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let tests = self.cells.iter().filter(|cell| cell.test.is_some()).count();
        if tests > 0 {
            let mut references: Vec<_> =
                self.cells.iter().filter_map(|cell| cell.reference.as_deref()).collect();
            references.dedup();
            notes.push(format!(
                "Differences are to {}; p by Student's test paired by seed{}, corrected by Holm for {}.",
                references.join(", "),
                if self.cells.iter().any(CellFindings::is_unpaired) {
                    " (where fewer than 3 seeds are shared: Welch's)"
                } else {
                    ""
                },
                if tests == 1 { "1 comparison".into() } else { format!("{tests} comparisons") },
            ));
        }
        if self.cells.iter().any(|cell| cell.scores.len() < FEWEST) {
            notes.push(format!(
                "Fewer than {FEWEST} seeds say nothing of chance: `--seeds {FEWEST}` or more do."
            ));
        }
        notes
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
            Question::Compare => &cell.name,
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
            share: mean_share(&runs),
            epochs: median(&values(&runs, |run| run.outcome.length())),
            seconds: median(&values(&runs, |run| run.outcome.seconds())),
        })
    }

    fn is_unpaired(&self) -> bool {
        self.test.is_some_and(|test| test.method == Method::Welch)
    }

    fn title(&self) -> String {
        match self.removed {
            Some(part) => format!("− {}", part.name()),
            None => self.cell.clone(),
        }
    }
}

impl SeedScore {
    fn new(run: &Record) -> Self {
        Self { seed: run.outcome.seed(), score: run.score() }
    }
}

/// The finished runs of a cell.
fn runs<'a>(cell: &Cell, records: &'a [Record]) -> Vec<&'a Record> {
    records.iter().filter(|record| record.is_of(cell)).collect()
}

fn values(runs: &[&Record], value: impl Fn(&Record) -> f64) -> Vec<f64> {
    runs.iter().map(|run| value(run)).collect()
}

/// The mean over the runs; `None` of a task without achievements.
fn mean_share(runs: &[&Record]) -> Option<f64> {
    let shares = runs.iter().map(|run| run.outcome.share());
    let shares: Vec<_> = shares.collect::<Option<_>>()?;
    Some(Estimate::of(&shares)?.mean)
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

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = match self.question {
            Question::Compare => "rule",
            Question::Ablate => "network",
        };
        let mut table = Table::new([
            "task",
            first,
            if self.returns { "return" } else { "test accuracy, %" },
            "95 % interval",
            "of all achievements, %",
            if self.returns { "paper" } else { "paper, %" },
            if self.returns { "difference" } else { "difference, pp" },
            "95 % interval of it",
            "p",
            "paper, pp",
            "seeds",
            if self.returns { "steps" } else { "epochs" },
            "s a run",
        ]);
        for row in &self.cells {
            let difference = row.difference.as_ref();
            table.push([
                row.task.clone(),
                row.title(),
                table::estimate(&row.score, table::plain),
                table::interval(&row.score, table::plain),
                row.share.map_or(String::new(), |share| format!("{:.1}", 100.0 * share)),
                row.paper.map_or(String::new(), |paper| format!("{paper:.1}")),
                difference.map_or(String::new(), |d| table::estimate(d, table::signed)),
                difference.map_or(String::new(), |d| table::interval(d, table::signed)),
                row.test.map_or(String::new(), |test| table::probability(test.p_holm)),
                row.paper_difference.map_or(String::new(), |paper| table::signed(paper, 1)),
                row.scores.len().to_string(),
                format!("{:.0}", row.epochs),
                match row.seconds {
                    seconds if seconds < 10.0 => format!("{seconds:.1}"),
                    seconds => format!("{seconds:.0}"),
                },
            ]);
        }
        write!(f, "{table}")?;
        for note in self.notes() {
            writeln!(f, "\n{note}")?;
        }
        if let Some(aggregation) = &self.aggregation {
            write!(f, "\n{aggregation}")?;
        }
        if !self.diverged.is_empty() {
            writeln!(f, "\nDiverged, and in no row: {}.", escaped(&self.diverged.join(", ")))?;
        }
        for failed in &self.failed {
            writeln!(f, "\nIn no row: {}.", escaped(failed))?;
        }
        for (i, importance) in self.importance.iter().enumerate() {
            let space = if i == 0 { "\n" } else { "" };
            writeln!(f, "{space}- {importance}")?;
        }
        match verdict(&self.importance) {
            Some(verdict) => writeln!(f, "- {verdict}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Importance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |parts: &[(Part, f64)], decimals| {
            let part = |(part, difference): &(Part, f64)| {
                format!("{} ({})", part.name(), table::signed(*difference, decimals))
            };
            parts.iter().map(part).collect::<Vec<_>>().join(", ")
        };
        write!(f, "{}, most important first: {}", escaped(&self.task), list(&self.found, 2))?;
        if !self.paper.is_empty() {
            write!(f, "; in the paper: {}", list(&self.paper, 1))?;
        }
        Ok(())
    }
}

/// The most important part of each task; `None` of a single task.
fn verdict(tasks: &[Importance]) -> Option<String> {
    let first = |parts: fn(&Importance) -> &[(Part, f64)]| {
        let most = tasks.iter().filter_map(|task| Some((task, parts(task).first()?)));
        let most =
            most.map(|(task, (part, _))| format!("{} on {}", part.name(), escaped(&task.task)));
        most.collect::<Vec<_>>().join(", ")
    };
    let paper = match first(|task| &task.paper) {
        none if none.is_empty() => none,
        paper => format!("; in the paper: {paper}"),
    };
    (tasks.len() > 1).then(|| format!("most important: {}{paper}", first(|task| &task.found)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ending, Registry, StudySettings};

    /// A plan of the paper's ablations on both tasks, and runs with these accuracies in percent:
    /// task, cell, one a seed.
    fn found(accuracies: &[(&str, &str, &[f64])]) -> Findings {
        let (registry, set) = (Registry::built_in(), Vec::new());
        let settings = StudySettings { registry, preset: "paper", file: None, set };
        let tasks = ["mnist".to_owned(), "cifar10".to_owned()];
        let plan = Plan::ablate(&tasks, 3, &settings).unwrap();
        let runs = accuracies.iter().flat_map(|(task, cell, scores)| {
            (0..).zip(*scores).map(|(seed, score)| record(task, cell, seed, score / 100.0))
        });
        Findings::new("s".as_ref(), &plan, &runs.collect::<Vec<_>>(), &Failures::default())
    }

    fn record(task: &str, cell: &str, seed: u64, test_accuracy: f64) -> Record {
        let outcome = serde_json::json!({
            "task": task, "rule": "ed", "seed": seed, "epochs": 15, "learnt": false,
            "test_accuracy": test_accuracy, "validation_accuracy": null,
            "train_seconds": 10.0 + seed as f64, "samples_per_second": 1.0, "parameters": 1,
            "ei_ratio": [], "floor_share": [], "warning": null, "run": "",
        });
        let outcome = Ending::Classification(serde_json::from_value(outcome).unwrap());
        Record { cell: cell.into(), outcome }
    }

    #[test]
    fn differences_are_paired_by_seed() {
        // Seeds differ by far more than the removal costs, and lose one point each. The last seed
        // of the whole network is not there yet.
        let found =
            found(&[("mnist", "full", &[90.0, 60.0]), ("mnist", "no-widths", &[89.0, 59.0, 99.0])]);
        let [full, without] = &found.cells[..] else { panic!("{found:?}") };
        assert_eq!(full.difference, None);
        let difference = without.difference.as_ref().unwrap();
        let interval = difference.interval.unwrap();
        for value in [difference.mean, interval[0], interval[1]] {
            assert!((value + 1.0).abs() < 1e-9, "{difference:?}");
        }
        assert_eq!(without.scores.len(), 3);
        assert_eq!(without.seconds, 11.0);
    }

    #[test]
    fn the_papers_figures_stand_beside() {
        let found = found(&[
            ("mnist", "full", &[97.0]),
            ("mnist", "no-widths", &[20.0]),
            ("cifar10", "full", &[60.0]),
            ("cifar10", "no-centring", &[10.0]),
        ]);
        let paper: Vec<_> = found.cells.iter().map(|row| row.paper_difference).collect();
        assert_eq!(paper, [None, Some(-71.4), None, Some(-47.9)]);
        let text = found.to_string();
        for line in [
            "| mnist   | full             | 97.00            | 96.7     |",
            "| mnist   | − widths         | 20.00            | 25.3     | −77.00         | −71.4",
            "| cifar10 | full             | 60.00            | 61.7     |",
            "| cifar10 | − batch-centring | 10.00            | 13.8     | −50.00         | −47.9",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        // A single seed has no interval, and what nobody has is no column.
        assert!(!text.contains('±') && !text.contains("interval"), "{text}");
        // Not every part was removed, so there is no order.
        assert_eq!(found.importance, []);
    }

    #[test]
    fn the_order_of_importance_is_that_of_the_losses() {
        let [m, c] = ["mnist", "cifar10"];
        let mut runs = vec![
            (m, "full", &[97.0][..]),
            (m, "no-centring", &[96.0]),
            (m, "no-widths", &[20.0]),
            (m, "no-asymmetry", &[97.5]),
            (c, "full", &[60.0]),
            (c, "no-centring", &[10.0]),
            (c, "no-widths", &[40.0]),
            (c, "no-asymmetry", &[55.0]),
        ];
        let text = found(&runs).to_string();
        for line in [
            "- mnist, most important first: widths (−77.00), batch-centring (−1.00), asymmetric \
             initialisation (+0.50); in the paper: widths (−71.4), batch-centring (−0.3), \
             asymmetric initialisation (+0.0)\n",
            "- cifar10, most important first: batch-centring (−50.00), widths (−20.00), asymmetric \
             initialisation (−5.00); in the paper: batch-centring (−47.9), widths (−15.1), \
             asymmetric initialisation (−5.5)\n",
            "- most important: widths on mnist, batch-centring on cifar10; in the paper: widths on \
             mnist, batch-centring on cifar10\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        (runs[5].2, runs[6].2) = (&[40.0], &[10.0]);
        let text = found(&runs).to_string();
        assert!(text.contains("- most important: widths on mnist, widths on cifar10; "), "{text}");
    }
}
