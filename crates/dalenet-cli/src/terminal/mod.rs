//! The terminal: what is printed, how progress is shown, what Ctrl-C does.

pub mod class_table;
pub mod interruption;
pub mod outcome;
pub mod progress;
pub mod say;
pub mod study_progress;
pub mod table;
pub mod words;
