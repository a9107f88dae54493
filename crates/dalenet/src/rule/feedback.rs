//! What a rule is asked, and what it can answer.

use crate::{
    network::{Network, Trace},
    random::Generator,
    tensor::{GatedSignal, Matrix},
};

/// Learning rule: says where the feedback of each hidden layer comes from.
pub trait Rule: Send + Sync {
    /// Its name in tables and logs.
    fn name(&self) -> &str;

    /// Draws what the rule needs for this network, such as fixed feedback weights. Called once,
    /// before the first lesson, also when a run is resumed: the generator then stands where it
    /// stood the first time.
    fn prepare(&mut self, network: &Network, generator: &mut Generator) {
        let _ = (network, generator);
    }

    /// Where the feedback of hidden layer `layer` (counted among the layers with weights) comes from.
    ///
    /// The learner makes the signal of it: for each value that the layer hands on, the direction in
    /// which it should move. A rule that computes the signal itself writes it into `signal` and
    /// returns [`Feedback::Written`]. Layers are asked last to first; the output layer is taught by
    /// the error itself.
    fn feedback(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) -> Feedback<'_>;
}

/// Where the feedback of a hidden layer comes from. B samples, C outputs, N units of the layer (the
/// excitatory ones first).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Feedback<'a> {
    /// From the error at the output, through these weights C×N: `signal = S·weights`. In a
    /// convolution the one value a channel goes to all its places.
    Direct(&'a Matrix),
    /// From the gated signal of the layer above, through these weights, of the shape of that layer's:
    /// `signal = U·weightsᵀ`.
    Through(&'a Matrix),
    /// From the gated signal of the layer above, through its own weights: `signal = U·Wᵀ`.
    Weights,
    /// From the gated signal of the layer above, through the signs of its weights:
    /// `signal = U·sign(W)ᵀ/√N`, with N the units of that layer.
    Signs,
    /// The rule has written the signal: B×N, in a convolution one value a channel, or B×(P·N), one
    /// for each value that the layer hands on.
    Written,
    /// [`Feedback::Written`] from the gated signal of the layer above: it comes along skip connections
    /// too.
    WrittenThrough,
}

impl Feedback<'_> {
    /// Whether the signal arrives layer by layer, and so comes along skip connections too.
    pub(crate) fn is_transported(self) -> bool {
        matches!(self, Self::Through(_) | Self::Weights | Self::Signs | Self::WrittenThrough)
    }
}

/// What a rule may use.
pub struct Lesson<'a> {
    /// The network with the weights it had in the forward pass.
    pub network: &'a Network,
    /// The activity of every layer.
    pub trace: &'a Trace,
    /// The error at the output, target − prediction, B×C.
    pub error: &'a Matrix,
    /// The gated signal of the layer above, φ'⊙signal, B×N of that layer (B×(P·N)).
    pub above: GatedSignal<'a>,
}
