//! How agents learnt: the reward of a step over the steps of the training.

use crate::{
    Cell, Error, UpdateMetrics,
    report::{Axes, Line, UNLIMITED, figure, lines, panels, rule_colour, split},
    statistics::Spread,
};

/// Points of a curve.
const POINTS: usize = 100;

/// The figure of a study's cells, each with what was measured in its runs: a panel a task, a curve
/// a rule, mean ± standard deviation over the seeds. `None` if nothing was measured.
pub(crate) fn curves(cells: &[(&Cell, Vec<Vec<UpdateMetrics>>)]) -> Result<Option<String>, Error> {
    let (mut tasks, mut rules) = (Vec::new(), Vec::new());
    for (cell, _) in cells {
        if !tasks.contains(&cell.config.task()) {
            tasks.push(cell.config.task());
        }
        if !rules.contains(&cell.name.as_str()) {
            rules.push(cell.name.as_str());
        }
    }
    let of_task = |task: &str| -> Vec<Line> {
        let cells = cells.iter().filter(|(cell, _)| cell.config.task() == task);
        let line = |(cell, runs): &(&Cell, Vec<Vec<UpdateMetrics>>)| Line {
            colour: rule_colour(&cell.name),
            points: curve(runs),
        };
        cells.map(line).filter(|line| !line.points.is_empty()).collect()
    };
    let drawn: Vec<_> = tasks.iter().map(|task| (*task, of_task(task))).collect();
    let drawn: Vec<_> = drawn.into_iter().filter(|(_, lines)| !lines.is_empty()).collect();
    if drawn.is_empty() {
        return Ok(None);
    }
    let legend: Vec<_> = rules.iter().map(|rule| ((*rule).to_owned(), rule_colour(rule))).collect();
    let (_, height) = panels(drawn.len());
    let title = "Reward a step in training, mean ± one standard deviation over the seeds";
    let paint = |area: &crate::report::Area<'_>| {
        for ((task, drawn), panel) in drawn.iter().zip(split(area, drawn.len())) {
            let axes = Axes {
                title: task,
                x: "10⁶ steps of all environments",
                y: "reward a step",
                logarithmic: false,
                at: None,
                possible: UNLIMITED,
            };
            lines(&panel, &axes, drawn)?;
        }
        Ok(())
    };
    figure(title, &legend, height, paint).map(Some)
}

/// Mean and deviation over the runs, at the updates that all of them have made, several together.
fn curve(runs: &[Vec<UpdateMetrics>]) -> Vec<(f64, Spread)> {
    let known = |run: &&Vec<UpdateMetrics>| run.iter().all(|update| update.reward.is_some());
    let runs: Vec<_> = runs.iter().filter(known).collect();
    let updates = runs.iter().map(|run| run.len()).min().unwrap_or(0);
    let width = updates.div_ceil(POINTS).max(1);
    let point = |start: usize| {
        let end = (start + width).min(updates);
        let of_run = |run: &&Vec<UpdateMetrics>| {
            let rewards = run[start..end].iter().filter_map(|update| update.reward);
            rewards.sum::<f64>() / (end - start) as f64
        };
        let spread = Spread::of(&runs.iter().map(of_run).collect::<Vec<_>>())?;
        Some((runs[0][end - 1].steps as f64 / 1e6, spread))
    };
    (0..updates).step_by(width).filter_map(point).collect()
}
