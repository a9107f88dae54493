//! Oracle: what the trait promises of every environment, whatever its task.

use dalenet_envs::{Actions, Batch, Error, NAMES, Options, Restart, Space, VectorEnv, View, make};
use rayon::prelude::*;

/// Actions that change from step to step and from one environment to the next.
enum Play {
    Numbers(Vec<f32>),
    Choices(Vec<u32>),
}

impl Play {
    fn new(env: &dyn VectorEnv, step: usize) -> Self {
        let len = env.count() * env.action_space().len();
        match env.action_space() {
            Space::Continuous { .. } => {
                Self::Numbers((0..len).map(|i| (1.7 * step as f32 + i as f32).sin()).collect())
            }
            Space::Discrete { n } => {
                Self::Choices((0..len).map(|i| ((i * 7 + step * step) % n) as u32).collect())
            }
        }
    }

    fn actions(&self) -> Actions<'_> {
        match self {
            Self::Numbers(x) => Actions::Continuous(x),
            Self::Choices(x) => Actions::Discrete(x),
        }
    }
}

fn step(env: &mut dyn VectorEnv, t: usize) -> Batch {
    let play = Play::new(env, t);
    env.step(play.actions()).unwrap().clone()
}

fn options(episode_length: u32) -> Options {
    Options { episode_length: Some(episode_length), ..Options::default() }
}

#[test]
fn every_environment_keeps_its_promises() {
    for &name in NAMES {
        let count = 21; // no multiple of any number of lanes
        let mut env = make(name, count, &options(30)).unwrap();
        assert_eq!((env.name(), env.count()), (name, count));
        let row = env.observation_space().len();
        let mut before = env.reset(5).clone();
        assert_eq!(before.observations.len(), count * row);
        let (mut age, mut cut) = (vec![0; count], 0);
        for t in 0..70 {
            let batch = step(env.as_mut(), t);
            assert!(batch.next.iter().chain(&batch.rewards).all(|x| x.is_finite()));
            for (i, age) in age.iter_mut().enumerate() {
                let at = i * row..(i + 1) * row;
                *age += 1;
                let over = batch.terminated[i] || batch.truncated[i];
                assert!(!(batch.terminated[i] && batch.truncated[i]));
                // Cut exactly when it is as old as episodes get, unless it is over anyway.
                assert_eq!(batch.truncated[i], *age == 30 && !batch.terminated[i], "{name} {t}");
                let next = &batch.next[at.clone()];
                assert!(over || next == &batch.observations[at.clone()]);
                if over {
                    *age = 0;
                    cut += usize::from(batch.truncated[i]);
                    // The bandit's new hint can be the old one.
                    assert!(name == "bandit" || next != &batch.observations[at.clone()]);
                }
                assert!(name == "bandit" || next != &before.observations[at]);
            }
            before = batch;
        }
        let falls = ["bandit", "cart-pole", "brax/inverted-pendulum", "mujoco/humanoid"];
        let falls = falls.contains(&name) || name == "mujoco/inverted-pendulum";
        assert!(cut > 0 || falls, "{name}: nothing was cut");
        assert_eq!(env.failures(), 0, "{name}");
    }
}

#[test]
fn same_seed_same_bits_at_any_number_of_threads() {
    for &name in NAMES {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut env = make(name, 70, &Options::default()).unwrap();
                env.reset(11);
                let rewards: Vec<Vec<f32>> =
                    (0..20).map(|t| step(env.as_mut(), t).rewards).collect();
                (rewards, env.save())
            })
        };
        assert!(run(1) == run(3), "{name}");
    }
}

/// 70 environments are several pieces of work, of Craftax and cart-pole too.
#[test]
fn a_step_of_the_calling_thread_and_a_pool_is_the_same_step() {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let pools = [1, 3].map(pool);
    for &name in NAMES {
        let [mut one, mut other] = [(); 2].map(|()| make(name, 70, &Options::default()).unwrap());
        let mut out = vec![f32::NAN; 70 * one.observation_space().len()];
        for t in 0..30 {
            let want = step(one.as_mut(), t);
            let (play, pool) = (Play::new(other.as_ref(), t), &pools[t % 2]);
            let wanted = (t % 3 > 0).then_some(&mut out[..]);
            let found = other.step_beside(pool, play.actions(), wanted).unwrap();
            assert!(*found == want, "{name} {t}");
            assert!(t % 3 == 0 || out == want.observations, "{name} {t}");
        }
        let saved = other.save();
        let (play, wanted) = (Play::new(other.as_ref(), 0), out.len());
        let error = other.step_beside(&pools[1], play.actions(), Some(&mut out[1..])).err();
        assert_eq!(error, Some(Error::Entries { argument: "out", found: wanted - 1, wanted }));
        assert!(other.save() == saved, "{name}");
    }
}

#[test]
fn an_environment_does_not_depend_on_how_many_there_are() {
    for &name in NAMES {
        let run = |count: usize, some: usize| {
            let mut env = make(name, count, &Options::default()).unwrap();
            let row = env.observation_space().len();
            let some = some * row;
            let first = env.reset(3).observations[..some].to_vec();
            let steps = (0..40).map(|t| step(env.as_mut(), t).next[..some].to_vec());
            (first, steps.collect::<Vec<_>>())
        };
        assert!(run(5, 5) == run(40, 5), "{name}");
        assert!(run(1, 1) == run(40, 1), "{name}");
        let mut env = make(name, 2, &Options::default()).unwrap();
        let first = env.reset(0).observations.clone();
        if name != "bandit" {
            assert_ne!(first, env.reset(1).observations, "{name}");
            assert_ne!(first[..first.len() / 2], first[first.len() / 2..], "{name}");
        }
    }
}

#[test]
fn a_restored_environment_goes_on_to_the_same_bits() {
    for &name in NAMES {
        let mut env = make(name, 19, &options(25)).unwrap();
        env.reset(2);
        (0..40).for_each(|t| drop(step(env.as_mut(), t)));
        let saved = env.save();
        let want: Vec<Batch> = (40..80).map(|t| step(env.as_mut(), t)).collect();

        let mut other = make(name, 19, &options(25)).unwrap();
        other.reset(99);
        step(other.as_mut(), 0);
        other.restore(&saved).unwrap();
        assert!(other.save() == saved, "{name}");
        let found: Vec<Batch> = (40..80).map(|t| step(other.as_mut(), t)).collect();
        assert!(found == want, "{name}");
    }
}

#[test]
fn what_was_saved_elsewhere_is_refused() {
    let mut env = make("hopper", 3, &Options::default()).unwrap();
    let saved = env.save();
    let refused = |env: &mut Box<dyn VectorEnv>, words: &[u32]| {
        let before = env.save();
        let message = env.restore(words).unwrap_err().to_string();
        assert!(message.contains("not one of 3 × `brax/hopper`"), "{message}");
        assert!(env.save() == before);
    };
    refused(&mut env, &[]);
    refused(&mut env, &saved[..saved.len() - 1]);
    refused(&mut env, &make("hopper", 4, &Options::default()).unwrap().save());
    refused(&mut env, &make("reacher", 3, &Options::default()).unwrap().save());
    refused(&mut env, &make("hopper", 3, &options(7)).unwrap().save());
}

/// An action of 1e30 costs more than a float holds: the step cannot be used.
#[test]
fn a_failure_is_marked_and_harms_nobody_else() {
    ants().for_each(a_failure_is_marked);
}

/// The task by each backend there is.
fn ants() -> impl Iterator<Item = &'static str> {
    NAMES.iter().copied().filter(|name| name.ends_with("ant"))
}

fn a_failure_is_marked(ant: &str) {
    let mut env = make(ant, 20, &Options::default()).unwrap();
    let mut sound = make(ant, 20, &Options::default()).unwrap();
    env.reset(4);
    sound.reset(4);
    let mut actions = vec![0.3; 20 * 8];
    let want = sound.step(Actions::Continuous(&actions)).unwrap().clone();
    actions[8 * 5 + 2] = 1e30;
    let seen = env.batch().observations.clone();
    let batch = env.step(Actions::Continuous(&actions)).unwrap().clone();
    for i in 0..20 {
        let at = i * 27..(i + 1) * 27;
        assert_eq!(batch.failed[i], i == 5);
        assert_eq!(batch.truncated[i], i == 5);
        if i == 5 {
            assert_eq!((batch.rewards[i], batch.terminated[i]), (0.0, false));
            assert_eq!(batch.next[at.clone()], seen[at.clone()]);
            assert_ne!(batch.observations[at.clone()], seen[at]);
        } else {
            assert_eq!(batch.next[at.clone()], want.next[at], "environment {i}");
            assert_eq!(batch.rewards[i], want.rewards[i]);
        }
    }
    assert_eq!(env.failures(), 1);
    let saved = env.save();
    env.reset(0);
    assert_eq!(env.failures(), 0);
    env.restore(&saved).unwrap();
    assert_eq!(env.failures(), 1);
}

/// The height of one torso becomes NaN between two steps.
#[test]
fn broken_physics_is_marked_and_harms_nobody_else() {
    ants().for_each(broken_physics_is_marked);
}

fn broken_physics_is_marked(ant: &str) {
    let mut env = make(ant, 20, &Options::default()).unwrap();
    env.reset(4);
    let mut words = env.save();
    let halves = |x: f64| [x.to_bits() as u32, (x.to_bits() >> 32) as u32];
    let height = halves(env.view(13).bodies().unwrap().poses[0].position[2]);
    let places: Vec<usize> = (1..words.len()).filter(|&i| words[i - 1..=i] == height).collect();
    assert!(!places.is_empty());
    places.iter().for_each(|&i| words[i - 1..=i].copy_from_slice(&halves(f64::NAN)));
    let mut broken = make(ant, 20, &Options::default()).unwrap();
    broken.restore(&words).unwrap();
    for t in 0..30 {
        let (want, found) = (step(env.as_mut(), t), step(broken.as_mut(), t));
        for i in (0..20).filter(|&i| i != 13) {
            assert_eq!(found.next[27 * i..][..27], want.next[27 * i..][..27], "{t} {i}");
            assert!(!found.failed[i]);
        }
        assert_eq!(found.failed[13], t == 0);
        let numbers = found.next.iter().chain(&found.observations).chain(&found.rewards);
        assert!(numbers.copied().all(f32::is_finite));
    }
    assert_eq!((env.failures(), broken.failures()), (0, 1));
}

#[test]
fn wrong_actions_are_refused_and_nothing_moves() {
    let mut env = make("reacher", 3, &Options::default()).unwrap();
    let before = env.save();
    let wrong = [
        (Actions::Continuous(&[0.0; 5]), Error::ActionCount { found: 5, wanted: 6 }),
        (
            Actions::Continuous(&[0.0, 0.0, 0.0, f32::NAN, 0.0, 0.0]),
            Error::Action { index: 1, value: "NaN".into() },
        ),
        (
            Actions::Discrete(&[0, 0, 0]),
            Error::ActionKind { env: "brax/reacher", wanted: "continuous" },
        ),
    ];
    for (actions, error) in wrong {
        assert_eq!(env.step(actions).err(), Some(error));
    }
    assert!(env.save() == before);

    let mut env = make("cart-pole", 3, &Options::default()).unwrap();
    let error = env.step(Actions::Discrete(&[0, 1, 2])).err();
    assert_eq!(error, Some(Error::Action { index: 2, value: "2".into() }));
    let error = env.step(Actions::Continuous(&[0.0; 3])).err();
    assert_eq!(error, Some(Error::ActionKind { env: "cart-pole", wanted: "discrete" }));
}

/// Every score is to say which physics it is of.
#[test]
fn every_environment_names_its_backend() {
    for &name in NAMES {
        let env = make(name, 1, &Options::default()).unwrap();
        let want = match name.split_once('/') {
            Some(("brax", _)) => "positional",
            Some(("mujoco", _)) => "mujoco",
            _ => "native",
        };
        assert_eq!(env.backend(), want, "{name}");
    }
}

/// Brax repeats its first state; by default every episode is another.
#[test]
fn episodes_begin_as_the_options_say() {
    for restart in [Restart::Same, Restart::Fresh] {
        let options = Options { episode_length: Some(3), restart, ..Options::default() };
        let mut env = make("half-cheetah", 18, &options).unwrap();
        let first = env.reset(8).observations.clone();
        (0..2).for_each(|t| drop(step(env.as_mut(), t)));
        let again = step(env.as_mut(), 2).observations;
        assert_eq!(again == first, restart == Restart::Same);
    }
}

/// Oracle: the same steps taken one by one.
/// Of N environments, the first episode of environment `i` ends `i/N` of the length early and all
/// others are whole; nothing else differs.
#[test]
fn staggered_episodes_do_not_end_together() {
    let (count, length) = (21, 30);
    let staggered = Options { stagger: true, ..options(length) };
    let mut env = make("half-cheetah", count, &staggered).unwrap();
    let mut plain = make("half-cheetah", count, &options(length)).unwrap();
    assert_eq!(env.reset(5), plain.reset(5));
    let mut ended = vec![Vec::new(); count];
    for t in 0..70 {
        let batch = step(env.as_mut(), t);
        if t < 10 {
            let whole = (0..count).filter(|i| ended[*i].is_empty() && !batch.truncated[*i]);
            let plain = step(plain.as_mut(), t);
            whole.for_each(|i| assert_eq!(batch.rewards[i], plain.rewards[i], "{i} {t}"));
        }
        assert_eq!(batch.terminated, [false; 21]);
        (0..count).filter(|i| batch.truncated[*i]).for_each(|i| ended[i].push(t + 1));
    }
    for (i, ended) in ended.iter().enumerate() {
        let first = (length as usize * (count - i)).div_ceil(count);
        let expected: Vec<_> = (first..=70).step_by(30).collect();
        assert_eq!(*ended, expected, "{i}");
    }
}

#[test]
fn a_repeated_action_is_so_many_steps() {
    let repeat = Options { action_repeat: 3, ..Options::default() };
    let (mut whole, mut parts) =
        (make("walker2d", 5, &repeat).unwrap(), make("walker2d", 5, &Options::default()).unwrap());
    whole.reset(1);
    parts.reset(1);
    let actions: Vec<f32> = (0..30).map(|i| (i as f32).cos()).collect();
    let found = whole.step(Actions::Continuous(&actions)).unwrap().clone();
    let mut rewards = vec![0.0; 5];
    for _ in 0..3 {
        let batch = parts.step(Actions::Continuous(&actions)).unwrap();
        rewards.iter_mut().zip(&batch.rewards).for_each(|(sum, x)| *sum += x);
    }
    assert_eq!(found.rewards, rewards);
    assert_eq!(found.next, parts.batch().next);
}

#[test]
fn bodies_can_be_drawn() {
    NAMES.iter().filter(|name| name.ends_with("humanoid")).for_each(|name| can_be_drawn(name));
    let bandit = make("bandit", 1, &Options::default()).unwrap();
    assert!(matches!(bandit.view(0), View::Nothing));
}

fn can_be_drawn(humanoid: &str) {
    let mut env = make(humanoid, 18, &Options::default()).unwrap();
    env.reset(0);
    for i in 0..18 {
        let bodies = env.view(i).bodies().unwrap();
        let poses = bodies.poses;
        assert!(bodies.shapes.len() > 10);
        assert_eq!(poses.len(), 11);
        assert!((poses[0].position[2] - 1.4).abs() < 0.011); // the torso where resets put it
        assert_eq!(poses[0].position[2] as f32, env.batch().observations[244 * i]);
        assert!(bodies.shapes.iter().all(|shape| shape.link.is_none_or(|l| l < poses.len())));
    }
    assert!(matches!(env.view(18), View::Nothing));
}

const _: () = {
    const fn is_shared<T: Send + Sync + ?Sized>() {}
    is_shared::<dyn VectorEnv>();
};

/// Environments keep no memory in threads: a thread that waits in a step of one may step another.
#[test]
fn environments_side_by_side_do_not_interfere() {
    let run = |name: &str| {
        let mut env = make(name, 70, &Options::default()).unwrap();
        env.reset(11);
        (0..10).for_each(|t| drop(step(env.as_mut(), t)));
        env.save()
    };
    let names = || NAMES.iter().filter(|name| !name.starts_with("mujoco/"));
    let alone: Vec<_> = names().map(|name| run(name)).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build().unwrap();
    let together: Vec<Vec<u32>> =
        pool.install(|| names().collect::<Vec<_>>().par_iter().map(|name| run(name)).collect());
    assert!(alone == together);
}
