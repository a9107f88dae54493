//! A million random actions from random states: nothing panics, and what must hold does.

use dalenet_craftax::{Grid, Key, Position, classic, full};

/// Words of chance in a state, so that it is one that no game leads to.
fn scramble(words: &mut [u32], places: std::ops::Range<usize>, key: Key) {
    for (i, place) in places.enumerate() {
        let i = i as u32;
        if key.uniform(2 * i) < 0.3 {
            words[place] = key.integer(2 * i + 1, 0, 10) as u32;
        }
    }
}

#[test]
fn classic_never_breaks() {
    let (mut words, mut observation) = (Vec::new(), vec![0.0; classic::OBSERVATION]);
    for life in 0..4000 {
        let key = Key::new(life);
        let mut state = classic::State::new(key);
        words.clear();
        state.save(&mut words);
        assert_eq!(words.len(), classic::State::WORDS);
        // All that follows the maps but the floats.
        scramble(&mut words, 1152..1160, key.child(1));
        scramble(&mut words, 1164..1270, key.child(2));
        state.restore(&words);
        state.health = state.health.max(1);
        for i in 0..200 {
            let action = classic::Action::from_code(key.child(3).integer(i, 0, 17) as u32);
            let outcome = state.step(key.child(4).child(i), action.unwrap());
            state.observe_dense(&mut observation);
            let mut count = 0;
            state.observe(|place, value| {
                assert!(observation[place] == value && value != 0.0);
                count += 1;
            });
            assert!(count <= classic::NONZERO);
            assert!(outcome.reward.is_finite() && observation.iter().all(|x| x.is_finite()));
            for need in [state.health, state.food, state.drink, state.energy] {
                assert!((0..=9).contains(&need), "{need}");
            }
            let carried = state.inventory;
            assert!(carried.wood <= 9 && carried.wood >= 0 && carried.sapling >= 0);
            assert!(carried.stone >= 0 && carried.coal >= 0 && carried.iron >= 0);
            let inside = Grid::<bool, { classic::SIZE }>::contains(state.position);
            assert!(inside || state.is_over());
            if outcome.over {
                break;
            }
        }
    }
}

#[test]
fn the_full_game_never_breaks() {
    let (mut words, mut observation) = (Vec::new(), vec![0.0; full::OBSERVATION]);
    let mut state = full::State::new(Key::new(0));
    for life in 0..4000 {
        let key = Key::new(life);
        state.reset(key);
        if life % 4 == 0 {
            words.clear();
            state.save(&mut words);
            assert_eq!(words.len(), full::State::WORDS);
            scramble(&mut words, 0..4, key.child(1));
            scramble(&mut words, 5..11, key.child(2));
            scramble(&mut words, 16..17, key.child(3));
            scramble(&mut words, 20..46, key.child(4));
            scramble(&mut words, 58..100, key.child(5));
            state.restore(&words);
        }
        for i in 0..250 {
            let action = full::Action::from_code(key.child(6).integer(i, 0, 43) as u32);
            let outcome = state.step(key.child(7).child(i), action.unwrap());
            state.observe_dense(&mut observation);
            let mut count = 0;
            state.observe(|place, value| {
                assert!(observation[place] == value && value != 0.0);
                count += 1;
            });
            assert!(count <= full::NONZERO);
            assert!(outcome.reward.is_finite() && observation.iter().all(|x| x.is_finite()));
            let most = 7 + 2 * state.dexterity;
            for need in [state.food, state.drink, state.energy] {
                assert!((0..=most).contains(&need), "{need}");
            }
            assert!(state.health >= 0.0 && state.health <= (8 + state.strength) as f32);
            assert!((0..=6 + 3 * state.intelligence).contains(&state.mana));
            let carried = &state.inventory;
            for count in carried.potions.into_iter().chain([carried.wood, carried.torches]) {
                assert!((0..=99).contains(&count), "{count}");
            }
            let Position { row, col } = state.position;
            assert!((0..48).contains(&row) && (0..48).contains(&col));
            assert!(state.level < full::FLOORS && state.visited(state.level).is_some());
            if outcome.over {
                break;
            }
        }
    }
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
