//! Changing the length of a run that is resumed.

use crate::{Error, Experiment, LengthChange, Run};
use dalenet_train::Trainer;

/// The changes from the recorded experiment to the wanted one, which differ in nothing but the length.
pub(crate) fn changes(recorded: &Experiment, wanted: &Experiment, step: u64) -> Vec<LengthChange> {
    let number = |text: String| text.parse().unwrap_or_default();
    let change = |(key, was, is): (String, String, String)| LengthChange {
        key,
        was: number(was),
        is: number(is),
        step,
    };
    recorded.differences(wanted).into_iter().map(change).collect()
}

/// Refuses a longer training that would end at once.
///
/// # Errors
/// If it stopped early, and still would.
pub(crate) fn check(run: &Run, trainer: &dyn Trainer) -> Result<(), Error> {
    match trainer.stopped_early() {
        Some(reason) => Err(Error::StoppedEarly { run: run.folder().into(), reason }),
        None => Ok(()),
    }
}

/// What the changes mean, in one sentence; `None` of none.
pub(crate) fn sentence(changes: &[LengthChange], experiment: &Experiment) -> Option<String> {
    let change = |change: &LengthChange| {
        let LengthChange { key, was, is, .. } = change;
        format!("{key} = {is} (was {was})")
    };
    let named: Vec<_> = changes.iter().map(change).collect();
    let of_steps = changes.iter().any(|change| change.key != "patience");
    let schedule =
        if of_steps { format!(": {}", experiment.extended_schedule()) } else { String::new() };
    (!named.is_empty()).then(|| named.join(", ") + &schedule)
}
