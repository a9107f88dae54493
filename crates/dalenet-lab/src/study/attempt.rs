//! One attempt at a run, in a folder that only its worker writes to.

use super::{
    attempt_file::{AttemptFile, State},
    claims::Claims,
    disk::Disk,
    layout::Layout,
    observer::{Job, Reached, RunObserver, Shared},
    origin::{attempts, copy_newest},
    owner::Owner,
};
use crate::{
    Ending, Error, Resources, Run, Training,
    failure::{Failure, FailureKind},
    sweep::Judged,
};
use std::{
    cell::Cell,
    fs,
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    time::{Duration, Instant, SystemTime},
};

/// So many attempts that die without a further step are enough.
const HOPELESS: usize = 3;

/// An attempt at a run.
pub(crate) struct Attempt<'a> {
    pub layout: &'a Layout,
    pub disk: &'a dyn Disk,
    pub worker: &'a Owner,
    pub lease: Duration,
    pub job: &'a Job<'a>,
    pub token: u64,
    run: String,
    folder: PathBuf,
    began: String,
    beats: AtomicU64,
    reached: Reached,
    superseded: AtomicBool,
}

/// How an attempt ended that did not fail.
pub(crate) enum Attempted {
    /// The run has its result.
    Ended(Box<Ending>),
    /// It is paused on a rung of a sweep.
    Paused(Judged),
    /// The run has none and cannot have one.
    Hopeless(Failure),
    /// It was asked to stop, and is saved.
    Stopped,
    /// Another worker has taken the run over, or has published it.
    Superseded,
}

impl<'a> Attempt<'a> {
    /// Makes the folder of an attempt that has been claimed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(
        layout: &'a Layout,
        disk: &'a dyn Disk,
        worker: &'a Owner,
        lease: Duration,
        job: &'a Job<'a>,
        token: u64,
    ) -> Result<Self, Error> {
        let run = job.run();
        let folder = layout.attempt(&run, token, &worker.nonce);
        fs::create_dir(&folder).map_err(Error::file("create", &folder))?;
        let attempt = Self {
            layout,
            disk,
            worker,
            lease,
            job,
            token,
            run,
            folder,
            began: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            beats: AtomicU64::new(0),
            reached: Reached::default(),
            superseded: AtomicBool::new(false),
        };
        attempt.heartbeat(State::Working)?;
        Ok(attempt)
    }

    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// Writes a heartbeat.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn heartbeat(&self, state: State) -> Result<(), Error> {
        let (step, steps) = self.reached.get();
        AttemptFile {
            nonce: self.worker.nonce.clone(),
            token: self.token,
            host: self.worker.host.clone(),
            pid: self.worker.pid,
            began: self.began.clone(),
            beat: self.beats.fetch_add(1, Ordering::Relaxed),
            step,
            steps,
            state,
        }
        .write(&self.folder)
    }

    /// Trains the run to its end, from where the attempts before have brought it.
    ///
    /// # Errors
    /// If the training diverges, cannot be made or cannot be saved.
    pub fn train(
        &self,
        resources: Resources<'_>,
        observer: &Shared<'_>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Attempted, Error> {
        std::thread::scope(|scope| {
            // The sender is dropped with the end of the training, which ends the thread.
            let (training, progress) = mpsc::channel();
            scope.spawn(move || self.send_heartbeats(&progress));
            self.train_alone(resources, observer, stop, training)
        })
    }

    fn train_alone(
        &self,
        resources: Resources<'_>,
        observer: &Shared<'_>,
        stop: &dyn Fn() -> bool,
        training: mpsc::Sender<()>,
    ) -> Result<Attempted, Error> {
        let mut former = attempts(self.layout, self.disk, &self.run)?;
        // What is promoted goes on from where it was paused.
        former.extend(self.job.stage().promoted_from().map(|run| (0, self.layout.run(&run))));
        let experiment = self.job.cell.config.clone().with_seed(self.job.seed);
        let run = Run::attempt(&self.folder, &self.layout.run(&self.run));
        let mut trained = match copy_newest(&former, &self.folder)? {
            true => Training::resume_run(run, &experiment, resources, &mut ())?,
            false => Training::start_attempt(experiment, run, resources)?,
        };
        self.reached.set(trained.reported_steps(), 0);
        let files: Vec<_> = former.iter().filter_map(|(_, path)| AttemptFile::read(path)).collect();
        if let Some(failure) = self.hopeless(&files) {
            return Ok(Attempted::Hopeless(failure));
        }
        let paused = Cell::new(self.has_reached_rung()?);
        let mut observer = RunObserver {
            job: self.job,
            shared: observer,
            reached: &self.reached,
            training,
            has_begun: false,
            paused: &paused,
        };
        let is_superseded = || self.superseded.load(Ordering::Relaxed);
        let ends = || paused.get() || is_superseded() || stop();
        match trained.run_until(&mut observer, &ends)? {
            Some(ending) => Ok(Attempted::Ended(Box::new(ending))),
            None if paused.get() => self.judged().map(Attempted::Paused),
            None if is_superseded() => Ok(Attempted::Superseded),
            None => Ok(Attempted::Stopped),
        }
    }

    /// Whether an attempt before this one was paused where this one is to be.
    fn has_reached_rung(&self) -> Result<bool, Error> {
        let Some(until) = self.job.until else { return Ok(false) };
        Ok(self.judged()?.length >= until)
    }

    /// What it has achieved so far.
    fn judged(&self) -> Result<Judged, Error> {
        Judged::of(&Run::attempt(&self.folder, &self.layout.run(&self.run)))
    }

    /// Whether the attempts before this one, the newest first, died without a further step, and this one
    /// begins with none either.
    fn hopeless(&self, former: &[AttemptFile]) -> Option<Failure> {
        let former: Vec<_> = former.iter().filter(|file| file.token != self.token).collect();
        let died = |file: &&&AttemptFile| file.state == State::Working;
        let steps: Vec<_> = former.iter().filter(died).map(|file| file.step).collect();
        let (now, _) = self.reached.get();
        let last = former.first()?;
        stagnant(&steps, now).then(|| Failure {
            kind: FailureKind::Killed,
            reason: format!(
                "{HOPELESS} workers have died at it, none of them further than step {} (the last on {}): \
                 find out why, such as too little memory, and remove the folder {} to train it again",
                steps.iter().copied().max().unwrap_or_default(),
                last.host,
                self.layout.run(&self.run).display(),
            ),
        })
    }

    /// Writes heartbeats until the training has ended, and sees whether it goes on in vain. The first
    /// step is shown at once, so that a death soon after is known to have made steps.
    fn send_heartbeats(&self, progress: &mpsc::Receiver<()>) {
        let mut last = Instant::now();
        while progress.recv_timeout(self.lease / 6) != Err(RecvTimeoutError::Disconnected) {
            if self.heartbeat(State::Working).is_ok() {
                last = Instant::now();
            }
            // Others may take it for dead.
            let silent = last.elapsed() >= self.lease / 2;
            if silent || self.is_superseded() {
                self.superseded.store(true, Ordering::Relaxed);
            }
        }
    }

    fn is_superseded(&self) -> bool {
        let claims = Claims::new(self.layout, self.disk).highest();
        let newer = claims
            .is_ok_and(|claims| claims.get(&self.run).is_some_and(|token| *token > self.token));
        newer || self.layout.is_published(&self.run)
    }
}

/// Whether the last attempts of those that died, the newest first with the steps they reached, made no
/// step further than those before them, and neither does one that begins `now`.
fn stagnant(died: &[u64], now: u64) -> bool {
    let Some((last, before)) = died.split_at_checked(HOPELESS) else { return false };
    let best = before.iter().copied().max().unwrap_or_default();
    now <= best && last.iter().all(|step| *step <= best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_deaths_without_a_further_step_are_enough() {
        for (died, now, hopeless) in [
            (&[][..], 0, false),
            (&[0, 0], 0, false),
            (&[0, 0, 0], 0, true),
            // Some steps were made, though none was saved.
            (&[0, 7, 0], 0, false),
            (&[7, 7, 7, 7], 0, true),
            (&[7, 3, 5, 7], 7, true),
            // The last one saved more steps than it had shown.
            (&[7, 7, 7, 7], 8, false),
            (&[8, 7, 7, 7], 7, false),
            (&[0, 0, 0, 9], 9, true),
        ] {
            assert_eq!(stagnant(died, now), hopeless, "{died:?} {now}");
        }
    }
}
