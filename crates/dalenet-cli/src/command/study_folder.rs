//! `dalenet study`: work on a study, see how far it is, collect what is done.

use super::study::{say_memory, show, watched};
use crate::{
    args::{StudyCommand, Work},
    context::Context,
    failure::Failure,
    terminal::{
        progress::Fetching,
        say::{self, Ended},
        words::counted,
    },
};
use dalenet_lab::{
    Study,
    study::{Progress, RunState, RunStatus, WorkOptions, Worked},
};
use serde_json::json;
use std::{path::Path, time::Duration};

pub fn run(command: &StudyCommand, context: &Context<'_>) -> Result<Ended, Failure> {
    match command {
        StudyCommand::Work(args) => work(args, context),
        StudyCommand::Status { study } => status(study, context),
        StudyCommand::Collect { study } => {
            Ok(show(&Study::read(study)?.collect(&[])?, context.json))
        }
    }
}

/// Trains the free runs.
fn work(args: &Work, context: &Context<'_>) -> Result<Ended, Failure> {
    let study = Study::read(&args.study)?;
    let options = WorkOptions {
        resources: context.data_dir.into(),
        jobs: args.jobs.jobs.into(),
        threads: 0,
        runs: args.run.clone(),
        wait: !args.no_wait,
        lease: Duration::from_secs(args.lease.into()),
        from_random: true,
        id: args.id.clone(),
    };
    study.check_id(args.id.as_deref())?;
    study.fetch(context.data_dir, &mut Fetching::new())?;
    let (runs, finished) = (study.plan().runs(), study.finished());
    let shown_folder = study.folder().display();
    say::line(&format!(
        "study {shown_folder}: {}, {finished} of them finished",
        counted(runs, "run")
    ));
    say_memory(&study, &options)?;
    let worked = watched(&study, options.jobs, context, |observer, stop| {
        let worked = study.work(&options, observer, stop)?;
        Ok((!worked.interrupted).then_some(worked))
    })?;
    Ok(worked.map_or(Ended::Interrupted, |worked| say_worked(study.folder(), &worked, context)))
}

fn say_worked(study: &Path, worked: &Worked, context: &Context<'_>) -> Ended {
    let rest = match worked.unfinished {
        0 => "the study is finished".to_owned(),
        unfinished => format!("{} unfinished", counted(unfinished, "run")),
    };
    say::line(&format!("trained {}; {rest}", counted(worked.trained, "run")));
    let failed: Vec<_> = worked.failed.iter().map(|(run, _)| run).collect();
    say::object(context.json, || {
        json!({
            "study": study.to_string_lossy(),
            "trained": worked.trained,
            "unfinished": worked.unfinished,
            "failed": failed,
        })
    });
    if failed.is_empty() { Ended::Done } else { Ended::Diverged }
}

/// Lists the runs.
fn status(study: &Path, context: &Context<'_>) -> Result<Ended, Failure> {
    let study = Study::read(study)?;
    let runs = study.status()?;
    let width = runs.iter().map(|run| run.run.chars().count()).max().unwrap_or_default();
    for run in &runs {
        let line = format!("{:width$}  {:7}  {}", run.run, word(run), details(&run.state));
        say::line(line.trim_end());
    }
    let count = |state: &str| runs.iter().filter(|run| word(run) == state).count();
    let states = ["done", "running", "left", "failed", "waiting"];
    let counts: Vec<_> = states.iter().map(|state| format!("{} {state}", count(state))).collect();
    say::line(&counts.join(", "));
    say::object(
        context.json,
        || json!({ "study": study.folder().to_string_lossy(), "id": study.id(), "runs": runs }),
    );
    Ok(Ended::Done)
}

fn word(run: &RunStatus) -> &'static str {
    match run.state {
        RunState::Done { .. } => "done",
        RunState::Failed { .. } => "failed",
        RunState::Running(_) => "running",
        RunState::Left(_) => "left",
        RunState::Waiting => "waiting",
    }
}

fn details(state: &RunState) -> String {
    match state {
        RunState::Done { score } => score.map_or(String::new(), |score| format!("{score:.2}")),
        RunState::Failed { reason } => reason.clone(),
        RunState::Running(progress) => format!(
            "{} on {} (process {}) since {}, last heartbeat {:.0} s ago",
            steps(progress),
            progress.host,
            progress.pid,
            progress.began,
            progress.silent_seconds
        ),
        RunState::Left(progress) => format!("saved at {}", steps(progress)),
        RunState::Waiting => String::new(),
    }
}

fn steps(progress: &Progress) -> String {
    match (progress.step, progress.steps) {
        (step, 0) => format!("step {step}"),
        (step, steps) => format!("step {step} of {steps}"),
    }
}
