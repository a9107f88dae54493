//! The commands, a file each.

mod analyse;
mod completions;
mod config;
mod count;
mod data;
mod devices;
mod eval;
mod export;
mod import;
mod list;
mod man;
mod play;
mod predict;
mod report;
mod robust;
mod slurm;
mod study;
mod study_folder;
mod train;

use crate::{
    args::{Args, Command},
    context::Context,
    failure::Failure,
    human,
    quoted::with_data_dir,
    terminal::say::{self, Ended},
};
use std::process::ExitCode;

/// Runs the command and says what went wrong, if anything did.
pub fn run(args: &Args) -> ExitCode {
    let context = Context::new(args);
    let threads = args.threads().map_or(0, usize::from);
    // This thread is one of the pool: it takes part in parallel work instead of handing it over and
    // waiting, which costs a short step a tenth of its time. Only fails where a pool exists already, and
    // none does.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread();
    let _ = pool.build_global();
    match dispatch(&args.command, &context) {
        Ok(ended) => say::exit(ended, context.json),
        Err(failure) => {
            let sentence = with_data_dir(&failure.to_string(), context.data_dir);
            say::error(&sentence, context.json);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn dispatch(command: &Command, context: &Context<'_>) -> Result<Ended, Failure> {
    match command {
        Command::Train(args) => train::run(args, context),
        Command::Eval(args) => eval::run(args, context),
        Command::Predict(args) => predict::run(args, context),
        Command::Compare(args) => study::compare(args, context),
        Command::Ablate(args) => study::ablate(args, context),
        Command::Sweep(args) => study::sweep(args, context),
        Command::Study { command } => study_folder::run(command, context),
        Command::Analyse(args) => analyse::run(&args.run, context),
        Command::Play(args) if args.human => {
            human::play(&args.run.to_string_lossy(), args.seed, context.json)
        }
        Command::Play(args) => play::run(args, context),
        Command::Export(args) => export::run(args, context),
        Command::Import(args) => import::run(args, context),
        Command::Count(args) => count::run(args, context),
        Command::Robust(args) => robust::run(args, context),
        Command::Report(args) => report::run(args, context),
        Command::Data { command } => data::run(command, context),
        Command::Config { task, settings } => config::run(task, settings, context),
        Command::List => list::run(context),
        Command::Completions { shell } => completions::run(*shell),
        Command::Man(args) => man::run(args, context),
    }
}
