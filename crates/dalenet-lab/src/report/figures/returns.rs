//! Return over steps.

use crate::{
    Error, UpdateMetrics,
    report::{
        canvas::{self, Area},
        chart::{self, Axes, Line, Panel, Ticks},
        style::Style,
    },
    statistics::Spread,
};

/// A figure of returns over steps, a panel a task.
pub fn returns_figure(
    title: &str,
    legend: &[(String, Style)],
    tasks: Vec<(&str, Vec<Line>)>,
) -> Result<String, Error> {
    let several = tasks.len() > 1;
    let axes = Axes::new("steps of all environments", Ticks::Many, "return");
    let panel = |(task, lines)| Panel { title: if several { task } else { "" }, axes, lines };
    let panels: Vec<_> = tasks.into_iter().map(panel).collect();
    let draw = |area: &Area<'_>| chart::draw(area, &panels, false);
    canvas::figure(title, legend, chart::height(panels.len()), draw)
}

/// Mean and deviation over the runs of an agent's recent return, over steps: at the updates that all have
/// made and at which all know it.
pub fn returns(runs: &[&[UpdateMetrics]]) -> Vec<(f64, Spread)> {
    let curves: Vec<_> = runs.iter().map(|run| recent_returns(run)).collect();
    let updates = curves.iter().map(Vec::len).min().unwrap_or(0);
    let point = |i: usize| {
        let values: Option<Vec<_>> = curves.iter().map(|curve| curve[i]).collect();
        Some((runs[0][i].steps as f64, Spread::of(&values?)?))
    };
    (0..updates).filter_map(point).collect()
}

/// The mean return of the last 100 episodes at every update; runs of before 0.3 have only that of the episodes
/// of an update, which is carried forward to updates in which none ended.
fn recent_returns(run: &[UpdateMetrics]) -> Vec<Option<f64>> {
    let mut last = None;
    let recent = |update: &UpdateMetrics| {
        last = update.recent_return.or(update.return_mean).or(last);
        last
    };
    run.iter().map(recent).collect()
}
