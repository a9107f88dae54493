//! How a gradient becomes a step: plain, with momentum, or Adam.

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

/// How a gradient becomes a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Method {
    /// `W += η·g`.
    Sgd,
    /// `v ← μ·v + g`, `W += η·v`.
    Momentum {
        /// μ.
        momentum: f32,
    },
    /// `W += η·m̂/(√v̂ + ε)` (Kingma & Ba 2015).
    Adam {
        /// Decay of the mean.
        beta1: f32,
        /// Decay of the mean square.
        beta2: f32,
        /// Added to the root.
        epsilon: f32,
    },
}

/// Running averages an optimiser keeps for each weight; empty where it needs none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// Momentum's velocity, Adam's m.
    pub first: Vec<f32>,
    /// Adam's v.
    pub second: Vec<f32>,
}

impl Moments {
    /// Zeros for `len` weights, as far as `method` needs them.
    pub fn new(method: Method, len: usize) -> Self {
        let (first, second) = match method {
            Method::Sgd => (0, 0),
            Method::Momentum { .. } => (len, 0),
            Method::Adam { .. } => (len, len),
        };
        Self { first: vec![0.0; first], second: vec![0.0; second] }
    }
}

/// What becomes of a gradient: `g = scale·Σ_batch`, then the method's step at `rate`.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Plain, with momentum, or Adam.
    pub method: Method,
    /// Learning rate η.
    pub rate: f32,
    /// Factor of the batch's sum: 1/B for its mean.
    pub scale: f32,
    /// How many steps were made, this one included (for Adam's bias correction).
    pub count: u64,
}

impl Step {
    /// Turns the batch's sum `g` into the step to be added, and moves the moments on.
    pub fn apply(&self, g: &mut [f32], first: &mut [f32], second: &mut [f32]) {
        match self.method {
            Method::Sgd => scale_by(g, self.rate * self.scale),
            Method::Momentum { momentum } => {
                momentum_step(g, first, [momentum, self.scale, self.rate]);
            }
            Method::Adam { beta1, beta2, epsilon } => {
                let steps = i32::try_from(self.count).unwrap_or(i32::MAX);
                let bias = |beta: f32| (1.0 - f64::from(beta).powi(steps)) as f32;
                let rate = self.rate / bias(beta1);
                let root = bias(beta2).sqrt().recip();
                adam_step(g, first, second, [beta1, beta2, self.scale, rate, root, epsilon]);
            }
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn scale_by(g: &mut [f32], factor: f32) {
    for g in g {
        *g *= factor;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn momentum_step(g: &mut [f32], velocity: &mut [f32], [momentum, scale, rate]: [f32; 3]) {
    for (g, v) in g.iter_mut().zip(velocity) {
        *v = momentum * *v + scale * *g;
        *g = rate * *v;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn adam_step(
    g: &mut [f32],
    first: &mut [f32],
    second: &mut [f32],
    [beta1, beta2, scale, rate, root, epsilon]: [f32; 6],
) {
    for ((g, m), v) in g.iter_mut().zip(first).zip(second) {
        let mean = scale * *g;
        *m = beta1 * *m + (1.0 - beta1) * mean;
        *v = beta2 * *v + (1.0 - beta2) * mean * mean;
        *g = rate * *m / (root * v.sqrt() + epsilon);
    }
}
