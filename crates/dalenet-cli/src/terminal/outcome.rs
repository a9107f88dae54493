//! How a training or an evaluation ended, in sentences.

use super::{
    say,
    words::{counted, percent},
};
use dalenet_lab::{AgentEvaluation, AgentOutcome, Outcome};
use std::collections::BTreeMap;

pub fn classification(outcome: &Outcome) {
    let epochs = counted(outcome.epochs, "epoch");
    if outcome.learnt == Some(true) {
        say::line(&format!("learnt after {epochs}"));
    }
    if let (Some(best), Some(accuracy)) = (outcome.best_epoch, outcome.validation_accuracy) {
        say::line(&format!(
            "the weights of epoch {best} are kept, the best of {epochs} on held-out samples ({})",
            percent(accuracy)
        ));
    }
    say::line(&format!(
        "test accuracy {} after {epochs} in {:.1} s ({:.0} samples/s)",
        percent(outcome.test_accuracy),
        outcome.train_seconds,
        outcome.samples_per_second,
    ));
    for (l, (ratio, floor)) in (1..).zip(outcome.ei_ratio.iter().zip(&outcome.floor_share)) {
        let floor = percent(*floor);
        say::line(&format!("layer {l}: E/I ratio {ratio:.2}, {floor} of the weights at the floor"));
    }
    if let Some(warning) = &outcome.warning {
        say::note(&format!("warning: {warning}"));
    }
    say::line(&format!("saved in {}", outcome.run.display()));
}

pub fn agent(outcome: &AgentOutcome) {
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
    if let Some(recent) = outcome.recent_return {
        say::line(&format!("the last episodes of the training had a mean return of {recent:.1}"));
    }
    achievements(outcome.score, &outcome.achievements);
    say::line(&format!("saved in {}", outcome.run.display()));
}

pub fn evaluation(task: &str, evaluation: &AgentEvaluation) {
    say::line(&format!(
        "{task} ({}): return {:.1} ± {:.1} in {} of {:.0} steps",
        evaluation.backend,
        evaluation.return_mean,
        evaluation.return_std,
        counted(evaluation.episodes, "episode"),
        evaluation.episode_steps,
    ));
    achievements(evaluation.score, &evaluation.achievements);
}

/// What was unlocked in at least one of the episodes, the most frequent first.
fn achievements(score: Option<f64>, achievements: &BTreeMap<String, f64>) {
    let Some(score) = score else { return };
    let mut unlocked: Vec<_> = achievements.iter().filter(|(_, share)| **share > 0.0).collect();
    unlocked.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let entry = |(name, share): &(&String, &f64)| format!("{name} {:.0} %", 100.0 * **share);
    say::line(&format!(
        "{:.1} % of the return of all {} achievements; {} unlocked: {}",
        100.0 * score,
        achievements.len(),
        unlocked.len(),
        unlocked.iter().map(entry).collect::<Vec<_>>().join(", "),
    ));
}
