//! What the program says. A closed pipe is no error: training goes on and is saved.

use clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
use serde_json::{Value, json};
use std::{
    io::{Write, stderr, stdout},
    process::ExitCode,
};

/// A line on the standard output.
pub fn line(text: &str) {
    let _ = writeln!(stdout(), "{text}");
}

/// A line on the standard error output.
pub fn note(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}

/// What went wrong, and with `--json` also as an object.
pub fn error(error: &str, json: bool) {
    note(&format!("dalenet: {error}"));
    object(json, || json!({ "error": error }));
}

/// The help or the version that was asked for, or what is wrong with the arguments in a sentence.
pub fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
    } else {
        let text = error.to_string();
        let text = text.split("\n\nUsage:").next().unwrap_or_default();
        let text = text.split("\n\nFor more information").next().unwrap_or_default();
        let text = text.trim_start_matches("error: ").replace("\n\n", "; ");
        let text = text.replace("invalid digit found in string", "it is not a whole number from 0");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let json = std::env::args_os().any(|argument| argument == "--json");
        self::error(&format!("{text}; see `dalenet help`"), json);
    }
    ExitCode::from(error.exit_code() as u8)
}

/// The last line under `--json`.
pub fn object(json: bool, value: impl FnOnce() -> Value) {
    if json {
        line(&value().to_string());
    }
}
