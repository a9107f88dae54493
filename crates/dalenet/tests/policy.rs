//! The arithmetic of PPO against independent oracles: closed forms and plain loops in double
//! precision, term by term.

use dalenet::{
    Generator, Matrix,
    engine::policy::{
        RatioSums, Transitions, categorical_entropies, categorical_log_probabilities,
        clipped_surrogate, clipped_value_error, column_moments, explained_variance, gather,
        gather_rows, gaussian_entropy, gaussian_log_probabilities, generalised_advantages,
        most_probable_choices, next_values, sample_gaussian, scatter, standardise,
    },
};

fn normals(generator: &mut Generator, len: usize) -> Vec<f32> {
    (0..len).map(|_| generator.normal()).collect()
}

/// T×N transitions with episodes that terminate and are truncated.
struct Steps {
    rewards: Vec<f32>,
    values: Vec<f32>,
    next_values: Vec<f32>,
    terminated: Vec<bool>,
    truncated: Vec<bool>,
    failed: Vec<bool>,
}

impl Steps {
    fn new(len: usize, generator: &mut Generator) -> Self {
        let ends: Vec<_> = (0..len).map(|_| generator.below(10)).collect();
        Self {
            rewards: normals(generator, len),
            values: normals(generator, len),
            next_values: normals(generator, len),
            terminated: ends.iter().map(|end| *end == 0).collect(),
            truncated: ends.iter().map(|end| *end == 1).collect(),
            failed: vec![false; len],
        }
    }

    fn transitions(&self) -> Transitions<'_> {
        Transitions {
            rewards: &self.rewards,
            values: &self.values,
            next_values: &self.next_values,
            terminated: &self.terminated,
            truncated: &self.truncated,
            failed: &self.failed,
        }
    }
}

/// Oracle: the sum of γλ-weighted TD errors to the episode's end, term by term.
#[test]
fn advantages_are_the_sums_of_later_td_errors() {
    const ENVS: usize = 3;
    const STEPS: usize = 20;
    let steps = Steps::new(ENVS * STEPS, &mut Generator::new(2, 0));
    let ended: Vec<_> = steps.terminated.iter().zip(&steps.truncated).map(|(a, b)| a | b).collect();
    assert!(steps.terminated.contains(&true) && steps.truncated.contains(&true));
    let (discount, lambda) = (0.9f32, 0.8f32);
    let mut found = vec![0.0; ENVS * STEPS];
    generalised_advantages(steps.transitions(), ENVS, discount, lambda, &mut found);
    for env in 0..ENVS {
        for t in 0..STEPS {
            let mut want = 0.0f64;
            for later in t..STEPS {
                let at = later * ENVS + env;
                let next =
                    if steps.terminated[at] { 0.0 } else { f64::from(steps.next_values[at]) };
                let td_error = f64::from(steps.rewards[at]) + f64::from(discount) * next
                    - f64::from(steps.values[at]);
                want +=
                    (f64::from(discount) * f64::from(lambda)).powi((later - t) as i32) * td_error;
                if ended[at] {
                    break;
                }
            }
            assert!((f64::from(found[t * ENVS + env]) - want).abs() < 1e-4);
        }
    }
}

#[test]
fn the_advantage_of_a_failed_step_is_zero_and_is_not_carried_back() {
    let mut steps = Steps::new(2, &mut Generator::new(3, 0));
    steps.terminated = vec![false; 2];
    steps.truncated = vec![false, true];
    let mut alone = [0.0];
    let first = Transitions {
        rewards: &steps.rewards[..1],
        values: &steps.values[..1],
        next_values: &steps.next_values[..1],
        terminated: &[false],
        truncated: &[true],
        failed: &[false],
    };
    generalised_advantages(first, 1, 0.9, 0.8, &mut alone);
    steps.failed[1] = true;
    steps.rewards[1] = 1e6;
    let mut found = [1.0; 2];
    generalised_advantages(steps.transitions(), 1, 0.9, 0.8, &mut found);
    assert_eq!(found, [alone[0], 0.0]);
}

#[test]
fn the_next_value_is_that_of_the_next_row_unless_the_episode_ended() {
    let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
    let terminated = [true, false, false, false, false, false, false, false];
    let truncated = [false, true, false, false, false, false, false, false];
    // Two environments; the last row keeps the bootstrap values that are there.
    let mut found = [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0, -7.0, -8.0];
    next_values(&values, &terminated, &truncated, 2, &mut found);
    assert_eq!(found, [-1.0, -2.0, 5.0, 6.0, 7.0, 8.0, -7.0, -8.0]);
}

/// The gradient by V of `−½·max((V − R)², (V_clip − R)²)`, piece by piece of the maximum; also how far
/// from a kink the sample is.
fn value_gradient(value: f64, old: f64, target: f64, clip: f64) -> (f64, f64) {
    let clipped = (old - clip).max((old + clip).min(value));
    let (square, clipped_square) = ((value - target).powi(2), (clipped - target).powi(2));
    let kink = ((value - old).abs() - clip).abs();
    if clipped == value {
        return (target - value, kink); // inside the range both squares are the same function of V
    }
    let gradient = if clipped_square > square { 0.0 } else { target - value };
    (gradient, kink.min((clipped_square - square).abs()))
}

/// Oracle: central differences of `min(r·Â, clip(r)·Â)` by ln p, on both sides of both bounds.
#[test]
fn the_gain_of_a_sample_is_the_derivative_of_the_clipped_surrogate() {
    let clip = 0.2;
    let objective = |log: f64, advantage: f64| {
        let ratio = log.exp();
        (ratio * advantage).min(ratio.clamp(1.0 - clip, 1.0 + clip) * advantage)
    };
    for ratio in [0.3, 0.79, 0.81, 1.0, 1.19, 1.21, 3.0f32] {
        for advantage in [1.5, -0.5f32] {
            let (mut gain, mut sums) = ([f32::NAN], RatioSums::default());
            let (new, clip) = (ratio.ln() - 1.0, clip as f32);
            clipped_surrogate(&[new], &[-1.0], &[advantage], clip, &mut gain, &mut sums);
            let (log, advantage, step) = (f64::from(new) + 1.0, f64::from(advantage), 1e-5);
            let rise = objective(log + step, advantage) - objective(log - step, advantage);
            let want = rise / (2.0 * step);
            assert!(
                (f64::from(gain[0]) - want).abs() < 1e-4,
                "{ratio} {advantage}: {gain:?} {want}"
            );
            assert_eq!(sums.clipped, u64::from((ratio - 1.0).abs() > 0.2));
        }
    }
}

/// Oracle: the objective's gradient in exact (double) arithmetic. Values as a critic has them: moves
/// inside and outside the range, around 0, so that old + (V − old) is often not V in rounding.
#[test]
fn the_value_error_is_the_exact_gradient_of_the_clipped_objective() {
    let mut generator = Generator::new(7, 0);
    let (mut inside, mut zero, mut outside, mut rounded) = (0, 0, 0, 0);
    for i in 0..100_000 {
        let scale = [0.05, 0.1, 0.3, 1.0][i % 4];
        let clip = [0.2, 0.05][i / 4 % 2];
        let old = scale * generator.normal();
        let value = scale * generator.normal();
        let target = value + 0.3 * generator.normal();
        let mut error = [f32::NAN];
        clipped_value_error(&[value], &[old], &[target], Some(clip), 0.5, &mut error);

        let [value, old, target, clip] = [value, old, target, clip].map(f64::from);
        let (want, kink) = value_gradient(value, old, target, clip);
        assert!(kink > 0.0, "a sample at a kink has no gradient");
        let want = (0.5 * (want as f32), want);
        assert!((error[0] - want.0).abs() <= 1e-6 * want.0.abs(), "{error:?} {want:?}");
        assert_eq!(error[0] == 0.0, want.1 == 0.0, "{value} {old} {target}");
        match ((value - old).abs() <= clip, error[0] == 0.0) {
            (true, _) => inside += 1,
            (false, true) => zero += 1,
            (false, false) => outside += 1,
        }
        let (v, o) = (value as f32, old as f32);
        rounded += usize::from((value - old).abs() <= clip && o + (v - o) != v);
    }
    assert!(inside > 10_000 && zero > 10_000 && outside > 10_000, "{inside} {zero} {outside}");
    assert!(rounded > 100, "rounding matters in some samples: {rounded}");
}

#[test]
fn without_a_clip_the_value_error_is_the_weighted_difference_to_the_target() {
    let mut errors = [0.0; 2];
    clipped_value_error(&[1.0, 5.0], &[0.0, 0.0], &[2.0, 1.0], None, 0.5, &mut errors);
    assert_eq!(errors, [0.5, -2.0]);
}

#[test]
fn nan_is_not_hidden_by_clipping() {
    let mut errors = [0.0; 1];
    clipped_value_error(&[f32::NAN], &[0.0], &[1.0], Some(0.2), 1.0, &mut errors);
    assert!(errors[0].is_nan());
}

/// Oracle: the densities and the entropy of textbooks in double precision.
#[test]
fn gaussian_probabilities_are_the_closed_form() {
    let mut generator = Generator::new(9, 0);
    let (rows, cols) = (50, 3);
    let means = Matrix::from_vec(rows, cols, normals(&mut generator, rows * cols));
    let actions = normals(&mut generator, rows * cols);
    let logs = [-0.7f32, 0.0, 0.4];
    let precisions = logs.map(|log| (-log).exp());
    let mut found = vec![0.0; rows];
    gaussian_log_probabilities(&means, &actions, &logs, &precisions, &mut found);
    for row in 0..rows {
        let want: f64 = (0..cols)
            .map(|i| {
                let deviation = f64::from(logs[i]).exp();
                let z = f64::from(actions[row * cols + i] - means.row(row)[i]) / deviation;
                ((-z * z / 2.0).exp() / (deviation * std::f64::consts::TAU.sqrt())).ln()
            })
            .sum();
        assert!((f64::from(found[row]) - want).abs() < 1e-5 * want.abs().max(1.0));
    }
    let tau_e = std::f64::consts::TAU * std::f64::consts::E;
    let want: f64 = logs.iter().map(|log| 0.5 * tau_e.ln() + f64::from(*log)).sum();
    assert!((f64::from(gaussian_entropy(&logs)) - want).abs() < 1e-5);
}

/// Oracle: five standard errors around mean and deviation.
#[test]
fn gaussian_samples_have_their_mean_and_deviation() {
    const ROWS: usize = 20_000;
    let mut generator = Generator::new(1, 0);
    let means = Matrix::from_vec(ROWS, 2, [3.0, -1.0].repeat(ROWS));
    let (deviations, mut actions) = ([0.5, 2.0], vec![0.0; 2 * ROWS]);
    sample_gaussian(&means, &deviations, || generator.normal(), &mut actions);
    for (i, (mean, deviation)) in [(3.0, 0.5), (-1.0, 2.0)].into_iter().enumerate() {
        let values: Vec<_> = actions.iter().skip(i).step_by(2).map(|x| f64::from(*x)).collect();
        let found = values.iter().sum::<f64>() / ROWS as f64;
        let spread = values.iter().map(|x| (x - found).powi(2)).sum::<f64>() / ROWS as f64;
        let error = deviation / (ROWS as f64).sqrt();
        assert!((found - mean).abs() < 5.0 * error, "{found}");
        assert!((spread.sqrt() - deviation).abs() < 5.0 * error / 2f64.sqrt(), "{spread}");
    }
}

/// Oracle: softmax in double precision; logits as large as single precision would overflow by.
#[test]
fn categorical_probabilities_are_the_softmax() {
    let mut generator = Generator::new(4, 0);
    let (rows, cols) = (40, 5);
    for offset in [0.0, 500.0, -500.0] {
        let values =
            normals(&mut generator, rows * cols).iter().map(|z| 2.0 * z + offset).collect();
        let logits = Matrix::from_vec(rows, cols, values);
        let choices: Vec<_> = (0..rows).map(|_| generator.below(cols) as f32).collect();
        let (mut logs, mut entropies, mut most) =
            (vec![0.0; rows], vec![0.0; rows], vec![0.0; rows]);
        categorical_log_probabilities(&logits, &choices, &mut logs);
        categorical_entropies(&logits, &mut entropies);
        most_probable_choices(&logits, &mut most);
        for row in 0..rows {
            let z: Vec<_> = logits.row(row).iter().map(|z| f64::from(*z)).collect();
            let total: f64 = z.iter().map(|z| (z - f64::from(offset)).exp()).sum();
            let p: Vec<_> = z.iter().map(|z| (z - f64::from(offset)).exp() / total).collect();
            assert!((f64::from(logs[row]) - p[choices[row] as usize].ln()).abs() < 2e-4);
            let entropy = -p.iter().map(|p| p * p.ln()).sum::<f64>();
            assert!((f64::from(entropies[row]) - entropy).abs() < 2e-4);
            assert!(p.iter().all(|other| *other <= p[most[row] as usize]));
        }
    }
}

/// Oracle: sums in double precision.
#[test]
fn moments_and_standardised_values_are_those_of_plain_sums() {
    let mut generator = Generator::new(6, 0);
    let rows = normals(&mut generator, 300);
    let (mut means, mut squares) = ([f64::NAN; 3], [f64::NAN; 3]);
    column_moments(&rows, &mut means, &mut squares);
    for col in 0..3 {
        let values: Vec<_> = rows.iter().skip(col).step_by(3).map(|x| f64::from(*x)).collect();
        let mean = values.iter().sum::<f64>() / 100.0;
        let square = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        assert!((means[col] - mean).abs() < 1e-12 && (squares[col] - square).abs() < 1e-9);
    }

    let mut values: Vec<_> = rows.iter().map(|x| 3.0 * x + 5.0).collect();
    standardise(&mut values);
    let mean = values.iter().map(|x| f64::from(*x)).sum::<f64>() / 300.0;
    let square = values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / 300.0;
    assert!(mean.abs() < 1e-5 && (square - 1.0).abs() < 1e-5, "{mean} {square}");
}

#[test]
fn explained_variance_is_one_of_a_perfect_critic_and_none_without_variance() {
    let (targets, samples) = ([1.0, 2.0, 9.0, 3.0], [0, 1, 3]);
    assert_eq!(explained_variance(&targets, &[0.0, 0.0, 7.0, 0.0], &samples), Some(1.0));
    // A critic that is wrong by the same everywhere explains the variance as well.
    assert_eq!(explained_variance(&targets, &[2.0; 4], &samples), Some(1.0));
    // One that always says 0 explains nothing.
    assert_eq!(explained_variance(&targets, &targets, &samples), Some(0.0));
    assert_eq!(explained_variance(&[1.0; 4], &targets, &samples), None);
    assert_eq!(explained_variance(&targets, &targets, &[]), None);
}

#[test]
fn rows_are_gathered_and_scattered_in_the_order_of_the_samples() {
    let (mut out, mut rows) = (vec![9.0; 7], Matrix::zeros(5, 5));
    gather(&[1.0, 2.0, 3.0], &[2, 0, 2], &mut out);
    assert_eq!(out, [3.0, 1.0, 3.0]);
    gather_rows(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, &[2, 0], &mut rows);
    assert_eq!(rows, Matrix::from_rows(&[[5.0, 6.0], [1.0, 2.0]]));
    let mut out = [0.0; 3];
    scatter(&[7.0, 8.0], &[2, 0], &mut out);
    assert_eq!(out, [8.0, 0.0, 7.0]);
}
