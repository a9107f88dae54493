//! The batch, and the rows of it that belong to a group.

use crate::{Batch, simulator::Spec};
use dalenet::SparseMatrix;

/// A group's rows of the batch.
pub(super) struct Rows<'a> {
    /// Before a step, what is acted on; after it, what to act on next if that is not `next`.
    pub observations: &'a mut [f32],
    /// What a step leads to.
    pub next: &'a mut [f32],
    pub rewards: &'a mut [f32],
    pub terminated: &'a mut [bool],
    pub truncated: &'a mut [bool],
    pub failed: &'a mut [bool],
    /// What to act on next, dense, where that is wanted elsewhere too.
    pub out: Option<&'a mut [f32]>,
}

impl<'a> Rows<'a> {
    /// All of them.
    pub fn of(batch: &'a mut Batch, blank: &'a mut Blank, out: Option<&'a mut [f32]>) -> Self {
        let Batch { observations, next, rewards, terminated, truncated, failed, .. } = batch;
        let dense = !observations.is_empty();
        let observations = if dense { observations } else { &mut blank.observations };
        let next = if next.is_empty() { &mut blank.next } else { next };
        Self { observations, next, rewards, terminated, truncated, failed, out }
    }

    /// `n` environments after the other.
    pub fn chunks(self, n: usize) -> impl Iterator<Item = Self> {
        let count = self.rewards.len();
        let width = self.observations.len() / count;
        let mut out = self.out.map(|out| out.chunks_mut(n * (out.len() / count)));
        let observations = self.observations.chunks_mut(n * width);
        let rows = observations.zip(self.next.chunks_mut(n * width));
        let rows = rows.zip(self.rewards.chunks_mut(n)).zip(self.terminated.chunks_mut(n));
        let rows = rows.zip(self.truncated.chunks_mut(n)).zip(self.failed.chunks_mut(n));
        rows.map(move |(((((observations, next), rewards), terminated), truncated), failed)| Self {
            observations,
            next,
            rewards,
            terminated,
            truncated,
            failed,
            out: out.as_mut().and_then(Iterator::next),
        })
    }

    /// Whether the episode of a lane is over.
    pub fn is_over(&self, lane: usize) -> bool {
        self.terminated[lane] || self.truncated[lane]
    }

    /// At the start of an episode.
    pub fn clear(&mut self, lane: usize) {
        self.rewards[lane] = 0.0;
        for flags in [&mut *self.terminated, self.truncated, self.failed] {
            flags[lane] = false;
        }
    }
}

/// Memory of rows of observations that the batch does not have.
pub(super) struct Blank {
    pub observations: Vec<f32>,
    pub next: Vec<f32>,
}

impl Blank {
    /// Rows of one number where only sparse ones are given.
    pub fn new(spec: &Spec, count: usize, dense: bool, same_step: bool) -> Self {
        let (observations, next) = match (dense, same_step) {
            (true, true) => (0, 0),
            (true, false) => (0, count * spec.observation_space.len()),
            (false, _) => (count, count),
        };
        Self { observations: vec![0.0; observations], next: vec![0.0; next] }
    }
}

/// A batch of `count` environments before their first episodes.
pub(super) fn empty(spec: &Spec, count: usize, dense: bool, same_step: bool) -> Batch {
    let columns = spec.observation_space.len();
    let numbers = |given: bool| vec![0.0; if given { count * columns } else { 0 }];
    let sparse = |given: bool| {
        let mut rows = SparseMatrix::new(columns);
        if given {
            rows.reserve(count, count * spec.nonzero);
        }
        rows
    };
    Batch {
        observations: numbers(dense),
        next: numbers(dense && same_step),
        rewards: vec![0.0; count],
        terminated: vec![false; count],
        truncated: vec![false; count],
        failed: vec![false; count],
        sparse: sparse(true),
        sparse_next: sparse(same_step),
        unlocked: vec![false; count * spec.achievements.len()],
    }
}
