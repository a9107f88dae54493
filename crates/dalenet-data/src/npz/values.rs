//! Decoding the values of an array.

use std::io::{self, Read};

use half::f16;

use super::dtype::Kind;
use super::header::Header;
use super::problem::Problem;

/// How many bytes are decoded at a time, at least one value's.
const CHUNK: usize = 1 << 16;

/// A number as an array has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Integer(i128),
    Float(f64),
}

/// A type of numbers that arrays have.
trait Element: Sized {
    const SIZE: usize = size_of::<Self>();
    /// Decodes `SIZE` bytes.
    fn decode(bytes: &[u8], big_endian: bool) -> Self;
    /// The nearest float32.
    fn float(self) -> f32;
    fn number(self) -> Number;
}

macro_rules! element {
    ($type:ty, $float:expr, $number:expr) => {
        impl Element for $type {
            fn decode(bytes: &[u8], big_endian: bool) -> Self {
                let mut array = [0; size_of::<Self>()];
                array.copy_from_slice(bytes);
                if big_endian { Self::from_be_bytes(array) } else { Self::from_le_bytes(array) }
            }
            fn float(self) -> f32 {
                $float(self)
            }
            fn number(self) -> Number {
                $number(self)
            }
        }
    };
}

macro_rules! integers {
    ($($type:ty)*) => {
        $(element!($type, |v| v as f32, |v| Number::Integer(i128::from(v)));)*
    };
}

integers!(u8 u16 u32 u64 i8 i16 i32 i64);
element!(f16, f16::to_f32, |v| Number::Float(f16::to_f64(v)));
element!(f32, |v| v, |v| Number::Float(f64::from(v)));
element!(f64, |v| v as f32, Number::Float);

/// Calls a function for the type of numbers that an array has.
macro_rules! for_numbers {
    ($header:ident, $function:ident($($argument:expr),*)) => {
        match $header.dtype.kind {
            Kind::Bool | Kind::U8 => $function::<u8>($($argument),*),
            Kind::U16 => $function::<u16>($($argument),*),
            Kind::U32 => $function::<u32>($($argument),*),
            Kind::U64 => $function::<u64>($($argument),*),
            Kind::I8 => $function::<i8>($($argument),*),
            Kind::I16 => $function::<i16>($($argument),*),
            Kind::I32 => $function::<i32>($($argument),*),
            Kind::I64 => $function::<i64>($($argument),*),
            Kind::F16 => $function::<f16>($($argument),*),
            Kind::F32 => $function::<f32>($($argument),*),
            Kind::F64 => $function::<f64>($($argument),*),
            _ => Err($header.dtype.unsupported()),
        }
    };
}

/// All values as they are, in C order: the last index changes fastest.
pub(super) fn bytes(header: &Header, npy: &mut dyn Read) -> Result<Vec<u8>, Problem> {
    let mut bytes = vec![0; header.count];
    npy.read_exact(&mut bytes).map_err(unreadable)?;
    Ok(c_order(bytes, header))
}

/// All values as float32, in C order.
pub(super) fn floats(header: &Header, npy: &mut dyn Read) -> Result<Vec<f32>, Problem> {
    for_numbers!(header, floats_of(header, npy))
}

fn floats_of<T: Element>(header: &Header, npy: &mut dyn Read) -> Result<Vec<f32>, Problem> {
    let mut floats = Vec::with_capacity(header.count);
    for_each(header, T::SIZE, npy, |value| {
        floats.push(T::decode(value, header.dtype.big_endian).float());
        Ok(())
    })?;
    Ok(c_order(floats, header))
}

/// Gives every number to `visit`, in the order of the file.
pub(super) fn numbers(
    header: &Header,
    npy: &mut dyn Read,
    visit: &mut dyn FnMut(Number) -> Result<(), Problem>,
) -> Result<(), Problem> {
    for_numbers!(header, numbers_of(header, npy, visit))
}

fn numbers_of<T: Element>(
    header: &Header,
    npy: &mut dyn Read,
    visit: &mut dyn FnMut(Number) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let big_endian = header.dtype.big_endian;
    for_each(header, T::SIZE, npy, |value| visit(T::decode(value, big_endian).number()))
}

/// Gives every text to `visit`, in the order of the file.
pub(super) fn texts(
    header: &Header,
    npy: &mut dyn Read,
    visit: &mut dyn FnMut(String) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let size = header.dtype.size().unwrap_or(0);
    match header.dtype.kind {
        Kind::Unicode(1..) => for_each(header, size, npy, |value| {
            let points = value.chunks_exact(4).map(|c| u32::decode(c, header.dtype.big_endian));
            let character = |point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
            let text: String = points.map(character).collect();
            visit(text.trim_end_matches('\0').to_owned())
        }),
        Kind::Bytes(1..) => for_each(header, size, npy, |value| {
            let text = String::from_utf8_lossy(value);
            visit(text.trim_end_matches('\0').to_owned())
        }),
        _ => Err(header.dtype.unsupported()),
    }
}

/// Gives the `size` bytes of every value to `visit`.
fn for_each(
    header: &Header,
    size: usize,
    npy: &mut dyn Read,
    mut visit: impl FnMut(&[u8]) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let at_once = (CHUNK / size).max(1);
    let mut buffer = vec![0; at_once.min(header.count) * size];
    let mut left = header.count;
    while left > 0 {
        let bytes = &mut buffer[..at_once.min(left) * size];
        npy.read_exact(bytes).map_err(unreadable)?;
        bytes.chunks_exact(size).try_for_each(&mut visit)?;
        left -= at_once.min(left);
    }
    Ok(())
}

/// The file is shorter than it says, or its checksum is wrong.
pub(super) fn unreadable(cause: io::Error) -> Problem {
    Problem::damaged(format!("cannot be read to its end ({cause})"))
}

/// `values` in C order.
pub(super) fn c_order<T: Copy>(values: Vec<T>, header: &Header) -> Vec<T> {
    let sides = header.shape.iter().filter(|&&side| side > 1).count();
    if header.fortran_order && sides > 1 { transposed(&values, &header.shape) } else { values }
}

/// The same array with its last index changing fastest instead of its first.
fn transposed<T: Copy>(values: &[T], shape: &[usize]) -> Vec<T> {
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
    fn fortran_order_by_hand() {
        // [[1, 2, 3], [4, 5, 6]] written column by column.
        assert_eq!(transposed(&[1, 4, 2, 5, 3, 6], &[2, 3]), [1, 2, 3, 4, 5, 6]);
    }

    /// The bit patterns of IEEE 754 binary16: 1, −2, the largest, the smallest, infinity.
    #[test]
    fn half_floats_by_hand() {
        let values = [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (1, 2_f32.powi(-24))];
        for (bits, value) in values {
            let bits: u16 = bits;
            assert_eq!(f16::decode(&bits.to_le_bytes(), false).float(), value);
            assert_eq!(f16::decode(&bits.to_be_bytes(), true).float(), value);
        }
        assert_eq!(f16::decode(&[0x7c, 0], true).float(), f32::INFINITY);
    }
}
