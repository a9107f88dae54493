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
        let run = || match shown.contains("study") {
            true => folder.run_of("s", "brax-half-cheetah-ed-seed0"),
            false => folder.path("r"),
        };
        while !run().join("checkpoint.safetensors").exists() {
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
        assert!(!run().join("result.json").exists());
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
    for (shell, check) in
        [("bash", "bash -n"), ("zsh", "zsh -n"), ("fish", "fish -n"), ("powershell", "")]
    {
        let script = folder.ok(&format!("completions {shell}")).stdout;
        let words = ["dalenet", "compare", "resume", "man", "remove", "data-dir", "threads"];
        assert_says(&script, &words);
        // The shell itself reads it, where it is installed.
        let command = format!("command -v {shell} >/dev/null || exit 0; {check} script");
        folder.write("script", script);
        let mut read = Command::new("sh");
        let read = read.args(["-c", &command]).current_dir(folder.path(".")).output().unwrap();
        assert!(read.status.success() && read.stderr.is_empty(), "{shell}: {read:?}");
    }
    assert_says(&folder.refused("completions csh"), &["'csh'", "bash"]);
}

#[test]
fn options_are_shown_where_they_act() {
    let folder = Folder::new();
    for (command, data, threads) in [
        ("train", true, true),
        ("eval", true, true),
        ("predict", true, true),
        ("compare", true, true),
        ("ablate", true, true),
        ("analyse", true, true),
        ("play", true, true),
        ("report", false, true),
        ("data fetch", true, false),
        ("data list", true, false),
        ("data remove", true, false),
        ("config", false, false),
        ("list", false, false),
        ("completions", false, false),
        ("man", false, false),
    ] {
        let help = folder.ok(&format!("{command} --help")).stdout;
        assert_says(&help, &["Examples:\n  dalenet ", "--json"]);
        assert_eq!(help.contains("--data-dir"), data, "{command}: {help}");
        assert_eq!(help.contains("--threads"), threads, "{command}: {help}");
    }
    assert_says(&folder.refused("list --threads 2"), &["'--threads'"]);
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = Folder::new();
    let said = folder.ok("man --out pages --json").json();
    let pages: Vec<_> =
        said["pages"].as_array().unwrap().iter().filter_map(|p| p.as_str()).collect();
    for page in ["dalenet.1", "dalenet-train.1", "dalenet-data-remove.1", "dalenet-man.1"] {
        assert!(pages.contains(&page), "{pages:?}");
        let text = folder.read(&format!("pages/{page}"));
        assert_says(&text, &[".TH dalenet", ".SH NAME", ".SH SYNOPSIS", "Examples:"]);
    }
    assert_eq!(folder.ok("man train").stdout, folder.read("pages/dalenet-train.1"));
    assert_eq!(folder.ok("man").stdout, folder.read("pages/dalenet.1"));
    assert_says(&folder.refused("man trian"), &["no command `trian`", "did you mean `train`?"]);
    folder.write("file", "");
    assert_says(&folder.refused("man --out file/pages"), &["file/pages", "another folder"]);
}

/// What the program sends to a terminal of 80 columns, by `script` of util-linux.
#[cfg(target_os = "linux")]
fn on_a_terminal(folder: &Folder, term: &str, arguments: &str) -> String {
    let command = format!("stty cols 80 rows 24; {} {arguments}", env!("CARGO_BIN_EXE_dalenet"));
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).env("TERM", term).env_remove("NO_COLOR");
    let output = script.stdin(Stdio::null()).current_dir(folder.path(".")).output().unwrap();
    let said = Said::from(output);
    assert_eq!(said.code, Some(0), "{said:?}");
    said.stdout
}

/// Without its escape sequences, each of which ends in a letter.
#[cfg(target_os = "linux")]
fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        plain
            + part
                .trim_start_matches(|c: char| c.is_ascii_digit() || ";?".contains(c))
                .get(1..)
                .unwrap_or_default()
    })
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_keeps_a_line_an_epoch_above_a_bar() {
    let folder = Folder::new();
    folder.squares("squares.npz", [600, 60]);
    let train = "train squares.npz --epochs 40 --set layers=[200] --set batch=10";
    let shown = on_a_terminal(&folder, "xterm", &format!("{train} --out bar"));
    assert!(
        shown.contains('\x1b') && shown.contains("[█") && shown.contains(" s left"),
        "{shown:?}"
    );
    let plain = plain(&shown);
    let lines: Vec<_> = plain.split(['\r', '\n']).collect();
    let history = lines.iter().filter(|line| line.starts_with("epoch ") && line.contains("error"));
    let epochs: Vec<_> = history.map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
    let wanted: Vec<_> = (1..=40).map(|epoch| format!("{epoch}/40")).collect();
    assert_eq!(epochs, wanted);
    for line in lines.iter().filter(|line| line.starts_with("epoch ")) {
        assert!(line.chars().count() <= 80, "{line:?}");
    }

    let dumb = on_a_terminal(&folder, "dumb", &format!("{train} --out dumb"));
    assert!(!dumb.contains(['\x1b', '█']) && !dumb.replace("\r\n", "").contains('\r'), "{dumb:?}");
    assert_eq!(dumb.lines().filter(|line| line.starts_with("epoch ")).count(), 40);
    let help = on_a_terminal(&folder, "dumb", "train --help");
    assert!(!help.contains('\x1b'), "{help:?}");
}

/// Scripts for versions up to 0.2 have them there.
#[test]
fn options_of_the_machine_may_stand_before_the_command() {
    let folder = Folder::new();
    folder.ok("--threads 2 --data-dir data train xor --epochs 2 --out r");
    assert!(folder.read("r/result.json").contains("\"threads\":2"));
    assert_says(&folder.refused("--threads 0 train xor"), &["--threads"]);
}
