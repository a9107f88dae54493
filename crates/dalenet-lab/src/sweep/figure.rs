//! The figure of a sweep: the score of every configuration over each setting.

use super::{
    SweepFindings,
    findings::{Ranked, SweepGroup, shown},
    plan::Varied,
};
use crate::{
    Error,
    report::{Axis, Dot, SettingPanel, rule_style, settings_figure},
};
use toml::Value;

/// A panel for each setting of each task, a dot a configuration. `None` if nothing varies or has a score.
pub fn figure(findings: &SweepFindings, varied: &[Varied]) -> Result<Option<String>, Error> {
    let groups: Vec<_> = findings.groups.iter().filter(|group| !group.ranked.is_empty()).collect();
    let tasks = groups.chunk_by(|a, b| a.task == b.task);
    let several = tasks.clone().count() > 1;
    let panels = tasks.flat_map(|groups| varied.iter().map(move |varied| (groups, varied)));
    let panels = panels.map(|(groups, varied)| {
        let title = if several { groups[0].task.clone() } else { String::new() };
        panel(title, groups, varied)
    });
    let panels: Vec<_> = panels.collect();
    if panels.is_empty() {
        return Ok(None);
    }
    let legend: Vec<_> = rules(&groups).map(|rule| (rule.clone(), rule_style(rule))).collect();
    let (title, y) = match findings.returns {
        true => ("Return over each setting, mean over the seeds", "return"),
        false => {
            ("Accuracy on held-out samples over each setting, mean over the seeds", "accuracy, %")
        }
    };
    settings_figure(title, &legend, y, &panels).map(Some)
}

/// The rules, each once.
fn rules<'a>(groups: &'a [&SweepGroup]) -> impl Iterator<Item = &'a String> {
    let is_first = |i: usize| groups[..i].iter().all(|group| group.rule != groups[i].rule);
    (0..groups.len()).filter(move |i| is_first(*i)).map(|i| &groups[i].rule)
}

fn panel(title: String, groups: &[&SweepGroup], varied: &Varied) -> SettingPanel {
    let rows = || groups.iter().flat_map(|group| group.ranked.iter().map(move |row| (group, row)));
    let names = names(rows().filter_map(|(_, row)| row.settings.get(&varied.key)));
    let place = |row: &Ranked| -> Option<f64> {
        let value = row.settings.get(&varied.key)?;
        match &names {
            Some(names) => names.iter().position(|name| *name == shown(value)).map(|i| i as f64),
            None if varied.log => number(value).map(f64::log10),
            None => number(value),
        }
    };
    let dot = |(group, row): (&&SweepGroup, &Ranked)| {
        let style = rule_style(&group.rule);
        Some(Dot { x: place(row)?, y: row.score.mean, style, ended: row.ended })
    };
    let dots = rows().filter_map(dot).collect();
    let axis = match &names {
        Some(names) => Axis::Names(names.clone()),
        None if varied.log => Axis::Exponents,
        None => Axis::Numbers,
    };
    SettingPanel { title, x: varied.key.clone(), axis, dots }
}

/// The different values as texts, where one of them is no number.
fn names<'a>(values: impl Iterator<Item = &'a Value>) -> Option<Vec<String>> {
    let (mut names, mut all_numbers) = (Vec::new(), true);
    for value in values {
        all_numbers &= number(value).is_some();
        if !names.contains(&shown(value)) {
            names.push(shown(value));
        }
    }
    names.sort();
    (!all_numbers).then_some(names)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}
