//! The activity that a layer receives.

use super::{Matrix, SparseInput};

/// What a layer receives, B×K (folded: B×K/2), for a convolution images B×(H·W·C).
#[derive(Clone, Copy, Debug)]
pub enum Presynaptic<'a> {
    /// All numbers.
    Dense(&'a Matrix),
    /// Those that are not 0: only to a fully connected first layer.
    Sparse(&'a SparseInput),
}

impl<'a> Presynaptic<'a> {
    /// All numbers; `None` if only those that are not 0 are stored.
    pub fn dense(self) -> Option<&'a Matrix> {
        match self {
            Self::Dense(dense) => Some(dense),
            Self::Sparse(_) => None,
        }
    }

    /// What a centred input has in common, columns with their value.
    pub(crate) fn centre(self) -> Option<&'a [(u32, f32)]> {
        match self {
            Self::Sparse(sparse) if sparse.is_centred() => Some(sparse.common()),
            _ => None,
        }
    }
}

impl<'a> From<&'a Matrix> for Presynaptic<'a> {
    fn from(dense: &'a Matrix) -> Self {
        Self::Dense(dense)
    }
}

impl<'a> From<&'a SparseInput> for Presynaptic<'a> {
    fn from(sparse: &'a SparseInput) -> Self {
        Self::Sparse(sparse)
    }
}
