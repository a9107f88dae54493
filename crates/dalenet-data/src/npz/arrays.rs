//! All arrays of numbers in a file, whatever they are for.

use std::io::{Read, copy, sink};
use std::path::Path;

use super::archive::Archive;
use super::dtype::Kind;
use super::header::Header;
use super::problem::Problem;
use super::values::{self, Number, unreadable};
use crate::Error;

/// An array of numbers in an `.npz` file.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedArray {
    /// Its name.
    pub name: String,
    /// Its shape; of a single number empty.
    pub shape: Vec<usize>,
    /// Its numbers; the last index changes fastest.
    pub values: Vec<f64>,
}

/// The arrays of numbers in the `bytes` of an `.npz` file, in its order; texts are left out. `path` is what
/// messages call it.
///
/// ```
/// use dalenet_data::{Array, read_npz, write_npz};
/// let bytes = write_npz(&[("w", Array::Floats { values: &[1.0, 2.0], columns: 2 })]);
/// let arrays = read_npz("weights.npz".as_ref(), &bytes)?;
/// assert_eq!((arrays[0].name.as_str(), &arrays[0].shape[..]), ("w", &[1, 2][..]));
/// # Ok::<(), dalenet_data::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Archive`] and [`Error::Array`], whatever the bytes are.
pub fn read_npz(path: &Path, bytes: &[u8]) -> Result<Vec<NamedArray>, Error> {
    let mut archive = Archive::open(path, bytes)?;
    let mut arrays = Vec::new();
    for name in archive.names() {
        arrays.extend(archive.read(&name, |header, npy| array(&name, header, npy))?);
    }
    Ok(arrays)
}

/// An array of numbers; nothing of one of texts.
fn array(name: &str, header: &Header, npy: &mut dyn Read) -> Result<Option<NamedArray>, Problem> {
    if matches!(header.dtype.kind, Kind::Unicode(_) | Kind::Bytes(_)) {
        copy(npy, &mut sink()).map_err(unreadable)?;
        return Ok(None);
    }
    let mut numbers = Vec::with_capacity(header.count);
    values::numbers(header, npy, &mut |number| {
        numbers.push(match number {
            Number::Integer(integer) => integer as f64,
            Number::Float(float) => float,
        });
        Ok(())
    })?;
    let (shape, values) = (header.shape.clone(), values::c_order(numbers, header));
    Ok(Some(NamedArray { name: name.into(), shape, values }))
}
