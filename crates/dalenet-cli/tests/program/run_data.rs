//! A run knows its data, and what is evaluated is the network that was trained.

use crate::helper::{Folder, array, assert_says, floats};
use serde_json::Value;
use std::fs;

const TRAIN: &str = "--epochs 3 --set layers=[9] --set shift=0";

fn result(folder: &Folder, run: &str) -> Value {
    serde_json::from_str(&folder.read(&format!("{run}/result.json"))).expect("JSON")
}

#[test]
fn an_evaluation_prepares_its_input_as_the_training_did() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 60]);
    // Other pixels to train on, so other statistics, and the same test set.
    folder.squares("other.npz", [300, 60]);
    let archive = |name| fs::read(folder.path(name)).expect(name);
    assert_ne!(archive("squares.npz"), archive("other.npz"));
    for input in ["standard", "on-off", "contrast", "whitened"] {
        let out = format!("r-{input}");
        let train = format!("train squares.npz {TRAIN} --set input=\"{input}\" --out {out} --json");
        let trained = folder.ok(&train).json()["test_accuracy"].clone();
        for run in [format!("eval {out} --json"), format!("eval {out} --data squares.npz --json")] {
            assert_eq!(folder.ok(&run).json()["test_accuracy"], trained, "{input}: {run}");
        }
    }
}

#[test]
fn a_run_finds_its_data_from_any_folder() {
    let folder = Folder::new();
    for name in ["a", "b"] {
        fs::create_dir(folder.path(name)).unwrap();
    }
    folder.squares("a/data.npz", [90, 30]);
    folder.squares("b/data.npz", [60, 30]);
    let mut train = folder.command(&format!("train data.npz {TRAIN} --out run --json"));
    let trained = train.current_dir(folder.path("a")).output().unwrap();
    assert!(trained.status.success(), "{trained:?}");
    let before = folder.read("a/run/result.json");
    let data = &result(&folder, "a/run")["data"];
    assert!(data["path"].as_str().expect("a path").ends_with("a/data.npz"), "{data}");
    assert_eq!(data["sha256"].as_str().map(str::len), Some(64));
    for command in ["eval ../a/run --json", "train --resume ../a/run --json"] {
        let mut there = folder.command(command);
        let said = there.current_dir(folder.path("b")).output().unwrap();
        assert!(said.status.success(), "{said:?}");
        let last: Value =
            serde_json::from_slice(said.stdout.split(|b| *b == b'\n').rev().nth(1).unwrap())
                .unwrap();
        assert_eq!(last["test_accuracy"], result(&folder, "a/run")["test_accuracy"]);
    }
    assert_eq!(folder.read("a/run/result.json"), before);
}

#[test]
fn changed_data_are_refused_unless_they_are_named() {
    let folder = Folder::new();
    folder.squares("data.npz", [90, 30]);
    folder.ok(&format!("train data.npz {TRAIN} --out r"));
    folder.squares("data.npz", [90, 60]);
    for command in ["eval r", "train --resume r", "analyse r"] {
        let sentence = folder.refused(command);
        assert_says(&sentence, &["data.npz is not the file that r was trained on", "SHA-256"]);
    }
    assert_eq!(folder.ok("eval r --data data.npz --json").json()["samples"], 60);
    // The same where there is no checkpoint yet.
    fs::remove_file(folder.path("r/checkpoint.safetensors")).unwrap();
    fs::remove_file(folder.path("r/result.json")).unwrap();
    assert_says(&folder.refused("train --resume r"), &["is not the file that r was trained on"]);
}

#[test]
fn a_study_of_changed_data_is_refused() {
    let folder = Folder::new();
    folder.squares("data.npz", [90, 30]);
    let compare = format!("compare data.npz --rules ed --seeds 2 {TRAIN} --out s");
    folder.ok(&compare);
    folder.squares("data.npz", [90, 60]);
    let sentence = folder.refused(&compare);
    assert_says(&sentence, &["data.npz is not the file that s/data-ed-seed0 was trained on"]);
    folder.squares("data.npz", [90, 30]);
    folder.ok(&compare);
}

#[test]
fn a_finished_run_is_said_to_be_finished_and_keeps_every_file() {
    let folder = Folder::new();
    folder.ok("train xor --epochs 3 --out r");
    let files = || {
        let entries = fs::read_dir(folder.path("r")).unwrap().flatten();
        let mut files: Vec<_> =
            entries.map(|entry| (entry.path(), fs::read(entry.path()).unwrap())).collect();
        files.sort();
        files
    };
    let before = files();
    let said = folder.ok("train --resume r");
    assert_says(&said.stdout, &["finished", "test accuracy"]);
    assert!(files() == before);
}

#[test]
fn every_file_of_a_run_names_the_version() {
    let folder = Folder::new();
    folder.ok("train xor --epochs 3 --out r");
    folder.ok("compare xor --rules ed --seeds 1 --epochs 2 --out s");
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(result(&folder, "r")["version"], version);
    assert_eq!(folder.metadata("r", "version"), version);
    assert_says(&folder.read("r/config.toml"), &[&format!("version = \"{version}\"")]);
    let plan: Value = serde_json::from_str(&folder.read("s/study.json")).unwrap();
    assert_eq!(plan["version"], version);
    // A plan without one is of version 0.1.
    let older = folder.read("s/study.json").replace(&format!("\"version\":\"{version}\","), "");
    folder.write("s/study.json", older);
    let sentence = folder.refused("compare xor --rules ed --seeds 1 --epochs 2 --out s");
    assert_says(&sentence, &["study.json was written by version 0.1", "--out"]);
}

#[test]
fn studies_of_files_with_the_same_name_do_not_collide() {
    let folder = Folder::new();
    for (name, samples) in [("fold1", 90), ("fold2", 60), ("fold3", 30)] {
        fs::create_dir(folder.path(name)).unwrap();
        folder.squares(&format!("{name}/data.npz"), [samples, 30]);
    }
    let common = format!("--rules ed --seeds 1 {TRAIN}");
    let said = folder.ok(&format!("compare fold1/data.npz fold2/data.npz {common} --out s"));
    assert_says(&said.stdout, &["| fold1-data ", "| fold2-data "]);
    assert!(folder.path("s/fold2-data-ed-seed0/result.json").exists());
    // Another study in the same folder.
    folder.ok(&format!("compare fold1/data.npz {common} --out t"));
    let said = folder.ok(&format!("compare fold3/data.npz {common} --out t"));
    assert_says(&said.stdout, &["| data ", "| fold3-data "]);
    folder.squares("a|b.npz", [60, 30]);
    let said = folder.ok(&format!("compare a|b.npz {common} --out u"));
    assert_says(&said.stdout, &["| a\\|b "]);
    assert!(folder.path("u/a-b-ed-seed0/result.json").exists());
}

#[test]
fn one_damaged_run_does_not_cost_a_study_the_others() {
    let folder = Folder::new();
    let compare = "compare xor --rules ed,bp --seeds 2 --epochs 5 --set stop_error=0 --out s";
    folder.ok(compare);
    fs::remove_file(folder.path("s/xor-ed-seed0/result.json")).unwrap();
    folder.write("s/xor-ed-seed0/checkpoint.safetensors", b"no checkpoint");
    fs::remove_dir_all(folder.path("s/xor-bp-seed1")).unwrap();
    let said = folder.run(compare);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(folder.path("s/xor-bp-seed1/result.json").exists());
    assert_says(&said.stdout, &["In no row: xor-ed-seed0 (", "checkpoint.safetensors"]);
    assert_eq!(folder.read("s/results.jsonl").lines().count(), 3);
}

/// Lines after the last checkpoint are measured again, and are there once.
#[test]
fn metrics_are_appended_once() {
    let folder = Folder::new();
    let train = "train xor --set stop_error=0 --epochs 40000";
    folder.ok(&format!("{train} --out whole"));
    let mut child = folder.command(&format!("{train} --out killed")).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(400));
    child.kill().unwrap();
    child.wait().unwrap();
    let half = folder.read("killed/metrics.jsonl");
    assert!(!half.is_empty());
    folder.write("killed/metrics.jsonl", half + "{\"epoch\":"); // a line that was cut
    folder.ok("train --resume killed");
    assert_eq!(folder.timeless_metrics("whole"), folder.timeless_metrics("killed"));
    assert!(folder.tensors("whole") == folder.tensors("killed"));
}

#[test]
fn the_test_set_of_a_file_without_one_is_what_was_not_learnt_from() {
    let folder = Folder::new();
    let images: Vec<f32> = (0..60 * 4).map(|i| (i % 7) as f32 / 7.0).collect();
    let labels: Vec<u8> = (0..60).map(|i| (i % 3) as u8).collect();
    folder.npz("xy.npz", &[("x", floats(&[60, 4], &images)), ("y", array("|u1", &[60], &labels))]);
    let trained = folder.ok("train xy.npz --epochs 2 --set layers=[5] --out r --json").json();
    // A sixth of the file was held out, and the same sixth is evaluated again.
    let evaluated = folder.ok("eval r --json").json();
    assert_eq!(evaluated["samples"], 10);
    assert_eq!(evaluated["test_accuracy"], trained["test_accuracy"]);
    // A file that is named is evaluated whole.
    assert_eq!(folder.ok("eval r --data xy.npz --json").json()["samples"], 60);
}

#[test]
fn a_report_does_not_pool_runs_on_different_data() {
    let folder = Folder::new();
    for (name, train) in [("a", 90), ("b", 60)] {
        fs::create_dir(folder.path(name)).unwrap();
        folder.squares(&format!("{name}/data.npz"), [train, 30]);
        let command = format!("train data.npz {TRAIN} --seed 1 --out ../runs/{name}");
        let mut command = folder.command(&command);
        assert!(command.current_dir(folder.path(name)).status().unwrap().success());
    }
    let report = folder.ok("report runs --json").json();
    assert_eq!((&report["runs"], &report["groups"]), (&2.into(), &2.into()), "{report}");
}
