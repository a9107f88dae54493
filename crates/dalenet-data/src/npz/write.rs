//! Writing an `.npz` file, as `numpy.savez` does.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The magic bytes of an `.npy` file and its version, 1.0.
const START: &[u8] = b"\x93NUMPY\x01\x00";
/// Values begin at a multiple of so many bytes.
const ALIGNMENT: usize = 64;

/// An array to write, row-major.
#[derive(Clone, Copy, Debug)]
pub enum Array<'a> {
    /// `rows`×`columns` numbers: float32.
    Floats {
        /// The numbers.
        values: &'a [f32],
        /// How many numbers a row has.
        columns: usize,
    },
    /// N numbers: float32.
    Vector(&'a [f32]),
    /// N numbers: float64.
    Doubles(&'a [f64]),
    /// N whole numbers: uint32.
    Words(&'a [u32]),
    /// N whole numbers: uint16.
    Labels(&'a [u16]),
    /// N texts: Unicode of the longest one's length.
    Texts(&'a [&'a str]),
}

/// The bytes of an `.npz` file of these arrays by name, which `numpy.load` reads.
///
/// ```
/// use dalenet_data::{Array, Dataset, write_npz};
///
/// let x = Array::Floats { values: &[0.0, 0.1, 1.0, 0.9], columns: 2 };
/// let y = Array::Texts(&["low", "high"]);
/// let bytes = write_npz(&[("x_train", x), ("y_train", y), ("x_test", x), ("y_test", y)]);
/// let data = Dataset::from_npz("levels.npz", &bytes)?;
/// assert_eq!(data.classes, ["high", "low"]);
/// assert_eq!(data.train.labels(), [1, 0]);
/// # Ok::<(), dalenet_data::Error>(())
/// ```
///
/// # Panics
///
/// If the numbers of an array are not whole rows of at least one column.
pub fn write_npz(arrays: &[(&str, Array<'_>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    for (name, array) in arrays {
        let started = zip.start_file(format!("{name}.npy"), options);
        started.and_then(|()| Ok(zip.write_all(&npy(array))?)).expect("a zip archive in memory");
    }
    zip.finish().expect("a zip archive in memory").into_inner()
}

/// The bytes of an `.npy` file.
fn npy(array: &Array<'_>) -> Vec<u8> {
    match array {
        Array::Floats { values, columns } => {
            assert_eq!(values.len() % columns, 0, "whole rows");
            let shape = format!("({}, {columns})", values.len() / columns);
            file("<f4", &shape, values.iter().flat_map(|value| value.to_le_bytes()))
        }
        Array::Vector(values) => row("<f4", values, |value| value.to_le_bytes()),
        Array::Doubles(values) => row("<f8", values, |value| value.to_le_bytes()),
        Array::Words(values) => row("<u4", values, |value| value.to_le_bytes()),
        Array::Labels(labels) => row("<u2", labels, |label| label.to_le_bytes()),
        Array::Texts(texts) => {
            // NumPy has no text of no character.
            let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
            let padded = |text: &&str| -> Vec<u32> {
                text.chars().map(u32::from).chain(std::iter::repeat(0)).take(longest).collect()
            };
            let characters = texts.iter().flat_map(padded);
            let shape = format!("({},)", texts.len());
            file(&format!("<U{longest}"), &shape, characters.flat_map(u32::to_le_bytes))
        }
    }
}

/// An array of one dimension.
fn row<T: Copy, const N: usize>(dtype: &str, values: &[T], bytes: fn(T) -> [u8; N]) -> Vec<u8> {
    file(dtype, &format!("({},)", values.len()), values.iter().flat_map(|value| bytes(*value)))
}

fn file(dtype: &str, shape: &str, values: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut header = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}");
    let unpadded = START.len() + 2 + header.len() + 1;
    header.push_str(&" ".repeat(unpadded.next_multiple_of(ALIGNMENT) - unpadded));
    header.push('\n');
    let length = u16::try_from(header.len()).expect("a short header");
    let start = START.iter().copied().chain(length.to_le_bytes()).chain(header.into_bytes());
    start.chain(values).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `numpy.save` wrote of `np.array([1, 65535], dtype="<u2")`.
    #[test]
    fn an_array_has_the_bytes_that_numpy_writes() {
        let header = "{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }";
        let bytes = npy(&Array::Labels(&[1, 65535]));
        assert_eq!(bytes.len(), 128 + 4);
        assert_eq!(bytes[..10], *b"\x93NUMPY\x01\x00\x76\x00");
        assert_eq!(bytes[10..10 + header.len()], *header.as_bytes());
        assert!(bytes[10 + header.len()..127].iter().all(|byte| *byte == b' '));
        assert_eq!(bytes[127..], [b'\n', 1, 0, 255, 255]);
    }

    #[test]
    fn texts_have_the_length_of_the_longest() {
        let bytes = npy(&Array::Texts(&["a", "zwölf"]));
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("'<U5'") && text.contains("(2,)"), "{text}");
        assert_eq!(bytes.len(), 128 + 2 * 5 * 4);
        assert_eq!(bytes[128..136], [b'a', 0, 0, 0, 0, 0, 0, 0]);
    }
}
