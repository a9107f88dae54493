//! Environments by name. A new one is its file and one line in [`ENVIRONMENTS`].

use crate::{
    Error, Options, VectorEnv,
    bandit::Bandit,
    brax::{Mechanism, Real, Task, with_best_lanes},
    cart_pole::CartPole,
    vectorised::Vectorised,
};
use dalenet_craftax::{Key, classic, full};

#[cfg(not(target_arch = "x86_64"))]
use crate::brax::lanes::Plain;
#[cfg(target_arch = "x86_64")]
use crate::brax::scalar::Scalar;

type Made = Result<Box<dyn VectorEnv>, Error>;

/// An environment that [`make`] knows.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    /// Its name.
    pub name: &'static str,
    /// Other names that [`make`] accepts.
    pub aliases: &'static [&'static str],
    /// What the task is, in one line.
    pub summary: &'static str,
    make: fn(&'static str, usize, &Options) -> Made,
}

/// All environments. Those of `brax/` are Brax's `positional` tasks; those of `mujoco/`, with the
/// feature `mujoco` only, are the same tasks under its backend `mjx`.
#[rustfmt::skip] // one line an environment
pub const ENVIRONMENTS: &[Environment] = &[
    env("brax/ant", &["ant"], "run on four legs: 27 observed, 8 torques", |name, n, o| brax(Task::Ant, name, n, o)),
    env("brax/half-cheetah", &["half-cheetah"], "run on two legs in a plane: 17 observed, 6 torques", |name, n, o| brax(Task::HalfCheetah, name, n, o)),
    env("brax/hopper", &["hopper"], "hop on one leg in a plane: 11 observed, 3 torques", |name, n, o| brax(Task::Hopper, name, n, o)),
    env("brax/humanoid", &["humanoid"], "run upright: 244 observed, 17 torques", |name, n, o| brax(Task::Humanoid, name, n, o)),
    env("brax/inverted-double-pendulum", &["inverted-double-pendulum"], "balance two poles on a cart: 8 observed, 1 force", |name, n, o| brax(Task::InvertedDoublePendulum, name, n, o)),
    env("brax/inverted-pendulum", &["inverted-pendulum"], "balance a pole on a cart: 4 observed, 1 force", |name, n, o| brax(Task::InvertedPendulum, name, n, o)),
    env("brax/reacher", &["reacher"], "reach a target with two links: 11 observed, 2 torques", |name, n, o| brax(Task::Reacher, name, n, o)),
    env("brax/walker2d", &["walker2d"], "walk on two legs in a plane: 17 observed, 6 torques", |name, n, o| brax(Task::Walker2d, name, n, o)),
    env("craftax", &["Craftax-Symbolic-v1"], "explore, mine, build and fight on nine floors: 8268 observed, 43 choices", |name, n, o| vectorised(name, n, o, || full::State::new(Key::default()))),
    env("craftax-classic", &["Craftax-Classic-Symbolic-v1"], "the same on one floor: 1345 observed, 17 choices", |name, n, o| vectorised(name, n, o, || classic::State::new(Key::default()))),
    env("cart-pole", &["CartPole-v1"], "balance a pole by pushing left or right", |name, n, o| vectorised(name, n, o, CartPole::default)),
    env("bandit", &[], "choose the best of some arms", |name, n, o| vectorised(name, n, o, Bandit::default)),
    #[cfg(feature = "mujoco")] env("mujoco/ant", &[], "as brax/ant, by MuJoCo", |name, n, o| mujoco(Task::Ant, name, n, o)),
    #[cfg(feature = "mujoco")] env("mujoco/half-cheetah", &[], "as brax/half-cheetah, by MuJoCo", |name, n, o| mujoco(Task::HalfCheetah, name, n, o)),
    #[cfg(feature = "mujoco")] env("mujoco/hopper", &[], "as brax/hopper, by MuJoCo", |name, n, o| mujoco(Task::Hopper, name, n, o)),
    #[cfg(feature = "mujoco")] env("mujoco/humanoid", &[], "as brax/humanoid, by MuJoCo", |name, n, o| mujoco(Task::Humanoid, name, n, o)),
    #[cfg(feature = "mujoco")] env("mujoco/inverted-double-pendulum", &[], "as brax/inverted-double-pendulum, by MuJoCo", |name, n, o| mujoco(Task::InvertedDoublePendulum, name, n, o)),
    #[cfg(feature = "mujoco")] env("mujoco/inverted-pendulum", &[], "as brax/inverted-pendulum, by MuJoCo", |name, n, o| mujoco(Task::InvertedPendulum, name, n, o)),
    #[cfg(feature = "mujoco")] env("mujoco/reacher", &[], "as brax/reacher, by MuJoCo", |name, n, o| mujoco(Task::Reacher, name, n, o)),
    #[cfg(feature = "mujoco")] env("mujoco/walker2d", &[], "as brax/walker2d, by MuJoCo", |name, n, o| mujoco(Task::Walker2d, name, n, o)),
];

/// The names of all [`ENVIRONMENTS`].
pub const NAMES: &[&str] = &{
    let mut names = [""; ENVIRONMENTS.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = ENVIRONMENTS[i].name;
        i += 1;
    }
    names
};

/// `count` environments of a task. Capitals, `-` and `_` do not matter in the name, so that
/// `brax/HalfCheetah` and Brax's `halfcheetah` are found too, and so is Craftax's
/// `Craftax-Classic-Symbolic-v1`.
///
/// ```
/// use dalenet_envs::{Options, make};
///
/// let env = make("brax/ant", 8, &Options::default())?;
/// assert_eq!(env.observation_space().len(), 27);
/// let error = make("brax/half-cheeta", 8, &Options::default()).err().unwrap().to_string();
/// assert!(error.contains("did you mean `brax/half-cheetah`?"));
/// # Ok::<(), dalenet_envs::Error>(())
/// ```
///
/// # Errors
/// If there is no such environment (the nearest is named), a number is 0, or MuJoCo is asked for
/// and cannot be used.
pub fn make(name: &str, count: usize, options: &Options) -> Made {
    options.check(count)?;
    let environment = find(name)?;
    (environment.make)(environment.name, count, options)
}

/// The environment of a name or an alias; capitals, `-` and `_` do not matter.
///
/// ```
/// assert_eq!(dalenet_envs::find("HalfCheetah")?.name, "brax/half-cheetah");
/// # Ok::<(), dalenet_envs::Error>(())
/// ```
///
/// # Errors
/// If there is no such environment; the nearest is named.
pub fn find(name: &str) -> Result<&'static Environment, Error> {
    let wanted = plain(name);
    let named = |env: &&Environment| env.names().any(|known| plain(known) == wanted);
    match ENVIRONMENTS.iter().find(named) {
        Some(environment) => Ok(environment),
        None if !cfg!(feature = "mujoco") && wanted.starts_with("mujoco/") => Err(Error::NoMuJoCo),
        None => Err(unknown(name)),
    }
}

const fn env(
    name: &'static str,
    aliases: &'static [&'static str],
    summary: &'static str,
    make: fn(&'static str, usize, &Options) -> Made,
) -> Environment {
    Environment { name, aliases, summary, make }
}

impl Environment {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.aliases.iter().copied().chain([self.name])
    }
}

fn vectorised<S: crate::simulator::Simulator + 'static>(
    name: &'static str,
    count: usize,
    options: &Options,
    simulator: impl Fn() -> S,
) -> Made {
    Ok(Box::new(Vectorised::new(name, count, options, || Ok(simulator()))?))
}

fn brax(task: Task, name: &'static str, count: usize, options: &Options) -> Made {
    #[cfg(target_arch = "x86_64")]
    if count == 1 && Scalar::available() {
        return vectorised(name, count, options, || Mechanism::<Scalar>::alone(task));
    }
    #[cfg(not(target_arch = "x86_64"))]
    if count == 1 {
        return vectorised(name, count, options, || Mechanism::<Plain>::alone(task));
    }
    with_best_lanes!(brax_in(task, name, count, options))
}

fn brax_in<R: Real>(task: Task, name: &'static str, count: usize, options: &Options) -> Made {
    let first = Mechanism::<R>::new(task);
    vectorised(name, count, options, || first.sibling())
}

#[cfg(feature = "mujoco")]
fn mujoco(task: Task, name: &'static str, count: usize, options: &Options) -> Made {
    use crate::{brax::mujoco::Mechanism, simulator::Simulator};
    let first = Mechanism::new(task, Mechanism::LANES)?;
    Ok(Box::new(Vectorised::new(name, count, options, || first.sibling())?))
}

/// A name as it is compared.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !"-_ ".contains(*c)).flat_map(char::to_lowercase).collect()
}

fn unknown(name: &str) -> Error {
    let wanted = plain(name);
    let nearest = nearest(&wanted).or_else(|| nearest(wanted.split_once('/')?.1));
    let hint = nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
    Error::Unknown { name: name.into(), hint, all: NAMES.join(", ") }
}

/// The environment whose name or alias is the nearest, unless half of it (without `brax/`) differs.
fn nearest(wanted: &str) -> Option<&'static str> {
    let known = ENVIRONMENTS.iter().flat_map(|env| env.names().map(move |known| (env.name, known)));
    let distances = known.filter_map(|(name, known)| {
        let distance = strsim::damerau_levenshtein(wanted, &plain(known));
        let task = known.rsplit('/').next().unwrap_or(known);
        (distance <= task.len() / 2).then_some((distance, name))
    });
    Some(distances.min_by_key(|&(distance, _)| distance)?.1)
}
