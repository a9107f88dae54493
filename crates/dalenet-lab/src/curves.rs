//! How agents learnt: the return over the steps of the training.

use crate::{
    Cell, Error, UpdateMetrics,
    report::{Line, returns, returns_figure, rule_style},
};

/// The figure of a study's cells, each with what was measured in its runs: a panel a task, a curve
/// a rule, mean ± standard deviation over the seeds; the legend names the rules that are drawn. `None`
/// if nothing was measured.
pub(crate) fn curves(cells: &[(&Cell, Vec<Vec<UpdateMetrics>>)]) -> Result<Option<String>, Error> {
    let lines = cells.iter().map(|(cell, runs)| {
        let runs: Vec<_> = runs.iter().map(Vec::as_slice).collect();
        (*cell, Line::new(rule_style(&cell.name), returns(&runs)))
    });
    let (mut panels, mut legend) = (Vec::<(&str, Vec<Line>)>::new(), Vec::new());
    for (cell, line) in lines.filter(|(_, line)| !line.points.is_empty()) {
        if !legend.iter().any(|(rule, _)| *rule == cell.name) {
            legend.push((cell.name.clone(), rule_style(&cell.name)));
        }
        let task = cell.config.task();
        match panels.iter_mut().find(|(of, _)| *of == task) {
            Some((_, lines)) => lines.push(line),
            None => panels.push((task, vec![line])),
        }
    }
    if panels.is_empty() {
        return Ok(None);
    }
    let title = "Return in training, mean ± one standard deviation over the seeds";
    returns_figure(title, &legend, panels).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Plan, Registry, StudySettings};

    /// An update of a run, at which the last episodes returned so much.
    fn update(steps: u64, recent: f64) -> UpdateMetrics {
        let line = format!(
            r#"{{"update": 1, "steps": {steps}, "reward": 0, "episodes": 3, "recent_return": {recent},
            "recent_episodes": 3, "entropy": 1, "kl": 0, "clip_fraction": 0, "explained_variance": 0,
            "value_loss": 0, "gradient_norm": 1, "rate": 1e-3, "failures": 0, "ei_ratio": [], "floor_share": [],
            "steps_per_second": 1, "seconds": 1}}"#
        );
        serde_json::from_str(&line).unwrap()
    }

    #[test]
    fn the_legend_names_the_rules_that_are_drawn() {
        let settings = StudySettings {
            registry: Registry::built_in(),
            preset: "paper",
            file: None,
            set: Vec::new(),
        };
        let rules = ["ed", "dfa", "bp"].map(str::to_owned);
        let plan = Plan::compare(&["brax/ant".to_owned()], &rules, 1, &settings).unwrap();
        let runs = [vec![vec![update(1, 0.0), update(2, 3.0)]], vec![], vec![vec![update(1, 2.0)]]];
        let cells: Vec<_> = plan.cells.iter().zip(runs).collect();
        let figure = curves(&cells).unwrap().unwrap();
        let named = |rule: &str| figure.contains(&format!("\n{rule}\n</text>"));
        assert_eq!(["ed", "dfa", "bp"].map(named), [true, false, true]);
        assert_eq!(curves(&cells[1..2]).unwrap(), None);
    }
}
