//! `dalenet list`.

use crate::{
    context::Context,
    failure::Failure,
    terminal::say::{self, Ended},
};
use dalenet_lab::{PRESETS, Registry};
use serde_json::Value;

pub fn run(context: &Context<'_>) -> Result<Ended, Failure> {
    let registry = Registry::built_in();
    let data_sets = registry.data_sets().iter().map(|entry| (&*entry.name, &*entry.summary));
    let environments = registry.environments().iter().map(|entry| (&*entry.name, &*entry.summary));
    let rules = registry.rules().iter().map(|entry| (&*entry.name, &*entry.summary));
    let lists: [(&str, Vec<(&str, &str)>); 4] = [
        ("tasks", data_sets.collect()),
        ("environments", environments.collect()),
        ("rules", rules.collect()),
        ("presets", PRESETS.to_vec()),
    ];
    for (title, entries) in &lists {
        say::line(title);
        for (name, meaning) in entries {
            say::line(&format!("  {name:30} {meaning}"));
        }
    }
    let names =
        |entries: &[(&str, &str)]| -> Value { entries.iter().map(|(name, _)| *name).collect() };
    say::object(context.json, || {
        lists.iter().map(|(title, entries)| (title.to_string(), names(entries))).collect()
    });
    Ok(Ended::Done)
}
