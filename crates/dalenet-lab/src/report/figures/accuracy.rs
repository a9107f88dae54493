//! Test accuracy of each configuration.

use crate::{
    Error,
    report::{
        canvas::{self, GRID, INK, PALE, WIDTH, cut, text, width_of},
        figure::{Figure, colours},
        study::{Group, Study},
    },
};
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

pub fn accuracy(study: &Study) -> Result<Option<Figure>, Error> {
    let result = |group: &Group| {
        let right = group.spread(|record| Some(record.outcome.as_ref()?.test_accuracy));
        right.map(|right| right.times(100.0))
    };
    let bars: Vec<_> = study.groups.iter().map(result).collect();
    let shown: Vec<_> = bars.iter().flatten().collect();
    let (Some(least), Some(most)) = (
        shown.iter().map(|bar| bar.mean).min_by(f64::total_cmp),
        shown.iter().map(|bar| bar.mean).max_by(f64::total_cmp),
    ) else {
        return Ok(None);
    };
    let title = match shown.len() {
        1 => format!("{most:.2} % of the test samples are right"),
        _ => format!("From {least:.1} to {most:.1} % of the test samples are right"),
    };
    let (tasks, colours) = (study.tasks(), colours(study));
    let rows = bars.len() as i32 + if tasks.len() > 1 { tasks.len() as i32 } else { 0 };
    let labels = study.groups.iter().map(|group| width_of(&cut(&group.label, 52), 13));
    let left = labels.max().unwrap_or(0) + 28;
    let right = WIDTH as i32 - 150;
    let svg = canvas::figure(&title, &[], 34 * rows + 44, |area| {
        let at = |share: f64| left + (f64::from(right - left) * share / 100.0).round() as i32;
        let bottom = 34 * rows + 6;
        for share in [0.0, 25.0, 50.0, 75.0, 100.0] {
            let x = at(share);
            area.draw(&PathElement::new([(x, 4), (x, bottom)], GRID))?;
            let centred = text(12, INK).pos(Pos::new(HPos::Center, VPos::Center));
            area.draw(&Text::new(format!("{share:.0} %"), (x, bottom + 14), centred))?;
        }
        let mut y = 20;
        for (task, groups) in &tasks {
            if tasks.len() > 1 {
                let bold = text(13, INK).font.style(FontStyle::Bold);
                area.draw(&Text::new(cut(task, 60), (14, y - 8), bold))?;
                y += 34;
            }
            for (i, group) in groups {
                area.draw(&Text::new(cut(&group.label, 52), (14, y), text(13, INK)))?;
                match bars[*i] {
                    Some(bar) => {
                        let end = at(bar.mean);
                        let body = [(left, y - 10), (end, y + 10)];
                        area.draw(&Rectangle::new(body, colours[*i].filled()))?;
                        let [low, high] =
                            [-1.0, 1.0].map(|side| at(bar.mean + side * bar.deviation));
                        if bar.deviation > 0.0 {
                            let ink = INK.stroke_width(2);
                            area.draw(&PathElement::new([(low, y), (high, y)], ink))?;
                        }
                        area.draw(&Text::new(format!("{bar} %"), (right + 12, y), text(13, INK)))?;
                    }
                    None => {
                        area.draw(&Text::new("unfinished", (left + 6, y), text(13, PALE)))?;
                    }
                }
                y += 34;
            }
        }
        Ok(())
    })?;
    let caption = "Share of the test samples that are right at the end: mean and ± one sample \
                   standard deviation over seeds.";
    Ok(Some(Figure { name: "accuracy".into(), caption: caption.into(), svg }))
}
