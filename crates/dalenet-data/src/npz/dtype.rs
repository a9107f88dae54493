//! NumPy's types of values.

use super::problem::Problem;

/// A type of values, as an `.npy` file states it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DType {
    /// As NumPy writes it, such as `<f4`.
    pub name: String,
    pub kind: Kind,
    pub big_endian: bool,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Bool,
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
    F16,
    F32,
    F64,
    /// Text of so many characters of four bytes.
    Unicode(usize),
    /// Text of so many bytes.
    Bytes(usize),
    /// Pickled Python objects.
    Object,
    /// Anything else: records, complex numbers, dates.
    Other,
}

/// Names by which `numpy.dtype` knows a type, beside its letter and size.
const NAMES: &[(&str, &str)] = &[
    ("?", "b1"),
    ("bool", "b1"),
    ("b", "i1"),
    ("int8", "i1"),
    ("B", "u1"),
    ("uint8", "u1"),
    ("h", "i2"),
    ("int16", "i2"),
    ("H", "u2"),
    ("uint16", "u2"),
    ("i", "i4"),
    ("int32", "i4"),
    ("I", "u4"),
    ("uint32", "u4"),
    ("q", "i8"),
    ("int", "i8"),
    ("int64", "i8"),
    ("Q", "u8"),
    ("uint64", "u8"),
    ("e", "f2"),
    ("half", "f2"),
    ("float16", "f2"),
    ("f", "f4"),
    ("single", "f4"),
    ("float32", "f4"),
    ("d", "f8"),
    ("double", "f8"),
    ("float", "f8"),
    ("float64", "f8"),
];

impl DType {
    /// The type called `name`.
    pub(super) fn parse(name: &str) -> DType {
        let plain = name.strip_prefix(['<', '>', '|', '=']).unwrap_or(name);
        let listed = NAMES.iter().find(|(other, _)| *other == plain);
        let letter_and_size = listed.map_or(plain, |(_, same)| same);
        DType {
            name: name.to_owned(),
            kind: kind(letter_and_size),
            big_endian: name.starts_with('>'),
        }
    }

    /// Anything that is no single value, such as a record.
    pub(super) fn record() -> DType {
        DType { name: "record".to_owned(), kind: Kind::Other, big_endian: false }
    }

    /// The bytes of a value, where that is known.
    pub(super) fn size(&self) -> Option<usize> {
        Some(match self.kind {
            Kind::Bool | Kind::U8 | Kind::I8 => 1,
            Kind::U16 | Kind::I16 | Kind::F16 => 2,
            Kind::U32 | Kind::I32 | Kind::F32 => 4,
            Kind::U64 | Kind::I64 | Kind::F64 => 8,
            Kind::Unicode(length) => length.checked_mul(4)?,
            Kind::Bytes(length) => length,
            Kind::Object | Kind::Other => return None,
        })
    }

    /// The values are not of a type that is read.
    pub(super) fn unsupported(&self) -> Problem {
        match self.kind {
            Kind::Object => Problem::new(
                "holds pickled Python objects, not numbers",
                "make all rows equally long and convert it to a numeric type before saving",
            ),
            _ => Problem::new(
                format!("has values of type {}", self.name),
                "convert it to an integer type, float32 or float64 before saving",
            ),
        }
    }
}

fn kind(letter_and_size: &str) -> Kind {
    match letter_and_size {
        "b1" => Kind::Bool,
        "u1" => Kind::U8,
        "u2" => Kind::U16,
        "u4" => Kind::U32,
        "u8" => Kind::U64,
        "i1" => Kind::I8,
        "i2" => Kind::I16,
        "i4" => Kind::I32,
        "i8" => Kind::I64,
        "f2" => Kind::F16,
        "f4" => Kind::F32,
        "f8" => Kind::F64,
        _ if letter_and_size.starts_with('O') => Kind::Object,
        _ => {
            let length = |letter| letter_and_size.strip_prefix(letter)?.parse().ok();
            let bytes = length('S').or(length('a')).map(Kind::Bytes);
            length('U').map(Kind::Unicode).or(bytes).unwrap_or(Kind::Other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind::*, *};

    #[test]
    fn types_as_numpy_names_them() {
        let read = [
            ("<f4", F32),
            ("|u1", U8),
            ("|b1", Bool),
            ("=i8", I64),
            ("float16", F16),
            ("<U12", Unicode(12)),
            ("|S3", Bytes(3)),
            ("|O", Object),
            ("<c8", Other),
            ("<f16", Other),
            ("<M8[ns]", Other),
            ("<U-1", Other),
            ("", Other),
        ];
        for (name, kind) in read {
            assert_eq!(DType::parse(name).kind, kind, "{name}");
        }
        assert!(DType::parse(">i2").big_endian);
    }
}
