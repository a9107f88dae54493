//! What the program prints. A closed pipe is no error: training goes on and is saved. Any other
//! failure to write is said at the end.

use crate::failure::Failure;
use serde_json::{Value, json};
use std::{
    io::{ErrorKind, Write, stderr, stdout},
    process::ExitCode,
    sync::Mutex,
};

/// The exit code of an interrupted program: 128 + SIGINT.
pub const INTERRUPTED: u8 = 130;

/// The first failure to write to the standard output, after which nothing more is written to it.
static LOST: Mutex<Option<std::io::Error>> = Mutex::new(None);

/// How a command ended, where nothing went wrong with the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It did what was asked.
    Done,
    /// A training of a study diverged.
    Diverged,
    /// It was interrupted, and what was to be saved is saved.
    Interrupted,
}

/// A line on the standard output.
pub fn line(text: &str) {
    self::text(&format!("{text}\n"));
}

/// A text on the standard output.
pub fn text(text: &str) {
    let mut lost = LOST.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if lost.is_none() {
        let mut out = stdout();
        *lost = out.write_all(text.as_bytes()).and_then(|()| out.flush()).err();
    }
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

/// The last line under `--json`.
pub fn object(json: bool, value: impl FnOnce() -> Value) {
    if json {
        line(&value().to_string());
    }
}

/// The exit code of a command that ended like this; says what could not be written.
pub fn exit(ended: Ended, json: bool) -> ExitCode {
    let lost = LOST.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
    match (ended, lost.filter(|cause| cause.kind() != ErrorKind::BrokenPipe)) {
        (Ended::Done, Some(cause)) => {
            let failure = Failure::Output(cause);
            error(&failure.to_string(), json);
            ExitCode::from(failure.exit_code())
        }
        (Ended::Done, None) => ExitCode::SUCCESS,
        (Ended::Diverged, _) => ExitCode::FAILURE,
        (Ended::Interrupted, _) => ExitCode::from(INTERRUPTED),
    }
}
