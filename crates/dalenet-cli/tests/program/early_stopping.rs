//! Early stopping, held-out samples of one's own and class weights.

use crate::helper::{Folder, array, assert_says, floats};
use serde_json::Value;
use std::time::Duration;

/// Noisy enough that epochs differ.
const TASK: &str = "train noisy.npz --set layers=[12] --set schedule=constant --set shift=0 \
                    --set batch=8 --set rate=10";

/// Three classes of four values, with much noise; as many held out as trained on.
fn folder() -> Folder {
    let folder = Folder::new();
    let mut noise = 7_u32;
    let mut samples = |count: usize| {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for i in 0..count {
            for value in 0..4 {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let centre = if value == i % 3 { 0.4 } else { 0.0 };
                x.push(centre + (noise >> 8) as f32 / (1 << 24) as f32);
            }
            y.push((i % 3) as u8);
        }
        [floats(&[count, 4], &x), array("|u1", &[count], &y)]
    };
    let ([x, y], [x_val, y_val], [x_test, y_test]) = (samples(120), samples(120), samples(60));
    let own = [("x_train", x), ("y_train", y), ("x_test", x_test), ("y_test", y_test)];
    let held_out = [("x_val", x_val), ("y_val", y_val)];
    folder.npz("noisy.npz", &[&own[..], &held_out].concat());
    folder.npz("without.npz", &own);
    folder.npz("held-out.npz", &held_out);
    folder
}

/// Which epoch, from 1, has the highest validation accuracy; of several, the first.
fn best(metrics: &[Value]) -> usize {
    let accuracy = |epoch: &Value| epoch["validation_accuracy"].as_f64().unwrap();
    let highest = metrics.iter().map(accuracy).fold(0.0, f64::max);
    1 + metrics.iter().position(|epoch| accuracy(epoch) == highest).unwrap()
}

#[test]
fn a_run_that_stops_early_is_the_run_that_ends_at_its_best_epoch() {
    let folder = folder();
    let said = folder.ok(&format!("{TASK} --epochs 300 --set patience=6 --out early --json"));
    let (json, metrics) = (said.json(), folder.metrics("early"));
    let best = best(&metrics);
    assert_eq!(metrics.len(), best + 6, "it is to stop early: {said:?}");
    assert_eq!((&json["best_epoch"], &json["epochs"]), (&best.into(), &metrics.len().into()));
    assert_eq!(json["validation_accuracy"], metrics[best - 1]["validation_accuracy"]);
    assert_says(
        &said.stdout,
        &[&format!("weights of epoch {best} are kept, the best of {} epochs", metrics.len())],
    );

    folder.ok(&format!("{TASK} --epochs {best} --out whole"));
    let (early, whole) = (folder.tensors("early"), folder.tensors("whole"));
    for (name, tensor) in whole.iter().filter(|(name, _)| name.starts_with("layer")) {
        assert!(early[name] == *tensor, "{name}");
        assert!(early[&format!("last.{name}")] != *tensor, "{name}");
    }
    let of = |run: &str| folder.ok(&format!("eval {run} --json")).json()["confusion"].clone();
    assert_eq!(of("early"), of("whole"));
    assert_eq!(of("early"), json["test_confusion"]);
    assert!(folder.tensors("whole").keys().all(|name| !name.starts_with("last.")));
}

#[test]
fn killed_at_any_moment_it_keeps_the_same_best_epoch() {
    let folder = folder();
    let task = format!("{TASK} --epochs 30000 --set patience=3000 --set optimiser=momentum");
    folder.ok(&format!("{task} --out whole"));
    let mut arguments = format!("{task} --out killed");
    for pause in [300, 700, 500] {
        let mut child = folder.command(&arguments).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
        arguments = "train --resume killed".into();
    }
    folder.ok(&arguments);
    assert!(folder.tensors("whole") == folder.tensors("killed"));
    assert_eq!(folder.timeless_metrics("whole"), folder.timeless_metrics("killed"));
}

#[test]
fn held_out_samples_may_come_from_a_file_of_their_own() {
    let folder = folder();
    let train = |data: &str, setting: &str, run: &str| {
        let task = TASK.replace("noisy.npz", data);
        folder.ok(&format!("{task} --epochs 4 {setting} --out {run} --json")).json()
    };
    let same = train("noisy.npz", "", "same");
    let own = train("without.npz", "--set validation_data=held-out.npz", "own");
    assert!(folder.tensors("same") == folder.tensors("own"));
    let accuracies = |run: &str| -> Vec<Value> {
        folder.metrics(run).iter().map(|epoch| epoch["validation_accuracy"].clone()).collect()
    };
    assert_eq!(accuracies("same"), accuracies("own"));
    assert_eq!(same["validation_confusion"], own["validation_confusion"]);
    assert_eq!(own["validation_data"]["sha256"].as_str().map(str::len), Some(64));
    folder.ok("analyse own");
    folder.ok("eval own");

    // They are known by their content.
    std::fs::remove_file(folder.path("own/result.json")).unwrap();
    std::fs::copy(folder.path("noisy.npz"), folder.path("held-out.npz")).unwrap();
    let sentence = folder.refused("train --resume own");
    assert_says(&sentence, &["held-out.npz is not the file that own was trained on", "SHA-256"]);
    for (setting, pieces) in [
        ("validation_data=none.npz", ["none.npz", "No such file"]),
        ("validation_data=without.npz", ["no array x_val", "x_val and y_val"]),
        ("patience=3 --set validation=0", ["`patience = 3`", "set validation above 0"]),
    ] {
        let task = TASK.replace("noisy.npz", "without.npz");
        assert_says(&folder.refused(&format!("{task} --set {setting} --out r")), &pieces);
    }
}

/// Nine of ten samples are of one class, and the classes overlap.
#[test]
fn balanced_weights_find_a_rare_class() {
    let folder = Folder::new();
    let mut noise = 3_u32;
    let mut samples = |count: usize| {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for i in 0..count {
            let rare = i % 10 == 0;
            for _ in 0..2 {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let uniform = (noise >> 8) as f32 / (1 << 24) as f32;
                x.push(uniform + if rare { 0.45 } else { 0.0 });
            }
            y.push(u8::from(rare));
        }
        [floats(&[count, 2], &x), array("|u1", &[count], &y)]
    };
    let ([x, y], [x_test, y_test]) = (samples(600), samples(600));
    folder
        .npz("rare.npz", &[("x_train", x), ("y_train", y), ("x_test", x_test), ("y_test", y_test)]);
    let train = "train rare.npz --epochs 30 --set layers=[16] --set shift=0 --set rate=1 \
                 --set validation=0";
    let recall = |weights: &str, run: &str| {
        folder.ok(&format!("{train} --set class_weights={weights} --out {run}"));
        let json = folder.ok(&format!("eval {run} --json")).json();
        (json["recall"][1].as_f64().unwrap(), json["balanced_accuracy"].as_f64().unwrap())
    };
    let (plain, balanced) = (recall("none", "plain"), recall("balanced", "balanced"));
    assert!(balanced.0 > plain.0 + 0.2, "recall of the rare class: {plain:?}, {balanced:?}");
    assert!(balanced.1 > plain.1, "balanced accuracy: {plain:?}, {balanced:?}");
    folder.ok(&format!("{train} --set class_weights=[0.5555556,5] --out list"));
    assert!(folder.tensors("list") == folder.tensors("balanced"));
    let sentence = folder.refused("train rare.npz --set class_weights=[1,2,3] --out r");
    assert_says(&sentence, &["3 weights", "2 classes"]);
}
