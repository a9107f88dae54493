//! The arithmetic, at the granularity of a layer's operation, on the CPU.
//!
//! Every function writes into buffers that its caller keeps, and splits its work into pieces
//! whose number depends on the shapes alone, never on the threads at hand: the same input gives
//! the same bits at any thread count. Letters: `B` samples, `K` presynaptic units, `N`
//! postsynaptic units.

mod convolution;
mod elementwise;
mod normalisation;
pub mod policy;
mod pooling;
mod product;
mod sparse;
mod update;

pub use convolution::{Patches, convolve, convolve_transposed, patches_gradient};
pub use elementwise::{activate, add_column_sums, gate, mean_squared_norm, squared_norm};
pub use normalisation::{normalise, normalise_transposed};
pub use pooling::{gate_places, pool};
pub use product::{product, product_transposed};
pub use sparse::{forward_sparse, gradient_sparse, sparse_product};
pub(crate) use update::fold;
pub use update::{
    Method, Moments, Step, TILE_ROWS, Weights, gradient, update, update_along, update_bias,
    update_bias_along, update_rows_along,
};
