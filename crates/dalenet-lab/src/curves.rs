//! How agents learnt: the return over the steps of the training.

use crate::{
    Cell, Error, UpdateMetrics,
    report::{Line, returns, returns_figure, rule_style},
};

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
        let line = |(cell, runs): &(&Cell, Vec<Vec<UpdateMetrics>>)| {
            let runs: Vec<_> = runs.iter().map(Vec::as_slice).collect();
            Line::new(rule_style(&cell.name), returns(&runs))
        };
        cells.map(line).filter(|line| !line.points.is_empty()).collect()
    };
    let drawn = tasks.iter().map(|task| (*task, of_task(task)));
    let drawn: Vec<_> = drawn.filter(|(_, lines)| !lines.is_empty()).collect();
    if drawn.is_empty() {
        return Ok(None);
    }
    let legend: Vec<_> = rules.iter().map(|rule| ((*rule).to_owned(), rule_style(rule))).collect();
    let title = "Return in training, mean ± one standard deviation over the seeds";
    returns_figure(title, &legend, drawn).map(Some)
}
