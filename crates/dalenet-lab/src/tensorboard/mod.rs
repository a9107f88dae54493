//! TensorBoard: an event file in the run's folder.
//!
//! The writer is the project's own, since a resumed run appends to its file: of the crates that write
//! event files, none can open an existing one, none purges the points that are computed again, and
//! none has the hparams plugin.

mod event;
mod file;
mod hparams;
mod record;
mod scalars;

pub use file::{EventFile, existing};
