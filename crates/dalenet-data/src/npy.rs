//! NumPy's format of one array, `.npy`: a header that is a Python dictionary, then the values.
//! <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>

use std::io::{self, Read};

/// Why an array cannot be read, which reads on from the array's name, and what to do about it.
#[derive(Debug)]
pub(crate) struct Problem {
    pub what: String,
    pub mend: &'static str,
}

impl Problem {
    pub(crate) fn new(what: impl Into<String>, mend: &'static str) -> Problem {
        let what = what.into();
        Problem { what, mend }
    }
}

const SAVE_AGAIN: &str = "write the file again with numpy.savez";

/// What an `.npy` file says about its array.
#[derive(Debug, PartialEq)]
pub(crate) struct Header {
    /// The type of the values as NumPy writes it, such as `<f4`.
    pub dtype: String,
    /// Whether the first index, not the last, changes fastest from value to value.
    fortran_order: bool,
    pub shape: Vec<usize>,
    /// The product of the shape.
    pub count: usize,
}

/// A number's size in bytes, and how it is decoded.
type Decoder = (usize, fn(&[u8]) -> f64);

impl Header {
    /// Reads the header; `npy` is left at the first value.
    pub(crate) fn read(npy: &mut impl Read) -> Result<Header, Problem> {
        let cut_short = |cause: io::Error| {
            Problem::new(format!("has an unreadable header ({cause})"), SAVE_AGAIN)
        };
        let mut start = [0; 8];
        npy.read_exact(&mut start).map_err(cut_short)?;
        let [0x93, b'N', b'U', b'M', b'P', b'Y', version, _] = start else {
            return Err(Problem::new("is not in NumPy's format", SAVE_AGAIN));
        };
        let mut length = [0; 4];
        let length_bytes = if version == 1 { 2 } else { 4 };
        let read = npy.read_exact(&mut length[..length_bytes]);
        read.map_err(cut_short)?;
        let mut dictionary = String::new();
        let read = npy
            .take(u64::from(u32::from_le_bytes(length)).min(1 << 16))
            .read_to_string(&mut dictionary);
        read.map_err(cut_short)?;
        parse(&dictionary).ok_or_else(|| {
            let what = format!("has a header that is not understood: {}", dictionary.trim());
            Problem::new(what, SAVE_AGAIN)
        })
    }

    /// Whether values are bytes that need no decoding.
    pub(crate) fn is_bytes(&self) -> bool {
        self.dtype.ends_with("u1")
    }

    /// All values as they are, in C order: the last index changes fastest.
    pub(crate) fn bytes(&self, mut npy: impl Read) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        let read = (&mut npy).take(self.count as u64).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
        self.complete(bytes, npy)
    }

    /// All values in C order, `convert`ed from the number each of them is.
    pub(crate) fn numbers<T: Copy>(
        &self,
        mut npy: impl Read,
        convert: fn(f64) -> T,
    ) -> Result<Vec<T>, Problem> {
        let (size, decode) = self.decoder()?;
        let mut numbers = Vec::new();
        let mut buffer = vec![0; size << 13];
        while numbers.len() < self.count {
            let length = buffer.len().min((self.count - numbers.len()).saturating_mul(size));
            let read = npy.read_exact(&mut buffer[..length]);
            read.map_err(unreadable)?;
            let values = buffer[..length].chunks_exact(size);
            numbers.extend(values.map(|value| convert(decode(value))));
        }
        self.complete(numbers, npy)
    }

    /// `values` in C order, if there are as many as the shape says and `npy` ends after them.
    /// (Only at its end does a zip archive say whether its checksum is right.)
    fn complete<T: Copy>(&self, values: Vec<T>, mut npy: impl Read) -> Result<Vec<T>, Problem> {
        let more = npy.read(&mut [0]).map_err(unreadable)?;
        if values.len() != self.count || more > 0 {
            let shape = &self.shape;
            let than = if more > 0 { "more" } else { "fewer" };
            let what = format!("has {than} values than its shape {shape:?} says");
            return Err(Problem::new(what, SAVE_AGAIN));
        }
        Ok(if self.fortran_order && self.shape.len() > 1 {
            to_c_order(&values, &self.shape)
        } else {
            values
        })
    }

    fn decoder(&self) -> Result<Decoder, Problem> {
        macro_rules! number {
            ($type:ty, $from_bytes:ident) => {
                (size_of::<$type>(), |bytes| {
                    <$type>::$from_bytes(bytes.try_into().expect("chunks of its size")) as f64
                })
            };
        }
        let big_endian = self.dtype.starts_with('>');
        let kind = self.dtype.trim_start_matches(['<', '>', '|', '=']);
        Ok(match (kind, big_endian) {
            ("b1" | "u1", _) => number!(u8, from_le_bytes),
            ("i1", _) => number!(i8, from_le_bytes),
            ("u2", false) => number!(u16, from_le_bytes),
            ("u2", true) => number!(u16, from_be_bytes),
            ("i2", false) => number!(i16, from_le_bytes),
            ("i2", true) => number!(i16, from_be_bytes),
            ("u4", false) => number!(u32, from_le_bytes),
            ("u4", true) => number!(u32, from_be_bytes),
            ("i4", false) => number!(i32, from_le_bytes),
            ("i4", true) => number!(i32, from_be_bytes),
            ("u8", false) => number!(u64, from_le_bytes),
            ("u8", true) => number!(u64, from_be_bytes),
            ("i8", false) => number!(i64, from_le_bytes),
            ("i8", true) => number!(i64, from_be_bytes),
            ("f4", false) => number!(f32, from_le_bytes),
            ("f4", true) => number!(f32, from_be_bytes),
            ("f8", false) => number!(f64, from_le_bytes),
            ("f8", true) => number!(f64, from_be_bytes),
            ("O", _) => {
                return Err(Problem::new(
                    "holds pickled Python objects, not numbers",
                    "make all rows equally long and convert it to a numeric type before saving",
                ));
            }
            _ => {
                return Err(Problem::new(
                    format!("has values of type {}", self.dtype),
                    "convert it to an integer type, float32 or float64 before saving",
                ));
            }
        })
    }
}

fn unreadable(cause: io::Error) -> Problem {
    Problem::new(format!("cannot be read to its end ({cause})"), SAVE_AGAIN)
}

/// The header that `dictionary` means:
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }`.
fn parse(dictionary: &str) -> Option<Header> {
    let dictionary = dictionary.replace('"', "'");
    let value_of = |key: &str| {
        let (_, rest) = dictionary.split_once(&format!("'{key}':"))?;
        Some(rest.trim_start())
    };
    let dtype = value_of("descr")?;
    let dtype = match dtype.strip_prefix('\'') {
        Some(quoted) => quoted.split_once('\'')?.0,
        // A record type is a list.
        None => "record",
    };
    let fortran_order = value_of("fortran_order")?.starts_with("True");
    let (shape, _) = value_of("shape")?.strip_prefix('(')?.split_once(')')?;
    let lengths = shape.split(',').map(str::trim).filter(|n| !n.is_empty());
    let shape: Vec<usize> = lengths.map(|n| n.parse().ok()).collect::<Option<_>>()?;
    Some(Header {
        dtype: dtype.to_owned(),
        fortran_order,
        count: shape.iter().try_fold(1, |n: usize, &d| n.checked_mul(d))?,
        shape,
    })
}

/// The same array with its last index changing fastest instead of its first.
fn to_c_order<T: Copy>(values: &[T], shape: &[usize]) -> Vec<T> {
    let in_fortran_order = |mut position: usize| {
        let (mut offset, mut stride) = (0, values.len());
        for &length in shape.iter().rev() {
            stride /= length;
            offset += position % length * stride;
            position /= length;
        }
        values[offset]
    };
    (0..values.len()).map(in_fortran_order).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_as_numpy_writes_it() {
        let header = parse("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 4), }  \n");
        let header = header.unwrap();
        assert_eq!(header.dtype, "<f4");
        assert!(header.fortran_order);
        assert_eq!((&header.shape[..], header.count), (&[3, 4][..], 12));
    }

    #[test]
    fn shapes_of_one_and_of_no_dimension() {
        let shape =
            |text| parse(&format!("{{'descr':'|u1','fortran_order':False,'shape':{text}}}"));
        assert_eq!(shape("(5,)").unwrap().shape, [5]);
        assert_eq!(shape("()").unwrap().count, 1);
        assert_eq!(shape("(5, x)"), None);
        assert_eq!(shape("(4294967296, 4294967296)"), None);
    }

    #[test]
    fn fortran_order_by_hand() {
        // [[1, 2, 3], [4, 5, 6]] written column by column.
        assert_eq!(to_c_order(&[1, 4, 2, 5, 3, 6], &[2, 3]), [1, 2, 3, 4, 5, 6]);
    }
}
