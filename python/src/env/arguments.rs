//! Options and seeds as Python gives them.

use crate::error;
use dalenet_envs::{Autoreset, Restart, Seeds};
use pyo3::prelude::*;

/// A seed for all environments, or one each.
#[derive(FromPyObject)]
pub enum SeedArgument {
    One(u64),
    Each(Vec<Option<u64>>),
}

pub fn seeds(argument: &Option<SeedArgument>) -> Seeds<'_> {
    match argument {
        None => Seeds::Continue,
        Some(SeedArgument::One(seed)) => Seeds::One(*seed),
        Some(SeedArgument::Each(seeds)) => Seeds::Each(seeds),
    }
}

pub fn restart(given: &str) -> PyResult<Restart> {
    one_of("restart", given, &[("fresh", Restart::Fresh), ("same", Restart::Same)])
}

pub fn is_sparse(observations: &str) -> PyResult<bool> {
    one_of("observations", observations, &[("dense", false), ("sparse", true)])
}

pub fn autoreset(given: &str) -> PyResult<Autoreset> {
    let modes = [
        ("NextStep", Autoreset::NextStep),
        ("SameStep", Autoreset::SameStep),
        ("Disabled", Autoreset::Disabled),
    ];
    one_of("autoreset_mode", given, &modes)
}

/// The value of an argument that has few.
fn one_of<T: Copy>(argument: &str, given: &str, values: &[(&str, T)]) -> PyResult<T> {
    let found = values.iter().find(|(name, _)| *name == given);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = values.iter().map(|(name, _)| format!("`{name}`")).collect();
        error::value(format!("`{argument}` is `{given}`, which is not one of {}", names.join(", ")))
    })
}
