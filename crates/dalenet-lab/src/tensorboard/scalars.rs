//! Names and values of the curves.

use crate::{AgentOutcome, EpochMetrics, Outcome, UpdateMetrics};
use dalenet::diagnosis::Diagnosis;

type Scalars = Vec<(String, f64)>;

/// What was measured after an epoch.
pub fn of_epoch(metrics: &EpochMetrics) -> Scalars {
    let mut scalars = known([
        ("rate", Some(f64::from(metrics.rate))),
        ("error", Some(metrics.error)),
        ("accuracy/train", Some(metrics.train_accuracy)),
        ("samples_per_second", Some(metrics.samples_per_second)),
        ("accuracy/validation", metrics.validation_accuracy),
        ("error/validation", metrics.validation_error),
    ]);
    scalars.extend(by_layer("ei_ratio", &metrics.ei_ratio));
    scalars.extend(by_layer("floor_share", &metrics.floor_share));
    for (l, layer) in (1..).zip(&metrics.layers) {
        scalars.extend(of_layer(l, layer));
    }
    scalars
}

/// What was measured after an update of an agent.
pub fn of_update(metrics: &UpdateMetrics) -> Scalars {
    let mut scalars = known([
        ("reward", metrics.reward),
        ("return/recent", metrics.recent_return),
        ("return/mean", metrics.return_mean),
        ("return/std", metrics.return_std),
        ("episode_steps", metrics.episode_steps),
        ("entropy", Some(metrics.entropy)),
        ("kl", Some(metrics.kl)),
        ("clip_fraction", Some(metrics.clip_fraction)),
        ("explained_variance", metrics.explained_variance),
        ("value_loss", Some(metrics.value_loss)),
        ("gradient_norm", Some(metrics.gradient_norm)),
        ("rate", Some(f64::from(metrics.rate))),
        ("failures", Some(metrics.failures as f64)),
        ("steps_per_second", Some(metrics.steps_per_second)),
    ]);
    scalars.extend(by_layer("ei_ratio", &metrics.ei_ratio));
    scalars.extend(by_layer("floor_share", &metrics.floor_share));
    let achievements = metrics.achievements.iter();
    scalars.extend(achievements.map(|(name, share)| (format!("achievements/{name}"), *share)));
    scalars
}

/// The final evaluation of a classification; the first is its score.
pub fn of_outcome(outcome: &Outcome) -> Scalars {
    known([("accuracy/test", Some(outcome.test_accuracy))])
}

/// The final evaluation of an agent; the first is its score.
pub fn of_agent_outcome(outcome: &AgentOutcome) -> Scalars {
    known([
        ("return/test", Some(outcome.return_mean)),
        ("return/test_std", Some(outcome.return_std)),
        ("score/test", outcome.score),
    ])
}

/// What was found in a layer, as far as it is known.
fn of_layer(l: usize, layer: &Diagnosis) -> Scalars {
    let mut scalars = known([
        ("signal", Some(layer.signal)),
        ("attenuation", layer.attenuation),
        ("alignment", layer.alignment),
        ("sign_agreement", layer.sign_agreement),
        ("dead", Some(layer.dead)),
        ("saturated", Some(layer.saturated)),
    ]);
    scalars.iter_mut().for_each(|(name, _)| *name += &format!("/layer{l}"));
    let parts = layer.floor_share.iter();
    scalars.extend(parts.map(|(part, share)| (format!("floor_share/layer{l}/{part}"), *share)));
    scalars
}

fn known<const N: usize>(scalars: [(&str, Option<f64>); N]) -> Scalars {
    scalars.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn by_layer(name: &str, values: &[f64]) -> impl Iterator<Item = (String, f64)> {
    (1..).zip(values).map(move |(l, value)| (format!("{name}/layer{l}"), *value))
}
