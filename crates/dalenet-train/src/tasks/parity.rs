//! Parity.

use super::{DataSet, Request};
use crate::{
    Config, Error,
    classification::{best, kaneko, paper},
    data::{self, Dataset},
};
use dalenet::Shape;
use dalenet_data::Split;

pub(super) fn entries() -> Vec<DataSet> {
    let summary = "parity of --bits inputs, all 2^bits samples";
    vec![yes_or_no("parity", summary, |request| request.bits)]
}

/// The parity of `bits` inputs, answered by one output.
pub(super) fn yes_or_no(name: &str, summary: &str, bits: fn(&Request<'_>) -> usize) -> DataSet {
    DataSet {
        presets: &["default", "paper", "kaneko"],
        start,
        single_output: true,
        ..DataSet::new(name, summary, move |request| data_set(request.task, bits(request)))
    }
}

fn start(_task: &str, preset: &str, rule: &str) -> Config {
    if preset == "kaneko" || (preset, rule) == ("default", "ed") {
        return kaneko();
    }
    let mut config = if preset == "paper" { paper() } else { best() };
    (config.shift, config.validation) = (0, 0.0);
    config.network.layers = vec![32.into()];
    (config.batch, config.epochs, config.stop_error) = (4, 3000, 0.1);
    config
}

/// All patterns to train on and to test on.
fn data_set(name: &str, bits: usize) -> Result<Dataset, Error> {
    let truth = parity(bits)?;
    Ok(Dataset {
        name: name.into(),
        shape: Shape::flat(bits),
        classes: vec!["0".into(), "1".into()],
        train: truth.clone(),
        validation: None,
        test: truth,
        identity: data::identity_of_text(&format!("parity of {bits} bits")),
        notes: Vec::new(),
    })
}

/// All 2^bits patterns in counting order, bit l of the pattern's number as input l; the label is
/// their parity (Kaneko's order).
fn parity(bits: usize) -> Result<Split, Error> {
    let patterns = 0..1u32 << bits;
    let inputs = patterns.clone().flat_map(|k| (0..bits).map(move |l| (k >> l & 1) as f32));
    let labels = patterns.clone().map(|k| (k.count_ones() % 2) as u16);
    Ok(Split::from_floats(inputs.collect(), bits, labels.collect())?)
}
