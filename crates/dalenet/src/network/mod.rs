//! Networks: their specification, the chain of layers, and the activity of each that learning needs.

mod build;
mod chain;
mod spec;
mod trace;

pub use build::Checked;
pub use chain::{Alter, Network};
pub use spec::{NetworkSpec, SpecError};
pub use trace::Trace;
