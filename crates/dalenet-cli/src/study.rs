//! The commands that train many networks: `compare` and `ablate`.

use crate::{args::whole, commands, progress, say};
use dalenet_lab::{
    Ending, Error, Experiment, Findings, Job, Observer, Plan, Position, Study, StudyObserver,
    StudySettings, UpdateMetrics,
};
use indicatif::ProgressBar;
use serde_json::json;
use std::{
    io::{IsTerminal, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

const STUDY: &str = "{msg} [{wide_bar}] {elapsed} of about {duration} ({eta} left)";
/// Parts of the bar that a run has.
const PARTS: f64 = 1000.0;

#[derive(clap::Args)]
pub struct Compare {
    /// Tasks to learn: see `dalenet list`, or paths of .npz files
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<String>,
    /// Rules to compare
    #[arg(long, value_delimiter = ',', default_value = "ed,dfa,fa,bp,bp-dale")]
    rules: Vec<String>,
    /// Settings to start from: default, paper or kaneko
    #[arg(long, default_value = "default")]
    preset: String,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
pub struct Ablate {
    /// Tasks to learn: see `dalenet list`, or paths of .npz files
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<String>,
    /// Settings to start from: default or paper
    #[arg(long, default_value = "paper")]
    preset: String,
    #[command(flatten)]
    common: Common,
}

/// What both commands take.
#[derive(clap::Args)]
struct Common {
    /// Train every cell with so many seeds, from 0
    #[arg(long, value_name = "N", default_value = "5", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    seeds: u32,
    /// A TOML file of settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Steps of all environments together, such as 5e7
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    steps: Option<String>,
    /// Environments that are stepped together
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    envs: Option<String>,
    /// Passes over the training data
    #[arg(long, allow_negative_numbers = true, value_parser = whole::<usize>())]
    epochs: Option<usize>,
    /// Inputs of the parity task
    #[arg(long, allow_negative_numbers = true, value_parser = whole::<usize>())]
    bits: Option<usize>,
    /// Any setting, such as `layers=[512,256]`; may be given many times
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Folder of the study [default: named for the command and the tasks, under runs/]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Common {
    fn settings<'a>(&self, preset: &'a str) -> Result<StudySettings<'a>, Error> {
        let file = self.config.as_deref().map(Experiment::read).transpose()?;
        let text = |number: Option<usize>| number.map(|number| number.to_string());
        let flags = [
            ("steps", self.steps.clone()),
            ("envs", self.envs.clone()),
            ("epochs", text(self.epochs)),
            ("bits", text(self.bits)),
        ]
        .map(|(key, value)| Some((key.to_owned(), value?)));
        let mut set: Vec<(String, String)> = flags.into_iter().flatten().collect();
        for setting in &self.set {
            let (key, value) = commands::key_and_value(setting)?;
            set.push((key.into(), value.into()));
        }
        Ok(StudySettings { preset, file, set })
    }
}

pub fn compare(args: &Compare, data_dir: Option<&Path>, json: bool) -> Result<ExitCode, Error> {
    let (common, settings) = (&args.common, args.common.settings(&args.preset)?);
    let plan = Plan::compare(&args.tasks, &args.rules, common.seeds.into(), &settings)?;
    run(plan, common.out.as_deref(), data_dir, json)
}

pub fn ablate(args: &Ablate, data_dir: Option<&Path>, json: bool) -> Result<ExitCode, Error> {
    let (common, settings) = (&args.common, args.common.settings(&args.preset)?);
    let plan = Plan::ablate(&args.tasks, common.seeds.into(), &settings)?;
    run(plan, common.out.as_deref(), data_dir, json)
}

/// Trains what the plan asks and shows what was found.
fn run(
    plan: Plan,
    out: Option<&Path>,
    data_dir: Option<&Path>,
    json: bool,
) -> Result<ExitCode, Error> {
    let folder = out.map_or_else(|| plan.default_folder(), Path::to_owned);
    let runs = plan.runs();
    let [cells, seeds, planned] =
        [(plan.cells.len(), "cell"), (plan.seeds as usize, "seed"), (runs, "run")]
            .map(|(count, what)| commands::counted(count, what));
    commands::note_changes(&plan.changes);
    let study = Study::open(&folder, plan)?;
    study.fetch(data_dir, &mut progress::Fetching::new())?;

    let folder = folder.display();
    let finished = match study.finished()? {
        0 => String::new(),
        finished => format!(", {finished} of them finished"),
    };
    say::line(&format!("study {folder}: {cells} × {seeds} = {planned}{finished}"));
    let mut shown = Progress::new(runs);
    let findings = study.run(data_dir, &mut shown, &commands::interruption());
    shown.finish();
    match findings? {
        Some(findings) => Ok(show(&findings, json)),
        None => {
            say::line("stopped and saved; the same command goes on");
            say::object(json, || json!({ "interrupted": true, "study": study.folder() }));
            Ok(ExitCode::from(commands::INTERRUPTED))
        }
    }
}

fn show(findings: &Findings, json: bool) -> ExitCode {
    say::line(&format!("\n{findings}"));
    say::line(&format!("saved in {}", findings.study.display()));
    say::object(json, || json!(findings));
    match findings.diverged.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Shows a study: on a terminal one bar for all of its runs, elsewhere a line a finished run.
struct Progress {
    bar: Option<ProgressBar>,
    /// The running training.
    name: String,
    /// Runs before it.
    done: usize,
}

impl Progress {
    fn new(runs: usize) -> Self {
        let bar = stdout().is_terminal().then(|| progress::bar(STUDY));
        if let Some(bar) = &bar {
            bar.set_length((PARTS * runs as f64) as u64);
        }
        Self { bar, name: String::new(), done: 0 }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => say::line(text),
        }
    }
}

impl Observer for Progress {
    fn step(&mut self, position: &Position) {
        let Some(bar) = &self.bar else { return };
        let share = position.step as f64 / position.steps as f64;
        bar.set_position((PARTS * (self.done as f64 + share)) as u64);
        bar.set_message(format!("{}  epoch {}/{}", self.name, position.epoch, position.epochs));
    }

    fn update(&mut self, metrics: &UpdateMetrics, steps: u64) {
        let Some(bar) = &self.bar else { return };
        let share = metrics.steps as f64 / steps as f64;
        bar.set_position((PARTS * (self.done as f64 + share)) as u64);
        bar.set_message(format!("{}  {:.2e} steps", self.name, metrics.steps as f64));
    }
}

impl StudyObserver for Progress {
    fn begin(&mut self, job: &Job<'_>) {
        self.done = job.number - 1;
        // What was finished before says nothing about the time left.
        if let Some(bar) = self.bar.as_ref().filter(|_| self.name.is_empty()) {
            bar.set_position((PARTS * self.done as f64) as u64);
            bar.reset_eta();
        }
        self.name = name(job);
    }

    fn end(&mut self, job: &Job<'_>, outcome: Result<&Ending, &Error>) {
        let said = match outcome {
            Ok(Ending::Classification(outcome)) => format!(
                "{:.2} % after {} in {:.1} s",
                100.0 * outcome.test_accuracy,
                commands::epochs(outcome.epochs),
                outcome.train_seconds
            ),
            Ok(Ending::Agent(outcome)) => format!(
                "return {:.1} ± {:.1} after {:.2e} steps in {:.1} s",
                outcome.return_mean,
                outcome.return_std,
                outcome.steps as f64,
                outcome.train_seconds
            ),
            Err(error) => error.to_string(),
        };
        self.line(&format!("{}: {said}", name(job)));
    }
}

/// `3/10 mnist dfa seed 0`.
fn name(job: &Job<'_>) -> String {
    let Job { cell, seed, number, count } = job;
    format!("{number}/{count} {} {} seed {seed}", cell.task(), cell.name)
}
