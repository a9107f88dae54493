//! From a source to a data set in memory.

use std::fs;
use std::path::Path;

use crate::built_in::{BuiltIn, CachedFile, Encoding};
use crate::classes::{Class, Labels};
use crate::digest::sha256;
use crate::{Dataset, Error, Identity, Inputs, Observer, Source, Split, TestSet, folder, idx, npz};

/// Loads `source` from `data_dir`, or else from [`default_dir`](crate::default_dir). What is
/// absent is fetched first; the files of a built-in set are verified every time.
///
/// # Errors
///
/// [`Error::Unavailable`] if a built-in set is neither there nor to be fetched;
/// [`Error::Checksum`] if a cached file is damaged; for a user's own file [`Error::Archive`],
/// [`Error::MissingArray`] and [`Error::Array`].
pub fn load(
    source: &Source,
    data_dir: Option<&Path>,
    observer: &mut dyn Observer,
) -> Result<Dataset, Error> {
    let set = match source {
        Source::BuiltIn(set) => *set,
        Source::Npz(path) => {
            let data = npz::dataset(path, &folder::read_regular(path)?)?;
            let identity = Identity { path: Some(absolute(path)), ..data.identity };
            return Ok(Dataset { identity, ..data });
        }
    };
    let cache = cached(set, data_dir, observer)?;
    let [train_pixels, train_labels, test_pixels, test_labels] = &set.files;
    Ok(Dataset {
        name: set.name.to_owned(),
        shape: set.shape,
        classes: set.classes.iter().map(|&class| class.to_owned()).collect(),
        train: load_split(set, &cache, train_pixels, train_labels)?,
        validation: None,
        test: load_split(set, &cache, test_pixels, test_labels)?,
        identity: identity(set),
        notes: Vec::new(),
    })
}

/// Loads what `source` has to test a network on that knows `classes`: the test set, or else all
/// examples (of a user's file that has no split). The labels become indices into `classes`;
/// not all of these need occur.
///
/// # Errors
///
/// As [`load`]; an example of a class that is not among `classes` is [`Error::Array`] or
/// [`Error::Inconsistent`].
pub fn load_test(
    source: &Source,
    classes: &[String],
    data_dir: Option<&Path>,
    observer: &mut dyn Observer,
) -> Result<TestSet, Error> {
    let set = match source {
        Source::BuiltIn(set) => *set,
        Source::Npz(path) => {
            let data = npz::test_set(path, &folder::read_regular(path)?, classes)?;
            let identity = Identity { path: Some(absolute(path)), ..data.identity };
            return Ok(TestSet { identity, ..data });
        }
    };
    let cache = cached(set, data_dir, observer)?;
    let [.., pixels, labels] = &set.files;
    let labels = known_labels(set, load_labels(set, &cache, labels)?, classes)?;
    let pixels = load_bytes(set, &cache, pixels)?;
    Ok(TestSet {
        name: set.name.to_owned(),
        shape: set.shape,
        test: Split::from_bytes(pixels, set.shape.len(), labels)?,
        identity: identity(set),
        notes: Vec::new(),
    })
}

/// Loads what `source` has to predict the classes of, for a network that knows `classes`: the examples of
/// [`load_test`], whose labels may be missing or of other classes.
///
/// # Errors
///
/// As [`load_test`].
pub fn load_inputs(
    source: &Source,
    classes: &[String],
    data_dir: Option<&Path>,
    observer: &mut dyn Observer,
) -> Result<Inputs, Error> {
    match source {
        Source::BuiltIn(_) => load_test(source, classes, data_dir, observer).map(Inputs::from),
        Source::Npz(path) => npz::inputs(path, &folder::read_regular(path)?, classes),
    }
}

/// Loads the validation set in the `.npz` file at `path`: `x_val` and `y_val`, or else `x` and `y`. The
/// labels become indices into `classes`.
///
/// # Errors
///
/// As [`load_test`].
pub fn load_validation(path: &Path, classes: &[String]) -> Result<TestSet, Error> {
    let data = npz::validation_set(path, &folder::read_regular(path)?, classes)?;
    let identity = Identity { path: Some(absolute(path)), ..data.identity };
    Ok(TestSet { identity, ..data })
}

/// `path`, wherever the program is started from later.
fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A built-in set is known by its checksums.
fn identity(set: &BuiltIn) -> Identity {
    let checksums: Vec<&str> = set.files.iter().map(|file| file.sha256).collect();
    Identity { path: None, sha256: sha256(checksums.join("\n").as_bytes()) }
}

/// The labels of a built-in set as indices into `classes`, which are its names, its numbers, or
/// other names for them.
fn known_labels(set: &BuiltIn, labels: Vec<u16>, classes: &[String]) -> Result<Vec<u16>, Error> {
    let names = set.classes.iter().map(|&name| Class::Name(name.to_owned())).collect();
    let numbers = (0..set.classes.len()).map(|number| Class::Number(number as i128)).collect();
    let named = Labels { classes: names, of: labels.clone() };
    let numbered = Labels { classes: numbers, of: labels };
    match (named.among(classes), numbered.among(classes)) {
        (Ok(labels), _) | (_, Ok(labels)) => Ok(labels),
        _ if numbered.are_positions(classes) => Ok(numbered.of),
        (Err((class, _)), _) => Err(Error::Inconsistent {
            name: set.name.to_owned(),
            problem: format!("it has class {class}, which is no class of the network"),
            remedy: "test on data of the classes that were trained on".to_owned(),
        }),
    }
}

/// The folder of the cached files of `set`, which are all there.
#[cfg(feature = "fetch")]
fn cached(
    set: &BuiltIn,
    data_dir: Option<&Path>,
    observer: &mut dyn Observer,
) -> Result<std::path::PathBuf, Error> {
    let cache = folder::chosen(data_dir)?.join(set.name);
    if !are_there(set, &cache) {
        crate::fetch::fetch_into(&cache, set, observer)?;
    }
    Ok(cache)
}

/// The folder of the cached files of `set`, which are all there.
#[cfg(not(feature = "fetch"))]
fn cached(
    set: &BuiltIn,
    data_dir: Option<&Path>,
    _: &mut dyn Observer,
) -> Result<std::path::PathBuf, Error> {
    let cache = folder::chosen(data_dir)?.join(set.name);
    if are_there(set, &cache) {
        return Ok(cache);
    }
    Err(Error::Unavailable {
        set: set.name.to_owned(),
        reasons: vec!["this build has no feature `fetch`".to_owned()],
        files: set.files.iter().map(|file| file.name.to_owned()).collect(),
        folder: cache,
    })
}

fn are_there(set: &BuiltIn, cache: &Path) -> bool {
    set.files.iter().all(|file| fs::exists(cache.join(file.name)).unwrap_or(false))
}

fn load_split(
    set: &BuiltIn,
    cache: &Path,
    pixels: &CachedFile,
    labels: &CachedFile,
) -> Result<Split, Error> {
    let labels = load_labels(set, cache, labels)?;
    Split::from_bytes(load_bytes(set, cache, pixels)?, set.shape.len(), labels)
}

fn load_labels(set: &BuiltIn, cache: &Path, labels: &CachedFile) -> Result<Vec<u16>, Error> {
    Ok(load_bytes(set, cache, labels)?.into_iter().map(u16::from).collect())
}

/// The values of a cached file that has been verified.
fn load_bytes(set: &BuiltIn, cache: &Path, file: &CachedFile) -> Result<Vec<u8>, Error> {
    let path = cache.join(file.name);
    let mut content = folder::read(&path)?;
    let found = sha256(&content);
    if found != file.sha256 {
        return Err(Error::Checksum {
            set: set.name.to_owned(),
            path,
            expected: file.sha256.to_owned(),
            found,
        });
    }
    if let Encoding::Idx = set.encoding {
        let (_, values) =
            idx::decode(&content).map_err(|problem| Error::Malformed { path, problem })?;
        let header = content.len() - values.len();
        content.drain(..header);
    }
    Ok(content)
}
