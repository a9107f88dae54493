//! `dalenet list`.

use crate::{
    context::Context,
    failure::Failure,
    terminal::say::{self, Ended},
};
use dalenet_lab::{ENVIRONMENTS, PRESETS, RULES, TASKS};
use serde_json::Value;

pub fn run(context: &Context<'_>) -> Result<Ended, Failure> {
    let lists =
        [("tasks", TASKS), ("environments", ENVIRONMENTS), ("rules", RULES), ("presets", PRESETS)];
    for (title, entries) in lists {
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
