//! Test accuracy of each classification and return of each agent, at the end.

use crate::{
    Error,
    report::{
        canvas::{self, Area},
        dots::{self, Row, Section},
        figure::{Figure, range, styles},
        study::{Group, Study},
        style::Style,
    },
    statistics::Estimate,
    table,
};

const CAPTION: &str = "Filled dots are means over seeds, bars their 95 % intervals by Student's t (none of \
                       fewer than three seeds), rings the single runs.";

/// The share of the test samples that are right.
pub fn accuracy(study: &Study) -> Result<Option<Figure>, Error> {
    let sections = sections(study, false, [0.0, 100.0], " %");
    let means = means(&sections);
    let Some(between) = range(&means, |mean| format!("{mean:.2}")) else { return Ok(None) };
    let title = format!("{between} % of the test samples are right");
    let what = "Share of the test samples that are right at the end.";
    figure("accuracy", &title, what, &sections).map(Some)
}

/// The mean return of the episodes after the training.
pub fn returns(study: &Study) -> Result<Option<Figure>, Error> {
    let sections = sections(study, true, [f64::NEG_INFINITY, f64::INFINITY], "");
    let means = means(&sections);
    let title = match (range(&means, |mean| format!("{mean:.0}")), sections.len()) {
        (None, _) => return Ok(None),
        (Some(between), 1) => format!("Return at the end: {between}"),
        (Some(_), _) => "Return at the end, task by task".into(),
    };
    let what =
        "Mean return of the evaluation's episodes, after the training; each task has its own axis.";
    figure("final-return", &title, what, &sections).map(Some)
}

fn figure(name: &str, title: &str, what: &str, sections: &[Section<'_>]) -> Result<Figure, Error> {
    let draw = |area: &Area<'_>| dots::draw(area, sections);
    let svg = canvas::figure(title, &[], dots::height(sections), draw)?;
    let starts = |section: &Section<'_>| {
        let low = section.scale()?.low;
        (low > 0.0).then(|| format!("{}{}", trimmed(low), section.unit))
    };
    let starts: Vec<_> = sections.iter().filter_map(starts).collect();
    let axis = match &starts[..] {
        [] => String::new(),
        [start] => format!(" The axis starts at {start}, not at 0."),
        starts => format!(" Axes start at {}, not at 0.", starts.join(", ")),
    };
    let caption = format!("{what} {CAPTION}{axis}");
    Ok(Figure { name: name.into(), caption, svg })
}

/// A number without zeros at its end.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A section a task.
fn sections<'a>(
    study: &'a Study,
    agents: bool,
    possible: [f64; 2],
    unit: &'static str,
) -> Vec<Section<'a>> {
    let (styles, tasks) = (styles(study), study.tasks());
    let several = tasks.len() > 1;
    let of_kind = tasks.into_iter().filter(|(_, groups)| groups[0].1.is_agent() == agents);
    let section = |(title, groups): (&'a str, Vec<(usize, &Group)>)| {
        let rows = groups.iter().map(|(i, group)| row(group, styles[*i], several, unit)).collect();
        Section { title: if several { title } else { "" }, rows, possible, unit }
    };
    let sections: Vec<_> = of_kind.map(section).collect();
    let finished = |section: &Section<'_>| section.rows.iter().any(|row| !row.values.is_empty());
    sections.into_iter().filter(finished).collect()
}

fn row(group: &Group, style: Style, several: bool, unit: &str) -> Row {
    let values: Vec<_> = group.scores().into_iter().map(|(_, score)| score).collect();
    let text = match Estimate::of(&values) {
        Some(estimate) => table::estimate(&estimate, table::plain) + unit,
        None => "unfinished".into(),
    };
    let label = if several { &group.name } else { &group.label };
    Row { label: label.clone(), style, values, text }
}

fn means(sections: &[Section<'_>]) -> Vec<f64> {
    let rows = sections.iter().flat_map(|section| &section.rows);
    rows.filter_map(|row| Some(Estimate::of(&row.values)?.mean)).collect()
}
