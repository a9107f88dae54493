//! The parts of a layer's weights, by the streams that they join.

use serde::Serialize;
use std::ops::Range;

/// How many units of each stream are on one side of a layer; a single stream is all `p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Streams {
    pub p: usize,
    pub n: usize,
}

impl Streams {
    /// `units` of each stream, or of the only one.
    pub fn new(units: usize, dual: bool) -> Self {
        Self { p: units, n: if dual { units } else { 0 } }
    }

    pub fn total(self) -> usize {
        self.p + self.n
    }

    pub fn ranges(self) -> [(char, Range<usize>); 2] {
        [('p', 0..self.p), ('n', self.p..self.total())]
    }
}

/// One of the up to four parts of a layer's weights, named as in the literature: `W_np` runs from
/// the inhibitory to the excitatory stream. A single-stream layer has one part, `W`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubMatrix {
    /// `W_pp`, `W_pn`, `W_np`, `W_nn` or `W`.
    pub name: String,
    /// Rows of the signed matrix: the source stream, at every pixel it has.
    pub rows: Vec<usize>,
    /// Columns of the signed matrix: the target stream.
    pub cols: Range<usize>,
    /// Whether the part enters the signed matrix with a plus (`W_pp`, `W_nn`; in the literal form of
    /// Dale's principle `W_pp`, `W_pn`) or a minus.
    pub excitatory: bool,
}

/// Excitation against inhibition in a layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Balance {
    /// Mean magnitude of the weights that excite over that of those that inhibit.
    pub ei_ratio: f64,
    /// Share of the weights that are at the floor.
    pub floor_share: f64,
}
