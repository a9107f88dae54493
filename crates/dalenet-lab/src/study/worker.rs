//! Workers: each takes the next free run, trains it and publishes it, until none is left.

use super::{
    attempt::{Attempt, Attempted},
    attempt_file::{AttemptFile, State},
    claims::Claims,
    disk::{Disk, list},
    layout::Layout,
    observer::{Job, Shared},
    options::WorkOptions,
    origin,
    owner::Owner,
    publish::{Published, publish},
    watch::Watch,
};
use crate::{
    Ending, Error, Run,
    failure::{Failure, FailureKind},
    files,
    sweep::Judged,
    trained,
};
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};

/// The workers of this process.
pub(crate) struct Team<'a> {
    pub layout: &'a Layout,
    pub disk: &'a dyn Disk,
    pub jobs: Vec<Job<'a>>,
    pub options: &'a WorkOptions<'a>,
    pub observer: Shared<'a>,
    pub stop: &'a AtomicBool,
    /// Called after every run.
    pub after: &'a (dyn Fn() -> Result<(), Error> + Sync),
    choice: Mutex<Choice>,
    trained: AtomicUsize,
    /// A worker cannot go on, and no other could.
    broken: AtomicBool,
}

/// What the workers of a process know together.
struct Choice {
    watch: Watch,
    /// Runs that are published, or that cannot be trained here.
    closed: BTreeSet<String>,
    failed: Vec<(String, String)>,
}

/// What a worker does next.
enum Next<'a> {
    /// This attempt at a run.
    Attempt(&'a Job<'a>, u64),
    /// So many runs are others', who may die.
    Wait(usize),
    /// Nothing is left.
    Nothing,
}

impl<'a> Team<'a> {
    pub fn new(
        layout: &'a Layout,
        disk: &'a dyn Disk,
        jobs: Vec<Job<'a>>,
        options: &'a WorkOptions<'a>,
        observer: Shared<'a>,
        stop: &'a AtomicBool,
        after: &'a (dyn Fn() -> Result<(), Error> + Sync),
    ) -> Self {
        let (watch, closed, failed) = (Watch::new(options.lease), BTreeSet::new(), Vec::new());
        let choice = Mutex::new(Choice { watch, closed, failed });
        let (trained, broken) = Default::default();
        Self { layout, disk, jobs, options, observer, stop, after, choice, trained, broken }
    }

    /// How many runs were trained to their end.
    pub fn trained(&self) -> usize {
        self.trained.load(Ordering::Relaxed)
    }

    /// The runs that could not be trained here, and why, by name.
    pub fn failed(&self) -> Vec<(String, String)> {
        self.choice().failed.clone()
    }

    fn choice(&self) -> MutexGuard<'_, Choice> {
        self.choice.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.broken.load(Ordering::Relaxed)
    }

    /// Works until nothing is left, or it is stopped.
    ///
    /// # Errors
    /// If the folder cannot be read or written.
    pub fn work(&self) -> Result<(), Error> {
        let worked = self.work_as(&Owner::here());
        if worked.is_err() {
            self.broken.store(true, Ordering::Relaxed);
        }
        worked
    }

    fn work_as(&self, worker: &Owner) -> Result<(), Error> {
        let mut waiting: Option<Instant> = None;
        while !self.is_stopped() {
            match self.next(worker)? {
                Next::Attempt(job, token) => {
                    waiting = None;
                    self.attempt(worker, job, token)?;
                }
                Next::Wait(runs) if self.options.wait => {
                    self.observer.lock().wait(runs);
                    self.pause(*waiting.get_or_insert_with(Instant::now));
                }
                Next::Wait(_) | Next::Nothing => break,
            }
        }
        Ok(())
    }

    /// Pauses for a tenth of the time it has waited already, so that a large study is not asked all the
    /// time.
    fn pause(&self, since: Instant) {
        let (begin, pause) = (Instant::now(), since.elapsed() / 10);
        let pause = pause.clamp(Duration::from_millis(20), Duration::from_secs(5));
        while begin.elapsed() < pause && !self.is_stopped() {
            sleep(Duration::from_millis(20));
        }
    }

    /// Claims the next run that is free.
    fn next(&self, worker: &Owner) -> Result<Next<'_>, Error> {
        let mut choice = self.choice();
        let folder = self.layout.folder();
        let names = list(self.disk, folder)?;
        let names: BTreeSet<_> = names.into_iter().collect();
        let claims = Claims::new(self.layout, self.disk);
        let highest = claims.highest()?;
        let first = if self.options.from_random { random_below(self.jobs.len()) } else { 0 };
        let mut running = 0;
        // What a worker that died has begun goes before what nobody has.
        let jobs = self.jobs[first..].iter().chain(&self.jobs[..first]);
        let (begun, fresh): (Vec<&Job<'_>>, Vec<_>) =
            jobs.partition(|job| highest.contains_key(&job.run()));
        for job in begun.into_iter().chain(fresh) {
            let run = job.run();
            if choice.closed.contains(&run) {
                continue;
            }
            if names.contains(&run) {
                if self.layout.is_published(&run) {
                    choice.closed.insert(run);
                    continue;
                }
                match self.adopt(&run) {
                    Ok(()) => {}
                    Err(Error::Busy(_)) => {
                        running += 1;
                        continue;
                    }
                    Err(error) if error.is_of_disk() => return Err(error),
                    Err(error) => {
                        self.fail(&mut choice, job, &error);
                        continue;
                    }
                }
            }
            let token = highest.get(&run).copied().unwrap_or_default();
            let is_free = token == 0 || self.is_over(&mut choice, worker, &run, token, &names);
            // The last of the others may have published it and removed the claims since they were listed.
            let is_late = || self.layout.is_published(&run);
            let taken = match is_free && !is_late() {
                true => claims.take(&run, token + 1, worker),
                false => Ok(false),
            };
            match taken {
                Ok(true) => return Ok(Next::Attempt(job, token + 1)),
                Err(error) if !is_late() => return Err(error),
                _ => running += 1,
            }
        }
        Ok(if running > 0 { Next::Wait(running) } else { Next::Nothing })
    }

    fn is_over(
        &self,
        choice: &mut Choice,
        worker: &Owner,
        run: &str,
        token: u64,
        names: &BTreeSet<String>,
    ) -> bool {
        let owner = Claims::new(self.layout, self.disk).owner(run, token);
        let folder = origin::folder_of(names, run, token);
        let file = folder.and_then(|name| AttemptFile::read(&self.layout.folder().join(name)));
        choice.watch.is_over((run, token), file, owner.as_ref(), worker, Instant::now())
    }

    /// Turns a run that an older version has begun, in its own folder, into an attempt.
    ///
    /// # Errors
    /// If another process trains in it, or it holds something else.
    fn adopt(&self, run: &str) -> Result<(), Error> {
        let folder = self.layout.run(run);
        let adopted = match Run::open(&folder) {
            Ok(begun) => self.adopt_begun(begun, run),
            Err(_) => remove_unbegun(&folder),
        };
        match adopted {
            // Another worker was first.
            Err(_) if !folder.exists() || self.layout.is_published(run) => Ok(()),
            adopted => adopted,
        }
    }

    fn adopt_begun(&self, mut begun: Run, run: &str) -> Result<(), Error> {
        begun.lock()?;
        // What is damaged there is the only copy: it is said, and not trained anew.
        if let Some(bytes) = begun.checkpoint()? {
            trained::parse(&begun, &bytes)?;
        }
        let (folder, before) = (begun.folder(), self.layout.attempt(run, 0, "before"));
        self.disk.rename(folder, &before).map_err(Error::file("rename", folder))?;
        if before.join("result.json").exists() {
            // It was published meanwhile, after another worker had adopted the run.
            self.disk.rename(&before, folder).map_err(Error::file("rename", &before))?;
        }
        Ok(())
    }

    /// Makes an attempt that this worker has claimed.
    fn attempt(&self, worker: &Owner, job: &Job<'_>, token: u64) -> Result<(), Error> {
        if self.layout.is_published(&job.run()) {
            return Ok(());
        }
        let attempt =
            Attempt::begin(self.layout, self.disk, worker, self.options.lease, job, token)?;
        self.observer.lock().begin(job);
        let outcome = attempt.train(self.options.resources, &self.observer, &|| self.is_stopped());
        match outcome {
            Ok(Attempted::Ended(ending)) => self.publish(&attempt, Ok(&ending))?,
            Ok(Attempted::Paused(judged)) => self.publish_paused(&attempt, judged)?,
            Ok(Attempted::Hopeless(failure)) => {
                failure.write(attempt.folder())?;
                self.publish(&attempt, Err(&Error::Hopeless(failure.reason)))?;
            }
            Ok(Attempted::Stopped) => {
                attempt.heartbeat(State::Left)?;
                self.observer.lock().leave(job);
            }
            Ok(Attempted::Superseded) => self.observer.lock().leave(job),
            // Its folder has been removed by the one that was first.
            Err(_) if self.layout.is_published(&job.run()) => self.observer.lock().leave(job),
            Err(error) if error.is_divergence() => {
                let reason = error.to_string();
                Failure { kind: FailureKind::Diverged, reason }.write(attempt.folder())?;
                self.publish(&attempt, Err(&error))?;
            }
            Err(error) => {
                let _ = attempt.heartbeat(State::Failed(error.to_string()));
                if error.is_of_disk() {
                    return Err(error);
                }
                self.fail(&mut self.choice(), job, &error);
            }
        }
        (self.after)()
    }

    /// Publishes an attempt that has its result, or why it has none.
    fn publish(
        &self,
        attempt: &Attempt<'_>,
        outcome: Result<&Ending, &Error>,
    ) -> Result<(), Error> {
        self.rename(attempt)?;
        self.observer.lock().end(attempt.job, outcome);
        Ok(())
    }

    /// Publishes an attempt that is paused on a rung.
    fn publish_paused(&self, attempt: &Attempt<'_>, judged: Judged) -> Result<(), Error> {
        judged.write(attempt.folder())?;
        self.rename(attempt)?;
        self.observer.lock().pause(attempt.job, judged.score);
        Ok(())
    }

    fn rename(&self, attempt: &Attempt<'_>) -> Result<(), Error> {
        let run = self.layout.run(&attempt.job.run());
        let published = publish(self.disk, attempt.folder(), &run, &attempt.worker.nonce)?;
        if published == Published::Mine {
            origin::remove_attempts(self.layout, self.disk, &attempt.job.run());
        }
        if published == (Published::Other { same: false }) {
            self.observer.lock().warn(&format!(
                "another worker has finished {} too, with other weights, which are kept: its machine \
                 has other instructions, or its program is another version",
                run.display()
            ));
        }
        self.trained.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Leaves a run to others that cannot be trained here.
    fn fail(&self, choice: &mut Choice, job: &Job<'_>, error: &Error) {
        choice.closed.insert(job.run());
        choice.failed.push((job.run(), error.to_string()));
        self.observer.lock().end(job, Err(error));
    }
}

/// Removes the folder of a run that was killed before it had a configuration.
///
/// # Errors
/// If it holds anything else.
fn remove_unbegun(folder: &Path) -> Result<(), Error> {
    let entries = fs::read_dir(folder).map_err(Error::file("read", folder))?;
    if entries.flatten().any(|entry| !files::is_partial(&entry.path())) {
        return Err(Error::Exists(folder.into()));
    }
    fs::remove_dir_all(folder).map_err(Error::file("remove", folder))
}

/// A random place, so that workers that start together do not collide.
fn random_below(count: usize) -> usize {
    let digits = files::nonce();
    let number = u64::from_str_radix(&digits, 16).unwrap_or_default();
    (number % count.max(1) as u64) as usize
}
