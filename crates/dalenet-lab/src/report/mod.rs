//! One page on many runs: what was run, how it ended, and what happened in the layers.

mod canvas;
mod figures;
mod page;
mod study;

pub(crate) use canvas::{Area, colour, figure, panels, split};
pub(crate) use figures::{Axes, Line, UNLIMITED, lines};

use crate::{Error, files};
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
};
use study::Study;

/// By this a page or a figure is known to be ours, and may be replaced by a newer one.
const MARK: &str = "written by `dalenet report`";

/// What [`report`] wrote.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The page.
    pub page: PathBuf,
    /// Its figures as files of their own.
    pub figures: Vec<PathBuf>,
    /// How many runs it is about.
    pub runs: usize,
    /// How many configurations these have, seeds apart.
    pub groups: usize,
}

/// Writes a page on the runs in `folders` (each a run, or a folder with runs somewhere in it) to
/// `out`, `x.html`, and its figures to `x/*.svg`. The page needs no other file.
///
/// An older report is replaced; any other file that is in the way is left as it is.
///
/// # Errors
/// If there are no runs, one of their files cannot be read, or something else is in the way.
pub fn report(folders: &[PathBuf], out: &Path) -> Result<Report, Error> {
    let study = Study::read(folders)?;
    let figures = figures::all(&study)?;
    let page = page::page(&study, &figures);

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
