//! How agents learnt: returns, and what PPO measures of its updates.

use crate::{
    Error, UpdateMetrics,
    report::{
        canvas,
        chart::{self, Axes, Line, Panel, Ticks},
        figure::{Figure, legend, styles},
        figures::returns::{returns, returns_figure},
        study::{Group, Study},
    },
    statistics::Spread,
};

/// What is measured of an update.
#[derive(Clone, Copy)]
struct Measure {
    name: &'static str,
    unit: &'static str,
    /// The least value that is possible.
    least: f64,
    value: fn(&UpdateMetrics) -> Option<f64>,
}

const MEASURES: [Measure; 4] = [
    Measure {
        name: "entropy of the policy",
        unit: "nats",
        least: f64::NEG_INFINITY,
        value: |update| Some(update.entropy),
    },
    Measure { name: "KL(old ‖ new)", unit: "nats", least: 0.0, value: |update| Some(update.kl) },
    Measure {
        name: "value loss",
        unit: "½ (V − target)²",
        least: 0.0,
        value: |update| Some(update.value_loss),
    },
    Measure {
        name: "explained variance",
        unit: "share",
        least: -1.0,
        value: |update| Some(update.explained_variance?.max(-1.0)),
    },
];

/// The return over steps, a panel a task.
pub fn learning_curve(study: &Study) -> Result<Option<Figure>, Error> {
    let styles = styles(study);
    let agents = agents(study);
    if agents.is_empty() {
        return Ok(None);
    }
    let line = |(i, group): &(usize, &Group)| {
        let runs: Vec<_> = group.records.iter().map(|record| record.updates.as_slice()).collect();
        Line::new(styles[*i], returns(&runs))
    };
    let panels: Vec<_> = agents
        .iter()
        .map(|(task, groups)| (*task, groups.iter().map(line).collect::<Vec<_>>()))
        .filter(|(_, lines)| lines.iter().any(|line| !line.points.is_empty()))
        .collect();
    if panels.is_empty() {
        return Ok(None);
    }
    let shown = agents.iter().flat_map(|(_, groups)| groups.iter().copied());
    let svg = returns_figure(&title(&panels), &legend(study, shown), panels)?;
    let caption = "Mean return of the last 100 episodes that had ended at each moment of the training, whose \
                   actions are sampled. Lines are means over seeds, bands ± one sample standard deviation. \
                   Each task has its own axis.";
    Ok(Some(Figure { name: "return".into(), caption: caption.into(), svg }))
}

/// What the curves end at, of a single task.
fn title(panels: &[(&str, Vec<Line>)]) -> String {
    let [(task, lines)] = panels else { return "Return over steps, task by task".into() };
    let ends = lines.iter().filter_map(|line| line.points.last());
    let most = ends.max_by(|(_, a), (_, b)| a.mean.total_cmp(&b.mean));
    match most {
        Some((steps, most)) => format!(
            "Return of {task} over steps: up to {:.0} after {} steps",
            most.mean,
            chart::many(*steps)
        ),
        None => format!("Return of {task} over steps"),
    }
}

/// Entropy, KL, value loss and explained variance over steps: a figure a task, a panel a measure.
pub fn updates(study: &Study) -> Result<Vec<Figure>, Error> {
    let styles = styles(study);
    let mut figures = Vec::new();
    for (number, (task, groups)) in (1..).zip(agents(study)) {
        let panel = |measure: Measure| {
            let line = |(i, group): &(usize, &Group)| {
                Line::new(styles[*i], over_steps(group, measure.value))
            };
            let possible = [measure.least, f64::INFINITY];
            let axes = Axes { possible, ..Axes::new("steps", Ticks::Many, measure.unit) };
            Panel { title: measure.name, axes, lines: groups.iter().map(line).collect() }
        };
        let panels = MEASURES.map(panel);
        if panels.iter().all(|panel| panel.lines.iter().all(|line| line.points.is_empty())) {
            continue;
        }
        let legend = legend(study, groups.iter().copied());
        let draw = |area: &canvas::Area<'_>| chart::draw(area, &panels, false);
        let title = format!("{task}: what PPO measures of each update");
        let svg = canvas::figure(&title, &legend, chart::height(panels.len()), draw)?;
        let caption = "Entropy of the policy, divergence of the new policy from the old one, the critic's loss, \
                       and the share of the variance of the returns that the critic explains (below −1 drawn as −1; it is low, \
                       too, where all returns are alike), update by update.";
        figures.push(Figure { name: format!("ppo-{number}"), caption: caption.into(), svg });
    }
    Ok(figures)
}

/// The tasks of agents, each with its groups and their numbers.
pub fn agents(study: &Study) -> Vec<(&str, Vec<(usize, &Group)>)> {
    let mut tasks = study.tasks();
    tasks.retain(|(_, groups)| groups.iter().all(|(_, group)| group.is_agent()));
    tasks
}

/// A value over the updates that all runs of a group have made and know it at.
fn over_steps(group: &Group, value: impl Fn(&UpdateMetrics) -> Option<f64>) -> Vec<(f64, Spread)> {
    let updates = group.records.iter().map(|record| record.updates.len()).min().unwrap_or(0);
    let at = |i: usize| {
        let values = group.records.iter().map(|record| value(&record.updates[i]));
        let values: Option<Vec<_>> = values.collect();
        Some((group.records.first()?.updates[i].steps as f64, Spread::of(&values?)?))
    };
    (0..updates).filter_map(at).collect()
}
