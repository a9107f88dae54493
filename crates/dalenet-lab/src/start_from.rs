//! Starting a run from the weights of another.

use crate::{Error, Run, trained};
use dalenet_train::{Identity, Trainer};
use std::path::{Path, PathBuf};

/// Gives `trainer`, which has made no step, the weights of the last checkpoint of the run at `source`.
/// Returns which checkpoint that is.
///
/// # Errors
/// If the run has no checkpoint, or its networks are others.
pub(crate) fn start_from(trainer: &mut dyn Trainer, source: &Path) -> Result<Identity, Error> {
    let run = Run::open(source)?;
    let bytes = run.checkpoint()?.ok_or_else(|| Error::Untrained(source.into()))?;
    let file = trained::parse(&run, &bytes)?;
    trainer
        .start_from(&file)
        .map_err(|cause| Error::OtherNetwork { run: source.into(), cause: cause.into() })?;
    identify(&run.checkpoint_path())
}

/// The same for a run that was interrupted before its own first checkpoint.
///
/// # Errors
/// If the checkpoint it started from has changed since.
pub(crate) fn start_again(
    trainer: &mut dyn Trainer,
    known: &Identity,
    run: &Path,
) -> Result<(), Error> {
    let checkpoint = known.path.clone().unwrap_or_default();
    let origin: PathBuf = checkpoint.parent().map(Path::to_owned).unwrap_or_default();
    match start_from(trainer, &origin)?.sha256 == known.sha256 {
        true => Ok(()),
        false => Err(Error::ChangedWeights { run: run.into(), origin }),
    }
}

fn identify(checkpoint: &Path) -> Result<Identity, Error> {
    dalenet_train::identify(checkpoint).map_err(Error::file("read", checkpoint))
}
