//! A user's own data set: NumPy arrays in one `.npz` file.

mod archive;
mod arrays;
mod dtype;
mod examples;
mod header;
mod labels;
mod literal;
mod problem;
mod roles;
mod values;
mod write;

use std::path::Path;

use crate::classes::{Labels, listed};
use crate::digest::sha256;
use crate::notes::{self, Range};
use crate::split::Values;
use crate::{Dataset, Error, Identity, Inputs, Shape, Split, TestSet};
use archive::Archive;
pub use arrays::{NamedArray, read_npz};
use examples::Examples;
use header::Header;
use problem::Problem;
use roles::{Pair, Roles};
pub use write::{Array, write_npz};

/// Decides which sixth of a file without a test set is the test set.
const TEST_SEED: u64 = 0;

impl Dataset {
    /// The data set in the `bytes` of an `.npz` file, as
    /// [`Source::Npz`](crate::Source::Npz) describes it; `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// [`Error::Archive`], [`Error::MissingArray`] and [`Error::Array`], whatever the bytes are.
    pub fn from_npz(name: &str, bytes: &[u8]) -> Result<Dataset, Error> {
        dataset(Path::new(name), bytes)
    }
}

impl TestSet {
    /// The test set in the `bytes` of an `.npz` file, for a network that knows `classes`:
    /// `x_test` and `y_test`, or else all of `x` and `y`.
    ///
    /// # Errors
    ///
    /// As [`Dataset::from_npz`]; an example of an unknown class is [`Error::Array`].
    pub fn from_npz(name: &str, bytes: &[u8], classes: &[String]) -> Result<TestSet, Error> {
        test_set(Path::new(name), bytes, classes)
    }
}

/// Reads one `.npy` file as examples and as labels; for tests of the decoder with any bytes.
#[doc(hidden)]
pub fn parse_npy(bytes: &[u8]) -> Result<(), String> {
    let mut npy = bytes;
    let header = Header::read(&mut npy).map_err(|problem| problem.what)?;
    let size = header.dtype.size().and_then(|size| size.checked_mul(header.count));
    if size != Some(npy.len()) {
        return Err("has more or fewer values than its shape says".to_owned());
    }
    let rows = header.shape.first().copied().unwrap_or(0);
    let examples = Examples::read(&header, &mut { npy }).map(drop);
    let labels = labels::read(&header, &mut { npy }, "x", rows).map(drop);
    examples.or(labels).map_err(|problem| problem.what)
}

/// The data set in the `bytes` of the file `path`.
pub(crate) fn dataset(path: &Path, bytes: &[u8]) -> Result<Dataset, Error> {
    let mut file = Archive::open(path, bytes)?;
    let names = file.names();
    let roles = Roles::of(path, &names)?;
    let training = read_pair(&mut file, roles.train)?;
    if roles.test.is_none() && training.labels.of.len() == 1 {
        let problem = Problem::new("has only one example", "give at least two");
        return Err(file.error(roles.train.x, problem));
    }
    labels::check_trainable(&training.labels)
        .map_err(|problem| file.error(roles.train.y, problem))?;
    let classes = training.labels.names();

    let mut notes = notes::of_gaps(roles.train.y, &classes).into_iter().collect();
    let mut further = |pair: Option<Pair>| {
        let part = pair.map(|pair| {
            read_further(&mut file, pair, roles.train, &training, &classes, &mut notes)
        });
        part.transpose()
    };
    let validation = further(roles.validation)?;
    let test = further(roles.test)?;
    notes.splice(0..0, training.notes);
    let shape = training.shape;

    let all = Split::new(training.values, shape.len(), training.labels.of)?;
    let (train, test) = match test {
        Some(test) => (all, test),
        None => {
            let (train, test, held_out_notes) = hold_out(path, roles.train.x, all, &classes)?;
            notes.extend(held_out_notes);
            (train, test)
        }
    };
    let unused = roles.unused(&names);
    if !unused.is_empty() {
        notes.push(format!("{} has arrays that are not used: {}", path.display(), listed(&unused)));
    }
    let (name, identity) = name_and_identity(path, bytes);
    Ok(Dataset { name, shape, classes, train, validation, test, identity, notes })
}

/// The test set in the `bytes` of the file `path`, with labels that are indices into `classes`.
pub(crate) fn test_set(path: &Path, bytes: &[u8], classes: &[String]) -> Result<TestSet, Error> {
    labelled(path, bytes, classes, roles::to_test)
}

/// The validation set in the `bytes` of the file `path`: the same of `x_val` and `y_val`.
pub(crate) fn validation_set(
    path: &Path,
    bytes: &[u8],
    classes: &[String],
) -> Result<TestSet, Error> {
    labelled(path, bytes, classes, roles::to_validate)
}

fn labelled(
    path: &Path,
    bytes: &[u8],
    classes: &[String],
    role: for<'a> fn(&Path, &'a [String]) -> Result<Pair<'a>, Error>,
) -> Result<TestSet, Error> {
    let mut file = Archive::open(path, bytes)?;
    let names = file.names();
    let pair = role(path, &names)?;
    let part = read_pair(&mut file, pair)?;
    let (labels, note) = known_labels(&part.labels, classes, "which is no class of the network")
        .map_err(|problem| file.error(pair.y, problem))?;
    let mut notes = part.notes;
    notes.extend(note.map(|note| format!("{} {note}", pair.y)));
    notes.extend(notes::of_absent(pair.y, classes, &labels));
    let test = Split::new(part.values, part.shape.len(), labels)?;
    let (name, identity) = name_and_identity(path, bytes);
    Ok(TestSet { name, shape: part.shape, test, identity, notes })
}

/// The examples in the `bytes` of the file `path`, with what is known of their classes.
pub(crate) fn inputs(path: &Path, bytes: &[u8], classes: &[String]) -> Result<Inputs, Error> {
    let mut file = Archive::open(path, bytes)?;
    let names = file.names();
    let (x, y) = roles::to_predict(path, &names)?;
    let Examples { shape, count, values } = file.read(x, Examples::read)?;
    let (_, mut notes) = notes::of_examples(x, shape, &values);
    let mut labels = None;
    if let Some(y) = y {
        let read = file.read(y, |header, npy| labels::read(header, npy, x, count))?;
        match known_labels(&read, classes, "which is no class of the network") {
            Ok((known, note)) => {
                notes.extend(note.map(|note| format!("{y} {note}")));
                labels = Some(known);
            }
            Err(Problem { what, .. }) => notes.push(format!("{y} is not used: it {what}")),
        }
    }
    let examples =
        Split::new(values, shape.len(), labels.clone().unwrap_or_else(|| vec![0; count]))?;
    let (name, _) = name_and_identity(path, bytes);
    Ok(Inputs { name, shape, examples, labels, notes })
}

fn name_and_identity(path: &Path, bytes: &[u8]) -> (String, Identity) {
    (path.display().to_string(), Identity { path: None, sha256: sha256(bytes) })
}

/// N examples with their labels, and what was noticed in them.
struct Part {
    shape: Shape,
    values: Values,
    is_bytes: bool,
    labels: Labels,
    range: Range,
    notes: Vec<String>,
}

fn read_pair(file: &mut Archive, pair: Pair) -> Result<Part, Error> {
    let examples = file.read(pair.x, Examples::read)?;
    let labels =
        file.read(pair.y, |header, npy| labels::read(header, npy, pair.x, examples.count))?;
    let (range, notes) = notes::of_examples(pair.x, examples.shape, &examples.values);
    let is_bytes = examples.is_bytes();
    let Examples { shape, values, .. } = examples;
    Ok(Part { shape, values, is_bytes, labels, range, notes })
}

/// Reads the examples of `pair`, which must be like those of `training`, the arrays `train`.
fn read_further(
    file: &mut Archive,
    pair: Pair,
    train: Pair,
    training: &Part,
    classes: &[String],
    notes: &mut Vec<String>,
) -> Result<Split, Error> {
    let part = read_pair(file, pair)?;
    check_alike(train.x, training, &part).map_err(|problem| file.error(pair.x, problem))?;
    notes.extend(notes::of_scales(train.x, training.range, pair.x, part.range));
    let (labels, note) = known_labels(&part.labels, classes, &format!("which {} has not", train.y))
        .map_err(|problem| file.error(pair.y, problem))?;
    notes.extend(note.map(|note| format!("{} {note}", pair.y)));
    notes.extend(notes::of_absent(pair.y, classes, &labels));
    Split::new(part.values, part.shape.len(), labels)
}

/// The examples of `part` must be like those of `training`, the array `x`.
fn check_alike(x: &str, training: &Part, part: &Part) -> Result<(), Problem> {
    let sides = |shape: Shape| format!("{}×{}×{}", shape.height, shape.width, shape.channels);
    if part.shape != training.shape {
        return Err(Problem::new(
            format!(
                "has examples of {}, but those of {x} are of {}",
                sides(part.shape),
                sides(training.shape)
            ),
            "give both the same shape",
        ));
    }
    if part.is_bytes != training.is_bytes {
        return Err(Problem::new(
            format!("and {x} differ in type, and only uint8 is divided by 255"),
            "convert both to uint8 or both to float32",
        ));
    }
    Ok(())
}

/// `labels` as indices into `classes`, and a note that reads on from the array's name.
fn known_labels(
    labels: &Labels,
    classes: &[String],
    unknown: &str,
) -> Result<(Vec<u16>, Option<String>), Problem> {
    match labels.among(classes) {
        Ok(labels) => Ok((labels, None)),
        Err(_) if labels.are_positions(classes) => Ok((
            labels.positions(),
            Some("has numbers, which are taken as positions in the sorted names".to_owned()),
        )),
        Err((class, at)) => Err(Problem::new(
            format!("has class {class} at [{at}], {unknown}"),
            "train on examples of every class",
        )),
    }
}

/// Holds out a fixed sixth of `all`, the array `x`, as the test set; the last value are notes.
fn hold_out(
    path: &Path,
    x: &str,
    all: Split,
    classes: &[String],
) -> Result<(Split, Split, Vec<String>), Error> {
    let held_out = (all.len() / 6).max(1);
    let (train, test) = all.split_off(held_out, TEST_SEED)?;
    let said = format!(
        "{} has no test set: a fixed sixth of {x}, {held_out} examples, is held out as one",
        path.display()
    );
    let absent = [
        notes::of_absent("what is left to train on", classes, train.labels()),
        notes::of_absent("what is held out", classes, test.labels()),
    ];
    Ok((train, test, [said].into_iter().chain(absent.into_iter().flatten()).collect()))
}
