//! Confusion matrices.

use crate::{
    Error,
    analysis::confused,
    report::{
        canvas::{self, WIDTH, text},
        figure::{Figure, whose},
        palette::{EXCITATION, INHIBITION, INK},
        study::Group,
    },
};
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

pub fn confusions(number: usize, group: &Group, counts: &[Vec<usize>]) -> Result<Figure, Error> {
    let pairs = confused(counts);
    let title = match pairs.first() {
        Some(pair) => format!(
            "class {} is taken for {} most often, {} times",
            pair.class, pair.taken_for, pair.samples
        ),
        None => "no sample is taken for another class".into(),
    };
    let most = pairs.first().map_or(1, |pair| pair.samples) as f64;
    let classes = counts.len() as i32;
    let (left, top) = (70, 34);
    let cell = ((WIDTH as i32 - left - 14) / classes).min(50);
    let size = if cell > 40 { 13 } else { 11 };
    let height = top + classes * cell + 16;
    let svg = canvas::figure(&whose(&group.label, &title), &[], height, |area| {
        let centred = |colour| text(size, colour).pos(Pos::new(HPos::Center, VPos::Center));
        let middle = |i: i32| i * cell + cell / 2;
        area.draw(&Text::new("given class →", (left, 8), text(14, INK)))?;
        area.draw(&Text::new("class ↓", (14, top - 10), text(14, INK)))?;
        for i in 0..classes {
            let name = i.to_string();
            area.draw(&Text::new(name.clone(), (left + middle(i), 24), centred(INK)))?;
            area.draw(&Text::new(name, (left - 18, top + middle(i)), centred(INK)))?;
        }
        for (i, row) in (0..).zip(counts) {
            for (j, count) in (0..).zip(row) {
                let (x, y) = (left + j * cell, top + i * cell);
                let weight = if i == j { 0.12 } else { *count as f64 / most };
                let fill = if i == j { INHIBITION } else { EXCITATION };
                let corners = [(x, y), (x + cell - 1, y + cell - 1)];
                area.draw(&Rectangle::new(corners, RGBColor(247, 247, 247).filled()))?;
                area.draw(&Rectangle::new(corners, fill.mix(weight).filled()))?;
                if *count > 0 {
                    let ink = if weight > 0.75 { WHITE } else { INK };
                    let at = (x + cell / 2, y + cell / 2);
                    area.draw(&Text::new(count.to_string(), at, centred(ink)))?;
                }
            }
        }
        Ok(())
    })?;
    let caption = "Test samples by class (rows) and the class they were given (columns), summed \
                   over seeds; the darker an orange, the more often that mistake.";
    Ok(Figure { name: format!("confusion-{number}"), caption: caption.into(), svg })
}
