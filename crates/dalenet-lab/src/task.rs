//! What is learnt: a data set, or one of the tiny tasks of 1999.

use crate::{Config, Error, Preparation, settings::nearest};
use dalenet::{Matrix, Shape as Image};
use dalenet_data::{Observer, Source, Split};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The tasks known by name and what each is.
pub const TASKS: &[(&str, &str)] = &[
    ("mnist", "handwritten digits, 28×28, 60,000 + 10,000"),
    ("fashion-mnist", "articles of clothing, 28×28, 60,000 + 10,000"),
    ("cifar10", "photographs, 32×32×3, 50,000 + 10,000"),
    ("xor", "exclusive or: 2 inputs, 4 samples"),
    ("parity", "parity of --bits inputs, all 2^bits samples"),
    ("FILE.npz", "your own: arrays x_train, y_train, x_test, y_test"),
];

/// A task's samples.
pub struct Task {
    /// Its name.
    pub name: String,
    /// Height, width and channels of a sample.
    pub shape: Image,
    /// How the network sees it.
    pub preparation: Preparation,
    /// Outputs of the network: one a class, a single one for a yes-or-no task.
    pub outputs: usize,
    /// What is learnt from.
    pub train: Split,
    /// What settings are chosen on, if anything was held out.
    pub validation: Option<Split>,
    /// What is looked at once, at the end.
    pub test: Split,
}

/// What a network begins and ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ends {
    /// Height, width and channels of what it sees.
    pub input: [usize; 3],
    pub outputs: usize,
}

impl Ends {
    /// What it sees.
    pub fn image(self) -> Image {
        let [height, width, channels] = self.input;
        Image { height, width, channels }
    }

    /// # Errors
    /// If the network of the run at `path` is not for the samples of `task`.
    pub fn must_be_of(self, task: &Task, path: &Path) -> Result<(), Error> {
        if self == task.ends() {
            return Ok(());
        }
        let (found, wanted) = (task.ends().to_string(), self.to_string());
        Err(Error::OtherData { data: task.name.clone(), found, wanted, run: path.into() })
    }
}

impl std::fmt::Display for Ends {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} inputs and {} outputs", self.image().len(), self.outputs)
    }
}

/// Refuses a name that is no task's.
pub(crate) fn check(name: &str) -> Result<(), Error> {
    let tiny = matches!(name, "xor" | "parity");
    if tiny || Source::parse(name).is_some() {
        return Ok(());
    }
    let near = nearest(name, TASKS.iter().map(|(name, _)| *name));
    Err(Error::Config(format!("there is no task `{name}` (see `dalenet list`){near}")))
}

impl Task {
    /// The task of a configuration; fetches what is not there.
    ///
    /// # Errors
    /// If there is no such task, or its data cannot be had.
    pub fn load(
        config: &Config,
        data_dir: Option<&Path>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let bits = match config.task.as_str() {
            "xor" => 2,
            "parity" => config.bits,
            _ => return Self::data_set(config, data_dir, observer),
        };
        let truth = parity(bits)?;
        let shape = Image { height: 1, width: 1, channels: bits };
        Ok(Self {
            name: config.task.clone(),
            shape,
            preparation: Preparation::new(config.input, shape, &truth),
            outputs: 1,
            train: truth.clone(),
            validation: None,
            test: truth,
        })
    }

    fn data_set(
        config: &Config,
        data_dir: Option<&Path>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        check(&config.task)?;
        let source = Source::parse(&config.task).expect("a task that was checked");
        let data = dalenet_data::load(&source, data_dir, observer)?;
        for note in &data.notes {
            observer.note(note);
        }
        // The split is the same for every seed, so that settings are compared on the same samples.
        let held_out = (f64::from(config.validation) * data.train.len() as f64).round() as usize;
        let (train, validation) = match held_out {
            0 => (data.train, data.validation),
            held_out => {
                let (train, validation) = data.train.split_off(held_out, 0)?;
                (train, Some(validation))
            }
        };
        let shape = data.shape;
        let preparation = Preparation::new(config.input, shape, &train);
        let outputs = data.classes.len();
        Ok(Self {
            name: data.name,
            shape,
            preparation,
            outputs,
            train,
            validation,
            test: data.test,
        })
    }

    /// What a network for this task begins and ends with.
    pub(crate) fn ends(&self) -> Ends {
        let Image { height, width, channels } = self.input();
        Ends { input: [height, width, channels], outputs: self.outputs }
    }

    /// What the network sees of a sample; its length is D.
    pub fn input(&self) -> Image {
        self.preparation.output()
    }

    /// Fills `input`, B×D, with the prepared samples of `split` at `indices`; `change` may alter
    /// the raw sample `i` of the batch first.
    pub fn gather(
        &self,
        split: &Split,
        indices: &[u32],
        input: &mut Matrix,
        change: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        let (len, width) = (self.shape.len(), self.input().len());
        input.reshape(indices.len(), width);
        let rows = input.as_mut_slice().par_chunks_exact_mut(width);
        rows.zip(indices).enumerate().for_each_init(
            || vec![0.0; len],
            |sample, (i, (row, index))| {
                split.gather(&[*index], sample);
                change(i, sample);
                self.preparation.apply(sample, row);
            },
        );
    }
}

/// All 2^bits patterns in counting order, bit l of the pattern's number as input l; the label is
/// their parity (Kaneko's order).
fn parity(bits: usize) -> Result<Split, Error> {
    let patterns = 0..1u32 << bits;
    let inputs = patterns.clone().flat_map(|k| (0..bits).map(move |l| (k >> l & 1) as f32));
    let labels = patterns.clone().map(|k| (k.count_ones() % 2) as u16);
    Ok(Split::from_floats(inputs.collect(), bits, labels.collect())?)
}
