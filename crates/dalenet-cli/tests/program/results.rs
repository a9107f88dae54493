//! What a result says of where it comes from.

use crate::helper::{Folder, assert_says};
use serde_json::Value;

/// `2026-11-25T23:59:59Z`.
fn is_date(text: &str) -> bool {
    let form = "dddd-dd-ddTdd:dd:ddZ";
    text.len() == form.len()
        && text
            .chars()
            .zip(form.chars())
            .all(|(c, f)| if f == 'd' { c.is_ascii_digit() } else { c == f })
}

#[test]
fn a_result_names_program_machine_time_and_data() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    for train in [
        "train squares.npz --epochs 2 --set layers=[9]",
        "train cart-pole --steps 640 --envs 8 --set rollout=16 --set minibatches=4",
    ] {
        let run = format!("{train} --threads 2 --out r{} --json", train.len());
        let json = folder.ok(&run).json();
        assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(json["threads"], 2);
        assert!(json["host"].as_str().is_some_and(|host| !host.is_empty()), "{json}");
        assert!(is_date(json["date"].as_str().unwrap()), "{json}");
        assert!(json["duration"].as_f64() > json["train_seconds"].as_f64(), "{json}");
        let data = json["data"]["sha256"].as_str().map(str::len);
        assert_eq!(data, train.contains("squares").then_some(64), "{json}");
    }
}

/// Only a task with an error to fall below is learnt or not.
#[test]
fn only_tasks_with_an_end_are_learnt() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    let of =
        |train: &str| folder.ok(&format!("train {train} --json")).json().get("learnt").cloned();
    assert_eq!(of("squares.npz --epochs 2 --set layers=[9]"), None);
    assert_eq!(of("xor --epochs 2"), Some(Value::Bool(false)));
    assert_eq!(of("xor --rule kaneko"), Some(Value::Bool(true)));
}

/// The test set is for the end: nothing of it is in the metrics, nor in a run that has not ended.
#[test]
fn test_accuracy_is_known_only_at_the_end() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    folder.ok("train squares.npz --epochs 3 --set layers=[9] --out r");
    for epoch in folder.metrics("r") {
        assert!(epoch.as_object().unwrap().keys().all(|key| !key.contains("test")), "{epoch}");
        assert!(epoch["validation_error"].as_f64() > Some(0.0), "{epoch}");
    }
    let said = folder.ok("train squares.npz --epochs 3 --set layers=[9] --out s");
    let lines: Vec<_> = said.stdout.lines().filter(|line| line.contains("test")).collect();
    assert_eq!(lines.len(), 1, "{said:?}");
    assert_says(lines[0], &["test accuracy", "after 3 epochs"]);
}
