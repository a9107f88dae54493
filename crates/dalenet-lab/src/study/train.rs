//! Training what is free of a study, rung by rung where a sweep promotes.

use super::{
    collect::Collector,
    disk::RealDisk,
    observer::{Job, Shared, StudyObserver},
    options::{WorkOptions, Worked},
    study::Study,
    threads::side_by_side,
    worker::Team,
};
use crate::Error;
use std::sync::atomic::{AtomicBool, Ordering};

impl Study {
    /// Trains what is free until nothing is left. `after` is called after every run.
    ///
    /// # Errors
    /// If the folder cannot be written, or the options name a run that the study does not have.
    pub(super) fn train(
        &self,
        options: &WorkOptions<'_>,
        observer: &mut dyn StudyObserver,
        stop: &AtomicBool,
        after: &(dyn Fn() -> Result<(), Error> + Sync),
    ) -> Result<Worked, Error> {
        let mut worked = Worked::default();
        loop {
            let jobs = self.jobs(options)?;
            let known = jobs.len();
            let now = self.train_jobs(jobs, options, observer, stop, after)?;
            worked.add(now);
            // A sweep that promotes has further runs as soon as those of a rung have ended.
            if worked.unfinished > 0 || worked.interrupted || self.jobs(options)?.len() == known {
                return Ok(worked);
            }
        }
    }

    /// The runs that can be trained, or those of them that the options name.
    fn jobs(&self, options: &WorkOptions<'_>) -> Result<Vec<Job<'_>>, Error> {
        let count = self.asked.runs();
        let stages = Collector { layout: &self.layout, plan: &self.asked }.stages();
        let jobs = (1..).zip(stages).map(|(number, stage)| Job::new(stage, number, count));
        let mut jobs: Vec<_> = jobs.collect();
        if !options.runs.is_empty() {
            let names: Vec<_> = jobs.iter().map(Job::run).collect();
            if let Some(unknown) = options.runs.iter().find(|run| !names.contains(run)) {
                return Err(Error::Config(format!(
                    "the study {} has no run `{unknown}`; `dalenet study status` lists them",
                    self.folder().display()
                )));
            }
            jobs.retain(|job| options.runs.contains(&job.run()));
        }
        Ok(jobs)
    }

    fn train_jobs(
        &self,
        jobs: Vec<Job<'_>>,
        options: &WorkOptions<'_>,
        observer: &mut dyn StudyObserver,
        stop: &AtomicBool,
        after: &(dyn Fn() -> Result<(), Error> + Sync),
    ) -> Result<Worked, Error> {
        let workers = options.jobs.clamp(1, jobs.len().max(1));
        let observer = Shared::new(observer);
        let team = Team::new(&self.layout, &RealDisk, jobs, options, observer, stop, after);
        side_by_side(workers, options.threads, &|| team.work())?;
        let published = |job: &&Job<'_>| self.layout.is_published(&job.run());
        let unfinished = team.jobs.len() - team.jobs.iter().filter(published).count();
        let interrupted = stop.load(Ordering::Relaxed) && unfinished > 0;
        Ok(Worked { trained: team.trained(), unfinished, interrupted, failed: team.failed() })
    }
}
