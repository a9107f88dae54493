//! A million random actions from random states: nothing panics, and what must hold does.

use dalenet_craftax::{Grid, Key, Position, classic, full};
use std::ops::Range;

const STEPS: usize = 1_000_000;

/// Puts numbers of chance in the place of some of a state's words.
struct Chance {
    key: Key,
    drawn: u32,
}

impl Chance {
    fn integer(&mut self, low: i32, high: i32) -> i32 {
        self.drawn += 1;
        self.key.integer(self.drawn, low, high)
    }

    fn change(&mut self, words: &mut [u32], places: Range<usize>, range: Range<i32>) {
        for place in places {
            if self.integer(0, 2) == 0 {
                words[place] = self.integer(range.start, range.end) as u32;
            }
        }
    }

    /// Some of the cells, four codes a word.
    fn change_cells(&mut self, words: &mut [u32], places: Range<usize>, codes: u32) {
        for place in places {
            if self.integer(0, 4) == 0 {
                let codes = [0; 4].map(|_: u8| self.integer(0, codes as i32) as u8);
                words[place] = u32::from_le_bytes(codes);
            }
        }
    }

    /// Creatures of `len` words each: place, health (a float in the full game), whether it is
    /// there, and the rest.
    fn change_creatures(&mut self, words: &mut [u32], places: Range<usize>, len: usize, size: i32) {
        let float = len > 5;
        for at in places.step_by(len) {
            self.change(words, at..at + 2, 0..size);
            let health = self.integer(0, 9);
            words[at + 2] = if float { (health as f32).to_bits() } else { health as u32 };
            self.change(words, at + 3..at + 4, 0..2);
            self.change(words, at + 4..at + 5, -3..6);
            self.change(words, at + 5..at + len.min(6), 0..8);
            self.change(words, at + len.min(6)..at + len, -1..2);
        }
    }

    /// A state of the classic game that no life leads to.
    fn classic(&mut self, words: &mut [u32]) {
        assert_eq!(words.len(), classic::State::WORDS);
        self.change_cells(words, 0..1024, classic::Block::ALL.len() as u32);
        self.change(words, 1024..1152, i32::MIN..i32::MAX); // who stands where
        self.change(words, 1152..1154, 0..64);
        self.change(words, 1154..1155, 1..5);
        self.change(words, 1155..1159, 1..10);
        self.change(words, 1159..1160, 0..2);
        self.change(words, 1164..1176, 0..10);
        self.change_creatures(words, 1176..1231, 5, 64);
        self.change(words, 1231..1237, -1..2);
        for plant in (1237..1277).step_by(4) {
            self.change(words, plant..plant + 2, 0..64);
            self.change(words, plant + 2..plant + 3, 590..605);
            self.change(words, plant + 3..plant + 4, 0..2);
        }
        self.change(words, 1281..1282, 9_900..10_000);
    }

    /// A state of the full game that no life leads to.
    fn full(&mut self, words: &mut [u32]) {
        assert_eq!(words.len(), full::State::WORDS);
        self.change(words, 0..1, 0..9);
        self.change(words, 1..3, 0..48);
        self.change(words, 3..4, 1..5);
        self.change(words, 5..8, 0..10);
        self.change(words, 8..9, 0..10);
        self.change(words, 9..11, 0..2);
        self.change(words, 16..17, 0..6);
        self.change(words, 17..20, 1..6);
        self.change(words, 20..31, 0..100);
        self.change(words, 31..33, 0..5);
        self.change(words, 33..34, 0..2);
        self.change(words, 34..40, 0..100);
        self.change(words, 40..50, 0..3);
        self.change(words, 50..52, 0..2);
        self.change(words, 58..59, 0..8);
        self.change(words, 59..60, -3..8);
        for plant in (60..100).step_by(4) {
            self.change(words, plant..plant + 2, 0..48);
            self.change(words, plant + 2..plant + 3, 590..605);
            self.change(words, plant + 3..plant + 4, 0..2);
        }
        self.change(words, 106..107, 99_900..100_000);
        let level = words[0] as usize;
        let floor = &mut words[107 + 3630 * level..][..3630];
        self.change_cells(floor, 0..576, full::Block::ALL.len() as u32);
        self.change_cells(floor, 576..600, full::Item::ALL.len() as u32);
        self.change(floor, 1152..1224, i32::MIN..i32::MAX); // who stands where
        self.change(floor, 3528..3532, 0..48);
        self.change(floor, 3533..3534, 0..10);
        self.change_creatures(floor, 3534..3582, 6, 48);
        self.change_creatures(floor, 3582..3630, 8, 48);
    }
}

fn on_map<const N: usize>(at: Position) -> bool {
    Grid::<u8, N>::contains(at)
}

#[test]
fn classic_never_breaks() {
    let (mut words, mut observation) = (Vec::new(), vec![0.0; classic::OBSERVATION]);
    let (mut steps, mut lives) = (0, 0);
    while steps < STEPS {
        let key = Key::new(lives);
        lives += 1;
        let mut state = classic::State::new(key);
        words.clear();
        state.save(&mut words);
        Chance { key: key.child(1), drawn: 0 }.classic(&mut words);
        state.restore(&words);
        for i in 0..300 {
            let before = state.achievements;
            let action = classic::Action::from_code(key.child(3).integer(i, 0, 17) as u32);
            let outcome = state.step(key.child(4).child(i), action.unwrap());
            steps += 1;
            let mut count = 0;
            state.observe(|place, value| {
                assert!(place < classic::OBSERVATION && value != 0.0 && value.is_finite());
                observation[place] = value;
                count += 1;
            });
            assert!(count <= classic::NONZERO && outcome.reward.is_finite());
            for need in [state.health, state.food, state.drink, state.energy] {
                assert!((0..=9).contains(&need), "{need}");
            }
            let i = state.inventory;
            for carried in [i.wood, i.stone, i.coal, i.iron, i.diamond, i.sapling] {
                assert!((0..=9).contains(&carried), "{i:?}");
            }
            let pickaxes = [i.wood_pickaxe, i.stone_pickaxe, i.iron_pickaxe];
            for carried in pickaxes.into_iter().chain([i.wood_sword, i.stone_sword, i.iron_sword]) {
                assert!((0..=9).contains(&carried), "{i:?}");
            }
            // Lava beyond the edge can be stepped on, and kills.
            assert!(on_map::<{ classic::SIZE }>(state.position) || state.is_over());
            let walkers = state.zombies.iter().chain(&state.cows).chain(&state.skeletons);
            assert!(walkers.clone().all(|mob| on_map::<{ classic::SIZE }>(mob.position)));
            let flying = state.arrows.iter().filter(|arrow| arrow.alive);
            assert!(flying.clone().all(|arrow| on_map::<{ classic::SIZE }>(arrow.position)));
            assert!((0.0..=1.0).contains(&state.light));
            assert!(before.iter().zip(state.achievements).all(|(&was, is)| is || !was));
            assert!(state.time <= classic::EPISODE);
            if outcome.over {
                break;
            }
        }
    }
    println!("{steps} steps from {lives} states");
}

#[test]
fn the_full_game_never_breaks() {
    let mut words = Vec::new();
    let mut state = full::State::new(Key::new(0));
    let (mut steps, mut lives, mut floors) = (0, 0, [0; full::FLOORS]);
    while steps < STEPS {
        let key = Key::new(lives);
        lives += 1;
        state.reset(key);
        words.clear();
        state.save(&mut words);
        Chance { key: key.child(1), drawn: 0 }.full(&mut words);
        state.restore(&words);
        for i in 0..300 {
            let before = state.achievements;
            let action = full::Action::from_code(key.child(6).integer(i, 0, 43) as u32);
            let outcome = state.step(key.child(7).child(i), action.unwrap());
            steps += 1;
            floors[state.level] += 1;
            let mut count = 0;
            state.observe(|place, value| {
                assert!(place < full::OBSERVATION && value != 0.0 && value.is_finite());
                count += 1;
            });
            assert!(count <= full::NONZERO && outcome.reward.is_finite());
            let most = 7 + 2 * state.dexterity;
            for need in [state.food, state.drink, state.energy] {
                assert!((0..=most).contains(&need), "{need}");
            }
            assert!(state.health >= 0.0 && state.health <= (8 + state.strength) as f32);
            assert!((0..=6 + 3 * state.intelligence).contains(&state.mana));
            let i = &state.inventory;
            let ores = [i.wood, i.stone, i.coal, i.iron, i.diamond, i.sapphire, i.ruby];
            let rest = [i.sapling, i.torches, i.arrows, i.books];
            for count in i.potions.into_iter().chain(ores).chain(rest) {
                assert!((0..=99).contains(&count), "{i:?}");
            }
            assert!([i.pickaxe, i.sword].iter().all(|tool| (0..=4).contains(tool)));
            assert!((0..=1).contains(&i.bow) && i.armour.iter().all(|x| (0..=2).contains(x)));
            let enchanted = [state.sword_enchantment, state.bow_enchantment];
            let enchanted = enchanted.into_iter().chain(state.armour_enchantments);
            assert!(enchanted.into_iter().all(|element| (0..=2).contains(&element)));
            let skills = [state.dexterity, state.strength, state.intelligence];
            assert!(skills.iter().all(|skill| (1..=5).contains(skill)) && state.experience >= 0);
            assert!(on_map::<{ full::SIZE }>(state.position));
            let floor = state.visited(state.level).expect("where the player is");
            let walkers = floor.melee.iter().chain(&floor.passive).chain(&floor.ranged);
            assert!(walkers.clone().all(|mob| on_map::<{ full::SIZE }>(mob.position)));
            let shots = floor.mob_projectiles.iter().chain(&floor.player_projectiles);
            for shot in shots.filter(|shot| shot.mob.alive) {
                assert!(on_map::<{ full::SIZE }>(shot.mob.position));
            }
            assert!(floor.light.0.as_flattened().iter().all(|light| (0.0..=1.0).contains(light)));
            assert!(before.iter().zip(state.achievements).all(|(&was, is)| is || !was));
            assert!(state.boss_progress <= 8 && state.time <= full::EPISODE);
            if outcome.over {
                break;
            }
        }
    }
    println!("{steps} steps from {lives} states, by floor {floors:?}");
    assert!(floors.iter().all(|&steps| steps > 20_000));
}

/// Floors made on the first visit are those that would have been there from the start.
#[test]
fn floors_made_late_are_the_same() {
    for seed in 0..20 {
        let key = Key::new(seed);
        let (late, mut words) = (full::State::new(key), Vec::new());
        late.save(&mut words);
        let mut early = late.clone();
        early.restore(&words);
        assert!(late.visited(3).is_none() && early.visited(3).is_some());
        assert_eq!(late.visited(0), early.visited(0));
        let mut again = Vec::new();
        early.save(&mut again);
        assert!(words == again);
    }
}
