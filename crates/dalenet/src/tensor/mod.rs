//! Containers of numbers: dense and sparse matrices, what layers receive and learn from, and the shape
//! of a sample.

mod gated_signal;
mod matrix;
mod presynaptic;
mod shape;
mod sparse;
mod sparse_input;

pub use gated_signal::GatedSignal;
pub use matrix::Matrix;
pub use presynaptic::Presynaptic;
pub use shape::Shape;
pub use sparse::SparseMatrix;
pub use sparse_input::SparseInput;
