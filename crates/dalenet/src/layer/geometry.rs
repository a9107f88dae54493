//! Where the units of a convolution look, and what is pooled.

use serde::{Deserialize, Serialize};

/// Height, width and channels of a sample, stored row by row, pixel by pixel (H×W×C).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Rows H.
    pub height: usize,
    /// Columns W.
    pub width: usize,
    /// Values a pixel C.
    pub channels: usize,
}

impl Image {
    /// Length of a sample, H·W·C.
    pub fn len(self) -> usize {
        self.positions() * self.channels
    }

    /// Whether it has no values.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Pixels H·W.
    pub fn positions(self) -> usize {
        self.height * self.width
    }
}

/// A square window that moves over an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its height and width.
    pub size: usize,
    /// How far it moves at a time.
    pub stride: usize,
    /// Zeros about the image on each side.
    pub padding: usize,
}

impl Window {
    /// At how many places it fits along a side; 0 if it is larger than the padded side.
    ///
    /// ```
    /// use dalenet::layer::Window;
    /// assert_eq!(Window { size: 5, stride: 2, padding: 0 }.places(32), 14);
    /// assert_eq!(Window { size: 3, stride: 1, padding: 1 }.places(32), 32);
    /// ```
    pub fn places(self, side: usize) -> usize {
        (side + 2 * self.padding).checked_sub(self.size).map_or(0, |room| room / self.stride + 1)
    }

    /// The image it makes of `image`, with `channels` values at each place.
    pub fn over(self, image: Image, channels: usize) -> Image {
        let [height, width] = [image.height, image.width].map(|side| self.places(side));
        Image { height, width, channels }
    }
}

/// What becomes of the activities of a channel in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PoolingKind {
    /// Their mean.
    Average,
    /// The largest.
    Max,
}

/// Pooling of a convolution's activity, channel by channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pooling {
    /// Mean or largest.
    pub kind: PoolingKind,
    /// Over which windows; they have no padding.
    pub window: Window,
}

/// The sides of a convolution: what it looks at, where, and what it hands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// What it looks at.
    pub input: Image,
    /// Through which window.
    pub window: Window,
    /// The activity of all its units, before pooling.
    pub units: Image,
    /// The pooling, if there is any.
    pub pooling: Option<Pooling>,
    /// What it hands on.
    pub output: Image,
}

impl Geometry {
    /// A convolution of `channels` units at each place of the window.
    pub fn new(input: Image, channels: usize, window: Window, pooling: Option<Pooling>) -> Self {
        let units = window.over(input, channels);
        let output = pooling.map_or(units, |pooling| pooling.window.over(units, channels));
        Self { input, window, units, pooling, output }
    }

    /// Values of the input in a window.
    pub fn patch(&self) -> usize {
        self.window.size * self.window.size * self.input.channels
    }
}
