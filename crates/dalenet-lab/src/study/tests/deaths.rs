//! Every state in which a worker may have died.

use super::{Seen, bits, options, plan, serial, work_on};
use crate::{
    Resources, Run, Study, Training,
    study::{
        attempt_file::{AttemptFile, State},
        claims::Claims,
        disk::RealDisk,
        layout::Layout,
        owner::Owner,
        publish::{Published, publish},
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

/// A worker of another machine that has died: it claims, and never writes a heartbeat again.
fn dead() -> Owner {
    Owner { boot: "of another machine".into(), ..Owner::here() }
}

/// What a dead worker left of its attempt at `xor-ed-seed0`.
fn dead_attempt(study: &Path, worker: &Owner, token: u64, step: u64) -> PathBuf {
    let layout = Layout::new(study);
    assert!(Claims::new(&layout, &RealDisk).take("xor-ed-seed0", token, worker).unwrap());
    let folder = layout.attempt("xor-ed-seed0", token, &worker.nonce);
    fs::create_dir(&folder).unwrap();
    AttemptFile {
        nonce: worker.nonce.clone(),
        token,
        host: "there".into(),
        pid: 1,
        began: "2100-01-01T00:00:00Z".into(),
        beat: 0,
        step,
        steps: 3,
        state: State::Working,
    }
    .write(&folder)
    .unwrap();
    folder
}

/// Trains the first run of the plan in a folder that only `destination` has the name of.
fn trained_in(folder: &Path, destination: &Path, stop: bool) {
    let plan = plan(1);
    let run = Run::attempt(folder, destination);
    let experiment = plan.cells[0].config.clone().with_seed(0);
    let mut training = Training::start_attempt(experiment, run, Resources::default()).unwrap();
    training.run(&mut (), &AtomicBool::new(stop)).unwrap();
}

/// Brings a planned study into a state.
type Prepare = fn(&Path);

#[test]
fn from_every_point_at_which_a_worker_may_die_the_study_ends_with_the_same_bits() {
    let (expected, table) = serial();
    let states: [(&str, Prepare); 8] = [
        ("before the claim", |study| {
            fs::create_dir(study.join(".claims")).unwrap();
            fs::write(study.join(".claims/xor-ed-seed0.1.00ff.partial"), "{\"non").unwrap();
        }),
        ("after the claim", |study| {
            let claims = Layout::new(study);
            Claims::new(&claims, &RealDisk).take("xor-ed-seed0", 1, &dead()).unwrap();
        }),
        ("amid a claim without links", |study| {
            fs::create_dir(study.join(".claims")).unwrap();
            fs::write(study.join(".claims/xor-ed-seed0.1"), "").unwrap();
        }),
        ("after the folder was made", |study| {
            fs::remove_file(dead_attempt(study, &dead(), 1, 0).join("attempt.json")).unwrap();
        }),
        ("amid the first checkpoint", |study| {
            let folder = dead_attempt(study, &dead(), 1, 2);
            fs::write(folder.join("config.toml"), "task = ").unwrap();
            fs::write(folder.join("checkpoint.safetensors.00ff.partial"), "half").unwrap();
        }),
        ("with a checkpoint that is damaged", |study| {
            let folder = dead_attempt(study, &dead(), 1, 2);
            trained_in(&folder, &study.join("xor-ed-seed0"), true);
            let path = folder.join("checkpoint.safetensors");
            let bytes = fs::read(&path).unwrap();
            fs::write(path, &bytes[..bytes.len() - 3]).unwrap();
        }),
        ("amid the training", |study| {
            let folder = dead_attempt(study, &dead(), 1, 0);
            trained_in(&folder, &study.join("xor-ed-seed0"), true);
        }),
        ("after the result, before it is published", |study| {
            let folder = dead_attempt(study, &dead(), 1, 3);
            trained_in(&folder, &study.join("xor-ed-seed0"), false);
        }),
    ];
    for (point, prepare) in states {
        let folder = tempfile::tempdir().unwrap();
        let study = folder.path().join("s");
        Study::open(&study, plan(2)).unwrap().save_plan().unwrap();
        prepare(&study);
        let findings = Study::read(&study)
            .unwrap()
            .run_with(&options(), &mut (), &AtomicBool::new(false))
            .unwrap()
            .unwrap();
        assert!(bits(&study) == expected, "{point}");
        assert_eq!(findings.to_string(), table, "{point}");
    }
}

#[test]
fn a_resumed_attempt_goes_on_from_the_last_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    Study::open(&study, plan(1)).unwrap().save_plan().unwrap();
    let left = dead_attempt(&study, &dead(), 1, 0);
    trained_in(&left, &study.join("xor-ed-seed0"), false);
    fs::remove_file(left.join("result.json")).unwrap();
    let trained = fs::read_to_string(left.join("metrics.jsonl")).unwrap();
    work_on(&study, &RealDisk, 1).unwrap();
    // The times of the first session are in it: nothing was trained again.
    assert_eq!(fs::read_to_string(study.join("xor-ed-seed0/metrics.jsonl")).unwrap(), trained);
}

/// A worker of this machine whose process has ended: its number has come again.
#[cfg(target_os = "linux")]
#[test]
fn what_a_dead_worker_has_begun_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    Study::open(&study, plan(2)).unwrap().save_plan().unwrap();
    let here = Owner::here();
    let gone = Owner { started: here.started + 1, ..here };
    let layout = Layout::new(&study);
    assert!(Claims::new(&layout, &RealDisk).take("xor-dfa-seed1", 1, &gone).unwrap());
    let seen = work_on(&study, &RealDisk, 1).unwrap();
    assert_eq!((seen.ended.len(), seen.ended[0].as_str()), (6, "xor-dfa-seed1"));
}

#[test]
fn the_second_of_two_attempts_is_dropped_and_other_weights_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let [run, same, other] = ["r", ".r.2-b", ".r.3-c"].map(|name| folder.path().join(name));
    fs::create_dir(&same).unwrap();
    trained_in(&same, &run, false);
    fs::create_dir(&other).unwrap();
    trained_in(&other, &run, true); // no step: other weights
    fs::create_dir(&run).unwrap();
    for name in ["config.toml", "checkpoint.safetensors", "result.json"] {
        fs::copy(same.join(name), run.join(name)).unwrap();
    }
    let before = fs::read(run.join("result.json")).unwrap();
    for (attempt, is_same) in [(same, true), (other, false)] {
        let published = publish(&RealDisk, &attempt, &run, "mine").unwrap();
        assert_eq!(published, Published::Other { same: is_same });
        assert!(!attempt.exists());
    }
    assert_eq!(fs::read(run.join("result.json")).unwrap(), before);
}

#[test]
fn a_run_at_which_every_worker_dies_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    Study::open(&study, plan(2)).unwrap().save_plan().unwrap();
    for token in 1..=3 {
        dead_attempt(&study, &dead(), token, 0);
    }
    let opened = Study::read(&study).unwrap();
    let mut seen = Seen::default();
    let stop = AtomicBool::new(false);
    let findings = opened.run_with(&options(), &mut seen, &stop).unwrap().unwrap();
    let [failed] = &findings.failed[..] else { panic!("{:?}", findings.failed) };
    assert!(failed.contains("3 workers have died at it") && failed.contains("memory"), "{failed}");
    assert_eq!((seen.failed.len(), seen.ended.len()), (1, 5));
    // It is not tried again, but still said.
    let again = Study::read(&study).unwrap();
    let findings = again.run(Resources::default(), &mut (), &stop).unwrap().unwrap();
    assert_eq!(findings.failed.len(), 1);
    // It is trained anew once its folder is removed.
    fs::remove_dir_all(study.join("xor-ed-seed0")).unwrap();
    let findings = again.run_with(&options(), &mut (), &stop).unwrap().unwrap();
    assert!(findings.failed.is_empty(), "{:?}", findings.failed);
    assert!(bits(&study) == serial().0);
}
