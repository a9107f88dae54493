//! The two networks of PPO, and their common step.

use crate::{Policy, Settings};
use dalenet::{
    Activation, Generator, Learner, Matrix, Method, Network, NetworkSpec, Optimiser, Rule, Trace,
    engine::Step,
};
use dalenet_envs::VectorEnv;

/// Streams of the seed's generator: initial weights of actor and critic.
const ACTOR: u64 = 0;
const CRITIC: u64 = 1;

/// Gradient of the bias of a silent unit that is woken.
const WAKING: f32 = 1e-3;

/// Specifications of actor and critic, each with its learning rule. Inputs, outputs and the activation
/// of the output layer are those of the task.
pub struct Networks {
    /// From observations to the policy's outputs.
    pub actor: (NetworkSpec, Box<dyn Rule>),
    /// From observations to their value.
    pub critic: (NetworkSpec, Box<dyn Rule>),
}

/// Actor and critic, each a learner of its own, and the policy of the actor's outputs.
pub(crate) struct ActorCritic {
    pub actor: Learner,
    pub critic: Learner,
    pub policy: Policy,
    method: Method,
    wake_silent: bool,
}

impl ActorCritic {
    /// Fresh networks for an environment.
    pub fn new(networks: Networks, env: &dyn VectorEnv, settings: &Settings, seed: u64) -> Self {
        let policy = Policy::new(env.action_space(), settings.log_deviation);
        let inputs = env.observation_space().len();
        let method = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: settings.epsilon };
        let learner = |(spec, rule): (NetworkSpec, Box<dyn Rule>), outputs, stream| {
            let mut generator = Generator::new(seed, stream);
            let output = Activation::Identity;
            let spec = NetworkSpec { inputs, image: None, outputs, output, ..spec };
            let network = Network::new(&spec, &mut generator);
            let optimiser = Optimiser::new(method, false, &network);
            Learner::new(network, rule, optimiser, &mut generator)
        };
        let mut actor = learner(networks.actor, policy.outputs(), ACTOR);
        if settings.centred_observations {
            actor.trace.sparse_input_mut().set_centred(true);
        }
        let critic = learner(networks.critic, 1, CRITIC);
        Self { actor, critic, policy, method, wake_silent: settings.wake_silent }
    }

    /// The forward passes of both networks, whose input `observe` fills.
    pub fn forward(&mut self, observe: impl FnOnce(&mut Trace)) {
        let Self { actor, critic, .. } = self;
        observe(&mut actor.trace);
        critic.trace.copy_input(&actor.trace);
        rayon::join(|| actor.forward(), || critic.forward());
    }

    /// The actor's outputs, B×A, and the critic's values, B, of the last forward passes.
    pub fn outputs(&self) -> (&Matrix, &[f32]) {
        (self.actor.trace.output(), self.critic.trace.output().as_slice())
    }

    /// One step at `rate` of both networks along the errors at their outputs, B×A and B×1, and of the
    /// policy's own parameters along their gradient. A common norm above `max_norm` is scaled down to
    /// it. Returns the norm before.
    pub fn step(&mut self, errors: [&Matrix; 2], max_norm: f32, rate: f32) -> f64 {
        let [output_errors, value_errors] = errors;
        let Self { actor, critic, policy, method, .. } = self;
        let (of_actor, of_critic) =
            rayon::join(|| actor.gradient(output_errors), || critic.gradient(value_errors));
        let norm = (of_actor + of_critic + policy.mean_gradient(output_errors.rows())).sqrt();
        if self.wake_silent {
            actor.wake(WAKING);
            critic.wake(WAKING);
        }
        let max_norm = f64::from(max_norm);
        let scale = if norm > max_norm { (max_norm / norm) as f32 } else { 1.0 };
        rayon::join(|| actor.step(scale, rate), || critic.step(scale, rate));
        policy.step(&Step { method: *method, rate, scale, count: actor.optimiser.steps() });
        norm
    }
}
