//! The trained network of a run, layer by layer.

use crate::{Error, Evaluation, Resources, Run, held_out, trained};
use dalenet::{Trace, diagnosis::Diagnosis, layer::Layer};
use dalenet_data::Observer;
use dalenet_train::{OutputError, Probe, Samples};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Bins of a histogram.
const BINS: usize = 32;
/// The smallest magnitude a histogram shows beside the largest, where no floor sets it.
const SMALLEST: f32 = 1e-4;
/// Most pairs of confused classes.
const PAIRS: usize = 10;

/// Analysis of a run's network.
#[derive(Clone, Debug, Serialize)]
pub struct Analysis {
    /// Folder of the run.
    #[serde(serialize_with = "crate::files::lossy")]
    pub run: PathBuf,
    /// Task.
    pub task: String,
    /// Learning rule.
    pub rule: String,
    /// Random seed.
    pub seed: u64,
    /// Which samples it was evaluated on: `held out`, or `training` where none are held out.
    pub samples: &'static str,
    /// How many of them are right, and which are taken for which.
    pub evaluation: Evaluation,
    /// The classes most often taken for another, most often first.
    pub confused: Vec<Confused>,
    /// First to last.
    pub layers: Vec<LayerAnalysis>,
}

/// A class taken for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confused {
    /// The class.
    pub class: usize,
    /// The class it was given.
    pub taken_for: usize,
    /// How often.
    pub samples: usize,
}

/// Analysis of a layer.
#[derive(Clone, Debug, Serialize)]
pub struct LayerAnalysis {
    /// Presynaptic units K of both streams.
    pub inputs: usize,
    /// Postsynaptic units N of both streams.
    pub units: usize,
    /// Mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`; `None` in a single stream.
    pub ei_ratio: Option<f64>,
    /// Teaching signal and silent units: on the probe of the run's metrics, of an agent on a minibatch.
    #[serde(flatten)]
    pub diagnosis: Diagnosis,
    /// How large the weights are, by sub-matrix.
    pub weights: Vec<Histogram>,
}

/// How large the weights of a sub-matrix are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// `W_pp`, `W_pn`, `W_np`, `W_nn` or `W`.
    pub name: String,
    /// The magnitudes at the lower end of the first bin (which takes smaller ones too) and at the
    /// upper end of the last. All bins are equally wide on a logarithmic axis.
    pub range: [f32; 2],
    /// Share of the weights in each bin.
    pub shares: Vec<f64>,
}

/// Analyses the network of the run at `path` on its held-out samples.
///
/// # Errors
/// If the run or its data cannot be used.
pub fn analyse<'a>(
    path: &Path,
    resources: impl Into<Resources<'a>>,
    observer: &mut dyn Observer,
) -> Result<Analysis, Error> {
    let resources = resources.into();
    let run = Run::open(path)?;
    let (trained, identity) = trained::classifier(resources, &run)?;
    let rule = trained.rule.as_ref().ok_or_else(|| Error::UnknownRule(path.into()))?;
    let (config, network) = (&trained.config, &trained.network);
    let Samples { train, validation, .. } =
        held_out::samples(&run, &trained, identity.as_ref(), resources, observer)?;
    let samples = if validation.is_some() { "held out" } else { "training" };
    let split = validation.as_ref().unwrap_or(&train);
    let (preparation, trace) = (&trained.preparation, &mut Trace::default());
    let evaluation = Evaluation::of(network, preparation, split, trace, &|| false);
    let evaluation = evaluation.ok_or_else(|| Error::Config("nothing was evaluated".into()))?;
    let error = OutputError::new(config, train.labels(), &trained.classes)?;
    let mut probe = Probe::new(error, preparation, &train, validation.as_ref());
    let diagnoses = probe.diagnose(network, rule.as_ref());
    let layers = network.layers().iter().zip(diagnoses);
    Ok(Analysis {
        run: path.into(),
        task: config.task.clone(),
        rule: config.network.rule_name(&config.rule),
        seed: config.seed,
        samples,
        confused: confused(&evaluation.confusion),
        evaluation,
        layers: layers.map(|(layer, diagnosis)| LayerAnalysis::new(layer, diagnosis)).collect(),
    })
}

impl LayerAnalysis {
    pub(crate) fn new(layer: &Layer, diagnosis: Diagnosis) -> Self {
        Self {
            inputs: layer.inputs(),
            units: layer.units(),
            ei_ratio: layer.balance().map(|balance| balance.ei_ratio),
            diagnosis,
            weights: histograms(layer),
        }
    }
}

/// How large a layer's weights are, by sub-matrix; all on the same axis.
pub(crate) fn histograms(layer: &Layer) -> Vec<Histogram> {
    let weights = layer.weights().as_slice();
    let largest = weights.iter().fold(f32::MIN_POSITIVE, |most, w| most.max(w.abs()));
    let floor = layer.dale().map_or(0.0, |dale| dale.floor);
    let smallest = if floor > 0.0 && floor < largest { floor } else { SMALLEST * largest };
    let width = (largest / smallest).ln() / BINS as f32;
    let histogram = |part: &dalenet::layer::SubMatrix| {
        let mut counts = vec![0usize; BINS];
        let magnitudes = layer.magnitudes(part);
        for w in magnitudes.as_slice() {
            let bin = ((w.abs() / smallest).ln() / width).max(0.0) as usize;
            counts[bin.min(BINS - 1)] += 1;
        }
        let all = magnitudes.as_slice().len().max(1) as f64;
        Histogram {
            name: part.name.clone(),
            range: [smallest, largest],
            shares: counts.iter().map(|count| *count as f64 / all).collect(),
        }
    };
    layer.sub_matrices().iter().map(histogram).collect()
}

/// The off-diagonal entries of a confusion matrix, largest first.
pub(crate) fn confused(confusion: &[Vec<usize>]) -> Vec<Confused> {
    let entries = confusion.iter().enumerate().flat_map(|(class, row)| {
        let entry = move |(taken_for, samples): (usize, &usize)| Confused {
            class,
            taken_for,
            samples: *samples,
        };
        row.iter().enumerate().map(entry)
    });
    let mut pairs: Vec<_> =
        entries.filter(|pair| pair.class != pair.taken_for && pair.samples > 0).collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.samples));
    pairs.truncate(PAIRS);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use dalenet::{Generator, Matrix, Network, NetworkSpec};

    /// Magnitudes at the floor, in the middle (on the logarithmic axis just above it) and at the
    /// top: bins 0, 16 and 31.
    #[test]
    fn weights_fall_into_bins_of_equal_ratio() {
        let spec = NetworkSpec { inputs: 1, outputs: 3, ..NetworkSpec::default() };
        let mut network = Network::new(&spec, &mut Generator::new(0, 0));
        let layer = &mut network.layers_mut()[0];
        for part in layer.sub_matrices() {
            layer.set_magnitudes(&part, &Matrix::from_rows(&[[1e-4, 1.01e-2, 1.0]]));
        }
        for histogram in histograms(layer) {
            assert_eq!(histogram.range, [1e-4, 1.0]);
            for (bin, share) in histogram.shares.iter().enumerate() {
                let want = if [0, 16, 31].contains(&bin) { 1.0 / 3.0 } else { 0.0 };
                assert_eq!(*share, want, "bin {bin}");
            }
        }
    }

    #[test]
    fn the_most_confused_classes_come_first() {
        let pairs = confused(&[vec![9, 1, 0], vec![4, 7, 2], vec![0, 0, 8]]);
        let found: Vec<_> = pairs.iter().map(|p| (p.class, p.taken_for, p.samples)).collect();
        assert_eq!(found, [(1, 0, 4), (1, 2, 2), (0, 1, 1)]);
    }
}
