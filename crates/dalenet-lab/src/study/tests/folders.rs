//! Folders of older versions, of other machines, and of several that extend a study.

use super::{bits, options, plan, serial};
use crate::{
    Resources, Study, Training, provenance,
    study::{
        WorkOptions,
        disk::{Disk, RealDisk},
        layout::{Layout, parse_attempt},
        plans::Plans,
        work,
    },
};
use std::{fs, path::Path, sync::atomic::AtomicBool};

#[test]
fn the_folder_of_an_older_version_is_read_resumed_and_extended() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    // Version 0.3 left the plan, a finished run and one that was running, each in its own folder.
    fs::create_dir(&study).unwrap();
    let stored = serde_json::json!({ "version": "0.3.0" });
    let mut stored = stored.as_object().unwrap().clone();
    let serde_json::Value::Object(fields) = serde_json::to_value(plan(1)).unwrap() else {
        panic!("a plan is an object")
    };
    stored.extend(fields);
    fs::write(study.join("study.json"), serde_json::to_string(&stored).unwrap()).unwrap();
    for (cell, stop) in [(0, false), (1, true)] {
        let plan = plan(1);
        let cell = &plan.cells[cell];
        let run = study.join(cell.run(0));
        let mut training =
            Training::start(cell.config.clone(), Some(&run), Resources::default(), &mut ())
                .unwrap();
        training.run(&mut (), &AtomicBool::new(stop)).unwrap();
    }
    let kept = fs::read(study.join("xor-ed-seed0/metrics.jsonl")).unwrap();
    let opened = Study::open(&study, plan(2)).unwrap();
    assert_eq!((opened.finished(), opened.plan().runs()), (1, 6));
    opened.run(Resources::default(), &mut (), &AtomicBool::new(false)).unwrap().unwrap();
    assert!(bits(&study) == serial().0);
    assert_eq!(fs::read(study.join("xor-ed-seed0/metrics.jsonl")).unwrap(), kept);
    let names = RealDisk.list(&study).unwrap();
    assert!(names.iter().all(|name| parse_attempt(name).is_none()), "{names:?}");
}

#[test]
fn a_run_in_which_an_older_version_trains_is_left_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    Study::open(&study, plan(1)).unwrap().save_plan().unwrap();
    let config = plan(1).cells[0].config.clone();
    let run = study.join("xor-ed-seed0");
    // It holds the lock on the run's configuration.
    let training = Training::start(config, Some(&run), Resources::default(), &mut ()).unwrap();
    let opened = Study::read(&study).unwrap();
    let options = WorkOptions { wait: false, ..options() };
    let worked = opened.work(&options, &mut (), &AtomicBool::new(false)).unwrap();
    assert_eq!((worked.trained, worked.unfinished), (2, 1));
    assert!(run.join("config.toml").exists());
    drop(training);
    let worked = opened.work(&options, &mut (), &AtomicBool::new(false)).unwrap();
    assert_eq!((worked.trained, worked.unfinished), (1, 0));
}

#[test]
fn two_that_extend_a_study_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    let of = |rule: &str| {
        let mut plan = plan(1);
        plan.cells.retain(|cell| cell.name == rule);
        plan
    };
    std::thread::scope(|scope| {
        for rule in ["ed", "dfa", "bp"] {
            let (plan, study) = (of(rule), &study);
            scope.spawn(move || {
                let layout = Layout::new(study);
                for _ in 0..20 {
                    Plans::new(&layout, &RealDisk).extend(&plan).unwrap();
                }
            });
        }
    });
    let layout = Layout::new(&study);
    let plans = Plans::new(&layout, &RealDisk);
    let (newest, copy) = (plans.read().unwrap().unwrap(), Study::read(&study).unwrap());
    let mut rules: Vec<_> = newest.plan.cells.iter().map(|cell| cell.name.as_str()).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["bp", "dfa", "ed"]);
    assert_eq!(copy.plan(), &newest.plan);
    // A program that knows no versions reads the same.
    fs::remove_dir_all(study.join(".plans")).unwrap();
    let stored = plans.read().unwrap().unwrap();
    assert_eq!((stored.plan, stored.id), (newest.plan, newest.id));
}

#[test]
fn a_worker_in_another_folder_than_the_planned_one_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let [planned, other] = ["planned", "other"].map(|name| folder.path().join(name));
    for study in [&planned, &other] {
        Study::open(study, plan(1)).unwrap().save_plan().unwrap();
    }
    let id = Study::read(&planned).unwrap().id().map(str::to_owned);
    assert!(id.is_some());
    let options = WorkOptions { id, ..options() };
    let work = |study: &Path| work(study, &options, &mut (), &AtomicBool::new(false));
    let sentence = work(&other).err().unwrap().to_string();
    assert!(sentence.contains("this machine does not share it"), "{sentence}");
    let sentence = work(&folder.path().join("nowhere")).err().unwrap().to_string();
    assert!(sentence.contains("holds no study"), "{sentence}");
    assert_eq!(work(&planned).unwrap().trained, 3);
}

#[test]
fn runs_of_other_machines_and_versions_are_said_in_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    let opened = Study::open(&study, plan(1)).unwrap();
    let stop = AtomicBool::new(false);
    let alike = opened.run(Resources::default(), &mut (), &stop).unwrap().unwrap();
    assert!(alike.mixed.is_empty());
    let path = study.join("xor-bp-seed0/result.json");
    let text = fs::read_to_string(&path).unwrap();
    let here = provenance::instructions();
    let text = text.replace(&format!("\"instructions\":\"{here}\""), "\"instructions\":\"SVE\"");
    let version = format!("\"version\":\"{}\"", dalenet_train::VERSION);
    fs::write(&path, text.replace(&version, "\"version\":\"9.9.9\"")).unwrap();
    let mixed = opened.collect(&[]).unwrap();
    let table = fs::read_to_string(study.join("table.md")).unwrap();
    assert_eq!(mixed.mixed.len(), 2);
    for piece in ["9.9.9", dalenet_train::VERSION, "SVE", here] {
        assert!(table.contains(piece), "{piece}: {table}");
    }
}

#[test]
fn side_by_side_gives_the_table_of_the_serial_study_byte_for_byte() {
    let (expected, table) = serial();
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    let opened = Study::open(&study, plan(2)).unwrap();
    let options = WorkOptions { jobs: 3, threads: 4, ..options() };
    let findings = opened.run_with(&options, &mut (), &AtomicBool::new(false)).unwrap().unwrap();
    assert_eq!(findings.to_string(), table);
    assert_eq!(fs::read_to_string(study.join("table.md")).unwrap(), table);
    assert!(bits(&study) == expected);
}
