//! The data of a run: found again from any folder, and known by their SHA-256.

use crate::{Error, Resources};
use dalenet_data::Observer;
use dalenet_train::{Config, Dataset, Identity, TestSet};
use std::path::{Path, PathBuf};

/// Loads the data to train on.
///
/// # Errors
/// If they cannot be had, or are not those of the `run` that is resumed.
pub(crate) fn load(
    resources: Resources<'_>,
    config: &Config,
    run: Option<Known<'_>>,
    observer: &mut dyn Observer,
) -> Result<Dataset, Error> {
    let entry = resources.registry.data(&config.task)?;
    let task = match run {
        Some(known) if entry.is_file => known.find(&config.task)?,
        _ => config.task.clone(),
    };
    let data = entry.load(&mut resources.request(&task, config.bits, observer))?;
    if let Some(known) = run {
        known.check(&data.identity, &config.task)?;
    }
    Ok(data)
}

/// Loads the test set of a run's own data: what its training did not learn from.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_test(
    resources: Resources<'_>,
    config: &Config,
    run: Known<'_>,
    observer: &mut dyn Observer,
) -> Result<TestSet, Error> {
    let Dataset { name, shape, test, identity, notes, .. } =
        load(resources, config, Some(run), observer)?;
    Ok(TestSet { name, shape, test, identity, notes })
}

/// The data that a run was trained on.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub identity: &'a Identity,
    /// The run's folder.
    pub run: &'a Path,
}

impl Known<'_> {
    /// Where the file is: at the path that was recorded, or at the same path from here.
    ///
    /// # Errors
    /// If another file is there.
    fn find(&self, task: &str) -> Result<String, Error> {
        let recorded = self.identity.path.clone();
        let places: Vec<PathBuf> = recorded.into_iter().chain([task.into()]).collect();
        let mut other = None;
        for place in places.iter().filter(|place| place.is_file()) {
            let found = dalenet_train::identify(place).map_err(Error::file("read", place))?;
            if found.sha256 == self.identity.sha256 {
                return Ok(place.to_string_lossy().into_owned());
            }
            other.get_or_insert((place.clone(), found));
        }
        match other {
            Some((place, found)) => Err(self.changed(place, found)),
            None => Ok(places[0].to_string_lossy().into_owned()),
        }
    }

    /// # Errors
    /// If these are other data.
    pub fn check(&self, found: &Identity, data: &str) -> Result<(), Error> {
        match found.sha256 == self.identity.sha256 {
            true => Ok(()),
            false => Err(self.changed(data.into(), found.clone())),
        }
    }

    fn changed(&self, data: PathBuf, found: Identity) -> Error {
        Error::ChangedData {
            data,
            found: found.sha256,
            wanted: self.identity.sha256.clone(),
            run: self.run.into(),
        }
    }
}
