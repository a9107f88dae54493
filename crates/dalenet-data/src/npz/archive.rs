//! The `.npz` file: a zip archive of `.npy` files.

use std::io::{Cursor, Read};
use std::path::Path;

use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use super::header::Header;
use super::problem::Problem;
use super::values::unreadable;
use crate::Error;

/// DEFLATE makes at most 1032 bytes of one.
const LARGEST_RATIO: u64 = 1032;

/// What all arrays together may unpack to: so many times the length of the file …
const USUAL_RATIO: u64 = 200;
/// … or so many bytes.
const ALWAYS: u64 = 1 << 26;

/// The arrays of an `.npz` file.
pub(super) struct Archive<'a> {
    path: &'a Path,
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// The bytes of the file.
    length: u64,
    /// How many bytes may still be unpacked.
    left: u64,
}

impl<'a> Archive<'a> {
    /// The archive that `bytes` are; `path` is what errors call it.
    pub(super) fn open(path: &'a Path, bytes: &'a [u8]) -> Result<Archive<'a>, Error> {
        let length = bytes.len() as u64;
        match ZipArchive::new(Cursor::new(bytes)) {
            Ok(zip) => Ok(Archive { path, zip, length, left: (length * USUAL_RATIO).max(ALWAYS) }),
            Err(cause) => Err(Error::Archive { path: path.to_owned(), problem: cause.to_string() }),
        }
    }

    /// The names of all arrays.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.zip.file_names_raw().map(String::from_utf8_lossy);
        names.map(|name| name.strip_suffix(".npy").unwrap_or(&name).to_owned()).collect()
    }

    /// Reads the array called `array`: its header, then its values by `read`, which is to take
    /// all bytes of them.
    pub(super) fn read<T>(
        &mut self,
        array: &str,
        read: impl FnOnce(&Header, &mut dyn Read) -> Result<T, Problem>,
    ) -> Result<T, Error> {
        let path = self.path;
        let npy = match self.zip.index_for_name(&format!("{array}.npy")) {
            Some(index) => self.zip.by_index(index),
            None => self.zip.by_name(array),
        };
        let mut npy = npy.map_err(|cause| Error::Archive {
            path: path.to_owned(),
            problem: format!("{array}: {cause}"),
        })?;
        let (length, left) = (self.length, &mut self.left);
        let value = check_size(&npy, length, left).and_then(|()| Header::read(&mut npy)).and_then(
            |header| {
                check_count(&header, npy.size())?;
                let value = read(&header, &mut npy)?;
                check_end(&mut npy)?;
                Ok(value)
            },
        );
        value.map_err(|problem| array_error(path, array, problem))
    }

    /// What is wrong with `array`.
    pub(super) fn error(&self, array: &str, problem: Problem) -> Error {
        array_error(self.path, array, problem)
    }
}

fn array_error(path: &Path, array: &str, problem: Problem) -> Error {
    let Problem { what: problem, remedy } = problem;
    Error::Array { path: path.to_owned(), array: array.to_owned(), problem, remedy }
}

/// Memory is asked for by the size that the archive states: it must be possible, of a file of
/// `length` bytes, and no more than is `left`.
fn check_size(
    npy: &ZipFile<'_, Cursor<&[u8]>>,
    length: u64,
    left: &mut u64,
) -> Result<(), Problem> {
    let packed = npy.compressed_size().min(length);
    let ratio = if npy.compression() == CompressionMethod::Stored { 1 } else { LARGEST_RATIO };
    let size = npy.size();
    if size > packed.saturating_mul(ratio) {
        let what = format!("cannot be {size} bytes, packed into {packed}");
        return Err(Problem::damaged(what));
    }
    *left = left.checked_sub(size).ok_or_else(|| {
        Problem::new(
            format!("unpacks to {size} bytes, far more than the file's {length}"),
            "if it should, write the file without compression, with numpy.savez",
        )
    })?;
    Ok(())
}

/// There are as many bytes as the header says. (Where their number is not known, the type is
/// refused later.)
fn check_count(header: &Header, size: u64) -> Result<(), Problem> {
    let Some(value) = header.dtype.size() else { return Ok(()) };
    let said = (header.count as u64).checked_mul(value as u64);
    let there = size.saturating_sub(header.length);
    if said == Some(there) {
        return Ok(());
    }
    let than = if said.is_some_and(|said| said < there) { "more" } else { "fewer" };
    let shape = &header.shape;
    Err(Problem::damaged(format!("has {than} values than its shape {shape:?} says")))
}

/// All was read. (Only at its end does a zip archive say whether its checksum is right.)
fn check_end(npy: &mut dyn Read) -> Result<(), Problem> {
    match npy.read(&mut [0]).map_err(unreadable)? {
        0 => Ok(()),
        _ => Err(Problem::damaged("has more values than the archive says")),
    }
}
