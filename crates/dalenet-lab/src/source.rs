//! The data of a run: found again from any folder, and known by their SHA-256.

use crate::{Error, Experiment, Resources, Sources};
use dalenet::Shape;
use dalenet_data::Observer;
use dalenet_train::{Config, Dataset, Identity, TestSet};
use std::path::{Path, PathBuf};

/// Loads the data of an experiment, if it learns from data. Returns also what its run begins from.
///
/// # Errors
/// If they cannot be had, or are not those that are `known` of the run in a folder.
pub(crate) fn of_experiment(
    experiment: &Experiment,
    known: Option<(&Sources, &Path)>,
    resources: Resources<'_>,
    observer: &mut dyn Observer,
) -> Result<(Option<Dataset>, Sources), Error> {
    let mut sources = known.map(|(sources, _)| sources.clone()).unwrap_or_default();
    let Experiment::Classification(config) = experiment else { return Ok((None, sources)) };
    let known_file = |file: fn(&Sources) -> &Option<Identity>| {
        let (sources, run) = known?;
        file(sources).as_ref().map(|identity| Known { identity, run })
    };
    let mut data = load(resources, config, known_file(|sources| &sources.data), observer)?;
    let validation = known_file(|sources| &sources.validation_data);
    sources.validation_data = add_validation(config, validation, &mut data)?;
    sources.data = Some(data.identity.clone());
    Ok((Some(data), sources))
}

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

/// Adds the held-out samples of a file of their own to the data, if the configuration names one. Returns
/// which file that is.
///
/// # Errors
/// If they cannot be had, are not like those to train on, or are not those of the `run` that is resumed.
pub(crate) fn add_validation(
    config: &Config,
    run: Option<Known<'_>>,
    data: &mut Dataset,
) -> Result<Option<Identity>, Error> {
    let file = &config.validation_data;
    if file.is_empty() {
        return Ok(None);
    }
    let path = run.map_or_else(|| Ok(file.clone()), |known| known.find(file))?;
    let set = dalenet_data::load_validation(Path::new(&path), &data.classes)?;
    if let Some(known) = run {
        known.check(&set.identity, file)?;
    }
    if set.shape != data.shape {
        let [found, wanted] = [set.shape, data.shape]
            .map(|Shape { height, width, channels }| format!("{height}×{width}×{channels}"));
        return Err(Error::Config(format!(
            "{file} has samples of {found}, but those of {} are of {wanted}: give both the same shape",
            config.task
        )));
    }
    data.notes.extend(set.notes);
    data.validation = Some(set.test);
    Ok(Some(set.identity))
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
