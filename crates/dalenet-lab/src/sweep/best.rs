//! The best configurations as files that `dalenet train --config` takes.

use super::{SweepFindings, findings::SweepGroup};
use crate::{Error, Plan, files, table};
use std::path::Path;

/// Writes the best configuration of each rule on each task, where one has been trained to its end.
///
/// # Errors
/// If a file cannot be written.
pub fn write(findings: &SweepFindings, plan: &Plan) -> Result<(), Error> {
    findings.groups.iter().try_for_each(|group| match &group.best {
        Some(path) => write_group(group, path, plan),
        None => Ok(()),
    })
}

fn write_group(group: &SweepGroup, path: &Path, plan: &Plan) -> Result<(), Error> {
    let Some(best) = group.ranked.first() else { return Ok(()) };
    let found = plan.cells.iter().find(|cell| cell.name == best.cell && cell.task() == group.task);
    let Some(cell) = found else { return Ok(()) };
    let measure = if cell.is_agent() { "as mean return" } else { "% of the held-out samples" };
    let score = table::estimate(&best.score, table::plain);
    let (count, file) = (group.ranked.len(), path.file_name().unwrap_or_default());
    let header = format!(
        "# The best of {count} configurations of a sweep: {score} {measure}.\n\
         # `dalenet compare {task} --rules {rule} --config {file}` measures it with seeds that had no part in the \
         choice.\n\n",
        task = cell.config.task(),
        rule = group.rule,
        file = file.to_string_lossy(),
    );
    let config = cell.config.clone().with_seed(0).commented();
    files::write(path, (header + &config).as_bytes())
}
