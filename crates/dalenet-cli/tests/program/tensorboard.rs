//! Event files as TensorBoard itself reads them, where a Python has it (`$PYTHON`, else `python3`).
#![cfg(unix)]

use crate::{cases::python_with_tensorboard, helper::Folder};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread::sleep,
    time::Duration,
};

/// A TensorBoard that stays open while a run is trained.
struct Reader {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Reader {
    fn open(folder: &Folder, run: &str) -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/read_tensorboard.py");
        let mut command = Command::new(python_with_tensorboard()?);
        command.args([script, run]).current_dir(folder.path("."));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Python starts");
        let input = child.stdin.take().expect("an input");
        let output = BufReader::new(child.stdout.take().expect("an output"));
        Some(Self { child, input, output })
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn again(&mut self) -> Value {
        self.input.write_all(b"\n").expect("it runs");
        self.next()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(folder: &Folder, run: &str) -> Option<Value> {
    Some(Reader::open(folder, run)?.next())
}

/// Steps and values of a curve.
fn curve(read: &Value, tag: &str) -> Vec<(u64, f64)> {
    let points = read["scalars"][tag].as_array().unwrap_or_else(|| panic!("no {tag}: {read}"));
    points.iter().map(|point| (point[0].as_u64().unwrap(), point[2].as_f64().unwrap())).collect()
}

fn assert_histograms(read: &Value, tags: &[&str], largest: usize) {
    for tag in tags {
        let points = read["histograms"][tag].as_array().unwrap_or_else(|| panic!("no {tag}"));
        assert!(!points.is_empty(), "{tag}");
        for point in points {
            assert_eq!(point[3], point[4], "{tag}: every weight is in a bin");
            assert!(
                point[3].as_f64().unwrap() <= largest as f64
                    && point[1].as_f64() <= point[2].as_f64()
            );
        }
    }
}

#[test]
fn a_classification_has_curves_histograms_and_settings() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    folder.ok("train squares.npz --epochs 4 --set layers=[9] --set batch=10 --out r");
    let Some(read) = read(&folder, "r") else { return };
    let metrics = folder.metrics("r");
    for (tag, key) in [
        ("error", "error"),
        ("accuracy/train", "train_accuracy"),
        ("accuracy/validation", "validation_accuracy"),
    ] {
        let logged = metrics.iter().map(|epoch| {
            (epoch["step"].as_u64().unwrap(), f64::from(epoch[key].as_f64().unwrap() as f32))
        });
        assert_eq!(curve(&read, tag), logged.collect::<Vec<_>>(), "{tag}");
    }
    let result: Value = serde_json::from_str(&folder.read("r/result.json")).unwrap();
    let accuracy = f64::from(result["test_accuracy"].as_f64().unwrap() as f32);
    let last = metrics[3]["step"].as_u64().unwrap();
    assert_eq!(curve(&read, "accuracy/test"), [(last, accuracy)]);
    // 2·144 × 2·9 weights in the first layer, a quarter in each sub-matrix.
    let parts = ["pp", "pn", "np", "nn"].map(|part| format!("weights/layer1/W_{part}"));
    assert_histograms(&read, &parts.each_ref().map(String::as_str), 144 * 9);
    assert_eq!(read["hparams"]["task"], "squares.npz");
    assert_eq!(read["hparams"]["batch"], 10.0);
    assert_eq!(read["hparams"]["layers"], "[9]");
    assert_eq!(read["hparams"]["dale"], true);
    assert_eq!(read["metrics"][0], "accuracy/test");

    // A finished run that is resumed says its result again, and its file stays as it is.
    folder.ok("train --resume r");
    assert_eq!(self::read(&folder, "r").expect("Python"), read);
}

#[test]
fn an_agent_has_curves_histograms_and_settings() {
    let folder = Folder::new();
    folder.ok("train cart-pole --steps 20000 --out r");
    let Some(read) = read(&folder, "r") else { return };
    let updates = folder.metrics("r").len();
    for tag in ["entropy", "kl", "value_loss", "clip_fraction", "gradient_norm"] {
        assert_eq!(curve(&read, tag).len(), updates, "{tag}");
    }
    assert!(
        !curve(&read, "return/mean").is_empty() && !curve(&read, "explained_variance").is_empty()
    );
    let result: Value = serde_json::from_str(&folder.read("r/result.json")).unwrap();
    let score = f64::from(result["return_mean"].as_f64().unwrap() as f32);
    assert_eq!(curve(&read, "return/test"), [(result["steps"].as_u64().unwrap(), score)]);
    assert_histograms(&read, &["actor/weights/layer1/W_pp", "critic/weights/layer2/W_nn"], 1 << 20);
    assert_eq!(
        (&read["hparams"]["envs"], &read["metrics"][0]),
        (&16.0.into(), &"return/test".into())
    );
}

/// Points made before an interruption keep their times, in the file that an open reader follows.
#[test]
fn a_reader_follows_a_run_that_is_resumed() {
    let folder = Folder::new();
    folder.squares("squares.npz", [3000, 300]);
    let train =
        "train squares.npz --epochs 60 --set layers=[64,32] --set batch=8 --set validation=0";
    folder.ok(&format!("{train} --out whole"));
    let mut child =
        folder.command(&format!("{train} --out r")).stdout(Stdio::null()).spawn().unwrap();
    while !folder.path("r/checkpoint.safetensors").exists() {
        sleep(Duration::from_millis(2));
    }
    sleep(Duration::from_millis(100));
    // No time to save: what was logged after the checkpoint is computed again.
    child.kill().unwrap();
    child.wait().unwrap();
    let Some(mut reader) = Reader::open(&folder, "r") else { return };
    let before = reader.next();
    sleep(Duration::from_secs(1));
    folder.ok("train --resume r");
    let after = reader.again();
    let points = |read: &Value| read["scalars"]["error"].as_array().expect("points").clone();
    let (before, points) = (points(&before), points(&after));
    assert!(!before.is_empty() && before.len() < 60, "killed too late: {}", before.len());
    assert_eq!(points.len(), 60);
    assert_eq!(points[0], before[0], "its time is kept");
    // Each step once, with the values of a run that was not interrupted.
    let whole = self::read(&folder, "whole").expect("Python");
    assert_eq!(curve(&after, "error"), curve(&whole, "error"));
}
