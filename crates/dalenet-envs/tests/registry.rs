//! Oracle: what the registry promises of names.

use dalenet_envs::{ENVIRONMENTS, Error, NAMES, Options, find, make};

/// Whatever the name: only without the feature it is answered by how to build it in.
#[test]
fn mujoco_is_there_if_it_was_asked_for() {
    let found = make("MuJoCo/HalfCheetah", 2, &Options::default());
    if cfg!(feature = "mujoco") {
        let env = found.unwrap();
        assert_eq!((env.name(), env.step_seconds()), ("mujoco/half-cheetah", Some(0.05)));
        let message = make("mujoco/antt", 1, &Options::default()).err().unwrap().to_string();
        assert!(message.contains("did you mean `mujoco/ant`?"), "{message}");
    } else {
        assert_eq!(found.err(), Some(Error::NoMuJoCo));
        assert_eq!(make("mujoco/x", 1, &Options::default()).err(), Some(Error::NoMuJoCo));
    }
}

#[test]
fn names_are_found_or_the_nearest_is_named() {
    for name in [
        "HalfCheetah",
        "halfcheetah",
        "brax/HalfCheetah",
        "Brax/half_cheetah",
        "inverted_double_pendulum",
        "Walker2D",
        "CartPole",
        "CartPole-v1",
    ] {
        assert!(make(name, 1, &Options::default()).is_ok(), "{name}");
    }
    let message = |name: &str| make(name, 1, &Options::default()).err().unwrap().to_string();
    for (typo, meant) in [
        ("humanoit", "brax/humanoid"),
        ("half-cheeta", "brax/half-cheetah"),
        ("brax/half-cheeta", "brax/half-cheetah"),
        ("Brax/antt", "brax/ant"),
        ("brax/cart-pole", "cart-pole"),
        ("craftax-clasic", "craftax-classic"),
    ] {
        let message = message(typo);
        assert!(message.contains(&format!("did you mean `{meant}`?")), "{message}");
        assert!(message.contains(&format!("`{typo}`")), "{message}");
    }
    assert!(!message("brax/foo").contains("did you mean"));
    assert!(!message("breakout-atari").contains("did you mean"));
    assert!(message("x").contains("cart-pole"), "the list is given");
    let zero = make("ant", 0, &Options::default()).err();
    assert_eq!(zero, Some(Error::Zero { option: "count" }));
}

/// A second environment of a name would never be made.
#[test]
fn every_name_is_that_of_one_environment() {
    for env in ENVIRONMENTS {
        for name in env.aliases.iter().chain([&env.name]) {
            assert_eq!(find(name).unwrap().name, env.name);
        }
        assert!(!env.summary.is_empty());
    }
    assert!(ENVIRONMENTS.iter().map(|env| env.name).eq(NAMES.iter().copied()));
}
