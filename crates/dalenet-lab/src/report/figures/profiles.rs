//! Performance profiles of rules over several tasks (rliable, Agarwal et al. 2021).

use crate::{
    Aggregation, Error, RuleAggregate, Scale,
    report::{
        canvas::{self, Area, axis, plain},
        style::{Style, rule_colour},
    },
    statistics::{above, profile_band},
};
use plotters::prelude::*;

/// Thresholds of a profile.
const THRESHOLDS: usize = 101;
const HEIGHT: i32 = 270;

/// The figure of an aggregation.
pub fn profiles(aggregation: &Aggregation) -> Result<String, Error> {
    let Aggregation { scale, tasks, rules } = aggregation;
    let style = |rule: &RuleAggregate| Style::solid(rule_colour(&rule.rule));
    let legend: Vec<_> = rules.iter().map(|rule| (rule.rule.clone(), style(rule))).collect();
    let title =
        format!("Performance profiles over {tasks} tasks: the share of the runs above a score");
    let [low, high] = ends(aggregation);
    let at = |i: usize| low + (high - low) * i as f64 / (THRESHOLDS - 1) as f64;
    let thresholds: Vec<_> = (0..THRESHOLDS).map(at).collect();
    canvas::figure(&title, &legend, HEIGHT, |area: &Area<'_>| {
        let mut chart = ChartBuilder::on(area)
            .margin_right(18)
            .margin_top(8)
            .margin_left(4)
            .x_label_area_size(42)
            .y_label_area_size(62)
            .build_cartesian_2d(axis(low, high), 0.0..1.0)?;
        plain(&mut chart.configure_mesh())
            .x_labels(6)
            .y_labels(5)
            .x_desc(scale.name())
            .y_desc("% of the runs above it")
            .y_label_formatter(&|share| format!("{:.0}", 100.0 * share))
            .draw()?;
        for rule in rules {
            let colour = style(rule).colour;
            let band = profile_band(&rule.scores, &thresholds);
            let upper = thresholds.iter().zip(&band).map(|(x, [_, high])| (*x, *high));
            let lower = thresholds.iter().zip(&band).rev().map(|(x, [low, _])| (*x, *low));
            if !band.is_empty() {
                let outline: Vec<_> = upper.chain(lower).collect();
                chart.draw_series([Polygon::new(outline, colour.mix(0.18))])?;
            }
            let profile = thresholds.iter().map(|x| (*x, above(&rule.scores, *x)));
            chart.draw_series([PathElement::new(
                profile.collect::<Vec<_>>(),
                colour.stroke_width(2),
            )])?;
        }
        Ok(())
    })
}

/// What a figure of profiles shows, as its caption.
pub const CAPTION: &str = "For each score the share of a rule's runs, over all tasks, that are above it; bands \
                           are 95 % intervals by the stratified bootstrap (none of fewer than three seeds). A \
                           rule whose curve is above another's everywhere is better at every threshold.";

/// From the lowest score to the highest, with some room.
fn ends(aggregation: &Aggregation) -> [f64; 2] {
    if aggregation.scale == Scale::Rescaled {
        return [0.0, 1.0];
    }
    let all = || aggregation.rules.iter().flat_map(|rule| &rule.scores).flatten().copied();
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
    let room = 0.05 * (high - low).max(1.0);
    [(low - room).max(0.0), (high + room).min(100.0)]
}
