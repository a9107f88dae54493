//! Arrays of examples: `x`.

use std::io::Read;

use super::dtype::Kind;
use super::header::Header;
use super::problem::Problem;
use super::values;
use crate::Shape;
use crate::split::Values;

/// N examples without their labels.
pub(super) struct Examples {
    pub shape: Shape,
    pub count: usize,
    pub values: Values,
}

impl Examples {
    /// Reads examples: N×D, N×H×W or N×H×W×C, all finite.
    pub(super) fn read(header: &Header, npy: &mut dyn Read) -> Result<Examples, Problem> {
        let (count, [height, width, channels]) = match header.shape[..] {
            [n, d] => (n, [1, 1, d]),
            [n, h, w] => (n, [h, w, 1]),
            [n, h, w, c] => (n, [h, w, c]),
            _ => {
                return Err(Problem::new(
                    format!("has the shape {:?}", header.shape),
                    "give it the shape N×D, N×H×W or N×H×W×C, N being the number of examples",
                ));
            }
        };
        if header.count == 0 {
            return Err(Problem::new(
                format!("is empty, of shape {:?}", header.shape),
                "give it at least one example of at least one value",
            ));
        }
        let values = if header.dtype.kind == Kind::U8 {
            Values::Bytes(values::bytes(header, npy)?)
        } else {
            let floats = values::floats(header, npy)?;
            check_finite(&floats, &header.shape)?;
            Values::Floats(floats)
        };
        Ok(Examples { shape: Shape { height, width, channels }, count, values })
    }

    pub(super) fn is_bytes(&self) -> bool {
        matches!(self.values, Values::Bytes(_))
    }
}

/// No value is NaN or infinite.
fn check_finite(values: &[f32], shape: &[usize]) -> Result<(), Problem> {
    let Some(at) = values.iter().position(|value| !value.is_finite()) else {
        return Ok(());
    };
    let what = match values[at].is_nan() {
        true => "NaN",
        false => "infinite or too large for float32",
    };
    Err(Problem::new(
        format!("is {what} at {:?}", index(at, shape)),
        "replace such values or drop their examples",
    ))
}

/// The index into an array of `shape` of the value at `position` in C order.
pub(super) fn index(mut position: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (i, &length) in index.iter_mut().zip(shape).rev() {
        *i = position % length;
        position /= length;
    }
    index
}
