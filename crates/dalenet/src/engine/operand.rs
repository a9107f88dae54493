//! Weights as products read them.

use super::{
    bf16::{Kernel, Line, Packed},
    elementwise::sum,
};
use crate::tensor::Matrix;
use std::sync::OnceLock;

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
    weights: &'a Matrix,
    folded: Option<&'a Folded>,
    packed: Option<&'a PackedWeights>,
}

impl<'a> Operand<'a> {
    /// `weights`, or the sum of their halves if they are folded. `packed` is what the last update of them
    /// has left; empty if anything else has changed them since.
    pub fn new(weights: &'a Matrix, folded: Option<&'a Folded>, packed: &'a PackedWeights) -> Self {
        Self { weights, folded, packed: Some(packed) }
    }

    /// The numbers themselves.
    pub fn matrix(self) -> &'a Matrix {
        self.folded.map_or(self.weights, |folded| folded.of(self.weights))
    }

    /// K and N.
    pub fn shape(self) -> [usize; 2] {
        let halves = 1 + usize::from(self.folded.is_some());
        [self.weights.rows() / halves, self.weights.cols()]
    }

    /// As `kernel` reads them, if they are packed for it.
    pub(super) fn packed(self, kernel: Kernel) -> Option<Packed<&'a [Line]>> {
        let kept = self.packed?.0.as_ref()?;
        kept.is_for(kernel, self.shape()).then(|| kept.packed.borrow())
    }
}

impl<'a> From<&'a Matrix> for Operand<'a> {
    fn from(matrix: &'a Matrix) -> Self {
        Self { weights: matrix, folded: None, packed: None }
    }
}

/// The sum of the two halves of weights whose input is the same for both, K/2×N: made when it is read for
/// the first time after a change, and by updates in `f32`.
///
/// ```
/// use dalenet::{Matrix, engine::Folded};
/// let weights = Matrix::from_rows(&[[1.0, 2.0], [-0.5, -0.5]]);
/// assert_eq!(Folded::default().of(&weights).as_slice(), [0.5, 1.5]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Folded(OnceLock<Matrix>);

impl Folded {
    /// The sum for these weights, K×N, which must be the same until it is cleared.
    pub fn of(&self, weights: &Matrix) -> &Matrix {
        self.0.get_or_init(|| {
            let mut halves = Matrix::zeros(weights.rows() / 2, weights.cols());
            let (top, bottom) = weights.as_slice().split_at(halves.as_slice().len());
            sum(halves.as_mut_slice(), top, bottom);
            halves
        })
    }

    /// The weights have been changed.
    pub fn clear(&mut self) {
        self.0.take();
    }

    /// The sum for an update that changes it together with the weights.
    pub(super) fn of_mut(&mut self, weights: &Matrix) -> &mut Matrix {
        self.of(weights);
        self.0.get_mut().expect("made just now")
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
