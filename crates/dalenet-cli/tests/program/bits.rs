//! Same seed, same bits.

use crate::helper::{Folder, assert_says, mnist};

const TASK: &str = "train mnist --epochs 1 --set layers=[64,32] --set optimiser=momentum";

#[test]
fn threads_do_not_change_a_bit_and_the_seed_does() {
    mnist();
    let folder = Folder::new();
    for threads in [1, 2, 8] {
        folder.ok(&format!("{TASK} --threads {threads} --out t{threads}"));
        assert!(folder.tensors("t1") == folder.tensors(&format!("t{threads}")), "{threads}");
        let metrics = folder.timeless_metrics(&format!("t{threads}"));
        assert_eq!(folder.timeless_metrics("t1"), metrics, "{threads}");
    }
    folder.ok(&format!("{TASK} --seed 1 --out other"));
    let (first, other) = (folder.tensors("t1"), folder.tensors("other"));
    for weights in ["layer1.W_pp", "layer2.W_np", "layer3.bias", "order"] {
        assert_ne!(first[weights].1, other[weights].1, "{weights}");
    }
}

#[test]
fn products_of_bf16_have_the_same_bits_at_any_number_of_threads() {
    mnist();
    let folder = Folder::new();
    let task = format!("{TASK} --set precision=bf16");
    for threads in [1, 2, 8] {
        folder.ok(&format!("{task} --threads {threads} --out t{threads}"));
        assert!(folder.tensors("t1") == folder.tensors(&format!("t{threads}")), "{threads}");
    }
    let agent = "train cart-pole --steps 8192 --set precision=bf16";
    for threads in [1, 2] {
        folder.ok(&format!("{agent} --threads {threads} --out a{threads}"));
    }
    assert!(folder.tensors("a1") == folder.tensors("a2"));

    // It is not f32, and learns as well.
    let said = folder.ok(&format!("{TASK} --out plain --json")).json();
    assert!(folder.tensors("plain") != folder.tensors("t1"));
    let found = folder.ok("eval t1 --json").json();
    let [plain, found] = [&said["test_accuracy"], &found["test_accuracy"]];
    let difference = plain.as_f64().unwrap() - found.as_f64().unwrap();
    assert!(difference.abs() < 0.02, "{plain} in f32, {found} in bf16");
    let result: serde_json::Value = serde_json::from_str(&folder.read("t1/result.json")).unwrap();
    assert!(result["instructions"].as_str().unwrap().contains(" and "), "{result}");
}

/// Each kernel that this processor has, by the variable that forces one.
#[test]
fn a_kernel_can_be_forced() {
    let folder = Folder::new();
    let version = |kernel: &str| {
        let mut command = folder.command("--version --verbose");
        let output = command.env("DALENET_BF16_KERNEL", kernel).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let said = version("portable");
    assert_says(&said, &[env!("CARGO_PKG_VERSION"), "kernel for bf16: portable (there are "]);
    assert_says(&said, &["rounded, portable)", "vector instructions: ", "threads: "]);
    assert_says(
        &version("amd"),
        &["there is no kernel \"amd\"", "avx512bf16, bfmmla, rounded, portable"],
    );

    let train = |kernel: &str, out: &str| {
        let mut command = folder.command("train xor --epochs 3 --set precision=bf16");
        command.env("DALENET_BF16_KERNEL", kernel).args(["--out", out]);
        command
    };
    assert!(train("portable", "p").output().unwrap().status.code().unwrap() < 2);
    let sentence = folder.refused_by(train("amd", "q"));
    assert_says(&sentence, &["there is no kernel \"amd\"", "DALENET_BF16_KERNEL"]);
}

#[test]
fn a_printed_configuration_trains_to_the_same_bits() {
    mnist();
    let folder = Folder::new();
    folder.write("c.toml", folder.ok("config mnist").stdout);
    let settings = "--epochs 1 --set layers=[16] --set momentum=0.7";
    folder.ok(&format!("train mnist --out plain {settings}"));
    folder.ok(&format!("train mnist --config c.toml --out with {settings}"));
    assert!(folder.tensors("plain") == folder.tensors("with"));
    assert_eq!(folder.read("plain/config.toml"), folder.read("with/config.toml"));

    // The configuration a run keeps says all of it, the task too.
    folder.ok("train --config plain/config.toml --out again");
    assert!(folder.tensors("plain") == folder.tensors("again"));
}

#[test]
fn every_printed_key_has_a_comment_and_a_short_value() {
    for (task, preset) in [("mnist", "default"), ("mnist", "paper"), ("xor", "kaneko")] {
        let said = Folder::new().ok(&format!("config {task} --preset {preset}"));
        let lines: Vec<_> = said.stdout.lines().collect();
        let keys =
            (0..lines.len()).filter(|i| lines[*i].contains(" = ") && !lines[*i].starts_with('#'));
        let mut count = 0;
        for i in keys {
            count += 1;
            assert!(i > 0 && lines[i - 1].starts_with("# "), "{} has no comment", lines[i]);
            assert!(!lines[i].contains("99999") && !lines[i].contains("00000"), "{}", lines[i]);
        }
        assert!(count >= 25, "{count} keys");
    }
}

#[test]
fn the_task_of_a_configuration_file_needs_no_argument() {
    let folder = Folder::new();
    folder.write("c.toml", "task = \"xor\"\nrule = \"bp-dale\"\nepochs = 2\nlayers = [3]\n");
    let json = folder.ok("train --config c.toml --json").json();
    assert_eq!((&json["task"], &json["rule"]), (&"xor".into(), &"bp".into()));
    assert_eq!(json["epochs"], 2);
}
