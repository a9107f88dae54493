//! `compare` and `ablate`: many trainings in one folder, none of them twice.

use crate::helper::{Folder, Said, assert_says};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// Three rules on a data set of one's own, tiny.
const COMPARE: &str = "compare squares.npz --rules ed,dfa,bp-dale --epochs 2 --set layers=[9] \
                       --set validation=0.1 --json";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    folder
}

/// The files of every run of a study that is finished: published, not in the hidden folder of an attempt
/// that was killed just before.
fn finished(folder: &Folder, study: &str) -> BTreeMap<String, Vec<(String, Vec<u8>)>> {
    let names = |path: &Path| {
        let entries = fs::read_dir(path).expect("a folder").flatten();
        let names = entries.map(|entry| entry.file_name().into_string().expect("UTF-8"));
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    let study = folder.path(study);
    let published =
        |run: &String| !run.starts_with('.') && study.join(run).join("result.json").exists();
    let runs = names(&study).into_iter().filter(published);
    let content = |run: String| {
        let path = study.join(&run);
        let file = |name: String| (name.clone(), fs::read(path.join(name)).expect("a file"));
        (run, names(&path).into_iter().map(file).collect())
    };
    runs.map(content).collect()
}

fn results(folder: &Folder, study: &str) -> Vec<Value> {
    let lines = folder.read(&format!("{study}/results.jsonl"));
    lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Test accuracy in percent of the run's own network, evaluated anew.
fn accuracy(folder: &Folder, run: &str) -> f64 {
    let said = folder.ok(&format!("eval {run} --json")).json();
    100.0 * said["test_accuracy"].as_f64().expect("a number")
}

fn assert_near(value: &Value, expected: f64) {
    let value = value.as_f64().expect("a number");
    assert!((value - expected).abs() < 1e-9, "{value}, not {expected}");
}

#[test]
fn every_cell_is_trained_as_the_train_command_does() {
    let folder = folder();
    let said = folder.ok(&format!("{COMPARE} --seeds 2"));
    let study = "runs/compare-squares";
    for rule in ["ed", "dfa", "bp-dale"] {
        for seed in [0, 1] {
            let settings = "--epochs 2 --set layers=[9] --set validation=0.1";
            let alone = format!("{rule}{seed}");
            let train = format!("train squares.npz --rule {rule} --seed {seed} {settings}");
            folder.ok(&format!("{train} --out {alone}"));
            let run = format!("{study}/squares-{rule}-seed{seed}");
            assert!(folder.tensors(&run) == folder.tensors(&alone), "{rule} {seed}");
            assert_eq!(
                folder.read(&format!("{run}/config.toml")),
                folder.read(&format!("{alone}/config.toml"))
            );
        }
    }
    // Seeds outermost, so that what is done of a study is balanced.
    let results = results(&folder, study);
    let cells: Vec<_> =
        results.iter().map(|line| format!("{} {}", line["cell"], line["seed"])).collect();
    let expected = ["ed", "dfa", "bp-dale"].map(|rule| format!("\"{rule}\""));
    let expected: Vec<_> =
        (0..2).flat_map(|seed| expected.iter().map(move |rule| format!("{rule} {seed}"))).collect();
    assert_eq!(cells, expected);
    let lines: Vec<_> = said.stdout.lines().collect();
    assert_says(lines[0], &["study runs/compare-squares: 3 cells × 2 seeds = 6 runs"]);
    assert_says(lines[2], &["2/6 squares dfa seed 0: ", " % after 2 epochs in "]);

    let json = said.json();
    assert_eq!(json["study"], study);
    for (cell, rule) in ["ed", "dfa", "bp-dale"].iter().enumerate() {
        let cell = &json["cells"][cell];
        assert_eq!((&cell["cell"], &cell["task"]), (&(*rule).into(), &"squares".into()));
        let of = |seed| accuracy(&folder, &format!("{study}/squares-{rule}-seed{seed}"));
        let (a, b) = (of(0), of(1));
        assert_near(&cell["mean"], (a + b) / 2.0);
        assert_near(&cell["std"], (a - b).abs() / 2_f64.sqrt());
        assert_eq!(cell["interval"], Value::Null, "two seeds have no interval");
        assert_near(&cell["epochs"], 2.0);
    }
    // The table that is said is the one that is kept.
    assert_says(&said.stdout, &[&folder.read(&format!("{study}/table.md"))]);
    assert_says(&said.stdout, &["| task    | rule    | test accuracy, % | difference, pp "]);
    assert_says(
        &said.stdout,
        &["Fewer than 3 seeds say nothing of chance: `--seeds 3` or more do."],
    );
}

#[test]
fn the_same_command_repeats_no_run_and_more_seeds_add_some() {
    let folder = folder();
    let study = "runs/compare-squares";
    folder.ok(&format!("{COMPARE} --seeds 1"));
    let one = finished(&folder, study);
    assert_eq!(one.len(), 3);
    let two = folder.ok(&format!("{COMPARE} --seeds 2"));
    let both = finished(&folder, study);
    assert_eq!(both.len(), 6);
    // Each has its times and its own event file, so a run that was repeated would differ.
    assert!(one.iter().all(|(run, files)| both[run] == *files));

    let kept = folder.read(&format!("{study}/results.jsonl"));
    for again in [COMPARE.to_owned() + " --seeds 2", COMPARE.to_owned() + " --seeds 1"] {
        let again = folder.ok(&again);
        assert!(finished(&folder, study) == both);
        assert_eq!(again.json(), two.json());
        assert_eq!(folder.read(&format!("{study}/results.jsonl")), kept);
        let first = again.stdout.lines().next().unwrap_or_default();
        assert!(first.ends_with("of them finished"), "{first}");
    }
    // Another rule is another cell; the others stay in the table.
    let more =
        folder.ok(&COMPARE.replace("ed,dfa,bp-dale", "fa").replace("--json", "--seeds 1 --json"));
    let cells = more.json()["cells"].as_array().expect("cells").clone();
    let cells: Vec<_> = cells.iter().map(|cell| cell["cell"].as_str().expect("a name")).collect();
    assert_eq!(cells, ["ed", "dfa", "bp-dale", "fa"]);
    assert!(both.iter().all(|(run, files)| finished(&folder, study)[run] == *files));
}

#[test]
fn a_study_with_other_settings_is_refused() {
    let folder = folder();
    folder.ok(&format!("{COMPARE} --seeds 1"));
    let study = "runs/compare-squares";
    let sentence = folder.refused(&COMPARE.replace("--epochs 2", "--epochs 3"));
    let trained = "runs/compare-squares/squares-ed-seed0 was trained with epochs = 2, not 3";
    assert_says(&sentence, &[trained, "--out"]);
    let sentence = folder.refused(&COMPARE.replace("--json", "--preset paper"));
    assert_says(&sentence, &["squares-ed-seed0 was trained with optimiser = \"momentum\""]);

    let sentence = folder.refused(&format!("ablate squares.npz --out {study}"));
    assert_says(&sentence, &[study, "holds a study by `dalenet compare`", "--out"]);
    let sentence = folder.refused(&format!("compare xor --out {study}/squares-ed-seed0"));
    assert_says(&sentence, &["squares-ed-seed0 has files in it but no study.json", "--out"]);
    folder.write("runs/compare-squares/study.json", "{\"question\":");
    assert_says(&folder.refused(COMPARE), &["study.json is not a study's plan", "--out"]);
    assert_says(&folder.refused("compare xor --out squares.npz"), &["squares.npz", "in the way"]);
}

#[test]
fn a_study_that_makes_no_sense_is_refused() {
    let folder = folder();
    for (arguments, pieces) in [
        ("compare", &["<TASK>"][..]),
        ("compare mnst", &["no task `mnst`", "did you mean `mnist`?"]),
        ("compare xor mnst", &["no task `mnst`"]),
        ("compare xor --rules ed,backprp", &["no rule `backprp`"]),
        ("compare xor --rules ed,,bp", &["no rule ``"]),
        ("compare xor --preset papr", &["no preset `papr`", "did you mean `paper`?"]),
        ("compare xor --seeds 0", &["'0'", "'--seeds <N>'"]),
        ("compare xor --seeds -1", &["'-1'", "'--seeds <N>'"]),
        ("compare xor xor", &["the same folder xor-ed-seed0", "once"]),
        ("compare xor --rules bp,bp", &["the same folder xor-bp-seed0", "once"]),
        ("compare xor --set seed=3", &["`seed` is not for --set", "--seeds"]),
        ("compare xor --set rule=bp", &["`rule` is not for --set"]),
        ("compare xor --set epoch=3", &["did you mean `epochs`?"]),
        ("compare xor --epochs 0", &["`epochs = 0`", "at least 1"]),
        ("compare xor none.npz", &["none.npz"]),
        ("compare squares.npz --set validation=0.999", &["cannot hold out 90 of 90"]),
        ("ablate xor --preset papr", &["no preset `papr`"]),
        ("ablate xor --preset default", &["no batch-centring on xor", "--preset paper"]),
        ("ablate xor --set widths=[1,1]", &["no widths on xor"]),
    ] {
        assert_says(&folder.refused(arguments), pieces);
    }
}

#[test]
fn an_ablation_removes_one_part_at_a_time() {
    let folder = folder();
    let settings = "--epochs 6 --set layers=[24,12] --set widths=[3,6] --seeds 3 --json";
    let said = folder.ok(&format!("ablate squares.npz {settings}"));
    let study = "runs/ablate-squares";
    let setting = |cell: &str, key: &str| {
        let config = folder.read(&format!("{study}/squares-{cell}-seed0/config.toml"));
        let line = config.lines().find(|line| line.starts_with(&format!("{key} = ")));
        line.expect(key).split_once(" = ").expect("a value").1.to_owned()
    };
    let keys = ["centred", "widths", "excitatory_gain", "inhibitory_gain"];
    for (cell, values) in [
        ("full", ["true", "[3.0, 6.0]", "1.5", "0.5"]),
        ("no-centring", ["false", "[3.0, 6.0]", "1.5", "0.5"]),
        ("no-widths", ["true", "[1.0, 1.0]", "1.5", "0.5"]),
        ("no-asymmetry", ["true", "[3.0, 6.0]", "1.0", "1.0"]),
    ] {
        assert_eq!(keys.map(|key| setting(cell, key)), values, "{cell}");
    }

    let json = said.json();
    let of = |cell: &str| {
        [0, 1, 2].map(|seed| accuracy(&folder, &format!("{study}/squares-{cell}-seed{seed}")))
    };
    let full = of("full");
    let mut losses = Vec::new();
    for (row, cell) in (1..).zip(["no-centring", "no-widths", "no-asymmetry"]) {
        let row = &json["cells"][row];
        assert_eq!(row["cell"], cell);
        let differences = [0, 1, 2].map(|seed| of(cell)[seed] - full[seed]);
        assert_near(&row["difference"]["mean"], differences.iter().sum::<f64>() / 3.0);
        losses.push((row["difference"]["mean"].as_f64().expect("a number"), &row["removed"]));
    }
    assert!(losses.iter().any(|(loss, _)| *loss != 0.0), "nothing to be seen: {json}");
    losses.sort_by(|a, b| a.0.total_cmp(&b.0));
    let order = json["importance"][0]["found"].as_array().expect("an order");
    assert!(order.iter().map(|part| &part[0]).eq(losses.iter().map(|(_, part)| *part)));
    assert_says(
        &said.stdout,
        &["| squares | − batch-centring ", "squares, most important first: "],
    );
}

/// Names of files reach a table that Markdown must be able to read.
#[cfg(unix)]
#[test]
fn a_name_does_not_break_the_table() {
    let folder = Folder::new();
    folder.squares("a|b<c.npz", [60, 30]);
    let said =
        folder.ok("compare a|b<c.npz --rules ed --seeds 1 --epochs 1 --set layers=[3] --out s");
    let table = folder.read("s/table.md");
    assert_says(&said.stdout, &[&table]);
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    let lines: Vec<_> = table.lines().take(3).collect();
    assert!(lines.iter().all(|line| bars(line) == bars(lines[0])), "{table}");
    assert_says(lines[2], &["a\\|b\\<c"]);
}

#[test]
fn a_run_that_diverges_is_left_out_and_said() {
    let folder = folder();
    // Beyond the largest number at once.
    let arguments = "compare squares.npz --rules bp,ed --epochs 2 --set rate=1e38 \
                     --set optimiser=sgd --set layers=[9] --set loss=squared --seeds 1 --json";
    let said = folder.run(arguments);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_says(&said.stdout, &["1/2 squares bp seed 0: training diverged in epoch 1"]);
    let json = said.json();
    assert_eq!(json["diverged"][0], "squares-bp-seed0");
    assert!(json["cells"].as_array().expect("cells").iter().all(|cell| cell["cell"] != "bp"));
}

#[cfg(unix)]
mod cut_off {
    use super::*;
    use std::{
        io::{BufRead, BufReader},
        process::{Child, Command, Stdio},
        thread::sleep,
        time::{Duration, Instant},
    };

    /// Runs of some tenths of a second.
    const STUDY: &str = "compare squares.npz --rules ed,bp-dale --seeds 2 --epochs 25 \
                         --set layers=[64,32] --set batch=8 --set shift=2 --json";

    fn folder() -> Folder {
        let folder = Folder::new();
        folder.squares("squares.npz", [1500, 150]);
        folder
    }

    /// A running study that has said its first line.
    fn started(folder: &Folder) -> (Child, impl Iterator<Item = String> + use<>) {
        let mut command = folder.command(&format!("{STUDY} --out cut"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert_says(&lines.next().unwrap(), &["study cut: 2 cells × 2 seeds = 4 runs"]);
        (child, lines)
    }

    /// Both studies have the same networks and metrics.
    fn assert_same(folder: &Folder, said: &[Said; 2]) {
        let runs = finished(folder, "whole");
        assert_eq!(runs.len(), 4);
        for run in runs.keys() {
            let [whole, cut] = ["whole", "cut"].map(|study| format!("{study}/{run}"));
            assert!(folder.tensors(&whole) == folder.tensors(&cut), "{run}");
            assert_eq!(folder.timeless_metrics(&whole), folder.timeless_metrics(&cut));
        }
        let means = |said: &Said| {
            let cells = said.json()["cells"].as_array().expect("cells").clone();
            cells.iter().map(|cell| cell["scores"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(means(&said[0]), means(&said[1]));
    }

    #[test]
    fn killed_at_any_moment_a_study_goes_on_to_the_same_bits() {
        let folder = folder();
        let start = Instant::now();
        let whole = folder.ok(&format!("{STUDY} --out whole"));
        let time = start.elapsed();
        let mut kept = 0;
        for part in [0.1, 0.3, 0.45] {
            let (mut child, lines) = started(&folder);
            std::thread::spawn(move || lines.for_each(drop));
            sleep(time.mul_f64(part));
            child.kill().unwrap();
            child.wait().unwrap();
            let finished = finished(&folder, "cut");
            println!("killed at {part} of the study: {} runs are finished", finished.len());
            assert!(finished.len() >= kept);
            kept = finished.len();
            // Whatever a kill left behind is harmless, a folder without a configuration too.
            for name in ["study.json", "results.jsonl", "table.md"] {
                folder.write(&format!("cut/{name}.partial"), "half a fi");
            }
            if !folder.path("cut/squares-bp-dale-seed1").exists() {
                fs::create_dir(folder.path("cut/squares-bp-dale-seed1")).unwrap();
                folder.write("cut/squares-bp-dale-seed1/config.toml.partial", "half a fi");
            }
        }
        let before = finished(&folder, "cut");
        let cut = folder.ok(&format!("{STUDY} --out cut"));
        let after = finished(&folder, "cut");
        assert!(before.iter().all(|(run, files)| after[run] == *files));
        assert_same(&folder, &[whole, cut]);
    }

    #[test]
    fn a_study_killed_before_its_plan_was_written_begins_anew() {
        let folder = folder();
        fs::create_dir(folder.path("cut")).unwrap();
        folder.write("cut/study.json.partial", "{\"quest");
        folder.ok("compare xor --rules ed --seeds 1 --out cut");
    }

    #[test]
    fn ctrl_c_saves_and_the_same_command_goes_on() {
        let folder = folder();
        let whole = folder.ok(&format!("{STUDY} --out whole"));
        let (mut child, mut lines) = started(&folder);
        assert_says(&lines.next().unwrap(), &["1/4 squares ed seed 0: "]);
        let run_of = |run| folder.run_of("cut", &format!("squares-{run}"));
        while !run_of("bp-dale-seed0").join("checkpoint.safetensors").exists() {
            assert!(child.try_wait().unwrap().is_none());
            sleep(Duration::from_millis(1));
        }
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let rest: Vec<_> = lines.collect();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
        let [.., said, json] = &rest[..] else { panic!("{rest:?}") };
        assert_eq!(said, "stopped and saved; the same command resumes it");
        assert_eq!(json, r#"{"interrupted":true,"study":"cut"}"#);
        let before = finished(&folder, "cut");
        assert!((1..4).contains(&before.len()), "{rest:?}");
        assert_eq!(results(&folder, "cut").len(), before.len());
        // The run that was running, with the times of its first epochs.
        let order = ["ed-seed0", "bp-dale-seed0", "ed-seed1", "bp-dale-seed1"];
        let running = order[before.len()];
        let metrics = || fs::read_to_string(run_of(running).join("metrics.jsonl")).unwrap();
        let epochs = metrics();
        println!("interrupted after {} epochs of run {}", epochs.lines().count(), before.len() + 1);
        assert!(!epochs.is_empty());

        let cut = folder.ok(&format!("{STUDY} --out cut"));
        let after = finished(&folder, "cut");
        assert!(before.iter().all(|(run, files)| after[run] == *files));
        assert!(metrics().starts_with(&epochs), "the run began anew");
        assert_same(&folder, &[whole, cut]);
    }
}
