//! Convolutions in the form of older configurations: each with its pooling.

use crate::Error;
use dalenet::{
    LayerSpec, Shape,
    layer::{Convolution, Pooling, PoolingMode, Window},
};
use serde::{Deserialize, Serialize};

/// One of `convolutions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvolutionSettings {
    /// Units per stream at each place.
    pub units: usize,
    /// Height and width of the window.
    pub size: usize,
    /// How far the window moves at a time.
    #[serde(default = "one")]
    pub stride: usize,
    /// Zeros about the image on each side.
    #[serde(default)]
    pub padding: usize,
    /// Mean or largest of each window of places, or all of them.
    #[serde(default)]
    pub pooling: PoolingChoice,
    /// Height and width of the pooling's window.
    #[serde(default = "two")]
    pub pool_size: usize,
    /// How far the pooling's window moves at a time.
    #[serde(default = "two")]
    pub pool_stride: usize,
}

fn one() -> usize {
    1
}

fn two() -> usize {
    2
}

/// What follows a convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolingChoice {
    /// Nothing.
    #[default]
    None,
    /// The mean of each window.
    Average,
    /// The largest of each window.
    Max,
}

impl ConvolutionSettings {
    /// The layers it stands for.
    pub(crate) fn layers(self) -> impl Iterator<Item = LayerSpec> {
        let Self { units, size, stride, padding, pool_size, pool_stride, .. } = self;
        let pooling = |mode| Some(Pooling { mode, size: pool_size, stride: pool_stride }.into());
        let pooling = match self.pooling {
            PoolingChoice::None => None,
            PoolingChoice::Average => pooling(PoolingMode::Average),
            PoolingChoice::Max => pooling(PoolingMode::Max),
        };
        let convolution = Convolution { units, size, stride, padding };
        [Some(convolution.into()), pooling].into_iter().flatten()
    }

    /// The shape of its output for an input; empty if a window does not fit.
    fn output(self, input: Shape) -> Shape {
        let Self { units, size, stride, padding, pool_size, pool_stride, .. } = self;
        let output = Window { size, stride, padding }.over(input, units);
        match self.pooling {
            PoolingChoice::None => output,
            _ => Window { size: pool_size, stride: pool_stride, padding: 0 }.over(output, units),
        }
    }

    /// Whether no number is out of range.
    pub(crate) fn is_possible(&self) -> bool {
        let sizes = [self.units, self.size, self.stride, self.pool_size, self.pool_stride];
        sizes.iter().all(|n| (1..=100_000).contains(n)) && self.padding < self.size
    }
}

/// Checks that every window fits into its input.
pub(crate) fn check_fit(input: Shape, convolutions: &[ConvolutionSettings]) -> Result<(), Error> {
    let mut input = input;
    for (i, convolution) in (1..).zip(convolutions) {
        let output = convolution.output(input);
        if output.is_empty() {
            let Shape { height, width, .. } = input;
            return Err(Error::Config(format!(
                "convolution {i} does not fit: its windows are larger than its input of \
                 {height}×{width}; give it a smaller `size` or `pool_size`, or more `padding`"
            )));
        }
        input = output;
    }
    Ok(())
}
