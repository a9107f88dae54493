//! How many samples a network gets right.

use crate::{Config, Error, Run, Task, trained::Trained};
use dalenet::{Network, Trace};
use dalenet_data::{Observer, Split};
use serde::Serialize;
use std::path::Path;

/// Samples evaluated at once.
const BATCH: usize = 500;

/// What a network makes of a set of samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Share of the samples that are right.
    pub accuracy: f64,
    /// How many samples.
    pub samples: usize,
    /// How often each class was predicted.
    pub predicted: Vec<usize>,
    /// How many samples of each class (rows) were given each class (columns).
    pub confusion: Vec<Vec<usize>>,
}

impl Evaluation {
    /// Whether every sample was given the same class though there are more.
    pub fn one_class_only(&self) -> bool {
        self.predicted.len() > 1 && self.predicted.iter().filter(|count| **count > 0).count() == 1
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

/// Evaluates `network` on all samples of `split`, a part of `task`.
pub fn evaluate(network: &Network, task: &Task, split: &Split, trace: &mut Trace) -> Evaluation {
    let indices: Vec<u32> = (0..split.len() as u32).collect();
    let classes = network.outputs().max(2);
    let mut confusion = vec![vec![0; classes]; classes];
    for batch in indices.chunks(BATCH) {
        task.gather(split, batch, trace.input_mut(), |_, _| {});
        network.forward(trace);
        for (row, index) in trace.output().iter_rows().zip(batch) {
            confusion[usize::from(split.labels()[*index as usize])][class(row)] += 1;
        }
    }
    let samples = indices.len();
    let right: usize = (0..classes).map(|class| confusion[class][class]).sum();
    let predicted = (0..classes).map(|class| confusion.iter().map(|row| row[class]).sum());
    Evaluation {
        accuracy: right as f64 / samples.max(1) as f64,
        samples,
        predicted: predicted.collect(),
        confusion,
    }
}

/// Evaluates the network of the run at `path` on the test set of `data` (its own task's if none).
///
/// # Errors
/// If the run or the data cannot be used, or do not fit each other.
pub fn evaluate_run(
    path: &Path,
    data: Option<&str>,
    data_dir: Option<&Path>,
    observer: &mut dyn Observer,
) -> Result<(Config, Evaluation), Error> {
    let Trained { config, ends, network, .. } = Trained::load(&Run::open(path)?)?;
    let mut other = config.clone();
    other.task = data.unwrap_or(&config.task).into();
    other.validation = 0.0; // only the test set is looked at
    let task = Task::load(&other, data_dir, observer)?;
    ends.must_be_of(&task, path)?;
    let evaluation = evaluate(&network, &task, &task.test, &mut Trace::default());
    Ok((config, evaluation))
}
