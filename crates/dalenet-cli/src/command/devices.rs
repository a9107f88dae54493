//! `dalenet eval` on analogue devices.

use crate::{
    args::{Eval, OnDevice, Share},
    context::Context,
    failure::Failure,
    terminal::{
        progress::Fetching,
        say::{self, Ended},
        words::percent,
    },
};
use dalenet_hardware::{Device, Drift, Mapping, Programming, Read, Scale};
use dalenet_lab::{DeviceEvaluation, Error, Experiment, Run, Trial, evaluate_on_devices, nearest};
use serde_json::json;

/// Chips, where their errors are random.
const CHIPS: u64 = 10;

pub fn run(args: &Eval, context: &Context<'_>) -> Result<Ended, Failure> {
    let experiment = Run::open(&args.run)?.experiment()?;
    let trial = trial(&args.on, &experiment)?;
    let data = args.data.as_deref();
    let mut fetching = Fetching::new();
    let found = evaluate_on_devices(&args.run, data, trial, context.data_dir, &mut fetching)?;
    drop(fetching);
    let data = data.unwrap_or(experiment.task());
    let DeviceEvaluation { float_accuracy, accuracies, samples, .. } = &found;
    let estimate = found.estimate().expect("a chip");
    let spread = match (estimate.std, estimate.interval) {
        (Some(std), Some([low, high])) => {
            format!(" ± {std:.2} % (the mean is in {low:.2} to {high:.2} at 95 %)")
        }
        (Some(std), None) => format!(" ± {std:.2} %"),
        (None, _) => " %".into(),
    };
    let chips = match accuracies.len() {
        1 => "one chip".into(),
        count => format!("{count} chips"),
    };
    say::line(&format!(
        "{data}: {:.2}{spread} of {samples} test samples right on {chips}",
        estimate.mean
    ));
    say::line(&format!("in floating point {}", percent(*float_accuracy)));
    say::object(
        context.json,
        || json!({ "run": args.run.to_string_lossy(), "data": data, "evaluation": found, "estimate": estimate }),
    );
    Ok(Ended::Done)
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
        device.levels = Some(match device.mapping {
            Mapping::Single => 1 << bits,
            // Each of a pair is 0 where the other is not.
            Mapping::Pair => (1 << (bits - 1)).max(2),
        });
    }
    let chips = if is_random(&device) { CHIPS } else { 1 };
    let (chips, seed) = (args.chips.unwrap_or(chips), args.chip_seed);
    let seconds = args.at.map_or(0.0, |time| time.as_secs_f64());
    Ok(Trial { device, seconds, chips, seed })
}

/// Whether two chips differ.
fn is_random(device: &Device) -> bool {
    device.programming != Programming::Exact
        || device.drift != Drift::None
        || device.read != Read::Exact
        || device.stuck_low + device.stuck_high > 0.0
}
