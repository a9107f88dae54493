//! The samples of a training: prepared, with some of them held out.

use super::{Config, Preparation};
use crate::{
    Error, Registry,
    data::{Dataset, Identity},
};
use dalenet::Shape;
use dalenet_data::Split;

/// The samples of a training.
pub struct Samples {
    /// The data set's name.
    pub name: String,
    /// Where they came from.
    pub identity: Identity,
    /// The names of the classes; a label is the index of one.
    pub classes: Vec<String>,
    /// Outputs of the network: one a class, a single one for a yes-or-no task.
    pub outputs: usize,
    /// How the network's input is made of a sample.
    pub preparation: Preparation,
    /// The samples to train on.
    pub train: Split,
    /// The samples to choose settings on, if any were held out.
    pub validation: Option<Split>,
    /// The samples that are used once, at the end.
    pub test: Split,
    /// What was noticed in the data, one sentence each.
    pub notes: Vec<String>,
}

impl Samples {
    /// Holds out the samples that `config` asks for, unless the data have some for that, and fits
    /// the preparation to those that are left.
    ///
    /// # Errors
    /// If none would be left to train on.
    pub fn new(config: &Config, data: Dataset, registry: &Registry) -> Result<Self, Error> {
        let (train, validation) = match data.validation {
            Some(validation) => (data.train, Some(validation)),
            None => hold_out(config.validation, data.train)?,
        };
        let single = registry.data(&config.task).is_ok_and(|entry| entry.single_output);
        Ok(Self {
            name: data.name,
            identity: data.identity,
            outputs: if single { 1 } else { data.classes.len() },
            classes: data.classes,
            preparation: Preparation::new(config.input, data.shape, &train)?,
            train,
            validation,
            test: data.test,
            notes: data.notes,
        })
    }

    /// The network's input of a sample; its length is D.
    pub fn input(&self) -> Shape {
        self.preparation.output()
    }
}

/// The split is the same for every seed, so that settings are compared on the same samples.
fn hold_out(share: f32, train: Split) -> Result<(Split, Option<Split>), Error> {
    match (f64::from(share) * train.len() as f64).round() as usize {
        0 => Ok((train, None)),
        held_out => {
            let (train, validation) = train.split_off(held_out, 0)?;
            Ok((train, Some(validation)))
        }
    }
}
