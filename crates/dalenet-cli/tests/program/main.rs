//! The real program in fresh temporary folders, each test named for what it guards.
//!
//! Tests that need MNIST take it from the default data folder, and fetch it if it is not there.

mod agent;
mod bits;
mod cases;
mod convolutions;
mod data_sets;
mod files;
mod guide;
mod helper;
mod interruption;
mod learning;
mod network;
mod play;
mod refusal;
mod report;
mod run_data;
mod study;
mod tensorboard;
mod terminal;
