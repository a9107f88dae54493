//! Publishing a run: one atomic rename of an attempt's folder, which only the first can make.

use super::{
    attempt_file::AttemptFile,
    disk::{Disk, patiently},
};
use crate::{Error, Run, files};
use std::{
    fs::{self, File},
    path::Path,
};

/// Whose run was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// This attempt's.
    Mine,
    /// That of another attempt, which was first. Whether both have the same weights.
    Other { same: bool },
}

/// Publishes the attempt in a folder as a run. An attempt that comes second is removed.
///
/// # Errors
/// If the disk fails for a minute.
pub(crate) fn publish(
    disk: &dyn Disk,
    attempt: &Path,
    run: &Path,
    nonce: &str,
) -> Result<Published, Error> {
    files::sweep(attempt);
    sync(attempt)?;
    let renamed = patiently(|| match disk.rename(attempt, run) {
        // It may have happened though it is said to have failed.
        Err(_) if is_of(run, nonce) => Ok(true),
        Err(_) if run.is_dir() => Ok(false),
        renamed => renamed.map(|()| true),
    });
    if !renamed.map_err(Error::file("write", run))? {
        let same = same_weights(attempt, run);
        let _ = fs::remove_dir_all(attempt);
        return Ok(Published::Other { same });
    }
    files::sync_folder_of(run).map_err(Error::file("write", run))?;
    Ok(Published::Mine)
}

/// Whether a folder is that of the worker's own attempt.
fn is_of(folder: &Path, nonce: &str) -> bool {
    AttemptFile::read(folder).is_some_and(|file| file.nonce == nonce)
}

/// Brings all files of a folder to the disk.
fn sync(folder: &Path) -> Result<(), Error> {
    let failed = |cause| Error::file("write", folder)(cause);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        File::open(&path).and_then(|file| file.sync_all()).map_err(Error::file("write", &path))?;
    }
    Ok(())
}

/// Whether the checkpoints in two folders have the same tensors; their metadata has times.
fn same_weights(one: &Path, other: &Path) -> bool {
    let [one, other] = [one, other].map(|folder| {
        let bytes = Run::attempt(folder, folder).checkpoint().ok().flatten()?;
        // A safetensors file: the length of its header, the header, the tensors.
        let (length, rest) = bytes.split_first_chunk::<8>()?;
        rest.get(usize::try_from(u64::from_le_bytes(*length)).ok()?..).map(<[u8]>::to_vec)
    });
    one == other
}
