//! What was lived through between two updates, and what it says about the actions taken.

use crate::observations::Observations;
use dalenet::Matrix;

/// One step of one environment, as far as its advantage depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Transition {
    /// The (normalised) reward.
    pub reward: f32,
    /// V of what was observed before.
    pub value: f32,
    /// V of what the action led to, also where that was the last of an episode. Not used where it
    /// terminated.
    pub next_value: f32,
    /// Whether the task was over: nothing is to be expected after it.
    pub terminated: bool,
    /// Whether the episode ended here, terminated or cut.
    pub ended: bool,
    /// Whether the step is no experience at all.
    pub failed: bool,
}

/// Generalised advantage estimation (Schulman et al. 2016, eq. 16) of T×N transitions, rows in the
/// order of time: `Â_t = δ_t + γλ·Â_{t+1}` with `δ_t = r_t + γ·V(s_{t+1}) − V(s_t)`. At the end of an
/// episode the sum is cut; where it terminated the next value is zero, where it was truncated it is
/// that of the true last observation.
///
/// ```
/// use dalenet_ppo::{Transition, advantages};
/// let cut = Transition { reward: 1.0, value: 2.0, next_value: 10.0, ended: true, ..Default::default() };
/// let mut advantage = [0.0];
/// advantages(&[cut], 1, 0.5, 1.0, &mut advantage);
/// assert_eq!(advantage, [1.0 + 0.5 * 10.0 - 2.0]);
/// advantages(&[Transition { terminated: true, ..cut }], 1, 0.5, 1.0, &mut advantage);
/// assert_eq!(advantage, [1.0 - 2.0]);
/// ```
///
/// # Panics
/// Unless there are whole rows of N transitions, and as many advantages.
pub fn advantages(
    transitions: &[Transition],
    envs: usize,
    discount: f32,
    lambda: f32,
    out: &mut [f32],
) {
    assert!(transitions.len() == out.len() && out.len().is_multiple_of(envs), "T×N transitions");
    for at in (0..out.len()).rev() {
        let step = &transitions[at];
        let after = out.get(at + envs).copied().unwrap_or(0.0);
        let next = if step.terminated { 0.0 } else { step.next_value };
        let surprise = step.reward + discount * next - step.value;
        let carried = if step.ended { 0.0 } else { discount * lambda * after };
        out[at] = if step.failed { 0.0 } else { surprise + carried };
    }
}

/// T×N transitions and what was seen, done and thought, one row each, in the order of time.
#[derive(Clone, Debug)]
pub(crate) struct Rollout {
    pub observations: Observations,
    /// (T·N)×A numbers, or choices.
    pub actions: Matrix,
    /// ln of the probability of each action.
    pub log_probabilities: Vec<f32>,
    pub transitions: Vec<Transition>,
    pub advantages: Vec<f32>,
}

impl Rollout {
    pub fn new(samples: usize, observations: Observations, action: usize) -> Self {
        Self {
            observations,
            actions: Matrix::zeros(samples, action),
            log_probabilities: vec![0.0; samples],
            transitions: vec![Transition::default(); samples],
            advantages: vec![0.0; samples],
        }
    }

    /// What the value of sample `i` should have been.
    pub fn target(&self, i: usize) -> f32 {
        self.advantages[i] + self.transitions[i].value
    }

    /// Share of the variance of the targets that the values told; `None` if it has none.
    pub fn explained_variance(&self, samples: &[u32]) -> Option<f64> {
        let variance = |value: &dyn Fn(usize) -> f32| {
            let values = samples.iter().map(|i| f64::from(value(*i as usize)));
            let mean = values.clone().sum::<f64>() / samples.len() as f64;
            values.map(|value| (value - mean).powi(2)).sum::<f64>()
        };
        let of_targets = variance(&|i| self.target(i));
        (of_targets > 0.0).then(|| 1.0 - variance(&|i| self.advantages[i]) / of_targets)
    }
}
