//! Names of tasks: which kind of task a name means, and which name was probably meant.

use crate::{args::Args, failure::Failure};
use clap::CommandFactory;
use dalenet_data::Source;
use dalenet_lab::Registry;
use std::path::Path;

/// How a task is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Classification of samples, epoch by epoch.
    DataSet,
    /// Reinforcement learning, step by step.
    Environment,
}

/// The kind of the task of this name.
///
/// # Errors
/// If there is no such task; a name that is near, or what a file must be, is suggested.
pub fn kind(name: &str) -> Result<Kind, Failure> {
    if Source::parse(name).is_some() || ["xor", "parity"].contains(&name) {
        return Ok(Kind::DataSet);
    }
    let environment = |name: &str| {
        let environments = Registry::built_in().environments().iter();
        environments.map(|entry| &entry.name).any(|known| plain(known) == plain(name))
    };
    // Of these the library says why they cannot be had.
    let elsewhere = name.to_lowercase().starts_with("mujoco/")
        || name.strip_prefix("brax/").is_some_and(environment);
    if environment(name) || elsewhere {
        return Ok(Kind::Environment);
    }
    let is_command = Args::command().find_subcommand(name).is_some();
    let near = match nearest_task(name) {
        _ if Path::new(name).is_file() => "; samples of your own must be in an .npz file".into(),
        Some(near) => format!("; did you mean `{near}`?"),
        None if is_command => format!("; did you mean `dalenet {name}`?"),
        None => String::new(),
    };
    Err(Failure::Usage(format!("there is no task `{name}` (see `dalenet list`){near}")))
}

/// The task whose name, with or without its family, is most like `word`.
pub fn nearest_task(word: &str) -> Option<&'static str> {
    let registry = Registry::built_in();
    let data_sets = registry.data_sets().iter().map(|entry| entry.name.as_str());
    let names = data_sets.chain(registry.environments().iter().map(|entry| entry.name.as_str()));
    let distance = |name: &str| {
        let short = name.rsplit('/').next().unwrap_or(name);
        let own = word.rsplit('/').next().unwrap_or(word);
        let pairs = [(word, name), (word, short), (own, short)];
        pairs.into_iter().filter_map(|(word, name)| distance(&plain(word), &plain(name))).min()
    };
    let near = names.filter_map(|name| Some((distance(name)?, name)));
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// `; did you mean …?` with the candidate most like `word`, or nothing if none is near.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates = candidates.into_iter();
    let near = candidates.filter_map(|name| Some((distance(word, name)?, name)));
    let near = near.min_by_key(|(distance, _)| *distance);
    near.map_or(String::new(), |(_, name)| format!("; did you mean `{name}`?"))
}

/// Letters to change from one name to the other; `None` if these are more than a third.
fn distance(word: &str, name: &str) -> Option<usize> {
    let changed = strsim::damerau_levenshtein(word, name);
    (3 * changed <= name.chars().count().max(3)).then_some(changed)
}

/// A name without what does not matter: capitals, `-` and `_`.
fn plain(name: &str) -> String {
    name.to_lowercase().replace(['-', '_'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_data_sets_or_environments() {
        for name in ["mnist", "xor", "parity", "own.npz", "a/b.NPZ"] {
            assert_eq!(kind(name).unwrap(), Kind::DataSet, "{name}");
        }
        for name in ["cart-pole", "CartPole", "brax/ant", "brax/HalfCheetah", "brax/half_cheetah"] {
            assert_eq!(kind(name).unwrap(), Kind::Environment, "{name}");
        }
    }

    #[test]
    fn the_suggestion_is_a_name_that_can_be_trained() {
        for (word, near) in [
            ("half-cheeta", Some("brax/half-cheetah")),
            ("brax/half-cheeta", Some("brax/half-cheetah")),
            ("half-cheetah", Some("brax/half-cheetah")),
            ("HalfCheetah", Some("brax/half-cheetah")),
            ("brax/antt", Some("brax/ant")),
            ("hoper", Some("brax/hopper")),
            ("fashion_mnist", Some("fashion-mnist")),
            ("mnsit", Some("mnist")),
            ("craftax_clasic", Some("craftax-classic")),
            ("cartpol", Some("cart-pole")),
            ("completions", None),
            ("qqqq", None),
        ] {
            assert_eq!(nearest_task(word), near, "{word}");
        }
    }
}
