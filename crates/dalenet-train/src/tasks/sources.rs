//! The built-in data sets of `dalenet_data`, with the settings of each. A data set more is its line
//! there; it starts from the settings for pictures.

use super::{DataSet, no_kaneko, pictures};
use crate::{
    Config, Error,
    classification::{best_on_photographs, paper_on_photographs},
};
use dalenet_data::Source;

pub(super) fn entries() -> Vec<DataSet> {
    let entry = |(name, summary): &(&str, &str)| {
        let start = if *name == "cifar10" { photographs } else { pictures };
        DataSet { start, ..DataSet::of_source(name, summary) }
    };
    Source::BUILT_IN.iter().map(entry).collect()
}

/// The presets for photographs of ten kinds of things.
fn photographs(task: &str, preset: &str, _rule: &str) -> Result<Config, Error> {
    match preset {
        "kaneko" => Err(no_kaneko(task)),
        "paper" => Ok(paper_on_photographs()),
        _ => Ok(best_on_photographs()),
    }
}
