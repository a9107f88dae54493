//! A run that is extended, and a run that starts from another's weights.

use crate::helper::{Folder, assert_says};
use serde_json::{Value, json};
use std::fs;

const TASK: &str = "train squares.npz --set layers=[9] --set batch=8 --set optimiser=momentum";
const POLE: &str =
    "train cart-pole --set layers=[16] --set rollout=16 --set minibatches=4 --envs 8";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    folder
}

fn result(folder: &Folder, run: &str) -> Value {
    serde_json::from_str(&folder.read(&format!("{run}/result.json"))).expect("JSON")
}

#[test]
fn an_extended_run_has_the_bits_of_the_long_one() {
    let folder = folder();
    let task = format!("{TASK} --set schedule=constant");
    folder.ok(&format!("{task} --epochs 7 --out long"));
    folder.ok(&format!("{task} --epochs 3 --out r"));
    let said = folder.ok("train --resume r --epochs 7 --json");
    assert_says(&said.stdout, &["epochs = 7 (was 3): the rate is constant", "to the bit"]);
    assert!(folder.tensors("r") == folder.tensors("long"));
    let learnt = |run: &str| -> Vec<Value> {
        let mut metrics = folder.timeless_metrics(run);
        // After a last epoch every layer is diagnosed, and three was one.
        metrics.iter_mut().for_each(|epoch| drop(epoch.as_object_mut().unwrap().remove("layers")));
        metrics
    };
    assert_eq!(learnt("r"), learnt("long"));

    let result = result(&folder, "r");
    assert_eq!(result["epochs"], 7);
    let change = json!([{ "key": "epochs", "was": 3, "is": 7, "step": 33 }]);
    assert_eq!((&result["length_changes"], &said.json()["length_changes"]), (&change, &change));
    let config = folder.read("r/config.toml");
    assert_says(&config, &["\nepochs = 7\n", "length_changes = [{ key = \"epochs\", was = 3"]);
    // It is now a run of seven epochs.
    assert_says(&folder.ok("train --resume r").stdout, &["finished"]);
    assert_eq!(folder.metadata("r", "experiment")["epochs"], 7);
}

#[test]
fn an_extended_run_that_is_killed_goes_on_as_the_long_one() {
    let folder = folder();
    let task = format!("{TASK} --set schedule=constant");
    folder.ok(&format!("{task} --epochs 4000 --out long"));
    folder.ok(&format!("{task} --epochs 3 --out r"));
    let mut arguments = "train --resume r --epochs 4000";
    for pause in [250, 500] {
        let mut child = folder.command(arguments).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
        arguments = "train --resume r";
    }
    folder.ok(arguments);
    assert!(folder.tensors("r") == folder.tensors("long"));
}

#[test]
fn under_a_cosine_the_rule_is_said() {
    let folder = folder();
    folder.ok(&format!("{TASK} --set schedule=cosine --epochs 3 --out r"));
    let said = folder.ok("train --resume r --epochs 6");
    assert_says(&said.stdout, &["follows the cosine of the new length", "differs from a run"]);
    // From the fourth epoch on, the rate at the end of an epoch is that of six.
    let metrics = folder.metrics("r");
    let rate = |epoch: usize| metrics[epoch - 1]["rate"].as_f64().unwrap();
    let first = metrics[0]["rate"].as_f64().unwrap();
    // Eleven batches an epoch; the last begins when 10/11 of it are done.
    let cosine = |done: f64| 0.5 * (1.0 + (std::f64::consts::PI * done).cos());
    let factor = |epoch: f64, epochs: f64| cosine((epoch - 1.0 + 10.0 / 11.0) / epochs);
    for epoch in 4..=6 {
        let wanted = first / factor(1.0, 3.0) * factor(epoch as f64, 6.0);
        assert!((rate(epoch) / wanted - 1.0).abs() < 1e-4, "{epoch}: {}, {wanted}", rate(epoch));
    }
}

#[test]
fn an_extended_agent_has_the_bits_of_the_long_one() {
    let folder = Folder::new();
    folder.ok(&format!("{POLE} --steps 2048 --out long"));
    folder.ok(&format!("{POLE} --steps 640 --out r"));
    let said = folder.ok("train --resume r --steps 2048 --json");
    assert_says(&said.stdout, &["steps = 2048 (was 640): the rate is constant"]);
    assert!(folder.tensors("r") == folder.tensors("long"));
    assert_eq!(folder.metrics("r").len(), folder.metrics("long").len());
    let [own, long] = ["r", "long"].map(|run| result(&folder, run));
    assert_eq!(own["return_mean"], long["return_mean"]);
    let change = json!([{ "key": "steps", "was": 640, "is": 2048, "step": 640 }]);
    assert_eq!(own["length_changes"], change);
    assert!(long.get("length_changes").is_none());

    folder.ok(&format!("{POLE} --steps 640 --set anneal=true --out falling"));
    let said = folder.ok("train --resume falling --steps 1280");
    assert_says(&said.stdout, &["falls to zero along the new length"]);
}

#[test]
fn more_patience_is_a_longer_run() {
    let folder = folder();
    let task = format!("{TASK} --set schedule=constant --epochs 60");
    folder.ok(&format!("{task} --set patience=12 --out long"));
    folder.ok(&format!("{task} --set patience=2 --out r"));
    let early = folder.metrics("r").len();
    assert!(early < folder.metrics("long").len());
    let sentence = folder.refused("train --resume r --epochs 90");
    assert_says(&sentence, &["stopped early", "patience = 2", "--set patience=N"]);
    folder.ok("train --resume r --set patience=12");
    assert!(folder.tensors("r") == folder.tensors("long"));
    let sentence = folder.refused("train --resume r --set patience=3");
    assert_says(&sentence, &["patience = 12, not 3"]);
}

#[test]
fn a_run_is_not_shortened_nor_extended_past_what_it_learnt() {
    let folder = folder();
    folder.ok(&format!("{TASK} --epochs 3 --out r"));
    folder.ok("train xor --rule kaneko --out xor");
    folder.ok(&format!("{POLE} --steps 640 --out pole"));
    for (arguments, pieces) in [
        ("r --epochs 2", ["trained for 3 epochs already", "give at least 3"]),
        ("r --epochs 0", ["`epochs = 0`", "at least 1"]),
        ("r --epochs 9 --set rate=2", ["rate = ", "its own settings"]),
        ("r --steps 9", ["--steps is for environments", "--epochs"]),
        ("pole --steps 100", ["trained for 640 steps already", "give at least 640"]),
        ("xor --epochs 20000", ["stopped early", "stop_error"]),
    ] {
        assert_says(&folder.refused(&format!("train --resume {arguments}")), &pieces);
    }
}

#[test]
fn a_new_run_starts_from_the_weights_of_another() {
    let folder = folder();
    folder.ok(&format!("{TASK} --epochs 3 --out r"));
    // At a rate of next to nothing it ends where it began.
    let tiny = "--epochs 1 --seed 4 --set rate=1e-30 --set optimiser=sgd";
    let said = folder.ok(&format!("{TASK} {tiny} --from r --out new --json"));
    let (was, is) = (folder.tensors("r"), folder.tensors("new"));
    for (name, tensor) in was.iter().filter(|(name, _)| name.starts_with("layer")) {
        assert!(is[name] == *tensor, "{name}");
    }
    let confusion = |run: &str| result(&folder, run)["test_confusion"].clone();
    assert_eq!(confusion("r"), confusion("new"));
    let from = &said.json()["from"];
    assert!(from["path"].as_str().unwrap().ends_with("r/checkpoint.safetensors"), "{from}");
    assert_says(&folder.read("new/config.toml"), &["from = {", from["sha256"].as_str().unwrap()]);

    // The same bits again, and through an interruption before the first checkpoint.
    let train = format!("{TASK} --epochs 2 --seed 4 --from r");
    folder.ok(&format!("{train} --out one"));
    folder.ok(&format!("{train} --out two"));
    assert!(folder.tensors("one") == folder.tensors("two"));
    for name in ["checkpoint.safetensors", "metrics.jsonl", "result.json"] {
        fs::remove_file(folder.path("two").join(name)).unwrap();
    }
    folder.ok("train --resume two");
    assert!(folder.tensors("one") == folder.tensors("two"));
    for name in ["checkpoint.safetensors", "metrics.jsonl", "result.json"] {
        fs::remove_file(folder.path("two").join(name)).unwrap();
    }
    folder.ok("train --resume r --epochs 4");
    assert_says(
        &folder.refused("train --resume two"),
        &["two has no checkpoint", "r has been trained"],
    );
}

#[test]
fn a_new_agent_starts_from_the_weights_of_another() {
    let folder = Folder::new();
    folder.ok(&format!("{POLE} --steps 2048 --out r"));
    let said = folder
        .ok(&format!("{POLE} --steps 128 --set rate=1e-30 --seed 4 --from r --out new --json"));
    let (was, is) = (folder.tensors("r"), folder.tensors("new"));
    let weights =
        was.iter().filter(|(name, _)| name.contains(".layer") && !name.contains("optimiser"));
    for (name, tensor) in weights {
        assert!(is[name] == *tensor, "{name}");
    }
    assert!(said.json()["from"]["path"].as_str().unwrap().ends_with("r/checkpoint.safetensors"));
}

#[test]
fn weights_that_do_not_fit_are_refused() {
    let folder = folder();
    folder.ok(&format!("{TASK} --epochs 2 --out r"));
    folder.ok(&format!("{POLE} --steps 640 --out pole"));
    let other = "train squares.npz --set layers=[10] --from r --out n";
    for (arguments, pieces) in [
        (other, ["weights of r do not fit", "--config r/config.toml"]),
        (
            "train squares.npz --set layers=[9] --set dale=false --from r --out n",
            ["do not fit", "dale"],
        ),
        ("train xor --from r --out n", ["weights of r do not fit", "layer1"]),
        ("train squares.npz --from pole --out n", ["weights of pole do not fit", "cart-pole"]),
        ("train cart-pole --from r --out n", ["weights of r do not fit", "squares.npz"]),
        ("train squares.npz --from none --out n", ["none is not a run", "dalenet train"]),
        ("train --resume r --from r", ["--from", "--resume"]),
    ] {
        assert_says(&folder.refused(arguments), &pieces);
    }
    folder.ok("train --config r/config.toml --from r --epochs 1 --out n");
}

/// What version 0.2.0 left, which knew neither early stopping nor class weights nor the machine.
#[test]
fn a_run_of_version_0_2_is_evaluated_resumed_and_extended() {
    let folder = Folder::new();
    let old = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runs/0.2.0");
    fs::create_dir(folder.path("r")).unwrap();
    for entry in fs::read_dir(old).unwrap().flatten() {
        fs::copy(entry.path(), folder.path("r").join(entry.file_name())).unwrap();
    }
    assert_eq!(folder.ok("eval r --json").json()["test_accuracy"], 0.5);
    let said = folder.ok("train --resume r --json");
    assert_says(&said.stdout, &["finished"]);
    assert_eq!((&said.json()["version"], &said.json()["host"]), (&"0.2.0".into(), &"".into()));
    folder.ok("predict r xor --out p.csv");
    folder.ok("train --resume r --epochs 6");
    let epochs: Vec<_> = folder.metrics("r").iter().map(|epoch| epoch["epoch"].clone()).collect();
    assert_eq!(epochs, [1, 2, 3, 4, 5, 6]);
    assert_eq!(result(&folder, "r")["version"], env!("CARGO_PKG_VERSION"));
    assert_says(&folder.read("r/config.toml"), &["version = \"0.2.0\"", "length_changes"]);
    folder.ok("report r --out page.html");
}
