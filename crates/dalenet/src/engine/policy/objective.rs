//! PPO's objective (Schulman et al. 2017), sample by sample.

/// Sums over samples of what became of their ratio of probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RatioSums {
    /// `(r − 1) − ln r`: an estimate of the divergence KL(old ‖ new), in nats.
    pub divergence: f64,
    /// How many ratios were outside 1 ± clip.
    pub clipped: u64,
}

/// The factors of ∇ln p in the gradient of `min(r·Â, clip(r)·Â)` (eq. 7), with
/// `r = p/p_old` and `clip(r)` within 1 ± `clip`, into `gains`: `r·Â`, or 0 where the clipped side is
/// the smaller one. All slices are B; `old` and `new` are logarithms of probabilities.
///
/// # Panics
/// Unless the lengths agree.
///
/// ```
/// use dalenet::engine::policy::{RatioSums, clipped_surrogate};
/// let (mut gains, mut sums) = ([0.0; 3], RatioSums::default());
/// let twice = 2f32.ln();
/// clipped_surrogate(&[0.0, twice, twice], &[0.0; 3], &[3.0, 1.0, -1.0], 0.2, &mut gains, &mut sums);
/// // The probability of a good action may not grow further, that of a bad one may fall.
/// assert_eq!(gains, [3.0, 0.0, -2.0]);
/// assert_eq!(sums.clipped, 2);
/// ```
pub fn clipped_surrogate(
    new: &[f32],
    old: &[f32],
    advantages: &[f32],
    clip: f32,
    gains: &mut [f32],
    sums: &mut RatioSums,
) {
    let count = gains.len();
    assert!([new.len(), old.len(), advantages.len()] == [count; 3], "one gain a sample");
    for (((gain, new), old), advantage) in gains.iter_mut().zip(new).zip(old).zip(advantages) {
        let log = new - old;
        let ratio = log.exp();
        let clipped = (ratio - 1.0).abs() > clip;
        let flat = clipped && (ratio > 1.0) == (*advantage > 0.0);
        *gain = if flat { 0.0 } else { ratio * advantage };
        sums.divergence += f64::from(ratio - 1.0) - f64::from(log);
        sums.clipped += u64::from(clipped);
    }
}

/// `weight` times the direction in which each value should move, into `errors`: the gradient of
/// `−½·(V − R)²`, or with a `clip` of `−½·max((V − R)², (V_clip − R)²)` with
/// `V_clip = V_old + clamp(V − V_old, ±clip)`. All slices are B; `targets` are R.
///
/// The gradient is that of exact arithmetic: up to a move of `clip` it is `R − V`; beyond, V_clip does
/// not depend on V, and it is 0 where V_clip is further from R. Which case holds is decided in double
/// precision, where V − V_old has no rounding that could take a value for a clipped one.
///
/// # Panics
/// Unless the lengths agree.
///
/// ```
/// use dalenet::engine::policy::clipped_value_error;
/// let mut errors = [0.0; 2];
/// clipped_value_error(&[1.5, 1.5], &[1.0, 1.0], &[2.0, 1.0], Some(0.2), 1.0, &mut errors);
/// // Nearer to the target than the clipped value 1.2 of the first sample, further than that of the second.
/// assert_eq!(errors, [0.0, -0.5]);
/// ```
pub fn clipped_value_error(
    values: &[f32],
    old: &[f32],
    targets: &[f32],
    clip: Option<f32>,
    weight: f32,
    errors: &mut [f32],
) {
    let count = errors.len();
    assert!([values.len(), old.len(), targets.len()] == [count; 3], "one error a sample");
    for (((error, value), old), target) in errors.iter_mut().zip(values).zip(old).zip(targets) {
        let flat = clip.is_some_and(|clip| is_flat(*value, *old, *target, clip));
        *error = weight * if flat { 0.0 } else { target - value };
    }
}

/// Whether the larger of the squares is that of a clipped value.
fn is_flat(value: f32, old: f32, target: f32, clip: f32) -> bool {
    let [value, old, target, clip] = [value, old, target, clip].map(f64::from);
    let moved = value - old;
    let clipped = old + clip.copysign(moved);
    moved.abs() > clip && (target - clipped).abs() > (target - value).abs()
}

/// Adds `½(V − R)²` of every sample to `sum`. Both slices are B.
///
/// # Panics
/// Unless the lengths agree.
pub fn value_loss(values: &[f32], targets: &[f32], sum: &mut f64) {
    assert_eq!(values.len(), targets.len(), "one target a value");
    for (value, target) in values.iter().zip(targets) {
        *sum += 0.5 * f64::from(value - target).powi(2);
    }
}
