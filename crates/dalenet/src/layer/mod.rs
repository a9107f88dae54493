//! Layers: their weights, what they make of their input, and the constraint they keep.

mod activation;
mod dale;
mod dense;

pub use activation::Activation;
pub use dale::{Dale, Signs};
pub use dense::{Balance, Dense, SubMatrix};
pub(crate) use dense::{Start, Streams};
