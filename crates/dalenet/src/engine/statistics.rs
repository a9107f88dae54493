//! Measures of signals, gradients and activity, in double precision.

use super::Activation;
use crate::tensor::Matrix;

/// A unit whose activity changes by less over all samples is dead.
const STILL: f32 = 1e-6;
/// A unit is flat at a sample where φ' is below this share of its maximum…
const FLAT: f32 = 0.01;
/// …and saturated if it is flat at so many of the samples.
const MOSTLY: f64 = 0.99;

/// Root mean square of all entries; the largest number where that overflows.
pub fn root_mean_square(m: &Matrix) -> f64 {
    let sum: f64 = m.as_slice().iter().map(|x| f64::from(*x).powi(2)).sum();
    (sum / m.as_slice().len().max(1) as f64).sqrt().min(f64::MAX)
}

/// Cosine between two matrices, and the share of equal signs among the entries where neither is 0;
/// `None` where there is nothing to compare.
pub fn agreement(a: &Matrix, b: &Matrix) -> (Option<f64>, Option<f64>) {
    let [mut ab, mut aa, mut bb] = [0.0; 3];
    let [mut same, mut compared] = [0u64; 2];
    for (a, b) in a.as_slice().iter().zip(b.as_slice()) {
        let (a, b) = (f64::from(*a), f64::from(*b));
        ab += a * b;
        aa += a * a;
        bb += b * b;
        same += u64::from((a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0));
        compared += u64::from(a != 0.0 && b != 0.0);
    }
    let norms = (aa * bb).sqrt();
    let cosine = (norms > 0.0).then(|| ab / norms).filter(|cosine| cosine.is_finite());
    (cosine, (compared > 0).then(|| same as f64 / compared as f64))
}

/// Shares of a layer's units that carry no information or no gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silence {
    /// Units whose activity is the same for all samples.
    pub dead: f64,
    /// Units with φ' below 1 % of its maximum on at least 99 % of the samples.
    pub saturated: f64,
}

/// Shares of the dead and of the saturated of `units` units, from their activity B×N or B×(P·N).
pub fn silence(activity: &Matrix, units: usize, activation: Activation) -> Silence {
    #[derive(Clone)]
    struct Unit {
        least: f32,
        most: f32,
        flat: u32,
        samples: u32,
    }
    let fresh = Unit { least: f32::INFINITY, most: f32::NEG_INFINITY, flat: 0, samples: 0 };
    let mut all = vec![fresh; units];
    // A convolution's unit has a sample at every place.
    for row in activity.as_slice().chunks_exact(units.max(1)) {
        for (unit, a) in all.iter_mut().zip(row) {
            unit.least = unit.least.min(*a);
            unit.most = unit.most.max(*a);
            unit.flat += u32::from(relative_slope(activation, *a) < FLAT);
            unit.samples += 1;
        }
    }
    let share = |holds: &dyn Fn(&Unit) -> bool| {
        all.iter().filter(|unit| holds(unit)).count() as f64 / all.len().max(1) as f64
    };
    Silence {
        dead: share(&|unit| unit.most - unit.least < STILL),
        saturated: share(&|unit| f64::from(unit.flat) >= MOSTLY * f64::from(unit.samples)),
    }
}

/// φ' over its maximum, from the activity `a = φ(z)`.
fn relative_slope(activation: Activation, a: f32) -> f32 {
    match activation {
        Activation::Sigmoid { .. } => 4.0 * a * (1.0 - a),
        Activation::Tanh => 1.0 - a * a,
        Activation::Relu => f32::from(a > 0.0),
        // Their error arrives ungated.
        Activation::Softmax | Activation::Identity => 1.0,
    }
}
