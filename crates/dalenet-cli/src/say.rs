//! What the program says. A closed pipe is no error: training goes on and is saved.

use serde_json::{Value, json};
use std::io::{Write, stderr, stdout};

/// A line on the standard output.
pub fn line(text: &str) {
    let _ = writeln!(stdout(), "{text}");
}

/// A line on the standard error output.
pub fn note(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}

/// What went wrong, and with `--json` also as an object.
pub fn error(error: &dalenet_lab::Error, json: bool) {
    note(&format!("dalenet: {error}"));
    object(json, || json!({ "error": error.to_string() }));
}

/// The last line under `--json`.
pub fn object(json: bool, value: impl FnOnce() -> Value) {
    if json {
        line(&value().to_string());
    }
}
