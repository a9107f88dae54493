//! Containers of numbers: dense and sparse matrices, and the shape of a sample.

mod matrix;
mod presynaptic;
mod shape;
mod sparse;
mod sparse_input;

pub use matrix::Matrix;
pub use presynaptic::Presynaptic;
pub use shape::Shape;
pub use sparse::SparseMatrix;
pub use sparse_input::SparseInput;
