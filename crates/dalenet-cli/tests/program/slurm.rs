//! Studies as array jobs, with programs that stand in for Slurm's. scripts/slurm_study.sh has the real ones.

#![cfg(unix)]

use crate::helper::{Folder, Said, assert_says};
use std::{fs, os::unix::fs::PermissionsExt, process::Command};

const COMPARE: &str = "compare squares.npz --rules ed,bp --seeds 2 --epochs 2 --set layers=[9]";

/// A folder with a small data set, and Slurm's programs in `bin`: `sbatch` keeps the script, `srun` runs its
/// command, and `scontrol` writes down what it is asked for.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [60, 30]);
    fs::create_dir(folder.path("bin")).expect("a folder");
    for (name, text) in [
        ("sbatch", "[ \"$1\" = --version ] || { echo \"$@\" >> sbatch.log; echo '4242;here'; }"),
        ("srun", "shift; exec \"$@\""),
        ("squeue", "echo ${STATE:-RUNNING}"),
        ("scontrol", "echo \"$@\" >> scontrol.log"),
    ] {
        folder.write(&format!("bin/{name}"), format!("#!/bin/sh\n{text}\n"));
        let all = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(&format!("bin/{name}")), all).expect("permissions");
    }
    folder
}

/// The command where Slurm's programs are.
fn on_cluster(folder: &Folder, arguments: &str) -> Command {
    let mut command = folder.command(arguments);
    with_slurm(folder, &mut command);
    command
}

fn with_slurm(folder: &Folder, command: &mut Command) {
    let bin = folder.path("bin").display().to_string();
    command.env("PATH", format!("{bin}:/usr/bin:/bin"));
}

fn said(mut command: Command) -> Said {
    command.output().expect("it starts").into()
}

/// Runs a script as an array task.
fn task(folder: &Folder, script: &str, state: &str) -> Said {
    let mut command = Command::new("bash");
    command.arg(script).current_dir(folder.path("."));
    command.env("SLURM_ARRAY_JOB_ID", "4242").env("SLURM_ARRAY_TASK_ID", "3").env("STATE", state);
    with_slurm(folder, &mut command);
    said(command)
}

#[test]
fn the_script_that_is_submitted_trains_the_study_to_the_bits_of_one_process() {
    let folder = folder();
    folder.ok(&format!("{COMPARE} --out serial"));
    let options =
        "--slurm --partition cpu --time 2:00:00 --array-limit 2 --sbatch --account=lab --json";
    let submitted = said(on_cluster(&folder, &format!("{COMPARE} --out study {options}")));
    assert_eq!(submitted.code, Some(0), "{submitted:?}");
    assert_eq!((&submitted.json()["job"], &submitted.json()["runs"]), (&"4242".into(), &4.into()));
    let script = folder.path("study/slurm/job.sh").display().to_string();
    assert_eq!(folder.read("sbatch.log").trim_end(), format!("--parsable {script}"));
    let text = folder.read("study/slurm/job.sh");
    for option in
        ["--array=0-3%2", "--partition=cpu", "--time=2:00:00", "--account=lab", "--requeue"]
    {
        assert!(text.lines().any(|line| line == format!("#SBATCH {option}")), "{option}: {text}");
    }
    let worked = task(&folder, &script, "RUNNING");
    assert_eq!(worked.code, Some(0), "{worked:?}");
    assert!(!folder.path("scontrol.log").exists());
    for run in ["squares-ed-seed0", "squares-bp-seed1"] {
        assert!(
            folder.tensors(&format!("study/{run}")) == folder.tensors(&format!("serial/{run}"))
        );
    }
    assert_eq!(folder.read("study/table.md"), folder.read("serial/table.md"));
    let again = said(on_cluster(&folder, &format!("{COMPARE} --out study {options}")));
    assert_says(&again.stdout, &["every run is finished"]);
}

/// A task that was killed, or has saved near its end, goes back into the queue; one that was cancelled or has
/// failed does not.
#[test]
fn a_task_is_requeued_if_a_signal_ended_it_and_it_was_not_cancelled() {
    let folder = folder();
    let script = folder.ok(&format!("{COMPARE} --slurm --dry-run")).stdout;
    for (status, state, requeued) in [
        (137, "RUNNING", true),
        (130, "RUNNING", true),
        (130, "COMPLETING", false),
        (2, "RUNNING", false),
        (0, "RUNNING", false),
    ] {
        let _ = fs::remove_file(folder.path("scontrol.log"));
        folder.write("bin/srun", format!("#!/bin/sh\nexit {status}\n"));
        folder.write("job.sh", &script);
        let ended = task(&folder, "job.sh", state);
        assert_eq!(folder.path("scontrol.log").exists(), requeued, "{status} {state}");
        if requeued {
            // Not the whole array.
            assert_eq!(folder.read("scontrol.log"), "requeue 4242_3\n");
        } else {
            assert_eq!(ended.code, Some(status));
        }
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = folder();
    let before = fs::read_dir(folder.path(".")).expect("a folder").count();
    let said = folder.ok(&format!("{COMPARE} --slurm --dry-run"));
    assert_says(
        &said.stdout,
        &["#!/bin/bash\n#SBATCH --job-name=compare-squares\n", " study work "],
    );
    assert_eq!(fs::read_dir(folder.path(".")).expect("a folder").count(), before);
}

#[test]
fn what_slurm_cannot_do_is_refused_in_a_sentence() {
    let folder = folder();
    let mut none = folder.command(&format!("{COMPARE} --slurm"));
    none.env("PATH", "/nowhere");
    assert_says(&folder.refused_by(none), &["`sbatch` was not found", "--dry-run"]);
    let mut two_lines = on_cluster(&folder, &format!("{COMPARE} --slurm --partition"));
    two_lines.arg("a\nb");
    assert_says(&folder.refused_by(two_lines), &["is no option of sbatch"]);
    let sentence = folder.refused(&format!("{COMPARE} --time 1:00"));
    assert_says(&sentence, &["--slurm"]);
    let failing = "#!/bin/sh\n[ \"$1\" = --version ] && exit\necho 'sbatch: error: invalid partition: gpu' >&2\nexit 1\n";
    folder.write("bin/sbatch", failing);
    let said = said(on_cluster(&folder, &format!("{COMPARE} --slurm --partition gpu")));
    assert_eq!(said.code, Some(2));
    assert_says(&said.stderr, &["invalid partition: gpu", "job.sh"]);
}
