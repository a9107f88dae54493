//! Running the system's package clients.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::failure::Failure;
use crate::Error;

/// Runs a package client in `folder` to its end; the failure is the line of its output that
/// says why.
pub(super) fn run(command: &mut Command, folder: &Path) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let command = command.current_dir(folder).stdin(Stdio::null());
    let output = command.output().map_err(|cause| {
        Failure::Origin(match cause.kind() {
            io::ErrorKind::NotFound => format!("{program} is not installed"),
            _ => format!("{program} did not start: {cause}"),
        })
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("No space left on device") || said.contains("ENOSPC") {
        return Err(full_disk(folder));
    }
    let why = cause(&said).map_or_else(|| output.status.to_string(), str::to_owned);
    Err(Failure::Origin(format!("{program} failed: {why}")))
}

/// The disk of the cache, in which `scratch` is, is full: no origin could help.
pub(super) fn full_disk(scratch: &Path) -> Failure {
    let cache = scratch.parent().unwrap_or(scratch);
    let full = io::ErrorKind::StorageFull.into();
    Failure::Fatal(Error::file("write into", cache)(full))
}

/// The line of a client's error output that says why: the first one marked as an error, or
/// else the first one.
fn cause(said: &str) -> Option<&str> {
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.clone().next();
    let marked = |line: &&str| line.starts_with("E: ") || line.starts_with("npm error");
    lines.find(marked).or(first)
}

/// The only file in `folder` whose name ends with `ending`.
pub(super) fn only_file(folder: &Path, ending: &str) -> Result<PathBuf, Failure> {
    let entries = std::fs::read_dir(folder).map_err(Error::file("read", folder))?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    let is_wanted = |path: &PathBuf| path.to_string_lossy().ends_with(ending);
    let none = || Failure::Origin(format!("the client delivered no {ending} file"));
    paths.find(is_wanted).ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_says_why_is_found() {
        assert_eq!(cause(""), None);
        assert_eq!(cause("\n no space\nmore\n"), Some("no space"));
        assert_eq!(
            cause("W: slow mirror\nE: Unable to locate package x\n"),
            Some("E: Unable to locate package x")
        );
    }

    #[test]
    fn an_absent_client_is_named() {
        let Err(Failure::Origin(reason)) = run(&mut Command::new("no-such-client"), Path::new("."))
        else {
            panic!("it ran");
        };
        assert_eq!(reason, "no-such-client is not installed");
    }
}
