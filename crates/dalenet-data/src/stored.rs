//! What is kept of the built-in data sets, and its removal.

use std::fs;
use std::path::{Path, PathBuf};

use crate::atomic::UNFINISHED;
use crate::built_in::{self, BuiltIn};
use crate::{Error, folder};

/// What is kept of a built-in data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Which one.
    pub set: &'static BuiltIn,
    /// Its folder, whether or not it exists.
    pub folder: PathBuf,
    /// The files of the set that are there.
    pub files: Vec<PathBuf>,
    /// How many bytes these have.
    pub bytes: u64,
    /// Whether all that is needed is there; it is verified when it is loaded.
    pub is_complete: bool,
}

impl Stored {
    fn of(set: &'static BuiltIn, folder: PathBuf) -> Self {
        let is_there = |name: &str| folder.join(name).is_file();
        let is_complete = set.files.iter().all(|file| is_there(file.name));
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        let own = entries.filter(|entry| belongs(set, &entry.file_name().to_string_lossy()));
        let mut files: Vec<_> = own.map(|entry| entry.path()).collect();
        files.sort();
        let length = |path: &PathBuf| fs::metadata(path).map_or(0, |about| about.len());
        let bytes = files.iter().map(length).sum();
        Self { set, folder, files, bytes, is_complete }
    }

    /// Removes the files of the set, and its folder if nothing else is in it. Files that are not of
    /// the set stay.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if one cannot be removed.
    pub fn remove(&self) -> Result<(), Error> {
        for path in &self.files {
            let removed =
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            removed.map_err(Error::file("remove", path))?;
        }
        let _ = fs::remove_dir(&self.folder);
        Ok(())
    }
}

/// Whether a file of this name is one of the set: as it is read, as it is published, or what an
/// interrupted run has left.
fn belongs(set: &BuiltIn, name: &str) -> bool {
    #[cfg(feature = "fetch")]
    let published = set.published.files.contains(&name);
    #[cfg(not(feature = "fetch"))]
    let published = false;
    published || name.starts_with(UNFINISHED) || set.files.iter().any(|file| file.name == name)
}

/// What is kept of each built-in data set in `data_dir` (or else in
/// [`default_dir`](crate::default_dir)).
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let sets = dalenet_data::stored(Some(folder.path()))?;
/// assert_eq!(sets[0].set.name(), "mnist");
/// assert!(!sets[0].is_complete && sets[0].files.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Error::NoDataDir`] if there is no default folder.
pub fn stored(data_dir: Option<&Path>) -> Result<Vec<Stored>, Error> {
    let folder = folder::chosen(data_dir)?;
    let sets = built_in::ALL.iter();
    Ok(sets.map(|set| Stored::of(set, folder.join(set.name))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_set_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let cifar10 = folder.path().join("cifar10");
        fs::create_dir_all(cifar10.join(".unfinished-1")).unwrap();
        fs::write(cifar10.join("mine.txt"), "mine").unwrap();
        let names = built_in::find("cifar10").unwrap().files.each_ref().map(|file| file.name);
        for name in names {
            fs::write(cifar10.join(name), "12345").unwrap();
        }
        let found = |name: &str| {
            let sets = stored(Some(folder.path())).unwrap();
            sets.into_iter().find(|stored| stored.set.name() == name).unwrap()
        };
        assert!(found("mnist").files.is_empty());
        let there = found("cifar10");
        assert!(there.is_complete && there.files.len() == 5 && there.bytes >= 20);
        there.remove().unwrap();
        assert!(!found("cifar10").is_complete);
        let left: Vec<_> = fs::read_dir(&cifar10).unwrap().flatten().collect();
        assert_eq!(left.len(), 1);
        fs::remove_file(cifar10.join("mine.txt")).unwrap();
        fs::write(cifar10.join(names[0]), "12345").unwrap();
        found("cifar10").remove().unwrap();
        assert!(!cifar10.exists());
    }
}
