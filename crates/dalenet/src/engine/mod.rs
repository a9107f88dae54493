//! The arithmetic, at the granularity of a layer's operation, on the CPU.
//!
//! Every function writes into buffers that its caller keeps, and splits its work into pieces
//! whose number depends on the shapes alone, never on the threads at hand: the same input gives
//! the same bits at any thread count. Letters: `B` samples, `K` presynaptic units, `N`
//! postsynaptic units.

mod elementwise;
mod product;
mod update;

pub use elementwise::{activate, add_column_sums, gate, mean_squared_norm};
pub use product::{gradient, product, product_transposed};
pub(crate) use update::fold;
pub use update::{Method, Moments, Step, TILE_ROWS, Weights, update, update_bias};
