//! The built-in data sets of `dalenet_data`, with the settings of each. A data set more is its line
//! there; it starts from the settings for pictures.

use super::{DataSet, pictures};
use crate::{
    Config,
    classification::{best, best_on_photographs, convolutions_on_grey, paper_on_photographs},
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

/// The presets for small grey pictures of one thing each. Clothes fill more of theirs than digits, and at
/// the rate for digits Error Diffusion may lose a class for good.
fn grey_pictures(task: &str, preset: &str, rule: &str) -> Config {
    let clothes = task == "fashion-mnist";
    match preset {
        "conv" => convolutions_on_grey(clothes),
        "default" if clothes => Config { rate: 5.0, ..best() },
        _ => pictures(task, preset, rule),
    }
}

/// The presets for photographs of ten kinds of things.
fn photographs(_task: &str, preset: &str, _rule: &str) -> Config {
    if preset == "paper" { paper_on_photographs() } else { best_on_photographs() }
}
