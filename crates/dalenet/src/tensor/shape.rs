//! The shape of a sample.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Height, width and channels of a sample, stored row by row, pixel by pixel (H×W×C). A plain
/// vector of D values is 1×1×D.
///
/// ```
/// use dalenet::Shape;
/// let image = Shape { height: 32, width: 32, channels: 3 };
/// assert_eq!((image.len(), image.positions()), (3072, 1024));
/// assert_eq!(image.to_string(), "32×32×3");
/// assert_eq!(Shape::flat(5).len(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Rows H.
    pub height: usize,
    /// Columns W.
    pub width: usize,
    /// Values a pixel C.
    pub channels: usize,
}

impl Shape {
    /// A vector of `len` values: 1×1×`len`.
    pub const fn flat(len: usize) -> Self {
        Self { height: 1, width: 1, channels: len }
    }

    /// Length of a sample, H·W·C.
    pub const fn len(self) -> usize {
        self.positions() * self.channels
    }

    /// Whether it has no values.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Pixels H·W.
    pub const fn positions(self) -> usize {
        self.height * self.width
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}×{}", self.height, self.width, self.channels)
    }
}
