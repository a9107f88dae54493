//! One page on many runs: configurations, results, and figures on the layers.

mod canvas;
mod chart;
mod figure;
mod figures;
mod left_out;
mod page;
mod study;

pub(crate) use canvas::{Area, figure, panels, rule_colour, split};
pub(crate) use chart::{Axes, Line, UNLIMITED, lines};
pub use left_out::LeftOut;

use crate::{Error, files};
use canvas::MARK;
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
};
use study::Study;

/// What [`report`] wrote.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The page.
    #[serde(serialize_with = "files::lossy")]
    pub page: PathBuf,
    /// Its figures as files of their own.
    #[serde(serialize_with = "files::all_lossy")]
    pub figures: Vec<PathBuf>,
    /// How many runs it is about.
    pub runs: usize,
    /// How many configurations these have, seeds apart.
    pub groups: usize,
    /// Runs that cannot be shown.
    pub left_out: Vec<LeftOut>,
    /// Runs whose weights cannot be drawn; all else is shown.
    pub undrawn: Vec<LeftOut>,
}

/// Writes a page on the runs in `folders` (each a run, or a folder with runs somewhere in it) to
/// `out`, `x.html`, and its figures to `x/*.svg`. The page needs no other file.
///
/// Runs that cannot be read (agents, damaged files) are left out, and the page says so. An older report
/// is replaced; any other file that is in the way is left as it is.
///
/// # Errors
/// If none of the runs can be read, or something else is in the way.
pub fn report(folders: &[PathBuf], out: &Path) -> Result<Report, Error> {
    let study = Study::read(folders)?;
    let (figures, undrawn) = figures::all(&study)?;
    let page = page::page(&study, &figures, &undrawn);

    let folder = out.with_extension("");
    let folder = if folder == out { out.with_extension("figures") } else { folder };
    let mut texts = vec![(out.to_owned(), page)];
    for figure in figures {
        texts.push((folder.join(format!("{}.svg", figure.name)), figure.svg));
    }
    texts.iter().try_for_each(|(path, _)| may_be_written(path))?;
    for made in [&folder, out.parent().unwrap_or(Path::new(""))] {
        if !made.as_os_str().is_empty() {
            fs::create_dir_all(made).map_err(Error::file("create", made))?;
        }
    }
    texts.iter().try_for_each(|(path, text)| files::write(path, text.as_bytes()))?;
    Ok(Report {
        page: out.into(),
        figures: texts.into_iter().skip(1).map(|(path, _)| path).collect(),
        runs: study.runs(),
        groups: study.groups.len(),
        left_out: study.left_out,
        undrawn,
    })
}

/// Whether nothing is there, or an older report.
fn may_be_written(path: &Path) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    let ours = fs::read_to_string(path).is_ok_and(|text| text.contains(MARK));
    if ours { Ok(()) } else { Err(Error::NotAReport(path.into())) }
}
