//! A simulator and the episodes in its lanes.

use super::{Rules, rows::Rows};
use crate::{
    Actions, Autoreset, Restart, Seeds,
    simulator::{Simulator, Spec},
    state_words::{Reader, Writer},
};
use dalenet::{Generator, GeneratorState, SparseMatrix};

/// Environment `i` of a seed draws from stream `STREAMS + i`; networks draw from the first few.
fn stream(env: usize) -> u64 {
    (1 << 32) + env as u64
}

/// A simulator and what its episodes need besides.
pub(super) struct Group<S> {
    pub simulator: S,
    generators: Vec<Generator>,
    /// Lanes that start an episode in this step, with their generators before it.
    waiting: Vec<(usize, Generator)>,
    /// Index of the environment in the first lane.
    first: usize,
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

    /// All entries of the observation.
    pub fn write_dense(&self, out: &mut [f32]) {
        out.fill(0.0);
        for (column, value) in self.columns.iter().zip(&self.values) {
            out[*column as usize] = *value;
        }
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
    /// Lanes whose first episodes [`Group::reset`] starts.
    pub fn new(simulator: S, spec: &Spec, first: usize, lanes: usize, rules: Rules) -> Self {
        let row = if rules.dense { spec.observation_space.len() } else { 1 };
        let waiting = if rules.autoreset == Autoreset::NextStep { lanes } else { 0 };
        let generators = (first..first + lanes).map(|env| Generator::new(0, stream(env)));
        Self {
            simulator,
            generators: generators.collect(),
            waiting: Vec::with_capacity(waiting),
            first,
            steps: vec![0; lanes],
            failures: 0,
            fresh: vec![0.0; lanes * row],
            acting: Entries::with_capacity(spec.nonzero),
            led: Entries::with_capacity(spec.nonzero),
            unlocked: vec![false; lanes * spec.achievements.len()],
        }
    }

    /// The seed of the first lane.
    pub fn seed(&self) -> u64 {
        self.generators[0].state().seed
    }

    /// Starts an episode in every lane, its first if there is no mask, or in those of the mask.
    pub fn reset(
        &mut self,
        seeds: Seeds<'_>,
        mask: Option<&[bool]>,
        rules: Rules,
        mut rows: Rows<'_>,
    ) {
        let first = self.first;
        let is_asked = |lane: usize| mask.is_none_or(|mask| mask[first + lane]);
        for lane in (0..self.steps.len()).filter(|lane| is_asked(*lane)) {
            self.seed_lane(lane, seeds, rules.restart);
            self.simulator.start(lane, &mut self.generators[lane]);
            self.steps[lane] = if mask.is_none() { rules.first_step(first + lane) } else { 0 };
            rows.clear(lane);
            self.unlocked_mut(lane).fill(false);
        }
        if mask.is_none() {
            self.failures = 0;
        }
        let row = rows.next.len() / self.steps.len();
        self.observe_where(is_asked, rules.dense, rows.observations);
        for lane in (0..self.steps.len()).filter(|lane| is_asked(*lane)) {
            let at = lane * row..(lane + 1) * row;
            rows.next[at.clone()].copy_from_slice(&rows.observations[at]);
            self.led.clone_from(&self.acting);
        }
    }

    /// Gives a lane the generator that its next episodes draw from.
    fn seed_lane(&mut self, lane: usize, seeds: Seeds<'_>, restart: Restart) {
        let env = self.first + lane;
        let seeded = match seeds {
            Seeds::Continue => None,
            Seeds::One(seed) => Some(Generator::new(seed, stream(env))),
            Seeds::Each(seeds) => seeds[env].map(|seed| Generator::new(seed, stream(0))),
        };
        let generator = &mut self.generators[lane];
        match seeded {
            Some(seeded) => *generator = seeded,
            // Where every episode begins as the first one of its seed, a new one needs a new seed.
            None if restart == Restart::Same => {
                let [low, high] = [(); 2].map(|()| generator.below(1 << 32) as u64);
                *generator = Generator::new(low | high << 32, generator.state().stream);
            }
            None => {}
        }
    }

    /// One step of every lane. Under [`Autoreset::SameStep`] its result are `rows.observations`, else
    /// `rows.next`.
    pub fn step(&mut self, actions: Actions<'_>, rules: Rules, rows: &mut Rows<'_>) {
        self.wait(rules, rows);
        rows.rewards.fill(0.0);
        if self.waiting.len() < self.steps.len() {
            for _ in 0..rules.action_repeat {
                self.simulator.step(actions, &mut self.generators, rows.rewards, rows.terminated);
            }
        }
        self.start_waiting(rules, rows);
        if rules.dense {
            self.simulator.observe(rows.next);
        }
        self.led.observe(&self.simulator);
        self.acting.clone_from(&self.led);
        self.unlocked.fill(false);
        let mut any_over = false;
        for lane in 0..self.steps.len() {
            if self.waiting.iter().any(|(waiting, _)| *waiting == lane) {
                continue;
            }
            self.judge(lane, rules, rows);
            if rows.is_over(lane) {
                self.report_unlocked(lane);
                any_over = true;
            }
        }
        if rules.autoreset == Autoreset::SameStep {
            self.start_next(any_over, rules, rows);
        }
    }

    /// Remembers the lanes whose episodes are over, and their generators: what the physics draws in a
    /// step that does not count must not change the next episode.
    fn wait(&mut self, rules: Rules, rows: &Rows<'_>) {
        self.waiting.clear();
        if rules.autoreset == Autoreset::NextStep {
            let over = (0..self.steps.len()).filter(|lane| rows.is_over(*lane));
            self.waiting.extend(over.map(|lane| (lane, self.generators[lane].clone())));
        }
    }

    fn start_waiting(&mut self, rules: Rules, rows: &mut Rows<'_>) {
        for i in 0..self.waiting.len() {
            let (lane, generator) = &self.waiting[i];
            self.generators[*lane].clone_from(generator);
            rows.clear(*lane);
            self.restart(*lane, rules.restart);
        }
    }

    /// Starts the next episodes where they are over.
    fn start_next(&mut self, any_over: bool, rules: Rules, rows: &mut Rows<'_>) {
        rows.observations.copy_from_slice(rows.next);
        if any_over {
            for lane in (0..self.steps.len()).filter(|lane| rows.is_over(*lane)) {
                self.restart(lane, rules.restart);
            }
            let Rows { observations, terminated, truncated, .. } = rows;
            let is_over = |lane: usize| terminated[lane] || truncated[lane];
            self.observe_where(is_over, rules.dense, observations);
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

    fn unlocked_mut(&mut self, lane: usize) -> &mut [bool] {
        let len = self.unlocked.len() / self.steps.len();
        &mut self.unlocked[lane * len..][..len]
    }

    /// Starts the next episode of a lane.
    fn restart(&mut self, lane: usize, restart: Restart) {
        let generator = &mut self.generators[lane];
        if restart == Restart::Same {
            let GeneratorState { seed, stream, .. } = generator.state();
            *generator = Generator::new(seed, stream);
        }
        self.steps[lane] = 0;
        self.simulator.start(lane, generator);
    }

    /// Puts what is observed now into some rows.
    fn observe_where(
        &mut self,
        is_asked: impl Fn(usize) -> bool,
        dense: bool,
        observations: &mut [f32],
    ) {
        if (0..self.steps.len()).any(&is_asked) {
            self.acting.observe(&self.simulator);
        }
        if dense {
            self.simulator.observe(&mut self.fresh);
            let row = self.fresh.len() / self.steps.len();
            for lane in (0..self.steps.len()).filter(|lane| is_asked(*lane)) {
                let at = lane * row..(lane + 1) * row;
                observations[at.clone()].copy_from_slice(&self.fresh[at]);
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

    pub fn restore(&mut self, from: &mut Reader<'_>) {
        self.failures = 0;
        for lane in 0..self.steps.len() {
            self.generators[lane] = Generator::restore(&from.generator());
            self.steps[lane] = from.u32();
            self.simulator.restore(lane, from);
        }
    }
}
