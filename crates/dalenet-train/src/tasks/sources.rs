//! The built-in data sets of `dalenet_data`, with the settings of each. A data set more is its line
//! there; it starts from the settings for pictures.

use super::{DataSet, pictures};
use crate::{
    Config,
    classification::{best_on_photographs, convolutions_on_grey, paper_on_photographs},
};
use dalenet_data::Source;

pub(super) fn entries() -> Vec<DataSet> {
    let entry = |(name, summary): &(&str, &str)| {
        let general = DataSet::of_source(name, summary);
        match *name {
            "cifar10" => DataSet { start: photographs, ..general },
            _ => DataSet {
                presets: &["default", "paper", "conv"],
                start: grey_pictures,
                ..general
            },
        }
    };
    Source::BUILT_IN.iter().map(entry).collect()
}

/// The presets for small grey pictures of one thing each.
fn grey_pictures(task: &str, preset: &str, rule: &str) -> Config {
    match preset {
        "conv" => convolutions_on_grey(task == "fashion-mnist"),
        _ => pictures(task, preset, rule),
    }
}

/// The presets for photographs of ten kinds of things.
fn photographs(_task: &str, preset: &str, _rule: &str) -> Config {
    if preset == "paper" { paper_on_photographs() } else { best_on_photographs() }
}
