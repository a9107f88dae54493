//! A data set in memory, and loading one.

use std::path::Path;

use crate::catalogue::{BuiltIn, CachedFile, Format};
use crate::fetch::fetch_into;
use crate::verify::sha256;
use crate::{Error, Observer, Source, Split, folder, idx, npz};

/// The shape of one example: D = H·W·C values, in this order. A flat vector is 1×1×D.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// H, the rows of an image.
    pub height: usize,
    /// W, the columns of an image.
    pub width: usize,
    /// C, the values of a pixel.
    pub channels: usize,
}

#[expect(clippy::len_without_is_empty, reason = "an example has at least one value")]
impl Shape {
    /// D, the number of values of one example.
    pub fn len(&self) -> usize {
        self.height * self.width * self.channels
    }
}

/// A data set in memory.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its name: that of the [`Source`].
    pub name: String,
    /// The shape of each example.
    pub shape: Shape,
    /// The number of classes; every label is below it.
    pub classes: usize,
    /// The examples to train on.
    pub train: Split,
    /// The examples to test on.
    pub test: Split,
}

/// Loads `source` from `data_dir`, or else from [`default_dir`](crate::default_dir). What is
/// absent is fetched first; the files of a built-in set are verified every time.
///
/// # Errors
///
/// Those of [`fetch`](crate::fetch); [`Error::Checksum`] if a cached file is damaged; for a
/// user's own file [`Error::Archive`], [`Error::MissingArray`] and [`Error::Array`].
pub fn load(
    source: &Source,
    data_dir: Option<&Path>,
    observer: &mut dyn Observer,
) -> Result<Dataset, Error> {
    match source.built_in() {
        Ok(set) => load_built_in(set, &folder::chosen(data_dir)?.join(set.name), observer),
        Err(path) => npz::load(path, observer),
    }
}

fn load_built_in(
    set: &BuiltIn,
    cache: &Path,
    observer: &mut dyn Observer,
) -> Result<Dataset, Error> {
    if !set.files.iter().all(|file| cache.join(file.name).exists()) {
        fetch_into(cache, set, observer)?;
    }
    let [train_pixels, train_labels, test_pixels, test_labels] = &set.files;
    Ok(Dataset {
        name: set.name.to_owned(),
        shape: set.shape,
        classes: set.classes,
        train: load_split(set, cache, train_pixels, train_labels)?,
        test: load_split(set, cache, test_pixels, test_labels)?,
    })
}

fn load_split(
    set: &BuiltIn,
    cache: &Path,
    pixels: &CachedFile,
    labels: &CachedFile,
) -> Result<Split, Error> {
    let labels = load_bytes(set, cache, labels)?;
    let labels = labels.into_iter().map(u16::from).collect();
    Split::from_bytes(load_bytes(set, cache, pixels)?, set.shape.len(), labels)
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
    if let Format::Idx = set.format {
        let (_, values) =
            idx::decode(&content).map_err(|problem| Error::Malformed { path, problem })?;
        let header = content.len() - values.len();
        content.drain(..header);
    }
    Ok(content)
}
