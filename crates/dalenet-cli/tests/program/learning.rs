//! That tasks are learnt, and what is said about it.

use crate::helper::{Folder, Said, array, assert_says, floats, mnist};

#[test]
fn xor_is_learnt_by_kanekos_rule() {
    let said = Folder::new().ok("train xor --rule kaneko --json");
    assert_eq!(said.json()["learnt"], true);
    assert_eq!(said.json()["test_accuracy"], 1.0);
}

#[test]
fn parity_of_three_bits_is_learnt() {
    let said = Folder::new().ok("train parity --bits 3 --json");
    assert_eq!(said.json()["learnt"], true);
    assert_eq!(said.json()["test_accuracy"], 1.0);
}

#[test]
fn a_users_own_file_is_learnt_without_any_setting_but_its_name() {
    let folder = Folder::new();
    folder.squares("squares.npz", [300, 60]);
    let said = folder.ok("train squares.npz --set layers=[32] --json");
    assert!(said.json()["test_accuracy"].as_f64() > Some(0.95), "{said:?}");
    assert_eq!(said.json()["run"], "runs/squares-ed-seed0");
}

#[test]
fn a_users_own_vectors_without_a_test_set_are_learnt() {
    let folder = Folder::new();
    let values: Vec<f32> = (0..240).map(|i| (i % 4 / 2) as f32 - 0.1 * (i % 3) as f32).collect();
    let labels: Vec<u8> = (0..120).map(|i| i % 2).collect();
    let x = floats(&[120, 2], &values);
    folder.npz("vectors.npz", &[("x", x), ("y", array("|u1", &[120], &labels))]);
    let said = folder.ok("train vectors.npz --set layers=[8] --set batch=8 --out r --json");
    assert_eq!(said.json()["test_accuracy"], 1.0, "{said:?}");
    // They are no images, which the default settings move about.
    let metrics = folder.metrics("r");
    assert_eq!(metrics.last().expect("epochs")["train_accuracy"], 1.0);
}

#[test]
fn mnist_is_learnt_in_part_after_one_epoch() {
    mnist();
    let folder = Folder::new();
    let said = folder.ok("train mnist --epochs 1 --set layers=[32] --json");
    let json = said.json();
    assert!(json["test_accuracy"].as_f64() > Some(0.85), "{json}");
    let evaluated = folder.ok("eval runs/mnist-ed-seed0 --json").json();
    assert_eq!(evaluated["test_accuracy"], json["test_accuracy"]);
    assert_eq!(evaluated["samples"], 10_000);
}

#[test]
fn every_rule_trains() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    for rule in ["ed", "dfa", "fa", "sign-symmetric", "bp", "bp-dale"] {
        let task = "train squares.npz --epochs 2 --set layers=[9,6] --json";
        let json = folder.ok(&format!("{task} --rule {rule}")).json();
        assert_eq!(json["rule"], rule.trim_end_matches("-dale"));
        let dual = matches!(rule, "ed" | "bp-dale");
        assert_eq!(json["ei_ratio"].as_array().map(Vec::len), Some(if dual { 3 } else { 0 }));
    }
}

#[test]
fn the_result_of_a_training_has_every_field() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    let said = folder.ok("train squares.npz --epochs 2 --seed 3 --set layers=[9] --out r --json");
    let json = said.json();
    assert_eq!((&json["task"], &json["rule"]), (&"squares.npz".into(), &"ed".into()));
    assert_eq!((&json["seed"], &json["run"]), (&3.into(), &"r".into()));
    for share in ["test_accuracy", "validation_accuracy"] {
        assert!((0.0..=1.0).contains(&json[share].as_f64().expect(share)), "{json}");
    }
    for positive in ["train_seconds", "samples_per_second"] {
        assert!(json[positive].as_f64() > Some(0.0), "{json}");
    }
    for layers in ["ei_ratio", "floor_share"] {
        assert_eq!(json[layers].as_array().map(Vec::len), Some(2), "{json}");
    }
    // 4·144·9 + 2·9 and, of the output's p stream only, 2·9·3 + 3.
    assert_eq!(json["parameters"], 5184 + 18 + 54 + 3);
    let saved: serde_json::Value = serde_json::from_str(&folder.read("r/result.json")).unwrap();
    assert_eq!(saved, json);
}

#[test]
fn every_command_ends_with_one_json_object_when_asked_to() {
    mnist();
    let folder = Folder::new();
    folder.ok("train xor --epochs 2 --out r");
    for (command, key) in [
        ("train xor --epochs 2", "test_accuracy"),
        ("train --resume r", "test_accuracy"),
        ("eval r", "test_accuracy"),
        ("data fetch mnist", "folder"),
        ("config xor", "rate"),
        ("list", "tasks"),
    ] {
        let plain = folder.ok(command);
        let json = folder.ok(&format!("{command} --json"));
        assert!(json.json().get(key).is_some(), "{command}: {json:?}");
        assert_eq!(plain.stdout.lines().count() + 1, json.stdout.lines().count(), "{command}");
    }
    for mistake in [
        "train mnst",
        "train xor --set epoch=1",
        "train --resume none",
        "eval none",
        "data fetch mnst",
        "config mnst",
        "train xor --threads 0",
        "train",
        "trian xor",
    ] {
        let said = folder.run(&format!("{mistake} --json"));
        assert_eq!(said.code, Some(2), "{mistake}: {said:?}");
        assert_eq!(said.json()["error"], said.sentence(), "{mistake}");
        assert_eq!(said.stdout.lines().count(), 1, "{mistake}: {said:?}");
    }
}

#[test]
fn piped_output_has_one_plain_line_an_epoch() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    let said = folder.ok("train squares.npz --epochs 3 --set layers=[9]");
    let epochs: Vec<_> = said.stdout.lines().filter(|line| line.starts_with("epoch ")).collect();
    assert_eq!(epochs.len(), 3, "{said:?}");
    assert!(epochs[2].starts_with("epoch 3/3  error "), "{epochs:?}");
    assert!(!said.stdout.contains(['\r', '\x1b']), "{said:?}");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = Folder::new();
    for command in ["list", "config xor", "train xor --epochs 50 --set stop_error=0 --out r"] {
        let mut command = folder.command(command);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let said: Said = command.stdout(writer).output().unwrap().into();
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(!said.stderr.contains("panicked"), "{said:?}");
    }
    assert_eq!(folder.metrics("r").len(), 50);
}

#[test]
fn what_was_changed_is_said() {
    let said = Folder::new().ok("train xor --epochs 2 --set layers=[3]");
    assert_says(&said.stderr, &["layers = [3] (was [32])", "epochs = 2 (was 10000)"]);
}

#[test]
fn a_collapse_to_one_class_is_said_and_kept() {
    let folder = Folder::new();
    // One sample in thirty is of the other class, and the rate is too small to learn that.
    let values: Vec<f32> = (0..240).map(|i| (i % 7) as f32 / 7.0).collect();
    let labels: Vec<u8> = (0..120).map(|i| u8::from(i % 30 == 0)).collect();
    let y = array("|u1", &[120], &labels);
    let (x, y_test) = (floats(&[120, 2], &values), y.clone());
    let arrays = [("x_train", x.clone()), ("y_train", y), ("x_test", x), ("y_test", y_test)];
    folder.npz("rare.npz", &arrays);
    let said = folder.ok("train rare.npz --epochs 2 --set layers=[4] --out r --json");
    assert_says(&said.stderr, &["warning: ", "every sample the class 0"]);
    let kept: serde_json::Value = serde_json::from_str(&folder.read("r/result.json")).unwrap();
    assert_says(kept["warning"].as_str().expect("kept"), &["every sample the class 0"]);
}

#[test]
fn a_training_that_diverges_names_epoch_and_rate() {
    let folder = Folder::new();
    let pixels: Vec<f32> = (0..120).map(|i| 1e3 * (i % 5) as f32).collect();
    let labels: Vec<u8> = (0..60).map(|i| i % 3).collect();
    let x = floats(&[60, 2], &pixels);
    folder.npz("x.npz", &[("x", x), ("y", array("|u1", &[60], &labels))]);
    let free = "train x.npz --set dale=false --set response=relu --set layers=[8] --json \
                --set loss=cross-entropy --set normalised=false --set rate=1e36";
    // In the second: the one step's weights, which no later step would find out.
    for (run, settings) in
        [("many", "--set batch=4 --epochs 3"), ("one", "--set batch=60 --epochs 1")]
    {
        let said = folder.run(&format!("{free} {settings} --out {run}"));
        assert_eq!(said.code, Some(1), "{said:?}");
        let sentence = said.sentence();
        assert_says(&sentence, &["diverged in epoch 1", "a rate below 1000000", run]);
        assert_eq!(said.json()["error"], sentence);
        let checkpoint = folder.path(run).join("checkpoint.safetensors");
        assert!(!checkpoint.exists(), "weights that are no numbers are not kept");
    }
}
