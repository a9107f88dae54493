//! One page on many runs: configurations, results, and figures on the layers.

mod canvas;
mod chart;
mod command;
mod dots;
mod figure;
mod figures;
mod label;
mod left_out;
mod page;
mod palette;
mod picture;
mod study;
mod style;
mod tables;

pub(crate) use chart::{Axes, Line, Panel, Ticks};
pub(crate) use figures::{
    Axis, Dot, SettingPanel, profiles, returns, returns_figure, settings_figure,
};
pub use left_out::LeftOut;
pub(crate) use palette::colour;
pub(crate) use style::Style;

use crate::{Error, files};
use canvas::MARK;
use figure::Figure;
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
};
use study::{Group, Study};

/// The style of a rule in every figure.
pub(crate) fn rule_style(rule: &str) -> style::Style {
    style::Style::solid(style::rule_colour(rule))
}

/// What [`report`] wrote.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The page.
    #[serde(serialize_with = "files::lossy")]
    pub page: PathBuf,
    /// Its figures as files of their own, in SVG.
    #[serde(serialize_with = "files::all_lossy")]
    pub figures: Vec<PathBuf>,
    /// The same in PNG.
    #[serde(serialize_with = "files::all_lossy")]
    pub pictures: Vec<PathBuf>,
    /// How many runs it is about.
    pub runs: usize,
    /// How many configurations these have, seeds apart.
    pub groups: usize,
    /// Each configuration with its runs.
    pub configurations: Vec<Configuration>,
    /// Runs that cannot be shown.
    pub left_out: Vec<LeftOut>,
    /// Runs whose weights cannot be drawn; all else is shown.
    pub undrawn: Vec<LeftOut>,
}

/// A configuration of a report.
#[derive(Clone, Debug, Serialize)]
pub struct Configuration {
    /// What the page calls it.
    pub label: String,
    /// Folders of its runs, by seed.
    #[serde(serialize_with = "files::all_lossy")]
    pub runs: Vec<PathBuf>,
}

/// Writes a page on the runs in `folders` (each a run, or a folder with runs somewhere in it) to
/// `out`, `x.html`, and its figures to `x/*.svg` and `x/*.png`. The page needs no other file.
///
/// Classifications and agents stand on one page. Runs that cannot be read (damaged files) are left out, and the page says so. An older report
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
    let path = |figure: &Figure, ending: &str| folder.join(format!("{}.{ending}", figure.name));
    let svgs: Vec<_> = figures.iter().map(|figure| path(figure, "svg")).collect();
    let pngs: Vec<_> = figures.iter().map(|figure| path(figure, "png")).collect();
    let all = svgs.iter().chain(&pngs).map(PathBuf::as_path);
    all.chain([out]).try_for_each(may_be_written)?;
    for made in [&folder, out.parent().unwrap_or(Path::new(""))] {
        if !made.as_os_str().is_empty() {
            fs::create_dir_all(made).map_err(Error::file("create", made))?;
        }
    }
    files::write(out, page.as_bytes())?;
    for (figure, (svg, png)) in figures.iter().zip(svgs.iter().zip(&pngs)) {
        save_figure(&figure.svg, svg, png)?;
    }
    Ok(Report {
        page: out.into(),
        figures: svgs,
        pictures: pngs,
        runs: study.runs(),
        groups: study.groups.len(),
        configurations: study.groups.iter().map(Configuration::new).collect(),
        left_out: study.left_out,
        undrawn,
    })
}

/// A figure of panels of curves, each with axes of its own.
pub(crate) fn panels(
    title: &str,
    legend: &[(String, Style)],
    drawn: &[Panel<'_>],
) -> Result<String, Error> {
    let paint = |area: &canvas::Area<'_>| chart::draw(area, drawn, false);
    canvas::figure(title, legend, chart::height(drawn.len()), paint)
}

/// Writes a figure as SVG and as PNG.
pub(crate) fn save_figure(figure: &str, svg: &Path, png: &Path) -> Result<(), Error> {
    files::write(svg, figure.as_bytes())?;
    files::write(png, &picture::picture(figure)?)
}

impl Configuration {
    fn new(group: &Group) -> Self {
        let runs = group.records.iter().map(|record| record.folder.clone());
        Self { label: group.label.clone(), runs: runs.collect() }
    }
}

/// Whether nothing is there, or an older report.
pub(crate) fn may_be_written(path: &Path) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    let mark = MARK.as_bytes();
    let ours = fs::read(path).is_ok_and(|bytes| bytes.windows(mark.len()).any(|part| part == mark));
    if ours { Ok(()) } else { Err(Error::NotAReport(path.into())) }
}
