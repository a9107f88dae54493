//! The real program in fresh temporary folders, each test named for what it guards.
//!
//! Tests that need MNIST take it from the default data folder, and fetch it if it is not there.

mod agent;
mod bits;
mod cases;
mod convolutions;
mod data_sets;
mod devices;
mod early_stopping;
mod export;
mod files;
mod guide;
mod helper;
mod import;
mod interruption;
mod learning;
mod longer;
mod network;
mod play;
mod predict;
mod refusal;
mod report;
mod report_agents;
mod results;
mod run_data;
mod slurm;
mod statistics;
mod study;
mod sweep;
mod tensorboard;
mod terminal;
mod workers;
