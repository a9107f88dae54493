//! Windows that move over an image.

use crate::tensor::Shape;
use serde::{Deserialize, Serialize};

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
    pub fn over(self, image: Shape, channels: usize) -> Shape {
        let [height, width] = [image.height, image.width].map(|side| self.places(side));
        Shape { height, width, channels }
    }
}

/// A window over an image, and the image of its places: of a convolution or of a pooling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// The image under the window.
    pub input: Shape,
    /// The window.
    pub window: Window,
    /// Its places, with the channels that each has.
    pub output: Shape,
}

impl Geometry {
    /// A window over `input` with `channels` values at each place.
    pub fn new(input: Shape, channels: usize, window: Window) -> Self {
        Self { input, window, output: window.over(input, channels) }
    }

    /// First row and column of the window at place `place`, in the image with its padding.
    pub(super) fn corner(&self, place: usize) -> [usize; 2] {
        [place / self.output.width, place % self.output.width].map(|at| at * self.window.stride)
    }

    /// Which places of the input lie in the window at place `place`, row by row, without padding.
    pub(super) fn places(&self, place: usize) -> impl Iterator<Item = usize> + use<> {
        let (width, size) = (self.input.width, self.window.size);
        let [top, left] = self.corner(place);
        let row = move |y: usize| y * width + left..y * width + left + size;
        (top..top + size).flat_map(row)
    }

    /// Values of the input in a window.
    pub fn patch(&self) -> usize {
        self.window.size * self.window.size * self.input.channels
    }
}
