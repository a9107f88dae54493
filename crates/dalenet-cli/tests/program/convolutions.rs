//! Networks of convolutions, in the program.

use crate::helper::{Folder, assert_says};

const LAYERS: &str = "convolutions=[{units=6,size=3,padding=1,pooling=\"max\"},{units=9,size=3}]";

/// Trains on small squares; every part of the path from image to output has something to do.
fn train(settings: &str) -> String {
    format!(
        "train squares.npz --set {LAYERS} --set layers=[12] --set input=\"contrast\" --set flip=true \
         --set balanced=true --set batch=20 --set rate=5 --set shift=0 {settings}"
    )
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [600, 150]);
    folder
}

#[test]
fn convolutions_learn_where_the_square_is() {
    let folder = folder();
    // The mirror would make left and right the same.
    let json = folder.ok(&train("--epochs 12 --set flip=false --out r --json")).json();
    let accuracy = json["test_accuracy"].as_f64().unwrap();
    assert!(accuracy > 0.9, "{accuracy}");
    let shapes: Vec<_> =
        folder.tensors("r").into_iter().map(|(name, tensor)| (name, tensor.0)).collect();
    for (name, shape) in [
        ("layer1.W_pp", "F32 [18, 6]"), // 3×3 pixels of ON and OFF, seen by p
        ("layer2.W_np", "F32 [54, 9]"), // 3×3 pixels of six n units
        ("layer3.W_nn", "F32 [144, 12]"), // 4×4 pixels of nine n units
    ] {
        assert!(shapes.contains(&(name.into(), shape.into())), "{name} {shape}: {shapes:?}");
    }
    let said = folder.ok("analyse r --json").json();
    assert_eq!(said["layers"].as_array().unwrap().len(), 4);
    let again = folder.ok("eval r --json").json()["test_accuracy"].as_f64().unwrap();
    assert_eq!(again, accuracy);
    folder.ok("report r --out page.html");
    assert!(folder.read("page.html").contains("first-layer filters"));
}

#[test]
fn threads_do_not_change_a_bit() {
    let folder = folder();
    for threads in [1, 2, 8] {
        folder.ok(&train(&format!("--epochs 2 --threads {threads} --out t{threads}")));
        assert!(folder.tensors("t1") == folder.tensors(&format!("t{threads}")), "{threads}");
    }
}

#[test]
fn every_rule_teaches_convolutions() {
    let folder = folder();
    for rule in ["dfa", "fa", "bp"] {
        let out = format!("{rule}.run");
        let settings = format!("--set {LAYERS} --set layers=[12] --set batch=20 --set shift=0");
        let command = format!("train squares.npz --rule {rule} {settings} --epochs 20 --out {out}");
        let accuracy = folder.ok(&(command + " --json")).json()["test_accuracy"].as_f64().unwrap();
        assert!(accuracy > 0.8, "{rule}: {accuracy}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = folder();
    for (layers, pieces) in [
        ("[{units=4,size=13}]", &["convolution 1 does not fit", "12×12", "`padding`"][..]),
        ("[{units=4,size=9},{units=4,size=5}]", &["convolution 2 does not fit", "4×4"]),
        ("[{units=4,size=3,pooling=\"max\",pool_size=20}]", &["convolution 1 does not fit"]),
        ("[{units=0,size=3}]", &["`convolutions = ", "at least 1"]),
        ("[{units=4,size=3,stride=0}]", &["`convolutions = ", "at least 1"]),
        ("[{units=4,size=3,padding=3}]", &["less padding"]),
        ("[{units=4,size=3,pooling=\"most\"}]", &["`most`", "`max`"]),
        ("[{units=4,sise=3}]", &["`sise`"]),
        ("[{units=4}]", &["`size`"]),
        ("[3]", &["`convolutions = [3]`"]),
    ] {
        let command = format!("train squares.npz --set convolutions={layers} --out r");
        assert_says(&folder.refused(&command), pieces);
    }
}
