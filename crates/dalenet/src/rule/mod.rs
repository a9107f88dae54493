//! Learning rules: what signal teaches each hidden layer, given the error at the output.
//!
//! That is the only question a rule answers; forward pass, weight update and Dale's principle are
//! the same for all. A rule of your own is one method:
//!
//! ```
//! use dalenet::{Generator, Lesson, Matrix, Network, Rule};
//!
//! /// Every hidden unit hears the sum of the errors.
//! struct Broadcast;
//!
//! impl Rule for Broadcast {
//!     fn name(&self) -> &str {
//!         "broadcast"
//!     }
//!     fn teach(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) {
//!         let units = lesson.network.layers()[layer].units();
//!         signal.reshape(lesson.error.rows(), units);
//!         for (i, error) in lesson.error.iter_rows().enumerate() {
//!             signal.row_mut(i).fill(error.iter().sum());
//!         }
//!     }
//! }
//! ```

mod backprop;
mod direct_feedback_alignment;
mod error_diffusion;
mod feedback_alignment;
mod sign_symmetric;

pub use backprop::Backprop;
pub use direct_feedback_alignment::DirectFeedbackAlignment;
pub use error_diffusion::{ErrorDiffusion, Modulo, Routing};
pub use feedback_alignment::FeedbackAlignment;
pub use sign_symmetric::SignSymmetric;

use crate::{Generator, Matrix, Network, Trace};

/// What teaches the hidden layers.
pub trait Rule: Send {
    /// Its name in tables and logs.
    fn name(&self) -> &str;

    /// Draws what the rule needs for this network, such as fixed feedback weights. Called once,
    /// before the first lesson, also when a run is resumed: the generator then stands where it
    /// stood the first time.
    fn prepare(&mut self, network: &Network, generator: &mut Generator) {
        let _ = (network, generator);
    }

    /// Writes the teaching signal of hidden layer `layer` into `signal`, B×N (excitatory units
    /// first): the direction in which each unit's output should move. In a convolution one value a
    /// channel goes to all its places; a rule that tells places apart writes one for each value
    /// that the layer hands on, B×(P'·N). The learner gates it by φ'. Layers are asked last to
    /// first; the output layer is taught by the error itself.
    fn teach(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix);
}

/// What a rule may look at.
pub struct Lesson<'a> {
    /// The network with the weights it had in the forward pass.
    pub network: &'a Network,
    /// The activity of every layer.
    pub trace: &'a Trace,
    /// The error at the output, target − prediction, B×C.
    pub error: &'a Matrix,
    /// The gated signal of the layer above, φ'⊙signal, B×N of that layer (B×(P·N)).
    pub above: &'a Matrix,
}
