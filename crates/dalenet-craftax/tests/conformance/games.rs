//! Both games behind one trait.

use dalenet_craftax::{Key, Outcome, Position, classic, full};

/// What both games have in common.
pub trait Game: Clone {
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
    fn situation(&self) -> Situation;
}

/// What the coverage of a test is counted by.
pub struct Situation {
    pub level: usize,
    pub at_edge: bool,
    pub asleep: bool,
    pub light: f32,
    pub time: i32,
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
    fn situation(&self) -> Situation {
        Situation {
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
    fn situation(&self) -> Situation {
        Situation {
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

pub fn fresh<G: Game>(key: Key) -> G {
    let mut state = G::new(key);
    state.enrich(key);
    state
}
