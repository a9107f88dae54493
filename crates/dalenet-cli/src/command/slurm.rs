//! Studies that are submitted to Slurm.

use crate::{
    args::Slurm,
    context::Context,
    failure::Failure,
    quoted::{data_dir_flag, quoted},
    terminal::{
        say::{self, Ended},
        words::counted,
    },
};
use dalenet_lab::{ArrayJob, Study, check_slurm};
use serde_json::json;
use std::{
    env, io,
    path::{Path, absolute},
};

/// Shows the script of the array job that would be submitted.
pub fn show(study: &Study, args: &Slurm, context: &Context<'_>) -> Result<Ended, Failure> {
    let job = job(study, args, context)?;
    say::text(&job.script()?);
    say::object(context.json, || json!({ "study": job.study, "runs": job.runs }));
    Ok(Ended::Done)
}

/// Checks that a job can be submitted, before anything is written.
pub fn check(study: &Study, args: &Slurm, context: &Context<'_>) -> Result<(), Failure> {
    check_slurm()?;
    job(study, args, context)?.script()?;
    Ok(())
}

/// Writes the plan of a study, and submits an array job for what is not finished of it.
pub fn submit(mut study: Study, args: &Slurm, context: &Context<'_>) -> Result<Ended, Failure> {
    study.save_plan()?;
    let job = job(&study, args, context)?;
    if job.runs == 0 {
        say::line("every run is finished; nothing is submitted");
        say::object(context.json, || json!({ "study": job.study, "runs": 0 }));
        return Ok(Ended::Done);
    }
    let number = job.submit()?;
    let shown = quoted(&study.folder().to_string_lossy());
    say::line(&format!(
        "submitted array job {number} for {}; `dalenet study status {shown}` shows how far it is, `scancel \
         {number}` stops it",
        counted(job.runs, "run")
    ));
    say::object(context.json, || json!({ "study": job.study, "runs": job.runs, "job": number }));
    Ok(Ended::Done)
}

fn job(study: &Study, args: &Slurm, context: &Context<'_>) -> Result<ArrayJob, Failure> {
    let folder = absolute(study.folder()).map_err(unknown)?;
    let program = env::current_exe().map_err(unknown)?;
    let data_dir = context.data_dir.map(absolute).transpose().map_err(unknown)?;
    let text = |path: &Path| quoted(&path.to_string_lossy());
    let id = study.id().map_or(String::new(), |id| format!(" --id {id}"));
    let work = format!(
        "{} study work {}{id} --threads {}{}",
        text(&program),
        text(&folder),
        args.cpus,
        data_dir_flag(data_dir.as_deref())
    );
    Ok(ArrayJob {
        name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        runs: study.plan().runs() - study.finished(),
        study: folder,
        work,
        cpus: args.cpus,
        partition: args.partition.clone(),
        time: args.time.clone(),
        array_limit: args.array_limit,
        other: args.sbatch.clone(),
    })
}

fn unknown(cause: io::Error) -> Failure {
    Failure::Usage(format!(
        "it is not known where the program or the study is ({cause}); give an absolute path by --out"
    ))
}
