//! Oracle: the dense observations, and the games themselves.

use dalenet_envs::{Actions, NAMES, Observe, Options, View, make};

fn games() -> impl Iterator<Item = &'static str> {
    NAMES.iter().copied().filter(|name| name.starts_with("craftax"))
}

fn actions(t: usize, n: usize) -> Vec<u32> {
    (0..n).map(|i| [1, 5, 3, 5, 2, 5, 4, 5, 6][(i + t * (i + 3) / 2) % 9]).collect()
}

#[test]
fn sparse_rows_are_the_dense_ones() {
    for name in games() {
        let sparse = Options { observe: Observe::Sparse, ..Options::default() };
        let short = |options: Options| Options { episode_length: Some(37), ..options };
        let mut dense = make(name, 5, &short(Options::default())).unwrap();
        let mut lists = make(name, 5, &short(sparse)).unwrap();
        let width = dense.observation_space().len();
        dense.reset(4);
        lists.reset(4);
        for t in 0..120 {
            let both = dense.batch();
            let rows = [(&both.sparse, &both.observations), (&both.sparse_next, &both.next)];
            for (sparse, dense) in rows {
                assert_eq!(sparse.rows(), 5);
                for (i, dense) in dense.chunks(width).enumerate() {
                    let (columns, values) = sparse.row(i);
                    let mut full = vec![0.0; width];
                    for (&column, &value) in columns.iter().zip(values) {
                        assert_eq!(std::mem::replace(&mut full[column as usize], value), 0.0);
                        assert_ne!(value, 0.0);
                    }
                    assert!(full == dense, "{name} {t} {i}");
                }
            }
            let only = lists.batch();
            assert!(only.observations.is_empty() && only.next.is_empty());
            assert_eq!(only.sparse, both.sparse);
            assert_eq!(only.sparse_next, both.sparse_next);
            assert_eq!(only.rewards, both.rewards);
            let play = actions(t, 5);
            dense.step(Actions::Discrete(&play)).unwrap();
            lists.step(Actions::Discrete(&play)).unwrap();
        }
        let saved = lists.save();
        let mut other = make(name, 5, &short(sparse_options())).unwrap();
        other.restore(&saved).unwrap();
        assert!(other.batch() == lists.batch() && other.save() == saved);
    }
}

fn sparse_options() -> Options {
    Options { observe: Observe::Sparse, ..Options::default() }
}

#[test]
fn achievements_are_reported_when_an_episode_is_over() {
    for name in games() {
        let options = Options { episode_length: Some(60), ..sparse_options() };
        let mut env = make(name, 16, &options).unwrap();
        let names = env.achievements().names;
        assert_eq!(names.len(), if name == "craftax" { 67 } else { 22 });
        env.reset(1);
        let (mut rewards, mut reported) = ([0.0f32; 16], 0);
        for t in 0..300 {
            let batch = env.step(Actions::Discrete(&actions(t, 16))).unwrap();
            for (i, unlocked) in batch.unlocked.chunks(names.len()).enumerate() {
                rewards[i] += batch.rewards[i];
                let count = unlocked.iter().filter(|&&unlocked| unlocked).count();
                if batch.terminated[i] || batch.truncated[i] {
                    // The easy ones give 1 each; health won and lost at most 1 in all.
                    assert!((rewards[i] - count as f32).abs() < 1.01, "{name} {rewards:?} {count}");
                    rewards[i] = 0.0;
                    reported += count;
                } else {
                    assert_eq!(count, 0);
                }
            }
        }
        assert!(reported > 20, "{name}: {reported}");
    }
}

#[test]
fn games_can_be_drawn() {
    let env = make("Craftax-Classic-Symbolic-v1", 2, &Options::default()).unwrap();
    let game = env.view(1).game().unwrap();
    assert_eq!((game.size(), game.needs()[0].name, game.needs()[0].count), (64, "health", 9));
    assert!(matches!(env.view(2), View::Nothing));
    assert!(make("ant", 1, &Options::default()).unwrap().view(0).game().is_none());
}

/// Oracle: the rewards of the achievements in `craftax/constants.py`, added up.
#[test]
fn scores_are_shares_of_all_achievements() {
    for (name, count, total) in [("craftax", 67, 226.0), ("craftax-classic", 22, 22.0)] {
        let achievements = make(name, 1, &Options::default()).unwrap().achievements();
        assert_eq!((achievements.len(), achievements.reward), (count, total));
        assert_eq!(achievements.score(total / 2.0), Some(0.5));
    }
    let achievements = make("ant", 1, &Options::default()).unwrap().achievements();
    assert!(achievements.is_empty() && achievements.score(1.0).is_none());
}

/// Who does nothing starves, and stays dead.
#[test]
fn a_repeated_action_stops_at_the_end() {
    for name in games() {
        let options = Options { action_repeat: 40, ..sparse_options() };
        let mut env = make(name, 8, &options).unwrap();
        env.reset(0);
        let mut ended = 0;
        for _ in 0..40 {
            let batch = env.step(Actions::Discrete(&[0; 8])).unwrap();
            ended += batch.terminated.iter().filter(|&&over| over).count();
        }
        assert!(ended > 4, "{name}");
    }
}
