//! Oracle: craftax 1.6.1 itself under jax 0.10.2. `scripts/craftax_fixtures.py` wrote hashes of
//! its worlds and of every step of its lives; here they must come out of the library.
//!
//! `DALENET_FIXTURES=folder` takes the fixtures from elsewhere, written with other keys.

use dalenet_craftax::{Key, Outcome, Position, classic, full};
use std::{collections::BTreeSet, fs, path::PathBuf};

const FILES: [&str; 7] = [
    "generator.bin",
    "classic_worlds.bin",
    "classic_lives.bin",
    "classic_states.bin",
    "full_worlds.bin",
    "full_lives.bin",
    "full_states.bin",
];

/// Where fixtures of one's own are. Tests run in the crate's folder; a relative path is meant from
/// the workspace's.
fn others() -> Option<PathBuf> {
    let set = std::env::var_os("DALENET_FIXTURES")?;
    Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(set))
}

/// The words of one of `FILES`. With fixtures of one's own, all but one may be missing.
fn read(name: &str) -> Option<Vec<u32>> {
    assert!(FILES.contains(&name));
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"));
    let (folder, complete) = others().map_or((own, true), |folder| (folder, false));
    if !complete && !folder.join(name).exists() {
        let any = FILES.iter().any(|file| folder.join(file).exists());
        assert!(any, "{} has none of {FILES:?}", folder.display());
        println!("{name}: not there, not tested");
        return None;
    }
    let path = folder.join(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (words, rest) = bytes.as_chunks();
    assert!(!words.is_empty() && rest.is_empty(), "{} is empty or cut off", path.display());
    Some(words.iter().map(|&word| u32::from_le_bytes(word)).collect())
}

/// The next `n` words of a file.
fn take<'a>(name: &str, words: &mut &'a [u32], n: u32) -> &'a [u32] {
    let taken = words.split_off(..n as usize);
    taken.unwrap_or_else(|| panic!("{name} is cut off: {n} words wanted, {} left", words.len()))
}

/// The next `n` actions, four a word.
fn take_actions(name: &str, words: &mut &[u32], n: u32) -> Vec<u32> {
    let bytes = take(name, words, n / 4).iter().flat_map(|word| word.to_le_bytes());
    bytes.map(u32::from).collect()
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
    const EPISODE: i32;
    const FLOORS: usize;
    const ACHIEVEMENTS: usize;
    fn new(key: Key) -> Self;
    /// As the script's `enriched`.
    fn enrich(&mut self, key: Key);
    fn step(&mut self, key: Key, action: u32) -> Outcome;
    fn observe(&self, out: &mut [f32]);
    fn save(&mut self, out: &mut Vec<u32>);
    fn restore(&mut self, words: &[u32]);
    fn achievements(&self) -> Vec<bool>;
    fn look(&self) -> Look;
}

/// Some of what a state is like.
struct Look {
    level: usize,
    at_edge: bool,
    asleep: bool,
    light: f32,
    time: i32,
}

fn at_edge(Position { row, col }: Position, size: usize) -> bool {
    [row, col].iter().any(|&x| x <= 0 || x >= size as i32 - 1)
}

impl Game for classic::State {
    const NAME: &str = "classic";
    const OBSERVATION: usize = classic::OBSERVATION;
    const EPISODE: i32 = 10_000;
    const FLOORS: usize = 1;
    const ACHIEVEMENTS: usize = 22;

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
    fn look(&self) -> Look {
        Look {
            level: 0,
            at_edge: at_edge(self.position, classic::SIZE),
            asleep: self.sleeping,
            light: self.light,
            time: self.time,
        }
    }
}

impl Game for full::State {
    const NAME: &str = "full";
    const OBSERVATION: usize = full::OBSERVATION;
    const EPISODE: i32 = 100_000;
    const FLOORS: usize = 9;
    const ACHIEVEMENTS: usize = 67;

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
        let up_ladder = GLOBALS + floor * level as usize + MAPS + full::SIZE * full::SIZE + 2;
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
    /// Of a case: what floors share and the player's floor, lights as 255ths; the rest is as reset.
    fn restore(&mut self, words: &[u32]) {
        let mut all = Vec::new();
        self.save(&mut all);
        let (shared, floor) = words.split_at(GLOBALS);
        let (maps, floor) = floor.split_at(MAPS);
        let (lights, creatures) = floor.split_at(full::SIZE * full::SIZE / 4);
        let lights = lights.iter().flat_map(|word| word.to_le_bytes());
        let lights = lights.map(|light| (f32::from(light) / 255.0).to_bits());
        let floor: Vec<u32> =
            maps.iter().copied().chain(lights).chain(creatures.iter().copied()).collect();
        let at = GLOBALS + words[0] as usize * floor.len();
        assert_eq!(GLOBALS + 9 * floor.len(), all.len(), "words of a state");
        all[..GLOBALS].copy_from_slice(shared);
        all[at..at + floor.len()].copy_from_slice(&floor);
        full::State::restore(self, &all);
    }
    fn achievements(&self) -> Vec<bool> {
        self.achievements.to_vec()
    }
    fn look(&self) -> Look {
        Look {
            level: self.level,
            at_edge: at_edge(self.position, full::SIZE),
            asleep: self.sleeping,
            light: self.light,
            time: self.time,
        }
    }
}

/// Words that the floors of the full game share.
const GLOBALS: usize = 107;
/// Words of a floor's blocks, items and creatures' places.
const MAPS: usize = 576 + 576 + 72;

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
        let Look { level, at_edge, asleep, light, time } = state.look();
        self.steps += 1;
        self.floors[level] += 1;
        self.edges += usize::from(at_edge);
        self.asleep += usize::from(asleep);
        self.at_night += usize::from(light < 0.5);
        self.episodes += usize::from(outcome.over);
        self.timeouts += usize::from(outcome.over && time >= G::EPISODE);
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

fn lives_are_craftaxs<G: Game>() {
    let name = format!("{}_lives.bin", G::NAME);
    let Some(words) = read(&name) else { return };
    let (mut rest, mut recorder) = (&words[..], Recorder::new::<G>());
    let (mut lives, mut met) = (0, Met::default());
    while !rest.is_empty() {
        let &[seed, length] = take(&name, &mut rest, 2) else { unreachable!() };
        let actions = take_actions(&name, &mut rest, length);
        let hashes = take(&name, &mut rest, 2 * length);
        let base = Key::new(seed);
        let mut state: G = fresh(base);
        for (i, (&action, want)) in actions.iter().zip(hashes.chunks_exact(2)).enumerate() {
            let (key, again) = base.child(i as u32 + 1).split();
            let before = state.achievements();
            let outcome = state.step(key, action);
            met.add(&state, outcome);
            met.unlock(&before, &state.achievements());
            if recorder.step(&mut state, outcome) != want {
                met.wrong.push((seed, i));
                break;
            }
            if outcome.over {
                state = fresh(again);
            }
        }
        lives += 1;
    }
    met.report::<G>(&format!("of {lives} keys"));
    assert!(others().is_some() || met.steps >= 100_000 && lives >= 20);
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
