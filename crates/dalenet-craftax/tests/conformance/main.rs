//! Oracle: craftax 1.6.1 itself under jax 0.10.2. `scripts/craftax_fixtures.py` wrote hashes of
//! its worlds and of every step of its episodes; here they must come out of the library.
//!
//! `DALENET_FIXTURES=folder` takes the fixtures from elsewhere, written with other keys.

mod fixtures;
mod games;

use dalenet_craftax::{Key, Outcome, classic, full};
use fixtures::{Hasher, others, read, take, take_actions};
use games::{Game, Situation, fresh};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Hashes states, observations, rewards and ends.
struct Recorder {
    hasher: Hasher,
    words: Vec<u32>,
    observation: Vec<f32>,
}

impl Recorder {
    fn new<G: Game>() -> Self {
        let observation = vec![0.0; G::OBSERVATION];
        Self { hasher: Hasher::new(), words: Vec::new(), observation }
    }

    fn step<G: Game>(&mut self, state: &mut G, outcome: Outcome) -> [u32; 2] {
        self.words.clear();
        state.save(&mut self.words);
        state.observe(&mut self.observation);
        self.words.extend(self.observation.iter().map(|x| x.to_bits()));
        self.words.extend([outcome.reward.to_bits(), outcome.over.into()]);
        self.hasher.hash(&self.words)
    }
}

fn worlds_are_craftaxs<G: Game>() {
    let name = format!("{}_worlds.bin", G::NAME);
    let Some(words) = read(&name) else { return };
    let (hasher, mut observation) = (Hasher::new(), vec![0.0; G::OBSERVATION]);
    let (mut rest, mut count, mut wrong) = (&words[..], 0, Vec::new());
    while !rest.is_empty() {
        let world = take(&name, &mut rest, 5);
        let (mut state, mut saved) = (G::new(Key::new(world[0])), Vec::new());
        state.save(&mut saved);
        state.observe(&mut observation);
        let seen: Vec<u32> = observation.iter().map(|x| x.to_bits()).collect();
        if [hasher.hash(&saved), hasher.hash(&seen)].as_flattened() != &world[1..] {
            wrong.push(world[0]);
        }
        count += 1;
    }
    println!("{}: {} of {count} worlds are the same", G::NAME, count - wrong.len());
    assert!(wrong.is_empty(), "worlds of seeds {wrong:?} differ");
    assert!(others().is_some() || count >= 1000);
}

/// What was met on the way.
#[derive(Default)]
struct Met {
    steps: usize,
    episodes: usize,
    /// Achievements.
    unlocked: BTreeSet<usize>,
    /// Steps on each floor.
    floors: [usize; 9],
    /// Ends by the limit of time.
    timeouts: usize,
    /// Steps at an edge of the map.
    edges: usize,
    /// Steps that a sleeper, and that somebody at night, took.
    asleep: usize,
    at_night: usize,
    /// (seed, step) that differ first.
    wrong: Vec<(u32, usize)>,
}

impl Met {
    fn add<G: Game>(&mut self, state: &G, outcome: Outcome) {
        let Situation { level, at_edge, asleep, light, time } = state.situation();
        self.steps += 1;
        self.floors[level] += 1;
        self.edges += usize::from(at_edge);
        self.asleep += usize::from(asleep);
        self.at_night += usize::from(light < 0.5);
        self.episodes += usize::from(outcome.over);
        self.timeouts += usize::from(outcome.over && time >= G::EPISODE);
    }

    fn merged(mut self, other: Self) -> Self {
        self.steps += other.steps;
        self.episodes += other.episodes;
        self.unlocked.extend(other.unlocked);
        self.floors.iter_mut().zip(other.floors).for_each(|(steps, more)| *steps += more);
        self.timeouts += other.timeouts;
        self.edges += other.edges;
        self.asleep += other.asleep;
        self.at_night += other.at_night;
        self.wrong.extend(other.wrong);
        self
    }

    fn unlock(&mut self, before: &[bool], after: &[bool]) {
        let new = (0..after.len()).filter(|&i| after[i] && !before[i]);
        self.unlocked.extend(new);
    }

    /// Says what was met. It must be Craftax's own, and leave nothing out if it is the committed one.
    fn report<G: Game>(&self, what: &str) {
        let Self { steps, episodes, floors, timeouts, edges, asleep, at_night, .. } = self;
        println!(
            "{}: {steps} steps {what}, {episodes} ends, {timeouts} of them by the time limit; \
             {edges} steps at edges, {asleep} asleep, {at_night} at night; by floor {:?}",
            G::NAME,
            &floors[..G::FLOORS]
        );
        println!("{}: achievements {:?}", G::NAME, self.unlocked);
        assert!(self.wrong.is_empty(), "(seed, step) that differ first: {:?}", self.wrong);
        if others().is_none() {
            assert!(floors[..G::FLOORS].iter().all(|&steps| steps > 100));
            assert!(*asleep > 100 && *at_night > 100);
        }
    }
}

/// Actions from a key on, and the hashes of every step.
struct Life<'a> {
    seed: u32,
    actions: Vec<u32>,
    hashes: &'a [u32],
}

impl Life<'_> {
    fn replay<G: Game>(&self, recorder: &mut Recorder, met: &mut Met) {
        let base = Key::new(self.seed);
        let mut state: G = fresh(base);
        for (i, (&action, want)) in self.actions.iter().zip(self.hashes.chunks_exact(2)).enumerate()
        {
            let (key, again) = base.child(i as u32 + 1).split();
            let before = state.achievements();
            let outcome = state.step(key, action);
            met.add(&state, outcome);
            met.unlock(&before, &state.achievements());
            if recorder.step(&mut state, outcome) != want {
                met.wrong.push((self.seed, i));
                break;
            }
            if outcome.over {
                state = fresh(again);
            }
        }
    }
}

fn lives_are_craftaxs<G: Game>() {
    let name = format!("{}_lives.bin", G::NAME);
    let Some(words) = read(&name) else { return };
    let (mut rest, mut lives) = (&words[..], Vec::new());
    while !rest.is_empty() {
        let &[seed, length] = take(&name, &mut rest, 2) else { unreachable!() };
        let actions = take_actions(&name, &mut rest, length);
        lives.push(Life { seed, actions, hashes: take(&name, &mut rest, 2 * length) });
    }
    let next = AtomicUsize::new(0);
    let replay_some = || {
        let (mut recorder, mut met) = (Recorder::new::<G>(), Met::default());
        while let Some(life) = lives.get(next.fetch_add(1, Ordering::Relaxed)) {
            life.replay::<G>(&mut recorder, &mut met);
        }
        met
    };
    let met = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(replay_some)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).reduce(Met::merged).unwrap()
    });
    met.report::<G>(&format!("of {} keys", lives.len()));
    assert!(others().is_some() || met.steps >= 100_000 && lives.len() >= 20);
}

fn injected_states_go_on_as_craftaxs<G: Game>() {
    let name = format!("{}_states.bin", G::NAME);
    let Some(words) = read(&name) else { return };
    let (mut rest, mut recorder) = (&words[..], Recorder::new::<G>());
    let (mut cases, mut met) = (0, Met::default());
    while !rest.is_empty() {
        let &[seed, size, length] = take(&name, &mut rest, 3) else { unreachable!() };
        let saved = take(&name, &mut rest, size);
        let actions = take_actions(&name, &mut rest, length);
        let hashes = take(&name, &mut rest, 2 * length);
        let base = Key::new(seed);
        let mut state: G = fresh(base);
        state.restore(saved);
        for (i, (&action, want)) in actions.iter().zip(hashes.chunks_exact(2)).enumerate() {
            let before = state.achievements();
            let outcome = state.step(base.child(i as u32 + 1), action);
            met.add(&state, outcome);
            met.unlock(&before, &state.achievements());
            if recorder.step(&mut state, outcome) != want {
                met.wrong.push((seed, i));
                break;
            }
        }
        cases += 1;
    }
    met.report::<G>(&format!("from {cases} injected states"));
    if others().is_none() {
        assert_eq!(met.unlocked, (0..G::ACHIEVEMENTS).collect(), "every achievement");
        assert!(met.timeouts > 10 && met.edges > 100 && cases >= 150);
    }
}

/// Draws what the script's `drawn` draws.
#[test]
fn numbers_are_jaxs() {
    let Some(words) = read("generator.bin") else { return };
    const ROW: usize = 231;
    assert_eq!(words.len() % ROW, 0, "generator.bin is cut off");
    for row in words.chunks_exact(ROW) {
        let key = Key(row[0], row[1]);
        let mut found = vec![key.0, key.1];
        for n in [2, 7] {
            (0..n).map(|i| key.child(i)).for_each(|child| found.extend([child.0, child.1]));
        }
        found.extend((0..35).map(|i| key.bits(i)));
        found.push(key.uniform(0).to_bits());
        found.extend((0..16).map(|i| key.uniform(i).to_bits()));
        found.push(key.integer(0, 0, 17) as u32);
        found.extend((0..16).map(|i| key.integer(i, 5, 10) as u32));
        found.extend([(0, 7), (1, 4)].map(|(i, high)| key.integer(i, 1, high) as u32));
        found.extend([4, 8].map(|n| key.integer(0, 0, n) as u32));
        let mask: Vec<bool> = (0..4096).map(|i| key.child(99).uniform(i) < 0.37).collect();
        let bit = |(i, &bit): (usize, &bool)| u32::from(bit) << i;
        found.extend(mask.chunks(32).map(|bits| bits.iter().enumerate().map(bit).sum::<u32>()));
        let cells: Vec<u16> = (0..4096).filter(|&i| mask[usize::from(i)]).collect();
        let small: Vec<u16> = cells.iter().copied().filter(|&i| i < 2304).collect();
        found.push(key.choice_among(1.0 / cells.len() as f32, &cells) as u32);
        found.push(key.choice_among(1.0 / small.len() as f32, &small) as u32);
        found.push(key.choice_among(1.0, &small) as u32);
        found.push(key.choice([0.3, 0.3, 0.15, 0.125, 0.125]) as u32);
        found.extend(key.permutation::<6>().map(u32::from));
        assert_eq!(found, row, "of key {key:?}");
    }
    let keys = words.len() / ROW;
    println!("{keys} keys draw the same numbers");
    assert!(others().is_some() || keys >= 64);
}

#[test]
fn classic_worlds_are_craftaxs() {
    worlds_are_craftaxs::<classic::State>();
}

#[test]
fn classic_lives_are_craftaxs() {
    lives_are_craftaxs::<classic::State>();
}

#[test]
fn injected_classic_states_go_on_as_craftaxs() {
    injected_states_go_on_as_craftaxs::<classic::State>();
}

#[test]
fn full_worlds_are_craftaxs() {
    worlds_are_craftaxs::<full::State>();
}

#[test]
fn full_lives_are_craftaxs() {
    lives_are_craftaxs::<full::State>();
}

#[test]
fn injected_full_states_go_on_as_craftaxs() {
    injected_states_go_on_as_craftaxs::<full::State>();
}
