//! The convolution: the same weights at every place of an image.

use super::{
    gradient::Gradient,
    kind::{Activity, Site, Weighted, check_window},
    synapses::Synapses,
};
use crate::{
    engine::{self, Activation, Geometry, Patches, Window, Workspace},
    tensor::{GatedSignal, Matrix, Presynaptic, Shape},
};
use serde::{Deserialize, Serialize};

/// A convolution: at every place of a square window `a = φ(h·W + b)`, with `h` the window's pixels,
/// row by row, each with its own `[p n]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convolution {
    /// Units of each stream at every place: channels.
    pub units: usize,
    /// Height and width of the window.
    pub size: usize,
    /// How far the window moves at a time.
    #[serde(default = "one")]
    pub stride: usize,
    /// Zeros about the image on each side.
    #[serde(default)]
    pub padding: usize,
}

fn one() -> usize {
    1
}

impl Convolution {
    fn window(&self) -> Window {
        Window { size: self.size, stride: self.stride, padding: self.padding }
    }

    fn at(&self, site: &Site) -> Geometry {
        Geometry { input: site.input, window: self.window(), output: site.output }
    }
}

/// The images that a convolution receives.
fn images(h: Presynaptic<'_>) -> &Matrix {
    h.dense().expect("the input of a convolution is dense")
}

impl Weighted for Convolution {
    fn units(&self) -> usize {
        self.units
    }

    fn output(&self, input: Shape, channels: usize) -> Result<Shape, String> {
        let Self { size, stride, padding, .. } = *self;
        check_window(size, stride)?;
        if padding >= size {
            return Err(format!("its `padding` of {padding} must be below its `size` of {size}"));
        }
        let output = self.window().over(input, channels);
        if output.positions() == 0 {
            let Shape { height, width, .. } = input;
            return Err(format!(
                "its window of {size}×{size} does not fit into the {height}×{width} values that it \
                 receives; give it a smaller `size` or more `padding`"
            ));
        }
        Ok(output)
    }

    fn pixels(&self, _input: Shape) -> usize {
        self.size * self.size
    }

    fn geometry(&self, site: &Site) -> Option<Geometry> {
        Some(self.at(site))
    }

    fn forward(
        &self,
        site: &Site,
        synapses: &Synapses,
        h: Presynaptic<'_>,
        activation: Activation,
        out: &mut Matrix,
        workspace: &Workspace,
    ) {
        let patches = Patches::new(images(h), self.at(site));
        let (weights, bias) = (synapses.operand(), synapses.bias());
        engine::convolve(out, &patches, weights, bias, activation, workspace);
    }

    fn forward_largest(
        &self,
        site: &Site,
        synapses: &Synapses,
        h: Presynaptic<'_>,
        (activation, pooling): (Activation, &Geometry),
        Activity { output, chosen, .. }: &mut Activity,
        workspace: &Workspace,
    ) {
        let patches = Patches::new(images(h), self.at(site));
        let (weights, bias) = (synapses.operand(), synapses.bias());
        let (out, response) = ((output, chosen), (bias, activation));
        engine::convolve_largest(out, &patches, weights, response, pooling, workspace);
    }

    fn transport(
        &self,
        site: &Site,
        u: GatedSignal<'_>,
        weights: &Matrix,
        out: &mut Matrix,
        workspace: &Workspace,
    ) {
        let u = (u.values(), u.chosen());
        engine::convolve_transposed(out, &self.at(site), u, weights, workspace);
    }

    fn gradient(
        &self,
        site: &Site,
        h: Presynaptic<'_>,
        u: GatedSignal<'_>,
        Gradient { weights, rows, .. }: &mut Gradient,
        workspace: &Workspace,
    ) {
        *rows = None;
        let (patches, values) = (Patches::new(images(h), self.at(site)), u.values());
        match u.chosen() {
            Some(chosen) => {
                engine::largest_gradient(weights, &patches, values, chosen, workspace);
            }
            None => engine::patches_gradient(weights, &patches, values.as_slice(), workspace),
        }
    }

    fn power(&self, site: &Site, h: Presynaptic<'_>) -> f32 {
        Patches::new(images(h), self.at(site)).mean_squared_norm()
    }
}
