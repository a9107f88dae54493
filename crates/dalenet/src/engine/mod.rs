//! The arithmetic, at the granularity of a layer's operation, on the CPU. All loops over the numbers
//! of a batch or of a layer's weights are here.
//!
//! Every function writes into buffers that its caller keeps, takes scratch memory from a
//! [`Workspace`], and splits its work into pieces whose number depends on the shapes alone, never on
//! the threads at hand: the same input gives the same bits at any thread count. Letters: `B` samples,
//! `K` presynaptic units, `N` postsynaptic units, `P` places of a convolution.

mod activation;
mod bf16;
mod convolution;
mod dale;
mod divisive;
mod elementwise;
mod error;
mod geometry;
mod gradient;
mod largest;
mod operand;
mod padded;
mod patches;
pub mod policy;
mod pooling;
mod precision;
mod product;
mod rms;
mod signal;
mod sparse;
mod statistics;
mod step;
mod update;
mod view;
mod workspace;

pub use activation::Activation;
pub use bf16::Kernel;
pub use convolution::{convolve, convolve_transposed, patches_gradient};
pub use dale::{Dale, DaleForm, Signs};
pub use divisive::{Divisor, divide, divide_transposed};
pub use elementwise::{activate, add_column_sums, gate, mean_squared_norm, scale, squared_norm};
pub use error::{centre, one_vs_all, weight_by_class};
pub use geometry::{Geometry, Window};
pub use gradient::{TILE_ROWS, gradient};
pub use largest::{convolve_largest, largest_gradient};
pub use operand::{Folded, Operand, PackedWeights};
pub use patches::Patches;
pub use pooling::{pool_largest, pool_largest_transposed, pool_mean, pool_mean_transposed};
pub use precision::{Precision, round_to_bf16};
pub use product::{product, product_transposed};
pub use rms::{EPSILON as RMS_EPSILON, normalise, normalise_in_place, normalise_transposed};
pub use signal::{add, add_signal, gate_places, signs, spread};
pub(crate) use sparse::add_common;
pub use sparse::{forward_sparse, gradient_sparse, sparse_product};
pub use statistics::{Silence, agreement, root_mean_square, silence};
pub use step::{Method, Moments, Step};
pub use update::{
    Weights, update, update_along, update_bias, update_bias_along, update_rows_along,
};
pub use workspace::Workspace;
