//! From a rule's feedback to the gated signal of every layer.

use super::{Feedback, Lesson, Rule};
use crate::{
    engine::{self, Workspace},
    layer::{Layer, Place},
    network::{Network, Trace},
    tensor::{GatedSignal, Matrix},
};

/// The gated signals of a network's layers, with the buffers that they are made in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Teaching {
    /// For each layer φ'⊙signal, B×N, in a convolution B×(P·N).
    gated: Vec<Matrix>,
    /// The ungated signal on its way down.
    signal: Matrix,
    spare: Matrix,
    /// The signs of a layer's weights.
    signs: Matrix,
    /// For each skip connection the signal at its sum.
    skips: Vec<Matrix>,
}

impl Teaching {
    /// Buffers for this network.
    pub fn new(network: &Network) -> Self {
        let empty = |len| vec![Matrix::default(); len];
        Self {
            gated: empty(network.layers().len()),
            skips: empty(network.skips().len()),
            ..Self::default()
        }
    }

    /// The gated signal of layer `layer`, for the forward pass in `trace`.
    pub fn gated<'a>(&'a self, layer: usize, trace: &'a Trace) -> GatedSignal<'a> {
        GatedSignal::new(&self.gated[layer], trace.chosen(layer))
    }

    /// Fills the gated signal of every layer, last to first, for the error at the output, B×C.
    pub fn teach(
        &mut self,
        network: &Network,
        rule: &dyn Rule,
        trace: &Trace,
        error: &Matrix,
        workspace: &Workspace,
    ) {
        let last = self.gated.len() - 1;
        for (l, layer) in network.layers().iter().enumerate().rev() {
            let transported = if l == last {
                self.signal.clone_from(error);
                true
            } else {
                let Self { gated, signal, signs, .. } = self;
                let above = GatedSignal::new(&gated[l + 1], trace.chosen(l + 1));
                let lesson = Lesson { network, trace, error, above };
                let feedback = rule.feedback(&lesson, l, signal);
                deliver(feedback, &lesson, &network.layers()[l + 1], (signal, signs), workspace);
                feedback.is_transported()
            };
            if !self.descend(network, l, trace, transported) {
                layer.gate(&mut self.signal, trace.postsynaptic(l), &mut self.gated[l]);
            }
        }
    }

    /// Brings the signal at the output of layer `l` to its units, through the layers without weights.
    /// `transported` signals come along skip connections from other layers too. Returns whether the
    /// last of them has gated it as well.
    fn descend(&mut self, network: &Network, l: usize, trace: &Trace, transported: bool) -> bool {
        let (layer, activities) = (&network.layers()[l], trace.activities(l));
        let units = Place { layer: l, stage: 0 };
        let read_once = network.skips().iter().all(|skip| skip.from != units);
        for (k, stage) in layer.stages().iter().enumerate().rev() {
            let at = Place { layer: l, stage: k + 1 };
            self.add_skips(network, at, transported);
            let Self { signal, spare, skips, gated, .. } = self;
            for (skip, buffer) in network.skips().iter().zip(skips) {
                if skip.to == at {
                    buffer.clone_from(signal);
                }
            }
            if k == 0 && trace.chosen(l).is_some() {
                // The layer learns from the signal where it is.
                continue;
            }
            let (input, activity) = (&activities[k].output, &activities[k + 1]);
            if k == 0 && read_once {
                let (phi, u) = (layer.activation(), &mut gated[l]);
                if stage.kind.transport_gated(&stage.site, input, phi, signal, u) {
                    return true;
                }
            }
            stage.kind.transport(&stage.site, input, activity, signal, spare);
        }
        self.add_skips(network, units, transported);
        false
    }

    /// Adds the signals of the skip connections that start at `from`.
    fn add_skips(&mut self, network: &Network, from: Place, transported: bool) {
        for (skip, signal) in network.skips().iter().zip(&self.skips) {
            if skip.from == from && (transported || skip.to.layer == from.layer) {
                engine::add_signal(&mut self.signal, signal);
            }
        }
    }
}

/// Makes the signal of the feedback, where the layer `above` reads; `signs` is a buffer.
fn deliver(
    feedback: Feedback<'_>,
    lesson: &Lesson<'_>,
    above: &Layer,
    (signal, signs): (&mut Matrix, &mut Matrix),
    workspace: &Workspace,
) {
    let u = lesson.above;
    match feedback {
        Feedback::Written | Feedback::WrittenThrough => {}
        Feedback::Direct(weights) => engine::product(signal, lesson.error, weights, workspace),
        Feedback::Through(weights) => above.transport(u, weights, signal, workspace),
        Feedback::Weights => above.transport(u, above.weights(), signal, workspace),
        Feedback::Signs => {
            let scale = (above.units() as f32).sqrt().recip();
            engine::signs(signs, above.weights(), scale);
            above.transport(u, signs, signal, workspace);
        }
    }
}
