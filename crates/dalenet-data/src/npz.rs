//! A user's own data set: NumPy arrays in one `.npz` file.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use zip::ZipArchive;
use zip::read::ZipFile;

use crate::npy::{Header, Problem};
use crate::split::Values;
use crate::{Dataset, Error, Observer, Shape, Split};

/// Decides which sixth of a file without a test set is the test set.
const TEST_SEED: u64 = 0;

/// Loads the data set in `path`.
pub(crate) fn load(path: &Path, observer: &mut dyn Observer) -> Result<Dataset, Error> {
    let mut file = Arrays::open(path)?;
    let alone = file.has("x") && !file.has("x_train");
    let (x, y) = if alone { ("x", "y") } else { ("x_train", "y_train") };

    let images = file.images(x)?;
    let labels = file.labels(y, x, images.examples)?;
    let classes = file.classes(y, &labels)?;
    let shape = images.shape;
    let is_bytes = matches!(images.values, Values::Bytes(_));
    let all = images.with(labels)?;

    let (train, test) = if !alone && (file.has("x_test") || file.has("y_test")) {
        let test = file.test_images(shape, is_bytes)?;
        let labels = file.labels("y_test", "x_test", test.examples)?;
        file.check_classes(&labels, classes)?;
        (all, test.with(labels)?)
    } else {
        let held_out = (all.len() / 6).max(1);
        observer.note(&format!(
            "{} has no test set: a fixed sixth of {x}, {held_out} examples, is held out as one",
            path.display()
        ));
        let too_few = |_| {
            let problem = Problem::new("has only one example", "give at least two");
            file.error(x, problem)
        };
        all.split_off(held_out, TEST_SEED).map_err(too_few)?
    };
    Ok(Dataset { name: path.display().to_string(), shape, classes, train, test })
}

/// N examples without their labels.
struct Images {
    shape: Shape,
    examples: usize,
    values: Values,
}

impl Images {
    fn with(self, labels: Vec<u16>) -> Result<Split, Error> {
        Split::new(self.values, self.shape.len(), labels)
    }
}

/// The arrays of an `.npz` file.
struct Arrays<'a> {
    path: &'a Path,
    zip: ZipArchive<BufReader<File>>,
}

impl<'a> Arrays<'a> {
    fn open(path: &'a Path) -> Result<Arrays<'a>, Error> {
        let file = File::open(path).map_err(Error::file("read", path))?;
        match ZipArchive::new(BufReader::new(file)) {
            Ok(zip) => Ok(Arrays { path, zip }),
            Err(cause) => Err(Error::Archive { path: path.to_owned(), problem: cause.to_string() }),
        }
    }

    fn has(&self, array: &str) -> bool {
        self.zip.index_for_name(&format!("{array}.npy")).is_some()
    }

    fn error(&self, array: &str, problem: Problem) -> Error {
        array_error(self.path, array, problem)
    }

    /// The names of all arrays.
    fn names(&self) -> Vec<String> {
        let names = self.zip.file_names_raw();
        names
            .filter_map(|name| name.strip_suffix(b".npy"))
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect()
    }

    /// The header of `array`, and its values to read.
    fn header(&mut self, array: &str) -> Result<(Header, ZipFile<'_, BufReader<File>>), Error> {
        let path = self.path;
        if !self.has(array) {
            return Err(Error::MissingArray {
                path: path.to_owned(),
                wanted: array.to_owned(),
                found: self.names(),
            });
        }
        let npy = self.zip.by_name(&format!("{array}.npy"));
        let mut npy = npy.map_err(|cause| Error::Archive {
            path: path.to_owned(),
            problem: format!("{array}: {cause}"),
        })?;
        let header = Header::read(&mut npy).map_err(|problem| array_error(path, array, problem))?;
        Ok((header, npy))
    }

    /// The examples in `array`: N×D, N×H×W or N×H×W×C, all finite.
    fn images(&mut self, array: &str) -> Result<Images, Error> {
        let (header, npy) = self.header(array)?;
        let images = read_images(&header, npy);
        images.map_err(|problem| self.error(array, problem))
    }

    /// The examples of the test set, which must be like those to train on.
    fn test_images(&mut self, shape: Shape, bytes: bool) -> Result<Images, Error> {
        let images = self.images("x_test")?;
        let problem = if images.shape != shape {
            Problem::new(
                format!(
                    "has examples of {}, but those of x_train are of {}",
                    sides(images.shape),
                    sides(shape)
                ),
                "give both the same shape",
            )
        } else if matches!(images.values, Values::Bytes(_)) != bytes {
            Problem::new(
                "and x_train differ in type, and only uint8 is divided by 255",
                "convert both to uint8 or both to float32",
            )
        } else {
            return Ok(images);
        };
        Err(self.error("x_test", problem))
    }

    /// The labels in `array`: N or N×1 whole numbers from 0, one for each of the `examples`
    /// of `images`.
    fn labels(&mut self, array: &str, images: &str, examples: usize) -> Result<Vec<u16>, Error> {
        let (header, npy) = self.header(array)?;
        let labels = check_labels_shape(&header, images, examples)
            .and_then(|()| header.numbers(npy, |label| label))
            .and_then(|labels| whole_numbers(&labels));
        labels.map_err(|problem| self.error(array, problem))
    }

    /// One more than the largest label to train on.
    fn classes(&self, array: &str, labels: &[u16]) -> Result<usize, Error> {
        let classes = labels.iter().max().map_or(0, |&label| usize::from(label) + 1);
        if classes < 2 {
            let problem = Problem::new(
                "has label 0 only",
                "give labels of at least two classes, numbered from 0",
            );
            return Err(self.error(array, problem));
        }
        Ok(classes)
    }

    /// No example of the test set may be of a class that was not trained on.
    fn check_classes(&self, test_labels: &[u16], classes: usize) -> Result<(), Error> {
        match test_labels.iter().position(|&label| usize::from(label) >= classes) {
            None => Ok(()),
            Some(at) => {
                let (label, last) = (test_labels[at], classes - 1);
                let problem = Problem::new(
                    format!("is {label} at [{at}], but the labels of y_train end at {last}"),
                    "train on examples of every class",
                );
                Err(self.error("y_test", problem))
            }
        }
    }
}

fn array_error(path: &Path, array: &str, problem: Problem) -> Error {
    Error::Array {
        path: path.to_owned(),
        array: array.to_owned(),
        problem: problem.what,
        mend: problem.mend.to_owned(),
    }
}

/// Decodes examples: N×D, N×H×W or N×H×W×C, all finite.
fn read_images(header: &Header, npy: impl std::io::Read) -> Result<Images, Problem> {
    let (examples, shape) = match header.shape[..] {
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
    let values = if header.is_bytes() {
        Values::Bytes(header.bytes(npy)?)
    } else {
        let floats = header.numbers(npy, |value| value as f32)?;
        check_finite(&floats, &header.shape)?;
        Values::Floats(floats)
    };
    let [height, width, channels] = shape;
    let shape = Shape { height, width, channels };
    Ok(Images { shape, examples, values })
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
fn index(mut position: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (i, &length) in index.iter_mut().zip(shape).rev() {
        *i = position % length;
        position /= length;
    }
    index
}

/// Labels are N or N×1, one for each of the `examples` of the array `images`.
fn check_labels_shape(header: &Header, images: &str, examples: usize) -> Result<(), Problem> {
    let labels = match header.shape[..] {
        [n] | [n, 1] => n,
        _ => {
            return Err(Problem::new(
                format!("has the shape {:?}", header.shape),
                "give it one label for each example, of shape N or N×1 (not one-hot)",
            ));
        }
    };
    if labels != examples {
        return Err(Problem::new(
            format!("has {labels} labels, but {images} has {examples} examples"),
            "give each example one label",
        ));
    }
    Ok(())
}

/// The labels as whole numbers from 0.
fn whole_numbers(labels: &[f64]) -> Result<Vec<u16>, Problem> {
    let whole = labels.iter().enumerate().map(|(at, &label)| {
        if label.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(&label) {
            Ok(label as u16)
        } else {
            Err(Problem::new(
                format!("is {label} at [{at}]"),
                "give labels that are whole numbers from 0 to 65535",
            ))
        }
    });
    whole.collect()
}

fn sides(shape: Shape) -> String {
    format!("{}×{}×{}", shape.height, shape.width, shape.channels)
}
