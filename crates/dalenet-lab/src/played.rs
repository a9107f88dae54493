//! The page of a run: an agent's episode, or what a classifier gets wrong.

use crate::{
    Error, Experiment, Resources, Run, files, mistakes,
    mistakes::PlayedSamples,
    shipped::shipped_agent,
    trained,
    watch::{self, PlayedEpisode},
};
use dalenet_data::Observer;
use dalenet_train::TrainedAgent;
use std::path::Path;

/// What a page shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Played {
    /// An episode of an agent.
    Episode(PlayedEpisode),
    /// Samples that a classifier was tried on.
    Samples(PlayedSamples),
}

/// Writes a page on the run at `path` to `out`, which needs no other file: an episode by its agent,
/// from the start that `seed` gives, or what its classifier gets wrong. Where no run is, `path` may be one
/// of [`shipped_agents`](crate::shipped_agents).
///
/// # Errors
/// If the run or its data cannot be used, there is nothing to see of its task, or the page cannot be
/// written.
pub fn play_run<'a>(
    path: &Path,
    seed: Option<u64>,
    out: &Path,
    resources: impl Into<Resources<'a>>,
    observer: &mut dyn Observer,
) -> Result<Played, Error> {
    if out.exists() {
        return Err(Error::Exists(out.into()));
    }
    let (played, page) = match Run::open(path) {
        Ok(run) => of_run(&run, seed, resources.into(), observer)?,
        Err(error @ Error::NotARun(_)) => match path.to_str().and_then(shipped_agent) {
            Some(agent) => episode(agent?, seed)?,
            None => return Err(error),
        },
        Err(error) => return Err(error),
    };
    files::write(out, page.as_bytes())?;
    Ok(played)
}

fn of_run(
    run: &Run,
    seed: Option<u64>,
    resources: Resources<'_>,
    observer: &mut dyn Observer,
) -> Result<(Played, String), Error> {
    match run.experiment()? {
        Experiment::Agent(_) => episode(trained::agent(resources, run)?, seed),
        Experiment::Classification(_) if seed.is_some() => Err(Error::Config(
            "a seed is for the episode of an agent, and this run is on a data set: leave it out"
                .into(),
        )),
        Experiment::Classification(_) => {
            let (samples, page) = mistakes::page(run, resources, observer)?;
            Ok((Played::Samples(samples), page))
        }
    }
}

fn episode(agent: TrainedAgent, seed: Option<u64>) -> Result<(Played, String), Error> {
    let (episode, page) = watch::episode(agent, seed.unwrap_or(0))?;
    Ok((Played::Episode(episode), page))
}
