//! How far a study is, run by run.

use super::{
    attempt_file::{AttemptFile, State},
    claims::Claims,
    collect::Collector,
    disk::{Disk, list},
    layout::Layout,
    origin,
    owner::Owner,
};
use crate::{
    Error, Plan,
    failure::Failure,
    sweep::{Judged, Stage},
};
use serde::Serialize;
use std::{collections::BTreeSet, fs, path::Path};

/// How far one run of a study is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunStatus {
    /// Its name, and that of its folder once it is published.
    pub run: String,
    /// How far it is.
    #[serde(flatten)]
    pub state: RunState,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum RunState {
    /// It has its result.
    Done {
        /// Its test accuracy in percent, or mean return; of a sweep, what it is judged by, if it has that.
        score: Option<f64>,
    },
    /// It has none and cannot have one, or could not be trained by the last worker that tried.
    Failed {
        /// Why.
        reason: String,
    },
    /// A worker trains it, if its heartbeat goes on.
    Running(Progress),
    /// It was begun and saved, and waits for a worker to go on.
    Left(Progress),
    /// Nobody has begun it.
    Waiting,
}

/// Where an attempt is, and how far.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Progress {
    /// Which attempt at the run, from 1.
    pub attempt: u64,
    /// The worker's machine.
    pub host: String,
    /// The worker's process there.
    pub pid: u32,
    /// When it began, UTC.
    pub began: String,
    /// Steps that are made: of optimisation, or of all environments.
    pub step: u64,
    /// Steps of the whole training; 0 before the first.
    pub steps: u64,
    /// Seconds since the last heartbeat, by the clock of this machine: right within the clocks'
    /// difference, and used for nothing but this.
    pub silent_seconds: f64,
}

/// How far each run of a plan is, in the plan's order.
pub(crate) fn status(
    layout: &Layout,
    disk: &dyn Disk,
    plan: &Plan,
) -> Result<Vec<RunStatus>, Error> {
    let names = list(disk, layout.folder())?;
    let names: BTreeSet<_> = names.into_iter().collect();
    let claims = Claims::new(layout, disk);
    let (highest, here) = (claims.highest()?, Owner::here());
    let collector = Collector { layout, plan };
    let score = |stage: &Stage<'_>| match plan.sweep.is_some() {
        true => Ok(Judged::read(&layout.run(&stage.run())).map(|judged| judged.score)),
        false => collector.record(stage).map(|record| record.map(|record| Some(record.score()))),
    };
    let state = |stage: &Stage<'_>, run: &str| match score(stage) {
        Ok(Some(score)) => RunState::Done { score },
        Err(error) => RunState::Failed { reason: error.to_string() },
        Ok(None) => match (Failure::read(&layout.run(run)), highest.get(run)) {
            (Some(failure), _) => RunState::Failed { reason: failure.reason },
            (None, None) => RunState::Waiting,
            (None, Some(token)) => {
                let folder = origin::folder_of(&names, run, *token);
                let folder = folder.map(|name| layout.folder().join(name));
                let ended = claims.owner(run, *token).is_some_and(|who| here.sees_end_of(&who));
                folder.map_or(RunState::Waiting, |folder| of_attempt(&folder, ended))
            }
        },
    };
    let status = |stage: &Stage<'_>| {
        let run = stage.run();
        RunStatus { state: state(stage, &run), run }
    };
    Ok(collector.stages().iter().map(status).collect())
}

/// The state of a run by its last attempt.
fn of_attempt(folder: &Path, ended: bool) -> RunState {
    let Some(file) = AttemptFile::read(folder) else { return RunState::Waiting };
    let written = fs::metadata(folder.join("attempt.json")).and_then(|about| about.modified());
    let silent = written.ok().and_then(|written| written.elapsed().ok()).unwrap_or_default();
    let AttemptFile { token, host, pid, began, step, steps, state, .. } = file;
    let silent_seconds = silent.as_secs_f64();
    let progress = Progress { attempt: token, host, pid, began, step, steps, silent_seconds };
    match state {
        State::Failed(reason) => RunState::Failed { reason },
        State::Working if !ended => RunState::Running(progress),
        State::Working | State::Left => RunState::Left(progress),
    }
}
