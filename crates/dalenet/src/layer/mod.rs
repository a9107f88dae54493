//! Layers of single- and dual-stream networks, one file a kind.
//!
//! A kind of layer is a struct of its settings with three operations side by side: the forward pass,
//! the transport of a signal to the layer below and, if it has weights, their gradient. A new kind is
//! its file and its line in `registry.rs`. What a kind with weights works on, the weights, their
//! signs and their folded copy, are [`Synapses`], the same for all.
//!
//! ```
//! use dalenet::{Shape, NetworkSpec, layer::LayerSpec};
//! // In a configuration a number is a fully connected layer, a table any other kind.
//! let layers: Vec<LayerSpec> = serde_json::from_str(
//!     r#"[{ "kind": "convolution", "units": 8, "size": 3, "padding": 1 },
//!         { "kind": "pooling", "mode": "max" },
//!         64, 64, { "kind": "skip", "from": 2 }]"#,
//! )?;
//! let image = Shape { height: 6, width: 6, channels: 1 };
//! let spec = NetworkSpec {
//!     inputs: image.len(),
//!     image: Some(image),
//!     layers,
//!     ..NetworkSpec::default()
//! };
//! assert!(spec.check().is_ok());
//! # Ok::<(), serde_json::Error>(())
//! ```

mod convolution;
mod dense;
mod divisive;
mod gradient;
mod kind;
mod parts;
mod pooling;
mod registry;
mod rms;
mod skip;
mod synapses;
mod weighted;

pub use crate::engine::{Dale, DaleForm, Geometry, Signs, Window};
pub use convolution::Convolution;
pub use dense::Dense;
pub use divisive::Divisive;
pub use gradient::Gradient;
pub use kind::{Activity, Site};
pub use parts::{Balance, SubMatrix};
pub use pooling::{Pooling, PoolingMode};
pub use registry::LayerSpec;
pub use rms::Rms;
pub use skip::Skip;
pub use synapses::Synapses;
pub use weighted::Layer;

pub(crate) use kind::{Before, Weighted};
pub(crate) use parts::Streams;
pub(crate) use registry::Kind;
pub(crate) use synapses::{Join, Start};
pub(crate) use weighted::{Place, Stage};
