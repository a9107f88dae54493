//! Arrays of labels: `y`.

use std::io::Read;

use super::dtype::Kind;
use super::examples::index;
use super::header::Header;
use super::problem::Problem;
use super::values::{self, Number};
use crate::classes::{Class, Collector, Labels, MOST};

/// With more classes than this …
const FEW: usize = 20;
/// … there must be so many examples a class, on average.
const EXAMPLES_A_CLASS: usize = 3;

/// Whole numbers above this are not all float64.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Reads the labels of the `examples` examples of the array `x`: N (or N×1) whole numbers or
/// names, or one-hot rows, N×C.
pub(super) fn read(
    header: &Header,
    npy: &mut dyn Read,
    x: &str,
    examples: usize,
) -> Result<Labels, Problem> {
    if header.dtype.kind == Kind::Object {
        return Err(Problem::new(
            "holds pickled Python objects, not labels",
            "convert it with astype(str) or astype(int) before saving",
        ));
    }
    if header.count == 0 {
        return Err(Problem::new(
            format!("is empty, of shape {:?}", header.shape),
            "give each example one label",
        ));
    }
    match header.shape[..] {
        _ if is_column(&header.shape) => {
            check_length(header.count, x, examples)?;
            read_column(header, npy)
        }
        [n, _] => {
            check_length(n, x, examples)?;
            read_one_hot(header, npy)
        }
        _ => Err(Problem::new(
            format!("has the shape {:?}", header.shape),
            "give it one label for each example, of shape N or N×1, or one-hot rows, N×C",
        )),
    }
}

/// Whether at most one side is longer than 1 (N, N×1 or 1×N).
fn is_column(shape: &[usize]) -> bool {
    !shape.is_empty() && shape.iter().filter(|&&side| side != 1).count() <= 1
}

fn check_length(labels: usize, x: &str, examples: usize) -> Result<(), Problem> {
    if labels == examples {
        return Ok(());
    }
    Err(Problem::new(
        format!("has {labels} labels, but {x} has {examples} examples"),
        "give each example one label",
    ))
}

fn read_column(header: &Header, npy: &mut dyn Read) -> Result<Labels, Problem> {
    let mut labels = Collector::default();
    let mut at = 0;
    if let Kind::Unicode(_) | Kind::Bytes(_) = header.dtype.kind {
        values::texts(header, npy, &mut |text| labels.push(Class::Name(text)).map_err(too_many))?;
    } else {
        values::numbers(header, npy, &mut |number| {
            labels.push(Class::Number(whole(number, at)?)).map_err(too_many)?;
            at += 1;
            Ok(())
        })?;
    }
    Ok(labels.finish())
}

fn too_many(_: crate::classes::TooMany) -> Problem {
    regression("has more than 65,536 different values".to_owned())
}

/// The label that a number is.
fn whole(number: Number, at: usize) -> Result<i128, Problem> {
    match number {
        Number::Integer(label) => Ok(label),
        Number::Float(label) if label.fract() == 0.0 && label.abs() <= WHOLE => Ok(label as i128),
        Number::Float(label) => Err(Problem::new(
            format!("is {label} at [{at}]"),
            "give labels that are whole numbers or names (np.digitize makes classes of a \
             continuous quantity)",
        )),
    }
}

/// Reads rows with one 1 each; the label is its column.
fn read_one_hot(header: &Header, npy: &mut dyn Read) -> Result<Labels, Problem> {
    let mut at = 0;
    let mut hot = Vec::with_capacity(header.count);
    let sides = if header.fortran_order {
        vec![header.shape[1], header.shape[0]]
    } else {
        header.shape.clone()
    };
    values::numbers(header, npy, &mut |number| {
        hot.push(match number {
            Number::Integer(0) | Number::Float(0.0) => false,
            Number::Integer(1) | Number::Float(1.0) => true,
            Number::Integer(other) => return Err(not_one_hot(header, &sides, at, &other)),
            Number::Float(other) => return Err(not_one_hot(header, &sides, at, &other)),
        });
        at += 1;
        Ok(())
    })?;
    let mut labels = Collector::default();
    let classes = header.shape[1];
    for (row, hot) in values::c_order(hot, header).chunks_exact(classes).enumerate() {
        let mut columns = hot.iter().enumerate().filter(|(_, hot)| **hot).map(|(column, _)| column);
        match (columns.next(), columns.next()) {
            (Some(column), None) => labels.push(Class::Number(column as i128)).map_err(too_many)?,
            (first, _) => {
                let ones = if first.is_none() { "no 1" } else { "more than one 1" };
                let shape = &header.shape;
                return Err(Problem::new(
                    format!("of shape {shape:?} is not one-hot: row {row} has {ones}"),
                    ONE_LABEL,
                ));
            }
        }
    }
    Ok(labels.finish())
}

const ONE_LABEL: &str = "give each example exactly one label";

fn not_one_hot(
    header: &Header,
    sides: &[usize],
    at: usize,
    value: &dyn std::fmt::Display,
) -> Problem {
    let mut place = index(at, sides);
    if header.fortran_order {
        place.reverse();
    }
    let shape = &header.shape;
    Problem::new(
        format!("of shape {shape:?} is not one-hot: it is {value} at {place:?}"),
        ONE_LABEL,
    )
}

/// Labels to train on are of at least two classes, and of no more than can be learnt.
pub(super) fn check_trainable(labels: &Labels) -> Result<(), Problem> {
    let (classes, examples) = (labels.classes.len(), labels.of.len());
    if let [class] = &labels.classes[..] {
        return Err(Problem::new(
            format!("has label {class} only"),
            "give labels of at least two classes",
        ));
    }
    if classes > FEW && examples < classes * EXAMPLES_A_CLASS {
        let what = format!("has {classes} different values in {examples} examples");
        return Err(regression(what));
    }
    if classes > MOST {
        return Err(regression(format!("has {classes} different values, more than {MOST}")));
    }
    Ok(())
}

fn regression(what: String) -> Problem {
    Problem::new(
        format!("{what}, as a continuous quantity has"),
        "give class labels, with several examples of each (np.digitize makes classes of a \
         continuous quantity)",
    )
}
