//! The terminal: what is printed, how progress is shown, what Ctrl-C does.

mod bar;
pub mod capability;
pub mod class_table;
pub mod interruption;
mod lines;
pub mod outcome;
pub mod progress;
pub mod say;
mod signals;
pub mod study_progress;
pub mod table;
mod time_left;
pub mod words;
