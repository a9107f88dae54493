//! What a network predicts of samples.

use super::Preparation;
use dalenet::{Activation, Network, Trace};
use dalenet_data::Split;

/// Samples that pass through the network at once.
const BATCH: usize = 500;

/// What a network predicts of N samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The class of each sample, N.
    pub labels: Vec<u16>,
    /// The probability of each class, N×C: softmax outputs as they are; of sigmoid outputs, each an
    /// estimate of its own, the share of their sum.
    pub probabilities: Vec<f32>,
}

impl Prediction {
    /// The predictions of `network` for all samples of `split`, whose labels are not used. `None` if
    /// `stop` says so before the end.
    pub fn of(
        network: &Network,
        preparation: &Preparation,
        split: &Split,
        stop: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let classes = network.outputs().max(2);
        let mut labels = Vec::with_capacity(split.len());
        let mut probabilities = Vec::with_capacity(split.len() * classes);
        let is_softmax =
            network.layers().last().is_some_and(|l| l.activation() == Activation::Softmax);
        each(network, preparation, split, &mut Trace::default(), stop, |_, outputs| {
            labels.push(class(outputs) as u16);
            match outputs {
                [yes] => probabilities.extend([1.0 - yes, *yes]),
                _ if is_softmax => probabilities.extend(outputs),
                _ => probabilities.extend(Self::shares(outputs)),
            }
        })?;
        Some(Self { labels, probabilities })
    }

    /// The probabilities by C sigmoid outputs: each output's share of the sum; equal shares where all are 0.
    pub fn shares(outputs: &[f32]) -> impl Iterator<Item = f32> {
        let sum: f32 = outputs.iter().sum();
        let equal = 1.0 / outputs.len() as f32;
        outputs.iter().map(move |output| if sum > 0.0 { output / sum } else { equal })
    }
}

/// Calls `add` with each sample of `split` and the outputs of `network` for it. `None` if `stop` says so
/// before the end.
pub(super) fn each(
    network: &Network,
    preparation: &Preparation,
    split: &Split,
    trace: &mut Trace,
    stop: &dyn Fn() -> bool,
    add: impl FnMut(usize, &[f32]),
) -> Option<()> {
    each_by(&mut |trace| network.forward(trace), preparation, split, trace, stop, add)
}

/// The same by a forward pass of one's own.
pub(super) fn each_by(
    forward: &mut dyn FnMut(&mut Trace),
    preparation: &Preparation,
    split: &Split,
    trace: &mut Trace,
    stop: &dyn Fn() -> bool,
    mut add: impl FnMut(usize, &[f32]),
) -> Option<()> {
    let indices: Vec<u32> = (0..split.len() as u32).collect();
    for batch in indices.chunks(BATCH) {
        if stop() {
            return None;
        }
        preparation.gather(split, batch, trace.input_mut(), |_, _| {});
        forward(trace);
        for (outputs, index) in trace.output().iter_rows().zip(batch) {
            add(*index as usize, outputs);
        }
    }
    Some(())
}

/// The class a row of the prediction stands for: the largest output, or with a single output
/// whether it is above one half.
pub(super) fn class(prediction: &[f32]) -> usize {
    match prediction {
        [single] => usize::from(*single > 0.5),
        _ => (0..prediction.len())
            .max_by(|a, b| prediction[*a].total_cmp(&prediction[*b]))
            .unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one() {
        let shares = |outputs: &[f32]| Prediction::shares(outputs).collect::<Vec<_>>();
        assert_eq!(shares(&[0.5, 0.25, 0.25]), [0.5, 0.25, 0.25]);
        assert_eq!(shares(&[1.0, 1.0]), [0.5, 0.5]);
        assert_eq!(shares(&[0.0, 0.0]), [0.5, 0.5]);
    }
}
