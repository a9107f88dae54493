//! `dalenet eval` on analogue devices.

use crate::{
    args::{Eval, OnDevice, Share},
    context::Context,
    failure::Failure,
    tasks::kind,
    terminal::{
        progress::Fetching,
        say::{self, Ended},
        words::{counted, percent},
    },
};
use dalenet_hardware::{Device, Mapping, Scale};
use dalenet_lab::{
    AgentDeviceEvaluation, DeviceEvaluation, Episodes, Error, Estimate, Experiment, Run, Trial,
    evaluate_agent_on_devices, evaluate_on_devices, nearest,
};
use serde_json::json;

/// Chips, where their errors are random.
const CHIPS: u64 = 10;

/// A classifier.
pub fn run(args: &Eval, context: &Context<'_>) -> Result<Ended, Failure> {
    let experiment = Run::open(&args.run)?.experiment()?;
    let trial = trial(&args.on, &experiment)?;
    let data = args.data.as_deref();
    data.map(kind).transpose()?;
    let (mut fetching, resources) = (Fetching::new(), context.resources(args.precision));
    let found = evaluate_on_devices(&args.run, data, trial, resources, &mut fetching)?;
    drop(fetching);
    let data = data.unwrap_or(experiment.task());
    let DeviceEvaluation { float_accuracy, accuracies, samples, .. } = &found;
    let estimate = found.estimate().expect("a chip");
    say::line(&format!(
        "{data}: {}{} of {samples} test samples right on {}",
        spread(&estimate, 2, " %"),
        interval(&estimate, 2),
        chips(accuracies.len())
    ));
    say::line(&format!("in floating point {}", percent(*float_accuracy)));
    say::object(
        context.json,
        || json!({ "run": args.run.to_string_lossy(), "data": data, "evaluation": found, "estimate": estimate }),
    );
    Ok(Ended::Done)
}

/// An agent.
pub fn agent(args: &Eval, episodes: Episodes, context: &Context<'_>) -> Result<Ended, Failure> {
    let experiment = Run::open(&args.run)?.experiment()?;
    let trial = trial(&args.on, &experiment)?;
    let found =
        evaluate_agent_on_devices(&args.run, episodes, trial, context.resources(args.precision))?;
    let AgentDeviceEvaluation { float_return, returns, .. } = &found;
    let (task, estimate) = (experiment.task(), found.estimate().expect("a chip"));
    say::line(&format!(
        "{task}: return {}{} in {} on {}",
        spread(&estimate, 1, ""),
        interval(&estimate, 1),
        counted(episodes.count, "episode"),
        chips(returns.len())
    ));
    say::line(&format!("in floating point {float_return:.1}"));
    say::object(
        context.json,
        || json!({ "run": args.run.to_string_lossy(), "task": task, "evaluation": found, "estimate": estimate }),
    );
    Ok(Ended::Done)
}

/// `98.05 ± 0.03 %`
fn spread(estimate: &Estimate, decimals: usize, unit: &str) -> String {
    let std = estimate.std.map_or_else(String::new, |std| format!(" ± {std:.decimals$}"));
    format!("{:.decimals$}{std}{unit}", estimate.mean)
}

/// The 95 % interval of the mean, if there is one.
fn interval(estimate: &Estimate, decimals: usize) -> String {
    let Some([low, high]) = estimate.interval else { return String::new() };
    format!(" (the mean is in {low:.decimals$} to {high:.decimals$} at 95 %)")
}

fn chips(count: usize) -> String {
    if count == 1 { "one chip".into() } else { format!("{count} chips") }
}

/// What was asked for.
fn trial(args: &OnDevice, experiment: &Experiment) -> Result<Trial, Failure> {
    let name = args.device.as_deref().unwrap_or("ideal");
    let refused = |sentence: String| Failure::from(Error::Config(sentence));
    let mut device = Device::preset(name).ok_or_else(|| {
        let names = Device::PRESETS.map(|(name, _)| name);
        let near = nearest(name, names);
        refused(format!("there is no device `{name}`{near}; there are {}", names.join(", ")))
    })?;
    if !experiment.network().dale.is_on() {
        device.mapping = Mapping::Pair;
    }
    if let Some(ratio) = args.ratio {
        device.ratio = ratio;
    }
    if let Some(levels) = args.conductances {
        device.levels = Some(levels);
    }
    if let Some(share) = args.per {
        device.scale = match share {
            Share::Matrix => Scale::Matrix,
            Share::Column => Scale::Column,
        };
    }
    if let Some(bits) = args.activation_bits {
        device.input_bits = Some(bits);
    }
    for setting in &args.settings {
        let (key, value) = setting
            .split_once('=')
            .ok_or_else(|| refused(format!("--set {setting} has no `=`: write key=value")))?;
        device.set(key.trim(), value).map_err(refused)?;
    }
    if let Some(bits) = args.bits {
        device = device.with_bits(bits);
    }
    let chips = if device.is_random() { CHIPS } else { 1 };
    let (chips, seed) = (args.chips.unwrap_or(chips), args.chip_seed);
    let seconds = args.at.map_or(0.0, |time| time.as_secs_f64());
    Ok(Trial { device, seconds, chips, seed })
}
