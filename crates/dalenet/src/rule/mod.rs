//! Learning rules: where the feedback of each hidden layer comes from, given the error at the output.
//!
//! That is the only question a rule answers; forward pass, transport, weight update and Dale's
//! principle are the same for all. A rule of your own is one method:
//!
//! ```
//! use dalenet::{Feedback, Lesson, Matrix, Rule};
//!
//! /// Every hidden unit receives the sum of the errors.
//! struct Broadcast;
//!
//! impl Rule for Broadcast {
//!     fn name(&self) -> &str {
//!         "broadcast"
//!     }
//!     fn feedback(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) -> Feedback<'_> {
//!         signal.reshape(lesson.error.rows(), lesson.network.layers()[layer].units());
//!         for (i, error) in lesson.error.iter_rows().enumerate() {
//!             signal.row_mut(i).fill(error.iter().sum());
//!         }
//!         Feedback::Written
//!     }
//! }
//! ```
//!
//! | rule | feedback | signal of hidden layer l |
//! |---|---|---|
//! | [`ErrorDiffusion`] | [`Feedback::Direct`] | `S·[Mᵀ −Mᵀ]` |
//! | [`DirectFeedbackAlignment`] | [`Feedback::Direct`] | `S·B_l` |
//! | [`FeedbackAlignment`] | [`Feedback::Through`] | `U_{l+1}·F_{l+1}ᵀ` |
//! | [`SignSymmetric`] | [`Feedback::Signs`] | `U_{l+1}·sign(W_{l+1})ᵀ/√N` |
//! | [`Backprop`] | [`Feedback::Weights`] | `U_{l+1}·W_{l+1}ᵀ` |
//!
//! with S the error B×C and U the gated signal φ'⊙signal of the layer above. The signal is delivered
//! where the next layer with weights reads, and from there passes back through the layers without
//! weights (pooling, normalisation) by their exact derivative, under every rule.
//!
//! Rules and routings are `Send + Sync`: one value may teach on any thread.

mod backprop;
mod direct_feedback_alignment;
mod error_diffusion;
mod feedback;
mod feedback_alignment;
mod routing;
mod sign_symmetric;
mod teaching;

pub use backprop::Backprop;
pub use direct_feedback_alignment::DirectFeedbackAlignment;
pub use error_diffusion::ErrorDiffusion;
pub use feedback::{Feedback, Lesson, Rule};
pub use feedback_alignment::FeedbackAlignment;
pub use routing::{Modulo, Overlapping, Routing, Shared};
pub use sign_symmetric::SignSymmetric;
pub(crate) use teaching::Teaching;
