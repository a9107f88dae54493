//! Data sets in memory, with what is known of their origin.

use crate::Error;
use dalenet::layer::Image;
use dalenet_data::{Observer, Source, Split};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// A data set in memory.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// The shape of each sample.
    pub shape: Image,
    /// The names of the classes; a label is the index of one.
    pub classes: Vec<String>,
    /// The samples to train on.
    pub train: Split,
    /// The samples to choose settings on, if the data have such.
    pub validation: Option<Split>,
    /// The samples to test on.
    pub test: Split,
    /// Where they came from.
    pub identity: Identity,
    /// What was noticed in the data, one sentence each.
    pub notes: Vec<String>,
}

/// A test set in memory.
#[derive(Clone, Debug)]
pub struct TestSet {
    /// Its name.
    pub name: String,
    /// The shape of each sample.
    pub shape: Image,
    /// The samples.
    pub test: Split,
    /// Where they came from.
    pub identity: Identity,
    /// What was noticed in the data, one sentence each.
    pub notes: Vec<String>,
}

/// Which data these are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The absolute path of the file; none of a built-in set.
    #[serde(default, serialize_with = "lossy", skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// SHA-256 of the file; of a built-in set, of its checksums.
    pub sha256: String,
}

/// A path as text, with replacement characters where it is not UTF-8.
fn lossy<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}

impl Identity {
    /// That of a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let (mut digest, mut file) = (Sha256::new(), File::open(path)?);
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                count => digest.update(&buffer[..count]),
            }
        }
        let path = std::path::absolute(path)?;
        Ok(Self { path: Some(path), sha256: hexadecimal(&digest.finalize()) })
    }

    /// That of values that were made, by their description.
    pub fn of_text(text: &str) -> Self {
        Self { path: None, sha256: hexadecimal(&Sha256::digest(text)) }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Loads a data set.
///
/// # Errors
/// If it cannot be had.
pub(crate) fn load(
    source: &Source,
    data_dir: Option<&Path>,
    observer: &mut dyn Observer,
) -> Result<Dataset, Error> {
    let data = dalenet_data::load(source, data_dir, observer)?;
    let dalenet_data::Shape { height, width, channels } = data.shape;
    let identity = match source {
        Source::Npz(path) => Identity::of_file(path).unwrap_or_default(),
        _ => Identity::of_text(&data.name),
    };
    Ok(Dataset {
        name: data.name,
        shape: Image { height, width, channels },
        classes: (0..data.classes).map(|class| class.to_string()).collect(),
        train: data.train,
        validation: None,
        test: data.test,
        identity,
        notes: Vec::new(),
    })
}

/// Loads the test set of a data set, whose labels are of these classes.
///
/// # Errors
/// If it cannot be had.
pub(crate) fn load_test(
    source: &Source,
    classes: &[String],
    data_dir: Option<&Path>,
    observer: &mut dyn Observer,
) -> Result<TestSet, Error> {
    let data = load(source, data_dir, observer)?;
    if data.classes.len() > classes.len() {
        return Err(Error::OtherData {
            data: data.name,
            found: format!("{} inputs and {} outputs", data.shape.len(), data.classes.len()),
            wanted: format!("{} outputs", classes.len()),
        });
    }
    let Dataset { name, shape, test, identity, notes, .. } = data;
    Ok(TestSet { name, shape, test, identity, notes })
}
