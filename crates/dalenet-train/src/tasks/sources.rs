//! The built-in data sets of `dalenet_data`, with the settings of each. A data set more is its line
//! there; it starts from the settings for pictures.

use super::{DataSet, no_convolutions, no_kaneko, pictures};
use crate::{
    Config, Error,
    classification::{best_on_photographs, convolutions_on_grey, paper_on_photographs},
};
use dalenet_data::Source;

pub(super) fn entries() -> Vec<DataSet> {
    let entry = |(name, summary): &(&str, &str)| {
        let start = if *name == "cifar10" { photographs } else { grey_pictures };
        DataSet { start, ..DataSet::of_source(name, summary) }
    };
    Source::BUILT_IN.iter().map(entry).collect()
}

/// The presets for small grey pictures of one thing each.
fn grey_pictures(task: &str, preset: &str, rule: &str) -> Result<Config, Error> {
    match preset {
        "conv" => Ok(convolutions_on_grey(task == "fashion-mnist")),
        _ => pictures(task, preset, rule),
    }
}

/// The presets for photographs of ten kinds of things.
fn photographs(task: &str, preset: &str, _rule: &str) -> Result<Config, Error> {
    match preset {
        "kaneko" => Err(no_kaneko(task)),
        "conv" => Err(no_convolutions(task)),
        "paper" => Ok(paper_on_photographs()),
        _ => Ok(best_on_photographs()),
    }
}
