//! Networks: their specification, the chain of layers, and the activity of each that learning needs.

mod chain;
mod spec;
mod trace;

pub use chain::Network;
pub use spec::{Checked, NetworkSpec, SpecError};
pub use trace::Trace;
