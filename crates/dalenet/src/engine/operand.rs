//! Weights as products read them.

use super::bf16::{Kernel, Line, Packed};
use crate::tensor::Matrix;

/// Weights as a product reads them: K×N, and perhaps packed by the update that wrote them.
///
/// ```
/// use dalenet::{Matrix, engine::Operand};
/// let weights = Matrix::zeros(3, 2);
/// let operand = Operand::from(&weights);
/// assert_eq!(operand.matrix().rows(), 3);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    matrix: &'a Matrix,
    packed: Option<&'a PackedWeights>,
}

impl<'a> Operand<'a> {
    /// `packed` is what the last update of `matrix` has left; empty if anything else has changed it since.
    pub fn new(matrix: &'a Matrix, packed: &'a PackedWeights) -> Self {
        Self { matrix, packed: Some(packed) }
    }

    /// The numbers themselves.
    pub fn matrix(self) -> &'a Matrix {
        self.matrix
    }

    /// As `kernel` reads them, if they are packed for it.
    pub(super) fn packed(self, kernel: Kernel) -> Option<Packed<&'a [Line]>> {
        let kept = self.packed?.0.as_ref()?;
        let shape = [self.matrix.rows(), self.matrix.cols()];
        kept.is_for(kernel, shape).then(|| kept.packed.borrow())
    }
}

impl<'a> From<&'a Matrix> for Operand<'a> {
    fn from(matrix: &'a Matrix) -> Self {
        Self { matrix, packed: None }
    }
}

/// What the products of bfloat16 read of weights, kept from the update that wrote them to the next.
/// Empty in `f32`, and before the first update.
#[derive(Clone, Debug, Default)]
pub struct PackedWeights(Option<Kept>);

#[derive(Clone, Debug)]
struct Kept {
    kernel: Kernel,
    /// K and N.
    shape: [usize; 2],
    packed: Packed<Vec<Line>>,
}

impl PackedWeights {
    /// Forgets everything: the weights have been changed by something else.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// The lines for K×N weights, for an update that fills all of them.
    pub(super) fn lines(&mut self, kernel: Kernel, shape: [usize; 2]) -> &mut [Line] {
        let kept = self.0.take().filter(|kept| kept.is_for(kernel, shape));
        let zeros = || Kept { kernel, shape, packed: Packed::zeros(shape) };
        self.0.insert(kept.unwrap_or_else(zeros)).packed.lines_mut()
    }
}

impl Kept {
    fn is_for(&self, kernel: Kernel, shape: [usize; 2]) -> bool {
        (self.kernel, self.shape) == (kernel, shape)
    }
}
