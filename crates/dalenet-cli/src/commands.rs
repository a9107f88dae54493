//! What each command does: builds the library's values from the arguments and says the result.

use crate::{
    args::{Args, Command, DataCommand, Settings, Train},
    human, inspect, progress, say, study,
};
use dalenet_data::Source;
use dalenet_lab::{
    AgentOutcome, ENVIRONMENTS, Ending, Error, Experiment, Outcome, PRESETS, RULES, Run, TASKS,
    evaluate_agent, evaluate_run, nearest, play_run,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::Path,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The exit code of an interrupted program: 128 + SIGINT.
pub const INTERRUPTED: u8 = 130;

pub fn run(args: Args) -> Result<ExitCode, Error> {
    let threads = args.threads.map_or(0, usize::from);
    // Only fails where a pool exists already, and none does.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    let data_dir = args.data_dir.as_deref();
    match args.command {
        Command::Train(train) => return self::train(&train, data_dir, args.json),
        Command::Eval { run, data, episodes } => {
            eval(&run, data.as_deref(), episodes, data_dir, args.json)?
        }
        Command::Compare(compare) => return study::compare(&compare, data_dir, args.json),
        Command::Ablate(ablate) => return study::ablate(&ablate, data_dir, args.json),
        Command::Analyse { run } => inspect::show_analysis(&run, data_dir, args.json)?,
        Command::Play { run, human: true, seed, .. } => {
            return human::play(&run.to_string_lossy(), seed, args.json);
        }
        Command::Play { run, out, seed, .. } => play(&run, seed.unwrap_or(0), &out, args.json)?,
        Command::Report { runs, out } => inspect::write_report(&runs, &out, args.json)?,
        Command::Data { command: DataCommand::Fetch { name } } => {
            fetch(&name, data_dir, args.json)?
        }
        Command::Config { task, settings } => {
            let config = configure(Some(&task), &settings)?;
            say::line(config.commented().trim_end());
            say::object(args.json, || json!(config));
        }
        Command::List => list(args.json),
    }
    Ok(ExitCode::SUCCESS)
}

fn train(args: &Train, data_dir: Option<&Path>, json: bool) -> Result<ExitCode, Error> {
    let mut fetching = progress::Fetching::new();
    let mut training = match &args.resume {
        Some(folder) => {
            let mut wanted = Run::open(folder)?.experiment()?;
            override_with(&mut wanted, &args.settings)?;
            wanted.resume(folder, data_dir, &mut fetching)?
        }
        None => {
            let config = configure(args.task.as_deref(), &args.settings)?;
            config.start(args.out.as_deref(), data_dir, &mut fetching)?
        }
    };
    drop(fetching);

    let folder = training.folder().display().to_string();
    say::line(&format!("run {folder}: {}", training.summary()));
    let mut shown = progress::Training::new();
    let outcome = training.run(&mut shown, &interruption());
    shown.finish();
    match outcome? {
        Some(outcome) => {
            match &outcome {
                Ending::Classification(outcome) => report(outcome),
                Ending::Agent(outcome) => report_agent(outcome),
            }
            say::object(json, || json!(outcome));
            Ok(ExitCode::SUCCESS)
        }
        None => {
            let message = format!("stopped and saved; go on with: dalenet train --resume {folder}");
            say::line(&message);
            say::object(json, || json!({ "interrupted": true, "run": folder }));
            Ok(ExitCode::from(INTERRUPTED))
        }
    }
}

/// A flag that Ctrl-C sets; a second Ctrl-C ends the program at once.
pub fn interruption() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    let handler = move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        say::note(&format!(
            "warning: Ctrl-C will not save ({error}); whole epochs are saved anyway"
        ));
    }
    stop
}

/// Preset, then file, then flags; says what differs from the preset.
fn configure(task: Option<&str>, settings: &Settings) -> Result<Experiment, Error> {
    let file = settings.config.as_deref().map(Experiment::read).transpose()?;
    let rule = settings.rule.as_deref();
    let (preset, mut config) = Experiment::layered(task, &settings.preset, rule, file)?;
    override_with(&mut config, settings)?;
    config.validate()?;
    note_changes(&config.differences(&preset));
    Ok(config)
}

/// Says the key, the value and the preset's value of what differs from the preset.
pub fn note_changes(changes: &[(String, String, String)]) {
    let changes = changes.iter();
    let changes: Vec<_> =
        changes.map(|(key, value, was)| format!("{key} = {value} (was {was})")).collect();
    if !changes.is_empty() {
        say::note(&format!("changed: {}", changes.join(", ")));
    }
}

/// What the flags say, in place of what `config` has.
fn override_with(config: &mut Experiment, settings: &Settings) -> Result<(), Error> {
    let text = |number: Option<usize>| number.map(|number| number.to_string());
    let flags = [
        ("seed", settings.seed.map(|seed| seed.to_string())),
        ("steps", settings.steps.clone()),
        ("envs", settings.envs.clone()),
        ("epochs", text(settings.epochs)),
        ("bits", text(settings.bits)),
    ];
    for (key, value) in flags {
        if let Some(value) = value {
            config.set(key, &value)?;
        }
    }
    for setting in &settings.set {
        let (key, value) = key_and_value(setting)?;
        config.set(key, value)?;
    }
    Ok(())
}

/// The two sides of `--set key=value`.
pub fn key_and_value(setting: &str) -> Result<(&str, &str), Error> {
    let parts = setting.split_once('=').map(|(key, value)| (key.trim(), value));
    parts.ok_or_else(|| {
        Error::Config(format!("`--set {setting}` has no `=`: write --set key=value"))
    })
}

fn report(outcome: &Outcome) {
    let seconds = outcome.train_seconds;
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    if outcome.learnt {
        say::line(&format!("learnt after {}", epochs(outcome.epochs)));
    }
    say::line(&format!(
        "test accuracy {} after {} in {seconds:.1} s ({:.0} samples/s)",
        percent(outcome.test_accuracy),
        epochs(outcome.epochs),
        outcome.samples_per_second,
    ));
    for (l, (ratio, floor)) in (1..).zip(outcome.ei_ratio.iter().zip(&outcome.floor_share)) {
        say::line(&format!(
            "layer {l}: E/I ratio {ratio:.2}, {} of the weights at the floor",
            percent(*floor)
        ));
    }
    if let Some(warning) = &outcome.warning {
        say::note(&format!("warning: {warning}"));
    }
    say::line(&format!("saved in {}", outcome.run.display()));
}

fn report_agent(outcome: &AgentOutcome) {
    say::line(&format!(
        "return {:.1} ± {:.1} in {} of {:.0} steps ({} {}), after {} steps of training in {:.1} s \
         ({:.0} steps/s)",
        outcome.return_mean,
        outcome.return_std,
        counted(outcome.episodes, "episode"),
        outcome.episode_steps,
        outcome.task,
        outcome.backend,
        outcome.steps,
        outcome.train_seconds,
        outcome.steps_per_second,
    ));
    report_achievements(outcome.score, &outcome.achievements);
    say::line(&format!("saved in {}", outcome.run.display()));
}

/// What was unlocked in at least one of the episodes, the most frequent first.
fn report_achievements(score: Option<f64>, achievements: &BTreeMap<String, f64>) {
    let Some(score) = score else { return };
    let mut unlocked: Vec<_> = achievements.iter().filter(|(_, share)| **share > 0.0).collect();
    unlocked.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let told = |(name, share): &(&String, &f64)| format!("{name} {:.0} %", 100.0 * **share);
    say::line(&format!(
        "{:.1} % of what all {} achievements are worth; {} unlocked: {}",
        100.0 * score,
        achievements.len(),
        unlocked.len(),
        unlocked.iter().map(told).collect::<Vec<_>>().join(", "),
    ));
}

pub fn epochs(count: usize) -> String {
    counted(count, "epoch")
}

/// `1 epoch`, `2 epochs`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn eval(
    run: &Path,
    data: Option<&str>,
    episodes: Option<u32>,
    data_dir: Option<&Path>,
    json: bool,
) -> Result<(), Error> {
    if let Experiment::Agent(_) = Run::open(run)?.experiment()? {
        if data.is_some() {
            let message = "--data is for runs on data sets; this one is of an environment";
            return Err(Error::Config(message.into()));
        }
        return eval_agent(run, episodes.unwrap_or(64) as usize, json);
    }
    if episodes.is_some() {
        let message = "--episodes is for runs in an environment; this one is on a data set";
        return Err(Error::Config(message.into()));
    }
    let mut fetching = progress::Fetching::new();
    let (config, evaluation) = evaluate_run(run, data, data_dir, &mut fetching)?;
    drop(fetching);
    let data = data.unwrap_or(&config.task);
    let (accuracy, samples) = (evaluation.accuracy, evaluation.samples);
    say::line(&format!("{data}: {:.2} % of {samples} test samples right", 100.0 * accuracy));
    say::object(json, || {
        json!({
            "run": run,
            "data": data,
            "test_accuracy": accuracy,
            "samples": samples,
            "predicted": evaluation.predicted,
        })
    });
    Ok(())
}

fn eval_agent(run: &Path, episodes: usize, json: bool) -> Result<(), Error> {
    let (config, evaluation) = evaluate_agent(run, episodes)?;
    say::line(&format!(
        "{} ({}): return {:.1} ± {:.1} in {} of {:.0} steps",
        config.task,
        evaluation.backend,
        evaluation.return_mean,
        evaluation.return_std,
        counted(evaluation.episodes, "episode"),
        evaluation.episode_steps,
    ));
    report_achievements(evaluation.score, &evaluation.achievements);
    say::object(json, || json!({ "run": run, "task": config.task, "evaluation": evaluation }));
    Ok(())
}

fn play(run: &Path, seed: u64, out: &Path, json: bool) -> Result<(), Error> {
    let (steps, ret) = play_run(run, seed, out)?;
    let page = out.display();
    say::line(&format!(
        "{page}: {}, return {ret:.1}; open it in a browser",
        counted(steps, "step")
    ));
    say::object(json, || json!({ "page": out, "steps": steps, "return": ret }));
    Ok(())
}

fn fetch(name: &str, data_dir: Option<&Path>, json: bool) -> Result<(), Error> {
    let built_in = Source::BUILT_IN.iter().map(|(name, _)| *name);
    let source = Source::parse(name).filter(|_| built_in.clone().any(|known| known == name));
    let source = source.ok_or_else(|| {
        let near = nearest(name, built_in);
        Error::Config(format!("there is no data set `{name}` to fetch{near}"))
    })?;
    let mut fetching = progress::Fetching::new();
    let folder = dalenet_data::fetch(&source, data_dir, &mut fetching)?;
    drop(fetching);
    say::line(&format!("{name} is in {}, verified", folder.display()));
    say::object(json, || json!({ "data": name, "folder": folder, "verified": true }));
    Ok(())
}

fn list(json: bool) {
    let lists =
        [("tasks", TASKS), ("environments", ENVIRONMENTS), ("rules", RULES), ("presets", PRESETS)];
    for (title, entries) in lists {
        say::line(title);
        for (name, meaning) in entries {
            say::line(&format!("  {name:30} {meaning}"));
        }
    }
    let names =
        |entries: &[(&str, &str)]| entries.iter().map(|(name, _)| json!(name)).collect::<Vec<_>>();
    say::object(json, || {
        json!({
            "tasks": names(TASKS),
            "environments": names(ENVIRONMENTS),
            "rules": names(RULES),
            "presets": names(PRESETS),
        })
    });
}
