//! The signal that a layer learns from.

use super::Matrix;
use std::ops::Deref;

/// The gated teaching signal φ'⊙signal of a layer, B×N, in a convolution B×(P·N), of the places that it
/// hands on. Where it hands on the largest of each window alone, the places of these are known beside it.
#[derive(Clone, Copy, Debug)]
pub struct GatedSignal<'a> {
    values: &'a Matrix,
    chosen: Option<&'a [u32]>,
}

impl<'a> GatedSignal<'a> {
    /// These values, at the places `chosen`, one for each, unless all places are there.
    pub(crate) fn new(values: &'a Matrix, chosen: Option<&'a [u32]>) -> Self {
        Self { values, chosen }
    }

    /// Its values, B×N or B×(P·N).
    pub fn values(self) -> &'a Matrix {
        self.values
    }

    /// The place of each value, unless all places are there.
    pub(crate) fn chosen(self) -> Option<&'a [u32]> {
        self.chosen
    }
}

impl Deref for GatedSignal<'_> {
    type Target = Matrix;
    fn deref(&self) -> &Matrix {
        self.values
    }
}

impl<'a> From<&'a Matrix> for GatedSignal<'a> {
    fn from(values: &'a Matrix) -> Self {
        Self { values, chosen: None }
    }
}
