//! The `dalenet` program: arguments and terminal, no logic.
//!
//! Imports run one way: `main` → `command` → `configuration`, `human` → `terminal`, `tasks` →
//! `failure`, and any of them may use the raw `args`.
//!
//! Exit codes: 0 done, 1 a training failed or the output could not be written, 2 something is wrong
//! with the input, 130 interrupted.

mod args;
mod command;
mod configuration;
mod context;
mod failure;
mod human;
mod quoted;
mod tasks;
mod terminal;
mod usage;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match args::Args::try_parse() {
        Ok(args) => command::run(&args),
        Err(error) => usage::report(&error),
    }
}
