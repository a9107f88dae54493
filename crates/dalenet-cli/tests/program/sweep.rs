//! `dalenet sweep`: planning, judging, successive halving, and what it writes.

use crate::helper::{Folder, assert_says};
use serde_json::Value;

/// Three settings of the rate, two epochs.
const GRID: &str = "tasks = ['squares.npz']\n[settings]\nrate = [0.01, 1.0, 4.0]\nepochs = 2\nlayers = [[9]]\nvalidation = 0.2\n";

fn folder(sweep: &str) -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [60, 30]);
    folder.write("sweep.toml", sweep);
    folder
}

/// The accuracy on held-out samples of a run.
fn held_out(folder: &Folder, run: &str) -> f64 {
    let result: Value =
        serde_json::from_str(&folder.read(&format!("{run}/result.json"))).expect("JSON");
    100.0 * result["validation_accuracy"].as_f64().expect("a number")
}

#[test]
fn every_configuration_is_trained_as_the_train_command_does_and_judged_on_held_out_samples() {
    let folder = folder(&format!("seeds = 2\n{GRID}"));
    let said = folder.ok("sweep sweep.toml --json");
    let sweep = "runs/sweep-squares";
    let json = said.json();
    let ranked = json["sweep"]["groups"][0]["ranked"].as_array().expect("rows").clone();
    assert_eq!(ranked.len(), 3);
    let mut scores = Vec::new();
    for row in &ranked {
        let (cell, rate) = (row["cell"].as_str().expect("a name"), &row["settings"]["rate"]);
        for seed in [1000, 1001] {
            let alone = format!("{cell}-{seed}");
            folder.ok(&format!(
                "train squares.npz --seed {seed} --epochs 2 --set layers=[9] --set validation=0.2 --set rate={rate} \
                 --out {alone}"
            ));
            let run = format!("{sweep}/squares-{cell}-seed{seed}");
            assert!(folder.tensors(&run) == folder.tensors(&alone), "{run}");
        }
        let of = |seed| held_out(&folder, &format!("{cell}-{seed}"));
        let mean = (of(1000) + of(1001)) / 2.0;
        assert!((row["mean"].as_f64().expect("a number") - mean).abs() < 1e-9, "{row}");
        scores.push(mean);
    }
    assert!(scores.is_sorted_by(|a, b| a >= b), "the best first: {scores:?}");
    assert_says(
        &said.stdout,
        &[&folder.read(&format!("{sweep}/table.md")), "| held-out accuracy, % |"],
    );
    assert!(!folder.read(&format!("{sweep}/table.md")).contains("test"));
    for line in said.stdout.lines().filter(|line| line.contains(" after 2 epochs in ")) {
        let run: Vec<_> = line.split_whitespace().collect();
        let held_out = held_out(
            &folder,
            &format!("{sweep}/squares-{}-seed{}", run[2], run[4].trim_end_matches(':')),
        );
        assert_eq!(run[5], format!("{held_out:.2}"), "{line}");
    }
    for figure in ["settings.svg", "settings.png"] {
        assert!(folder.path(&format!("{sweep}/{figure}")).exists(), "{figure}");
    }
}

#[test]
fn the_best_configuration_is_a_file_that_train_takes() {
    let folder = folder(GRID);
    let said = folder.ok("sweep sweep.toml --json");
    let best = said.json()["sweep"]["groups"][0]["best"].as_str().expect("a file").to_owned();
    assert_eq!(best, "runs/sweep-squares/best-squares-ed.toml");
    folder.ok(&format!("train --config {best} --seed 1000 --out again"));
    let cell =
        said.json()["sweep"]["groups"][0]["ranked"][0]["cell"].as_str().expect("a name").to_owned();
    let run = format!("runs/sweep-squares/squares-{cell}-seed1000");
    assert!(folder.tensors(&run) == folder.tensors("again"));
}

#[test]
fn the_winner_of_successive_halving_has_the_bits_of_a_training_that_was_never_paused() {
    let sweep = "tasks = ['squares.npz']\nrules = ['ed', 'bp']\nseeds = 2\npromote = 2\n[settings]\n\
                 rate = { log = [0.01, 10], points = 4 }\nepochs = 4\nschedule = 'cosine'\nlayers = [[9]]\nvalidation = 0.2\n";
    let folder = folder(sweep);
    let said = folder.ok("sweep sweep.toml --json");
    for group in said.json()["sweep"]["groups"].as_array().expect("rules") {
        let ranked = group["ranked"].as_array().expect("rows");
        let lengths: Vec<_> =
            ranked.iter().map(|row| row["length"].as_u64().expect("epochs")).collect();
        assert_eq!(lengths, [4, 2, 1, 1], "half are promoted from each rung");
        let (cell, best) =
            (ranked[0]["cell"].as_str().expect("a name"), group["best"].as_str().expect("a file"));
        for seed in [1000, 1001] {
            let alone = format!("{cell}-{seed}");
            folder.ok(&format!("train --config {best} --seed {seed} --out {alone}"));
            let run = format!("runs/sweep-squares/squares-{cell}-seed{seed}");
            assert!(folder.tensors(&run) == folder.tensors(&alone), "{run}");
            assert_eq!(folder.timeless_metrics(&run), folder.timeless_metrics(&alone));
        }
        // Of every rung the better half is on the next one.
        let at = |cell: &Value, until: u64| {
            let accuracy = |seed| {
                let run = format!(
                    "runs/sweep-squares/squares-{}-seed{seed}-at{until}",
                    cell.as_str().expect("a name")
                );
                folder.metrics(&run)[until as usize - 1]["validation_accuracy"]
                    .as_f64()
                    .expect("a number")
            };
            accuracy(1000) + accuracy(1001)
        };
        assert!(
            ranked[..2]
                .iter()
                .all(|up| ranked[2..].iter().all(|out| at(&up["cell"], 1) >= at(&out["cell"], 1)))
        );
        assert!(at(&ranked[0]["cell"], 2) >= at(&ranked[1]["cell"], 2));
    }
}

#[test]
fn a_finished_sweep_is_not_trained_again_and_says_the_same() {
    let folder = folder(GRID);
    let first = folder.ok("sweep sweep.toml --json");
    let table = folder.read("runs/sweep-squares/table.md");
    let again = folder.ok("sweep sweep.toml --json");
    assert_eq!(first.json(), again.json());
    assert_eq!(folder.read("runs/sweep-squares/table.md"), table);
}

#[test]
fn agents_are_judged_by_their_return_with_seeds_of_the_search() {
    let folder = folder(
        "tasks = ['cart-pole']\n[settings]\nsteps = 4096\nenvs = 8\nrollout = 64\nlayers = [[8]]\nrate = [1e-4, 1e-3]\n",
    );
    let said = folder.ok("sweep sweep.toml --json");
    let json = said.json();
    assert_eq!(json["returns"], true);
    for row in json["sweep"]["groups"][0]["ranked"].as_array().expect("rows") {
        let run = format!(
            "runs/sweep-cart-pole/cart-pole-{}-seed1000",
            row["cell"].as_str().expect("a name")
        );
        let result: Value =
            serde_json::from_str(&folder.read(&format!("{run}/result.json"))).expect("JSON");
        assert_eq!(row["mean"], result["return_mean"]);
    }
}

#[test]
fn what_is_no_sweep_is_refused_in_a_sentence() {
    for (text, pieces) in [
        ("tasks = ['squares.npz'", &["sweep.toml", "line 1"][..]),
        ("tasks = ['mnsit']", &["mnsit", "mnist"]),
        ("tasks = ['squares.npz']\n[settings]\nrat = [1, 2]", &["`rat`", "`rate`"]),
        ("tasks = ['squares.npz']\n[settings]\nlayers = [16, 32]", &["`layers = 16`", "list"]),
        (
            "tasks = ['squares.npz']\n[settings]\nrate = { log = [1, 2] }",
            &["points = 5", "draws = 50"],
        ),
        ("tasks = ['squares.npz']\nrules = ['edd']", &["edd"]),
        ("tasks = ['squares.npz', 'cart-pole']", &["returns and accuracies"]),
        ("tasks = ['xor']\n[settings]\nvalidation = 0", &["held-out samples", "validation = 0.1"]),
        (
            "tasks = ['squares.npz']\npromote = 2\n[settings]\nepochs = [1, 2]",
            &["one value of epochs"],
        ),
    ] {
        let folder = folder(text);
        assert_says(&folder.refused("sweep sweep.toml"), pieces);
    }
    assert_says(&Folder::new().refused("sweep none.toml"), &["none.toml", "No such file"]);
}
