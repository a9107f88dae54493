//! The settings that presets consist of, task by task.

use super::{ClassWeights, Config, InputKind, OptimiserKind};
use crate::{ConvolutionSettings, DeviceSettings, NetworkSettings, PoolingChoice, Response};
use dalenet::{Loss, Schedule};

/// The paper's network and nothing else. Layer sizes, rate and epochs are not in the paper.
pub(crate) fn paper() -> Config {
    Config {
        task: String::new(),
        rule: "ed".into(),
        seed: 0,
        input: InputKind::Raw,
        network: NetworkSettings::default(),
        balanced: false,
        loss: Loss::Squared,
        centred: true,
        class_weights: ClassWeights::None,
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
        validation_data: String::new(),
        patience: 0,
        bits: 4,
        stop_error: 0.0,
        device: DeviceSettings::default(),
    }
}

/// What was added to the paper's: one wide layer, momentum, a step normalised by presynaptic
/// power that falls by a cosine, images moved by a pixel. docs/results.md has the effect of each.
pub(crate) fn best() -> Config {
    Config {
        network: NetworkSettings { layers: vec![1024.into()], ..NetworkSettings::default() },
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

/// The paper's convolutions: widths of 3 there and of 6 above. Input, windows, sizes, rate and epochs
/// are not in the paper.
pub(crate) fn paper_on_photographs() -> Config {
    let second = ConvolutionSettings {
        units: 96,
        size: 3,
        stride: 1,
        padding: 1,
        pooling: PoolingChoice::None,
        ..convolution(96)
    };
    Config {
        input: InputKind::Contrast,
        network: NetworkSettings {
            convolutions: vec![convolution(96), second],
            layers: vec![300.into()],
            widths: vec![3.0, 3.0, 6.0],
            ..NetworkSettings::default()
        },
        rate: 1.0,
        schedule: Schedule::Cosine,
        epochs: 16,
        batch: 64,
        flip: true,
        ..paper()
    }
}

/// What was changed of the paper's: one wide layer of convolutions on whitened pictures, biases
/// balanced at the start, a step normalised by presynaptic power, pictures moved by a pixel.
/// docs/results.md has the effect of each.
pub(crate) fn best_on_photographs() -> Config {
    Config {
        input: InputKind::Whitened,
        network: NetworkSettings {
            convolutions: vec![convolution(1024)],
            layers: vec![],
            widths: vec![3.0, 6.0],
            ..NetworkSettings::default()
        },
        balanced: true,
        normalised: true,
        rate: 40.0,
        convolution_rate: 2.0,
        schedule: Schedule::Cosine,
        epochs: 16,
        batch: 64,
        shift: 1,
        flip: true,
        ..paper()
    }
}

/// The same on small grey pictures, which are not whitened: 7×7 windows at every pixel, the largest of
/// 6×6 places at every third.
pub(crate) fn convolutions_on_grey(flip: bool) -> Config {
    let windows = ConvolutionSettings {
        size: 7,
        stride: 1,
        pool_size: 6,
        pool_stride: 3,
        ..convolution(192)
    };
    let mut config = best_on_photographs();
    config.network.convolutions = vec![windows];
    Config { input: InputKind::Contrast, rate: 160.0, epochs: 20, shift: 1, flip, ..config }
}

/// 5×5 windows at every other pixel, the largest of 4×4 places at every other place.
fn convolution(units: usize) -> ConvolutionSettings {
    ConvolutionSettings {
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
pub(crate) fn kaneko() -> Config {
    Config {
        network: NetworkSettings {
            layers: vec![32.into()],
            grow_only: true,
            widths: vec![0.4],
            excitatory_gain: 1.0,
            inhibitory_gain: 1.0,
            fan_in: false,
            threshold: 0.8,
            ..NetworkSettings::default()
        },
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

/// The usual settings of the rules of the literature, at the net's layer sizes: a single stream of
/// rectified units, cross-entropy, Adam. A convolution has as many units as both streams had.
pub(crate) fn single_stream(config: &mut Config) {
    let network = &mut config.network;
    network.convolutions.iter_mut().for_each(|convolution| convolution.units *= 2);
    (network.dual, network.dale) = (false, crate::DaleKind::Off);
    network.response = Response::Relu;
    config.centred = false;
    config.loss = Loss::CrossEntropy;
    (config.optimiser, config.normalised, config.rate) = (OptimiserKind::Adam, false, 1e-3);
    config.convolution_rate = 1.0;
}

/// The net of Error Diffusion with the true gradient, which is larger at the output than in
/// convolutions: a smaller rate, or Adam.
pub(crate) fn backprop_under_dale(config: &mut Config) {
    config.centred = false;
    config.loss = Loss::CrossEntropy;
    if config.network.convolutions.is_empty() {
        (config.normalised, config.rate) = (true, 1.0);
    } else {
        (config.optimiser, config.normalised, config.rate) = (OptimiserKind::Adam, false, 1e-3);
        config.convolution_rate = 3.0;
    }
}
