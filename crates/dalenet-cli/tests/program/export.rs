//! Networks for other programs: refusals and counts. What the files hold is checked by `run_guide.py`.

use crate::helper::Folder;
use std::fs;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 60]);
    folder.ok("train squares.npz --epochs 1 --set layers=[9] --out r");
    folder
}

#[test]
fn exports_that_are_not_possible_are_refused_and_overwrite_nothing() {
    let folder = folder();
    fs::write(folder.path("there.onnx"), "mine").unwrap();
    for (command, says) in [
        ("export r --out net.pb", "net.pb has no format that is known"),
        ("export r --out there.onnx", "there.onnx"),
        ("export nothing --out net.onnx", "nothing"),
        ("export r --out no/such/folder/net.onnx", "no/such/folder"),
        ("count r --pj-per-mac 0", "--pj-per-mac 0 is not possible"),
        ("count r --pj-per-mac nan", "--pj-per-mac NaN is not possible"),
        ("count nothing", "nothing"),
    ] {
        let refused = folder.refused(command);
        assert!(refused.contains(says), "{command}: {refused}");
    }
    assert_eq!(fs::read(folder.path("there.onnx")).unwrap(), b"mine");
    assert!(!folder.path("net.pb").exists() && !folder.path("net.onnx").exists());
}

/// Against the formulas, by hand: 16 inputs to 9 units a stream to 3 outputs.
#[test]
fn a_network_is_counted() {
    let folder = folder();
    let count = folder.ok("count r --pj-per-mac 0.5 --json").json();
    let (first, last) = (&count["layers"][0], &count["layers"][1]);
    let inputs = first["multiply_accumulates"].as_u64().unwrap() / 18;
    assert_eq!(first["weights"], 2 * inputs * 18);
    assert_eq!(first["single_devices"], 2 * inputs * 18 + 2 * inputs);
    assert_eq!(first["pair_devices"], 2 * inputs * 18);
    assert_eq!((&first["transposed_reads"], &last["feedback"]), (&0.into(), &0.into()));
    let outputs = last["weights"].as_u64().unwrap() / 18;
    assert_eq!(
        (&last["single_devices"], &last["pair_devices"]),
        (&(18 * outputs + 18).into(), &(36 * outputs).into())
    );
    assert_eq!(
        (&first["feedback"], &last["transposed_reads"]),
        (&(outputs * 18).into(), &(18 * outputs).into())
    );
    let macs = (inputs * 18 + 18 * outputs) as f64;
    assert_eq!(count["picojoules"].as_f64(), Some(0.5 * macs));
}

/// 144 inputs, 9 units a stream and 3 outputs against one stream of 18, by hand.
#[test]
fn rules_are_counted_side_by_side() {
    let folder = folder();
    folder.ok("train squares.npz --epochs 1 --rule dfa --set layers=[18] --out dfa");
    folder.ok("train squares.npz --epochs 1 --rule bp --set layers=[18] --out bp");
    let counted = folder.ok("count r dfa bp --json").json();
    let learning = |run: usize| counted["runs"][run]["learning"].clone();
    let of = |run: usize, key: &str| learning(run)[key].as_u64().unwrap();
    assert_eq!((of(0, "feedback_reads"), of(0, "fixed_devices")), (0, 0));
    assert_eq!((of(1, "feedback_reads"), of(1, "fixed_devices")), (2 * 3 * 18, 2 * 3 * 18));
    assert_eq!((of(2, "feedback_reads"), of(2, "fixed_devices")), (2 * 18 * 3, 0));
    let inputs = 144;
    assert_eq!(of(0, "devices"), 2 * inputs * 18 + 2 * inputs + 18 * 3 + 18);
    for run in [1, 2] {
        assert_eq!(of(run, "devices"), 2 * (inputs * 18 + 18 * 3));
        assert_eq!(of(run, "forward_reads"), of(run, "devices"));
        assert_eq!(of(run, "updates"), inputs * 18 + 18 * 3);
    }
    assert_eq!(counted["runs"][0]["mapping"], "single");
    assert_eq!(counted["runs"][1]["mapping"], "pair");
    let said = folder.ok("count r dfa bp").stdout;
    assert!(said.contains("reads, feedback") && !said.contains("transposed reads"), "{said}");
}
