//! Studies as array jobs of Slurm.

use crate::{Error, files};
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
};

/// Array tasks that Slurm takes, unless the cluster is configured otherwise (its MaxArraySize is 1001).
const MOST_TASKS: usize = 1000;

/// Seconds before the end of an array task's time at which it is told to save; Slurm may say so a minute earlier.
const SECONDS_TO_SAVE: u64 = 120;

/// The shortest time of an array task in which something is trained.
const SHORTEST: u64 = 300;

/// An array job, each of whose tasks trains runs of a study until none is left.
///
/// ```
/// let job = dalenet_lab::ArrayJob {
///     name: "compare-mnist".into(),
///     runs: 24,
///     study: "/shared/runs/compare-mnist".into(),
///     work: "dalenet study work /shared/runs/compare-mnist".into(),
///     cpus: 2,
///     partition: Some("cpu".into()),
///     time: Some("2:00:00".into()),
///     array_limit: Some(8),
///     other: vec!["--account=lab".into()],
/// };
/// let script = job.script()?;
/// assert!(script.contains("#SBATCH --array=0-23%8\n"));
/// assert!(script.contains("srun --cpus-per-task=2 dalenet study work /shared/runs/compare-mnist\n"));
/// # Ok::<(), dalenet_lab::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArrayJob {
    /// Its name in the queue.
    pub name: String,
    /// How many runs are to be trained.
    pub runs: usize,
    /// The absolute path of the study.
    pub study: PathBuf,
    /// The command of an array task, as a shell takes it.
    pub work: String,
    /// Cores of an array task.
    pub cpus: u16,
    /// The partition; by default the cluster's.
    pub partition: Option<String>,
    /// The longest time of an array task, such as `2:00:00`.
    pub time: Option<String>,
    /// How many array tasks run at a time; by default all.
    pub array_limit: Option<u32>,
    /// Other options of `sbatch`, such as `--account=lab`.
    pub other: Vec<String>,
}

impl ArrayJob {
    /// The script that `sbatch` takes.
    ///
    /// # Errors
    /// If one of the values is no option, or the time is too short to train in.
    pub fn script(&self) -> Result<String, Error> {
        if let Some(time) = self.time.as_deref()
            && seconds(time).is_some_and(|seconds| seconds < SHORTEST)
        {
            return Err(Error::Config(format!(
                "the time {time} is too short: tasks are told to save {SECONDS_TO_SAVE} s before its end; give at \
                 least {}:00",
                SHORTEST / 60
            )));
        }
        let mut options = String::new();
        for option in self.options() {
            if !option.starts_with("--") || option.chars().any(char::is_control) {
                return Err(Error::Config(format!(
                    "`{}` is no option of sbatch: write it as --name=value",
                    option.escape_default()
                )));
            }
            options += &format!("#SBATCH {option}\n");
        }
        let Self { work, cpus, .. } = self;
        Ok(format!(
            r#"#!/bin/bash
{options}
# Trains runs of the study until none is left, each from its last checkpoint.
srun --cpus-per-task={cpus} {work}
status=$?

# Above 128 it was ended by a signal: it has saved near the end of its time, or was killed. Unless the job
# was cancelled, this task goes back into the queue and continues from there.
task="${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID"
if [ $status -gt 128 ] && [ "$(squeue --noheader --jobs="$task" --format=%T)" = RUNNING ]; then
    scontrol requeue "$task" && exit
fi
exit $status
"#
        ))
    }

    fn options(&self) -> Vec<String> {
        let limit = self.array_limit.map_or(String::new(), |limit| format!("%{limit}"));
        let last = self.runs.clamp(1, MOST_TASKS) - 1;
        let mut options = vec![
            format!("--job-name={}", in_quotes(&self.name)),
            format!("--array=0-{last}{limit}"),
            format!("--cpus-per-task={}", self.cpus),
        ];
        options
            .extend(self.partition.iter().map(|name| format!("--partition={}", in_quotes(name))));
        options.extend(self.time.iter().map(|time| format!("--time={}", in_quotes(time))));
        // A percent sign of the path would be read as a pattern.
        let folder = self.folder().to_string_lossy().replace('%', "%%");
        options.extend([
            format!("--signal=TERM@{SECONDS_TO_SAVE}"),
            "--requeue".into(),
            "--open-mode=append".into(),
            format!("--output={}", in_quotes(&format!("{folder}/%A_%a.log"))),
        ]);
        options.extend(self.other.iter().cloned());
        options
    }

    /// Where the script and the output of array tasks are.
    fn folder(&self) -> PathBuf {
        self.study.join("slurm")
    }

    /// Writes the script into the folder of the study, submits it, and returns the number of the job.
    ///
    /// # Errors
    /// If Slurm is not there or refuses the job.
    pub fn submit(&self) -> Result<String, Error> {
        let (folder, text) = (self.folder(), self.script()?);
        fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
        let script = folder.join("job.sh");
        files::write(&script, text.as_bytes())?;
        sbatch(&script)
    }
}

/// Refuses to go on where jobs cannot be submitted.
///
/// # Errors
/// If there is no `sbatch`.
pub fn check_slurm() -> Result<(), Error> {
    Command::new("sbatch").arg("--version").output().map(drop).map_err(|cause| absent(&cause))
}

fn sbatch(script: &Path) -> Result<String, Error> {
    let output = Command::new("sbatch").arg("--parsable").arg(script).output();
    let output = output.map_err(|cause| absent(&cause))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().replace('\n', "; ");
    if !output.status.success() {
        let (script, said) = (script.display(), text(&output.stderr));
        return Err(Error::Config(format!(
            "sbatch refused {script} ({said}); change the options, or submit the script yourself"
        )));
    }
    // With several clusters: number;cluster.
    Ok(text(&output.stdout).split(';').next().unwrap_or_default().to_owned())
}

fn absent(cause: &std::io::Error) -> Error {
    Error::Config(match cause.kind() {
        ErrorKind::NotFound => {
            "`sbatch` was not found: run this on a machine of the cluster that submits jobs, or \
                                see the script by --dry-run"
                .into()
        }
        _ => format!(
            "sbatch cannot be run ({cause}); submit the script that --dry-run shows yourself"
        ),
    })
}

/// The seconds of a time as Slurm has it: minutes, minutes:seconds, hours:minutes:seconds, days-hours and so forth
/// (sbatch(1), --time). `None` of what is none of these, of which `sbatch` says what is wrong.
fn seconds(time: &str) -> Option<u64> {
    let (days, rest) = time.split_once('-').map_or((None, time), |(days, rest)| (Some(days), rest));
    let parts: Vec<u64> = rest.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match (days, &parts[..]) {
        (None, [minutes]) => (0, *minutes, 0),
        (None, [minutes, seconds]) => (0, *minutes, *seconds),
        (Some(_), [hours]) => (*hours, 0, 0),
        (Some(_), [hours, minutes]) => (*hours, *minutes, 0),
        (_, [hours, minutes, seconds]) => (*hours, *minutes, *seconds),
        _ => return None,
    };
    let days: u64 = days.map_or(Some(0), |days| days.parse().ok())?;
    Some(60 * (60 * (24 * days + hours) + minutes) + seconds)
}

/// A value as `#SBATCH` lines take it: in quotation marks where it has letters that would end it.
fn in_quotes(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-/=,+:@%".contains(c);
    match value.chars().all(plain) {
        true => value.into(),
        false => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> ArrayJob {
        ArrayJob {
            name: "compare-xor".into(),
            runs: 3,
            study: "/shared/my runs/100%".into(),
            work: "dalenet study work '/shared/my runs/100%'".into(),
            cpus: 1,
            ..ArrayJob::default()
        }
    }

    #[test]
    fn the_array_has_a_task_a_run_up_to_what_slurm_takes() {
        let lines = |runs| ArrayJob { runs, ..job() }.script().unwrap();
        assert!(lines(1).contains("#SBATCH --array=0-0\n"));
        assert!(lines(24).contains("#SBATCH --array=0-23\n"));
        assert!(lines(5000).contains("#SBATCH --array=0-999\n"));
    }

    /// What `sbatch` reads as one value; %% stands for a percent sign (sbatch(1), filename pattern).
    #[test]
    fn a_path_with_spaces_and_percent_signs_is_one_value() {
        let script = job().script().unwrap();
        assert!(
            script.contains("#SBATCH --output=\"/shared/my runs/100%%/slurm/%A_%a.log\"\n"),
            "{script}"
        );
        assert!(
            script.contains("srun --cpus-per-task=1 dalenet study work '/shared/my runs/100%'\n")
        );
    }

    /// The forms of sbatch(1).
    #[test]
    fn a_time_in_which_nothing_is_trained_is_refused() {
        for (time, expected) in [
            ("90", Some(5400)),
            ("4:30", Some(270)),
            ("2:00:00", Some(7200)),
            ("1-2", Some(93_600)),
            ("1-2:30", Some(95_400)),
            ("1-2:30:15", Some(95_415)),
            ("infinite", None),
        ] {
            assert_eq!(seconds(time), expected, "{time}");
            let script = ArrayJob { time: Some(time.into()), ..job() }.script();
            assert_eq!(script.is_err(), time == "4:30", "{time}");
        }
    }

    #[test]
    fn options_that_are_not_given_are_left_to_the_cluster() {
        let script = job().script().unwrap();
        assert!(!script.contains("--partition") && !script.contains("--time"));
    }

    #[test]
    fn a_value_cannot_add_lines_to_the_script() {
        for job in [
            ArrayJob { other: vec!["account=lab".into()], ..job() },
            ArrayJob { other: vec!["--account=lab\nrm -r x".into()], ..job() },
            ArrayJob { partition: Some("cpu\nrm -r x".into()), ..job() },
        ] {
            let sentence = job.script().unwrap_err().to_string();
            assert!(sentence.contains("is no option of sbatch") && !sentence.contains('\n'));
        }
    }
}
