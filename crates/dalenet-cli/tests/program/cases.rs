//! The cases under `tests/cases`: inputs on which an earlier version failed. Each runs its `cmd` as it
//! is, in a copy of its folder, and must end as its `expected` says.
#![cfg(unix)]

use crate::helper::{Folder, Said, assert_says};
use std::{fs, path::Path, process::Command};

/// A copy of a case's folder, and what its `cmd` printed.
struct Case {
    folder: Folder,
    said: Said,
}

impl Case {
    fn run(name: &str) -> Self {
        Self::run_with(name, "python3")
    }

    fn run_with(name: &str, python: &str) -> Self {
        let folder = Folder::new();
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name),
            &folder.path("."),
        );
        let mut command = Command::new("bash");
        command.arg("cmd").current_dir(folder.path("."));
        command.env("DN", env!("CARGO_BIN_EXE_dalenet")).env("PYTHON", python);
        let output = command.output().expect("bash starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = Said {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        assert!(!(said.stdout.clone() + &said.stderr).contains("panicked"), "{said:?}");
        Self { folder, said }
    }

    /// Both outputs.
    fn all(&self) -> String {
        self.said.stdout.clone() + &self.said.stderr
    }

    /// Every percentage that was printed.
    fn percentages(&self) -> Vec<f64> {
        let text = self.all();
        let before = text.split(" %").filter_map(|part| part.split([' ', '\n']).next_back());
        before.filter_map(|number| number.parse().ok()).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a case").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("a copy")),
        }
    }
}

/// A Python that has the `tensorboard` package: `$PYTHON`, else `python3`.
pub fn python_with_tensorboard() -> Option<String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let found = Command::new(&python).args(["-c", "import tensorboard"]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: {python} has no tensorboard; pip install tensorboard, or set PYTHON");
    }
    found.then_some(python)
}

#[test]
fn channels_first() {
    let case = Case::run("channels-first");
    let accuracies = case.percentages();
    let equal = accuracies.len() == 2 && accuracies[0] == accuracies[1];
    assert!(equal || case.all().contains("channels first"), "{:?}", case.said);
}

#[test]
fn data_identity() {
    let case = Case::run("data-identity");
    let accuracies = case.percentages();
    assert!(accuracies.len() >= 2, "{:?}", case.said);
    assert!(accuracies.iter().all(|accuracy| *accuracy == 100.0), "{:?}", case.said);
    assert!(case.said.stdout.ends_with("test_accuracy\":1.0\n"), "{:?}", case.said);
}

#[test]
fn dev_full() {
    let case = Case::run("dev-full");
    assert_eq!(case.said.stdout, "rc=1\nrc=1\n");
    assert_eq!(case.said.stderr.matches("No space left on device").count(), 2, "{:?}", case.said);
}

#[test]
fn eval_fewer_classes() {
    let case = Case::run("eval-fewer-classes");
    let lines: Vec<_> = case.said.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{:?}", case.said);
    for (line, samples) in lines.iter().zip([20, 30, 30]) {
        assert_says(line, &[&format!("100.00 % of {samples} ")]);
    }
}

#[test]
fn eval_other_scale() {
    let case = Case::run("eval-other-scale");
    let accuracies = case.percentages();
    assert_eq!(accuracies.len(), 3, "{:?}", case.said);
    assert!(accuracies.iter().all(|accuracy| *accuracy == accuracies[0]), "{:?}", case.said);
}

#[test]
fn half_floats() {
    let case = Case::run("half-floats");
    assert_eq!(case.said.code, Some(0), "{:?}", case.said);
    assert_says(&case.said.stdout, &["test accuracy "]);
}

#[test]
fn header_too_large() {
    let case = Case::run("header-too-large");
    let lines: Vec<_> = case.said.stdout.lines().collect();
    let [trained, last, resumed] = lines[..] else { panic!("{:?}", case.said) };
    assert_eq!((trained, resumed), ("rc=0", "rc=0"));
    assert_says(last, &["\"epoch\":500000,"]);
    let size = fs::metadata(case.folder.path("r/checkpoint.safetensors")).unwrap().len();
    assert!(size < 100_000, "the checkpoint has {size} bytes");
}

#[test]
fn label_ids() {
    let case = Case::run("label-ids");
    let log = case.folder.read("log");
    if case.said.stdout.starts_with("rc=0\n") {
        let result: serde_json::Value =
            serde_json::from_str(&case.folder.read("r/result.json")).expect("JSON");
        assert_eq!(result["test_confusion"].as_array().map(Vec::len), Some(3), "{log}");
    } else {
        assert_says(&case.said.stdout, &["rc=2\n"]);
        assert_says(log.lines().last().unwrap_or_default(), &["dalenet: d.npz", "65535"]);
    }
}

#[test]
fn minibatch_of_one() {
    let case = Case::run("minibatch-of-one");
    let learnt = case.said.stdout.lines().find(|line| line.starts_with("return "));
    let learnt = learnt.unwrap_or_else(|| panic!("{:?}", case.said));
    let mean: f64 = learnt.split(' ').nth(1).and_then(|mean| mean.parse().ok()).expect("a number");
    // A random policy balances for some 20 steps. How far 60,000 steps lead differs between machines
    // and seeds, from 150 to 500.
    assert!(mean > 100.0, "{:?}", case.said);
    let said = case.folder.run(
        "train cart-pole --steps 60000 --envs 16 --set rollout=8 --set epochs=1 \
         --set minibatches=128 --out own",
    );
    let refused = said.code == Some(2) && said.sentence().contains("minibatches");
    assert!(refused || said.stderr.contains("warning: "), "{said:?}");
}

#[test]
fn minibatches_drop() {
    Case::run("minibatches-drop");
    let said = Folder::new().run(
        "train cart-pole --steps 30000 --envs 3 --set rollout=10 --set minibatches=16 --out own",
    );
    let refused = said.code == Some(2) && said.sentence().contains("minibatches");
    assert!(refused || said.stderr.contains("warning: "), "{said:?}");
}

#[test]
fn mixed_report() {
    let case = Case::run("mixed-report");
    assert!(case.said.stdout.ends_with("rc=0\n"), "{:?}", case.said);
    assert_says(&case.folder.read("p.html"), &["d.npz", "runs/b"]);
    assert_says(&case.all(), &["runs/b"]);
}

#[test]
fn not_utf8() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let case = Case::run("not-utf8");
    let folder = case.folder.path(".").join(OsStr::from_bytes(b"r\xff"));
    if folder.exists() {
        let result = fs::read_to_string(folder.join("result.json")).expect("a result");
        assert_says(&result, &["\"run\":\"r\u{fffd}\""]);
    } else {
        assert_says(&case.said.stdout, &["UTF-8"]);
    }
}

#[test]
fn npy_headers() {
    let case = Case::run("npy-headers");
    assert_eq!(case.said.stdout.matches("test accuracy ").count(), 2, "{:?}", case.said);
}

#[test]
fn one_class() {
    let case = Case::run("one-class");
    assert!(case.said.stdout.ends_with("rc=2\n"), "{:?}", case.said);
    assert_says(&case.said.sentence(), &["d.npz", "5", "classes"]);
}

#[test]
fn one_hot_and_names() {
    let case = Case::run("one-hot-and-names");
    let trained = case.said.stdout.matches("test accuracy ").count();
    let one_hot = trained > 0 || case.said.stderr.contains("argmax(1)");
    let names = trained > 1 || case.said.stderr.contains("np.unique");
    assert!(one_hot && names, "{:?}", case.said);
}

#[test]
fn study_of_changed_data() {
    let case = Case::run("study-of-changed-data");
    let lines: Vec<_> = case.said.stdout.lines().collect();
    assert_says(lines[0], &["| data ", "| 100.00 "]);
    assert!(!lines[1..].concat().contains("100.00"), "{:?}", case.said);
    let said = case
        .folder
        .run("compare data.npz --rules ed --seeds 2 --epochs 5 --set layers=[16] --out s");
    match said.code {
        Some(2) => assert_says(&said.sentence(), &["data.npz"]),
        _ => assert!(!said.stdout.contains("100.00"), "{said:?}"),
    }
}

#[test]
fn tensorboard_resume() {
    let Some(python) = python_with_tensorboard() else { return };
    let case = Case::run_with("tensorboard-resume", &python);
    let lines: Vec<_> = case.said.stdout.lines().collect();
    let [before, after, points] = lines[..] else { panic!("{:?}", case.said) };
    assert_eq!(before, after);
    let (count, seconds) = points.split_once(" points over ").expect(points);
    let seconds: f64 = seconds.trim_end_matches(" s").parse().expect(points);
    assert_eq!(count, "400", "{:?}", case.said);
    // The pause between the first part and the second, whatever the machine's speed.
    assert!(seconds > 6.0, "{points}");
}

#[test]
fn test_set_ignored() {
    let case = Case::run("test-set-ignored");
    assert!(!case.all().contains("no test"), "{:?}", case.said);
    let said = case.folder.run("train d.npz --epochs 5 --set layers=[16] --out own");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert_says(&said.sentence(), &["y_test has class ", "every class"]);
}

#[test]
fn unscaled_pixels() {
    let case = Case::run("unscaled-pixels");
    assert!(!case.all().contains("smaller rate"), "{:?}", case.said);
    let said = case.folder.run("train floats.npz --epochs 1 --set layers=[16] --out own");
    assert_says(&said.stderr, &["x_train", "look like bytes"]);
    assert!(!said.stderr.contains("smaller rate"), "{said:?}");
    let said = case.folder.run("train bytes.npz --epochs 1 --set layers=[16] --out bytes");
    assert!(!said.stderr.contains("bytes.npz: "), "nothing is wrong with it: {said:?}");
}

#[test]
fn every_case_has_its_test() {
    let source = include_str!("cases.rs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let cases = fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir());
    let names: Vec<_> = cases.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 19);
    for name in names {
        assert!(source.contains(&format!("fn {}()", name.replace('-', "_"))), "{name}");
    }
}
