//! Who makes an attempt: a worker in a process on a machine.

use crate::{files, provenance};
use serde::{Deserialize, Serialize};
use std::fs;

/// A worker, as it signs its claims.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Owner {
    /// A random number of its own.
    pub nonce: String,
    /// The name of its machine.
    pub host: String,
    /// Which start of the machine.
    pub boot: String,
    /// The name space that its process number is of.
    pub namespace: String,
    /// Its process.
    pub pid: u32,
    /// When the process started, in ticks since the machine did: process numbers come again.
    pub started: u64,
    /// The job of a scheduler (Slurm's), with the index in its array.
    pub job: String,
    /// How often the scheduler has started the job again.
    pub restarts: u64,
    /// The version of the program.
    pub version: String,
}

impl Owner {
    /// A new worker of this process.
    pub fn here() -> Self {
        let pid = std::process::id();
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
        let link = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        Self {
            nonce: files::nonce(),
            host: provenance::host(),
            boot: text("/proc/sys/kernel/random/boot_id"),
            namespace: link.to_string_lossy().into_owned(),
            pid,
            started: start_of(pid).unwrap_or_default(),
            job: job(),
            restarts: variable("SLURM_RESTART_COUNT").parse().unwrap_or_default(),
            version: dalenet_train::VERSION.into(),
        }
    }

    /// Whether this worker knows that the process of `other` has ended, as far as it can see: on the same
    /// machine by the process number, in the same job by the number of restarts. What it cannot see is not
    /// gone.
    pub fn sees_end_of(&self, other: &Self) -> bool {
        let same_machine = !self.boot.is_empty()
            && (&self.boot, &self.namespace) == (&other.boot, &other.namespace);
        let ended = same_machine && start_of(other.pid) != Some(other.started);
        let requeued = !self.job.is_empty() && self.job == other.job;
        ended || requeued && self.restarts > other.restarts
    }
}

/// The job of the scheduler that started this process; empty of none.
fn job() -> String {
    let [array, index, job] =
        ["SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_JOB_ID"].map(variable);
    if array.is_empty() { job } else { format!("{array}_{index}") }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// When a process started, in ticks since the machine did; `None` if it has ended.
fn start_of(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program, in brackets, may have any letters.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let started = fields.nth(18)?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(started)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_end_of_a_process_of_this_machine_is_seen() {
        let (here, mut other) = (Owner::here(), Owner::here());
        assert_ne!(here.nonce, other.nonce);
        assert!(!here.sees_end_of(&other), "it is this very process");
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        other.pid = child.id();
        other.started = start_of(other.pid).unwrap();
        assert!(!here.sees_end_of(&other));
        child.kill().unwrap();
        // Killed and not waited for it is a zombie: it has ended too.
        while start_of(other.pid).is_some() {
            std::thread::yield_now();
        }
        assert!(here.sees_end_of(&other));
        child.wait().unwrap();
        assert!(here.sees_end_of(&other));
        // A number that has come again is another process.
        other.pid = here.pid;
        other.started = here.started + 1;
        assert!(here.sees_end_of(&other));
        // On another machine, or in a container, the number says nothing.
        for elsewhere in [
            Owner { boot: "another".into(), ..other.clone() },
            Owner { namespace: "pid:[1]".into(), ..other },
        ] {
            assert!(!here.sees_end_of(&elsewhere));
        }
    }

    #[test]
    fn a_job_that_was_started_again_has_ended_before() {
        let at = |job: &str, restarts| Owner {
            boot: String::new(),
            job: job.into(),
            restarts,
            ..Owner::here()
        };
        assert!(at("7_1", 1).sees_end_of(&at("7_1", 0)));
        for (here, other) in
            [(("7_1", 1), ("7_1", 1)), (("7_1", 1), ("7_2", 0)), (("", 1), ("", 0))]
        {
            assert!(!at(here.0, here.1).sees_end_of(&at(other.0, other.1)), "{here:?} {other:?}");
        }
    }
}
