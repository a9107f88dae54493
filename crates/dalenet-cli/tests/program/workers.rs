//! `--jobs` and `study work`: any number of workers on one study, killed and paused at any moment.
#![cfg(unix)]

use crate::helper::{Folder, Said, Tensors, assert_says};
use std::{
    collections::BTreeMap,
    fs,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Eight runs of some tenths of a second.
const STUDY: &str = "compare squares.npz --rules ed,bp-dale --seeds 4 --epochs 25 \
                     --set layers=[48,24] --set batch=8 --set shift=2";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [1200, 150]);
    folder
}

fn runs() -> impl Iterator<Item = String> {
    let seeds = |rule| (0..4).map(move |seed| format!("squares-{rule}-seed{seed}"));
    ["ed", "bp-dale"].into_iter().flat_map(seeds)
}

/// The tensors of every run.
fn bits(folder: &Folder, study: &str) -> BTreeMap<String, Tensors> {
    runs().map(|run| (run.clone(), folder.tensors(&format!("{study}/{run}")))).collect()
}

/// Nothing of workers is left in a study that is finished.
fn assert_tidy(folder: &Folder, study: &str) {
    let names = fs::read_dir(folder.path(study)).unwrap().flatten();
    let hidden = names.map(|entry| entry.file_name().into_string().unwrap());
    let hidden: Vec<_> = hidden.filter(|name| name.starts_with('.')).collect();
    assert_eq!(hidden, [".plans"]);
}

fn worker(folder: &Folder, arguments: &str) -> Child {
    let mut command = folder.command(&format!("study work s {arguments}"));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
}

/// Waits until `what` is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        sleep(Duration::from_millis(2));
    }
}

/// Attempts that have a checkpoint.
fn begun(folder: &Folder) -> usize {
    runs().filter(|run| folder.run_of("s", run).join("checkpoint.safetensors").exists()).count()
}

/// Epochs that the newest attempt at a run has saved.
fn epochs(folder: &Folder, run: &str) -> usize {
    let metrics = folder.run_of("s", run).join("metrics.jsonl");
    fs::read_to_string(metrics).unwrap_or_default().lines().count()
}

/// Whether a worker has brought a run further than it was `before`, or has ended.
fn is_further(folder: &Folder, worker: &mut Child, before: &BTreeMap<String, usize>) -> bool {
    let pid = format!("\"pid\":{},", worker.id());
    let is_its = |run: &str| {
        let attempt = folder.run_of("s", run).join("attempt.json");
        fs::read_to_string(attempt).is_ok_and(|text| text.contains(&pid))
    };
    worker.try_wait().unwrap().is_some()
        || before.iter().any(|(run, before)| is_its(run) && epochs(folder, run) > *before)
}

#[test]
fn side_by_side_a_study_has_the_bits_and_the_table_of_the_serial_one() {
    let folder = folder();
    folder.ok(&format!("{STUDY} --out serial"));
    let said = folder.ok(&format!("{STUDY} --out jobs --jobs 3 --threads 2"));
    assert_says(&said.stdout, &["3 runs at a time need about 3 × ", " of memory"]);
    assert!(bits(&folder, "serial") == bits(&folder, "jobs"));
    assert_eq!(folder.read("serial/table.md"), folder.read("jobs/table.md"));
    assert_tidy(&folder, "serial");
    assert_tidy(&folder, "jobs");
}

#[test]
fn a_planned_study_is_trained_by_workers_and_its_status_is_said() {
    let folder = folder();
    folder.ok(&format!("{STUDY} --out serial"));
    let planned = folder.ok(&format!("{STUDY} --out s --plan-only --json"));
    assert_says(&planned.stdout, &["planned; trained by: dalenet study work s"]);
    let id = planned.json()["id"].as_str().unwrap().to_owned();
    let said = folder.ok("study status s --json");
    assert_says(&said.stdout, &["squares-ed-seed0       waiting", "0 done", "8 waiting"]);
    assert_eq!(said.json()["runs"][0]["state"], "waiting");

    let said = folder.ok(&format!("study work s --id {id} --run squares-ed-seed1 --json"));
    assert_eq!((&said.json()["trained"], &said.json()["unfinished"]), (&1.into(), &0.into()));
    let said = folder.ok("study collect s --json");
    assert_eq!(said.json()["cells"][0]["scores"][0]["seed"], 1);
    assert_says(&folder.ok("study status s").stdout, &["1 done", "7 waiting"]);

    let workers: Vec<_> = (0..3).map(|_| worker(&folder, "--threads 1")).collect();
    for worker in workers {
        assert!(worker.wait_with_output().unwrap().status.success());
    }
    assert!(bits(&folder, "serial") == bits(&folder, "s"));
    assert_eq!(folder.read("serial/table.md"), folder.read("s/table.md"));
    folder.ok("study collect s");
    assert_eq!(folder.read("serial/table.md"), folder.read("s/table.md"));
    assert_tidy(&folder, "s");
}

#[test]
fn workers_killed_again_and_again_leave_a_study_that_ends_with_the_same_bits() {
    let folder = folder();
    folder.ok(&format!("{STUDY} --out serial"));
    folder.ok(&format!("{STUDY} --out s --plan-only"));
    let mut kills = 0;
    // A kill at each stage of the study. At a run that three workers could not bring any further a study
    // gives up, so that the later ones, however busy the machine is, come after a step forward.
    for (round, pause) in [5, 20, 60, 120, 200, 300].into_iter().enumerate() {
        let before: BTreeMap<_, _> =
            runs().map(|run| (run.clone(), epochs(&folder, &run))).collect();
        let mut workers: Vec<_> =
            (0..2).map(|_| worker(&folder, "--threads 1 --lease 5")).collect();
        until("a run is begun", || begun(&folder) > 0);
        for worker in workers.iter_mut().filter(|_| round >= 2) {
            until("a run is further", || is_further(&folder, worker, &before));
        }
        sleep(Duration::from_millis(pause));
        for worker in &mut workers {
            worker.kill().unwrap();
            kills += usize::from(!worker.wait().unwrap().success());
        }
    }
    assert!(kills > 3, "{kills} workers were killed at work");
    // On the same machine their end is seen at once: the lease is a minute.
    let start = Instant::now();
    folder.ok("study work s --lease 60");
    assert!(start.elapsed() < Duration::from_secs(55), "it waited for a lease");
    assert!(bits(&folder, "serial") == bits(&folder, "s"));
    assert_eq!(folder.read("serial/table.md"), folder.read("s/table.md"));
    assert_tidy(&folder, "s");
}

#[test]
fn a_worker_paused_beyond_the_lease_is_superseded_and_disturbs_nothing() {
    let folder = folder();
    folder.ok(&format!("{STUDY} --out serial"));
    folder.ok(&format!("{STUDY} --out s --plan-only"));
    let mut paused = worker(&folder, "--threads 1 --lease 1");
    until("a run is begun", || begun(&folder) > 0);
    signal(&paused, "-STOP");
    let said = folder.ok("study work s --lease 1 --json");
    assert_eq!(said.json()["unfinished"], 0, "{said:?}");
    let published = bits(&folder, "s");
    signal(&paused, "-CONT");
    assert!(paused.wait().unwrap().success());
    assert!(bits(&folder, "s") == published);
    assert!(bits(&folder, "serial") == published);
    folder.ok("study collect s");
    assert_eq!(folder.read("serial/table.md"), folder.read("s/table.md"));
    assert_tidy(&folder, "s");
}

/// A scheduler's notice before a job's time is over, and preemption that repeats itself.
#[test]
fn a_worker_that_a_scheduler_signals_saves_and_leaves_and_another_goes_on() {
    let folder = folder();
    folder.ok(&format!("{STUDY} --out serial"));
    for signals in [&["-USR1"][..], &["-TERM", "-TERM", "-TERM"], &["-CONT", "-TERM"], &["-HUP"]] {
        let _ = fs::remove_dir_all(folder.path("s"));
        folder.ok(&format!("{STUDY} --out s --plan-only"));
        let child = worker(&folder, "--jobs 2 --lease 60");
        until("two runs are begun", || begun(&folder) > 1);
        signals.iter().for_each(|name| signal(&child, name));
        let code = child.wait_with_output().unwrap().status.code();
        assert_eq!(code, Some(130), "{signals:?}");
        let said = folder.ok("study status s --json");
        let runs = said.json()["runs"].as_array().unwrap().clone();
        let left: Vec<_> = runs.iter().filter(|run| run["state"] == "left").collect();
        assert!(!left.is_empty(), "{signals:?}: {said:?}");
        assert!(left.iter().all(|run| run["step"].as_u64() > Some(0)), "{signals:?}: {said:?}");
        folder.ok("study work s --lease 60");
        assert!(bits(&folder, "serial") == bits(&folder, "s"), "{signals:?}");
        assert_eq!(folder.read("serial/table.md"), folder.read("s/table.md"));
    }
}

/// `train` too: nothing that a scheduler sends twice loses what was learnt.
#[test]
fn a_training_that_is_signalled_twice_is_saved() {
    let folder = folder();
    let train = "train squares.npz --epochs 100000 --set layers=[48,24] --out r --json";
    for (signals, arguments) in
        [(["-USR1", "-USR1"], train), (["-TERM", "-TERM"], "train --resume r --json")]
    {
        let mut command = folder.command(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        until("a checkpoint", || folder.path("r/checkpoint.safetensors").exists());
        sleep(Duration::from_millis(300));
        signals.iter().for_each(|name| signal(&child, name));
        let said = Said::from(child.wait_with_output().unwrap());
        assert_eq!(said.code, Some(130), "{said:?}");
        assert_says(&said.stdout, &["stopped and saved", r#"{"interrupted":true,"run":"r"}"#]);
    }
}

#[test]
fn ctrl_c_saves_all_runs_that_are_trained_side_by_side() {
    let folder = folder();
    folder.ok(&format!("{STUDY} --out serial"));
    let mut command = folder.command(&format!("{STUDY} --out s --jobs 2 --json"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    until("two runs are begun", || begun(&folder) > 1);
    signal(&child, "-INT");
    let said = Said::from(child.wait_with_output().unwrap());
    assert_eq!(said.code, Some(130), "{said:?}");
    assert_says(&said.stdout, &["stopped and saved; the same command resumes it"]);
    let before: Vec<_> = runs().map(|run| folder.run_of("s", &run)).collect();
    let before: Vec<_> = before.iter().filter(|run| run.exists()).collect();
    assert!(before.len() > 1 && before.iter().all(|run| run.join("attempt.json").exists()));
    folder.ok(&format!("{STUDY} --out s --jobs 2"));
    assert!(bits(&folder, "serial") == bits(&folder, "s"));
    assert_eq!(folder.read("serial/table.md"), folder.read("s/table.md"));
}

#[test]
fn what_does_not_hold_is_said_in_one_sentence() {
    let folder = folder();
    assert_says(&folder.refused("study work nowhere"), &["nowhere holds no study", "compare"]);
    assert_says(&folder.refused("study status squares.npz"), &["squares.npz", "in the way"]);
    folder.ok(&format!("{STUDY} --out s --plan-only"));
    let sentence = folder.refused("study work s --id 0123456789abcdef");
    assert_says(&sentence, &["s is not the folder that the study was planned in", "share"]);
    let sentence = folder.refused("study work s --run squares-ed-seed9");
    assert_says(&sentence, &["has no run `squares-ed-seed9`", "dalenet study status"]);
    for arguments in ["compare xor --jobs 0", "study work s --jobs 0", "study work s --lease 0"] {
        assert_says(&folder.refused(arguments), &["'0'"]);
    }
    assert_says(
        &folder.refused("compare xor --jobs 2 --plan-only"),
        &["'--plan-only'", "cannot be used with", "'--jobs"],
    );
}
