//! Files that are written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What the names of unfinished files and folders begin with.
pub(crate) const UNFINISHED: &str = ".unfinished-";

/// Writes `content` to `path`: readers, and a computer that loses power, have the old content
/// or the new one, never a part.
///
/// The content goes to a temporary file in the same folder, to the disk, and is renamed; then
/// the folder goes to the disk, where the platform can. A file that is replaced keeps its
/// permissions; behind a symbolic link, the file that it points to is replaced. What is no
/// regular file (a device, a pipe) is written to directly.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("settings.toml");
/// dalenet_data::atomic::write(&path, b"seed = 1")?;
/// assert_eq!(std::fs::read(&path)?, b"seed = 1");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of the file system; the old content is then still there.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = &target(path);
    let existing = fs::metadata(path).ok();
    if existing.as_ref().is_some_and(|about| !about.is_file() && !about.is_dir()) {
        return File::options().write(true).open(path)?.write_all(content);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = unfinished().tempfile_in(folder)?;
    file.write_all(content)?;
    if let Some(existing) = existing {
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|failure| failure.error)?;
    sync_folder(folder);
    Ok(())
}

/// The file that `path` names, behind any symbolic links.
fn target(path: &Path) -> PathBuf {
    if path.is_symlink() {
        fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    } else {
        path.to_owned()
    }
}

/// A temporary file with the permissions of any new file (by default only its owner could
/// read it, and a folder may be shared).
fn unfinished() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Makes a rename in `folder` outlast a power cut. Not every file system can; the rename itself
/// is done.
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
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_content_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("within"), b"old").unwrap();
        assert!(write(&path, b"new").is_err());
        assert!(write(&folder.path().join("absent/file"), b"new").is_err());
        assert_eq!(fs::read(path.join("within")).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_links_and_devices_stay_what_they_are() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let [path, link] = ["file", "link"].map(|name| folder.path().join(name));
        write(&path, b"old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&path, &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

        write(Path::new("/dev/null"), b"new").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
