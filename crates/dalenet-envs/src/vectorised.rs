//! Everything that vectorised environments have in common: episodes, resets, failures, threads,
//! saving. What differs is a [`Block`].

use crate::{
    Actions, Batch, Error, Options, Restart, Space, VectorEnv,
    brax::{Pose, Shape},
    words::{Reader, Writer},
};
use dalenet::Generator;
use rayon::prelude::*;

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

    fn name(&self) -> &'static str;
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
}

/// N environments as blocks that threads share.
pub(crate) struct Vectorised<B> {
    groups: Vec<Group<B>>,
    batch: Batch,
    observation_space: Space,
    action_space: Space,
    rules: Rules,
}

#[derive(Clone, Copy)]
struct Rules {
    episode_length: u32,
    action_repeat: u32,
    restart: Restart,
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
}

impl<B: Block> Vectorised<B> {
    pub fn new(count: usize, options: &Options, block: impl Fn() -> B) -> Self {
        let sample = block();
        let (observation_space, action_space) = (sample.observation_space(), sample.action_space());
        let row = observation_space.len();
        let group = |first: usize| {
            let lanes = B::LANES.min(count - first);
            Group {
                block: block(),
                generators: Vec::with_capacity(lanes),
                seed: 0,
                first: first as u64,
                steps: vec![0; lanes],
                failures: 0,
                fresh: vec![0.0; lanes * row],
            }
        };
        let batch = Batch {
            observations: vec![0.0; count * row],
            next: vec![0.0; count * row],
            rewards: vec![0.0; count],
            terminated: vec![false; count],
            truncated: vec![false; count],
            failed: vec![false; count],
        };
        let rules = Rules {
            episode_length: options.episode_length.unwrap_or(B::EPISODE),
            action_repeat: options.action_repeat,
            restart: options.restart,
        };
        let groups = (0..count).step_by(B::LANES).map(group).collect();
        let mut env = Self { groups, batch, observation_space, action_space, rules };
        env.reset(0);
        env
    }

    /// The groups with their rows of the batch.
    fn parts(&mut self) -> impl IndexedParallelIterator<Item = (&mut Group<B>, Rows<'_>)> {
        let row = B::LANES * self.observation_space.len();
        let Batch { observations, next, rewards, terminated, truncated, failed } = &mut self.batch;
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
        let Rules { episode_length, action_repeat, restart } = self.rules;
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
    fn reset(&mut self, seed: u64, rows: Rows<'_>) {
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
        self.block.observe(rows.observations);
        rows.next.copy_from_slice(rows.observations);
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
        self.block.observe(rows.next);
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
                self.restart(lane, rules.restart);
                any = true;
            }
        }
        rows.observations.copy_from_slice(rows.next);
        if any {
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
        self.parts().for_each(|(group, rows)| group.reset(seed, rows));
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
        let Batch { observations, next, rewards, terminated, truncated, failed } = &self.batch;
        for floats in [observations, next, rewards] {
            out.f32s(floats);
        }
        for flags in [terminated, truncated, failed] {
            out.0.extend(flags.iter().map(|&flag| u32::from(flag)));
        }
        out.0
    }

    fn restore(&mut self, words: &[u32]) -> Result<(), Error> {
        let header = self.header();
        if !words.starts_with(&header) || words.len() != self.save().len() {
            let Rules { episode_length, action_repeat, restart } = self.rules;
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
        let Batch { observations, next, rewards, terminated, truncated, failed } = &mut self.batch;
        for floats in [observations, next, rewards] {
            from.f32s(floats);
        }
        for flags in [terminated, truncated, failed] {
            flags.iter_mut().for_each(|flag| *flag = from.u32() != 0);
        }
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
}
