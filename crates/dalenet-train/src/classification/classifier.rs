//! A trained classifier: the network of a checkpoint with the preparation that was fitted for it.

use super::{Config, Evaluation, Prediction, Preparation, Samples};
use crate::{Error, Experiment, Registry, TestSet, trainer};
use dalenet::{Generator, Network, Rule, Shape, Trace, checkpoint::Checkpoint};
use dalenet_data::Split;
use serde::{Deserialize, Serialize};

/// The tensor of a checkpoint that holds the statistics of the preparation.
pub(super) const PREPARATION: &str = "preparation";

/// Stream of the seed's generator: initial weights, then what the rule draws.
pub(super) const WEIGHTS: u64 = 0;

/// What a network receives and gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Input {
    /// Height, width and channels of a sample, before it is prepared.
    pub shape: [usize; 3],
    /// Outputs of the network.
    pub outputs: usize,
    /// The names of the classes.
    pub classes: Vec<String>,
}

impl Input {
    pub fn new(samples: &Samples) -> Self {
        let Shape { height, width, channels } = samples.preparation.image();
        let (outputs, classes) = (samples.outputs, samples.classes.clone());
        Self { shape: [height, width, channels], outputs, classes }
    }

    fn image(&self) -> Shape {
        let [height, width, channels] = self.shape;
        Shape { height, width, channels }
    }
}

impl std::fmt::Display for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} inputs and {} outputs", self.image().len(), self.outputs)
    }
}

/// A trained classifier.
pub struct Classifier {
    /// Its configuration.
    pub config: Config,
    /// The names of the classes.
    pub classes: Vec<String>,
    /// How the network's input is made of a sample.
    pub preparation: Preparation,
    /// The network.
    pub network: Network,
    /// The rule that trained it; `None` if the registry has no such rule.
    pub rule: Option<Box<dyn Rule>>,
}

impl Classifier {
    /// The classifier of a checkpoint.
    ///
    /// # Errors
    /// If the checkpoint is of something else or of a version that recorded less.
    pub fn restore(registry: &Registry, file: &Checkpoint<'_>) -> Result<Self, Error> {
        let Experiment::Classification(config) = trainer::experiment(file)? else {
            return Err(Error::Config("the checkpoint is of an agent".into()));
        };
        let input: Input = file.json("input")?;
        let statistics = file.u32s(PREPARATION)?;
        let preparation = Preparation::restore(config.input, input.image(), &statistics);
        let preparation = preparation.ok_or_else(|| {
            dalenet::checkpoint::Error::Missing(format!("{PREPARATION} of {:?}", input.shape))
        })?;
        let spec = config.network_spec(preparation.output(), input.outputs)?;
        // As the training drew them: weights first, then what the rule needs.
        let mut generator = Generator::new(config.seed, WEIGHTS);
        let mut network = Network::new(&spec, &mut generator);
        let mut rule = registry.make_rule(&config.rule, &config.network).ok();
        if let Some(rule) = &mut rule {
            rule.prepare(&network, &mut generator);
        }
        file.load_network("", &mut network)?;
        Ok(Self { config, classes: input.classes, preparation, network, rule })
    }

    /// Evaluates it on a test set.
    ///
    /// # Errors
    /// If the samples have another shape.
    pub fn evaluate(&self, data: &TestSet) -> Result<Evaluation, Error> {
        self.check(data)?;
        let trace = &mut Trace::default();
        let evaluation =
            Evaluation::of(&self.network, &self.preparation, &data.test, trace, &|| false);
        evaluation.ok_or_else(|| Error::Config("the evaluation was stopped".into()))
    }

    /// # Errors
    /// If a test set is not one for this network.
    pub fn check(&self, data: &TestSet) -> Result<(), Error> {
        self.check_shape(&data.name, data.shape)?;
        let classes = self.network.outputs().max(2);
        if let Some(label) = data.test.labels().iter().find(|label| usize::from(**label) >= classes)
        {
            return Err(Error::OtherData {
                data: data.name.clone(),
                found: format!("a class {label}"),
                wanted: format!("{classes} classes"),
            });
        }
        Ok(())
    }

    /// Predicts the classes of samples of `shape`, whose labels are not used; `name` is what messages
    /// call them.
    ///
    /// # Errors
    /// If the samples have another shape.
    pub fn predict(&self, name: &str, shape: Shape, samples: &Split) -> Result<Prediction, Error> {
        self.check_shape(name, shape)?;
        let prediction = Prediction::of(&self.network, &self.preparation, samples, &|| false);
        prediction.ok_or_else(|| Error::Config("the prediction was stopped".into()))
    }

    /// # Errors
    /// If samples of this shape are not those of the network.
    pub fn check_shape(&self, data: &str, shape: Shape) -> Result<(), Error> {
        let own = self.preparation.image();
        if shape == own {
            return Ok(());
        }
        let sizes = |image: Shape| {
            let Shape { height, width, channels } = image;
            format!("{} inputs ({height}×{width}×{channels})", image.len())
        };
        Err(Error::OtherData { data: data.into(), found: sizes(shape), wanted: sizes(own) })
    }
}
