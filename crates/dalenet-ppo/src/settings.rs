//! The settings of PPO.

use crate::Error;
use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// The settings of PPO. The default is that of PureJaxRL for Brax (`purejaxrl/ppo_continuous_action.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, DocumentedFields)]
pub struct Settings {
    /// Steps of all environments together; the last rollout may go beyond.
    pub steps: u64,
    /// T: steps of each environment between updates.
    pub rollout: usize,
    /// Passes over a rollout.
    pub epochs: usize,
    /// Minibatches that the samples of a rollout are dealt over in each pass; their sizes differ by at
    /// most one.
    pub minibatches: usize,
    /// Learning rate of Adam.
    pub rate: f32,
    /// Whether the rate falls to zero, linearly over the training.
    pub anneal: bool,
    /// Updates over which the rate rises to what it is else, linearly; 0 or 1: it does not. The first
    /// errors of a critic have one sign, by which large steps silence units for good.
    #[serde(default)]
    pub warmup: u64,
    /// Divergence KL(old ‖ new) of the policies before and after an update, in nats, that the rate is
    /// lowered to meet: it is divided by 1.5 after an update with twice as much and multiplied by 1.5,
    /// up to what it is else, after one with half as much (the adaptive rate of rsl_rl); 0: it is not.
    #[serde(default)]
    pub target_kl: f32,
    /// ε of Adam, added to the root.
    pub epsilon: f32,
    /// Discount γ.
    pub discount: f32,
    /// λ of generalised advantage estimation (Schulman et al. 2016).
    pub lambda: f32,
    /// How far from 1 the ratio of probabilities may go.
    pub clip: f32,
    /// Whether moves of a value are clipped to ±`clip` as well.
    pub clip_value: bool,
    /// Weight of the value's loss ½(V − target)².
    pub value_weight: f32,
    /// Weight of the policy's entropy.
    pub entropy_weight: f32,
    /// Largest norm of the gradient of actor and critic together.
    pub max_gradient_norm: f32,
    /// Whether the value of what a truncated episode led to is bootstrapped; if not, truncation counts
    /// as an end, as in PureJaxRL.
    #[serde(default = "yes")]
    pub bootstrap_truncation: bool,
    /// Whether the environments' first episodes are staggered, so that those that are truncated have
    /// no return of a whole episode.
    #[serde(default)]
    pub stagger: bool,
    /// Whether advantages are normalised to mean 0 and deviation 1 in every minibatch.
    pub normalise_advantages: bool,
    /// Whether observations are normalised by their running mean and deviation.
    pub normalise_observations: bool,
    /// Whether the first layer learns from what sparse observations differ by from what most of a
    /// minibatch have in common. What is common moves a unit as its bias does; the steps of hundreds of
    /// weights in one direction silence it for good.
    #[serde(default)]
    pub centred_observations: bool,
    /// Whether hidden units that a whole minibatch leaves silent, which no error reaches, are woken: the
    /// gradient of their biases is 1e-3 instead of 0.
    #[serde(default)]
    pub wake_silent: bool,
    /// Whether rewards are divided by the running deviation of the discounted return.
    pub normalise_rewards: bool,
    /// Largest magnitude of a normalised observation and reward.
    pub bound: f32,
    /// Initial ln σ of the Gaussian policy.
    pub log_deviation: f32,
}

/// For a setting that is on where an older configuration does not name it.
fn yes() -> bool {
    true
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            steps: 50_000_000,
            rollout: 10,
            epochs: 4,
            minibatches: 32,
            rate: 3e-4,
            anneal: false,
            warmup: 0,
            target_kl: 0.0,
            epsilon: 1e-5,
            discount: 0.99,
            lambda: 0.95,
            clip: 0.2,
            clip_value: true,
            value_weight: 0.5,
            entropy_weight: 0.0,
            max_gradient_norm: 0.5,
            bootstrap_truncation: true,
            stagger: false,
            normalise_advantages: true,
            normalise_observations: true,
            centred_observations: false,
            wake_silent: false,
            normalise_rewards: true,
            bound: 10.0,
            log_deviation: 0.0,
        }
    }
}

impl Settings {
    /// Checks the settings for `envs` environments.
    ///
    /// # Errors
    /// The first setting that is not possible.
    pub fn validate(&self, envs: usize) -> Result<(), Error> {
        let positive = |value: f32| value > 0.0 && value.is_finite();
        let not_negative = |value: f32| value >= 0.0 && value.is_finite();
        let share = |value: f32| (0.0..=1.0).contains(&value);
        let log_deviation = self.log_deviation.abs() <= 10.0;
        check("steps", self.steps, self.steps > 0, "must be at least 1")?;
        check("envs", envs, envs > 0, "must be at least 1")?;
        check("rollout", self.rollout, self.rollout > 0, "must be at least 1")?;
        check("epochs", self.epochs, self.epochs > 0, "must be at least 1")?;
        check("minibatches", self.minibatches, self.minibatches > 0, "must be at least 1")?;
        for (key, value) in [
            ("rate", self.rate),
            ("epsilon", self.epsilon),
            ("clip", self.clip),
            ("max_gradient_norm", self.max_gradient_norm),
            ("bound", self.bound),
        ] {
            check(key, value, positive(value), "must be above 0 and finite")?;
        }
        for (key, value) in [("discount", self.discount), ("lambda", self.lambda)] {
            check(key, value, share(value), "must be between 0 and 1")?;
        }
        for (key, value) in [
            ("target_kl", self.target_kl),
            ("value_weight", self.value_weight),
            ("entropy_weight", self.entropy_weight),
        ] {
            check(key, value, not_negative(value), "must be at least 0 and finite")?;
        }
        check("log_deviation", self.log_deviation, log_deviation, "must be between -10 and 10")?;
        self.check_minibatches(envs)
    }

    /// Checks that every minibatch of a rollout has the samples to learn from.
    fn check_minibatches(&self, envs: usize) -> Result<(), Error> {
        let samples = envs.saturating_mul(self.rollout);
        let most = self.minibatches_of(samples);
        let rollout =
            format!("the {samples} samples of a rollout ({envs} envs × {} steps)", self.rollout);
        let fewer = match most {
            0 => String::new(),
            most => format!("at most {most} minibatches, "),
        };
        let reason = if self.minibatches > samples {
            format!("is more than {rollout}; set {fewer}more envs or a longer rollout")
        } else {
            format!(
                "leaves a minibatch with a single one of {rollout}, whose normalised advantage is \
                 always 0, so that the policy learns nothing from it; set {fewer}more envs, a \
                 longer rollout or normalise_advantages = false"
            )
        };
        check("minibatches", self.minibatches, self.minibatches <= most, &reason)
    }

    /// How many minibatches so many samples are dealt over: `minibatches`, or fewer where failed
    /// steps left too few samples. No minibatch is empty, and none has a single sample if advantages
    /// are normalised, as that advantage would be 0.
    pub(crate) fn minibatches_of(&self, samples: usize) -> usize {
        let least = if self.normalise_advantages { 2 } else { 1 };
        self.minibatches.min(samples / least)
    }
}

/// The error of a setting for which a condition does not hold.
fn check(key: &'static str, value: impl ToString, holds: bool, reason: &str) -> Result<(), Error> {
    let error = || Error::Setting { key, value: value.to_string(), reason: reason.into() };
    if holds { Ok(()) } else { Err(error()) }
}
