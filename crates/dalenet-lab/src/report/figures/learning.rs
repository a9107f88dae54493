//! Accuracy after each epoch.

use crate::{
    EpochMetrics, Error,
    report::{
        canvas,
        chart::{Axes, Line, lines, thinned},
        figure::{Figure, colours, legend},
        study::{Group, Study},
    },
};

pub fn learning(study: &Study) -> Result<Option<Figure>, Error> {
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
    let (tasks, colours) = (study.tasks(), colours(study));
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
                .map(|(i, _)| Line { colour: colours[*i], points: curves[*i].clone() })
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
