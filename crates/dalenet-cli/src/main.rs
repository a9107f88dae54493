//! The `dalenet` program: arguments and terminal, no logic.
//!
//! Exit codes: 0 done, 1 a training failed, 2 something is wrong with the input, 130 interrupted.

mod args;
mod commands;
mod human;
mod inspect;
mod progress;
mod say;
mod study;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return say::usage(&error),
    };
    let json = args.json;
    commands::run(args).unwrap_or_else(|error| {
        say::error(&error.to_string(), json);
        ExitCode::from(error.exit_code())
    })
}
