//! Environments by name.

use crate::{
    Error, Options, VectorEnv,
    bandit::Bandit,
    brax::{Mechanism, Real, Task, with_best_lanes},
    cart_pole::CartPole,
    craftax::Craftax,
    vectorised::Vectorised,
};
use dalenet_craftax::{classic, full};

/// All environments that [`make`] knows.
pub const NAMES: [&str; 12] = [
    "ant",
    "bandit",
    "cart-pole",
    "craftax",
    "craftax-classic",
    "half-cheetah",
    "hopper",
    "humanoid",
    "inverted-double-pendulum",
    "inverted-pendulum",
    "reacher",
    "walker2d",
];

/// `count` environments of a task. Capitals, `-` and `_` do not matter in the name, so that
/// `HalfCheetah` and Brax's `halfcheetah` are found too, and so is Craftax's
/// `Craftax-Classic-Symbolic-v1`.
///
/// ```
/// use dalenet_envs::{Options, make};
///
/// let env = make("Ant", 8, &Options::default())?;
/// assert_eq!(env.observation_space().len(), 27);
/// let error = make("half-cheeta", 8, &Options::default()).err().unwrap().to_string();
/// assert!(error.contains("did you mean `half-cheetah`?"));
/// # Ok::<(), dalenet_envs::Error>(())
/// ```
///
/// # Errors
/// If there is no such environment (the nearest is named), or a number is 0.
pub fn make(name: &str, count: usize, options: &Options) -> Result<Box<dyn VectorEnv>, Error> {
    let numbers = [
        ("count", count == 0),
        ("action_repeat", options.action_repeat == 0),
        ("episode_length", options.episode_length == Some(0)),
    ];
    if let Some((option, _)) = numbers.into_iter().find(|(_, zero)| *zero) {
        return Err(Error::Zero { option });
    }
    let plain = plain(name);
    if let Some(task) = Task::ALL.into_iter().find(|task| self::plain(task.name()) == plain) {
        return Ok(with_best_lanes!(brax(task, count, options)));
    }
    match plain.as_str() {
        "cartpole" => Ok(Box::new(Vectorised::new(count, options, CartPole::default))),
        "craftaxclassic" | "craftaxclassicsymbolicv1" => {
            Ok(Box::new(Vectorised::new(count, options, Craftax::<classic::State>::default)))
        }
        "craftax" | "craftaxsymbolicv1" => {
            Ok(Box::new(Vectorised::new(count, options, Craftax::<full::State>::default)))
        }
        "bandit" => Ok(Box::new(Vectorised::new(count, options, Bandit::default))),
        _ => Err(unknown(name)),
    }
}

fn brax<R: Real>(task: Task, count: usize, options: &Options) -> Box<dyn VectorEnv> {
    let first = Mechanism::<R>::new(task);
    Box::new(Vectorised::new(count, options, || first.sibling()))
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !"-_ ".contains(*c)).flat_map(char::to_lowercase).collect()
}

fn unknown(name: &str) -> Error {
    let likeness = |candidate: &&str| strsim::damerau_levenshtein(&plain(name), &plain(candidate));
    let hint = match NAMES.into_iter().min_by_key(likeness) {
        Some(best) if likeness(&best) <= best.len() / 2 => format!("; did you mean `{best}`?"),
        _ => String::new(),
    };
    Error::Unknown { name: name.into(), hint, all: NAMES.join(", ") }
}
