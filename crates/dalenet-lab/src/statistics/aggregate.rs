//! Several tasks together: interquartile mean and performance profiles, as rliable has them.
//!
//! Scores are R×T: `tasks[t]` has a score of each run on task t.

use super::{
    FEWEST,
    estimate::{PERCENTILES, RESAMPLES, percentile, sorted},
};
use dalenet::Generator;

/// Resamples for the band of a performance profile, as many as rliable draws.
const BAND_RESAMPLES: usize = 2_000;

/// The mean of the middle half of all scores: a quarter of them, rounded down, is left out at either end.
/// Not a number if there are none.
pub(crate) fn interquartile_mean(tasks: &[Vec<f64>]) -> f64 {
    middle_mean(tasks.iter().flatten().copied().collect())
}

fn middle_mean(scores: Vec<f64>) -> f64 {
    let cut = scores.len() / 4;
    let middle = &sorted(scores)[cut..];
    let middle = &middle[..middle.len() - cut];
    middle.iter().sum::<f64>() / middle.len() as f64
}

/// The 95 % interval of [`interquartile_mean`] by the stratified bootstrap: the runs of each task are drawn
/// with replacement on their own. `None` if a task has fewer than [`FEWEST`] runs.
pub(crate) fn interquartile_interval(tasks: &[Vec<f64>]) -> Option<[f64; 2]> {
    enough(tasks).then(|| {
        let mut generator = Generator::new(0, 0);
        let mean = |_| middle_mean(resample(tasks, &mut generator));
        let means = sorted((0..RESAMPLES).map(mean).collect());
        PERCENTILES.map(|percent| percentile(&means, percent))
    })
}

/// The share of all scores above a threshold: a performance profile's value there.
pub(crate) fn above(tasks: &[Vec<f64>], threshold: f64) -> f64 {
    share_above(tasks.iter().flatten(), threshold)
}

fn share_above<'a>(scores: impl Iterator<Item = &'a f64> + Clone, threshold: f64) -> f64 {
    let all = scores.clone().count();
    scores.filter(|score| **score > threshold).count() as f64 / all as f64
}

/// The 95 % band of a performance profile at these thresholds, by the stratified bootstrap; empty if a task
/// has fewer than [`FEWEST`] runs.
pub(crate) fn profile_band(tasks: &[Vec<f64>], thresholds: &[f64]) -> Vec<[f64; 2]> {
    if !enough(tasks) {
        return Vec::new();
    }
    let mut generator = Generator::new(0, 0);
    let resamples: Vec<_> = (0..BAND_RESAMPLES).map(|_| resample(tasks, &mut generator)).collect();
    let at = |threshold: &f64| {
        let shares = resamples.iter().map(|scores| share_above(scores.iter(), *threshold));
        let shares = sorted(shares.collect());
        PERCENTILES.map(|percent| percentile(&shares, percent))
    };
    thresholds.iter().map(at).collect()
}

/// The scores of several rules on a task, brought to 0 for the lowest run of all and 1 for the highest;
/// all ½ where they are equal.
pub(crate) fn rescaled(rules: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let all = || rules.iter().flatten().copied();
    let (least, most) =
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let rescale = |score: &f64| if most > least { (score - least) / (most - least) } else { 0.5 };
    rules.iter().map(|scores| scores.iter().map(rescale).collect()).collect()
}

fn enough(tasks: &[Vec<f64>]) -> bool {
    !tasks.is_empty() && tasks.iter().all(|scores| scores.len() >= FEWEST)
}

fn resample(tasks: &[Vec<f64>], generator: &mut Generator) -> Vec<f64> {
    let mut drawn = Vec::new();
    for scores in tasks {
        drawn.extend(scores.iter().map(|_| scores[generator.below(scores.len())]));
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interquartile_mean_leaves_out_a_quarter_at_either_end() {
        // Of 8 scores the 2 lowest and the 2 highest.
        let tasks = [vec![0.0, 1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0, 1000.0]];
        assert_eq!(interquartile_mean(&tasks), 3.5);
        assert_eq!(interquartile_mean(&[vec![1.0, 2.0, 6.0]]), 3.0);
    }

    #[test]
    fn few_runs_have_no_interval() {
        let tasks = [vec![0.0, 1.0, 2.0], vec![4.0, 5.0]];
        assert_eq!(interquartile_interval(&tasks), None);
        assert!(profile_band(&tasks, &[0.0]).is_empty());
    }

    #[test]
    fn a_band_holds_its_profile() {
        let tasks = [vec![0.1, 0.5, 0.9, 0.4], vec![0.2, 0.6, 0.7, 0.8]];
        let thresholds = [0.0, 0.3, 0.6, 0.95];
        for (threshold, [low, high]) in thresholds.iter().zip(profile_band(&tasks, &thresholds)) {
            let share = above(&tasks, *threshold);
            assert!(low <= share && share <= high, "{threshold}: {low} {share} {high}");
        }
    }

    #[test]
    fn rescaled_scores_reach_from_0_to_1() {
        let found = rescaled(&[vec![-50.0, -40.0], vec![-30.0]]);
        assert_eq!(found, [vec![0.0, 0.5], vec![1.0]]);
        assert_eq!(rescaled(&[vec![3.0]]), [vec![0.5]]);
    }
}
