//! What all environments have in common: simulators become a [`VectorEnv`]. Episodes are in
//! `group.rs`, the batch in `rows.rs`, checkpoints in `saved.rs`.

mod group;
mod rows;
mod saved;

use crate::{
    Achievements, Actions, Batch, Error, Observe, Options, Restart, Space, VectorEnv, View,
    simulator::{Simulator, Spec},
};
use group::Group;
use rayon::prelude::*;
use rows::{Blank, Rows, empty};

/// N environments as groups of a few lanes that threads share.
pub(crate) struct Vectorised<S> {
    name: &'static str,
    spec: Spec,
    rules: Rules,
    groups: Vec<Group<S>>,
    batch: Batch,
    blank: Blank,
}

/// How episodes are run.
#[derive(Clone, Copy)]
struct Rules {
    episode_length: u32,
    action_repeat: u32,
    /// Number of environments, over which first episodes are staggered; 0 if they are not.
    stagger: u32,
    restart: Restart,
    /// Whether all numbers of observations are given.
    dense: bool,
}

impl Rules {
    /// The step at which the first episode of an environment is taken to begin.
    fn first_step(&self, env: u64) -> u32 {
        let step = u64::from(self.episode_length) * env;
        step.checked_div(u64::from(self.stagger)).unwrap_or(0) as u32
    }
}

impl<S: Simulator> Vectorised<S> {
    /// `count` environments, in as many simulators as that takes.
    ///
    /// # Errors
    /// If there is no such simulator.
    pub fn new(
        name: &'static str,
        count: usize,
        options: &Options,
        simulator: impl Fn() -> Result<S, Error>,
    ) -> Result<Self, Error> {
        let spec = simulator()?.spec();
        let rules = Rules {
            episode_length: options.episode_length.unwrap_or(spec.episode_length),
            action_repeat: options.action_repeat,
            stagger: if options.stagger { count as u32 } else { 0 },
            restart: options.restart,
            dense: options.observe == Observe::Dense || spec.nonzero == 0,
        };
        let group = |first: usize| {
            let lanes = S::LANES.min(count - first);
            Ok(Group::new(simulator()?, &spec, first, lanes, rules.dense))
        };
        let groups = (0..count).step_by(S::LANES).map(group).collect::<Result<_, Error>>()?;
        let batch = empty(&spec, count, rules.dense);
        let blank = Blank::new(if rules.dense { 0 } else { count });
        let mut env = Self { name, spec, rules, groups, batch, blank };
        env.reset(0);
        Ok(env)
    }

    /// Collects what groups keep in lists of their own.
    fn gather(&mut self) {
        let Batch { sparse, sparse_next, unlocked, .. } = &mut self.batch;
        if self.spec.nonzero > 0 {
            let columns = self.spec.observation_space.len();
            for rows in [&mut *sparse, &mut *sparse_next] {
                rows.clear(columns);
            }
            for group in &self.groups {
                group.acting.push_to(sparse);
                group.led.push_to(sparse_next);
            }
        }
        if !self.spec.achievements.is_empty() {
            let rows = unlocked.chunks_mut(S::LANES * self.spec.achievements.len());
            rows.zip(&self.groups).for_each(|(row, group)| row.copy_from_slice(&group.unlocked));
        }
    }
}

impl<S: Simulator> VectorEnv for Vectorised<S> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn backend(&self) -> &'static str {
        self.spec.backend
    }

    fn count(&self) -> usize {
        self.batch.rewards.len()
    }

    fn observation_space(&self) -> &Space {
        &self.spec.observation_space
    }

    fn action_space(&self) -> &Space {
        &self.spec.action_space
    }

    fn reset(&mut self, seed: u64) -> &Batch {
        let Self { spec, rules, groups, batch, blank, .. } = self;
        parts(spec, groups, batch, blank).for_each(|(group, rows)| group.reset(seed, *rules, rows));
        self.gather();
        &self.batch
    }

    fn step(&mut self, actions: Actions<'_>) -> Result<&Batch, Error> {
        actions.check(self.name, self.count(), &self.spec.action_space)?;
        let Self { spec, rules, groups, batch, blank, .. } = self;
        let width = spec.action_space.len();
        parts(spec, groups, batch, blank).enumerate().for_each(|(i, (group, rows))| {
            let lanes = i * S::LANES..i * S::LANES + rows.rewards.len();
            group.step(actions.rows(lanes, width), *rules, rows);
        });
        self.gather();
        Ok(&self.batch)
    }

    fn batch(&self) -> &Batch {
        &self.batch
    }

    fn failures(&self) -> u64 {
        self.groups.iter().map(|group| group.failures).sum()
    }

    fn save(&self) -> Vec<u32> {
        self.saved()
    }

    fn restore(&mut self, state: &[u32]) -> Result<(), Error> {
        self.restore_saved(state)?;
        self.gather();
        Ok(())
    }

    fn step_seconds(&self) -> Option<f64> {
        let repeats = f64::from(self.rules.action_repeat);
        self.spec.step_seconds.map(|seconds| repeats * seconds)
    }

    fn achievements(&self) -> Achievements {
        self.spec.achievements
    }

    fn view(&self, index: usize) -> View<'_> {
        match index < self.count() {
            true => self.groups[index / S::LANES].simulator.view(index % S::LANES),
            false => View::Nothing,
        }
    }
}

/// The groups, in parallel, each with its rows of the batch.
fn parts<'a, S: Simulator>(
    spec: &Spec,
    groups: &'a mut [Group<S>],
    batch: &'a mut Batch,
    blank: &'a mut Blank,
) -> impl IndexedParallelIterator<Item = (&'a mut Group<S>, Rows<'a>)> {
    let Batch { observations, next, rewards, terminated, truncated, failed, .. } = batch;
    let (width, observations, next) = match observations.is_empty() {
        false => (spec.observation_space.len(), observations, next),
        true => (1, &mut blank.observations, &mut blank.next),
    };
    let parts = (
        groups.par_iter_mut(),
        observations.par_chunks_mut(S::LANES * width),
        next.par_chunks_mut(S::LANES * width),
        rewards.par_chunks_mut(S::LANES),
        terminated.par_chunks_mut(S::LANES),
        truncated.par_chunks_mut(S::LANES),
        failed.par_chunks_mut(S::LANES),
    );
    parts.into_par_iter().with_min_len(spec.grain).map(
        |(group, observations, next, rewards, terminated, truncated, failed)| {
            (group, Rows { observations, next, rewards, terminated, truncated, failed })
        },
    )
}
