//! Autoreset modes, resets of some environments, seeds. Oracle: what Gymnasium says of each mode, and
//! that all of them play the same episodes.

use dalenet_envs::{
    Actions, Autoreset, Batch, Error, NAMES, Observe, Options, Restart, Seeds, Space, VectorEnv,
    make,
};

const COUNT: usize = 21; // no multiple of any number of lanes
const MODES: [Autoreset; 3] = [Autoreset::SameStep, Autoreset::NextStep, Autoreset::Disabled];

/// One environment's episode: its first observation, then of each step its reward and what it led to.
#[derive(Clone, Debug, Default, PartialEq)]
struct Episode {
    first: Vec<f32>,
    steps: Vec<(f32, Vec<f32>)>,
    terminated: bool,
    truncated: bool,
    unlocked: Vec<bool>,
}

fn options(autoreset: Autoreset) -> Options {
    Options { episode_length: Some(17), autoreset, ..Options::default() }
}

/// A step by actions that depend on the environment, its episode and the step of it alone.
fn step<'a>(env: &'a mut dyn VectorEnv, ages: &[(usize, usize)]) -> Result<&'a Batch, Error> {
    let width = env.action_space().len();
    let mark = |i: usize| {
        let (episode, age) = ages[i / width];
        i + 7 * episode + age * age
    };
    let marks = (0..ages.len() * width).map(mark);
    match *env.action_space() {
        Space::Continuous { .. } => {
            let actions: Vec<f32> = marks.map(|mark| (mark as f32).sin()).collect();
            env.step(Actions::Continuous(&actions))
        }
        Space::Discrete { n } => {
            let actions: Vec<u32> = marks.map(|mark| (mark % n) as u32).collect();
            env.step(Actions::Discrete(&actions))
        }
    }
}

/// The episodes of each environment in so many steps, the last one unfinished.
fn episodes(name: &str, autoreset: Autoreset, steps: usize) -> Vec<Vec<Episode>> {
    let mut env = make(name, COUNT, &options(autoreset)).unwrap();
    env.reset(5);
    let row = env.observation_space().len();
    let k = env.achievements().len();
    let fresh = |batch: &Batch, i: usize| Episode {
        first: batch.observations[row * i..][..row].to_vec(),
        ..Episode::default()
    };
    let mut played: Vec<_> = (0..COUNT).map(|i| vec![fresh(env.batch(), i)]).collect();
    let mut waiting = [false; COUNT];
    for _ in 0..steps {
        let now = |episodes: &Vec<Episode>| (episodes.len(), episodes.last().unwrap().steps.len());
        let ages: Vec<_> = played.iter().map(now).collect();
        let batch = step(env.as_mut(), &ages).unwrap();
        let led = if autoreset == Autoreset::SameStep { &batch.next } else { &batch.observations };
        let mut over = [false; COUNT];
        for (i, episodes) in played.iter_mut().enumerate() {
            if std::mem::take(&mut waiting[i]) {
                let nothing = (batch.rewards[i], batch.terminated[i], batch.truncated[i]);
                assert_eq!(nothing, (0.0, false, false), "{name}");
                episodes.push(fresh(batch, i));
                continue;
            }
            let episode = episodes.last_mut().unwrap();
            episode.steps.push((batch.rewards[i], led[row * i..][..row].to_vec()));
            (episode.terminated, episode.truncated) = (batch.terminated[i], batch.truncated[i]);
            episode.unlocked = batch.unlocked[k * i..][..k].to_vec();
            over[i] = episode.terminated || episode.truncated;
            waiting[i] = over[i] && autoreset == Autoreset::NextStep;
            if over[i] && autoreset == Autoreset::SameStep {
                episodes.push(fresh(batch, i));
            }
        }
        if autoreset == Autoreset::Disabled && over.contains(&true) {
            let batch = env.reset_with(Seeds::Continue, Some(&over)).unwrap();
            (0..COUNT).filter(|i| over[*i]).for_each(|i| played[i].push(fresh(batch, i)));
        }
    }
    assert_eq!(env.failures(), 0, "{name}");
    played
}

#[test]
fn all_modes_play_the_same_episodes() {
    for &name in NAMES {
        let [same, next, disabled] = MODES.map(|mode| episodes(name, mode, 60));
        assert!(same == disabled, "{name}");
        for (same, next) in same.iter().zip(&next) {
            // A step of each episode goes into its start.
            let complete = next.len() - 1;
            assert!(complete >= 2, "{name}");
            assert!(same[..complete] == next[..complete], "{name}");
            assert_eq!(same[complete].first, next[complete].first, "{name}");
        }
    }
}

/// What the physics draws for an environment in the step that only starts its episode does not change that
/// episode. The bandit draws; a mask lets some of its environments play while others start.
#[test]
fn a_step_that_starts_an_episode_draws_nothing_for_it() {
    let mut hints = [false, true].map(|out_of_step| {
        let mut env = make("bandit", 2, &options(Autoreset::NextStep)).unwrap();
        let width = env.observation_space().len();
        let mut hints = Vec::new();
        env.reset(3);
        for _ in 0..10 {
            env.step(Actions::Discrete(&[0, 0])).unwrap();
            if out_of_step {
                env.reset_with(Seeds::Continue, Some(&[true, false])).unwrap();
            }
            let batch = env.step(Actions::Discrete(&[0, 0])).unwrap();
            assert!(!batch.terminated[1]);
            hints.push(batch.observations[width..].to_vec());
            if out_of_step {
                // Both play again in the next step.
                env.reset_with(Seeds::Continue, Some(&[true, false])).unwrap();
            }
        }
        hints
    });
    let [together, apart] = &mut hints;
    assert_eq!(together, apart);
    together.dedup();
    assert!(together.len() > 1, "hints differ");
}

#[test]
fn sparse_rows_are_the_dense_observations_under_every_mode() {
    for (name, mode) in
        ["craftax", "craftax-classic"].into_iter().flat_map(|n| MODES.map(|m| (n, m)))
    {
        let sparse = Options { observe: Observe::Sparse, ..options(mode) };
        let mut dense = make(name, 5, &options(mode)).unwrap();
        let mut sparse = make(name, 5, &sparse).unwrap();
        dense.reset(1);
        sparse.reset(1);
        for t in 0..40 {
            let ages = [(0, t); 5];
            let want = step(dense.as_mut(), &ages).unwrap().clone();
            let found = step(sparse.as_mut(), &ages).unwrap().clone();
            assert_eq!(found.sparse.to_dense().as_slice(), want.observations, "{name} {mode:?}");
            assert_eq!(found.sparse, want.sparse);
            let next = found.sparse_next.to_dense();
            assert_eq!(next.as_slice(), want.next, "{name} {mode:?} {t}");
            let over: Vec<bool> =
                found.truncated.iter().map(|cut| mode == MODES[2] && *cut).collect();
            if over.contains(&true) {
                dense.reset_with(Seeds::Continue, Some(&over)).unwrap();
                let found = sparse.reset_with(Seeds::Continue, Some(&over)).unwrap();
                assert_eq!(found.sparse.to_dense().as_slice(), dense.batch().observations);
            }
        }
    }
}

#[test]
fn a_reset_of_some_leaves_the_others_as_they_are() {
    for (name, mode) in NAMES.iter().flat_map(|name| MODES.map(|mode| (*name, mode))) {
        let mut env =
            make(name, COUNT, &Options { autoreset: mode, ..Options::default() }).unwrap();
        env.reset(5);
        let row = env.observation_space().len();
        let first = env.batch().observations.clone();
        for t in 0..3 {
            if mode == Autoreset::Disabled && env.batch().terminated.contains(&true) {
                break; // the bandit
            }
            step(env.as_mut(), &[(1, t); COUNT]).unwrap();
        }
        let before = env.batch().clone();
        let mask: Vec<bool> = (0..COUNT).map(|i| i % 3 == 1).collect();
        let batch = env.reset_with(Seeds::One(5), Some(&mask)).unwrap().clone();
        for (i, &asked) in mask.iter().enumerate() {
            let at = row * i..row * (i + 1);
            let want = if asked { &first } else { &before.observations };
            assert_eq!(batch.observations[at.clone()], want[at.clone()], "{name} {mode:?} {i}");
            if mode == Autoreset::SameStep {
                let want = if asked { &first } else { &before.next };
                assert_eq!(batch.next[at.clone()], want[at], "{name} {i}");
            }
            let want = (before.rewards[i], before.terminated[i], before.truncated[i]);
            let want = if asked { (0.0, false, false) } else { want };
            assert_eq!((batch.rewards[i], batch.terminated[i], batch.truncated[i]), want);
        }
    }
}

#[test]
fn an_environment_of_its_own_seed_is_as_if_it_were_alone() {
    for &name in NAMES {
        let seeds: Vec<Option<u64>> = (0..COUNT as u64).map(|i| Some(1000 + 3 * i)).collect();
        for restart in [Restart::Fresh, Restart::Same] {
            let options = Options { restart, ..options(Autoreset::SameStep) };
            let mut all = make(name, COUNT, &options).unwrap();
            let row = all.observation_space().len();
            all.reset_with(Seeds::Each(&seeds), None).unwrap();
            let mut some = vec![all.batch().observations.clone()];
            some.extend(
                (0..25).map(|t| step(all.as_mut(), &[(0, t); COUNT]).unwrap().observations.clone()),
            );
            let mut alone = make(name, 1, &options).unwrap();
            alone.reset(seeds[0].unwrap());
            for (t, some) in some.iter().enumerate() {
                assert_eq!(alone.batch().observations, some[..row], "{name} {restart:?} {t}");
                step(alone.as_mut(), &[(0, t)]).unwrap();
            }
            let mut other = make(name, 1, &options).unwrap();
            let first = &other.reset(seeds[20].unwrap()).observations;
            assert_eq!(*first, some[0][20 * row..], "{name} {restart:?}");
        }
    }
}

#[test]
fn a_reset_without_a_seed_draws_on() {
    for &name in NAMES.iter().filter(|name| **name != "bandit") {
        for restart in [Restart::Fresh, Restart::Same] {
            let starts = || {
                let mut env = make(name, 3, &Options { restart, ..Options::default() }).unwrap();
                env.reset(4);
                let mut starts = vec![env.batch().observations.clone()];
                for _ in 0..3 {
                    let batch = env.reset_with(Seeds::Continue, None).unwrap();
                    starts.push(batch.observations.clone());
                }
                starts
            };
            let found = starts();
            assert!(found == starts(), "{name}");
            for (i, start) in found.iter().enumerate() {
                assert!(!found[..i].contains(start), "{name} {restart:?}: start {i} is an old one");
            }
        }
    }
}

#[test]
fn what_is_over_must_be_reset_where_nothing_resets_by_itself() {
    let mut env = make("bandit", 3, &options(Autoreset::Disabled)).unwrap();
    env.step(Actions::Discrete(&[0, 1, 2])).unwrap();
    env.reset_with(Seeds::Continue, Some(&[true, false, true])).unwrap();
    let before = env.save();
    let error = env.step(Actions::Discrete(&[0, 1, 2])).err();
    assert_eq!(error, Some(Error::Over { index: 1 }));
    assert!(env.save() == before);
    env.reset_with(Seeds::Continue, Some(&[false, true, false])).unwrap();
    env.step(Actions::Discrete(&[0, 1, 2])).unwrap();
}

#[test]
fn masks_and_seeds_need_an_entry_for_each_environment() {
    let mut env = make("cart-pole", 3, &Options::default()).unwrap();
    let before = env.save();
    let entries = |argument| Some(Error::Entries { argument, found: 2, wanted: 3 });
    let error = env.reset_with(Seeds::Continue, Some(&[true; 2])).err();
    assert_eq!(error, entries("mask"));
    let error = env.reset_with(Seeds::Each(&[None; 2]), None).err();
    assert_eq!(error, entries("seeds"));
    assert!(env.save() == before);
}

#[test]
fn a_state_is_saved_and_restored_under_every_mode() {
    for (name, mode) in NAMES.iter().flat_map(|name| MODES.map(|mode| (*name, mode))) {
        let options = options(mode);
        let fresh = || make(name, COUNT, &options).unwrap();
        let go_on = |env: &mut dyn VectorEnv, t: usize| {
            if mode == Autoreset::Disabled {
                let over: Vec<bool> = (0..COUNT)
                    .map(|i| env.batch().terminated[i] || env.batch().truncated[i])
                    .collect();
                env.reset_with(Seeds::Continue, Some(&over)).unwrap();
            }
            step(env, &[(0, t); COUNT]).unwrap().clone()
        };
        let mut env = fresh();
        (0..17).for_each(|t| drop(go_on(env.as_mut(), t)));
        // The step that truncated all episodes: some modes have yet to start the next ones.
        let saved = env.save();
        let mut other = fresh();
        other.reset(9);
        other.restore(&saved).unwrap();
        for t in 17..40 {
            assert_eq!(go_on(env.as_mut(), t), go_on(other.as_mut(), t), "{name} {mode:?} {t}");
        }
    }
    let saved = make("hopper", 3, &options(Autoreset::NextStep)).unwrap().save();
    let mut env = make("hopper", 3, &options(Autoreset::SameStep)).unwrap();
    assert!(env.restore(&saved).unwrap_err().to_string().contains("SameStep"));
}

#[test]
fn observations_are_written_where_they_are_wanted() {
    for (name, mode) in NAMES.iter().flat_map(|name| [MODES[0], MODES[1]].map(|m| (*name, m))) {
        let mut env = make(name, COUNT, &options(mode)).unwrap();
        let sparse = Options { observe: Observe::Sparse, ..options(mode) };
        let mut other = make(name, COUNT, &sparse).unwrap();
        let mut densified = vec![f32::NAN; COUNT * env.observation_space().len()];
        let mut out = vec![f32::NAN; COUNT * env.observation_space().len()];
        let (numbers, choices) = (vec![0.5; COUNT * env.action_space().len()], [1; COUNT]);
        let actions = match env.action_space() {
            Space::Continuous { .. } => Actions::Continuous(&numbers),
            Space::Discrete { .. } => Actions::Discrete(&choices),
        };
        for _ in 0..40 {
            env.step_into(actions, &mut out).unwrap();
            assert_eq!(out, env.batch().observations, "{name} {mode:?}");
            other.step_into(actions, &mut densified).unwrap();
            assert_eq!(out, densified, "{name} {mode:?}");
        }
        let before = env.save();
        let wanted = out.len();
        let error = env.step_into(actions, &mut out[1..]).err();
        assert_eq!(error, Some(Error::Entries { argument: "out", found: wanted - 1, wanted }));
        assert!(env.save() == before);
    }
}

/// An action of 1e30 costs more than a float holds.
#[test]
fn a_failure_is_a_cut_episode_under_every_mode() {
    for mode in MODES {
        let mut env = make("brax/ant", 20, &options(mode)).unwrap();
        env.reset(4);
        let mut actions = vec![0.3; 20 * 8];
        env.step(Actions::Continuous(&actions)).unwrap();
        let seen = env.batch().observations.clone();
        actions[8 * 5 + 2] = 1e30;
        let batch = env.step(Actions::Continuous(&actions)).unwrap().clone();
        let led = if mode == Autoreset::SameStep { &batch.next } else { &batch.observations };
        assert_eq!(led[27 * 5..][..27], seen[27 * 5..][..27]);
        let flags = (batch.failed[5], batch.truncated[5], batch.terminated[5], batch.rewards[5]);
        assert_eq!(flags, (true, true, false, 0.0));
        if mode == Autoreset::Disabled {
            env.reset_with(Seeds::Continue, Some(&batch.failed)).unwrap();
        }
        for _ in 0..10 {
            actions[8 * 5 + 2] = 0.3;
            let batch = env.step(Actions::Continuous(&actions)).unwrap();
            assert_eq!(batch.failed, [false; 20]);
            assert!(batch.observations.iter().chain(&batch.rewards).all(|x| x.is_finite()));
        }
    }
}
