//! A study: many trainings in one folder that together answer a question, by any number of workers.
//!
//! Each worker takes the next free run, trains it and publishes it ([`work`]). Workers know of each other
//! by files alone, so the folder may be on a network file system, and schedulers start as many as they
//! like. The design, from least to most visible:
//!
//! - Every attempt at a run has a folder that one process alone writes to. It copies the newest checkpoint
//!   of the attempts before it and goes on from there.
//! - One atomic rename publishes the attempt as the run, and only the first can. The same seed gives the
//!   same bits, so whichever attempt ends first will do. This is what makes a study safe: no clock, lock or
//!   cache has to be right.
//! - Claims and heartbeats save work: by them, workers do not train the same run at the same time.

mod attempt;
mod attempt_file;
mod claims;
mod collect;
mod disk;
mod layout;
mod memory;
mod observer;
mod options;
mod origin;
mod owner;
mod plans;
mod publish;
mod status;
#[expect(clippy::module_inception, reason = "the file of the type of this name")]
mod study;
#[cfg(test)]
mod tests;
mod threads;
mod tidy;
mod train;
mod watch;
mod worker;

pub use memory::free_memory;
pub use observer::{Job, StudyObserver};
pub use options::{WorkOptions, Worked};
pub use status::{Progress, RunState, RunStatus};
pub use study::{Study, work};
