//! The outputs of a sweep: its configurations in order, a figure, and the best ones as files.

use super::{SweepFindings, SweepPlan, best, figure::figure, judge::Judged};
use crate::{Cell, Error, Plan, report::save_figure};
use std::path::Path;

/// Says what the runs in the folder of a sweep found so far, and writes `settings.svg`, `settings.png` and
/// `best-TASK-RULE.toml` there.
///
/// # Errors
/// If a file cannot be written.
pub(crate) fn collect(
    folder: &Path,
    plan: &Plan,
    sweep: &SweepPlan,
) -> Result<SweepFindings, Error> {
    let judged = |cell: &Cell, seed: u64| judged(folder, plan, cell, seed);
    let findings = SweepFindings::new(folder, plan, &judged);
    if let Some(figure) = figure(&findings, &sweep.varied)? {
        let [svg, png] = ["settings.svg", "settings.png"].map(|name| folder.join(name));
        save_figure(&figure, &svg, &png)?;
    }
    best::write(&findings, plan)?;
    Ok(findings)
}

/// What a cell's run achieved: at its end, or on the highest rung that it has reached.
fn judged(folder: &Path, plan: &Plan, cell: &Cell, seed: u64) -> Option<Judged> {
    let runs = plan.names(cell, seed).into_iter().rev();
    runs.map(|run| folder.join(run)).find_map(|run| Judged::read(&run))
}
