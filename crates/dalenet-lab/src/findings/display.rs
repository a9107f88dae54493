//! Findings as a table in Markdown.

use super::{CellFindings, Findings, Importance};
use crate::{
    Part, Question,
    statistics::FEWEST,
    table::{self, Table, escaped},
};
use std::fmt;

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sweep {
            Some(sweep) => write!(f, "{sweep}")?,
            None => write!(f, "{}", self.table())?,
        }
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
        for sentence in &self.mixed {
            writeln!(f, "\n{sentence}")?;
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

impl Findings {
    /// A row a cell.
    fn table(&self) -> Table {
        let first = match self.question {
            Question::Compare | Question::Sweep => "rule",
            Question::Ablate => "network",
        };
        let mut table = Table::new([
            "task",
            first,
            if self.returns { "return" } else { "test accuracy, %" },
            "95 % interval",
            "of all achievements, %",
            "last episodes of the training",
            if self.returns { "paper" } else { "paper, %" },
            if self.returns { "difference" } else { "difference, pp" },
            "95 % interval of it",
            "p",
            "paper, pp",
            "seeds",
            if self.returns { "steps" } else { "epochs" },
        ]);
        for row in &self.cells {
            let difference = row.difference.as_ref();
            table.push([
                row.task.clone(),
                row.title(),
                table::estimate(&row.score, table::plain),
                table::interval(&row.score, table::plain),
                row.share.map_or(String::new(), |share| format!("{:.1}", 100.0 * share)),
                row.recent.as_ref().map_or(String::new(), |r| table::estimate(r, table::plain)),
                row.paper.map_or(String::new(), |paper| format!("{paper:.1}")),
                difference.map_or(String::new(), |d| table::estimate(d, table::signed)),
                difference.map_or(String::new(), |d| table::interval(d, table::signed)),
                row.test.map_or(String::new(), |test| table::probability(test.p_holm)),
                row.paper_difference.map_or(String::new(), |paper| table::signed(paper, 1)),
                row.scores.len().to_string(),
                format!("{:.0}", row.epochs),
            ]);
        }
        table
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

impl Findings {
    /// The median time of a run of each cell, in one line. It is in no table: tables depend on the runs
    /// alone, and not on the machine or on what else it did.
    pub fn times(&self) -> String {
        let time = |row: &CellFindings| match row.seconds {
            seconds if seconds < 10.0 => format!("{} {} {seconds:.1} s", row.task, row.cell),
            seconds => format!("{} {} {seconds:.0} s", row.task, row.cell),
        };
        let times: Vec<_> = self.cells.iter().map(time).collect();
        format!("median time of a run: {}", times.join(", "))
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
    fn title(&self) -> String {
        match self.removed {
            Some(part) => format!("− {}", part.name()),
            None => self.cell.clone(),
        }
    }
}
