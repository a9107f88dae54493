//! How a study is worked on.

use crate::Resources;
use std::time::Duration;

/// How a worker works on a study. No option changes a result.
#[derive(Clone)]
pub struct WorkOptions<'a> {
    /// What experiments are resolved against.
    pub resources: Resources<'a>,
    /// Runs that are trained at a time, each by threads of its own; at least 1.
    pub jobs: usize,
    /// Threads that the runs share out; 0: one a core.
    pub threads: usize,
    /// Names of the runs to train, such as `mnist-ed-seed0`; empty: all.
    pub runs: Vec<String>,
    /// Whether to wait for runs that other workers train, and to take over those of workers that die. If
    /// not, the work ends when no run is free.
    pub wait: bool,
    /// An attempt without a heartbeat for so long is taken over. Heartbeats are six times as frequent, so
    /// all workers should have the same lease.
    pub lease: Duration,
    /// Whether to begin at a random place of the plan, so that workers that start together do not collide.
    pub from_random: bool,
    /// The study's number as its planner knows it: refuses a folder of the same name that is another, as
    /// on a machine that does not share the disk. See [`Study::id`](crate::Study::id).
    pub id: Option<String>,
}

impl Default for WorkOptions<'_> {
    fn default() -> Self {
        Self {
            resources: Resources::default(),
            jobs: 1,
            threads: 0,
            runs: Vec::new(),
            wait: true,
            lease: Duration::from_secs(180),
            from_random: true,
            id: None,
        }
    }
}

/// What a worker did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Runs that it trained to their end, or to where they diverged.
    pub trained: usize,
    /// Runs without a result or a failure: those of other workers, and those that it left or could not
    /// train.
    pub unfinished: usize,
    /// Whether it was stopped.
    pub interrupted: bool,
    /// Runs that could not be trained here, and why.
    pub failed: Vec<(String, String)>,
}

impl Worked {
    /// Adds what was done afterwards.
    pub(crate) fn add(&mut self, after: Self) {
        self.trained += after.trained;
        (self.unfinished, self.interrupted) = (after.unfinished, after.interrupted);
        self.failed.extend(after.failed);
    }
}
