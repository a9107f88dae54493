//! What can go wrong, each in one sentence that says the cause and the remedy.

use std::io;
use std::path::{Path, PathBuf};

/// What can go wrong. Each variant displays as one sentence: the cause, then the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The platform names no folder for a user's data.
    #[error(
        "no folder for data is known, because this user has no home folder: \
         set DALENET_DATA or the option data_dir"
    )]
    NoDataDir,

    /// A file or folder could not be read, written or made.
    #[error("could not {action} {}: {cause}; {}", path.display(), remedy(action, cause))]
    File {
        /// What was tried: "read", "write", "create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's word.
        #[source]
        cause: io::Error,
    },

    /// No origin had the data set.
    #[error(
        "could not get {set}: {}; check the network, or put {} into {} and run again \
         (DALENET_DATA or the option data_dir choose another folder)",
        reasons.join("; "), files.join(", "), folder.display()
    )]
    Unavailable {
        /// The data set.
        set: String,
        /// For each origin tried, why it failed.
        reasons: Vec<String>,
        /// The published files that a user may put into `folder` by hand.
        files: Vec<String>,
        /// The set's folder in the cache.
        folder: PathBuf,
    },

    /// A cached file is not what was verified when it was fetched.
    #[error(
        "{} is damaged (SHA-256 {found}, expected {expected}): delete it, and {set} is fetched \
         into the same folder again", path.display()
    )]
    Checksum {
        /// The data set.
        set: String,
        /// The cached file.
        path: PathBuf,
        /// The only SHA-256 that is accepted.
        expected: String,
        /// The SHA-256 of the file as it is.
        found: String,
    },

    /// A cached file has the right checksum but is not of its format.
    #[error(
        "{} cannot be decoded: {problem}; delete it, and it is fetched again", path.display()
    )]
    Malformed {
        /// The cached file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },

    /// The user's `.npz` is not a zip archive that can be read.
    #[error(
        "{} is not a readable .npz file: {problem}; write it again with numpy.savez",
        path.display()
    )]
    Archive {
        /// The user's file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },

    /// The user's `.npz` lacks an array.
    #[error(
        "{} has no array {wanted} (it holds {}); save {remedy}", path.display(), listed(found)
    )]
    MissingArray {
        /// The user's file.
        path: PathBuf,
        /// The array that is missing.
        wanted: String,
        /// The arrays that are there.
        found: Vec<String>,
        /// The arrays to save.
        remedy: &'static str,
    },

    /// An array of the user's `.npz` cannot be used.
    #[error("{}: {array} {problem}; {remedy}", path.display())]
    Array {
        /// The user's file.
        path: PathBuf,
        /// The array's name.
        array: String,
        /// What is wrong with it, where: reads on from the array's name.
        problem: String,
        /// What to do about it.
        remedy: String,
    },

    /// Data from memory, or a test set and the classes of a network, do not belong together.
    #[error("{name}: {problem}; {remedy}")]
    Inconsistent {
        /// The data set.
        name: String,
        /// What does not belong together.
        problem: String,
        /// What to do about it.
        remedy: String,
    },

    /// More examples were to be held out than there are.
    #[error(
        "cannot hold out {held_out} of {examples} examples: \
         hold out fewer, so that at least one is left to train on"
    )]
    HoldOut {
        /// How many were to be held out.
        held_out: usize,
        /// How many there are.
        examples: usize,
    },

    /// Pixels and labels given to a [`Split`](crate::Split) do not belong together.
    #[error(
        "{values} values are not {examples} examples of {width} values: \
         give N×D values, D at least 1, and N labels, N at most 2³²−1"
    )]
    Lengths {
        /// How many values were given.
        values: usize,
        /// How many labels were given.
        examples: usize,
        /// D, the values of one example.
        width: usize,
    },
}

impl Error {
    /// For `map_err`: could not `action` `path`.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |cause| Error::File { action, path: path.to_owned(), cause }
    }
}

/// What a user does about an error of the file system.
fn remedy(action: &str, cause: &io::Error) -> &'static str {
    use io::ErrorKind::*;
    match (cause.kind(), action) {
        (NotFound, _) => "check the path",
        (PermissionDenied, "read") => "change its permissions",
        (StorageFull | QuotaExceeded, _) => {
            "free some space, or choose another data folder with DALENET_DATA or the option data_dir"
        }
        (PermissionDenied | ReadOnlyFilesystem, _) => {
            "change its permissions, or choose another data folder with DALENET_DATA or the option \
             data_dir"
        }
        _ => "check the path and the disk",
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "no arrays".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_says_where_and_what_to_do() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let error = Error::file("write", Path::new("/data/mnist/train"))(full);
        assert_eq!(
            error.to_string(),
            "could not write /data/mnist/train: no storage space; free some space, \
             or choose another data folder with DALENET_DATA or the option data_dir"
        );
    }
}
