//! Observations on their way to the networks: dense and normalised by their running moments, or
//! sparse as they are.

use crate::{Running, Settings};
use dalenet::{
    Matrix, SparseMatrix, Trace,
    checkpoint::{Checkpoint, Error, Values},
    engine::policy::gather_rows,
};
use dalenet_envs::Batch;
use std::ops::Range;

/// The moments' prefix in a checkpoint.
const MOMENTS: &str = "observations";

/// Observation normalisation.
#[derive(Clone, Debug)]
pub(crate) struct ObservationNormaliser {
    /// Moments of all observations so far; none if observations are not normalised.
    moments: Option<Running>,
    /// Largest magnitude of a normalised number.
    bound: f32,
    /// O.
    len: usize,
}

impl ObservationNormaliser {
    /// For observations of `len` numbers.
    pub fn new(settings: &Settings, len: usize) -> Self {
        let moments = settings.normalise_observations.then(|| Running::new(len));
        Self { moments, bound: settings.bound, len }
    }

    /// Mean and standard deviation, O each, and the bound; none if observations are not normalised.
    pub fn moments(&self) -> Option<(&[f32], &[f32], f32)> {
        let moments = self.moments.as_ref()?;
        Some((moments.mean(), moments.deviation(), self.bound))
    }

    /// Merges the current observations of all environments into the moments.
    pub fn add(&mut self, batch: &Batch) {
        if let Some(moments) = &mut self.moments {
            moments.add(&batch.observations);
        }
    }

    /// The current observations of all environments become the input of a network.
    pub fn observe(&self, batch: &Batch, trace: &mut Trace) {
        if self.keeps(&batch.sparse) {
            return trace.sparse_input_mut().fill(&batch.sparse, 0..batch.sparse.rows());
        }
        let input = trace.input_mut();
        input.reshape(batch.rewards.len(), self.len);
        input.as_mut_slice().copy_from_slice(&batch.observations);
        self.normalise(input.as_mut_slice());
    }

    /// What the last actions of the environments `envs` led to becomes the input of a network.
    pub fn observe_next(&self, batch: &Batch, envs: &[u32], trace: &mut Trace) {
        if self.keeps(&batch.sparse_next) {
            let rows = envs.iter().map(|i| *i as usize);
            return trace.sparse_input_mut().fill(&batch.sparse_next, rows);
        }
        let input = trace.input_mut();
        gather_rows(&batch.next, self.len, envs, input);
        self.normalise(input.as_mut_slice());
    }

    /// Sparse rows stay sparse where they are not normalised.
    pub fn keeps(&self, sparse: &SparseMatrix) -> bool {
        self.moments.is_none() && sparse.rows() > 0
    }

    fn normalise(&self, rows: &mut [f32]) {
        if let Some(moments) = &self.moments {
            moments.normalise(rows, self.bound);
        }
    }

    pub fn save(&self, to: &mut Vec<(String, Values)>) {
        if let Some(moments) = &self.moments {
            moments.save(MOMENTS, to);
        }
    }

    pub fn restore(&mut self, from: &Checkpoint<'_>) -> Result<(), Error> {
        self.moments.as_mut().map_or(Ok(()), |moments| moments.restore(MOMENTS, from))
    }
}

/// The observations of a rollout as the networks receive them, (T·N)×O, one row a transition.
#[derive(Clone, Debug)]
pub(crate) enum Observations {
    Dense(Matrix),
    Sparse(SparseMatrix),
}

impl Observations {
    /// Room for so many transitions of an environment that gives batches like this one.
    pub fn new(transitions: usize, batch: &Batch, normaliser: &ObservationNormaliser) -> Self {
        match normaliser.keeps(&batch.sparse) {
            true => Self::Sparse(SparseMatrix::new(normaliser.len)),
            false => Self::Dense(Matrix::zeros(transitions, normaliser.len)),
        }
    }

    /// Stores the current observations of all environments as those of step `t`. Steps are stored in
    /// order.
    pub fn store(&mut self, t: usize, batch: &Batch, normaliser: &ObservationNormaliser) {
        match self {
            Self::Dense(stored) => {
                let len = batch.observations.len();
                let rows = &mut stored.as_mut_slice()[t * len..][..len];
                rows.copy_from_slice(&batch.observations);
                normaliser.normalise(rows);
            }
            Self::Sparse(stored) => {
                if t == 0 {
                    stored.clear(stored.cols());
                }
                stored.extend(&batch.sparse);
            }
        }
    }

    /// Consecutive transitions become the input of a network.
    pub fn copy(&self, rows: Range<usize>, trace: &mut Trace) {
        match self {
            Self::Dense(stored) => {
                let (input, cols) = (trace.input_mut(), stored.cols());
                input.reshape(rows.len(), cols);
                let rows = &stored.as_slice()[rows.start * cols..rows.end * cols];
                input.as_mut_slice().copy_from_slice(rows);
            }
            Self::Sparse(stored) => trace.sparse_input_mut().fill(stored, rows),
        }
    }

    /// A minibatch of transitions becomes the input of a network.
    pub fn gather(&self, samples: &[u32], trace: &mut Trace) {
        match self {
            Self::Dense(stored) => {
                gather_rows(stored.as_slice(), stored.cols(), samples, trace.input_mut());
            }
            Self::Sparse(stored) => {
                trace.sparse_input_mut().fill(stored, samples.iter().map(|i| *i as usize));
            }
        }
    }
}
