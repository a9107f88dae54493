//! A figure, and the texts that figures have in common.

use super::{
    study::{Group, Study},
    style::{Style, configuration},
};

/// A figure.
pub struct Figure {
    /// Its file, without the ending.
    pub name: String,
    /// What it shows, in a sentence.
    pub caption: String,
    pub svg: String,
}

/// The style of each group of a study: that of its rule, and of its place among the configurations of the
/// rule on its task.
pub fn styles(study: &Study) -> Vec<Style> {
    let place = |i: usize| {
        let (group, before) = (&study.groups[i], &study.groups[..i]);
        let alike = |other: &&Group| other.task() == group.task() && other.rule() == group.rule();
        configuration(&group.rule(), before.iter().filter(alike).count())
    };
    (0..study.groups.len()).map(place).collect()
}

/// The label and the style of each of these groups; where there are several tasks, which panels name, the
/// label without the task, each once.
pub fn legend<'a>(
    study: &Study,
    groups: impl Iterator<Item = (usize, &'a Group)>,
) -> Vec<(String, Style)> {
    let (styles, several) = (styles(study), study.tasks().len() > 1);
    let mut legend = Vec::new();
    for (i, group) in groups {
        let label = if several { &group.name } else { &group.label };
        let entry = (label.clone(), styles[i]);
        if !legend.contains(&entry) {
            legend.push(entry);
        }
    }
    legend
}

/// The name of layer `l` of `layers`.
pub fn layer_name(l: usize, layers: usize) -> String {
    if l + 1 == layers { "output".into() } else { format!("layer {}", l + 1) }
}

/// `a`, or `a to b` for several values.
pub fn range(values: &[f64], show: impl Fn(f64) -> String) -> Option<String> {
    let least = values.iter().copied().min_by(f64::total_cmp)?;
    let most = values.iter().copied().max_by(f64::total_cmp)?;
    let (least, most) = (show(least), show(most));
    Some(if least == most { least } else { format!("{least} to {most}") })
}

/// A title under the name of the group it is about.
pub fn whose(label: &str, title: &str) -> String {
    format!("{label}: {title}")
}
