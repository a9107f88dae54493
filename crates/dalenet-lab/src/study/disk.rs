//! What a study needs of a file system that machines share. A trait, so that tests can make it fail.

use crate::{Error, files};
use std::{
    fs, io,
    path::Path,
    time::{Duration, Instant},
};

/// The operations on which the safety of a study rests.
pub(crate) trait Disk: Sync {
    /// The names in a folder; none of a folder that is not there. Whether a name exists is always asked
    /// by listing: network file systems remember that one does not for up to a minute.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        match fs::read_dir(folder) {
            Ok(entries) => {
                entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(cause) => Err(cause),
        }
    }

    /// Writes a file that must not be there yet.
    fn create_new(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        files::create_new(path, content)
    }

    /// Gives a file a second name, which must not be there yet.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    /// Renames a folder; never onto one that has files.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }
}

/// The file system as it is.
pub(crate) struct RealDisk;

impl Disk for RealDisk {}

/// The names in a folder.
///
/// # Errors
/// If it cannot be read for a minute.
pub(crate) fn list(disk: &dyn Disk, folder: &Path) -> Result<Vec<String>, Error> {
    patiently(|| disk.list(folder)).map_err(Error::file("read", folder))
}

/// Creates a file with its whole content, which only one process can. Whether it is this one: its content
/// is there.
///
/// # Errors
/// If nothing can be written for a minute.
pub(crate) fn create_once(disk: &dyn Disk, path: &Path, content: &[u8]) -> Result<bool, Error> {
    patiently(|| try_create_once(disk, path, content)).map_err(Error::file("write", path))
}

fn try_create_once(disk: &dyn Disk, path: &Path, content: &[u8]) -> io::Result<bool> {
    let partial = files::partial(path);
    disk.create_new(&partial, content)?;
    let linked = disk.link(&partial, path);
    let _ = fs::remove_file(&partial);
    let created = match linked {
        Err(cause) if has_no_links(&cause) => disk.create_new(path, content),
        linked => linked,
    };
    match created {
        Ok(()) => Ok(true),
        // It may have happened though it is said to have failed.
        Err(cause) => match fs::read(path) {
            Ok(found) => Ok(found == content),
            Err(_) if cause.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(_) => Err(cause),
        },
    }
}

/// Whether the cause is that the file system has no hard links.
fn has_no_links(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported)
}

/// Network file systems recover within a minute.
const PATIENCE: Duration = Duration::from_secs(60);

/// Repeats what fails as long as the cause may go away, for a minute.
///
/// # Errors
/// The last one.
pub(crate) fn patiently<T>(mut action: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let (start, mut pause) = (Instant::now(), Duration::from_millis(10));
    loop {
        match action() {
            Err(cause) if may_pass(&cause) && start.elapsed() < PATIENCE => {
                std::thread::sleep(pause);
                pause = (2 * pause).min(Duration::from_secs(1));
            }
            result => return result,
        }
    }
}

/// Whether a server may have been away: a stale handle, an error of the device, a timeout.
fn may_pass(cause: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, ResourceBusy, StaleNetworkFileHandle, TimedOut};
    const EIO: i32 = 5;
    matches!(cause.kind(), Interrupted | ResourceBusy | StaleNetworkFileHandle | TimedOut)
        || cfg!(unix) && cause.raw_os_error() == Some(EIO)
}
