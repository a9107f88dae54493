//! What agents achieve in a game.

use crate::{
    Error,
    report::{
        canvas::{self, Area, Drawn, WIDTH, text, width_of},
        figure::{Figure, legend, styles},
        palette::{GRID, INK, PALE},
        study::{Group, Study},
        style::Style,
    },
    statistics::Spread,
};
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use std::collections::BTreeMap;

const ROW: i32 = 21;
const AXIS: i32 = 30;

/// An achievement: its name and, for each group that has a result, its style and the share of the episodes.
type Row = (String, Vec<(Style, f64)>);

/// A figure a task that has achievements.
pub fn achievements(study: &Study) -> Result<Vec<Figure>, Error> {
    let mut figures = Vec::new();
    for (number, (task, groups)) in (1..).zip(super::ppo::agents(study)) {
        let (rows, never) = rows(study, &groups);
        if rows.is_empty() {
            continue;
        }
        let legend = legend(study, groups.iter().copied());
        let title = format!(
            "{task}: {} of {} achievements are unlocked",
            rows.len(),
            rows.len() + never.len()
        );
        let height = ROW * rows.len() as i32 + AXIS;
        let svg = canvas::figure(&title, &legend, height, |area| draw(area, &rows))?;
        let never = match never.is_empty() {
            true => String::new(),
            false => format!(" Never: {}.", never.join(", ")),
        };
        let caption = format!(
            "Share of the evaluation's episodes in which each achievement is unlocked, mean over seeds.{never}"
        );
        figures.push(Figure { name: format!("achievements-{number}"), caption, svg });
    }
    Ok(figures)
}

/// The achievements that any group unlocks, the most frequent first, and the names of the others.
fn rows(study: &Study, groups: &[(usize, &Group)]) -> (Vec<Row>, Vec<String>) {
    let styles = styles(study);
    let mut shares: BTreeMap<&String, Vec<(Style, f64)>> = BTreeMap::new();
    for (i, group) in groups {
        let outcomes = group.records.iter().filter_map(|record| record.agent_outcome());
        let names = outcomes.flat_map(|outcome| outcome.achievements.keys());
        for name in names.collect::<std::collections::BTreeSet<_>>() {
            let share = group.spread(|run| run.agent_outcome()?.achievements.get(name).copied());
            let Some(Spread { mean, .. }) = share else { continue };
            shares.entry(name).or_default().push((styles[*i], mean));
        }
    }
    let most = |row: &Row| row.1.iter().map(|(_, share)| *share).fold(0.0, f64::max);
    let rows = shares.into_iter().map(|(name, shares)| (name.replace('_', " "), shares));
    let (mut rows, never): (Vec<Row>, Vec<Row>) = rows.partition(|row| most(row) > 0.0);
    rows.sort_by(|a, b| most(b).total_cmp(&most(a)));
    (rows, never.into_iter().map(|(name, _)| name).collect())
}

fn draw(area: &Area<'_>, rows: &[Row]) -> Drawn {
    let left = rows.iter().map(|(name, _)| width_of(name, 13)).max().unwrap_or(0) + 28;
    let right = WIDTH as i32 - 34;
    let at = |share: f64| left + (f64::from(right - left) * share).round() as i32;
    let bottom = ROW * rows.len() as i32;
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let x = at(share);
        area.draw(&PathElement::new([(x, 0), (x, bottom)], GRID))?;
        let centred = text(13, INK).pos(Pos::new(HPos::Center, VPos::Center));
        area.draw(&Text::new(format!("{:.0} %", 100.0 * share), (x, bottom + 12), centred))?;
    }
    for (i, (name, shares)) in (0..).zip(rows) {
        let y = ROW * i + ROW / 2;
        area.draw(&Text::new(name.clone(), (14, y), text(13, INK)))?;
        area.draw(&PathElement::new([(left, y), (right, y)], PALE.mix(0.15)))?;
        for (style, share) in shares {
            area.draw(&Circle::new((at(*share), y), 5, style.colour.mix(0.85).filled()))?;
        }
    }
    Ok(())
}
