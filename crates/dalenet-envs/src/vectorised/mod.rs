//! What all environments have in common: simulators become a [`VectorEnv`]. Episodes are in
//! `group.rs`, the batch in `rows.rs`, checkpoints in `saved.rs`.

mod group;
mod rows;
mod saved;
mod threads;

use crate::{
    Achievements, Actions, Autoreset, Batch, Error, Observe, Options, Restart, Seeds, Space,
    VectorEnv, View,
    simulator::{Simulator, Spec},
};
use group::Group;
use rayon::ThreadPool;
use rows::{Blank, Rows, empty};
use std::mem::swap;
use threads::Threads;

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
    autoreset: Autoreset,
    /// Whether all numbers of observations are given.
    dense: bool,
}

impl Rules {
    /// The step at which the first episode of an environment is taken to begin.
    fn first_step(&self, env: usize) -> u32 {
        let step = u64::from(self.episode_length) * env as u64;
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
            autoreset: options.autoreset,
            dense: options.observe == Observe::Dense || spec.nonzero == 0,
        };
        let group = |first: usize| {
            let lanes = S::LANES.min(count - first);
            Ok(Group::new(simulator()?, &spec, first, lanes, rules))
        };
        let groups = (0..count).step_by(S::LANES).map(group).collect::<Result<_, Error>>()?;
        let same_step = rules.autoreset == Autoreset::SameStep;
        let batch = empty(&spec, count, rules.dense, same_step);
        let blank = Blank::new(&spec, count, rules.dense, same_step);
        let mut env = Self { name, spec, rules, groups, batch, blank };
        env.reset(0);
        Ok(env)
    }

    /// Starts episodes: see [`VectorEnv::reset_with`].
    fn start(&mut self, seeds: Seeds<'_>, mask: Option<&[bool]>) -> &Batch {
        let rules = self.rules;
        self.each_group(Threads::Current, None, |_, group, rows| {
            group.reset(seeds, mask, rules, rows);
        });
        self.gather();
        &self.batch
    }

    /// One step, whose observations are written to `out` too: see [`VectorEnv::step_into`].
    fn advance(
        &mut self,
        threads: Threads<'_>,
        actions: Actions<'_>,
        out: Option<&mut [f32]>,
    ) -> Result<&Batch, Error> {
        let wanted = self.count() * self.spec.observation_space.len();
        if let Some(found) = out.as_ref().map(|out| out.len())
            && found != wanted
        {
            return Err(Error::Entries { argument: "out", found, wanted });
        }
        actions.check(self.name, self.count(), &self.spec.action_space)?;
        self.check_started()?;
        let rules = self.rules;
        let same_step = rules.autoreset == Autoreset::SameStep;
        let width = self.spec.action_space.len();
        self.each_group(threads, out, |first, group, mut rows| {
            let lanes = first..first + rows.rewards.len();
            group.step(actions.rows(lanes, width), rules, &mut rows);
            let Rows { observations, next, out, .. } = rows;
            match out {
                None => {}
                Some(out) if rules.dense => {
                    out.copy_from_slice(if same_step { observations } else { next });
                }
                Some(out) => group.acting.write_dense(out),
            }
        });
        if rules.dense && !same_step {
            swap(&mut self.batch.observations, &mut self.blank.next);
        }
        self.gather();
        Ok(&self.batch)
    }

    /// Calls `work(index of the first environment, group, its rows)` for each group.
    fn each_group(
        &mut self,
        threads: Threads<'_>,
        out: Option<&mut [f32]>,
        work: impl Fn(usize, &mut Group<S>, Rows<'_>) + Sync,
    ) {
        let groups = self.groups.len();
        // A thread takes several groups at once where one is little work.
        let some = if self.is_parallel() { self.spec.grain } else { groups };
        let rows = Rows::of(&mut self.batch, &mut self.blank, out);
        let parts = self.groups.chunks_mut(some).zip(rows.chunks(some * S::LANES));
        let parts = parts.enumerate();
        threads.for_each(groups.div_ceil(some), parts, |(i, (groups, rows))| {
            let rows = rows.chunks(S::LANES).enumerate();
            for (group, (j, rows)) in groups.iter_mut().zip(rows) {
                work((i * some + j) * S::LANES, group, rows);
            }
        });
    }

    /// Whether every environment may be stepped.
    fn check_started(&self) -> Result<(), Error> {
        if self.rules.autoreset != Autoreset::Disabled {
            return Ok(());
        }
        let Batch { terminated, truncated, .. } = &self.batch;
        match terminated.iter().zip(truncated).position(|(a, b)| *a || *b) {
            Some(index) => Err(Error::Over { index }),
            None => Ok(()),
        }
    }

    /// Collects what groups keep in lists of their own.
    fn gather(&mut self) {
        let Batch { sparse, sparse_next, unlocked, .. } = &mut self.batch;
        if self.spec.nonzero > 0 {
            let columns = self.spec.observation_space.len();
            sparse.clear(columns);
            self.groups.iter().for_each(|group| group.acting.push_to(sparse));
            if self.rules.autoreset == Autoreset::SameStep {
                sparse_next.clear(columns);
                self.groups.iter().for_each(|group| group.led.push_to(sparse_next));
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
        self.start(Seeds::One(seed), None)
    }

    fn reset_with(&mut self, seeds: Seeds<'_>, mask: Option<&[bool]>) -> Result<&Batch, Error> {
        let wanted = self.count();
        let check = |argument, found| match found == wanted {
            true => Ok(()),
            false => Err(Error::Entries { argument, found, wanted }),
        };
        check("mask", mask.map_or(wanted, <[bool]>::len))?;
        check("seeds", if let Seeds::Each(seeds) = seeds { seeds.len() } else { wanted })?;
        Ok(self.start(seeds, mask))
    }

    fn step(&mut self, actions: Actions<'_>) -> Result<&Batch, Error> {
        self.advance(Threads::Current, actions, None)
    }

    fn step_into(&mut self, actions: Actions<'_>, out: &mut [f32]) -> Result<&Batch, Error> {
        self.advance(Threads::Current, actions, Some(out))
    }

    fn step_beside(
        &mut self,
        helpers: &ThreadPool,
        actions: Actions<'_>,
        out: Option<&mut [f32]>,
    ) -> Result<&Batch, Error> {
        self.advance(Threads::Beside(helpers), actions, out)
    }

    fn autoreset(&self) -> Autoreset {
        self.rules.autoreset
    }

    fn is_parallel(&self) -> bool {
        self.groups.len() >= 2 * self.spec.grain
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
