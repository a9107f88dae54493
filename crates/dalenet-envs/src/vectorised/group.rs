//! A simulator and the episodes in its lanes.

use super::{Rules, rows::Rows};
use crate::{
    Actions, Restart,
    simulator::{Simulator, Spec},
    state_words::{Reader, Writer},
};
use dalenet::{Generator, SparseMatrix};

/// Environment `i` of a seed draws from stream `STREAMS + i`; networks draw from the first few.
const STREAMS: u64 = 1 << 32;

/// A simulator and what its episodes need besides.
pub(super) struct Group<S> {
    pub simulator: S,
    generators: Vec<Generator>,
    pub seed: u64,
    /// Index of the environment in the first lane.
    first: u64,
    /// Steps in the current episode of each lane.
    steps: Vec<u32>,
    pub failures: u64,
    /// lanes×O: first observations of new episodes.
    fresh: Vec<f32>,
    /// The sparse observation to act on next.
    pub acting: Entries,
    /// The sparse observation that the action led to.
    pub led: Entries,
    /// lanes×K: see [`crate::Batch::unlocked`].
    pub unlocked: Vec<bool>,
}

/// The nonzero entries of one observation.
pub(super) struct Entries {
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Entries {
    fn with_capacity(n: usize) -> Self {
        Self { columns: Vec::with_capacity(n), values: Vec::with_capacity(n) }
    }

    fn observe(&mut self, simulator: &impl Simulator) {
        self.columns.clear();
        self.values.clear();
        simulator.observe_sparse(&mut self.columns, &mut self.values);
    }

    fn clone_from(&mut self, other: &Self) {
        self.columns.clone_from(&other.columns);
        self.values.clone_from(&other.values);
    }

    /// Appends them as a row.
    pub fn push_to(&self, rows: &mut SparseMatrix) {
        rows.push(&self.columns, &self.values);
    }

    /// Their number, columns and values, padded to `nonzero` entries: as many state words whatever
    /// is observed.
    pub fn save(&self, nonzero: usize, out: &mut Writer) {
        let end = out.0.len() + 1 + 2 * nonzero;
        out.0.push(self.columns.len() as u32);
        out.0.extend(&self.columns);
        out.f32s(&self.values);
        out.0.resize(end, 0);
    }

    pub fn restore(&mut self, nonzero: usize, from: &mut Reader<'_>) {
        let len = (from.u32() as usize).min(nonzero);
        let mut padded = Reader(from.take(2 * nonzero));
        self.columns.clear();
        self.columns.extend((0..len).map(|_| padded.u32()));
        self.values.clear();
        self.values.extend((0..len).map(|_| f32::from_bits(padded.u32())));
    }
}

impl<S: Simulator> Group<S> {
    pub fn new(simulator: S, spec: &Spec, first: usize, lanes: usize, dense: bool) -> Self {
        let row = if dense { spec.observation_space.len() } else { 1 };
        Self {
            simulator,
            generators: Vec::with_capacity(lanes),
            seed: 0,
            first: first as u64,
            steps: vec![0; lanes],
            failures: 0,
            fresh: vec![0.0; lanes * row],
            acting: Entries::with_capacity(spec.nonzero),
            led: Entries::with_capacity(spec.nonzero),
            unlocked: vec![false; lanes * spec.achievements.len()],
        }
    }

    /// Starts the first episodes.
    pub fn reset(&mut self, seed: u64, rules: Rules, rows: Rows<'_>) {
        let envs = self.first..self.first + self.steps.len() as u64;
        self.seed = seed;
        self.failures = 0;
        self.generators.clear();
        self.generators.extend(envs.clone().map(|env| Generator::new(seed, STREAMS + env)));
        self.steps.clear();
        self.steps.extend(envs.map(|env| rules.first_step(env)));
        for (lane, generator) in self.generators.iter_mut().enumerate() {
            self.simulator.start(lane, generator);
        }
        if rules.dense {
            self.simulator.observe(rows.observations);
        }
        rows.next.copy_from_slice(rows.observations);
        self.led.observe(&self.simulator);
        self.acting.clone_from(&self.led);
        self.unlocked.fill(false);
        rows.rewards.fill(0.0);
        for flags in [rows.terminated, rows.truncated, rows.failed] {
            flags.fill(false);
        }
    }

    /// One step of every lane; starts a new episode where one is over.
    pub fn step(&mut self, actions: Actions<'_>, rules: Rules, mut rows: Rows<'_>) {
        rows.rewards.fill(0.0);
        for _ in 0..rules.action_repeat {
            self.simulator.step(actions, &mut self.generators, rows.rewards, rows.terminated);
        }
        if rules.dense {
            self.simulator.observe(rows.next);
        }
        self.led.observe(&self.simulator);
        self.acting.clone_from(&self.led);
        self.unlocked.fill(false);
        let mut any_over = false;
        for lane in 0..self.steps.len() {
            self.judge(lane, rules, &mut rows);
            if rows.terminated[lane] || rows.truncated[lane] {
                self.report_unlocked(lane);
                self.restart(lane, rules.restart);
                any_over = true;
            }
        }
        rows.observations.copy_from_slice(rows.next);
        if any_over {
            self.observe_fresh(rules.dense, &mut rows);
        }
    }

    /// Whether a lane's step failed, and whether its episode is over.
    fn judge(&mut self, lane: usize, rules: Rules, rows: &mut Rows<'_>) {
        let row = rows.next.len() / self.steps.len();
        let at = lane * row..(lane + 1) * row;
        // NaN if a number is not finite.
        let sum: f32 = rows.next[at.clone()].iter().map(|x| x * 0.0).sum();
        let failed = !(sum + rows.rewards[lane] * 0.0 == 0.0);
        if failed {
            self.failures += 1;
            rows.rewards[lane] = 0.0;
            rows.terminated[lane] = false;
            rows.next[at.clone()].copy_from_slice(&rows.observations[at]);
        }
        self.steps[lane] = self.steps[lane].saturating_add(rules.action_repeat);
        let cut = self.steps[lane] >= rules.episode_length && !rows.terminated[lane];
        rows.failed[lane] = failed;
        rows.truncated[lane] = failed || cut;
    }

    fn report_unlocked(&mut self, lane: usize) {
        let unlocked = self.simulator.unlocked(lane);
        self.unlocked[lane * unlocked.len()..][..unlocked.len()].copy_from_slice(unlocked);
    }

    /// Starts the next episode of a lane.
    fn restart(&mut self, lane: usize, restart: Restart) {
        if restart == Restart::Same {
            let stream = STREAMS + self.first + lane as u64;
            self.generators[lane] = Generator::new(self.seed, stream);
        }
        self.steps[lane] = 0;
        self.simulator.start(lane, &mut self.generators[lane]);
    }

    /// Puts the first observations of new episodes in the place of the last ones of old.
    fn observe_fresh(&mut self, dense: bool, rows: &mut Rows<'_>) {
        self.acting.observe(&self.simulator);
        if dense {
            self.simulator.observe(&mut self.fresh);
            let row = self.fresh.len() / self.steps.len();
            for lane in 0..self.steps.len() {
                if rows.terminated[lane] || rows.truncated[lane] {
                    let at = lane * row..(lane + 1) * row;
                    rows.observations[at.clone()].copy_from_slice(&self.fresh[at]);
                }
            }
        }
    }

    /// One environment after the other: machines differ in how many lanes a group has.
    pub fn save(&self, out: &mut Writer) {
        for (lane, generator) in self.generators.iter().enumerate() {
            out.generator(&generator.state());
            out.0.push(self.steps[lane]);
            self.simulator.save(lane, out);
        }
    }

    pub fn restore(&mut self, seed: u64, from: &mut Reader<'_>) {
        self.seed = seed;
        self.failures = 0;
        for lane in 0..self.steps.len() {
            self.generators[lane] = Generator::restore(&from.generator());
            self.steps[lane] = from.u32();
            self.simulator.restore(lane, from);
        }
    }
}
