//! What is said where the arguments cannot be read, and the help and version that were asked for.

use crate::{
    tasks::nearest_task,
    terminal::{
        capability::has_colours,
        say::{self, Ended},
    },
};
use clap::error::{
    ContextKind, ContextValue,
    ErrorKind::{DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion, InvalidSubcommand},
};
use dalenet_lab::Kernel;
use std::{env, process::ExitCode};

/// Says the help or the version, or what is wrong with the arguments in a sentence.
pub fn report(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let text = error.render();
        if error.kind() == DisplayVersion && given("--verbose") {
            say::text(&format!("{text}{}", machine()));
            return say::exit(Ended::Done, false);
        }
        match has_colours() {
            true => say::text(&text.ansi().to_string()),
            false => say::text(&text.to_string()),
        }
        return say::exit(Ended::Done, false);
    }
    if error.kind() == DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
    } else {
        say::error(&sentence(error), given("--json"));
    }
    ExitCode::from(error.exit_code() as u8)
}

/// Whether this argument was given, although the arguments cannot be read.
fn given(argument: &str) -> bool {
    env::args_os().any(|given| given == argument)
}

/// What this machine computes with, for reports of faults and of times.
fn machine() -> String {
    let kernel = Kernel::chosen().map_or_else(|error| error, |kernel| kernel.to_string());
    let available: Vec<_> = Kernel::available().map(Kernel::name).collect();
    format!(
        "vector instructions: {}\nkernel for bf16: {kernel} (there are {})\nthreads: {}\n",
        dalenet_lab::instructions(),
        available.join(", "),
        rayon::current_num_threads()
    )
}

/// clap's message in one sentence.
fn sentence(error: &clap::Error) -> String {
    if let Some(sentence) = task_as_command(error) {
        return sentence;
    }
    let text = error.to_string();
    let text = text.split("\n\nUsage:").next().unwrap_or_default();
    let text = text.split("\n\nFor more information").next().unwrap_or_default();
    let text = text.trim_start_matches("error: ").replace("\n\n", "; ");
    let text = text.replace("invalid digit found in string", "it is not a whole number from 0");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{text}; see `dalenet help`")
}

/// The sentence for a task in the place of a command, such as `dalenet mnist`.
fn task_as_command(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let task = nearest_task(word).filter(|_| error.kind() == InvalidSubcommand)?;
    Some(format!(
        "there is no command `{word}`; did you mean `dalenet train {task}`? see `dalenet help`"
    ))
}
