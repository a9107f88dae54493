//! `dalenet completions`.

use crate::{
    args::Args,
    failure::Failure,
    terminal::say::{self, Ended},
};
use clap::CommandFactory;
use clap_complete::{Shell, generate};

pub fn run(shell: Shell) -> Result<Ended, Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Args::command(), "dalenet", &mut script);
    say::text(&String::from_utf8_lossy(&script));
    Ok(Ended::Done)
}
