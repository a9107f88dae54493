//! The trait that a learner uses.

use crate::{Actions, Autoreset, Batch, Error, Seeds, Space, View};
use rayon::ThreadPool;

/// N environments of one task, stepped together. An environment whose episode is over starts the
/// next one by itself, unless [`crate::Options::autoreset`] says otherwise.
///
/// Environments are `Send + Sync`: they can be moved to another thread and read from several; a
/// step needs `&mut self`. A step spreads over the threads of the current rayon pool and keeps all
/// its memory in the environment itself, so that environments side by side do not interfere.
///
/// ```
/// use dalenet_envs::{Actions, Options, make};
///
/// let mut env = make("cart-pole", 4, &Options::default())?;
/// env.reset(0);
/// let mut over = 0;
/// for _ in 0..100 {
///     let batch = env.step(Actions::Discrete(&[0, 1, 0, 1]))?;
///     for i in 0..4 {
///         over += usize::from(batch.terminated[i]);
///         // What a value network bootstraps from is `next`, not `observations`, of which the
///         // rows of ended episodes are first observations of new ones.
///         let next = &batch.next[4 * i..][..4];
///         assert!(batch.terminated[i] || next == &batch.observations[4 * i..][..4]);
///     }
/// }
/// assert!(over > 0); // pushing to the same side does not balance a pole
/// # Ok::<(), dalenet_envs::Error>(())
/// ```
pub trait VectorEnv: Send + Sync {
    /// The task's name.
    fn name(&self) -> &'static str;

    /// The implementation: `positional` is Brax's pipeline of that name and `mujoco` MuJoCo, under
    /// which the same task differs; `native` where there is no choice. Scores of one backend do not
    /// compare with those of another.
    fn backend(&self) -> &'static str {
        "native"
    }

    /// Number of environments: N.
    fn count(&self) -> usize;

    /// What an observation can be; its [`Space::len`] is O.
    fn observation_space(&self) -> &Space;

    /// What an action can be; its [`Space::len`] is A.
    fn action_space(&self) -> &Space;

    /// Starts a first episode in every environment. The seed gives each its own stream of random
    /// numbers, which does not depend on the number of environments.
    fn reset(&mut self, seed: u64) -> &Batch;

    /// Starts an episode in all environments, or in those whose entry of `mask` is true; the others
    /// stay as they are, their rows of the batch too. The environments that are started have reward 0
    /// and no flag.
    ///
    /// ```
    /// use dalenet_envs::{Options, Seeds, make};
    ///
    /// let mut env = make("hopper", 2, &Options::default())?;
    /// let first = env.reset(7).observations.clone();
    /// env.reset_with(Seeds::Each(&[Some(3), None]), Some(&[true, false]))?;
    /// assert_ne!(env.batch().observations[..11], first[..11]);
    /// assert_eq!(env.batch().observations[11..], first[11..]);
    /// # Ok::<(), dalenet_envs::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is not one entry of `mask` and of the seeds for each environment, or this environment
    /// can only be reset as a whole. Nothing has moved then.
    fn reset_with(&mut self, seeds: Seeds<'_>, mask: Option<&[bool]>) -> Result<&Batch, Error> {
        match (seeds, mask) {
            (Seeds::One(seed), None) => Ok(self.reset(seed)),
            _ => Err(Error::NoMask { env: self.name() }),
        }
    }

    /// One step of every environment. What follows the end of an episode: see [`Autoreset`].
    ///
    /// # Errors
    /// If the actions are not N×A (or N choices), or one of them is not a finite number or not a
    /// choice, or an environment had to be reset first. Nothing has moved then.
    fn step(&mut self, actions: Actions<'_>) -> Result<&Batch, Error>;

    /// One step, whose observations are written to `out`, N×O, too, by the threads that made them:
    /// dense, also where [`Batch`] has sparse ones alone, which is the fastest way to dense ones.
    ///
    /// # Errors
    /// As [`Self::step`], and if `out` is not N×O.
    fn step_into(&mut self, actions: Actions<'_>, out: &mut [f32]) -> Result<&Batch, Error> {
        let wanted = self.batch().observations.len();
        if out.len() != wanted {
            return Err(Error::Entries { argument: "out", found: out.len(), wanted });
        }
        let batch = self.step(actions)?;
        out.copy_from_slice(&batch.observations);
        Ok(batch)
    }

    /// One step, on this thread and beside it on those of a pool that it is none of; `out` as in
    /// [`Self::step_into`]. As many threads work as the pool has.
    ///
    /// # Errors
    /// As [`Self::step_into`].
    fn step_beside(
        &mut self,
        helpers: &ThreadPool,
        actions: Actions<'_>,
        out: Option<&mut [f32]>,
    ) -> Result<&Batch, Error> {
        helpers.install(|| match out {
            Some(out) => self.step_into(actions, out),
            None => self.step(actions),
        })
    }

    /// What follows the end of an episode.
    fn autoreset(&self) -> Autoreset {
        Autoreset::SameStep
    }

    /// Whether there is work in a step for more than one thread.
    fn is_parallel(&self) -> bool {
        true
    }

    /// Result of the last step or reset.
    fn batch(&self) -> &Batch;

    /// Number of failed steps since [`Self::reset`]: see [`Batch::failed`].
    fn failures(&self) -> u64;

    /// The whole state, random streams and last observations included, as 32-bit state words for a
    /// checkpoint.
    fn save(&self) -> Vec<u32>;

    /// Restores a saved state; what follows is the same to the bit on the same machine.
    ///
    /// # Errors
    /// If it is not of this task, number of environments and options. Nothing has changed then.
    fn restore(&mut self, state: &[u32]) -> Result<(), Error>;

    /// Simulated seconds in a step; `None` if the task has no time in seconds.
    fn step_seconds(&self) -> Option<f64> {
        None
    }

    /// What can be unlocked in an episode: see [`Batch::unlocked`].
    fn achievements(&self) -> Achievements {
        Achievements::default()
    }

    /// What there is to draw of one environment now; [`View::Nothing`] if the task has no picture
    /// or there is no such environment.
    fn view(&self, _index: usize) -> View<'_> {
        View::Nothing
    }
}

/// The achievements of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Achievements {
    /// Their names, in the order of the columns of [`Batch::unlocked`].
    pub names: &'static [&'static str],
    /// Total reward for unlocking all of them.
    pub reward: f64,
}

impl Achievements {
    /// Number of achievements: K.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the task has none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// A return as a share of the reward for all achievements; `None` if the task has none.
    pub fn score(&self, episode_return: f64) -> Option<f64> {
        (!self.is_empty()).then(|| episode_return / self.reward)
    }
}
