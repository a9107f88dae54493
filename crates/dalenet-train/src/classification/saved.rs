//! The training of a classification as a checkpoint.

use super::{
    ClassificationTrainer,
    classifier::{Input, PREPARATION},
    progress::Progress,
};
use crate::{
    Error, Metadata, Trainer,
    trainer::{check_experiment, json, with_experiment},
};
use dalenet::{
    Generator,
    checkpoint::{self, Checkpoint, Values},
};

/// The tensor that holds the samples in the order of the running epoch.
const ORDER: &str = "order";

/// Before the names of the last step's weights, where those of the best epoch are kept: `layer1.W_pp`
/// is always what is evaluated.
const LAST: &str = "last.";

pub(super) fn write(training: &mut ClassificationTrainer, mut metadata: Metadata) -> Vec<u8> {
    training.progress.generator = training.generator.state();
    training.progress.best = training.early_stopping.best();
    metadata.insert("progress".into(), json(&training.progress));
    metadata.insert("input".into(), json(&Input::new(&training.samples)));
    let (network, optimiser) = (&training.learner.network, &training.learner.optimiser);
    let mut networks = vec![("", training.kept(), Some(optimiser))];
    if training.early_stopping.best().is_some() {
        networks.push((LAST, network, None));
    }
    checkpoint::write(
        &networks,
        &[
            (ORDER.into(), Values::U32(training.order.clone())),
            (PREPARATION.into(), Values::U32(training.samples.preparation.statistics())),
        ],
        with_experiment(metadata, &training.experiment()),
    )
}

pub(super) fn read(
    training: &mut ClassificationTrainer,
    file: &Checkpoint<'_>,
) -> Result<(), Error> {
    check_experiment(file, &training.experiment())?;
    let order = file.u32s(ORDER)?;
    let input: Input = file.json("input")?;
    let own = Input::new(&training.samples);
    let [found, wanted] = [(training.order.len(), own), (order.len(), input)]
        .map(|(samples, input)| format!("{samples} training samples of {input}"));
    if found != wanted {
        return Err(Error::OtherData { data: training.samples.name.clone(), found, wanted });
    }
    let progress: Progress = file.json("progress")?;
    let network = &mut training.learner.network;
    let best = match progress.best {
        Some(best) => {
            let mut kept = network.clone();
            file.load_network("", &mut kept)?;
            file.load_network(LAST, network)?;
            Some((best, kept))
        }
        None => {
            file.load_network("", network)?;
            None
        }
    };
    file.load_optimiser("", &mut training.learner.optimiser)?;
    training.early_stopping.restore(best);
    training.order = order;
    training.generator = Generator::restore(&progress.generator);
    training.progress = progress;
    training.warnings.clear();
    training.check_length()
}
