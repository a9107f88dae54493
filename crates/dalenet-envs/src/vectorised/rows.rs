//! The batch, and the rows of it that belong to a group.

use crate::{Batch, simulator::Spec};
use dalenet::SparseMatrix;

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
    pub observations: Vec<f32>,
    pub next: Vec<f32>,
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
