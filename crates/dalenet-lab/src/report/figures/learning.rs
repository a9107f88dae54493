//! Accuracy and error after each epoch.

use crate::{
    EpochMetrics, Error,
    report::{
        canvas,
        chart::{self, Axes, Line, Panel, Ticks},
        figure::{Figure, legend, styles},
        study::{Group, Study},
    },
};

/// What is right after each epoch.
pub fn learning(study: &Study) -> Result<Option<Figure>, Error> {
    let groups = || study.groups.iter().filter(|group| !group.is_agent());
    let curve = |group: &Group| group.curve(|metrics| Some(learnt(metrics)));
    let ends = groups().filter_map(|group| Some((group, *curve(group).last()?)));
    let best = ends.max_by(|(_, (_, a)), (_, (_, b))| a.mean.total_cmp(&b.mean));
    let Some((best, (epoch, right))) = best else { return Ok(None) };
    let tasks = groups().map(Group::task).collect::<std::collections::BTreeSet<_>>().len();
    let title = match (groups().count(), tasks) {
        (_, 2..) => "What is right after each epoch, task by task".into(),
        (groups, _) => format!(
            "After {epoch} epochs {} is right on {right:.1} % of the {}{}",
            best.label,
            samples(best),
            if groups > 1 { format!(", the most of {groups}") } else { String::new() },
        ),
    };
    let value = |metrics: &EpochMetrics| metrics.validation_accuracy.map(|share| 100.0 * share);
    let training = |metrics: &EpochMetrics| Some(100.0 * metrics.train_accuracy);
    let axes = Axes { possible: [0.0, 100.0], ..Axes::new("epoch", Ticks::Whole, "% right") };
    let svg = figure(study, &title, axes, value, training)?;
    let caption = "Share of the samples that are right after each epoch: held-out samples as lines, \
                   training samples (before their step) as thin dots. Lines are means over seeds, bands \
                   ± one sample standard deviation. Each task has its own axis.";
    Ok(svg.map(|svg| Figure { name: "learning".into(), caption: caption.into(), svg }))
}

/// The error on held-out and on training samples.
pub fn loss(study: &Study) -> Result<Option<Figure>, Error> {
    let training = |metrics: &EpochMetrics| Some(metrics.error);
    let axes = Axes::new("epoch", Ticks::Whole, "error");
    let svg = figure(
        study,
        "The error after each epoch",
        axes,
        |metrics| metrics.validation_error,
        training,
    )?;
    let caption = "Mean over the samples of the sum over classes of |target − prediction|: held-out samples \
                   after the epoch as lines, training samples (before their step) as thin dots, or as lines \
                   where nothing is known of held-out ones. Lines are means over seeds, bands ± one sample \
                   standard deviation. Each task has its own axis.";
    Ok(svg.map(|svg| Figure { name: "loss".into(), caption: caption.into(), svg }))
}

/// A panel a task: a value of held-out samples, dotted that of training samples, which is drawn whole where
/// none are held out.
fn figure(
    study: &Study,
    title: &str,
    axes: Axes<'_>,
    value: impl Fn(&EpochMetrics) -> Option<f64>,
    training: impl Fn(&EpochMetrics) -> Option<f64>,
) -> Result<Option<String>, Error> {
    let (tasks, styles) = (study.tasks(), styles(study));
    let lines = |(i, group): &(usize, &Group)| {
        let (held_out, training) = (group.curve(&value), group.curve(&training));
        match held_out.is_empty() {
            true => vec![Line::new(styles[*i], training)],
            false => vec![Line::new(styles[*i], held_out), Line::faint(styles[*i], training)],
        }
    };
    let mut panels = Vec::new();
    for (task, groups) in &tasks {
        let lines: Vec<_> = groups.iter().flat_map(lines).collect();
        let title = if tasks.len() > 1 { task } else { "" };
        if lines.iter().any(|line| !line.points.is_empty()) {
            panels.push(Panel { title, axes, lines });
        }
    }
    if panels.is_empty() {
        return Ok(None);
    }
    let shown = study.groups.iter().enumerate().filter(|(_, group)| !group.is_agent());
    let legend = legend(study, shown);
    let draw = |area: &canvas::Area<'_>| chart::draw(area, &panels, false);
    canvas::figure(title, &legend, chart::height(panels.len()), draw).map(Some)
}

/// The share of the held-out samples that are right, of the training samples where none are.
fn learnt(metrics: &EpochMetrics) -> f64 {
    100.0 * metrics.validation_accuracy.unwrap_or(metrics.train_accuracy)
}

/// Which samples [`learnt`] is about.
fn samples(group: &Group) -> &'static str {
    let mut metrics = group.records.iter().flat_map(|record| &record.metrics);
    match metrics.any(|metrics| metrics.validation_accuracy.is_some()) {
        true => "held-out samples",
        false => "training samples",
    }
}
