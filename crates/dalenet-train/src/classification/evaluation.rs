//! How many samples a network gets right.

use super::Preparation;
use dalenet::{Network, Trace};
use dalenet_data::Split;
use serde::Serialize;

/// Samples evaluated at once.
const BATCH: usize = 500;
/// With more classes than this there is no confusion matrix: it would be larger than the network.
const CLASSES: usize = 1000;

/// The predictions for a set of samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Share of the samples that are right.
    pub accuracy: f64,
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
        let indices: Vec<u32> = (0..split.len() as u32).collect();
        let classes = network.outputs().max(2);
        let matrix = if classes <= CLASSES { classes } else { 0 };
        let mut evaluation = Self {
            accuracy: 0.0,
            samples: indices.len(),
            predicted: vec![0; classes],
            confusion: vec![vec![0; matrix]; matrix],
        };
        let mut right = 0;
        for batch in indices.chunks(BATCH) {
            if stop() {
                return None;
            }
            preparation.gather(split, batch, trace.input_mut(), |_, _| {});
            network.forward(trace);
            for (row, index) in trace.output().iter_rows().zip(batch) {
                let (label, class) = (usize::from(split.labels()[*index as usize]), class(row));
                right += usize::from(label == class);
                evaluation.count(label, class);
            }
        }
        evaluation.accuracy = right as f64 / indices.len().max(1) as f64;
        Some(evaluation)
    }

    fn count(&mut self, label: usize, class: usize) {
        self.predicted[class] += 1;
        if let Some(row) = self.confusion.get_mut(label) {
            row[class] += 1;
        }
    }
}

/// The class a row of the prediction stands for: the largest output, or with a single output
/// whether it is above one half.
pub(crate) fn class(prediction: &[f32]) -> usize {
    match prediction {
        [single] => usize::from(*single > 0.5),
        _ => (0..prediction.len())
            .max_by(|a, b| prediction[*a].total_cmp(&prediction[*b]))
            .unwrap_or(0),
    }
}
