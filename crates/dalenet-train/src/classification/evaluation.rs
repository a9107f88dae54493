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
    /// How many samples there are of each class.
    #[serde(skip)]
    actual: Vec<usize>,
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
            actual: vec![0; classes],
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
        self.actual[label] += 1;
        if let Some(row) = self.confusion.get_mut(label) {
            row[class] += 1;
        }
    }

    /// Whether every sample was given the same class though they are of several.
    pub fn one_class_only(&self) -> bool {
        let several = |counts: &[usize]| counts.iter().filter(|count| **count > 0).count() > 1;
        several(&self.actual) && !several(&self.predicted)
    }

    /// What to say of a network that gives every sample the same class.
    pub(crate) fn warning(&self) -> Option<String> {
        if !self.one_class_only() {
            return None;
        }
        let most = self.actual.iter().copied().max().unwrap_or(0);
        let share = most as f64 / self.samples.max(1) as f64;
        let frequent = self.accuracy >= share;
        Some(match frequent && share > 0.5 {
            true => format!(
                "the network gives every sample the same class, the most frequent one with {:.1} % \
                 of the samples: it has learnt nothing of the others",
                100.0 * share
            ),
            false => "the network gives every sample the same class: it has collapsed; try a \
                      smaller rate, or wider sigmoids"
                .into(),
        })
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
