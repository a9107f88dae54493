//! The settings a task, a preset and a rule start from.

use crate::{
    Config, Error, InputKind,
    config::{ConvolutionConfig, OptimiserKind, PoolingChoice, Response, RoutingKind, RuleKind},
    settings::nearest,
    task,
};
use dalenet::{Loss, Schedule};

/// The presets and what they are for.
pub const PRESETS: &[(&str, &str)] = &[
    ("default", "the best this project knows for the task and the rule"),
    ("paper", "plain Error Diffusion with the three innovations of \"Diffusing Blame\", no more"),
    ("kaneko", "Kaneko's rule of 1999, one sample at a time, weights that only grow"),
];

/// The rules and what teaches the hidden layers under each.
pub const RULES: &[(&str, &str)] = &[
    ("ed", "Error Diffusion: the error itself, routed by output, its sign given by the stream"),
    ("dfa", "Direct Feedback Alignment: the error through a fixed random matrix per layer"),
    ("fa", "Feedback Alignment: layer by layer through fixed random weights"),
    ("sign-symmetric", "layer by layer through the signs of the weights"),
    ("bp", "backpropagation, single stream"),
    ("bp-dale", "backpropagation on the dual-stream net under Dale's principle"),
    ("kaneko", "Error Diffusion as Kaneko wrote it in 1999 (the preset of that name)"),
];

impl Config {
    /// What `preset` gives for a task under a rule, all of them by name.
    ///
    /// # Errors
    /// If there is no such task, preset or rule; the nearest one is named.
    pub fn new(task: &str, preset: &str, rule: &str) -> Result<Self, Error> {
        task::check(task)?;
        let toy = matches!(task, "xor" | "parity");
        let (rule, preset) = known_rule_and_preset(rule, preset)?;
        let preset = match (preset, rule, toy) {
            (_, "kaneko", _) | ("default", "ed", true) => "kaneko",
            (preset, ..) => preset,
        };
        if preset == "kaneko" && !toy {
            return Err(Error::Config(format!(
                "Kaneko's rule has one output, and {task} needs one a class: train xor or parity by \
                 it, or {task} by --rule ed (with --set grow_only=true if weights must only grow)"
            )));
        }
        let mut config = match (preset, task) {
            ("kaneko", _) => kaneko(),
            ("paper", "cifar10") => paper_on_photographs(),
            ("paper", _) => paper(),
            (_, "cifar10") => best_on_photographs(),
            _ => best(),
        };
        config.task = task.into();
        if toy {
            (config.shift, config.validation) = (0, 0.0);
        }
        if toy && preset != "kaneko" {
            (config.layers, config.batch, config.epochs) = (vec![32], 4, 3000);
            config.stop_error = 0.1;
        }
        match rule {
            "ed" | "kaneko" => {}
            "bp-dale" => backprop_under_dale(&mut config),
            "dfa" => single_stream(&mut config, RuleKind::Dfa),
            "fa" => single_stream(&mut config, RuleKind::Fa),
            "sign-symmetric" => single_stream(&mut config, RuleKind::SignSymmetric),
            _ => single_stream(&mut config, RuleKind::Bp),
        }
        Ok(config)
    }
}

/// What the rules of the literature are at home with, at the net's layer sizes: a single stream
/// of rectified units, cross-entropy, Adam. A convolution has as many units as both streams had.
fn single_stream(config: &mut Config, rule: RuleKind) {
    config.convolutions.iter_mut().for_each(|convolution| convolution.units *= 2);
    if rule == RuleKind::Dfa && !config.convolutions.is_empty() {
        config.epochs = config.epochs.max(16); // it is slower to fit
    }
    config.rule = rule;
    (config.dual, config.dale) = (false, false);
    config.centred = false;
    config.response = Response::Relu;
    config.loss = Loss::CrossEntropy;
    (config.optimiser, config.normalised, config.rate) = (OptimiserKind::Adam, false, 1e-3);
    config.convolution_rate = 1.0;
}

/// The net of Error Diffusion with the true gradient, which is larger at the output than in
/// convolutions: a smaller rate, or Adam.
fn backprop_under_dale(config: &mut Config) {
    config.rule = RuleKind::Bp;
    config.centred = false;
    config.loss = Loss::CrossEntropy;
    if config.convolutions.is_empty() {
        (config.normalised, config.rate) = (true, 1.0);
    } else {
        (config.optimiser, config.normalised, config.rate) = (OptimiserKind::Adam, false, 1e-3);
        config.convolution_rate = 3.0;
    }
}

/// The paper's network and nothing else. Layer sizes, rate and epochs are not in the paper.
fn paper() -> Config {
    Config {
        task: String::new(),
        rule: RuleKind::Ed,
        seed: 0,
        input: InputKind::Raw,
        convolutions: Vec::new(),
        layers: vec![256, 128],
        dual: true,
        dale: true,
        floor: 1e-4,
        grow_only: false,
        response: Response::Sigmoid,
        widths: vec![6.0],
        excitatory_gain: 1.5,
        inhibitory_gain: 0.5,
        fan_in: true,
        threshold: 0.0,
        balanced: false,
        loss: Loss::Squared,
        centred: true,
        routing: RoutingKind::Modulo,
        optimiser: OptimiserKind::Sgd,
        momentum: 0.9,
        normalised: false,
        rate: 8.0,
        convolution_rate: 1.0,
        schedule: Schedule::Constant,
        epochs: 15,
        batch: 32,
        shuffle: true,
        shift: 0,
        flip: false,
        validation: 0.1,
        bits: 4,
        stop_error: 0.0,
    }
}

/// What was added to the paper's: one wide layer, momentum, a step normalised by presynaptic
/// power that falls by a cosine, images moved by a pixel. docs/results.md has the worth of each.
fn best() -> Config {
    Config {
        layers: vec![1024],
        optimiser: OptimiserKind::Momentum,
        normalised: true,
        rate: 15.0,
        schedule: Schedule::Cosine,
        epochs: 20,
        batch: 64,
        shift: 1,
        ..paper()
    }
}

/// The paper's convolutions: widths of 3 there and of 6 above. Windows, sizes, rate and epochs are
/// not in the paper; one wide layer of convolutions learns more here than two.
fn paper_on_photographs() -> Config {
    Config {
        input: InputKind::Standard,
        convolutions: vec![convolution(160)],
        layers: vec![],
        widths: vec![3.0, 6.0],
        rate: 0.25,
        convolution_rate: 3.6,
        schedule: Schedule::Cosine,
        epochs: 20,
        batch: 64,
        flip: true,
        ..paper()
    }
}

/// What was added to the paper's: ON and OFF channels of local contrast, biases balanced at the
/// start, a step normalised by presynaptic power. docs/results.md has the worth of each.
fn best_on_photographs() -> Config {
    Config {
        input: InputKind::Contrast,
        convolutions: vec![convolution(256)],
        balanced: true,
        normalised: true,
        rate: 40.0,
        convolution_rate: 2.0,
        epochs: 12,
        ..paper_on_photographs()
    }
}

/// 5×5 windows at every other pixel, the largest of 4×4 places at every other place.
fn convolution(units: usize) -> ConvolutionConfig {
    ConvolutionConfig {
        units,
        size: 5,
        stride: 2,
        padding: 0,
        pooling: PoolingChoice::Max,
        pool_size: 4,
        pool_stride: 2,
    }
}

/// Kaneko's own settings. His rate of 0.8 multiplies φ(1 − φ) without the factor 2/α of the true
/// derivative: 0.8·α/2 = 0.16 here. He counts the hidden units of both streams together.
fn kaneko() -> Config {
    Config {
        layers: vec![32],
        grow_only: true,
        widths: vec![0.4],
        excitatory_gain: 1.0,
        inhibitory_gain: 1.0,
        fan_in: false,
        threshold: 0.8,
        centred: false,
        rate: 0.16,
        epochs: 10_000,
        batch: 1,
        shuffle: false,
        validation: 0.0,
        stop_error: 0.1,
        ..paper()
    }
}

/// A rule and a preset, if there are such.
pub(crate) fn known_rule_and_preset<'a>(
    rule: &'a str,
    preset: &'a str,
) -> Result<(&'a str, &'a str), Error> {
    Ok((known("rule", rule, RULES)?, known("preset", preset, PRESETS)?))
}

fn known<'a>(what: &str, name: &'a str, list: &[(&'a str, &str)]) -> Result<&'a str, Error> {
    if list.iter().any(|(known, _)| *known == name) {
        return Ok(name);
    }
    let near = nearest(name, list.iter().map(|(name, _)| *name));
    Err(Error::Config(format!("there is no {what} `{name}` (see `dalenet list`){near}")))
}
