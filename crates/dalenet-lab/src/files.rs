//! Files that are whole or absent.

use crate::Error;
use serde::Serializer;
use std::{
    fs::{self, File},
    hash::{BuildHasher, Hasher, RandomState},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The end of the names of files that are being written.
const PARTIAL: &str = "partial";

/// Writes a file under a temporary name in the same folder, renames it and syncs the folder: a reader of
/// `path` finds the old content or the new, never a part, after a loss of power too.
///
/// The temporary name is one of its own, so that two writers never meet in one file. What a kill leaves
/// behind is removed by [`sweep`].
pub fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let partial = partial(path);
    let written = create_new(&partial, content);
    written.and_then(|()| fs::rename(&partial, path)).and_then(|()| sync_folder_of(path)).map_err(
        |cause| {
            let _ = fs::remove_file(&partial);
            Error::file("write", path)(cause)
        },
    )
}

/// A name beside `path` that no other writer has.
pub fn partial(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{PARTIAL}", nonce()));
    path.with_file_name(name)
}

/// Sixteen random hexadecimal digits. No generator of a seed: two processes never have the same.
pub fn nonce() -> String {
    // Each RandomState of the standard library has other keys, which the system draws.
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    format!("{:016x}", hasher.finish())
}

/// Writes a file that must not be there yet, to the disk.
pub fn create_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Whether a file is one that a writer had not finished.
pub fn is_partial(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == PARTIAL)
}

/// Removes what writers that were killed have left in a folder in which nobody else writes.
pub fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()).filter(|path| is_partial(path)) {
        let _ = fs::remove_file(path);
    }
}

/// Makes the renaming of `path` durable. Windows has no such call and needs none.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot sync a folder.
        Err(cause)
            if matches!(cause.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
        {
            Ok(())
        }
        result => result,
    }
}

/// The end of a file's name after its last dot, in small letters; none where it is no text.
pub fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// The content of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::file("read", path))
}

/// The content of a text file.
pub fn read_text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::file("read", path))
}

/// Serialises a path as text; what is not UTF-8 becomes U+FFFD, since JSON has no other bytes.
pub fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

/// The same of several paths.
pub fn all_lossy<S: Serializer>(
    paths: &[std::path::PathBuf],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(paths.iter().map(|path| path.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for content in ["first", "second"] {
            write(&path, content.as_bytes()).unwrap();
            assert_eq!(read_text(&path).unwrap(), content);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
        // Of this version and of those before it.
        fs::write(partial(&path), "half a fi").unwrap();
        fs::write(folder.path().join("a.partial"), "half a fi").unwrap();
        sweep(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(read_text(&path).unwrap(), "second");
    }

    #[test]
    fn writers_of_one_file_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let content = |writer: usize| writer.to_string().repeat(10_000);
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..25 {
                        write(path, content(writer).as_bytes()).unwrap();
                        let found = read_text(path).unwrap();
                        assert!((0..8).any(|writer| found == content(writer)), "mixed or cut");
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_utf8_is_serialised() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
        #[derive(serde::Serialize)]
        struct Value<'a>(#[serde(serialize_with = "lossy")] &'a Path);
        let path = Path::new(OsStr::from_bytes(b"r\xff"));
        assert_eq!(serde_json::to_string(&Value(path)).unwrap(), "\"r\u{fffd}\"");
    }
}
