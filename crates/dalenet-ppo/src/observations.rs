//! What the networks see: all numbers, normalised as they were seen so far, or only those that are
//! not 0.

use crate::{Running, Settings};
use dalenet::{Matrix, SparseMatrix, Trace};
use dalenet_envs::Batch;

/// How observations are brought to a network.
#[derive(Clone, Debug)]
pub(crate) struct Lens {
    /// What they are normalised by, if they are.
    pub seen: Option<Running>,
    /// Largest magnitude of a normalised number.
    pub bound: f32,
    /// O.
    pub observed: usize,
}

impl Lens {
    /// For O numbers, of which none has been seen.
    pub fn new(settings: &Settings, observed: usize) -> Self {
        let seen = settings.normalise_observations.then(|| Running::new(observed));
        Self { seen, bound: settings.bound, observed }
    }

    /// Joins what is to be acted on next to what was seen.
    pub fn see(&mut self, batch: &Batch) {
        if let Some(seen) = &mut self.seen {
            seen.add(&batch.observations);
        }
    }

    /// What is to be acted on next, of all environments.
    pub fn look(&self, batch: &Batch, trace: &mut Trace) {
        self.bring(&batch.observations, &batch.sparse, 0..batch.rewards.len(), trace);
    }

    /// What the last actions of these environments led to.
    pub fn look_ahead(&self, batch: &Batch, envs: &[usize], trace: &mut Trace) {
        self.bring(&batch.next, &batch.sparse_next, envs.iter().copied(), trace);
    }

    /// Rows of the one or the other, into the trace.
    fn bring(
        &self,
        dense: &[f32],
        sparse: &SparseMatrix,
        rows: impl ExactSizeIterator<Item = usize> + Clone,
        trace: &mut Trace,
    ) {
        if self.is_sparse(sparse) {
            return trace.sparse_input_mut().fill(sparse, rows);
        }
        let input = trace.input_mut();
        input.reshape(rows.len(), self.observed);
        for (to, row) in rows.enumerate() {
            self.normalise(&dense[row * self.observed..][..self.observed], input.row_mut(to));
        }
    }

    /// Sparse rows stay sparse where they are not normalised.
    fn is_sparse(&self, sparse: &SparseMatrix) -> bool {
        self.seen.is_none() && sparse.rows() > 0
    }

    /// `out` becomes one row as the networks see it.
    fn normalise(&self, row: &[f32], out: &mut [f32]) {
        match &self.seen {
            Some(seen) => seen.normalise(row, self.bound, out),
            None => out.copy_from_slice(row),
        }
    }
}

/// What was seen in a rollout, (T·N)×O, one row a transition.
#[derive(Clone, Debug)]
pub(crate) enum Observations {
    Dense(Matrix),
    Sparse(SparseMatrix),
}

impl Observations {
    /// Room for so many transitions in an environment that gives batches like this one.
    pub fn new(samples: usize, batch: &Batch, lens: &Lens) -> Self {
        match lens.is_sparse(&batch.sparse) {
            true => Self::Sparse(SparseMatrix::new(lens.observed)),
            false => Self::Dense(Matrix::zeros(samples, lens.observed)),
        }
    }

    /// Keeps what is to be acted on in step `t`.
    pub fn keep(&mut self, t: usize, batch: &Batch, lens: &Lens) {
        match self {
            Self::Dense(kept) => {
                let from = t * batch.observations.len();
                let rows = kept.as_mut_slice()[from..].chunks_exact_mut(lens.observed);
                let seen = batch.observations.chunks_exact(lens.observed);
                rows.zip(seen).for_each(|(to, row)| lens.normalise(row, to));
            }
            Self::Sparse(kept) => {
                if t == 0 {
                    kept.clear(kept.cols());
                }
                kept.extend(&batch.sparse);
            }
        }
    }

    /// Brings these transitions to a network.
    pub fn show(&self, rows: impl ExactSizeIterator<Item = usize> + Clone, trace: &mut Trace) {
        match self {
            Self::Dense(kept) => {
                let input = trace.input_mut();
                input.reshape(rows.len(), kept.cols());
                rows.enumerate().for_each(|(to, i)| input.row_mut(to).copy_from_slice(kept.row(i)));
            }
            Self::Sparse(kept) => trace.sparse_input_mut().fill(kept, rows),
        }
    }
}
