//! Everything that vectorised environments have in common: episodes, resets, failures, threads,
//! saving. What differs is a [`Block`].

use crate::{
    Actions, Batch, Error, Observe, Options, Restart, Space, VectorEnv,
    brax::{Pose, Shape},
    craftax::CraftaxState,
    words::{Reader, Writer},
};
use dalenet::{Generator, SparseMatrix};
use rayon::prelude::*;
use std::convert::Infallible;

/// Environment `i` of a seed draws from stream `STREAMS + i`; networks draw from the first few.
const STREAMS: u64 = 1 << 32;

/// A few environments of one task that are stepped together, each in its lane. Slices have one
/// row for each of the first so many lanes; the rest of them are not used.
pub(crate) trait Block: Send {
    /// How many environments a block holds.
    const LANES: usize;
    /// Steps until an episode is cut.
    const EPISODE: u32;
    /// How many blocks are worth another thread's while.
    const SHARE: usize;
    /// The most numbers of an observation that are not 0, if it is given as sparse rows; 0 if it
    /// is not. A block that does so has one lane.
    const NONZERO: usize = 0;
    /// What can be unlocked.
    const ACHIEVEMENTS: &'static [&'static str] = &[];
    /// What all of that is worth.
    const ACHIEVABLE: Option<f64> = None;

    fn name(&self) -> &'static str;
    /// See [`VectorEnv::backend`].
    fn backend(&self) -> &'static str {
        "native"
    }
    fn observation_space(&self) -> Space;
    fn action_space(&self) -> Space;

    /// Starts an episode in one lane.
    fn start(&mut self, lane: usize, generator: &mut Generator);
    /// Adds to `rewards`; sets `terminated`.
    fn step(
        &mut self,
        actions: Actions<'_>,
        generators: &mut [Generator],
        rewards: &mut [f32],
        terminated: &mut [bool],
    );
    /// Writes lanes×O numbers.
    fn observe(&mut self, out: &mut [f32]);
    /// Adds the numbers of an observation that are not 0, if [`Self::NONZERO`].
    fn observe_sparse(&self, _columns: &mut Vec<u32>, _values: &mut Vec<f32>) {}
    /// Which of the achievements a lane has unlocked in its episode.
    fn unlocked(&self, _lane: usize) -> &[bool] {
        &[]
    }

    fn save(&self, lane: usize, out: &mut Writer);
    fn restore(&mut self, lane: usize, from: &mut Reader<'_>);

    /// See [`VectorEnv::step_seconds`], for an action that is not repeated.
    fn step_seconds(&self) -> Option<f64> {
        None
    }
    fn shapes(&self) -> &[Shape] {
        &[]
    }
    fn poses(&self, _lane: usize) -> Vec<Pose> {
        Vec::new()
    }
    fn craftax(&self) -> Option<CraftaxState<'_>> {
        None
    }
}

/// N environments as blocks that threads share.
pub(crate) struct Vectorised<B> {
    groups: Vec<Group<B>>,
    batch: Batch,
    /// A number for each row of observations, where only sparse ones are given.
    blank: [Vec<f32>; 2],
    observation_space: Space,
    action_space: Space,
    rules: Rules,
}

#[derive(Clone, Copy)]
struct Rules {
    episode_length: u32,
    action_repeat: u32,
    restart: Restart,
    /// Whether all numbers of observations are given.
    dense: bool,
}

/// A block and what its episodes need besides.
struct Group<B> {
    block: B,
    generators: Vec<Generator>,
    seed: u64,
    /// Which environment the first lane is.
    first: u64,
    steps: Vec<u32>,
    failures: u64,
    /// lanes×O: first observations of new episodes.
    fresh: Vec<f32>,
    /// The sparse observations: what to act on next, and what the action led to.
    sparse: [Entries; 2],
    /// lanes×K: see [`Batch::unlocked`].
    unlocked: Vec<bool>,
}

/// The numbers of an observation that are not 0.
struct Entries {
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Entries {
    fn with_capacity(n: usize) -> Self {
        Self { columns: Vec::with_capacity(n), values: Vec::with_capacity(n) }
    }

    fn observe(&mut self, block: &impl Block) {
        self.columns.clear();
        self.values.clear();
        block.observe_sparse(&mut self.columns, &mut self.values);
    }
}

impl<B: Block> Vectorised<B> {
    pub fn new(count: usize, options: &Options, block: impl Fn() -> B) -> Self {
        let Ok(env) = Self::try_new(count, options, || Ok::<_, Infallible>(block()));
        env
    }

    /// With blocks that may be impossible to make.
    pub fn try_new<E>(
        count: usize,
        options: &Options,
        block: impl Fn() -> Result<B, E>,
    ) -> Result<Self, E> {
        let sample = block()?;
        let (observation_space, action_space) = (sample.observation_space(), sample.action_space());
        let dense = options.observe == Observe::Dense || B::NONZERO == 0;
        let row = if dense { observation_space.len() } else { 0 };
        let group = |first: usize| {
            let lanes = B::LANES.min(count - first);
            Ok(Group {
                block: block()?,
                generators: Vec::with_capacity(lanes),
                seed: 0,
                first: first as u64,
                steps: vec![0; lanes],
                failures: 0,
                fresh: vec![0.0; lanes * row.max(1)],
                sparse: [(); 2].map(|()| Entries::with_capacity(B::NONZERO)),
                unlocked: vec![false; lanes * B::ACHIEVEMENTS.len()],
            })
        };
        let sparse_rows = || {
            let mut rows = SparseMatrix::new(observation_space.len());
            rows.reserve(count, count * B::NONZERO);
            rows
        };
        let batch = Batch {
            observations: vec![0.0; count * row],
            next: vec![0.0; count * row],
            rewards: vec![0.0; count],
            terminated: vec![false; count],
            truncated: vec![false; count],
            failed: vec![false; count],
            sparse: sparse_rows(),
            sparse_next: sparse_rows(),
            unlocked: vec![false; count * B::ACHIEVEMENTS.len()],
        };
        let rules = Rules {
            episode_length: options.episode_length.unwrap_or(B::EPISODE),
            action_repeat: options.action_repeat,
            restart: options.restart,
            dense,
        };
        let blank = [(); 2].map(|()| vec![0.0; if dense { 0 } else { count }]);
        let groups = (0..count).step_by(B::LANES).map(group).collect::<Result<_, E>>()?;
        let mut env = Self { groups, batch, blank, observation_space, action_space, rules };
        env.reset(0);
        Ok(env)
    }

    /// The groups with their rows of the batch.
    fn parts(&mut self) -> impl IndexedParallelIterator<Item = (&mut Group<B>, Rows<'_>)> {
        let Batch { observations, next, rewards, terminated, truncated, failed, .. } =
            &mut self.batch;
        let (row, observations, next) = match (self.rules.dense, &mut self.blank) {
            (true, _) => (B::LANES * self.observation_space.len(), observations, next),
            (false, [observations, next]) => (B::LANES, observations, next),
        };
        let parts = (
            self.groups.par_iter_mut(),
            observations.par_chunks_mut(row),
            next.par_chunks_mut(row),
            rewards.par_chunks_mut(B::LANES),
            terminated.par_chunks_mut(B::LANES),
            truncated.par_chunks_mut(B::LANES),
            failed.par_chunks_mut(B::LANES),
        );
        parts.into_par_iter().with_min_len(B::SHARE).map(
            |(group, observations, next, rewards, terminated, truncated, failed)| {
                (group, Rows { observations, next, rewards, terminated, truncated, failed })
            },
        )
    }

    /// Brings together what groups keep in lists of their own.
    fn gather(&mut self) {
        let Batch { sparse, sparse_next, unlocked, .. } = &mut self.batch;
        if B::NONZERO > 0 {
            for (i, rows) in [sparse, sparse_next].into_iter().enumerate() {
                rows.clear(self.observation_space.len());
                for Group { sparse, .. } in &self.groups {
                    rows.push(&sparse[i].columns, &sparse[i].values);
                }
            }
        }
        if !B::ACHIEVEMENTS.is_empty() {
            let rows = unlocked.chunks_mut(B::LANES * B::ACHIEVEMENTS.len());
            rows.zip(&self.groups).for_each(|(row, group)| row.copy_from_slice(&group.unlocked));
        }
    }

    fn check(&self, actions: Actions<'_>) -> Result<(), Error> {
        let (name, count) = (self.name(), self.count());
        let wanted = count * self.action_space.len();
        let found = match actions {
            Actions::Continuous(x) => x.len(),
            Actions::Discrete(x) => x.len(),
        };
        let bad = match (actions, &self.action_space) {
            (Actions::Continuous(x), Space::Continuous { low, .. }) => {
                x.iter().position(|x| !x.is_finite()).map(|i| (i / low.len(), x[i].to_string()))
            }
            (Actions::Discrete(x), Space::Discrete { n }) => {
                x.iter().position(|&x| x as usize >= *n).map(|i| (i, x[i].to_string()))
            }
            (_, Space::Continuous { .. }) => {
                return Err(Error::ActionKind { env: name, wanted: "continuous" });
            }
            (_, Space::Discrete { .. }) => {
                return Err(Error::ActionKind { env: name, wanted: "discrete" });
            }
        };
        match bad {
            _ if found != wanted => Err(Error::ActionCount { found, wanted }),
            Some((index, value)) => Err(Error::Action { index, value }),
            None => Ok(()),
        }
    }

    /// What the saved words of this environment begin with.
    fn header(&self) -> Vec<u32> {
        let Rules { episode_length, action_repeat, restart, .. } = self.rules;
        let name = self.name().bytes().fold(2_166_136_261u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(16_777_619) // FNV-1a
        });
        let same = u32::from(restart == Restart::Same);
        vec![name, self.count() as u32, episode_length, action_repeat, same]
    }
}

/// A group's rows of the batch.
struct Rows<'a> {
    observations: &'a mut [f32],
    next: &'a mut [f32],
    rewards: &'a mut [f32],
    terminated: &'a mut [bool],
    truncated: &'a mut [bool],
    failed: &'a mut [bool],
}

impl<B: Block> Group<B> {
    /// First episodes for all.
    fn reset(&mut self, seed: u64, dense: bool, rows: Rows<'_>) {
        let lanes = self.steps.len();
        let streams = (0..lanes as u64).map(|lane| STREAMS + self.first + lane);
        self.seed = seed;
        self.failures = 0;
        self.generators.clear();
        self.generators.extend(streams.map(|stream| Generator::new(seed, stream)));
        self.steps.fill(0);
        for (lane, generator) in self.generators.iter_mut().enumerate() {
            self.block.start(lane, generator);
        }
        if dense {
            self.block.observe(rows.observations);
        }
        rows.next.copy_from_slice(rows.observations);
        self.sparse.iter_mut().for_each(|entries| entries.observe(&self.block));
        self.unlocked.fill(false);
        rows.rewards.fill(0.0);
        for flags in [rows.terminated, rows.truncated, rows.failed] {
            flags.fill(false);
        }
    }

    fn step(&mut self, actions: Actions<'_>, rules: Rules, rows: Rows<'_>) {
        rows.rewards.fill(0.0);
        for _ in 0..rules.action_repeat {
            self.block.step(actions, &mut self.generators, rows.rewards, rows.terminated);
        }
        if rules.dense {
            self.block.observe(rows.next);
        }
        let [acting, led] = &mut self.sparse;
        led.observe(&self.block);
        acting.columns.clone_from(&led.columns);
        acting.values.clone_from(&led.values);
        self.unlocked.fill(false);
        let row = rows.next.len() / self.steps.len();
        let mut any = false;
        for lane in 0..self.steps.len() {
            let at = lane * row..(lane + 1) * row;
            let sum: f32 = rows.next[at.clone()].iter().map(|x| x * 0.0).sum();
            let failed = !(sum + rows.rewards[lane] * 0.0 == 0.0);
            if failed {
                self.failures += 1;
                rows.rewards[lane] = 0.0;
                rows.terminated[lane] = false;
                rows.next[at.clone()].copy_from_slice(&rows.observations[at.clone()]);
            }
            self.steps[lane] = self.steps[lane].saturating_add(rules.action_repeat);
            let cut = self.steps[lane] >= rules.episode_length && !rows.terminated[lane];
            rows.failed[lane] = failed;
            rows.truncated[lane] = failed || cut;
            if rows.terminated[lane] || rows.truncated[lane] {
                let achievements = lane * B::ACHIEVEMENTS.len()..;
                let unlocked = self.block.unlocked(lane);
                self.unlocked[achievements][..unlocked.len()].copy_from_slice(unlocked);
                self.restart(lane, rules.restart);
                any = true;
            }
        }
        rows.observations.copy_from_slice(rows.next);
        if any {
            self.sparse[0].observe(&self.block);
        }
        if any && rules.dense {
            self.block.observe(&mut self.fresh);
            for lane in 0..self.steps.len() {
                if rows.terminated[lane] || rows.truncated[lane] {
                    let at = lane * row..(lane + 1) * row;
                    rows.observations[at.clone()].copy_from_slice(&self.fresh[at]);
                }
            }
        }
    }

    fn restart(&mut self, lane: usize, restart: Restart) {
        if restart == Restart::Same {
            let stream = STREAMS + self.first + lane as u64;
            self.generators[lane] = Generator::new(self.seed, stream);
        }
        self.steps[lane] = 0;
        self.block.start(lane, &mut self.generators[lane]);
    }

    fn save(&self, out: &mut Writer) {
        for (lane, generator) in self.generators.iter().enumerate() {
            out.generator(&generator.state());
            out.0.push(self.steps[lane]);
            self.block.save(lane, out);
        }
    }

    fn restore(&mut self, seed: u64, from: &mut Reader<'_>) {
        self.seed = seed;
        self.failures = 0;
        for lane in 0..self.steps.len() {
            self.generators[lane] = Generator::restore(&from.generator());
            self.steps[lane] = from.u32();
            self.block.restore(lane, from);
        }
    }
}

impl<B: Block> VectorEnv for Vectorised<B> {
    fn name(&self) -> &'static str {
        self.groups[0].block.name()
    }

    fn backend(&self) -> &'static str {
        self.groups[0].block.backend()
    }

    fn count(&self) -> usize {
        self.batch.rewards.len()
    }

    fn observation_space(&self) -> &Space {
        &self.observation_space
    }

    fn action_space(&self) -> &Space {
        &self.action_space
    }

    fn reset(&mut self, seed: u64) -> &Batch {
        let dense = self.rules.dense;
        self.parts().for_each(|(group, rows)| group.reset(seed, dense, rows));
        self.gather();
        &self.batch
    }

    fn step(&mut self, actions: Actions<'_>) -> Result<&Batch, Error> {
        self.check(actions)?;
        let (rules, row) = (self.rules, self.action_space.len());
        self.parts().enumerate().for_each(|(i, (group, rows))| {
            let lanes = i * B::LANES..i * B::LANES + rows.rewards.len();
            let actions = match actions {
                Actions::Continuous(x) => {
                    Actions::Continuous(&x[lanes.start * row..lanes.end * row])
                }
                Actions::Discrete(x) => Actions::Discrete(&x[lanes]),
            };
            group.step(actions, rules, rows);
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
        let mut out = Writer(self.header());
        out.u64(self.groups[0].seed);
        out.u64(self.failures());
        // One environment after the other: machines differ in how many go into a group.
        self.groups.iter().for_each(|group| group.save(&mut out));
        let Batch { observations, next, rewards, terminated, truncated, failed, .. } = &self.batch;
        for floats in [observations, next, rewards] {
            out.f32s(floats);
        }
        for flags in [terminated, truncated, failed, &self.batch.unlocked] {
            out.0.extend(flags.iter().map(|&flag| u32::from(flag)));
        }
        // Padded, so that as many words are saved whatever is observed.
        for Entries { columns, values } in self.groups.iter().flat_map(|group| &group.sparse) {
            let end = out.0.len() + 2 * B::NONZERO;
            if B::NONZERO > 0 {
                out.0.push(columns.len() as u32);
                out.0.extend(columns);
                out.f32s(values);
                out.0.resize(end + 1, 0);
            }
        }
        out.0
    }

    fn restore(&mut self, words: &[u32]) -> Result<(), Error> {
        let header = self.header();
        if !words.starts_with(&header) || words.len() != self.save().len() {
            let Rules { episode_length, action_repeat, restart, .. } = self.rules;
            let wanted = format!(
                "{} × `{}` with episodes of {episode_length}, actions × {action_repeat}, {restart:?}",
                self.count(),
                self.name(),
            );
            return Err(Error::Saved { wanted });
        }
        let mut from = Reader(&words[header.len()..]);
        let (seed, failures) = (from.u64(), from.u64());
        self.groups.iter_mut().for_each(|group| group.restore(seed, &mut from));
        self.groups[0].failures = failures;
        let Batch { observations, next, rewards, terminated, truncated, failed, unlocked, .. } =
            &mut self.batch;
        for floats in [observations, next, rewards] {
            from.f32s(floats);
        }
        for flags in [terminated, truncated, failed, unlocked] {
            flags.iter_mut().for_each(|flag| *flag = from.u32() != 0);
        }
        let unlocked = self.batch.unlocked.chunks(B::LANES * B::ACHIEVEMENTS.len().max(1));
        for (group, unlocked) in self.groups.iter_mut().zip(unlocked) {
            group.unlocked.copy_from_slice(unlocked);
        }
        for entries in self.groups.iter_mut().flat_map(|group| &mut group.sparse) {
            if B::NONZERO > 0 {
                let len = (from.u32() as usize).min(B::NONZERO);
                let mut padded = Reader(from.take(2 * B::NONZERO));
                entries.columns.clear();
                entries.columns.extend((0..len).map(|_| padded.u32()));
                entries.values.clear();
                entries.values.extend((0..len).map(|_| f32::from_bits(padded.u32())));
            }
        }
        self.gather();
        Ok(())
    }

    fn step_seconds(&self) -> Option<f64> {
        let repeats = f64::from(self.rules.action_repeat);
        self.groups[0].block.step_seconds().map(|seconds| repeats * seconds)
    }

    fn shapes(&self) -> &[Shape] {
        self.groups[0].block.shapes()
    }

    fn poses(&self, index: usize) -> Vec<Pose> {
        match index < self.count() {
            true => self.groups[index / B::LANES].block.poses(index % B::LANES),
            false => Vec::new(),
        }
    }

    fn achievements(&self) -> &'static [&'static str] {
        B::ACHIEVEMENTS
    }

    fn achievable(&self) -> Option<f64> {
        B::ACHIEVABLE
    }

    fn craftax(&self, index: usize) -> Option<CraftaxState<'_>> {
        self.groups.get(index / B::LANES)?.block.craftax()
    }
}
