//! Layers: their weights, what they make of their input, and the constraint they keep.

mod activation;
mod dale;
mod geometry;
#[allow(clippy::module_inception)]
mod layer;

pub use activation::Activation;
pub use dale::{Dale, Signs};
pub use geometry::{Geometry, Image, Pooling, PoolingKind, Window};
pub use layer::{Balance, Layer, SubMatrix};
pub(crate) use layer::{Ends, Start, Streams};
