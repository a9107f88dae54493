//! Pooling: the mean or the largest activity of each window, channel by channel.

use super::kind::{Activity, Before, Site, Weightless, check_window};
use crate::{
    engine::{self, Activation, Geometry, Window},
    tensor::{Matrix, Shape},
};
use serde::{Deserialize, Serialize};

/// What becomes of the activities of a channel in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PoolingMode {
    /// Their mean.
    Average,
    /// The largest.
    Max,
}

/// Pooling over square windows without padding, channel by channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pooling {
    /// Mean or largest.
    pub mode: PoolingMode,
    /// Height and width of the window.
    #[serde(default = "two")]
    pub size: usize,
    /// How far the window moves at a time.
    #[serde(default = "two")]
    pub stride: usize,
}

fn two() -> usize {
    2
}

impl Pooling {
    fn window(&self) -> Window {
        Window { size: self.size, stride: self.stride, padding: 0 }
    }

    fn at(&self, site: &Site) -> Geometry {
        Geometry { input: site.input, window: self.window(), output: site.output }
    }
}

impl Weightless for Pooling {
    fn output(&self, before: &[Before]) -> Result<Shape, String> {
        let input = before[before.len() - 1].shape;
        let Self { size, stride, .. } = *self;
        check_window(size, stride)?;
        let output = self.window().over(input, input.channels);
        if output.positions() == 0 {
            let Shape { height, width, .. } = input;
            return Err(format!(
                "its window of {size}×{size} does not fit into the {height}×{width} values that it \
                 receives; give it a smaller `size`"
            ));
        }
        Ok(output)
    }

    fn forward(
        &self,
        site: &Site,
        input: &Matrix,
        _earlier: Option<&Matrix>,
        Activity { output, chosen, .. }: &mut Activity,
    ) {
        match self.mode {
            PoolingMode::Average => engine::pool_mean(output, input, &self.at(site)),
            PoolingMode::Max => engine::pool_largest((output, chosen), input, &self.at(site)),
        }
    }

    fn largest(&self, site: &Site) -> Option<Geometry> {
        (self.mode == PoolingMode::Max).then(|| self.at(site))
    }

    fn forward_in_place(&self, site: &Site, Activity { output, chosen, .. }: &mut Activity) {
        let units = std::mem::take(output);
        engine::pool_largest((output, chosen), &units, &self.at(site));
    }

    /// As the derivative does: each of an average receives its share, the largest receives all.
    fn transport(
        &self,
        site: &Site,
        _input: &Matrix,
        activity: &Activity,
        signal: &mut Matrix,
        spare: &mut Matrix,
    ) {
        let at = self.at(site);
        match self.mode {
            PoolingMode::Average => engine::pool_mean_transposed(spare, signal, &at, None),
            PoolingMode::Max => {
                engine::pool_largest_transposed(spare, signal, &activity.chosen, &at);
            }
        }
        std::mem::swap(signal, spare);
    }

    /// Image by image, while it is in the cache.
    fn transport_gated(
        &self,
        site: &Site,
        units: &Matrix,
        activation: Activation,
        signal: &Matrix,
        u: &mut Matrix,
    ) -> bool {
        let averages = self.mode == PoolingMode::Average;
        if averages {
            engine::pool_mean_transposed(u, signal, &self.at(site), Some((units, activation)));
        }
        averages
    }
}
