//! Oracle: craftax 1.6.1 itself under jax 0.10.2. `scripts/craftax_fixtures.py` wrote hashes of
//! its worlds and of every step of its lives; here they must come out of the library.
//!
//! `DALENET_FIXTURES=folder` takes the fixtures from elsewhere, written with other keys.

use dalenet_craftax::{Key, Outcome, classic, full};
use std::{collections::BTreeSet, fs, path::PathBuf};

/// The words of a file. With fixtures of one's own, files may be missing.
fn read(name: &str) -> Option<Vec<u32>> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let set = std::env::var_os("DALENET_FIXTURES");
    // Tests run in the crate's folder; a relative path is meant from the workspace's.
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let folder = set.as_ref().map_or(own.into(), |set| root.join(set));
    match fs::read(folder.join(name)) {
        Ok(bytes) => {
            let words = bytes.chunks_exact(4);
            Some(words.map(|b| u32::from_le_bytes(b.try_into().unwrap())).collect())
        }
        Err(_) if set.is_some() => None,
        Err(error) => panic!("{name}: {error}"),
    }
}

/// The generator script's `weights` and `hashed`: sums of words times odd numbers.
struct Hasher([Vec<u32>; 2]);

impl Hasher {
    fn new() -> Self {
        let weight = |mut h: u32| {
            h = (h ^ h >> 16).wrapping_mul(0x85EB_CA6B);
            h = (h ^ h >> 13).wrapping_mul(0xC2B2_AE35);
            (h ^ h >> 16) | 1
        };
        Self([0, 1].map(|odd| (0..60_000).map(|i| weight(2 * i + odd)).collect()))
    }

    fn hash(&self, words: &[u32]) -> [u32; 2] {
        let [a, b] = &self.0;
        assert!(words.len() <= a.len());
        [a, b].map(|weights| {
            let products = words.iter().zip(weights).map(|(word, w)| word.wrapping_mul(*w));
            products.fold(0, u32::wrapping_add)
        })
    }
}

/// What both games have in common.
trait Game: Clone {
    const NAME: &str;
    const OBSERVATION: usize;
    fn new(key: Key) -> Self;
    /// As the script's `enriched`.
    fn enrich(&mut self, key: Key);
    fn step(&mut self, key: Key, action: u32) -> Outcome;
    fn observe(&self, out: &mut [f32]);
    fn save(&mut self, out: &mut Vec<u32>);
    fn restore(&mut self, words: &[u32]);
    fn achievements(&self) -> Vec<bool>;
}

impl Game for classic::State {
    const NAME: &str = "classic";
    const OBSERVATION: usize = classic::OBSERVATION;

    fn new(key: Key) -> Self {
        Self::new(key)
    }
    fn enrich(&mut self, key: Key) {
        if key.child(8).uniform(0) < 0.5 {
            let [a, b, c, d, e, f, g, h, i, j, k, l] =
                std::array::from_fn(|i| key.child(7).integer(i as u32, 0, 10));
            self.inventory = classic::Inventory {
                wood: a,
                stone: b,
                coal: c,
                iron: d,
                diamond: e,
                sapling: f,
                wood_pickaxe: g,
                stone_pickaxe: h,
                iron_pickaxe: i,
                wood_sword: j,
                stone_sword: k,
                iron_sword: l,
            };
        }
    }
    fn step(&mut self, key: Key, action: u32) -> Outcome {
        self.step(key, classic::Action::from_code(action).unwrap())
    }
    fn observe(&self, out: &mut [f32]) {
        self.observe_dense(out);
    }
    fn save(&mut self, out: &mut Vec<u32>) {
        classic::State::save(self, out);
    }
    fn restore(&mut self, words: &[u32]) {
        self.restore(words);
    }
    fn achievements(&self) -> Vec<bool> {
        self.achievements.to_vec()
    }
}

impl Game for full::State {
    const NAME: &str = "full";
    const OBSERVATION: usize = full::OBSERVATION;

    fn new(key: Key) -> Self {
        Self::new(key)
    }
    fn enrich(&mut self, key: Key) {
        if key.child(8).uniform(0) >= 0.5 {
            return;
        }
        const MOST: [u32; 34] = [
            10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3, 5, 5, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 9, 4,
            5, 5, 5, 2, 2, 3, 3, 8,
        ];
        let drawn = |i: usize| key.child(7).integer(i as u32, 0, 1 << 20) as u32 % MOST[i];
        let mut words = Vec::new();
        self.save(&mut words);
        let floor = (words.len() - GLOBALS) / 9;
        let level = drawn(24);
        let up_ladder = GLOBALS + floor * level as usize + 576 + 576 + 72 + 2304 + 2;
        words[0] = level;
        words.copy_within(up_ladder..up_ladder + 2, 1);
        words[16] = drawn(25);
        (0..3).for_each(|i| words[17 + i] = 1 + drawn(26 + i));
        (0..24).for_each(|i| words[20 + i] = drawn(i));
        (words[44], words[45]) = (drawn(31), drawn(32));
        (words[50], words[51]) = (drawn(29), drawn(30));
        words[58] = if level == 8 { drawn(33) } else { 0 };
        words[up_ladder + 3] = 8;
        full::State::restore(self, &words);
    }
    fn step(&mut self, key: Key, action: u32) -> Outcome {
        self.step(key, full::Action::from_code(action).unwrap())
    }
    fn observe(&self, out: &mut [f32]) {
        self.observe_dense(out);
    }
    fn save(&mut self, out: &mut Vec<u32>) {
        full::State::save(self, out);
    }
    /// Of a case: what floors share and the player's floor; the rest is as reset.
    fn restore(&mut self, words: &[u32]) {
        let mut all = Vec::new();
        self.save(&mut all);
        let (shared, floor) = words.split_at(GLOBALS);
        let at = GLOBALS + words[0] as usize * floor.len();
        all[..GLOBALS].copy_from_slice(shared);
        all[at..at + floor.len()].copy_from_slice(floor);
        full::State::restore(self, &all);
    }
    fn achievements(&self) -> Vec<bool> {
        self.achievements.to_vec()
    }
}

/// Words that the floors of the full game share.
const GLOBALS: usize = 107;

fn fresh<G: Game>(key: Key) -> G {
    let mut state = G::new(key);
    state.enrich(key);
    state
}

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

/// At most so many of a thousand worlds may differ.
fn worlds_are_craftaxs<G: Game>(least: usize, differ: usize) {
    let Some(words) = read(&format!("{}_worlds.bin", G::NAME)) else { return };
    let (hasher, mut observation) = (Hasher::new(), vec![0.0; G::OBSERVATION]);
    let mut wrong = Vec::new();
    for world in words.chunks_exact(5) {
        let (mut state, mut saved) = (G::new(Key::new(world[0])), Vec::new());
        state.save(&mut saved);
        state.observe(&mut observation);
        let seen: Vec<u32> = observation.iter().map(|x| x.to_bits()).collect();
        if [hasher.hash(&saved), hasher.hash(&seen)].as_flattened() != &world[1..] {
            wrong.push(world[0]);
        }
    }
    let count = words.len() / 5;
    println!("{}: {} of {count} worlds are the same", G::NAME, count - wrong.len());
    assert!(1000 * wrong.len() <= differ * count, "worlds of seeds {wrong:?} differ");
    assert!(std::env::var_os("DALENET_FIXTURES").is_some() || count >= least);
}

fn lives_are_craftaxs<G: Game>(least: usize) {
    let Some(words) = read(&format!("{}_lives.bin", G::NAME)) else { return };
    let (mut rest, mut recorder) = (&words[..], Recorder::new::<G>());
    let (mut steps, mut episodes, mut unlocked) = (0, 0, BTreeSet::new());
    let mut wrong = Vec::new();
    while let [seed, length, following @ ..] = rest {
        let (actions, following) = following.split_at(*length as usize);
        let (hashes, following) = following.split_at(2 * actions.len());
        rest = following;
        let base = Key::new(*seed);
        let mut state: G = fresh(base);
        for (i, (&action, want)) in actions.iter().zip(hashes.chunks_exact(2)).enumerate() {
            let (key, again) = base.child(i as u32 + 1).split();
            let outcome = state.step(key, action);
            if recorder.step(&mut state, outcome) != want {
                wrong.push((*seed, i));
                break;
            }
            steps += 1;
            if outcome.over {
                episodes += 1;
                let flags = state.achievements().into_iter().enumerate();
                unlocked.extend(flags.filter(|&(_, unlocked)| unlocked).map(|(i, _)| i));
                state = fresh(again);
            }
        }
    }
    println!("{}: {steps} steps of {episodes} episodes are the same", G::NAME);
    println!("{}: {} achievements unlocked: {unlocked:?}", G::NAME, unlocked.len());
    assert!(wrong.is_empty(), "(seed, step) that differ first: {wrong:?}");
    assert!(std::env::var_os("DALENET_FIXTURES").is_some() || steps >= least);
}

fn injected_states_go_on_as_craftaxs<G: Game>() {
    let Some(words) = read(&format!("{}_states.bin", G::NAME)) else { return };
    let (mut rest, mut recorder) = (&words[..], Recorder::new::<G>());
    let (mut cases, mut steps, mut wrong) = (0, 0, Vec::new());
    let mut unlocked = BTreeSet::new();
    while let [seed, size, length, following @ ..] = rest {
        let (saved, following) = following.split_at(*size as usize);
        let (actions, following) = following.split_at(*length as usize);
        let (hashes, following) = following.split_at(2 * actions.len());
        rest = following;
        let base = Key::new(*seed);
        let mut state: G = fresh(base);
        state.restore(saved);
        let before = state.achievements();
        for (i, (&action, want)) in actions.iter().zip(hashes.chunks_exact(2)).enumerate() {
            let outcome = state.step(base.child(i as u32 + 1), action);
            if recorder.step(&mut state, outcome) != want {
                wrong.push((*seed, i));
                break;
            }
            steps += 1;
        }
        let flags = state.achievements().into_iter().zip(before).enumerate();
        unlocked.extend(flags.filter(|&(_, (is, was))| is && !was).map(|(i, _)| i));
        cases += 1;
    }
    println!("{}: {steps} steps from {cases} injected states are the same", G::NAME);
    println!("{}: {} achievements unlocked: {unlocked:?}", G::NAME, unlocked.len());
    assert!(wrong.is_empty(), "(seed, step) that differ first: {wrong:?}");
}

/// Draws what the script's `drawn` draws.
#[test]
fn numbers_are_jaxs() {
    let Some(words) = read("generator.bin") else { return };
    const ROW: usize = 231;
    assert_eq!(words.len() % ROW, 0);
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
    println!("{} keys draw the same numbers", words.len() / ROW);
}

#[test]
fn classic_worlds_are_craftaxs() {
    worlds_are_craftaxs::<classic::State>(1000, 0);
}

#[test]
fn classic_lives_are_craftaxs() {
    lives_are_craftaxs::<classic::State>(100_000);
}

#[test]
fn injected_classic_states_go_on_as_craftaxs() {
    injected_states_go_on_as_craftaxs::<classic::State>();
}

/// Of seed 919 one block of the first floor differs (stone for a path), and with it a ladder. Why is
/// not known; most likely the noise there is within a rounding error of its threshold.
#[test]
fn full_worlds_are_craftaxs() {
    worlds_are_craftaxs::<full::State>(1000, 1);
}

#[test]
fn full_lives_are_craftaxs() {
    lives_are_craftaxs::<full::State>(100_000);
}

#[test]
fn injected_full_states_go_on_as_craftaxs() {
    injected_states_go_on_as_craftaxs::<full::State>();
}
