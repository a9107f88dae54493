//! Files that are whole or not there.

use crate::Error;
use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

/// Writes a file under a temporary name in the same folder and renames it: whoever reads `path`
/// sees the old content or the new, never a part.
pub fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let written = File::create(&partial).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&partial, path)).map_err(|cause| {
        let _ = fs::remove_file(&partial);
        Error::file("write", path)(cause)
    })
}

/// The content of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::file("read", path))
}

/// The content of a text file.
pub fn read_text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::file("read", path))
}
