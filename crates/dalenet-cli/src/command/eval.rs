//! `dalenet eval`.

use super::devices;
use crate::{
    args::Eval,
    context::Context,
    failure::Failure,
    tasks::kind,
    terminal::{
        class_table, outcome,
        progress::Fetching,
        say::{self, Ended},
        words::percent,
    },
};
use dalenet_lab::{
    Episodes, Experiment, Run, RunEvaluation, evaluate_agent, evaluate_run, test_results,
};
use serde_json::{Map, Value, json};
use std::io::{IsTerminal, stdout};

/// Episodes that an agent plays.
const EPISODES: u32 = 64;

pub fn run(args: &Eval, context: &Context<'_>) -> Result<Ended, Failure> {
    let refused = match Run::open(&args.run)?.experiment()? {
        Experiment::Agent(_) if args.data.is_some() => {
            "--data is for runs on data sets; this one is of an environment"
        }
        Experiment::Agent(_) if args.classes => {
            "--classes is for runs on data sets; this one is of an environment"
        }
        Experiment::Agent(_) => return agent(args, context),
        Experiment::Classification(_) if args.episodes.is_some() => {
            "--episodes is for runs in an environment; this one is on a data set"
        }
        Experiment::Classification(_) if args.deterministic.is_some() => {
            "--deterministic is for runs in an environment; this one is on a data set"
        }
        Experiment::Classification(_) if args.on.is_asked_for() => {
            return devices::run(args, context);
        }
        Experiment::Classification(_) => return classification(args, context),
    };
    Err(Failure::Usage(refused.into()))
}

fn classification(args: &Eval, context: &Context<'_>) -> Result<Ended, Failure> {
    args.data.as_deref().map(kind).transpose()?;
    let (mut fetching, resources) = (Fetching::new(), context.resources(args.precision));
    let RunEvaluation { config, classes, evaluation } =
        evaluate_run(&args.run, args.data.as_deref(), resources, &mut fetching)?;
    drop(fetching);
    let data = args.data.as_ref().unwrap_or(&config.task);
    let (accuracy, samples) = (evaluation.accuracy, evaluation.samples);
    say::line(&format!("{data}: {} of {samples} test samples right", percent(accuracy)));
    if args.classes || stdout().is_terminal() {
        class_table::show(&classes, &evaluation);
    }
    say::object(context.json, || {
        let run = args.run.to_string_lossy();
        let mut object = Map::from_iter([("run".into(), json!(run)), ("data".into(), json!(data))]);
        object.extend(test_results(&classes, &evaluation));
        Value::Object(object)
    });
    Ok(Ended::Done)
}

fn agent(args: &Eval, context: &Context<'_>) -> Result<Ended, Failure> {
    let count = args.episodes.unwrap_or(EPISODES) as usize;
    let episodes = Episodes { count, deterministic: args.deterministic };
    if args.on.is_asked_for() {
        return devices::agent(args, episodes, context);
    }
    let resources = context.resources(args.precision);
    let (config, evaluation) = evaluate_agent(&args.run, episodes, resources)?;
    outcome::evaluation(&config.task, &evaluation);
    say::object(context.json, || {
        let run = args.run.to_string_lossy();
        let deterministic = config.deterministic;
        json!({ "run": run, "task": config.task, "deterministic": deterministic, "evaluation": evaluation })
    });
    Ok(Ended::Done)
}
