//! The figures of a report, each an SVG of its own.

use super::{
    canvas::{
        self, Area, Drawn, EXCITATION, GRID, INHIBITION, INK, PALE, WIDTH, colour, cut, font, text,
        width_of,
    },
    study::{Group, Study},
};
use crate::{
    EpochMetrics, Error,
    analysis::{confused, histograms},
    config::RuleKind,
    statistics::Spread,
    trained::Trained,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use dalenet::{Network, Shape as Image};
use maud::{PreEscaped, html};
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

/// Epochs a curve shows at most.
const POINTS: usize = 300;
/// Classes of a confusion matrix and columns of filters at most.
const CLASSES: usize = 20;
/// Filters under each other.
const FILTERS: usize = 5;

/// A figure.
pub struct Figure {
    /// Its file, without the ending.
    pub name: String,
    /// What it shows, in a sentence.
    pub caption: String,
    pub svg: String,
}

/// Every figure that these runs have the numbers for.
pub fn all(study: &Study) -> Result<Vec<Figure>, Error> {
    let mut figures: Vec<Figure> = [learning, accuracy, attenuation, alignment, balance]
        .into_iter()
        .filter_map(|draw| draw(study).transpose())
        .collect::<Result<_, _>>()?;
    for (i, group) in study.groups.iter().enumerate() {
        let number = i + 1;
        if let Some(trained) = group.trained()? {
            figures.push(weights(number, group, &trained.network)?);
            figures.extend(filters(number, group, &trained)?);
        }
        if let Some(confusion) = group.confusion().filter(|rows| rows.len() <= CLASSES) {
            figures.push(confusions(number, group, &confusion)?);
        }
    }
    Ok(figures)
}

pub const UNLIMITED: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

/// A curve with its spread over the seeds.
pub struct Line {
    pub colour: RGBColor,
    pub points: Vec<(f64, Spread)>,
}

/// What a panel's axes say.
pub struct Axes<'a> {
    pub title: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    /// Values y are exponents of 10.
    pub logarithmic: bool,
    /// A line across, drawn faintly.
    pub at: Option<f64>,
    /// The values that are possible, which bands do not leave.
    pub possible: [f64; 2],
}

/// One panel of curves, their mean as a line and ± one standard deviation as a band.
pub fn lines(panel: &Area<'_>, axes: &Axes<'_>, lines: &[Line]) -> Drawn {
    let points = || lines.iter().flat_map(|line| &line.points);
    let [least, most] = axes.possible;
    let below = |y: &Spread| (y.mean - y.deviation).max(least);
    let above = |y: &Spread| (y.mean + y.deviation).min(most);
    let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut low, mut high) = axes.at.map_or((f64::INFINITY, f64::NEG_INFINITY), |at| (at, at));
    for (x, y) in points() {
        (left, right) = (left.min(*x), right.max(*x));
        low = low.min(below(y));
        high = high.max(above(y));
    }
    if right <= left {
        (left, right) = (left - 0.5, right + 0.5);
    }
    let room = (0.06 * (high - low)).max(if axes.logarithmic { 0.02 } else { 1e-3 });
    let (low, high) = (low - room, high + room);
    let mut chart = ChartBuilder::on(panel)
        .margin_right(16)
        .margin_top(8)
        .margin_left(6)
        .caption(cut(axes.title, 38), text(13, INK))
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d(left..right, low..high)?;
    let step = high - low;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(PALE)
        .label_style(font(12).color(&INK))
        .axis_desc_style(font(13).color(&INK))
        .x_labels(6)
        .y_labels(6)
        .x_desc(axes.x)
        .y_desc(axes.y)
        .x_label_formatter(&|x| if x.fract() == 0.0 { format!("{x}") } else { String::new() })
        .y_label_formatter(&|y| match axes.logarithmic {
            true => significant(10f64.powf(*y)),
            false if step < 0.1 => format!("{y:.3}"),
            false if step < 1.0 => format!("{y:.2}"),
            false if step < 10.0 => format!("{y:.1}"),
            false => format!("{y:.0}"),
        })
        .draw()?;
    if let Some(at) = axes.at {
        chart.draw_series([PathElement::new([(left, at), (right, at)], PALE.mix(0.6))])?;
    }
    for Line { colour, points } in lines {
        let upper = points.iter().map(|(x, y)| (*x, above(y)));
        let lower = points.iter().rev().map(|(x, y)| (*x, below(y)));
        if points.len() > 1 && points.iter().any(|(_, y)| y.deviation > 0.0) {
            let band = Polygon::new(upper.chain(lower).collect::<Vec<_>>(), colour.mix(0.18));
            chart.draw_series([band])?;
        }
        let mean: Vec<_> = points.iter().map(|(x, y)| (*x, y.mean)).collect();
        if mean.len() <= 12 {
            let dots = mean.iter().map(|at| Circle::new(*at, 3, colour.filled()));
            chart.draw_series(dots)?;
        }
        chart.draw_series([PathElement::new(mean, colour.stroke_width(2))])?;
    }
    Ok(())
}

/// A number with two significant digits at most.
fn significant(x: f64) -> String {
    if x != 0.0 && !(9.9e-5..9.9e3).contains(&x.abs()) {
        return format!("{x:.1e}").replace(".0e", "e");
    }
    let digits = (1.0 - x.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    let text = format!("{x:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// At most [`POINTS`] of a curve, the last one among them.
fn thinned(points: Vec<(f64, Spread)>) -> Vec<(f64, Spread)> {
    let stride = points.len().div_ceil(POINTS).max(1);
    let last = points.len().saturating_sub(1);
    let kept = points.into_iter().enumerate();
    kept.filter(|(i, _)| i % stride == 0 || *i == last).map(|(_, point)| point).collect()
}

fn legend(study: &Study) -> Vec<(String, RGBColor)> {
    let groups = study.groups.iter().enumerate();
    groups.map(|(i, group)| (group.label.clone(), colour(i))).collect()
}

/// The name of layer `l` of `layers`.
fn layer_name(l: usize, layers: usize) -> String {
    if l + 1 == layers { "output".into() } else { format!("layer {}", l + 1) }
}

/// The share of the held-out samples that are right, of the training samples where none are.
pub fn learnt(metrics: &EpochMetrics) -> f64 {
    100.0 * metrics.validation_accuracy.unwrap_or(metrics.train_accuracy)
}

/// Which samples [`learnt`] is about.
pub fn samples(group: &Group) -> &'static str {
    let mut metrics = group.records.iter().flat_map(|record| &record.metrics);
    match metrics.any(|metrics| metrics.validation_accuracy.is_some()) {
        true => "held-out samples",
        false => "training samples",
    }
}

fn learning(study: &Study) -> Result<Option<Figure>, Error> {
    let curve = |group: &Group| thinned(group.curve(|metrics| Some(learnt(metrics))));
    let curves: Vec<_> = study.groups.iter().map(curve).collect();
    let ends = study.groups.iter().zip(&curves);
    let ends = ends.filter_map(|(group, curve)| Some((group, curve.last()?)));
    let best = ends.max_by(|(_, (_, a)), (_, (_, b))| a.mean.total_cmp(&b.mean));
    let Some((best, (epoch, right))) = best else { return Ok(None) };
    let title = match (study.groups.len(), study.tasks().len()) {
        (_, 2..) => "What is right after each epoch, task by task".into(),
        (groups, _) => format!(
            "After {epoch} epochs {} is right on {right:.1} % of the {}{}",
            best.label,
            samples(best),
            if groups > 1 { format!(", the most of {groups}") } else { String::new() },
        ),
    };
    let tasks = study.tasks();
    let (_, height) = canvas::panels(tasks.len());
    let svg = canvas::figure(&title, &legend(study), height.max(300), |area| {
        let panels = canvas::split(area, tasks.len());
        for (panel, (task, groups)) in panels.iter().zip(&tasks) {
            let y = format!("% of {} right", samples(groups[0].1));
            let title = if tasks.len() > 1 { task } else { "" };
            let axes = Axes {
                title,
                x: "epoch",
                y: &y,
                logarithmic: false,
                at: None,
                possible: [0.0, 100.0],
            };
            let drawn: Vec<_> = groups
                .iter()
                .map(|(i, _)| Line { colour: colour(*i), points: curves[*i].clone() })
                .collect();
            lines(panel, &axes, &drawn)?;
        }
        Ok(())
    })?;
    let caption = "Share of the samples that are right after each epoch; training samples (before \
                   their step) where none are held out. Lines are means over seeds, bands ± one \
                   sample standard deviation.";
    Ok(Some(Figure { name: "learning".into(), caption: caption.into(), svg }))
}

fn accuracy(study: &Study) -> Result<Option<Figure>, Error> {
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
    let tasks = study.tasks();
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
                        area.draw(&Rectangle::new(body, colour(*i).filled()))?;
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

/// A figure with a panel for each group that was looked at and a line for each layer.
fn by_layer(
    study: &Study,
    (title, y, ratio): (&str, &str, bool),
    value: impl Fn(&EpochMetrics, usize) -> Option<f64>,
) -> Result<Option<String>, Error> {
    let groups: Vec<_> = study.groups.iter().filter(|group| group.layers() > 0).collect();
    let Some(layers) = groups.iter().map(|group| group.layers()).max() else { return Ok(None) };
    let mut names: Vec<_> =
        (0..layers - 1).map(|l| (layer_name(l, layers), colour(l + 1))).collect();
    names.push(("output".into(), colour(0)));
    let (_, height) = canvas::panels(groups.len());
    canvas::figure(title, &names, height, |area| {
        for (panel, group) in canvas::split(area, groups.len()).iter().zip(&groups) {
            let last = group.layers() - 1;
            let logarithmic = ratio && decades(group, last, &value);
            let shown = |metrics: &EpochMetrics, l: usize| match logarithmic {
                true => Some(value(metrics, l)?.log10()),
                false => value(metrics, l),
            };
            let line = |l: usize| Line {
                colour: colour(if l == last { 0 } else { l + 1 }),
                points: thinned(group.curve(|metrics| shown(metrics, l))),
            };
            let drawn: Vec<_> = (0..=last).map(line).collect();
            let title = if groups.len() > 1 { &group.label } else { "" };
            let at = Some(if ratio && !logarithmic { 1.0 } else { 0.0 });
            lines(
                panel,
                &Axes { title, x: "epoch", y, logarithmic, at, possible: UNLIMITED },
                &drawn,
            )?;
        }
        Ok(())
    })
    .map(Some)
}

/// Whether the means of a positive value over all layers and epochs are more than a decade apart.
fn decades(
    group: &Group,
    last: usize,
    value: impl Fn(&EpochMetrics, usize) -> Option<f64>,
) -> bool {
    let curves = (0..=last).flat_map(|l| group.curve(|metrics| value(metrics, l)));
    let means: Vec<_> = curves.map(|(_, spread)| spread.mean).collect();
    let least = means.iter().copied().fold(f64::INFINITY, f64::min);
    means.iter().any(|mean| *mean > 10.0 * least)
}

/// Of all groups: the mean over seeds of a value of layer 1 after the last epoch looked at.
fn first_layer(study: &Study, value: impl Fn(&EpochMetrics) -> Option<f64>) -> Vec<f64> {
    let last = |group: &Group| {
        group.spread(|record| {
            record.metrics.iter().rev().find(|metrics| !metrics.layers.is_empty()).and_then(&value)
        })
    };
    let deep = study.groups.iter().filter(|group| group.layers() > 1);
    deep.filter_map(last).map(|spread| spread.mean).collect()
}

/// `a`, or `a to b` for several values.
fn range(values: &[f64], show: impl Fn(f64) -> String) -> Option<String> {
    let least = values.iter().copied().min_by(f64::total_cmp)?;
    let most = values.iter().copied().max_by(f64::total_cmp)?;
    let (least, most) = (show(least), show(most));
    Some(if least == most { least } else { format!("{least} to {most}") })
}

fn attenuation(study: &Study) -> Result<Option<Figure>, Error> {
    let first = first_layer(study, |metrics| Some(metrics.layers[0].attenuation?.recip()));
    let title = match range(&first, significant) {
        Some(times) => {
            format!("The teaching signal of the first layer is {times} times the output's")
        }
        None => "The teaching signal, layer by layer".into(),
    };
    let y = "signal / output's signal";
    let svg = by_layer(study, (&title, y, true), |metrics, l| {
        Some(metrics.layers.get(l)?.attenuation?.recip())
    })?;
    let caption = "Root mean square of the gated teaching signal of each layer over that of the \
                   output, on a probe of held-out samples (training samples where none are held \
                   out). Panels that span more than a decade are logarithmic.";
    Ok(svg.map(|svg| Figure { name: "attenuation".into(), caption: caption.into(), svg }))
}

fn alignment(study: &Study) -> Result<Option<Figure>, Error> {
    let first = first_layer(study, |metrics| metrics.layers[0].alignment);
    let title = match range(&first, |cosine| format!("{cosine:.2}")) {
        Some(cosine) => {
            format!("The first layer's update has a cosine of {cosine} with the true gradient")
        }
        None => "Alignment with the true gradient, layer by layer".into(),
    };
    let y = "cosine with the true gradient";
    let svg = by_layer(study, (&title, y, false), |metrics, l| metrics.layers.get(l)?.alignment)?;
    let caption = "Cosine between the rule's gradient of the weights and that of backpropagation \
                   from the same error on the same network: 1 is the steepest descent, 0 is at \
                   right angles to it. The output layer is taught by the error itself.";
    Ok(svg.map(|svg| Figure { name: "alignment".into(), caption: caption.into(), svg }))
}

fn balance(study: &Study) -> Result<Option<Figure>, Error> {
    let by_depth = |group: &Group| {
        let last =
            |l: usize| group.spread(|record| record.metrics.last()?.ei_ratio.get(l).copied());
        let values = (0..).map_while(last);
        (1..).zip(values).map(|(l, spread)| (f64::from(l), spread)).collect::<Vec<_>>()
    };
    let drawn: Vec<_> = study
        .groups
        .iter()
        .enumerate()
        .map(|(i, group)| Line { colour: colour(i), points: by_depth(group) })
        .filter(|line| !line.points.is_empty())
        .collect();
    let ratios: Vec<_> = drawn.iter().flat_map(|l| &l.points).map(|(_, y)| y.mean).collect();
    let Some(between) = range(&ratios, |ratio| format!("{ratio:.2}")) else { return Ok(None) };
    let title = format!("Excitation over inhibition at the end: {between}");
    let shown = |(_, shade): &(String, RGBColor)| drawn.iter().any(|line| line.colour == *shade);
    let legend: Vec<_> = legend(study).into_iter().filter(shown).collect();
    let svg = canvas::figure(&title, &legend, 280, |area| {
        let y = "E/I ratio of the weights";
        let x = "layer, the last is the output";
        lines(
            area,
            &Axes {
                title: "",
                x,
                y,
                logarithmic: false,
                at: Some(1.0),
                possible: [0.0, f64::INFINITY],
            },
            &drawn,
        )
    })?;
    let caption = "Mean of W_pp and W_nn over mean of W_np and W_pn after the last epoch; 1 is \
                   balance.";
    Ok(Some(Figure { name: "balance".into(), caption: caption.into(), svg }))
}

/// A title under the name of the group it is about.
fn whose(label: &str, title: &str) -> String {
    format!("{label}: {title}")
}

fn weights(number: usize, group: &Group, network: &Network) -> Result<Figure, Error> {
    let layers = network.layers();
    let floors: Vec<_> =
        layers.iter().filter_map(|layer| layer.balance()).map(|b| 100.0 * b.floor_share).collect();
    let dale = layers.iter().any(|layer| layer.dale().is_some());
    let title = match range(&floors, |share| format!("{share:.1}")).filter(|_| dale) {
        Some(share) => format!("{share} % of a layer's weights are at the floor"),
        None => "how large the weights are".into(),
    };
    let names = ["W_pp", "W_nn", "W_np", "W_pn", "W"];
    let of = |name: &str| colour(names.iter().position(|known| *known == name).unwrap_or(4));
    let all: Vec<_> = layers.iter().map(histograms).collect();
    let shown: Vec<_> = names
        .iter()
        .filter(|name| all.iter().flatten().any(|histogram| histogram.name == **name))
        .map(|name| ((*name).to_owned(), of(name)))
        .collect();
    let (_, height) = canvas::panels(layers.len());
    let svg = canvas::figure(&whose(&group.label, &title), &shown, height, |area| {
        for (l, panel) in canvas::split(area, layers.len()).iter().enumerate().take(layers.len()) {
            let [low, high] = all[l][0].range.map(|edge| f64::from(edge).log10());
            let width = (high - low) / all[l][0].shares.len() as f64;
            let shares = all[l].iter().flat_map(|histogram| &histogram.shares);
            let top = 105.0 * shares.copied().fold(0.0, f64::max);
            let mut chart = ChartBuilder::on(panel)
                .margin_right(16)
                .margin_top(8)
                .margin_left(6)
                .caption(layer_name(l, layers.len()), text(13, INK))
                .x_label_area_size(40)
                .y_label_area_size(64)
                .build_cartesian_2d(low..high, 0.0..top)?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .light_line_style(TRANSPARENT)
                .bold_line_style(GRID)
                .axis_style(PALE)
                .label_style(font(12).color(&INK))
                .axis_desc_style(font(13).color(&INK))
                .x_labels(5)
                .y_labels(6)
                .x_desc("size of the weight (logarithmic)")
                .y_desc("% of the sub-matrix")
                .x_label_formatter(&|x| significant(10f64.powf(*x)))
                .y_label_formatter(&|y| significant(*y))
                .draw()?;
            for histogram in &all[l] {
                let steps = histogram.shares.iter().enumerate().flat_map(|(bin, share)| {
                    let left = low + bin as f64 * width;
                    [(left, 100.0 * share), (left + width, 100.0 * share)]
                });
                let style = of(&histogram.name).stroke_width(2);
                chart.draw_series([PathElement::new(steps.collect::<Vec<_>>(), style)])?;
            }
        }
        Ok(())
    })?;
    let caption = "Size of the weights by sub-matrix (first letter: source stream, second: \
                   target) in bins of equal ratio; the first bin holds the weights at the floor. \
                   The run with the smallest seed.";
    Ok(Figure { name: format!("weights-{number}"), caption: caption.into(), svg })
}

/// What the first layer's units look at, as an image: the whole input, or a convolution's window.
fn seen(trained: &Trained) -> Option<Image> {
    let layer = &trained.network.layers()[0];
    let input = trained.ends.image();
    let side = layer.geometry().map_or(input.height.min(input.width), |g| g.window.size);
    let whole = layer.geometry().is_some() || input.height == input.width;
    // Channels of ON and OFF are drawn as one.
    let channels =
        if trained.config.input.is_on_off() { input.channels / 2 } else { input.channels };
    (side >= 3 && whole && matches!(channels, 1 | 3)).then_some(Image {
        height: side,
        width: side,
        channels,
    })
}

/// What a p unit of the first layer adds up from each input, `W_top + W_bottom`; what it has from
/// the ON channels less what it has from the OFF channels, which excite by their absence.
fn filter(trained: &Trained, unit: usize) -> Vec<f32> {
    let layer = &trained.network.layers()[0];
    let inputs = layer.distinct_inputs();
    let mut filter = vec![0.0; inputs];
    for (row, weights) in layer.weights().iter_rows().enumerate() {
        filter[row % inputs] += weights[unit];
    }
    if !trained.config.input.is_on_off() {
        return filter;
    }
    let pixel = |pixel: &[f32]| {
        let (on, off) = pixel.split_at(pixel.len() / 2);
        on.iter().zip(off).map(|(on, off)| on - off).collect::<Vec<_>>()
    };
    filter.chunks_exact(trained.ends.input[2]).flat_map(pixel).collect()
}

fn filters(number: usize, group: &Group, trained: &Trained) -> Result<Option<Figure>, Error> {
    let network = &trained.network;
    let (units, outputs) = (network.layers()[0].excitatory_units(), network.outputs());
    let Some(Image { height, width, channels }) = seen(trained) else { return Ok(None) };
    let hidden = network.layers().len() > 1;
    let routed = (group.config.rule == RuleKind::Ed || !hidden) && (2..=CLASSES).contains(&outputs);
    let columns = if routed { outputs } else { 10 }.min(units);
    let rows = FILTERS.min(units / columns);
    // One picture of all filters, two white pixels between them.
    let [high, wide] = [rows * (height + 2), columns * (width + 2)];
    let mut pixels = vec![255; high * wide * 3];
    for unit in 0..rows * columns {
        let filter = filter(trained, unit);
        let most = filter.iter().fold(f32::MIN_POSITIVE, |most, w| most.max(w.abs()));
        let corner = (unit / columns * (height + 2), unit % columns * (width + 2));
        for (i, w) in filter.chunks_exact(channels).enumerate() {
            let at = (corner.0 + i / width) * wide + corner.1 + i % width;
            let w: Vec<f32> = w.iter().map(|w| w / most).collect();
            pixels[3 * at..][..3].copy_from_slice(&tint(&w));
        }
    }
    let scale = (880.0 / wide as f64).min(if height < 10 { 10.0 } else { 3.0 });
    let [shown_wide, shown_high] = [wide, high].map(|side| (side as f64 * scale).round());
    let what = if hidden { "first-layer filters of p units" } else { "weights of the outputs" };
    let title = whose(&group.label, what);
    let (title, top) = (cut(&title, 96), if routed { 62.0 } else { 40.0 });
    let column = shown_wide / columns as f64;
    let ink = css(INK);
    let svg = html! {
        svg width=(WIDTH) height=(top + shown_high + 8.0)
            viewBox=(format!("0 0 {WIDTH} {}", top + shown_high + 8.0))
            xmlns="http://www.w3.org/2000/svg" {
            rect width="100%" height="100%" fill="#FFFFFF" {}
            text x="14" y="26" font-family="sans-serif" font-size="17" font-weight="bold"
                fill=(ink) { (title) }
            @if routed {
                @for class in 0..columns {
                    text x=(10.0 + (class as f64 + 0.5) * column) y="54" text-anchor="middle"
                        font-family="sans-serif" font-size="13" fill=(ink) { (class) }
                }
            }
            image x="10" y=(top) width=(shown_wide) height=(shown_high)
                style="image-rendering:pixelated" href=(format!(
                    "data:image/png;base64,{}",
                    STANDARD.encode(png([wide, high], &pixels)?),
                )) {}
        }
    };
    let colours = match channels {
        1 => "orange excites, blue inhibits",
        _ => "grey is zero, a colour excites in its channel",
    };
    let columns = match (routed, hidden) {
        (true, true) => "Columns are the classes whose error the units hear. ",
        (true, false) => "Columns are the classes. ",
        _ => "",
    };
    let caption = format!(
        "What each pixel adds to a unit, W_top + W_bottom: {colours}; each filter on its own \
         scale. {columns}The run with the smallest seed."
    );
    let svg = canvas::finished(&svg.into_string(), &title);
    Ok(Some(Figure { name: format!("filters-{number}"), caption, svg }))
}

/// The colour of a signed weight from −1 to 1, or of three.
fn tint(w: &[f32]) -> [u8; 3] {
    match w {
        [w] => {
            let RGBColor(r, g, b) = if *w > 0.0 { EXCITATION } else { INHIBITION };
            let mix = |full: u8| 255.0 - (255.0 - f32::from(full)) * w.abs();
            [r, g, b].map(|full| mix(full) as u8)
        }
        _ => std::array::from_fn(|c| (127.5 + 127.5 * w[c]) as u8),
    }
}

fn css(RGBColor(r, g, b): RGBColor) -> PreEscaped<String> {
    PreEscaped(format!("#{r:02X}{g:02X}{b:02X}"))
}

/// A picture of 8-bit RGB pixels, row by row.
fn png([width, height]: [usize; 2], pixels: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(pixels));
    written.map_err(|cause| Error::Config(format!("the filters cannot be drawn: {cause}")))?;
    Ok(bytes)
}

fn confusions(number: usize, group: &Group, counts: &[Vec<usize>]) -> Result<Figure, Error> {
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
    let cell = (640 / classes).min(56);
    let (left, top) = (90, 34);
    let size = if cell > 40 { 13 } else { 11 };
    let height = top + classes * cell + 16;
    let svg = canvas::figure(&whose(&group.label, &title), &[], height, |area| {
        let centred = |colour| text(size, colour).pos(Pos::new(HPos::Center, VPos::Center));
        let middle = |i: i32| i * cell + cell / 2;
        area.draw(&Text::new("given class →", (left, 8), text(13, INK)))?;
        area.draw(&Text::new("class ↓", (14, top - 10), text(13, INK)))?;
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
