//! How a training comes to its folder: it starts there, or is resumed.

use super::Training;
use crate::{
    Error, Experiment, Resources, Run, files, length, names, source,
    start_from::{start_again, start_from},
    trained::{self, Saved},
};
use dalenet_train::trainer;
use std::{path::Path, time::Instant};

/// Where a training that starts has its folder.
enum Place<'a> {
    /// There, where nothing may be yet.
    New(&'a Path),
    /// The next free one under `runs`.
    Next,
    /// A folder of a study, made for it.
    Attempt(Run),
}

impl<'a> Place<'a> {
    fn of(folder: Option<&'a Path>) -> Self {
        folder.map_or(Self::Next, Self::New)
    }
}

impl Training {
    /// Starts a run in `folder`, or in the next free one under `runs`.
    ///
    /// # Errors
    /// If the configuration is not possible, the data cannot be had or the folder exists.
    pub fn start<'a>(
        experiment: impl Into<Experiment>,
        folder: Option<&Path>,
        resources: impl Into<Resources<'a>>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        Self::begin(experiment.into(), None, Place::of(folder), resources.into(), observer)
    }

    /// Starts an attempt at a run of a study.
    ///
    /// # Errors
    /// If the configuration is not possible or the data cannot be had.
    pub(crate) fn start_attempt(
        experiment: Experiment,
        attempt: Run,
        resources: Resources<'_>,
    ) -> Result<Self, Error> {
        Self::begin(experiment, None, Place::Attempt(attempt), resources, &mut ())
    }

    /// The same from the weights of the run at `source`, of the best epoch if it has those; of an agent
    /// also the policy's own parameters and the moments of the observations.
    ///
    /// # Errors
    /// As [`Training::start`], or if the run has no checkpoint or other networks.
    pub fn start_from<'a>(
        experiment: impl Into<Experiment>,
        source: &Path,
        folder: Option<&Path>,
        resources: impl Into<Resources<'a>>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        let (experiment, place) = (experiment.into(), Place::of(folder));
        Self::begin(experiment, Some(source), place, resources.into(), observer)
    }

    fn begin(
        experiment: Experiment,
        source: Option<&Path>,
        place: Place<'_>,
        resources: Resources<'_>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        let working = Instant::now();
        experiment.validate(resources.registry)?;
        if let Place::New(folder) = &place
            && folder.exists()
        {
            return Err(Error::Exists((*folder).into()));
        }
        // All that may fail comes before there is a folder.
        let (data, mut sources) = source::of_experiment(&experiment, None, resources, observer)?;
        let mut trainer = trainer(resources.registry, &experiment, data)?;
        sources.from = source.map(|source| start_from(trainer.as_mut(), source)).transpose()?;
        let run = match place {
            Place::New(folder) => Run::create(folder, &experiment, &sources)?,
            Place::Next => {
                let name = names::run(&names::task(experiment.task()), &experiment.rule_name());
                let name = format!("{name}-seed{}", experiment.seed());
                Run::create_next(&name, &experiment, &sources)?
            }
            Place::Attempt(run) => {
                run.begin(&experiment, &sources)?;
                run
            }
        };
        let (saved, last_save, length_change, ending) = Default::default();
        Ok(Self {
            run,
            experiment,
            trainer,
            sources,
            saved,
            last_save,
            working,
            length_change,
            ending,
        })
    }

    /// Resumes the run in `folder`, to the bits it would have had without the interruption.
    /// `wanted` is the configuration it should have, usually [`Run::experiment`]. It may have another
    /// length ([`Experiment::other_settings`]), which is then that of the run.
    ///
    /// # Errors
    /// If the folder is no run, its checkpoint is broken or of another configuration, was trained for
    /// longer or stopped early, or its data have changed.
    pub fn resume<'a>(
        folder: &Path,
        wanted: &Experiment,
        resources: impl Into<Resources<'a>>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        let mut run = Run::open(folder)?;
        run.lock()?;
        files::sweep(folder);
        Self::resume_run(run, wanted, resources.into(), observer)
    }

    /// The same of a run that nobody else trains.
    pub(crate) fn resume_run(
        mut run: Run,
        wanted: &Experiment,
        resources: Resources<'_>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<Self, Error> {
        let (folder, working) = (run.destination().to_owned(), Instant::now());
        let folder = folder.as_path();
        let former = run.experiment()?;
        if let Some((key, found, wanted)) = former.other_settings(wanted).into_iter().next() {
            let path = run.destination().into();
            return Err(Error::OtherConfig { path, key, found, wanted });
        }
        let experiment = wanted.clone();
        experiment.validate(resources.registry)?;

        let bytes = run.checkpoint()?;
        let file = bytes.as_deref().map(|bytes| trained::parse(&run, bytes)).transpose()?;
        let broken = run.failure();
        if let Some(file) = &file {
            dalenet_train::experiment(file).map_err(&broken)?;
        }
        let saved = file.as_ref().map(Saved::read).transpose();
        let saved = saved.map_err(|cause| broken(cause.into()))?.unwrap_or_default();
        let mut recorded = run.recorded()?;
        recorded.sources.data = saved.data.clone().or(recorded.sources.data);
        let known = Some((&recorded.sources, folder));
        let (data, mut sources) = source::of_experiment(&experiment, known, resources, observer)?;
        let mut trainer = trainer(resources.registry, &experiment, data)?;
        match (&file, &sources.from) {
            (Some(file), _) => trainer.restore(file).map_err(&broken)?,
            (None, Some(source)) => start_again(trainer.as_mut(), source, folder)?,
            (None, None) => {}
        }
        drop(broken);
        let changes = length::changes(&former, &experiment, trainer.reported_steps());
        let length_change = length::sentence(&changes, &experiment);
        if !changes.is_empty() {
            length::check(&run, trainer.as_ref())?;
            sources.length_changes.extend(changes);
            run.change_length(&experiment, recorded.version, &sources)?;
        }
        let ending = run.ending()?;
        Ok(Self {
            run,
            experiment,
            trainer,
            sources,
            saved,
            last_save: None,
            working,
            length_change,
            ending,
        })
    }
}
