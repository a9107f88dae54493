//! A sweep: many settings, of which the best are sought.
//!
//! A sweep is a study ([`Plan::sweep`]) whose cells are configurations. They are judged on held-out samples, or
//! on episodes of seeds that are for searching alone; the test set has no part in it.

mod best;
mod collect;
mod figure;
mod file;
mod findings;
mod halving;
mod judge;
mod plan;
mod schedule;
mod values;

pub(crate) use collect::collect;
pub use file::SweepFile;
pub use findings::{Ranked, SweepFindings, SweepGroup};
pub use halving::Halving;
pub(crate) use judge::{Judged, RUNG, found};
pub use plan::{SweepPlan, Varied};
pub(crate) use schedule::Stage;
pub use values::{Scale, Values};
