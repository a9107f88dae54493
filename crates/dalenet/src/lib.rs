//! Networks under Dale's principle, and the rules that train them without backpropagation.
//!
//! One idea carries the library. Every learning rule answers one question: given the error at the
//! output, what signal teaches each hidden layer? So a [`Rule`] is a value the user picks, and
//! nothing else changes:
//!
//! ```text
//! network.forward(&mut trace)                    activity of every layer is kept
//! error  = target − prediction                   B×C
//! signal ← rule.feedback(lesson, layer)          B×N for each hidden layer
//! W ← project(W + η·xᵀ(φ'⊙signal))               the optimiser's step, then Dale's principle
//! ```
//!
//! Letters, here and everywhere: `B` samples of a batch, `D` inputs, `C` outputs, `H` units per
//! stream of a hidden layer, `K` presynaptic and `N` postsynaptic units of a layer (both streams).
//! Rows are samples; `p` is the excitatory stream, `n` the inhibitory one. See [`Learner`] for a
//! complete example and [`rule`] for a rule of your own.

pub mod checkpoint;
pub mod diagnosis;
pub mod engine;
pub mod layer;
mod learner;
mod loss;
mod network;
mod optim;
mod random;
pub mod rule;
mod tensor;

pub use engine::{Activation, Dale, DaleForm, Workspace, centre, one_vs_all, weight_by_class};
pub use layer::LayerSpec;
pub use learner::Learner;
pub use loss::Loss;
pub use network::{Alter, Checked, Network, NetworkSpec, SpecError, Trace};
pub use optim::{Method, Optimiser, Schedule, State};
pub use random::{Generator, GeneratorState};
pub use rule::{
    Backprop, DirectFeedbackAlignment, ErrorDiffusion, Feedback, FeedbackAlignment, Lesson, Modulo,
    Overlapping, Routing, Rule, Shared, SignSymmetric,
};
pub use tensor::{GatedSignal, Matrix, Presynaptic, Shape, SparseInput, SparseMatrix};
