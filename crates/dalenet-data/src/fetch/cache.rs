//! Writing into the folder of the cached data sets.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::Error;
use crate::atomic::{self, UNFINISHED};

/// Makes `folder` and its parents where they are absent.
pub(crate) fn create(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::file("create", folder))
}

/// Writes `path` whole or not at all. Of several processes that do this at once, the last one
/// wins.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    atomic::write(path, content).map_err(Error::file("write", path))
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

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

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
