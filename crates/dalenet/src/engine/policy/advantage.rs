//! Generalised advantage estimation.

/// T×N transitions, one entry each, row after row.
#[derive(Clone, Copy, Debug)]
pub struct Transitions<'a> {
    /// Rewards r_t.
    pub rewards: &'a [f32],
    /// V(s_t): the value of what was observed before the step.
    pub values: &'a [f32],
    /// V(s_{t+1}): the bootstrap value of what the step led to, also where that was the last
    /// observation of an episode. Not used where the step terminated.
    pub next_values: &'a [f32],
    /// Whether the task was over: the value after it is 0.
    pub terminated: &'a [bool],
    /// Whether the episode was cut.
    pub truncated: &'a [bool],
    /// Whether the step is not to be learnt from: its advantage is 0.
    pub failed: &'a [bool],
}

/// Fills the bootstrap values of all transitions whose episode continues within the rollout: V(s_{t+1})
/// is the value of the next row's observation. The others, T×N as all slices, are left as they are.
///
/// # Panics
/// Unless there are whole rows of N transitions.
pub fn next_values(
    values: &[f32],
    terminated: &[bool],
    truncated: &[bool],
    envs: usize,
    out: &mut [f32],
) {
    let count = out.len();
    assert!([values.len(), terminated.len(), truncated.len()] == [count; 3], "T×N transitions");
    assert!(count.is_multiple_of(envs), "whole rows");
    let ended = terminated.iter().zip(truncated);
    for ((out, next), (terminated, truncated)) in out.iter_mut().zip(&values[envs..]).zip(ended) {
        if !(*terminated || *truncated) {
            *out = *next;
        }
    }
}

/// Generalised advantage estimation (Schulman et al. 2016, eq. 16) of T×N transitions:
/// `Â_t = δ_t + γλ·Â_{t+1}` with the TD error `δ_t = r_t + γ·V(s_{t+1}) − V(s_t)`. The sum stops at
/// the end of an episode; where it terminated the next value is 0, where it was truncated it is that
/// of the true last observation.
///
/// # Panics
/// Unless there are whole rows of N transitions, and as many advantages.
///
/// ```
/// use dalenet::engine::policy::{Transitions, generalised_advantages};
/// let truncated = Transitions {
///     rewards: &[1.0],
///     values: &[2.0],
///     next_values: &[10.0],
///     terminated: &[false],
///     truncated: &[true],
///     failed: &[false],
/// };
/// let mut advantages = [0.0];
/// generalised_advantages(truncated, 1, 0.5, 1.0, &mut advantages);
/// assert_eq!(advantages, [1.0 + 0.5 * 10.0 - 2.0]);
/// let terminated = Transitions { terminated: &[true], truncated: &[false], ..truncated };
/// generalised_advantages(terminated, 1, 0.5, 1.0, &mut advantages);
/// assert_eq!(advantages, [1.0 - 2.0]);
/// ```
pub fn generalised_advantages(
    steps: Transitions<'_>,
    envs: usize,
    discount: f32,
    lambda: f32,
    out: &mut [f32],
) {
    let Transitions { rewards, values, next_values, terminated, truncated, failed } = steps;
    let count = out.len();
    assert!([rewards.len(), values.len(), next_values.len()] == [count; 3], "T×N transitions");
    assert!([terminated.len(), truncated.len(), failed.len()] == [count; 3], "T×N transitions");
    assert!(count.is_multiple_of(envs), "whole rows");
    for at in (0..count).rev() {
        let later = out.get(at + envs).copied().unwrap_or(0.0);
        let next_value = if terminated[at] { 0.0 } else { next_values[at] };
        let td_error = rewards[at] + discount * next_value - values[at];
        let ended = terminated[at] || truncated[at];
        let carried = if ended { 0.0 } else { discount * lambda * later };
        out[at] = if failed[at] { 0.0 } else { td_error + carried };
    }
}

/// `R = Â + V(s_t)`: what the values should have been. All slices are T×N.
///
/// # Panics
/// Unless the lengths agree.
pub fn value_targets(advantages: &[f32], values: &[f32], out: &mut [f32]) {
    assert!([advantages.len(), values.len()] == [out.len(); 2], "one target a value");
    for ((target, advantage), value) in out.iter_mut().zip(advantages).zip(values) {
        *target = advantage + value;
    }
}

/// Brings values to mean 0 and standard deviation 1, in place.
///
/// ```
/// let mut values = [1.0, 3.0];
/// dalenet::engine::policy::standardise(&mut values);
/// assert_eq!(values, [-1.0, 1.0]);
/// ```
pub fn standardise(values: &mut [f32]) {
    let wide = values.iter().map(|value| f64::from(*value));
    let mean = wide.clone().sum::<f64>() / values.len() as f64;
    let variance = wide.map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
    let (shift, scale) = (mean as f32, (1.0 / (variance.sqrt() + 1e-8)) as f32);
    values.iter_mut().for_each(|value| *value = (*value - shift) * scale);
}

/// `1 − Var(target − V)/Var(target)` over these samples of a rollout: the share of the variance of the
/// targets explained by the critic. `residuals` are the differences target − V. `None` if the targets
/// have no variance.
///
/// # Panics
/// If a sample is not there.
pub fn explained_variance(targets: &[f32], residuals: &[f32], samples: &[u32]) -> Option<f64> {
    let variance = |values: &[f32]| {
        let values = samples.iter().map(|i| f64::from(values[*i as usize]));
        let mean = values.clone().sum::<f64>() / samples.len() as f64;
        values.map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    let of_targets = variance(targets);
    (of_targets > 0.0).then(|| 1.0 - variance(residuals) / of_targets)
}
