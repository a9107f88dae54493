//! The folder of the cached data sets.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// Where data sets are kept unless the caller says otherwise: `$DALENET_DATA`, or else
/// `dalenet` in the platform's folder for a user's data (with the feature `fetch`).
///
/// # Errors
///
/// [`Error::NoDataDir`] if the variable is not set and the user has no home folder.
pub fn default_dir() -> Result<PathBuf, Error> {
    match std::env::var_os("DALENET_DATA") {
        Some(folder) if !folder.is_empty() => Ok(folder.into()),
        _ => platform_dir().ok_or(Error::NoDataDir),
    }
}

#[cfg(feature = "fetch")]
fn platform_dir() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let platform = etcetera::base_strategy::choose_native_strategy();
    Some(platform.ok()?.data_dir().join("dalenet"))
}

#[cfg(not(feature = "fetch"))]
fn platform_dir() -> Option<PathBuf> {
    None
}

/// `data_dir`, or else the default.
pub(crate) fn chosen(data_dir: Option<&Path>) -> Result<PathBuf, Error> {
    data_dir.map_or_else(default_dir, |folder| Ok(folder.to_owned()))
}

/// The content of `path`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::file("read", path))
}

/// The content of `path`, which must be a regular file: a device may never come to an end.
pub(crate) fn read_regular(path: &Path) -> Result<Vec<u8>, Error> {
    let about = fs::metadata(path).map_err(Error::file("read", path))?;
    if about.is_file() {
        return read(path);
    }
    let problem = if about.is_dir() { "it is a folder" } else { "it is no regular file" };
    Err(Error::Archive { path: path.to_owned(), problem: problem.to_owned() })
}
