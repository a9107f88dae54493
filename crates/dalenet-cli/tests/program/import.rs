//! Weights that another program has changed, as a run again.

use crate::helper::{Folder, array, assert_says};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 60]);
    folder.ok("train squares.npz --epochs 2 --set layers=[9] --out r");
    folder
}

/// Changes an array: its name, its sides and its numbers.
type Change = dyn Fn(&str, &mut Vec<usize>, &mut Vec<f32>);

/// Writes the weights and biases of a run as an `.npz`, each array changed by `change`.
fn write(folder: &Folder, (run, file): (&str, &str), change: &Change) {
    let mut arrays = Vec::new();
    for (name, (described, bytes)) in folder.tensors(run) {
        let own = name.strip_prefix("actor.").unwrap_or(&name);
        if !own.starts_with("layer") {
            continue;
        }
        let sides = described.trim_start_matches("F32 [").trim_end_matches(']');
        let mut shape: Vec<usize> = sides.split(", ").map(|side| side.parse().unwrap()).collect();
        let mut values: Vec<f32> =
            bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
        change(&name, &mut shape, &mut values);
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        arrays.push((name.clone(), array("<f4", &shape, &bytes)));
    }
    let arrays: Vec<_> =
        arrays.iter().map(|(name, array)| (name.as_str(), array.clone())).collect();
    folder.npz(file, &arrays);
}

#[test]
fn an_export_comes_back_as_the_same_network() {
    let folder = folder();
    folder.ok("export r --out net.npz");
    folder.ok("import net.npz --like r --out y");
    assert!(folder.tensors("y") == folder.tensors("r"));
    let accuracy = |run: &str| folder.ok(&format!("eval {run} --json")).json()["confusion"].clone();
    assert_eq!(accuracy("y"), accuracy("r"));
    assert!(folder.read("y/config.toml").contains("net.npz"), "its origin is recorded");
    // It resumes, and may be trained further.
    folder.ok("train --resume y --epochs 3");

    folder.ok("train cart-pole --steps 5000 --out pole");
    folder.ok("export pole --out policy.npz");
    folder.ok("import policy.npz --like pole --out same");
    let played = |run: &str| {
        folder.ok(&format!("eval {run} --episodes 4 --json")).json()["evaluation"].clone()
    };
    assert_eq!(played("same"), played("pole"));
}

#[test]
fn changed_weights_are_the_new_network() {
    let folder = folder();
    // The output of 0 for every class: magnitudes of 0, below the floor, and a bias that says class 2.
    write(&folder, ("r", "net.npz"), &|name, _, values| {
        if name == "layer2.bias" {
            values.copy_from_slice(&[-1.0, -1.0, 1.0]);
        } else if name.starts_with("layer2.") {
            values.fill(0.0);
        }
    });
    folder.ok("import net.npz --like r --out y");
    let found = folder.ok("eval y --json").json();
    assert_eq!(found["predicted"], serde_json::json!([0, 0, 60]));
}

#[test]
fn what_breaks_the_constraint_is_named() {
    let folder = folder();
    let refused = |says: &[&str], change: &Change| {
        write(&folder, ("r", "bad.npz"), change);
        assert_says(&folder.refused("import bad.npz --like r --out y"), says);
        assert!(!folder.path("y").exists());
    };
    refused(&["layer1.W_pn[2, 3] = -0.25 is negative", "Dale's principle"], &|name, _, values| {
        if name == "layer1.W_pn" {
            values[2 * 9 + 3] = -0.25;
        }
    });
    refused(&["layer2.bias[1] = NaN"], &|name, _, values| {
        if name == "layer2.bias" {
            values[1] = f32::NAN;
        }
    });
    refused(&["`layer2.W_pp` is 3×9", "it is 9×3"], &|name, shape, _| {
        if name == "layer2.W_pp" {
            shape.reverse();
        }
    });
    folder.ok("export r --out net.npz");
    folder.write("net.onnx", "");
    folder.npz("few.npz", &[("layer1.bias", array("<f4", &[1], &[0; 4]))]);
    for (command, says) in [
        ("import few.npz --like r --out y", "has no array `layer1.W_pp`"),
        ("import net.onnx --like r --out y", "is not an .npz file"),
        ("import net.npz --like r --out r", "r exists already"),
        ("import net.npz --like nothing --out y", "is not a run"),
        ("import squares.npz --like r --out y", "has no array"),
        ("import no.npz --like r --out y", "cannot read no.npz"),
    ] {
        assert_says(&folder.refused(command), &[says]);
        assert!(!folder.path("y").exists());
    }
    // A name that is almost right is not left out without a word.
    let mut arrays = Vec::new();
    for (name, (_, bytes)) in folder.tensors("r") {
        let shape =
            if name.ends_with("bias") { vec![bytes.len() / 4] } else { vec![bytes.len() / 36, 9] };
        if name.starts_with("layer1") || name.starts_with("layer2") {
            let shape = if name.starts_with("layer2.W") { vec![9, 3] } else { shape };
            arrays.push((name, array("<f4", &shape, &bytes)));
        }
    }
    arrays.push(("layer2.W_p".into(), array("<f4", &[1], &[0; 4])));
    let arrays: Vec<_> =
        arrays.iter().map(|(name, array)| (name.as_str(), array.clone())).collect();
    folder.npz("typo.npz", &arrays);
    assert_says(
        &folder.refused("import typo.npz --like r --out y"),
        &["`layer2.W_p`", "did you mean"],
    );
}
