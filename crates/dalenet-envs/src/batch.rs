//! What a step gives.

use dalenet::SparseMatrix;

/// What a step gives, one row an environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// N×O: the observations to act on next. Where an episode is over, the first of the new one.
    pub observations: Vec<f32>,
    /// N×O: the observations that the actions led to, even where those are the last of an episode.
    /// The value of a truncated episode is bootstrapped from here. Empty unless an episode that is over
    /// is followed by the next one in the same step ([`crate::Autoreset::SameStep`]): `observations`
    /// are this then.
    pub next: Vec<f32>,
    /// N.
    pub rewards: Vec<f32>,
    /// N: the task is over; no reward can follow.
    pub terminated: Vec<bool>,
    /// N: the episode was cut, by its length or a failure. Never true together with `terminated`.
    pub truncated: Vec<bool>,
    /// N: the physics gave something that is not a finite number. The episode was cut; the
    /// transition is not for learning. Its reward is 0 and its `next` the observation
    /// that was acted on, so that no NaN ever leaves.
    pub failed: Vec<bool>,
    /// The nonzero entries of `observations`, of environments that are mostly 0: those of Craftax.
    /// Of others there are no rows.
    pub sparse: SparseMatrix,
    /// The same of `next`, and as `next` empty under other autoreset modes.
    pub sparse_next: SparseMatrix,
    /// N×K, of the K achievements that [`crate::VectorEnv::achievements`] names: which were unlocked
    /// in the episode that has just ended; all false where none has. Empty if there are none.
    pub unlocked: Vec<bool>,
}
