//! `dalenet train`.

use crate::{
    args::Train,
    configuration::{configure, override_with},
    context::Context,
    failure::Failure,
    terminal::{
        interruption::Interruption,
        outcome,
        progress::{Fetching, Training},
        say::{self, Ended},
    },
};
use dalenet_lab::{Ending, Run};
use serde_json::json;

pub fn run(args: &Train, context: &Context<'_>) -> Result<Ended, Failure> {
    let mut training = begin(args, context)?;
    let run = training.folder().to_owned();
    let finished = if training.is_finished() { "; it is finished" } else { "" };
    say::line(&format!("run {}: {}{finished}", run.display(), training.summary()));
    if let Some(source) = &args.from {
        say::line(&format!("it starts from the weights of {}", source.display()));
    }
    if let Some(change) = training.length_change() {
        say::line(change);
    }

    let resume = context.resume_command(&run);
    let (name, json) = (run.to_string_lossy().into_owned(), context.json);
    let farewell = move || {
        say::line(&format!("stopped and saved; resume with: {resume}"));
        say::object(json, || json!({ "interrupted": true, "run": name }));
    };
    let interruption = Interruption::handled();
    let mut shown = Training::new(interruption.clone(), farewell.clone());
    let ending = training.run(&mut shown, interruption.flag());
    shown.finish();
    let Some(ending) = ending? else {
        farewell();
        return Ok(Ended::Interrupted);
    };
    match &ending {
        Ending::Classification(ending) => outcome::classification(ending),
        Ending::Agent(ending) => outcome::agent(ending),
    }
    say::object(json, || json!(ending));
    Ok(Ended::Done)
}

/// The training that the arguments ask for, new or resumed.
fn begin(args: &Train, context: &Context<'_>) -> Result<dalenet_lab::Training, Failure> {
    let mut fetching = Fetching::new();
    let training = match &args.resume {
        Some(folder) => {
            let mut experiment = Run::open(folder)?.experiment()?;
            override_with(&mut experiment, &args.settings)?;
            dalenet_lab::Training::resume(folder, &experiment, context.data_dir, &mut fetching)?
        }
        None => {
            let experiment = configure(args.task.as_deref(), &args.settings)?;
            let (out, data_dir) = (args.out.as_deref(), context.data_dir);
            match &args.from {
                Some(source) => dalenet_lab::Training::start_from(
                    experiment,
                    source,
                    out,
                    data_dir,
                    &mut fetching,
                )?,
                None => dalenet_lab::Training::start(experiment, out, data_dir, &mut fetching)?,
            }
        }
    };
    Ok(training)
}
