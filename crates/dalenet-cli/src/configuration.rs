//! From flags to a checked configuration: preset, then file, then flags.

use crate::{
    args::{Flags, Settings},
    failure::Failure,
    tasks::{Kind, kind},
    terminal::say,
};
use dalenet_lab::{Experiment, Registry, read_settings};

/// The configuration of a run; says how it differs from the preset.
///
/// # Errors
/// If a name, a flag or a setting is not possible.
pub fn configure(task: Option<&str>, settings: &Settings) -> Result<Experiment, Failure> {
    task.map(kind).transpose()?;
    let file = settings.config.as_deref().map(read_settings).transpose()?;
    let (registry, rule) = (Registry::built_in(), settings.rule.as_deref());
    let (preset, mut experiment) =
        Experiment::layered(registry, task, &settings.preset, rule, file)
            .map_err(dalenet_lab::Error::from)?;
    override_with(&mut experiment, settings)?;
    experiment.validate(registry).map_err(dalenet_lab::Error::from)?;
    note_changes(&experiment.differences(&preset));
    Ok(experiment)
}

/// Sets what the flags say.
///
/// # Errors
/// If a flag is not for the experiment's task, or a value is not possible.
pub fn override_with(experiment: &mut Experiment, settings: &Settings) -> Result<(), Failure> {
    let seed = settings.seed.map(|seed| ("seed".to_owned(), seed.to_string()));
    let task = experiment.task().to_owned();
    for (key, value) in seed.into_iter().chain(checked(&settings.flags, &task)?) {
        experiment.set(&key, &value).map_err(dalenet_lab::Error::from)?;
    }
    Ok(())
}

/// Keys and values of the flags, in the order in which they are set.
///
/// # Errors
/// If one of them is not for this task, or a `--set` has no `=`.
pub fn checked(flags: &Flags, task: &str) -> Result<Vec<(String, String)>, Failure> {
    fits(flags, task)?;
    let text = |number: Option<usize>| number.map(|number| number.to_string());
    let named = [
        ("steps", flags.steps.clone()),
        ("envs", flags.envs.clone()),
        ("epochs", text(flags.epochs)),
        ("bits", text(flags.bits)),
    ];
    let named = named.into_iter().filter_map(|(key, value)| Some(Ok((key.to_owned(), value?))));
    named.chain(flags.set.iter().map(|setting| key_and_value(setting))).collect()
}

/// Refuses flags that mean nothing, or something else, for this task.
fn fits(flags: &Flags, task: &str) -> Result<(), Failure> {
    let data_set = kind(task)? == Kind::DataSet;
    let refused = match data_set {
        true if flags.steps.is_some() => {
            "--steps is for environments, and %s is a data set: give \
                                          the passes over it with --epochs"
        }
        true if flags.envs.is_some() => {
            "--envs is for environments, and %s is a data set: leave \
                                         it out"
        }
        true if flags.bits.is_some() && task != "parity" => {
            "--bits is for the task parity, not for %s: leave it out"
        }
        false if flags.epochs.is_some() => {
            "--epochs is for data sets, and %s is an environment: give the length of the training \
             with --steps (--set epochs=N sets the passes over each rollout)"
        }
        false if flags.bits.is_some() => "--bits is for the task parity, not for %s: leave it out",
        _ => return Ok(()),
    };
    Err(Failure::Usage(refused.replace("%s", task)))
}

/// The two sides of `--set key=value`.
fn key_and_value(setting: &str) -> Result<(String, String), Failure> {
    let parts = setting.split_once('=');
    let parts = parts.map(|(key, value)| (key.trim().to_owned(), value.to_owned()));
    parts.ok_or_else(|| {
        Failure::Usage(format!("`--set {setting}` has no `=`: write --set key=value"))
    })
}

/// Says the key, the value and the preset's value of every setting that differs from the preset.
pub fn note_changes(changes: &[(String, String, String)]) {
    let changes = changes.iter();
    let changes: Vec<_> =
        changes.map(|(key, value, was)| format!("{key} = {value} (was {was})")).collect();
    if !changes.is_empty() {
        say::note(&format!("changed: {}", changes.join(", ")));
    }
}
