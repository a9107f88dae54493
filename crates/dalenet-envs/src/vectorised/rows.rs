//! The rows of a batch that belong to each group.

use super::group::Group;
use crate::{
    Batch,
    simulator::{Simulator, Spec},
};
use dalenet::SparseMatrix;
use rayon::prelude::*;

/// A group's rows of the batch.
pub(super) struct Rows<'a> {
    pub observations: &'a mut [f32],
    pub next: &'a mut [f32],
    pub rewards: &'a mut [f32],
    pub terminated: &'a mut [bool],
    pub truncated: &'a mut [bool],
    pub failed: &'a mut [bool],
}

/// Rows of one number, in place of observations where only sparse ones are given.
pub(super) struct Blank {
    observations: Vec<f32>,
    next: Vec<f32>,
}

impl Blank {
    pub fn new(rows: usize) -> Self {
        Self { observations: vec![0.0; rows], next: vec![0.0; rows] }
    }
}

/// A batch of `count` environments before their first episodes.
pub(super) fn empty(spec: &Spec, count: usize, dense: bool) -> Batch {
    let columns = spec.observation_space.len();
    let numbers = if dense { count * columns } else { 0 };
    let sparse = || {
        let mut rows = SparseMatrix::new(columns);
        rows.reserve(count, count * spec.nonzero);
        rows
    };
    Batch {
        observations: vec![0.0; numbers],
        next: vec![0.0; numbers],
        rewards: vec![0.0; count],
        terminated: vec![false; count],
        truncated: vec![false; count],
        failed: vec![false; count],
        sparse: sparse(),
        sparse_next: sparse(),
        unlocked: vec![false; count * spec.achievements.len()],
    }
}

/// The groups, in parallel, each with its rows of the batch.
pub(super) fn parts<'a, S: Simulator>(
    spec: &Spec,
    groups: &'a mut [Group<S>],
    batch: &'a mut Batch,
    blank: &'a mut Blank,
) -> impl IndexedParallelIterator<Item = (&'a mut Group<S>, Rows<'a>)> {
    let Batch { observations, next, rewards, terminated, truncated, failed, .. } = batch;
    let (width, observations, next) = match observations.is_empty() {
        false => (spec.observation_space.len(), observations, next),
        true => (1, &mut blank.observations, &mut blank.next),
    };
    let parts = (
        groups.par_iter_mut(),
        observations.par_chunks_mut(S::LANES * width),
        next.par_chunks_mut(S::LANES * width),
        rewards.par_chunks_mut(S::LANES),
        terminated.par_chunks_mut(S::LANES),
        truncated.par_chunks_mut(S::LANES),
        failed.par_chunks_mut(S::LANES),
    );
    parts.into_par_iter().with_min_len(spec.grain).map(
        |(group, observations, next, rewards, terminated, truncated, failed)| {
            (group, Rows { observations, next, rewards, terminated, truncated, failed })
        },
    )
}
