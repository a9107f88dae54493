//! `dalenet compare` and `dalenet ablate`.

use crate::{
    args::{Ablate, Common, Compare},
    configuration::{checked, note_changes},
    context::Context,
    failure::Failure,
    tasks::kind,
    terminal::{
        interruption::Interruption,
        progress::Fetching,
        say::{self, Ended},
        study_progress::StudyProgress,
        words::counted,
    },
};
use dalenet_lab::{Findings, Plan, Registry, Study, StudySettings, read_settings};
use serde_json::json;
use std::path::Path;

pub fn compare(args: &Compare, context: &Context<'_>) -> Result<Ended, Failure> {
    let settings = settings(&args.common, &args.preset, &args.tasks)?;
    let plan = Plan::compare(&args.tasks, &args.rules, args.common.seeds.into(), &settings)?;
    run(plan, args.common.out.as_deref(), context)
}

pub fn ablate(args: &Ablate, context: &Context<'_>) -> Result<Ended, Failure> {
    let settings = settings(&args.common, &args.preset, &args.tasks)?;
    let plan = Plan::ablate(&args.tasks, args.common.seeds.into(), &settings)?;
    run(plan, args.common.out.as_deref(), context)
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

/// Trains what is planned and shows what was found.
fn run(plan: Plan, out: Option<&Path>, context: &Context<'_>) -> Result<Ended, Failure> {
    let folder = out.map_or_else(|| plan.default_folder(), Path::to_owned);
    let runs = plan.runs();
    let [cells, seeds, planned] =
        [(plan.cells.len(), "cell"), (plan.seeds as usize, "seed"), (runs, "run")]
            .map(|(count, noun)| counted(count, noun));
    note_changes(&plan.changes);
    let study = Study::open(&folder, plan)?;
    study.fetch(context.data_dir, &mut Fetching::new())?;

    let finished = match study.finished() {
        0 => String::new(),
        finished => format!(", {finished} of them finished"),
    };
    let shown_folder = folder.display();
    say::line(&format!("study {shown_folder}: {cells} × {seeds} = {planned}{finished}"));
    let (name, json) = (folder.to_string_lossy().into_owned(), context.json);
    let farewell = move || {
        say::line("stopped and saved; the same command resumes it");
        say::object(json, || json!({ "interrupted": true, "study": name }));
    };
    let interruption = Interruption::handled();
    let mut shown =
        StudyProgress::new(runs, study.finished(), interruption.clone(), farewell.clone());
    let findings = study.run(context.data_dir, &mut shown, interruption.flag());
    shown.finish();
    match findings? {
        Some(findings) => Ok(show(&findings, json)),
        None => {
            farewell();
            Ok(Ended::Interrupted)
        }
    }
}

fn show(findings: &Findings, json: bool) -> Ended {
    say::line(&format!("\n{findings}"));
    say::line(&format!("saved in {}", findings.study.display()));
    say::object(json, || json!(findings));
    if findings.diverged.is_empty() && findings.failed.is_empty() {
        Ended::Done
    } else {
        Ended::Diverged
    }
}
