//! Killed and interrupted trainings go on to the bits they would have had.
#![cfg(unix)]

use crate::helper::{Folder, assert_says};
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant, SystemTime},
};

/// Everything with a state: momentum, the normalised step, the order, the shifts and the mirror of
/// the images; a convolution too.
const TASK: &str = "train squares.npz --epochs 60 --set layers=[48,24] --set batch=8 --set shift=2 \
                    --set convolutions=[{units=3,size=3,stride=2}] --set flip=true \
                    --set optimiser=momentum --set normalised=true --set rate=1 \
                    --set schedule=cosine --set validation=0.1";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [3000, 300]);
    folder
}

/// A running program that has said its first line.
fn started(mut command: Command) -> Child {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    lines.read_line(&mut String::new()).unwrap();
    // What comes later must be read, or the program would wait for it.
    std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    child
}

fn interrupt(child: &Child) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
}

fn assert_same(folder: &Folder, [one, other]: [&str; 2]) {
    let (tensors, others) = (folder.tensors(one), folder.tensors(other));
    assert!(tensors.keys().eq(others.keys()));
    for (name, tensor) in &tensors {
        assert!(*tensor == others[name], "{name} differs");
    }
    assert_eq!(folder.timeless_metrics(one), folder.timeless_metrics(other));
}

#[test]
fn killed_at_any_moment_and_resumed_a_run_has_the_same_bits() {
    let folder = folder();
    let start = Instant::now();
    folder.ok(&format!("{TASK} --out whole"));
    let whole = start.elapsed();

    let mut arguments = format!("{TASK} --out killed");
    let (mut kills, mut seen) = (0, 0);
    while kills < 3 {
        let mut child = started(folder.command(&arguments));
        let nanos =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos();
        let part = 0.2 + 0.3 * f64::from(nanos % 1_000_000) / 1e6;
        sleep(whole.mul_f64(part));
        child.kill().unwrap();
        let ended = child.wait().unwrap().success();
        kills += 1;
        // Whatever a kill left behind is harmless.
        for name in ["checkpoint.safetensors", "metrics.jsonl", "config.toml", "result.json"] {
            folder.write(&format!("killed/{name}.partial"), "half a fi");
        }
        if folder.path("killed/checkpoint.safetensors").exists() {
            let progress = folder.metadata("killed", "progress");
            println!("kill {kills} at {part:.3} of the run: epoch {} is kept", progress["epoch"]);
            seen = progress["epoch"].as_u64().unwrap();
        }
        arguments = "train --resume killed".into();
        if ended {
            break;
        }
    }
    assert!(seen > 0, "no kill came after the first checkpoint");
    folder.ok(&arguments);
    assert_same(&folder, ["whole", "killed"]);
}

#[test]
fn a_finished_run_says_its_result_again_and_stays_as_it_is() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    let first = folder.ok("train squares.npz --epochs 3 --set layers=[9] --out r --json");
    let (checkpoint, metrics) = (folder.tensors("r"), folder.read("r/metrics.jsonl"));
    let again = folder.ok("train --resume r --json");
    assert_eq!(first.json(), again.json());
    assert!(folder.tensors("r") == checkpoint);
    assert_eq!(folder.read("r/metrics.jsonl"), metrics);
    // The same settings are no other configuration.
    folder.ok("train --resume r --epochs 3 --set layers=[9] --seed 0");
}

#[test]
fn ctrl_c_saves_amid_an_epoch_and_says_how_to_go_on() {
    let folder = folder();
    // One epoch, so that whatever the moment, it is amid an epoch.
    let task = TASK.replace("--epochs 60", "--epochs 1 --set batch=1");
    let task = task.replace("--set batch=8 ", "").replace("[48,24]", "[512,256]");
    folder.ok(&format!("{task} --out whole"));

    let mut command = folder.command(&format!("{task} --out stopped --json"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_says(&lines.next().unwrap(), &["run stopped: "]);
    sleep(Duration::from_millis(200));
    interrupt(&child);
    let rest: Vec<_> = lines.collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    assert_eq!(rest[0], "stopped and saved; resume with: dalenet train --resume stopped");
    assert_eq!(rest[1], r#"{"interrupted":true,"run":"stopped"}"#);
    assert!(folder.metadata("stopped", "progress")["batch"].as_u64() > Some(0));
    assert_eq!(folder.metrics("stopped").len(), 0);

    folder.ok("train --resume stopped");
    assert_same(&folder, ["whole", "stopped"]);
}

#[test]
fn two_processes_do_not_train_in_one_run() {
    let folder = folder();
    let task = TASK.replace("--epochs 60", "--epochs 100000");
    let mut first = started(folder.command(&format!("{task} --out r")));
    let said = folder.run("train --resume r --json");
    let still_running = first.try_wait().unwrap().is_none();
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(still_running);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert_says(&said.sentence(), &["another process is training in r", "wait for it to end"]);
}

/// Runs a script with a small tmpfs at `disk`, which only root may make.
#[cfg(target_os = "linux")]
fn on_a_small_disk(folder: &Folder, size: &str, arguments: &str) -> Option<crate::helper::Said> {
    fs::create_dir_all(folder.path("disk")).unwrap();
    let mount = format!("mount -t tmpfs -o size={size} none disk");
    let unshared = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", script]).current_dir(folder.path("."));
        command.output().ok().map(crate::helper::Said::from)
    };
    if unshared(&mount).is_none_or(|said| said.code != Some(0)) {
        println!("skipped: no disk of {size} can be made here, it needs root and unshare");
        return None;
    }
    let program = env!("CARGO_BIN_EXE_dalenet");
    // What is on the disk goes away with its name space, so it is copied.
    unshared(&format!("{mount}; {program} {arguments}; code=$?; cp -r disk kept; exit $code"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_makes_no_half_a_run() {
    let folder = folder();
    // tmpfs knows pages: one for the folders, none is left for the configuration.
    let Some(said) = on_a_small_disk(&folder, "4k", &format!("{TASK} --out disk/r")) else {
        return;
    };
    assert_eq!(said.code, Some(2), "{said:?}");
    let sentence = said.sentence();
    assert_says(&sentence, &["cannot write disk/r/", "No space left", "make room", "--out"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_amid_a_training_keeps_the_last_checkpoint() {
    let folder = folder();
    let task = TASK.replace("--epochs 60", "--epochs 2");
    folder.ok(&format!("{task} --out whole"));
    let size = fs::metadata(folder.path("whole/checkpoint.safetensors")).unwrap().len();
    // Room for the first checkpoint, not for the second beside it.
    let size = format!("{}k", size * 3 / 2 / 1024);
    let Some(said) = on_a_small_disk(&folder, &size, &format!("{task} --out disk/r")) else {
        return;
    };
    assert_eq!(said.code, Some(2), "{said:?}");
    let pieces = ["cannot write disk/r/checkpoint.safetensors", "No space left", "make room"];
    assert_says(&said.sentence(), &pieces);

    assert_eq!(folder.metadata("kept/r", "progress")["epoch"], 1);
    folder.ok("train --resume kept/r");
    assert_same(&folder, ["whole", "kept/r"]);
}
