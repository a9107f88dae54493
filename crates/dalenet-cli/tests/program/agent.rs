//! Learning to act: the program trains, evaluates, compares and goes on in environments.

use crate::helper::{Folder, assert_says};
use std::time::Duration;

const SMALL: &str = "--set layers=[16] --set rollout=16 --set minibatches=4 --envs 32";

/// PPO is shown right by a task whose best return is known: 500 steps.
#[test]
fn every_rule_solves_cart_pole() {
    for rule in ["bp", "ed"] {
        let folder = Folder::new();
        let said = folder.ok(&format!("train cart-pole --rule {rule} --steps 2e5 --json --out r"));
        let outcome = said.json();
        assert!(outcome["return_mean"].as_f64().unwrap() > 475.0, "{rule}: {said:?}");
        assert_eq!((&outcome["episodes"], &outcome["failures"]), (&64.into(), &0.into()));
        let said = folder.ok("eval r --episodes 8 --json").json();
        assert!(said["evaluation"]["return_mean"].as_f64().unwrap() > 475.0, "{said}");
        let metrics = folder.metrics("r");
        assert_eq!(outcome["recent_return"], metrics.last().unwrap()["recent_return"]);
        let first = &metrics[0];
        for key in ["entropy", "kl", "clip_fraction", "explained_variance", "steps_per_second"] {
            assert!(first[key].is_number(), "{key}: {first}");
        }
    }
}

/// A policy that has just begun to learn is nearly uniform, so that its sampled actions are not its most
/// probable ones.
#[test]
fn an_agent_is_evaluated_by_the_actions_that_are_asked_for() {
    let folder = Folder::new();
    folder.ok(&format!("train cart-pole --steps 1024 {SMALL} --out r"));
    let said = |options: &str| folder.ok(&format!("eval r --episodes 8 {options} --json")).json();
    let (own, probable) = (said(""), said("--deterministic true"));
    let sampled = said("--deterministic false");
    assert_eq!(own, probable);
    assert_eq!(
        (&probable["deterministic"], &sampled["deterministic"]),
        (&true.into(), &false.into())
    );
    assert!(probable["evaluation"]["return_mean"] != sampled["evaluation"]["return_mean"]);
    assert_eq!(sampled, said("--deterministic false"));
    let on_chips = |options: &str| said(&format!("{options} --bits 3"))["evaluation"].clone();
    assert!(on_chips("")["float_return"] == probable["evaluation"]["return_mean"]);
    let on_chips = on_chips("--deterministic false");
    assert!(on_chips["float_return"] == sampled["evaluation"]["return_mean"]);

    folder.ok("train xor --epochs 2 --out digits");
    let refused = folder.refused("eval digits --deterministic true");
    assert_says(&refused, &["--deterministic is for runs in an environment"]);
}

#[test]
fn threads_and_kills_do_not_change_a_bit() {
    let folder = Folder::new();
    let train = format!("train brax/hopper --steps 2e5 {SMALL}");
    folder.ok(&format!("{train} --threads 1 --out one"));
    folder.ok(&format!("{train} --threads 2 --out two"));
    assert!(folder.tensors("one") == folder.tensors("two"));

    let mut child = folder.command(&format!("{train} --out killed")).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    child.kill().unwrap();
    child.wait().unwrap();
    folder.ok("train --resume killed");
    assert!(folder.tensors("one") == folder.tensors("killed"));
}

/// Observations of Craftax are sparse, through the networks and through a checkpoint.
#[test]
fn a_game_goes_on_to_the_same_bits_and_tells_its_achievements() {
    let folder = Folder::new();
    let train = format!("train craftax-classic --steps 3e4 {SMALL} --set evaluation=8");
    let outcome = folder.ok(&format!("{train} --threads 1 --json --out one")).json();
    let mut child = folder.command(&format!("{train} --threads 2 --out killed")).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    child.kill().unwrap();
    child.wait().unwrap();
    folder.ok("train --resume killed");
    assert!(folder.tensors("one") == folder.tensors("killed"));

    let shares = |of: &serde_json::Value| -> Vec<f64> {
        let shares = of["achievements"].as_object().expect("achievements");
        shares.values().map(|share| share.as_f64().unwrap()).collect()
    };
    let (at_the_end, score) = (shares(&outcome), outcome["score"].as_f64().unwrap());
    assert_eq!(at_the_end.len(), 22);
    // An achievement is worth 1; the rest of the return is health, at most 0.9 lost in an episode.
    let unlocked: f64 = at_the_end.iter().sum();
    assert!((22.0 * score - unlocked).abs() <= 0.9 + 1e-6, "{outcome}");
    let metrics = folder.metrics("one");
    let told = metrics.iter().find(|update| update["episodes"].as_u64() > Some(0)).unwrap();
    assert!(shares(told).iter().any(|share| *share > 0.0), "{told}");
    let said = folder.ok("eval one --episodes 4");
    assert_says(&said.stdout, &["of the return of all 22 achievements"]);
}

#[test]
fn an_interrupted_training_is_saved_and_goes_on() {
    let folder = Folder::new();
    let train = format!("train brax/hopper --steps 2e5 {SMALL}");
    folder.ok(&format!("{train} --out whole"));
    let mut child = folder.command(&format!("{train} --out cut")).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let pid = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(folder.path("cut/checkpoint.safetensors").exists());
    folder.ok("train --resume cut");
    assert!(folder.tensors("whole") == folder.tensors("cut"));
}

#[test]
fn a_study_of_environments_has_returns() {
    let folder = Folder::new();
    let said = folder.ok("compare bandit --rules ed,bp --seeds 2 --steps 20000 --out s");
    assert_says(&said.stdout, &["| task", "| return", "| bandit | ed", "| bandit | bp", " ± "]);
    let again = folder.ok("compare bandit --rules ed,bp --seeds 2 --steps 20000 --out s");
    assert_says(&again.stdout, &["4 of them finished"]);
    let sentence = folder.refused("compare bandit xor --out t");
    assert_says(&sentence, &["returns and accuracies", "studies of their own"]);
    assert_says(&folder.refused("ablate bandit --out t"), &["bandit", "innovations"]);
}

#[test]
fn an_agent_is_seen_to_act() {
    let folder = Folder::new();
    for task in ["craftax-classic", "brax/hopper"] {
        folder.ok(&format!("train {task} --steps 1000 {SMALL} --out {task}"));
        let said = folder.ok(&format!("play {task} --out page.html --seed 2 --json")).json();
        let page = folder.read("page.html");
        assert!(page.contains(&format!("<h1>{task}</h1>")));
        // The last step of Brax is not seen: its environment is then at the next start.
        let frames = said["steps"].as_u64().unwrap() + u64::from(task == "craftax-classic");
        assert!(page.contains(&format!("\"frames\":{frames},")), "{said}");
        let again = folder.refused(&format!("play {task} --out page.html"));
        assert_says(&again, &["page.html exists already", "--out"]);
        assert!(!again.contains("--resume"), "a page is no run: {again}");
        std::fs::remove_file(folder.path("page.html")).unwrap();
    }
    folder.ok(&format!("train bandit --steps 1000 {SMALL} --out bandit"));
    assert_says(
        &folder.refused("play bandit --out b.html"),
        &["nothing to see", "craftax-classic"],
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = Folder::new();
    folder.ok(&format!("train bandit --steps 1000 {SMALL} --out bandit"));
    for (arguments, pieces) in [
        ("train brax/antt --out r", &["`brax/antt`", "did you mean `brax/ant`?"][..]),
        ("train brax/cart-pole --out r", &["`brax/cart-pole`", "did you mean `cart-pole`?"]),
        ("train cart-pole --steps 0 --out r", &["`steps = 0`", "at least 1"]),
        ("train cart-pole --steps 1.5 --out r", &["`steps = 1.5`", "whole number"]),
        ("train cart-pole --envs 0 --out r", &["`envs = 0`", "at least 1"]),
        (
            "train cart-pole --envs 2 --set rollout=2 --set minibatches=5 --out r",
            &["`minibatches = 5`", "4 samples of a rollout"],
        ),
        ("train cart-pole --set rate=-1 --out r", &["`rate = -1`", "above 0"]),
        ("train cart-pole --set response=tanh --out r", &["`rms = true`", "response=relu"]),
        ("train cart-pole --set dual=false --out r", &["`dale = true`", "two streams"]),
        ("train cart-pole --rule kaneko --out r", &["--rule ed"]),
        ("train cart-pole --epoch 3 --out r", &["'--epoch'"]),
        (
            "train --resume bandit --set discount=0.5",
            &["discount = 0.99", "is resumed only with its own settings"],
        ),
        ("eval bandit --data mnist", &["--data", "environment"]),
    ] {
        assert_says(&folder.refused(arguments), pieces);
    }
    if cfg!(not(feature = "mujoco")) {
        let sentence = folder.refused("train mujoco/ant --out r");
        assert_says(&sentence, &["built without MuJoCo", "libmujoco-dev", "--features mujoco"]);
    }
    // A checkpoint of another task.
    folder.ok(&format!("train cart-pole --steps 1000 {SMALL} --out pole"));
    folder.write(
        "pole/checkpoint.safetensors",
        std::fs::read(folder.path("bandit/checkpoint.safetensors")).unwrap(),
    );
    assert_says(&folder.refused("train --resume pole"), &["task = \"bandit\", not \"cart-pole\""]);
    folder.write("pole/checkpoint.safetensors", b"no checkpoint");
    assert_says(&folder.refused("eval pole"), &["checkpoint.safetensors", "safetensors file"]);
}
