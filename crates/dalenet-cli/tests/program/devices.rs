//! Networks on analogue devices.

use crate::helper::{Folder, assert_says};
use serde_json::Value;

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

/// More bits give as many right samples, but for what two shares of so many samples differ by chance.
#[test]
fn more_bits_never_hurt_by_more_than_the_interval() {
    const SAMPLES: f64 = 200.0;
    let folder = Folder::new();
    folder.squares("squares.npz", [300, 200]);
    for (rule, seed) in [("ed", 0), ("ed", 1), ("dfa", 0), ("bp", 0)] {
        let train = format!("train squares.npz --rule {rule} --seed {seed} --epochs 3");
        folder.ok(&format!("{train} --set layers=[20] --out {rule}{seed}"));
        let of = |bits: u32| {
            let json = folder.ok(&format!("eval {rule}{seed} --bits {bits} --json")).json();
            json["evaluation"]["accuracies"][0].as_f64().unwrap()
        };
        let shares = [1, 2, 3, 4, 6, 8, 12].map(of);
        for pair in shares.windows(2) {
            let [fewer, more] = [pair[0], pair[1]];
            let chance = 1.96 * ((fewer * (1.0 - fewer) + more * (1.0 - more)) / SAMPLES).sqrt();
            assert!(more >= fewer - chance, "{rule} {seed}: {shares:?}");
        }
        let float = folder.ok(&format!("eval {rule}{seed} --json")).json()["test_accuracy"].clone();
        assert!((shares[6] - float.as_f64().unwrap()).abs() <= 0.01, "{rule} {seed}: {shares:?}");
    }
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
}

/// An agent on ideal devices has the return that it has in floating point; noise changes it, alike at any thread
/// count.
#[test]
fn an_agent_plays_on_devices() {
    let folder = Folder::new();
    folder.ok("train cart-pole --steps 5000 --out pole");
    let on = |options: &str| -> Value {
        let command = format!("eval pole --episodes 8 {options} --json");
        folder.ok(&command).json()["evaluation"].clone()
    };
    let float = on("")["return_mean"].clone();
    for options in ["--device ideal", "--conductances 1000000 --ratio 10"] {
        let found = on(options);
        assert_eq!(
            (&found["float_return"], &found["returns"]),
            (&float, &vec![float.clone()].into())
        );
    }
    let noisy = "--device pcm --chips 3 --set programming_scale=30";
    let (one, two) = (on(&format!("{noisy} --threads 1")), on(&format!("{noisy} --threads 2")));
    assert_eq!(one, two);
    let returns = one["returns"].as_array().unwrap();
    assert!(returns.iter().any(|found| *found != float), "{returns:?} of {float}");
    let said = folder.ok("eval pole --episodes 8 --bits 3").stdout;
    assert!(
        said.contains("cart-pole: return ") && said.contains("in 8 episodes on one chip"),
        "{said}"
    );
}

#[test]
fn settings_of_devices_that_learn_are_checked() {
    let folder = Folder::new();
    folder.squares("squares.npz", [60, 30]);
    for (setting, says) in [
        ("device.levels=1", "must be at least 2"),
        ("device.level=8", "did you mean `device.levels`?"),
        ("device.write_noise=0.1", "set device.levels, too"),
        ("device.write_noise=nan", "`device.write_noise = nan` is not possible"),
        ("device.asymmetry=1", "must be at least 0 and below 1"),
        ("device.saturation=2", "must be 0 to 1"),
        ("device.range=0", "must be above 0"),
        ("device.forward_levels=1", "must be at least 2"),
        ("device.forward_noise=-1", "must not be negative"),
    ] {
        assert_says(
            &folder.refused(&format!("train squares.npz --set {setting} --out r")),
            &[says],
        );
        assert!(!folder.path("r").exists());
    }
}

#[test]
fn a_run_on_devices_resumes_to_the_same_bits() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 60]);
    let settings = "--set layers=[9] --set schedule=constant --set device.levels=32 \
                    --set device.write_noise=0.01 --set device.asymmetry=0.2";
    folder.ok(&format!("train squares.npz --epochs 4 {settings} --out whole --threads 1"));
    folder.ok(&format!("train squares.npz --epochs 2 {settings} --out parts --threads 2"));
    folder.ok("train --resume parts --epochs 4");
    assert!(folder.tensors("whole") == folder.tensors("parts"));
}

#[test]
fn robustness_is_measured_and_drawn() {
    let folder = folder();
    folder.ok("train squares.npz --epochs 3 --seed 1 --set layers=[20] --out r1");
    let found = folder.ok("robust r r1 --chips 2 --json").json();
    let float = folder.ok("eval r --json").json()["test_accuracy"].clone();
    assert_eq!(found["float_accuracies"][0], float);
    let rows = found["rows"].as_array().unwrap();
    let accuracies = |row: &Value, run: usize| row["accuracies"][run].as_array().unwrap().clone();
    let eight = rows.iter().find(|row| row["strength"] == "8 bits").unwrap();
    assert_eq!(accuracies(eight, 0).len(), 1, "nothing is random");
    assert_eq!(
        accuracies(eight, 0),
        folder.ok("eval r --bits 8 --json").json()["evaluation"]["accuracies"]
            .as_array()
            .unwrap()
            .clone()
    );
    let day = rows.iter().find(|row| row["device"] == "pcm" && row["strength"] == "1 day").unwrap();
    let alone = folder.ok("eval r1 --device pcm --at 1d --chips 2 --json").json();
    assert_eq!(&accuracies(day, 1), alone["evaluation"]["accuracies"].as_array().unwrap());
    assert!(folder.read("robust.svg").starts_with("<svg"));
    assert!(folder.path("robust.png").exists());

    folder.write("mine.svg", "mine");
    folder.ok("train squares.npz --epochs 1 --set layers=[10] --out other");
    for (command, says) in [
        ("robust r other", "differ in"),
        ("robust r --out mine.svg", "left as it is"),
        ("robust r --out figure.pdf", "let its name end in .svg"),
        ("robust nothing", "is not a run"),
    ] {
        assert_says(&folder.refused(command), &[says]);
    }
    assert_eq!(folder.read("mine.svg"), "mine");
}
