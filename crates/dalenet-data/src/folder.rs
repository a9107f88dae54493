//! The folder of the cached data sets, and files that are written whole or not at all.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use etcetera::BaseStrategy;
use tempfile::TempDir;

use crate::Error;

/// What the names of unfinished files begin with.
const UNFINISHED: &str = ".unfinished-";

/// Where data sets are kept unless the caller says otherwise: `$DALENET_DATA`, or else
/// `dalenet` in the platform's folder for a user's data.
///
/// # Errors
///
/// [`Error::NoDataDir`] if the variable is not set and the user has no home folder.
pub fn default_dir() -> Result<PathBuf, Error> {
    match std::env::var_os("DALENET_DATA") {
        Some(folder) if !folder.is_empty() => Ok(folder.into()),
        _ => {
            let platform = etcetera::base_strategy::choose_native_strategy();
            Ok(platform.map_err(|_| Error::NoDataDir)?.data_dir().join("dalenet"))
        }
    }
}

/// `data_dir`, or else the default.
pub(crate) fn chosen(data_dir: Option<&Path>) -> Result<PathBuf, Error> {
    data_dir.map_or_else(default_dir, |folder| Ok(folder.to_owned()))
}

/// Makes `folder` and its parents where they are absent.
pub(crate) fn create(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::file("create", folder))
}

/// The content of `path`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::file("read", path))
}

/// Writes `path` whole or not at all: to a name of its own in the same folder, to the disk,
/// then renamed. Of several processes that do this at once, the last one wins.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let failed = || Error::file("write", path);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = unfinished().tempfile_in(folder).map_err(failed())?;
    file.write_all(content).map_err(failed())?;
    file.as_file().sync_all().map_err(failed())?;
    file.persist(path).map_err(|e| failed()(e.error))?;
    sync_folder(folder);
    Ok(())
}

/// A new folder within `folder`, removed when it goes out of scope.
pub(crate) fn scratch(folder: &Path) -> Result<TempDir, Error> {
    let scratch = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(folder);
    scratch.map_err(Error::file("write into", folder))
}

/// Removes what interrupted runs left in `folder` more than a day ago. What cannot be removed
/// stays: it does no harm.
pub(crate) fn remove_leftovers(folder: &Path) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let old = |modified: SystemTime| modified.elapsed().is_ok_and(|age| age > DAY);
        let modified = entry.metadata().and_then(|about| about.modified());
        if is_unfinished(&entry.file_name()) && modified.is_ok_and(old) {
            let path = entry.path();
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
        }
    }
}

fn is_unfinished(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes())
}

/// A temporary file with the permissions of any new file (by default only its owner could
/// read it, and a data folder may be shared).
#[cfg(unix)]
fn unfinished() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED).permissions(fs::Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn unfinished() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    builder
}

/// Makes a rename in `folder` outlast a power cut, where the platform can.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_leaves_the_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_old_leftovers_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join(".unfinished-old");
        let new = folder.path().join(".unfinished-new");
        let data = folder.path().join("data");
        for path in [&old, &new, &data] {
            fs::write(path, b"").unwrap();
        }
        let two_days = Duration::from_secs(48 * 60 * 60);
        for path in [&old, &data] {
            let file = File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - two_days).unwrap();
        }
        remove_leftovers(folder.path());
        assert!(!old.exists() && new.exists() && data.exists());
    }
}
