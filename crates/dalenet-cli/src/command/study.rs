//! `dalenet compare`, `dalenet ablate` and `dalenet sweep`.

use super::slurm;
use crate::{
    args::{Ablate, Common, Compare, Running, Sweep},
    configuration::{checked, note_changes},
    context::Context,
    failure::Failure,
    tasks::kind,
    terminal::{
        interruption::Interruption,
        progress::Fetching,
        say::{self, Ended},
        study_progress::StudyProgress,
        words::{counted, memory},
    },
};
use dalenet_lab::{
    Error, Findings, Plan, Registry, Study, StudyObserver, StudySettings, SweepFile, read_settings,
    study::{WorkOptions, free_memory},
};
use serde_json::json;
use std::sync::atomic::AtomicBool;

pub fn compare(args: &Compare, context: &Context<'_>) -> Result<Ended, Failure> {
    let settings = settings(&args.common, &args.preset, &args.tasks)?;
    let plan = Plan::compare(&args.tasks, &args.rules, args.common.seeds.into(), &settings)?;
    run(plan, &args.common.running, context)
}

pub fn ablate(args: &Ablate, context: &Context<'_>) -> Result<Ended, Failure> {
    let settings = settings(&args.common, &args.preset, &args.tasks)?;
    let plan = Plan::ablate(&args.tasks, args.common.seeds.into(), &settings)?;
    run(plan, &args.common.running, context)
}

pub fn sweep(args: &Sweep, context: &Context<'_>) -> Result<Ended, Failure> {
    let file = SweepFile::read(&args.file)?;
    file.tasks.iter().try_for_each(|task| kind(task).map(drop))?;
    run(Plan::sweep(&file, Registry::built_in())?, &args.running, context)
}

/// Preset, file and flags, checked for each of the tasks.
fn settings<'a>(
    common: &Common,
    preset: &'a str,
    tasks: &[String],
) -> Result<StudySettings<'a>, Failure> {
    tasks.iter().try_for_each(|task| kind(task).map(drop))?;
    let file = common.config.as_deref().map(read_settings).transpose()?;
    let mut set = Vec::new();
    for task in tasks {
        set = checked(&common.flags, task)?;
    }
    Ok(StudySettings { registry: Registry::built_in(), preset, file, set })
}

/// Plans a study, and trains it unless that is left to workers.
fn run(plan: Plan, running: &Running, context: &Context<'_>) -> Result<Ended, Failure> {
    let folder = running.out.clone().unwrap_or_else(|| plan.default_folder());
    let product = plan.cells.len() * plan.seeds as usize == plan.runs();
    let [cells, seeds, planned] =
        [(plan.cells.len(), "cell"), (plan.seeds as usize, "seed"), (plan.runs(), "run")]
            .map(|(count, noun)| counted(count, noun));
    note_changes(&plan.changes);
    let study = Study::open(&folder, plan)?;
    if running.slurm.dry_run {
        return slurm::show(&study, &running.slurm, context);
    }
    if running.slurm.slurm {
        slurm::check(&study, &running.slurm, context)?;
    }
    study.fetch(context.data_dir, &mut Fetching::new())?;

    let finished = match study.finished() {
        0 => String::new(),
        finished => format!(", {finished} of them finished"),
    };
    let shown_folder = folder.display();
    let equals = if product { "=" } else { "in" };
    say::line(&format!("study {shown_folder}: {cells} × {seeds} {equals} {planned}{finished}"));
    match running {
        Running { plan_only: true, .. } => plan_only(study, context),
        Running { slurm, .. } if slurm.slurm => slurm::submit(study, slurm, context),
        Running { jobs, .. } => train(&study, jobs.jobs.into(), context),
    }
}

/// Writes the plan and says who trains it.
fn plan_only(mut study: Study, context: &Context<'_>) -> Result<Ended, Failure> {
    study.save_plan()?;
    let folder = study.folder();
    say::line(&format!("planned; trained by: {}", context.work_command(folder)));
    say::object(context.json, || {
        json!({
            "study": folder.to_string_lossy(),
            "id": study.id(),
            "runs": study.plan().runs(),
            "finished": study.finished(),
        })
    });
    Ok(Ended::Done)
}

/// Trains what is planned and shows what was found.
fn train(study: &Study, jobs: usize, context: &Context<'_>) -> Result<Ended, Failure> {
    let options = WorkOptions {
        resources: context.data_dir.into(),
        jobs,
        from_random: false,
        ..WorkOptions::default()
    };
    say_memory(study, &options)?;
    let findings =
        watched(study, jobs, context, |observer, stop| study.run_with(&options, observer, stop))?;
    Ok(findings.map_or(Ended::Interrupted, |findings| show(&findings, context.json)))
}

/// Shows the progress of `work` on a study, which returns `None` where it was interrupted.
pub fn watched<T>(
    study: &Study,
    jobs: usize,
    context: &Context<'_>,
    work: impl FnOnce(&mut dyn StudyObserver, &AtomicBool) -> Result<Option<T>, Error>,
) -> Result<Option<T>, Failure> {
    let (name, json) = (study.folder().to_string_lossy().into_owned(), context.json);
    let farewell = move || {
        say::line("stopped and saved; the same command resumes it");
        say::object(json, || json!({ "interrupted": true, "study": name }));
    };
    let interruption = Interruption::handled();
    let mut shown = StudyProgress::new(
        study.plan().runs(),
        study.finished(),
        jobs,
        study.plan().sweep.is_some(),
        interruption.clone(),
        farewell.clone(),
    );
    let worked = work(&mut shown, interruption.flag());
    shown.finish();
    let worked = worked?;
    if worked.is_none() {
        farewell();
    }
    Ok(worked)
}

/// Says how much memory several runs at a time need.
pub fn say_memory(study: &Study, options: &WorkOptions<'_>) -> Result<(), Failure> {
    let jobs = options.jobs.min(study.plan().runs() - study.finished());
    if jobs < 2 {
        return Ok(());
    }
    let Some(bytes) = study.memory_of_a_run(options.resources)? else { return Ok(()) };
    let all = bytes.saturating_mul(jobs as u64);
    say::line(&format!(
        "{jobs} runs at a time need about {jobs} × {} = {} of memory",
        memory(bytes),
        memory(all)
    ));
    if let Some(free) = free_memory().filter(|free| *free < all) {
        let free = memory(free);
        say::note(&format!("warning: only {free} of memory are free; use fewer --jobs"));
    }
    Ok(())
}

/// Shows a table, and where it is.
pub fn show(findings: &Findings, json: bool) -> Ended {
    say::line(&format!("\n{findings}"));
    if !findings.cells.is_empty() {
        say::line(&findings.times());
    }
    say::line(&format!("saved in {}", findings.study.display()));
    say::object(json, || json!(findings));
    if findings.diverged.is_empty() && findings.failed.is_empty() {
        Ended::Done
    } else {
        Ended::Diverged
    }
}
