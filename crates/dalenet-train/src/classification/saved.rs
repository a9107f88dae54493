//! The training of a classification as a checkpoint.

use super::{
    Samples,
    classifier::{Input, PREPARATION},
    early_stopping::EarlyStopping,
    progress::Progress,
};
use crate::{Error, Metadata, trainer::json};
use dalenet::{
    Learner,
    checkpoint::{self, Checkpoint, Values},
};

/// The tensor that holds the samples in the order of the running epoch.
const ORDER: &str = "order";

/// Before the names of the last step's weights, where those of the best epoch are kept: `layer1.W_pp`
/// is always what is evaluated.
const LAST: &str = "last.";

/// The bytes of a checkpoint, with `metadata` of the caller's own.
pub(super) fn write(
    (learner, early_stopping): (&Learner, &EarlyStopping),
    (samples, order): (&Samples, &[u32]),
    progress: &Progress,
    mut metadata: Metadata,
) -> Vec<u8> {
    metadata.insert("progress".into(), json(progress));
    metadata.insert("input".into(), json(&Input::new(samples)));
    let (network, optimiser) = (&learner.network, Some(&learner.optimiser));
    let networks = match early_stopping.network() {
        Some(best) => vec![("", best, optimiser), (LAST, network, None)],
        None => vec![("", network, optimiser)],
    };
    let values = [
        (ORDER.into(), Values::U32(order.to_vec())),
        (PREPARATION.into(), Values::U32(samples.preparation.statistics())),
    ];
    checkpoint::write(&networks, &values, metadata)
}

/// Resumes from a checkpoint of a training on such samples. Returns how far it was.
///
/// # Errors
/// If it is of other samples or of another network.
pub(super) fn read(
    file: &Checkpoint<'_>,
    (learner, early_stopping): (&mut Learner, &mut EarlyStopping),
    (samples, order): (&Samples, &mut Vec<u32>),
) -> Result<Progress, Error> {
    let saved = file.u32s(ORDER)?;
    let input: Input = file.json("input")?;
    let [found, wanted] = [(order.len(), Input::new(samples)), (saved.len(), input)]
        .map(|(count, input)| format!("{count} training samples of {input}"));
    if found != wanted {
        return Err(Error::OtherData { data: samples.name.clone(), found, wanted });
    }
    *order = saved;
    let progress: Progress = file.json("progress")?;
    let Learner { network, optimiser, .. } = learner;
    file.load_network("", network)?;
    file.load_optimiser("", optimiser)?;
    let best = progress.best.map(|best| (best, network.clone()));
    if best.is_some() {
        file.load_network(LAST, network)?;
    }
    early_stopping.restore(best);
    Ok(progress)
}
