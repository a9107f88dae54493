//! `dalenet report`.

use crate::{
    args::Report,
    context::Context,
    failure::Failure,
    terminal::{
        say::{self, Ended},
        words::counted,
    },
};
use dalenet_lab::{Configuration, LeftOut, report};
use serde_json::json;

pub fn run(args: &Report, context: &Context<'_>) -> Result<Ended, Failure> {
    let written = report(&args.runs, &args.out)?;
    for LeftOut { run, reason } in &written.left_out {
        say::note(&format!("warning: {} is left out: {reason}", run.display()));
    }
    for LeftOut { run, reason } in &written.undrawn {
        say::note(&format!("warning: no figures of the weights of {}: {reason}", run.display()));
    }
    say::line(&format!(
        "{}: {} of {}{}",
        written.page.display(),
        counted(written.runs, "run"),
        counted(written.groups, "configuration"),
        match written.left_out.len() {
            0 => String::new(),
            runs => format!(", {} left out", counted(runs, "run")),
        },
    ));
    for Configuration { label, runs } in &written.configurations {
        let first = runs.first().map(|run| run.display().to_string()).unwrap_or_default();
        let more = match runs.len() {
            0 | 1 => String::new(),
            runs => format!(" and {} more", runs - 1),
        };
        say::line(&format!("  {label}: {first}{more}"));
    }
    for figure in &written.figures {
        say::line(&format!("  {} and .png", figure.display()));
    }
    say::object(context.json, || json!(written));
    Ok(Ended::Done)
}
