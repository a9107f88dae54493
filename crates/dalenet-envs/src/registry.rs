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

/// All environments that [`make`] knows; those of `mujoco/` with the feature `mujoco` only.
pub const NAMES: &[&str] = ALL.split_at(if cfg!(feature = "mujoco") { ALL.len() } else { 12 }).0;

const ALL: &[&str] = &[
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
    "mujoco/ant",
    "mujoco/half-cheetah",
    "mujoco/hopper",
    "mujoco/humanoid",
    "mujoco/inverted-double-pendulum",
    "mujoco/inverted-pendulum",
    "mujoco/reacher",
    "mujoco/walker2d",
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
/// If there is no such environment (the nearest is named), a number is 0, or MuJoCo is asked for
/// and cannot be used.
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
    let named = |plain: &str| Task::ALL.into_iter().find(|task| self::plain(task.name()) == plain);
    if let Some(task) = named(&plain) {
        return Ok(with_best_lanes!(brax(task, count, options)));
    }
    if let Some(task) = plain.strip_prefix("mujoco/") {
        return by_mujoco(named(task).ok_or_else(|| unknown(name)), count, options);
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

#[cfg(feature = "mujoco")]
fn by_mujoco(
    task: Result<Task, Error>,
    count: usize,
    options: &Options,
) -> Result<Box<dyn VectorEnv>, Error> {
    use crate::{brax::mujoco::Mechanism, vectorised::Block};
    let first = Mechanism::new(task?, Mechanism::LANES)?;
    Ok(Box::new(Vectorised::try_new(count, options, || first.sibling())?))
}

#[cfg(not(feature = "mujoco"))]
fn by_mujoco(_: Result<Task, Error>, _: usize, _: &Options) -> Result<Box<dyn VectorEnv>, Error> {
    Err(Error::NoMuJoCo)
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !"-_ ".contains(*c)).flat_map(char::to_lowercase).collect()
}

fn unknown(name: &str) -> Error {
    let likeness = |candidate: &&str| strsim::damerau_levenshtein(&plain(name), &plain(candidate));
    let hint = match NAMES.iter().min_by_key(|name| likeness(name)) {
        Some(best) if likeness(best) <= best.len() / 2 => format!("; did you mean `{best}`?"),
        _ => String::new(),
    };
    Error::Unknown { name: name.into(), hint, all: NAMES.join(", ") }
}
