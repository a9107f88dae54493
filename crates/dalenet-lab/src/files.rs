//! Files that are whole or absent.

use crate::Error;
use serde::Serializer;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

/// Writes a file under a temporary name in the same folder, renames it and syncs the folder: a reader of
/// `path` finds the old content or the new, never a part, after a loss of power too.
///
/// The temporary name is a fixed one, so that a program that is killed again and again leaves one
/// file at most (`tempfile` and `atomic-write-file` leave one each time).
pub fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let written = File::create(&partial).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&partial, path)).and_then(|()| sync_folder(path)).map_err(
        |cause| {
            let _ = fs::remove_file(&partial);
            Error::file("write", path)(cause)
        },
    )
}

/// Makes the renaming of `path` durable. Windows has no such call and needs none.
fn sync_folder(path: &Path) -> io::Result<()> {
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
        fs::write(folder.path().join("a.partial"), "half a fi").unwrap();
        for content in ["first", "second"] {
            write(&path, content.as_bytes()).unwrap();
            assert_eq!(read_text(&path).unwrap(), content);
        }
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
