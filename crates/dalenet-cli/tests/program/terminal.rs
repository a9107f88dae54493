//! What the program prints, where it cannot, and what Ctrl-C does while nothing is to be saved.
#![cfg(unix)]

use crate::helper::{Folder, Said, assert_says};
use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader},
    os::unix::ffi::OsStrExt,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

#[cfg(target_os = "linux")]
fn with_full_output(folder: &Folder, arguments: &str) -> Said {
    let mut command = folder.command(arguments);
    let full = File::options().write(true).open("/dev/full").expect("/dev/full");
    command.stdout(full).output().expect("the program starts").into()
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_said() {
    let folder = Folder::new();
    for arguments in ["config mnist", "list --json", "--help", "--version", "completions bash"] {
        let said = with_full_output(&folder, arguments);
        assert_eq!(said.code, Some(1), "{arguments}: {said:?}");
        assert_says(&said.sentence(), &["standard output", "No space left on device"]);
    }
    // A training is no less saved.
    let said = with_full_output(&folder, "train xor --epochs 3 --out r --json");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_says(&said.sentence(), &["No space left on device"]);
    assert!(folder.path("r/result.json").exists());
    // What is wrong with the input comes first.
    assert_eq!(with_full_output(&folder, "train mnst").code, Some(2));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = Folder::new();
    for arguments in ["config mnist", "list --json", "--help", "train xor --epochs 3 --out r"] {
        let program = env!("CARGO_BIN_EXE_dalenet");
        let script = format!("(sleep 0.2; {program} {arguments}; echo $? > code) | true");
        let mut command = Command::new("bash");
        let output = command.args(["-c", &script]).current_dir(folder.path(".")).output().unwrap();
        let said = Said::from(output);
        assert_eq!(folder.read("code"), "0\n", "{arguments}: {said:?}");
        assert!(!said.stderr.contains("dalenet: "), "{arguments}: {said:?}");
    }
    assert!(folder.path("r/result.json").exists());
}

/// All is saved before it, so nothing is lost.
#[test]
fn the_first_ctrl_c_ends_a_final_evaluation() {
    let folder = Folder::new();
    let train = "train brax/half-cheetah --steps 1000 --envs 32 --set layers=[16] \
                 --set rollout=16 --set minibatches=4 --set evaluation=20000";
    for (command, resume, shown) in [
        (
            format!("{train} --out r --data-dir data --json"),
            "resume with: dalenet train --resume r --data-dir data",
            r#"{"interrupted":true,"run":"r"}"#,
        ),
        (
            format!("{} --rules ed --seeds 1 --out s --json", train.replace("train", "compare")),
            "the same command resumes it",
            r#"{"interrupted":true,"study":"s"}"#,
        ),
    ] {
        let mut command = folder.command(&command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let run = if shown.contains("study") { "s/brax-half-cheetah-ed-seed0" } else { "r" };
        while !folder.path(run).join("checkpoint.safetensors").exists() {
            assert!(child.try_wait().unwrap().is_none());
            sleep(Duration::from_millis(10));
        }
        sleep(Duration::from_millis(500));
        assert!(child.try_wait().unwrap().is_none(), "it should be evaluating");
        let start = Instant::now();
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let lines: Vec<_> = lines.collect();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{lines:?}");
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        let [.., said, json] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((said, json), (&format!("stopped and saved; {resume}"), &shown.to_owned()));
        assert!(!folder.path(run).join("result.json").exists());
    }
}

/// Paths that are not UTF-8, which JSON cannot hold: with replacement characters there.
#[test]
fn a_path_that_is_not_utf8_is_used_and_said() {
    let folder = Folder::new();
    folder.squares("squares.npz", [60, 30]);
    let name = |name: &str| {
        let bytes: Vec<u8> =
            name.bytes().map(|byte| if byte == b'?' { 0xff } else { byte }).collect();
        OsStr::from_bytes(&bytes).to_owned()
    };
    let run = |arguments: &str| {
        let mut command = folder.command("");
        command.args(arguments.split(' ').map(name));
        let said = Said::from(command.output().expect("the program starts"));
        assert!(!said.stderr.contains("panicked"), "{arguments}: {said:?}");
        said
    };
    for (arguments, key, path) in [
        ("train squares.npz --epochs 1 --set layers=[3] --out r? --json", "run", "r\u{fffd}"),
        ("train --resume r? --json", "run", "r\u{fffd}"),
        ("eval r? --json", "run", "r\u{fffd}"),
        ("analyse r? --json", "run", "r\u{fffd}"),
        ("report r? --out p?.html --json", "page", "p\u{fffd}.html"),
        ("compare xor --rules ed --seeds 1 --epochs 2 --out s? --json", "study", "s\u{fffd}"),
        ("train cart-pole --steps 3000 --out a? --json", "run", "a\u{fffd}"),
        ("eval a? --episodes 1 --json", "run", "a\u{fffd}"),
    ] {
        let said = run(arguments);
        assert_eq!(said.code, Some(0), "{arguments}: {said:?}");
        assert_eq!(said.json()[key], path, "{arguments}");
    }
    for arguments in ["eval none? --json", "train xor?", "report none?", "play none? --out o?"] {
        assert_eq!(run(arguments).code, Some(2), "{arguments}");
    }
}

#[test]
fn completions_know_commands_and_options() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = folder.ok(&format!("completions {shell}")).stdout;
        assert_says(&script, &["dalenet", "compare", "resume"]);
    }
    assert_says(&folder.refused("completions csh"), &["'csh'", "bash"]);
}
