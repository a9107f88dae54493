//! What is noticed in data when they are loaded, in one sentence each.

use crate::Shape;
use crate::classes::{counts, listed};
use crate::split::Values;

/// The smallest and the largest value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    low: f32,
    high: f32,
}

/// What is noticed in N examples of `shape`, which are called `name`.
pub(crate) fn of_examples(name: &str, shape: Shape, values: &Values) -> (Range, Vec<String>) {
    let (range, constant) = match values {
        Values::Bytes(bytes) => summary(bytes, shape.len(), f32::from),
        Values::Floats(floats) => summary(floats, shape.len(), |value| value),
    };
    let scale = match values {
        Values::Bytes(_) => dark_bytes(name, range),
        Values::Floats(floats) => unscaled_pixels(name, shape, range, floats),
    };
    let notes = [channels_first(name, shape), scale, constant_features(name, shape, constant)];
    (range, notes.into_iter().flatten().collect())
}

/// The range of all values, and how many of the D features never change.
fn summary<T: Copy + PartialOrd>(
    values: &[T],
    width: usize,
    float: impl Fn(T) -> f32,
) -> (Range, usize) {
    let (mut low, mut high) = (values[..width].to_vec(), values[..width].to_vec());
    for example in values.chunks_exact(width) {
        for ((low, high), value) in low.iter_mut().zip(&mut high).zip(example) {
            *low = if value < low { *value } else { *low };
            *high = if value > high { *value } else { *high };
        }
    }
    let several = values.len() > width;
    let constant = low.iter().zip(&high).filter(|(low, high)| several && low == high).count();
    let least = low.iter().copied().map(&float).fold(f32::INFINITY, f32::min);
    let largest = high.iter().copied().map(&float).fold(f32::NEG_INFINITY, f32::max);
    (Range { low: least, high: largest }, constant)
}

/// Images are H×W×C; PyTorch's are C×H×W.
fn channels_first(name: &str, shape: Shape) -> Option<String> {
    let Shape { height: a, width: b, channels: c } = shape;
    let alike = b.max(c) <= 2 * b.min(c);
    let is_first = c > 4 && b > a && (a <= 4 && alike || b == c && 2 * a <= b);
    is_first.then(|| {
        format!(
            "{name} of shape N×{a}×{b}×{c} looks like channels first, but is read as N×H×W×C: \
             np.moveaxis({name}, 1, -1) puts the channels last"
        )
    })
}

/// Floats that are pixels from 0 to 255, or to another large number.
fn unscaled_pixels(name: &str, shape: Shape, range: Range, floats: &[f32]) -> Option<String> {
    let Range { low, high } = range;
    let is_image = shape.height > 1 && shape.width > 1;
    let is_byte = |value: &f32| value.fract() == 0.0;
    if low < 0.0 || high <= 1.0 {
        None
    } else if high > 127.0 && high <= 255.0 && (is_image || floats.iter().all(is_byte)) {
        Some(format!(
            "the values of {name} go from {low} to {high}, look like bytes, and are taken as they \
             are: if they are pixels, save them as uint8 (which is divided by 255) or divide them \
             by 255"
        ))
    } else if is_image && high > 2.0 {
        Some(format!(
            "the values of {name} go from {low} to {high} and are taken as they are (only uint8 is \
             divided by 255): if they are pixels, divide them by the largest value a pixel can have"
        ))
    } else {
        None
    }
}

/// Bytes that are no pixels from 0 to 255.
fn dark_bytes(name: &str, range: Range) -> Option<String> {
    let high = range.high;
    (0.0 < high && high < 32.0).then(|| {
        format!(
            "{name} is uint8, which is divided by 255, but its largest value is {high}: if it is \
             not the brightness of pixels from 0 to 255, save it as float32"
        )
    })
}

fn constant_features(name: &str, shape: Shape, constant: usize) -> Option<String> {
    let features = shape.len();
    (constant > 0).then(|| {
        format!("{constant} of the {features} features of {name} have one value in all examples")
    })
}

/// A test set on another scale than the training set.
pub(crate) fn of_scales(x: &str, range: Range, test: &str, test_range: Range) -> Option<String> {
    let size = |range: Range| range.low.abs().max(range.high.abs());
    let (one, other) = (size(range), size(test_range));
    (one.max(other) > 100.0 * one.min(other) && one.min(other) > 0.0).then(|| {
        let (Range { low, high }, Range { low: test_low, high: test_high }) = (range, test_range);
        format!(
            "the values of {test} go from {test_low} to {test_high}, those of {x} from {low} to \
             {high}: both should be scaled alike"
        )
    })
}

/// Classes that are not 0, 1, 2, ….
pub(crate) fn of_gaps(y: &str, classes: &[String]) -> Option<String> {
    let are_numbers = classes.iter().all(|class| class.parse::<i128>().is_ok());
    let is_gap = |(i, class): (usize, &String)| *class != i.to_string();
    (are_numbers && classes.iter().enumerate().any(is_gap)).then(|| {
        let names: Vec<&str> = classes.iter().map(String::as_str).collect();
        format!(
            "the labels of {y} are not 0 to {}: {} are the classes, under these names",
            classes.len() - 1,
            listed(&names)
        )
    })
}

/// Classes without an example in the split called `split`.
pub(crate) fn of_absent(split: &str, classes: &[String], labels: &[u16]) -> Option<String> {
    let counts = counts(labels, classes.len());
    let absent = classes.iter().zip(counts).filter(|(_, count)| *count == 0);
    let absent: Vec<&str> = absent.map(|(class, _)| class.as_str()).collect();
    (!absent.is_empty()).then(|| {
        format!(
            "{} of {} classes have no example in {split}: {}",
            absent.len(),
            classes.len(),
            listed(&absent)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape([height, width, channels]: [usize; 3]) -> Shape {
        Shape { height, width, channels }
    }

    #[test]
    fn channels_first_or_last() {
        for first in [[3, 8, 8], [1, 28, 28], [3, 32, 24], [4, 64, 64], [10, 64, 64], [2, 34, 34]] {
            assert!(channels_first("x", shape(first)).is_some(), "{first:?}");
        }
        let last = [[8, 8, 3], [28, 28, 1], [1, 1, 784], [1, 128, 9], [7, 7, 512], [8, 8, 64]];
        for last in last.into_iter().chain([[3, 4, 4], [64, 64, 10], [32, 32, 32]]) {
            assert_eq!(channels_first("x", shape(last)), None, "{last:?}");
        }
    }

    #[test]
    fn the_scale_of_values() {
        let note = |sides, values: &[f32]| {
            let (_, notes) = of_examples("x", shape(sides), &Values::Floats(values.to_vec()));
            notes.into_iter().find(|note| note.contains("pixels"))
        };
        assert!(note([1, 1, 2], &[0.0, 255.0]).unwrap().contains("look like bytes"));
        assert!(note([2, 2, 1], &[0.5, 254.3, 1.0, 0.0]).unwrap().contains("look like bytes"));
        assert!(note([2, 2, 1], &[0.0, 16.0, 1.0, 0.0]).unwrap().contains("0 to 16"));
        for fine in [[0.0, 1.0], [-3.0, 255.0], [0.5, 254.3], [0.0, 1000.0], [0.0, 16.0]] {
            assert_eq!(note([1, 1, 2], &fine), None, "{fine:?}");
        }
        let note =
            |bytes: [u8; 2]| of_examples("x", shape([1, 1, 2]), &Values::Bytes(bytes.into())).1;
        assert!(note([0, 1])[0].contains("largest value is 1"));
        assert!(note([0, 255]).is_empty());
    }

    #[test]
    fn features_that_never_change_are_counted() {
        let values = Values::Floats(vec![1.0, 0.5, 2.0, 1.0, 0.25, 2.0]);
        let (range, notes) = of_examples("x", shape([1, 1, 3]), &values);
        assert_eq!(range, Range { low: 0.25, high: 2.0 });
        assert_eq!(notes, ["2 of the 3 features of x have one value in all examples"]);
        let one = Values::Floats(vec![1.0, 0.5]);
        assert!(of_examples("x", shape([1, 1, 2]), &one).1.is_empty());
    }

    #[test]
    fn classes_that_lack_examples_are_named() {
        let classes = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(of_absent("x_test", &classes, &[0, 1, 2]), None);
        let note = of_absent("x_test", &classes, &[1]).unwrap();
        assert_eq!(note, "2 of 3 classes have no example in x_test: a, c");
    }
}
