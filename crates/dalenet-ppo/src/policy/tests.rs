//! The policies' gradients against finite differences of PPO's objective.

use super::*;
use dalenet::engine::policy::{RatioSums, clipped_surrogate};
use dalenet_envs::Actions;

/// What the objective of one sample depends on beside the policy.
struct Sample {
    old_log_probability: f32,
    advantage: f32,
    clip: f32,
    entropy_weight: f32,
}

/// Oracle: central differences of PPO's objective (Schulman et al. 2017, eq. 7) plus entropy,
/// in double precision, from the textbook formulas.
fn objective(
    [output, logs]: [&[f64]; 2],
    action: &[f64],
    sample: &Sample,
    categorical: bool,
) -> f64 {
    let (log, entropy): (f64, f64) = if categorical {
        let total: f64 = output.iter().map(|z| z.exp()).sum();
        let p: Vec<_> = output.iter().map(|z| z.exp() / total).collect();
        (p[action[0] as usize].ln(), -p.iter().map(|p| p * p.ln()).sum::<f64>())
    } else {
        let tau = std::f64::consts::TAU;
        let density = |((mean, log), a): ((&f64, &f64), &f64)| {
            let deviation = log.exp();
            -((a - mean) / deviation).powi(2) / 2.0 - (deviation * tau.sqrt()).ln()
        };
        let log = output.iter().zip(logs).zip(action).map(density).sum();
        let entropy = logs.iter().map(|l| (tau * 1f64.exp()).ln() / 2.0 + l).sum();
        (log, entropy)
    };
    let ratio = (log - f64::from(sample.old_log_probability)).exp();
    let (clip, gain) = (f64::from(sample.clip), f64::from(sample.advantage));
    (ratio * gain).min(ratio.clamp(1.0 - clip, 1.0 + clip) * gain)
        + f64::from(sample.entropy_weight) * entropy
}

fn check(space: &Space, categorical: bool) {
    const STEP: f64 = 1e-6;
    let mut generator = Generator::new(5, 0);
    let (mut flat, mut inside) = (0, 0);
    for _ in 0..200 {
        let mut policy = Policy::new(space, -0.3);
        let len = policy.outputs();
        let output: Vec<_> = (0..len).map(|_| generator.normal()).collect();
        let action: Vec<_> = match categorical {
            true => vec![generator.below(len) as f32],
            false => (0..len).map(|_| generator.normal()).collect(),
        };
        let outputs = Matrix::from_vec(1, len, output.clone());
        let mut log = [0.0];
        policy.log_probabilities(&outputs, &action, &mut log);
        let sample = Sample {
            old_log_probability: log[0] + 0.3 * generator.normal(),
            advantage: generator.normal(),
            clip: 0.2,
            entropy_weight: 0.1,
        };
        let (mut gains, mut sums) = ([0.0], RatioSums::default());
        let old = [sample.old_log_probability];
        clipped_surrogate(&log, &old, &[sample.advantage], sample.clip, &mut gains, &mut sums);
        let mut errors = Matrix::default();
        policy.gradient(&outputs, &action, &gains, sample.entropy_weight, &mut errors);
        let error = errors.row(0);
        if sums.clipped == 1 {
            flat += 1
        } else {
            inside += 1
        }

        let wide = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
        let (output, action) = (wide(&output), wide(&action));
        let logs = vec![f64::from(-0.3f32); len];
        let value =
            |output: &[f64], logs: &[f64]| objective([output, logs], &action, &sample, categorical);
        for i in 0..len {
            let moved = |values: &[f64], by: f64| {
                let mut values = values.to_vec();
                values[i] += by;
                values
            };
            let [up, down] = [STEP, -STEP].map(|step| value(&moved(&output, step), &logs));
            let slope = (up - down) / (2.0 * STEP);
            assert!((f64::from(error[i]) - slope).abs() < 1e-3, "{} {slope}", error[i]);
            if let Policy::Gaussian(gaussian) = &policy {
                let [up, down] = [STEP, -STEP].map(|step| value(&output, &moved(&logs, step)));
                let slope = (up - down) / (2.0 * STEP);
                let found = gaussian.log_deviation_gradient()[i];
                assert!((f64::from(found) - slope).abs() < 1e-3, "{found} {slope}");
            }
        }
    }
    assert!(flat > 20 && inside > 20, "both branches are met: {flat} {inside}");
}

#[test]
fn the_gaussian_policy_is_taught_along_the_gradient() {
    check(&Space::Continuous { low: vec![-1.0; 3], high: vec![1.0; 3] }, false);
}

#[test]
fn the_categorical_policy_is_taught_along_the_gradient() {
    check(&Space::Discrete { n: 4 }, true);
}

#[test]
fn choices_come_as_often_as_they_are_likely() {
    let policy = Policy::new(&Space::Discrete { n: 3 }, 0.0);
    let logits = Matrix::from_rows(&[[0.1f32.ln(), 0.6f32.ln(), 0.3f32.ln()]; 100]);
    let mut generator = Generator::new(0, 0);
    let (mut counts, mut choices) = ([0.0f64; 3], [0.0; 100]);
    for _ in 0..1000 {
        policy.act(&logits, Some(&mut generator), &mut choices);
        choices.iter().for_each(|choice| counts[*choice as usize] += 1.0);
    }
    for (count, p) in counts.iter().zip([0.1, 0.6, 0.3]) {
        // Five deviations of a binomial.
        assert!((count / 1e5 - p).abs() < 5.0 * (p * (1.0f64 - p) / 1e5).sqrt(), "{counts:?}");
    }
    policy.act(&logits, None, &mut choices);
    assert_eq!(choices, [1.0; 100]);
}

#[test]
fn actions_are_bounded_for_the_environment_alone() {
    let policy = Policy::new(&Space::Continuous { low: vec![-1.0; 2], high: vec![1.0; 2] }, 0.0);
    let outputs = Matrix::from_rows(&[[5.0, -0.25]]);
    let (mut actions, mut buffer) = ([0.0; 2], ActionBuffer::new(&policy, 1));
    policy.act(&outputs, None, &mut actions);
    buffer.fill(&policy, &actions);
    assert_eq!(actions, [5.0, -0.25]);
    assert_eq!(buffer.actions(), Actions::Continuous(&[1.0, -0.25]));
}
