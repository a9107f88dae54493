//! What a study found: a row a cell, beside the paper's figures.

use crate::{
    Cell, Estimate, Part, Plan, Question, Record, paper,
    statistics::median,
    table::{self, Table},
};
use serde::Serialize;
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// What a study found. Displayed it is Markdown; scores are test accuracies in percent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Findings {
    /// The study's folder.
    pub study: PathBuf,
    /// What it asks.
    pub question: Question,
    /// Its cells that have a finished run.
    pub cells: Vec<CellFindings>,
    /// In an ablation, task by task, what its parts are worth.
    pub importance: Vec<Importance>,
    /// The runs that diverged and are in no row.
    pub diverged: Vec<String>,
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
    /// What the scores say together, in percent.
    #[serde(flatten)]
    pub score: Estimate,
    /// The paper's score.
    pub paper: Option<f64>,
    /// In an ablation: the score minus the whole network's, seed by seed, in percentage points.
    pub difference: Option<Estimate>,
    /// The paper's difference.
    pub paper_difference: Option<f64>,
    /// Median epochs of a run.
    pub epochs: f64,
    /// Median seconds of a run.
    pub seconds: f64,
}

/// The score of one run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SeedScore {
    /// Its seed.
    pub seed: u64,
    /// Its test accuracy in percent.
    pub score: f64,
}

/// The parts of a network by what their removal costs, the dearest first.
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
    pub(crate) fn new(study: &Path, plan: &Plan, records: &[Record], diverged: &[String]) -> Self {
        let cells: Vec<_> =
            plan.cells.iter().filter_map(|cell| CellFindings::new(cell, plan, records)).collect();
        Self {
            study: study.into(),
            question: plan.question,
            importance: importance(&cells),
            cells,
            diverged: diverged.into(),
        }
    }
}

impl CellFindings {
    /// `None` if the cell has no finished run.
    fn new(cell: &Cell, plan: &Plan, records: &[Record]) -> Option<Self> {
        let task = cell.task();
        let runs: Vec<_> = records.iter().filter(|record| record.is_of(cell)).collect();
        let scores = scores(cell, records);
        let score = Estimate::of(&values(&scores))?;
        let whole = plan.cells.iter().find(|other| {
            cell.removed.is_some() && other.removed.is_none() && other.task() == task
        });
        let rule = if plan.question == Question::Ablate { "ed" } else { &cell.name };
        let paper_difference = cell.removed.and_then(|part| paper::difference(&task, part));
        let paper = paper::accuracy(&task, rule).map(|whole| match cell.removed {
            Some(_) => paper_difference.map(|difference| whole + difference),
            None => Some(whole),
        });
        let median_of = |value: fn(&Record) -> f64| {
            median(&runs.iter().map(|record| value(record)).collect::<Vec<_>>())
        };
        Some(Self {
            removed: cell.removed,
            score,
            paper: paper.flatten(),
            difference: whole
                .and_then(|whole| Estimate::of(&paired(&scores, &self::scores(whole, records)))),
            paper_difference,
            epochs: median_of(|record| record.outcome.epochs as f64),
            seconds: median_of(|record| record.outcome.train_seconds),
            task,
            cell: cell.name.clone(),
            scores,
        })
    }

    fn title(&self) -> String {
        match self.removed {
            Some(part) => format!("− {}", part.name()),
            None => self.cell.clone(),
        }
    }
}

fn scores(cell: &Cell, records: &[Record]) -> Vec<SeedScore> {
    let runs = records.iter().filter(|record| record.is_of(cell));
    runs.map(|record| SeedScore { seed: record.outcome.seed, score: record.score() }).collect()
}

fn values(scores: &[SeedScore]) -> Vec<f64> {
    scores.iter().map(|score| score.score).collect()
}

/// `scores` minus `others`, for each seed that both have.
fn paired(scores: &[SeedScore], others: &[SeedScore]) -> Vec<f64> {
    let difference = |score: &SeedScore| {
        let other = others.iter().find(|other| other.seed == score.seed)?;
        Some(score.score - other.score)
    };
    scores.iter().filter_map(difference).collect()
}

/// For each task of which every part was removed, the parts by what that cost.
fn importance(cells: &[CellFindings]) -> Vec<Importance> {
    let wholes = cells.iter().filter(|row| row.removed.is_none());
    let of_task = |task: &String| {
        let rows = cells.iter().filter(|row| row.task == *task);
        let differences = rows.map(|row| Some((row.removed?, row.difference.as_ref()?.mean)));
        let found = sorted(differences.flatten().collect());
        let paper = Part::ALL.into_iter().map(|part| Some((part, paper::difference(task, part)?)));
        let paper = sorted(paper.flatten().collect());
        (found.len() == Part::ALL.len()).then(|| Importance { task: task.clone(), found, paper })
    };
    wholes.filter_map(|whole| of_task(&whole.task)).collect()
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
            "test accuracy, %",
            "95 % interval",
            "paper, %",
            "difference, pp",
            "95 % interval of it",
            "paper, pp",
            "seeds",
            "epochs",
            "s a run",
        ]);
        for row in &self.cells {
            let difference = row.difference.as_ref();
            table.push([
                row.task.clone(),
                row.title(),
                table::estimate(&row.score, table::plain),
                table::interval(&row.score, table::plain),
                row.paper.map_or(String::new(), |paper| format!("{paper:.1}")),
                difference.map_or(String::new(), |d| table::estimate(d, table::signed)),
                difference.map_or(String::new(), |d| table::interval(d, table::signed)),
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
        if !self.diverged.is_empty() {
            writeln!(f, "\nDiverged, and in no row: {}.", self.diverged.join(", "))?;
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
        write!(f, "{}, most important first: {}", self.task, list(&self.found, 2))?;
        if !self.paper.is_empty() {
            write!(f, "; in the paper: {}", list(&self.paper, 1))?;
        }
        Ok(())
    }
}

/// Whether the order of importance is the same on all tasks; `None` of a single one.
fn verdict(tasks: &[Importance]) -> Option<String> {
    let order = |parts: &[(Part, f64)]| parts.iter().map(|(part, _)| *part).collect::<Vec<_>>();
    let differs = |orders: Vec<Vec<Part>>| match orders.windows(2).all(|two| two[0] == two[1]) {
        true => "is the same on every task",
        false => "changes from task to task",
    };
    let found: Vec<_> = tasks.iter().map(|task| order(&task.found)).collect();
    let known = tasks.iter().filter(|task| !task.paper.is_empty());
    let paper: Vec<_> = known.map(|task| order(&task.paper)).collect();
    (found.len() > 1).then(|| {
        let beside = match paper.len() {
            0 | 1 => String::new(),
            _ => format!("; in the paper it {}", differs(paper)),
        };
        format!("the order of importance {}{beside}", differs(found))
    })
}
