//! What decides how PPO learns.

use crate::Error;

/// The settings of PPO. The default is that of PureJaxRL for Brax (`purejaxrl/ppo_continuous_action.py`).
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Steps of all environments together; the last rollout may go beyond.
    pub steps: u64,
    /// T: steps of each environment between updates.
    pub rollout: usize,
    /// Passes over a rollout.
    pub epochs: usize,
    /// Parts that a rollout is divided into in each pass.
    pub minibatches: usize,
    /// Adam's rate.
    pub rate: f32,
    /// Whether the rate falls to zero, linearly over the training.
    pub anneal: bool,
    /// Added to the root in Adam.
    pub epsilon: f32,
    /// γ.
    pub discount: f32,
    /// λ of generalised advantage estimation (Schulman et al. 2016).
    pub lambda: f32,
    /// How far from 1 the ratio of probabilities may go.
    pub clip: f32,
    /// Whether the value moves by at most `clip` as well.
    pub clip_value: bool,
    /// Weight of the value's loss ½(V − target)².
    pub value_weight: f32,
    /// Weight of the policy's entropy.
    pub entropy_weight: f32,
    /// Largest norm of the gradient of actor and critic together.
    pub max_gradient_norm: f32,
    /// Whether advantages are brought to mean 0 and deviation 1 in every minibatch.
    pub normalise_advantages: bool,
    /// Whether observations are brought to mean 0 and deviation 1, as seen so far.
    pub normalise_observations: bool,
    /// Whether rewards are divided by the deviation of the discounted return, as seen so far.
    pub normalise_rewards: bool,
    /// Largest magnitude of a normalised observation and reward.
    pub bound: f32,
    /// Logarithm of the Gaussian policy's deviation at the start.
    pub log_deviation: f32,
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
            epsilon: 1e-5,
            discount: 0.99,
            lambda: 0.95,
            clip: 0.2,
            clip_value: true,
            value_weight: 0.5,
            entropy_weight: 0.0,
            max_gradient_norm: 0.5,
            normalise_advantages: true,
            normalise_observations: true,
            normalise_rewards: true,
            bound: 10.0,
            log_deviation: 0.0,
        }
    }
}

impl Settings {
    /// Checks what types cannot, for `envs` environments.
    ///
    /// # Errors
    /// The first value that makes no sense.
    pub fn validate(&self, envs: usize) -> Result<(), Error> {
        let positive = |value: f32| value > 0.0 && value.is_finite();
        let at_least_one = |value: usize| (value > 0, "must be at least 1");
        let above = |value: f32| (positive(value), "must be above 0");
        let share = |value: f32| ((0.0..=1.0).contains(&value), "must be between 0 and 1");
        let whole = |key, value: usize| (key, value.to_string(), at_least_one(value));
        let number = |key, value: f32, check: (bool, &'static str)| (key, value.to_string(), check);
        let not_negative = |value: f32| (value >= 0.0 && value.is_finite(), "must not be negative");
        let checks = [
            ("steps", self.steps.to_string(), (self.steps > 0, "must be at least 1")),
            whole("envs", envs),
            whole("rollout", self.rollout),
            whole("epochs", self.epochs),
            whole("minibatches", self.minibatches),
            number("rate", self.rate, above(self.rate)),
            number("epsilon", self.epsilon, above(self.epsilon)),
            number("discount", self.discount, share(self.discount)),
            number("lambda", self.lambda, share(self.lambda)),
            number("clip", self.clip, above(self.clip)),
            number("value_weight", self.value_weight, not_negative(self.value_weight)),
            number("entropy_weight", self.entropy_weight, not_negative(self.entropy_weight)),
            number("max_gradient_norm", self.max_gradient_norm, above(self.max_gradient_norm)),
            number("bound", self.bound, above(self.bound)),
            number(
                "log_deviation",
                self.log_deviation,
                (self.log_deviation.abs() <= 10.0, "must be between -10 and 10"),
            ),
        ];
        let wrong = checks.into_iter().find(|(_, _, (holds, _))| !holds);
        if let Some((key, value, (_, reason))) = wrong {
            return Err(Error::Setting { key, value, reason: reason.into() });
        }
        let samples = envs.saturating_mul(self.rollout);
        if self.minibatches > samples {
            return Err(Error::Setting {
                key: "minibatches",
                value: self.minibatches.to_string(),
                reason: format!(
                    "is more than the {samples} samples of a rollout ({envs} environments × {} \
                     steps); set fewer minibatches, or more environments or steps",
                    self.rollout
                ),
            });
        }
        Ok(())
    }
}
