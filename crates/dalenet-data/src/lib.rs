//! Data sets for Dalenet: fetch, verify by checksum, decode, hold out, gather batches.
//!
//! [`load`] reads MNIST, Fashion-MNIST, CIFAR-10 or a user's own `.npz` file into a
//! [`Dataset`]; what is absent is fetched first. Only files whose SHA-256 is right are used.
//!
//! Letters: N examples, B of them in a batch, D = H·W·C values an example (height, width,
//! channels, in this order: "NHWC").
//!
//! ```no_run
//! use dalenet_data::{Source, load};
//!
//! let mnist = load(&Source::Mnist, None, &mut ())?;
//! let (train, validation) = mnist.train.split_off(10_000, 0)?;
//! assert_eq!((train.len(), validation.len(), mnist.test.len()), (50_000, 10_000, 10_000));
//!
//! let mut batch = vec![0.0; 32 * mnist.shape.len()]; // B×D
//! let indices: Vec<u32> = (0..32).collect();
//! train.gather(&indices, &mut batch);
//! # Ok::<(), dalenet_data::Error>(())
//! ```

#![warn(missing_docs)]
#![forbid(unsafe_code)]

mod catalogue;
mod cifar10;
mod dataset;
mod error;
mod fetch;
mod folder;
mod idx;
mod npy;
mod npz;
mod observer;
mod origin;
mod source;
mod split;
mod verify;

pub use dataset::{Dataset, Shape, load};
pub use error::Error;
pub use fetch::fetch;
pub use folder::default_dir;
pub use observer::Observer;
pub use source::Source;
pub use split::Split;
