//! The real program in fresh temporary folders, each test named for what it guards.
//!
//! Tests that need MNIST take it from the default data folder, and fetch it if it is not there.

mod agent;
mod bits;
mod cases;
mod convolutions;
mod files;
mod helper;
mod interruption;
mod learning;
mod network;
mod refusal;
mod report;
mod report_agents;
mod run_data;
mod statistics;
mod study;
mod tensorboard;
mod terminal;
