//! Predictions as files, and evaluations class by class.

use crate::helper::{Folder, array, assert_says, floats, mnist};
use serde_json::Value;
use std::{collections::BTreeMap, fs, io::Read};

const TRAIN: &str = "train squares.npz --epochs 3 --set layers=[9] --out r";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 60]);
    folder.ok(TRAIN);
    folder
}

/// The arrays of an `.npz` file: header and values.
fn arrays(folder: &Folder, name: &str) -> BTreeMap<String, (String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(fs::File::open(folder.path(name)).unwrap()).unwrap();
    let names: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let array = |name: String| {
        let mut bytes = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let header = String::from_utf8_lossy(&bytes[10..10 + length]).trim().to_owned();
        assert_eq!((10 + length) % 64, 0);
        (name.trim_end_matches(".npy").to_owned(), (header, bytes[10 + length..].to_vec()))
    };
    names.into_iter().map(array).collect()
}

fn labels(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect()
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// The rows of a table without quoted fields.
fn rows(csv: &str) -> Vec<Vec<String>> {
    csv.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn predictions_of_mnist_are_as_often_right_as_the_evaluation_says() {
    mnist();
    let folder = Folder::new();
    folder.ok("train mnist --epochs 1 --set layers=[16] --out r");
    let evaluated = folder.ok("eval r --json").json();
    let said = folder.ok("predict r mnist --out p.npz --json");
    let json = said.json();
    assert_eq!(
        (&json["samples"], &json["accuracy"]),
        (&10_000.into(), &evaluated["test_accuracy"])
    );

    let arrays = arrays(&folder, "p.npz");
    let (predicted, truth) = (labels(&arrays["label"].1), labels(&arrays["true_label"].1));
    let right = predicted.iter().zip(&truth).filter(|(one, other)| one == other).count();
    assert_eq!(evaluated["test_accuracy"].as_f64(), Some(right as f64 / 10_000.0));
    for (class, recall) in evaluated["recall"].as_array().unwrap().iter().enumerate() {
        let of = |label: &&u16| usize::from(**label) == class;
        let right = predicted.iter().zip(&truth).filter(|(one, other)| of(other) && one == other);
        let share = right.count() as f64 / truth.iter().filter(of).count() as f64;
        assert_eq!(recall.as_f64(), Some(share), "{class}");
    }
    assert!(
        arrays["probability"].0.contains("'<f4'")
            && arrays["probability"].0.contains("(10000, 10)")
    );
    for (row, label) in numbers(&arrays["probability"].1).chunks_exact(10).zip(&predicted) {
        let sum: f32 = row.iter().sum();
        assert!((sum - 1.0).abs() < 1e-5, "{row:?}");
        assert!(row.iter().all(|p| *p <= row[usize::from(*label)]), "{row:?}");
    }
}

#[test]
fn a_table_has_the_same_as_the_arrays() {
    let folder = folder();
    let said = folder.ok("predict r squares.npz --out p.csv");
    assert_says(&said.stdout, &["p.csv: 60 predictions of squares.npz", " % of them right"]);
    folder.ok("predict r squares.npz --out p.npz");
    let rows = rows(&folder.read("p.csv"));
    let header = ["sample", "label", "class", "true_label", "true_class", "p_0", "p_1", "p_2"];
    assert_eq!(rows[0], header);
    assert_eq!(rows.len(), 61);
    let arrays = arrays(&folder, "p.npz");
    let (predicted, probabilities) =
        (labels(&arrays["label"].1), numbers(&arrays["probability"].1));
    for (i, row) in rows[1..].iter().enumerate() {
        assert_eq!(row[0], i.to_string());
        assert_eq!((&row[1], &row[2]), (&predicted[i].to_string(), &predicted[i].to_string()));
        let of_row: Vec<f32> = row[5..].iter().map(|p| p.parse().unwrap()).collect();
        assert_eq!(of_row, probabilities[3 * i..3 * i + 3]);
    }
    assert!(arrays["class"].0.contains("'<U1'") && arrays["classes"].0.contains("(3,)"));
}

#[test]
fn samples_need_no_labels() {
    let folder = folder();
    let values: Vec<f32> = (0..5 * 144).map(|i| (i % 9) as f32 / 9.0).collect();
    let x = floats(&[5, 12, 12], &values);
    folder.npz("x.npz", &[("x", x.clone())]);
    folder.npz("x_test.npz", &[("x_test", x.clone())]);
    folder.npz("named.npz", &[("x", x), ("y", array("|u1", &[5], &[0, 1, 2, 7, 7]))]);
    for name in ["x", "x_test", "named"] {
        let json = folder.ok(&format!("predict r {name}.npz --out {name}.csv --json")).json();
        assert_eq!((&json["samples"], &json["accuracy"]), (&5.into(), &Value::Null));
    }
    let table = folder.read("x.csv");
    assert!(table.starts_with("sample,label,class,p_0,p_1,p_2\n0,"), "{table}");
    assert!(table == folder.read("x_test.csv") && table == folder.read("named.csv"));
    fs::remove_file(folder.path("named.csv")).unwrap();
    let said = folder.ok("predict r named.npz --out named.csv");
    assert_says(&said.stderr, &["y is not used", "class 7"]);
}

/// Softmax outputs, sigmoid outputs and a single output: all are probabilities, and names are names.
#[test]
fn every_kind_of_output_becomes_probabilities() {
    let folder = Folder::new();
    let images: Vec<f32> = (0..60 * 4).map(|i| (i % 7) as f32 / 7.0).collect();
    let names: Vec<u8> = (0..60).flat_map(|i| [b"ab,"[i % 3], 0, 0, 0, b'x', 0, 0, 0]).collect();
    let [x, y] = [floats(&[60, 4], &images), array("<U2", &[60], &names)];
    folder.npz("d.npz", &[("x", x), ("y", y)]);
    for (run, train) in [
        ("sigmoid", "d.npz --epochs 2 --set layers=[5]"),
        ("softmax", "d.npz --epochs 2 --set layers=[5] --set loss=cross-entropy"),
        ("single", "xor --epochs 2"),
    ] {
        let data = train.split(' ').next().unwrap();
        folder.ok(&format!("train {train} --out {run}"));
        folder.ok(&format!("predict {run} {data} --out {run}.npz"));
        let arrays = arrays(&folder, &format!("{run}.npz"));
        let columns = if run == "single" { 2 } else { 3 };
        for row in numbers(&arrays["probability"].1).chunks_exact(columns) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{run}: {row:?}");
        }
    }
    folder.ok("predict sigmoid d.npz --out p.csv");
    // A class whose name has a comma is quoted.
    assert_says(&folder.read("p.csv"), &["true_class,\"p_,x\",p_ax,p_bx\n", ",0,\",x\",0."]);
}

#[test]
fn what_cannot_be_predicted_is_refused_and_nothing_is_written() {
    let folder = folder();
    folder.npz("flat.npz", &[("x", floats(&[2, 3], &[0.0; 6]))]);
    folder.npz("none.npz", &[("z", floats(&[2, 3], &[0.0; 6]))]);
    folder.write("there.csv", "mine");
    folder
        .ok("train cart-pole --steps 1000 --envs 4 --set rollout=8 --set minibatches=2 --out pole");
    for (arguments, pieces) in [
        ("r squares.npz --out p.txt", ["p.txt", ".npz (NumPy) or .csv"]),
        ("r squares.npz --out there.csv", ["there.csv exists already", "--out"]),
        ("r flat.npz --out p.csv", ["flat.npz has 3 inputs", "made for 144"]),
        ("r none.npz --out p.csv", ["no array x (it holds z)", "x or x_test"]),
        ("r mnst --out p.csv", ["no task `mnst`", "did you mean `mnist`?"]),
        ("r there.csv --out p.csv", ["no task `there.csv`", "must be in an .npz file"]),
        ("r cart-pole --out p.csv", ["cart-pole is an environment", "not a data set"]),
        ("none squares.npz --out p.csv", ["none is not a run", "dalenet train"]),
        ("pole squares.npz --out p.csv", ["pole was trained in an environment", "data sets"]),
        ("r absent.npz --out p.csv", ["absent.npz", "No such file"]),
        ("r squares.npz --out no/p.csv", ["no/p.csv", "No such file"]),
        ("r squares.npz", ["--out <FILE>", "dalenet help"]),
    ] {
        assert_says(&folder.refused(&format!("predict {arguments}")), &pieces);
    }
}

#[test]
fn an_evaluation_shows_recall_and_confusion_of_every_class() {
    let folder = folder();
    let plain = folder.ok("eval r").stdout;
    let shown = folder.ok("eval r --classes").stdout;
    let json = folder.ok("eval r --json").json();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(plain.lines().collect::<Vec<_>>(), lines[..1]);
    let percent = |share: &Value| format!("{:.2}", 100.0 * share.as_f64().unwrap());
    assert_eq!(lines[1], format!("balanced accuracy {} %", percent(&json["balanced_accuracy"])));
    let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(cells(lines[2]), ["class", "recall", "%", "0", "1", "2"]);
    let mut recalls = 0.0;
    for (class, row) in json["confusion"].as_array().unwrap().iter().enumerate() {
        let row: Vec<u64> = row.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
        let recall = row[class] as f64 / row.iter().sum::<u64>() as f64;
        assert_eq!(json["recall"][class].as_f64(), Some(recall));
        let shown: Vec<_> = row.iter().map(u64::to_string).collect();
        let wanted = [vec![class.to_string(), format!("{:.2}", 100.0 * recall)], shown].concat();
        assert_eq!(cells(lines[3 + class]), wanted);
        recalls += recall / 3.0;
    }
    assert!((json["balanced_accuracy"].as_f64().unwrap() - recalls).abs() < 1e-12, "{json}");
}

/// A run has the precision of its training unless another is asked for.
#[test]
fn a_run_is_used_in_either_precision() {
    let folder = folder();
    folder.ok(&format!("{} --set precision=bf16", TRAIN.replace("--out r", "--out b")));
    let probabilities = |run: &str, options: &str, out: &str| {
        folder.ok(&format!("predict {run} squares.npz --out {out} {options}"));
        numbers(&arrays(&folder, out)["probability"].1)
    };
    let trained = probabilities("r", "", "r.npz");
    assert_eq!(probabilities("r", "--precision f32", "r-f32.npz"), trained);
    let rounded = probabilities("r", "--precision bf16", "r-bf16.npz");
    assert_ne!(rounded, trained);
    assert!(rounded.iter().zip(&trained).all(|(one, other)| (one - other).abs() < 0.05));

    let trained = probabilities("b", "", "b.npz");
    assert_eq!(probabilities("b", "--precision bf16", "b-bf16.npz"), trained);
    assert_ne!(probabilities("b", "--precision f32", "b-f32.npz"), trained);

    let samples = |said: &str| folder.ok(said).json()["samples"].clone();
    assert_eq!(samples("eval r --precision bf16 --json"), samples("eval r --json"));
    assert_says(&folder.refused("eval r --precision f16"), &["there is no precision \"f16\""]);
    folder.ok("train cart-pole --steps 2000 --set envs=4 --set rollout=8 --out agent");
    let evaluated = folder.ok("eval agent --episodes 2 --precision bf16 --json").json();
    assert_eq!(evaluated["evaluation"]["episodes"], 2);
}
