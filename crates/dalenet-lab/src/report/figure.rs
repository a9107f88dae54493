//! A figure, and the texts that figures have in common.

use super::{
    canvas::rule_colours,
    study::{Group, Study},
};
use plotters::style::RGBColor;

/// A figure.
pub struct Figure {
    /// Its file, without the ending.
    pub name: String,
    /// What it shows, in a sentence.
    pub caption: String,
    pub svg: String,
}

/// The colour of each group of a study: that of its rule.
pub fn colours(study: &Study) -> Vec<RGBColor> {
    let rules: Vec<_> = study.groups.iter().map(Group::rule).collect();
    rule_colours(&rules)
}

/// The label and the colour of each group.
pub fn legend(study: &Study) -> Vec<(String, RGBColor)> {
    let labels = study.groups.iter().map(|group| group.label.clone());
    labels.zip(colours(study)).collect()
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
