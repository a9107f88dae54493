//! The header of an `.npy` file: magic bytes, version, length, then a Python dictionary.
//! <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>

use std::io::{self, Read};

use super::dtype::DType;
use super::literal::{Literal, parse};
use super::problem::Problem;

/// The longest header that is read. That of an array of numbers has 118 bytes; NumPy itself
/// refuses to read one of more than 10,000.
const LONGEST: u64 = 1 << 16;

/// What an `.npy` file says about its array.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub dtype: DType,
    /// Whether the first index, not the last, changes fastest from value to value.
    pub fortran_order: bool,
    pub shape: Vec<usize>,
    /// The product of the shape.
    pub count: usize,
    /// The bytes before the first value.
    pub length: u64,
}

impl Header {
    /// Reads the header; `npy` is left at the first value.
    pub(super) fn read(npy: &mut dyn Read) -> Result<Header, Problem> {
        let cut_short =
            |cause: io::Error| Problem::damaged(format!("has an unreadable header ({cause})"));
        let mut start = [0; 8];
        npy.read_exact(&mut start).map_err(cut_short)?;
        let [0x93, b'N', b'U', b'M', b'P', b'Y', version @ 1..=3, 0] = start else {
            return Err(Problem::damaged("is not in NumPy's format"));
        };
        let mut length = [0; 4];
        let length_bytes = if version == 1 { 2 } else { 4 };
        npy.read_exact(&mut length[..length_bytes]).map_err(cut_short)?;
        let length = u64::from(u32::from_le_bytes(length));
        if length > LONGEST {
            return Err(Problem::damaged(format!("has a header of {length} bytes")));
        }
        let mut text = Vec::new();
        npy.take(length).read_to_end(&mut text).map_err(cut_short)?;
        let before = 8 + length_bytes as u64 + length;
        interpret(&decode(&text, version), before)
    }
}

/// The characters of the header: Latin-1 before version 3.
fn decode(text: &[u8], version: u8) -> String {
    if version < 3 {
        text.iter().copied().map(char::from).collect()
    } else {
        String::from_utf8_lossy(text).into_owned()
    }
}

/// The header that `text` means:
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }`.
fn interpret(text: &str, length: u64) -> Result<Header, Problem> {
    let header = parse(text).and_then(|dictionary| {
        let dtype = match dictionary.get("descr")? {
            Literal::Text(name) => DType::parse(name),
            _ => DType::record(),
        };
        let (Literal::Bool(fortran_order), Literal::Tuple(shape)) =
            (dictionary.get("fortran_order")?, dictionary.get("shape")?)
        else {
            return None;
        };
        let side = |side: &Literal| match side {
            Literal::Integer(side) => usize::try_from(*side).ok(),
            _ => None,
        };
        let shape: Vec<usize> = shape.iter().map(side).collect::<Option<_>>()?;
        let count = shape.iter().try_fold(1, |n: usize, &side| n.checked_mul(side))?;
        Some(Header { dtype, fortran_order: *fortran_order, shape, count, length })
    });
    header.ok_or_else(|| {
        let shown: String = text.trim().chars().take(120).collect();
        Problem::damaged(format!("has a header that is not understood: {shown}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_as_numpy_writes_it() {
        let text = "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 4), }  \n";
        let header = interpret(text, 128).unwrap();
        assert_eq!(header.dtype.name, "<f4");
        assert!(header.fortran_order);
        assert_eq!((&header.shape[..], header.count), (&[3, 4][..], 12));
    }

    #[test]
    fn shapes_of_one_and_of_no_dimension() {
        let header = |shape| {
            let text = format!("{{'descr':'|u1','fortran_order':False,'shape':{shape}}}");
            interpret(&text, 0)
        };
        assert_eq!(header("(5,)").unwrap().shape, [5]);
        assert_eq!(header("()").unwrap().count, 1);
        for wrong in ["(5, x)", "(-5,)", "(5.0,)", "[5]", "(4294967296, 4294967296)"] {
            assert!(header(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_header_that_claims_to_be_long_is_not_waited_for() {
        let claims = b"\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'";
        let problem = Header::read(&mut &claims[..]).unwrap_err();
        assert_eq!(problem.what, "has a header of 4294967295 bytes");
    }
}
