//! How many samples a network gets right.

use super::{Preparation, prediction};
use dalenet::{Network, Trace};
use dalenet_data::Split;
use serde::Serialize;

/// With more classes than this there is no confusion matrix: it would be larger than the network.
const CLASSES: usize = 1000;

/// The predictions for a set of samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Share of the samples that are right.
    pub accuracy: f64,
    /// Mean recall of the classes that the samples have.
    pub balanced_accuracy: f64,
    /// Share of each class's samples that are right; none of a class without a sample.
    pub recall: Vec<Option<f64>>,
    /// Mean over the samples of Σ_c |target − prediction|.
    pub error: f64,
    /// How many samples.
    pub samples: usize,
    /// How often each class was predicted.
    pub predicted: Vec<usize>,
    /// How many samples of each class (rows) were given each class (columns); empty with more than
    /// a thousand classes.
    pub confusion: Vec<Vec<usize>>,
}

impl Evaluation {
    /// Evaluates `network` on all samples of `split`. `None` if `stop` says so before the end.
    pub fn of(
        network: &Network,
        preparation: &Preparation,
        split: &Split,
        trace: &mut Trace,
        stop: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let mut counts = Counts::new(network.outputs().max(2));
        prediction::each(network, preparation, split, trace, stop, |sample, outputs| {
            counts.add(usize::from(split.labels()[sample]), outputs);
        })?;
        Some(counts.evaluation())
    }

    /// Evaluates a forward pass of one's own to `outputs` on all samples of `split`.
    pub fn by(
        forward: &mut dyn FnMut(&mut Trace),
        outputs: usize,
        preparation: &Preparation,
        split: &Split,
    ) -> Self {
        let mut counts = Counts::new(outputs.max(2));
        let trace = &mut Trace::default();
        let add = |sample: usize, outputs: &[f32]| {
            counts.add(usize::from(split.labels()[sample]), outputs);
        };
        prediction::each_by(forward, preparation, split, trace, &|| false, add)
            .expect("nothing stops it");
        counts.evaluation()
    }
}

/// What is counted sample by sample.
struct Counts {
    /// Samples of each class.
    samples: Vec<usize>,
    /// How many of them are right.
    right: Vec<usize>,
    predicted: Vec<usize>,
    confusion: Vec<Vec<usize>>,
    error: f64,
}

impl Counts {
    fn new(classes: usize) -> Self {
        let matrix = if classes <= CLASSES { classes } else { 0 };
        Self {
            samples: vec![0; classes],
            right: vec![0; classes],
            predicted: vec![0; classes],
            confusion: vec![vec![0; matrix]; matrix],
            error: 0.0,
        }
    }

    /// Adds a sample of the class `label`.
    fn add(&mut self, label: usize, outputs: &[f32]) {
        let class = prediction::class(outputs);
        self.samples[label] += 1;
        self.right[label] += usize::from(label == class);
        self.predicted[class] += 1;
        if let Some(row) = self.confusion.get_mut(label) {
            row[class] += 1;
        }
        self.error += absolute_error(label, outputs);
    }

    fn evaluation(self) -> Evaluation {
        let [right, samples] = [&self.right, &self.samples].map(|of| of.iter().sum::<usize>());
        let recall = self.right.iter().zip(&self.samples);
        let recall = recall.map(|(right, all)| (*all > 0).then(|| *right as f64 / *all as f64));
        let recall: Vec<_> = recall.collect();
        let (sum, present) =
            (recall.iter().flatten().sum::<f64>(), recall.iter().flatten().count());
        Evaluation {
            accuracy: right as f64 / samples.max(1) as f64,
            balanced_accuracy: sum / present.max(1) as f64,
            recall,
            error: self.error / samples.max(1) as f64,
            samples,
            predicted: self.predicted,
            confusion: self.confusion,
        }
    }
}

/// Σ_c |target − prediction| of a sample.
fn absolute_error(label: usize, outputs: &[f32]) -> f64 {
    let target = |output: usize| match outputs.len() {
        1 => label as f64,
        _ => f64::from(u8::from(output == label)),
    };
    let errors = outputs.iter().enumerate();
    errors.map(|(output, value)| (target(output) - f64::from(*value)).abs()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of class 0 three samples, two right; of class 1 one, wrong; of class 2 none.
    #[test]
    fn recall_is_of_each_class_and_balanced_accuracy_their_mean() {
        let mut counts = Counts::new(3);
        for (label, outputs) in [
            (0, [0.75, 0.25, 0.0]),
            (0, [1.0, 0.0, 0.0]),
            (0, [0.0, 0.5, 0.25]),
            (1, [0.0, 0.25, 0.5]),
        ] {
            counts.add(label, &outputs);
        }
        let evaluation = counts.evaluation();
        assert_eq!(evaluation.accuracy, 0.5);
        assert_eq!(evaluation.recall, [Some(2.0 / 3.0), Some(0.0), None]);
        assert_eq!(evaluation.balanced_accuracy, 1.0 / 3.0);
        assert_eq!(evaluation.error, (0.5 + 0.0 + 1.75 + 1.25) / 4.0);
        assert_eq!(evaluation.confusion, [[2, 1, 0], [0, 0, 1], [0, 0, 0]]);
        assert_eq!(evaluation.predicted, [2, 1, 1]);
    }

    #[test]
    fn a_single_output_is_the_second_class() {
        assert_eq!((absolute_error(0, &[0.25]), absolute_error(1, &[0.25])), (0.25, 0.75));
    }
}
