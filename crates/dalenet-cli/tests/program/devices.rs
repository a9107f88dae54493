//! Classifiers on analogue devices.

use crate::helper::{Folder, assert_says};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [300, 200]);
    folder.ok("train squares.npz --epochs 3 --set layers=[20] --out r");
    folder
}

/// Shares of right samples on each chip.
fn accuracies(folder: &Folder, options: &str) -> Vec<f64> {
    let json = folder.ok(&format!("eval r {options} --json")).json();
    let accuracies = json["evaluation"]["accuracies"].as_array().expect("chips").iter();
    accuracies.map(|share| share.as_f64().expect("a share")).collect()
}

#[test]
fn ideal_devices_are_floating_point() {
    let folder = folder();
    let float = folder.ok("eval r --json").json()["test_accuracy"].as_f64().unwrap();
    for options in ["--device ideal", "--ratio 10", "--conductances 1000000", "--chips 1 --at 1y"] {
        assert_eq!(accuracies(&folder, options), [float], "{options}");
    }
    // Without the reference device a weight of 0 has the smallest conductance.
    assert_ne!(accuracies(&folder, "--ratio 3 --set reference=false"), [float]);
}

#[test]
fn chips_are_those_of_their_seed_at_any_thread_count() {
    let folder = folder();
    let of = |options: &str| accuracies(&folder, &format!("--device pcm --chips 5 {options}"));
    const NOISY: &str = "--set programming_scale=20";
    let first = of(&format!("{NOISY} --threads 1"));
    assert_eq!(first, of(&format!("{NOISY} --threads 2")));
    assert_ne!(first, of(&format!("{NOISY} --chip-seed 1")));
    assert!(first.iter().any(|share| *share != first[0]), "chips differ: {first:?}");
    let mean = |shares: Vec<f64>| shares.iter().sum::<f64>() / 5.0;
    assert!(mean(first) < mean(of("")));
}

#[test]
fn devices_that_are_not_possible_are_refused() {
    let folder = folder();
    for (options, says) in [
        ("--conductances 1", "levels = 1 is not possible"),
        ("--ratio 0.5", "ratio = 0.5 is not possible"),
        ("--ratio nan", "ratio = NaN is not possible"),
        ("--device pmc", "did you mean `pcm`?"),
        ("--set red=exact", "did you mean `read`?"),
        ("--set read={absolute=nan}", "read = NaN is not possible"),
        ("--set programming={relative=-1}", "programming = -1 is not possible"),
        (
            "--set stuck_low=0.7 --set stuck_high=0.7",
            "stuck_low + stuck_high = 1.4 is not possible",
        ),
        ("--set read", "write key=value"),
        ("--set levels=many", "`levels = many` is not possible"),
        ("--at tomorrow", "tomorrow"),
        ("--bits 0", "0"),
    ] {
        assert_says(&folder.refused(&format!("eval r {options}")), &[says]);
    }
    folder.ok("train cart-pole --steps 5000 --out pole");
    assert_says(&folder.refused("eval pole --bits 4"), &["for classifiers"]);
}
