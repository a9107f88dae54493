//! The training: rollouts, and updates from them.

use crate::{
    Agent, Episode, Error, Networks, Policy, Running, Settings,
    agent::{self, AGENT},
    episodes::{Episodes, count_unlocked},
    observations::{Lens, Observations},
    policy::{ActionBuffer, Wish},
    rollout::{Rollout, Transition, advantages},
    state::{Reader, Writer},
};
use dalenet::{
    Activation, Generator, GeneratorState, Learner, Matrix, Method, Network, NetworkSpec,
    Optimiser, Rule, Trace,
    checkpoint::{self, Checkpoint},
    engine::Step,
};
use dalenet_envs::VectorEnv;
use std::collections::HashMap;

/// Streams of the seed's generator. The environments have their own.
const ACTOR: u64 = 0;
const CRITIC: u64 = 1;
const CHANCE: u64 = 2;

/// The tensors of a checkpoint that hold what is neither network nor agent.
const ENVIRONMENT: &str = "environment";
const TRAINING: &str = "training";

/// Actor and critic learning from N environments.
pub struct Ppo {
    env: Box<dyn VectorEnv>,
    settings: Settings,
    actor: Learner,
    critic: Learner,
    policy: Policy,
    lens: Lens,
    returns: Running,
    /// Discounted return of each environment's running episode.
    discounted: Vec<f32>,
    episodes: Episodes,
    generator: Generator,
    updates: u64,
    // Buffers.
    rollout: Rollout,
    /// The samples that are learnt from, in the order of the pass.
    order: Vec<u32>,
    taken: ActionBuffer,
    bootstrap: Trace,
    cut: Vec<usize>,
    errors: [Matrix; 2],
}

/// What an update was like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Update {
    /// Which one, from 1.
    pub update: u64,
    /// Steps of all environments so far.
    pub steps: u64,
    /// The episodes that ended in its rollout.
    pub episodes: Vec<Episode>,
    /// In how many of them each achievement of the environment was unlocked, K.
    pub unlocked: Vec<u64>,
    /// Mean reward of a step of its rollout, as the environment gave it.
    pub reward: f64,
    /// The rate of its steps.
    pub rate: f32,
    /// Mean entropy of the policy, in nats.
    pub entropy: f64,
    /// Mean estimate of the divergence KL(old ‖ new), in nats.
    pub divergence: f64,
    /// Share of the samples whose ratio was outside 1 ± clip.
    pub clip_fraction: f64,
    /// Share of the variance of the returns that the critic told before the update; `None` if they
    /// had none.
    pub explained_variance: Option<f64>,
    /// Mean ½(V − target)².
    pub value_loss: f64,
    /// Mean norm of the gradient before it was clipped.
    pub gradient_norm: f64,
    /// Steps so far at which the physics failed; nothing was learnt from them.
    pub failures: u64,
}

/// Sums over the samples of an update.
#[derive(Default)]
struct Sums {
    samples: f64,
    minibatches: f64,
    entropy: f64,
    divergence: f64,
    clipped: f64,
    value_loss: f64,
    gradient_norm: f64,
}

impl Ppo {
    /// A training that has not begun; resets the environments.
    ///
    /// # Errors
    /// If a setting makes no sense.
    pub fn new(
        env: Box<dyn VectorEnv>,
        networks: Networks,
        settings: Settings,
        seed: u64,
    ) -> Result<Self, Error> {
        let envs = env.count();
        settings.validate(envs)?;
        if settings.normalise_observations && env.batch().observations.is_empty() {
            return Err(Error::Setting {
                key: "normalise_observations",
                value: "true".into(),
                reason: "needs dense observations, and these environments give sparse ones".into(),
            });
        }
        let policy = Policy::new(env.action_space(), settings.log_deviation);
        let observed = env.observation_space().len();
        let method = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: settings.epsilon };
        let learner = |(spec, rule): (NetworkSpec, Box<dyn Rule>), outputs, stream| {
            let mut generator = Generator::new(seed, stream);
            let network = Network::new(&shaped(spec, observed, outputs), &mut generator);
            let optimiser = Optimiser::new(method, false, &network);
            Learner::new(network, rule, optimiser, &mut generator)
        };
        let (actor, critic) = (networks.actor, networks.critic);
        let lens = Lens::new(&settings, observed);
        let samples = envs * settings.rollout;
        let observations = Observations::new(samples, env.batch(), &lens);
        let mut ppo = Self {
            actor: learner(actor, policy.outputs(), ACTOR),
            critic: learner(critic, 1, CRITIC),
            lens,
            returns: Running::new(1),
            discounted: vec![0.0; envs],
            episodes: Episodes::new(envs),
            generator: Generator::new(seed, CHANCE),
            updates: 0,
            rollout: Rollout::new(samples, observations, policy.action_len()),
            order: Vec::new(),
            taken: policy.buffer(envs),
            bootstrap: Trace::default(),
            cut: Vec::new(),
            errors: Default::default(),
            policy,
            settings,
            env,
        };
        ppo.env.reset(seed);
        ppo.lens.see(ppo.env.batch());
        Ok(ppo)
    }

    /// The settings in use.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The environments.
    pub fn env(&self) -> &dyn VectorEnv {
        self.env.as_ref()
    }

    /// The actor.
    pub fn actor(&self) -> &Learner {
        &self.actor
    }

    /// The critic.
    pub fn critic(&self) -> &Learner {
        &self.critic
    }

    /// Steps of all environments so far.
    pub fn steps(&self) -> u64 {
        self.updates * self.rollout.transitions.len() as u64
    }

    /// Updates of the whole training.
    pub fn updates(&self) -> u64 {
        self.settings.steps.div_ceil(self.rollout.transitions.len() as u64)
    }

    /// Whether all steps are made.
    pub fn ended(&self) -> bool {
        self.updates >= self.updates()
    }

    /// The policy as it is now.
    pub fn agent(&self) -> Agent {
        Agent::new(self.actor.network.clone(), self.policy.clone(), self.lens.clone())
    }

    /// A rollout, and what is learnt from it.
    ///
    /// # Errors
    /// [`Error::Diverged`] if an output is no longer a number.
    pub fn update(&mut self) -> Result<Update, Error> {
        let unlocked = vec![0; self.env.achievements().len()];
        let mut update = Update { unlocked, ..Update::default() };
        for t in 0..self.settings.rollout {
            self.live(t, &mut update)?;
        }
        update.reward /= self.rollout.transitions.len() as f64;
        let Settings { discount, lambda, .. } = self.settings;
        let Rollout { transitions, advantages: out, .. } = &mut self.rollout;
        advantages(transitions, self.env.count(), discount, lambda, out);

        self.order.clear();
        let experience = (0..).zip(&self.rollout.transitions).filter(|(_, step)| !step.failed);
        self.order.extend(experience.map(|(i, _)| i));
        update.explained_variance = self.rollout.explained_variance(&self.order);
        update.rate = self.rate();
        let mut sums = Sums::default();
        self.learn(update.rate, &mut sums);
        self.updates += 1;

        update.update = self.updates;
        update.steps = self.steps();
        update.failures = self.env.failures();
        let samples = sums.samples.max(1.0);
        update.entropy = sums.entropy / samples;
        update.divergence = sums.divergence / samples;
        update.clip_fraction = sums.clipped / samples;
        update.value_loss = sums.value_loss / samples;
        update.gradient_norm = sums.gradient_norm / sums.minibatches.max(1.0);
        match update.entropy.is_finite() && update.value_loss.is_finite() {
            true => Ok(update),
            false => Err(Error::Diverged { update: self.updates }),
        }
    }

    fn rate(&self) -> f32 {
        let left = 1.0 - self.updates as f64 / self.updates() as f64;
        self.settings.rate * if self.settings.anneal { left as f32 } else { 1.0 }
    }

    /// Step `t` of the rollout in every environment.
    fn live(&mut self, t: usize, update: &mut Update) -> Result<(), Error> {
        let envs = self.env.count();
        let rows = t * envs..(t + 1) * envs;
        self.look(t);
        let (outputs, values) = (self.actor.trace.output(), self.critic.trace.output());
        if !outputs.as_slice().iter().chain(values.as_slice()).all(|value| value.is_finite()) {
            return Err(Error::Diverged { update: self.updates + 1 });
        }
        let len = self.policy.action_len();
        let actions = &mut self.rollout.actions.as_mut_slice()[rows.start * len..][..envs * len];
        self.policy.act(outputs, Some(&mut self.generator), actions, &mut self.taken);
        let logs = &mut self.rollout.log_probabilities[rows.clone()];
        for ((log, output), action) in
            logs.iter_mut().zip(outputs.iter_rows()).zip(actions.chunks_exact(len))
        {
            *log = self.policy.log_probability(output, action);
        }
        for (i, value) in values.as_slice().iter().enumerate() {
            self.rollout.transitions[rows.start + i].value = *value;
            // What was observed now is where the last step led, if that did not end an episode.
            if let Some(before) = (rows.start + i).checked_sub(envs) {
                let before = &mut self.rollout.transitions[before];
                before.next_value = if before.ended { before.next_value } else { *value };
            }
        }
        let batch = self.env.step(self.taken.actions())?;
        self.episodes.add(batch, |i, episode| {
            update.episodes.push(episode);
            count_unlocked(&mut update.unlocked, batch, i);
        });
        update.reward += batch.rewards.iter().map(|reward| f64::from(*reward)).sum::<f64>();
        for (i, step) in self.rollout.transitions[rows.clone()].iter_mut().enumerate() {
            step.reward = batch.rewards[i];
            step.terminated = batch.terminated[i];
            step.ended = batch.terminated[i] || batch.truncated[i];
            step.failed = batch.failed[i];
        }
        self.reward(rows.clone());
        let last = t + 1 == self.settings.rollout;
        self.expect(rows.start, last);
        self.lens.see(self.env.batch());
        Ok(())
    }

    /// Brings the current observations into step `t` of the rollout, and through the networks.
    fn look(&mut self, t: usize) {
        let envs = self.env.count();
        let Self { actor, critic, rollout, lens, env, .. } = self;
        let observations = &mut rollout.observations;
        observations.keep(t, env.batch(), lens);
        let forward = |learner: &mut Learner| {
            observations.show(t * envs..(t + 1) * envs, &mut learner.trace);
            learner.forward();
        };
        rayon::join(|| forward(actor), || forward(critic));
    }

    /// Normalises the rewards of these transitions.
    fn reward(&mut self, rows: std::ops::Range<usize>) {
        if !self.settings.normalise_rewards {
            return;
        }
        let steps = &mut self.rollout.transitions[rows];
        for (discounted, step) in self.discounted.iter_mut().zip(steps.iter()) {
            *discounted = self.settings.discount * *discounted + step.reward;
        }
        self.returns.add(&self.discounted);
        let (deviation, bound) = (self.returns.deviation()[0], self.settings.bound);
        for (discounted, step) in self.discounted.iter_mut().zip(steps) {
            step.reward = (step.reward / deviation).clamp(-bound, bound);
            if step.ended {
                *discounted = 0.0;
            }
        }
    }

    /// What is to be expected after the transitions from `start` on, where no later observation of
    /// the rollout tells it: at the cut of an episode, and at the end of the rollout.
    fn expect(&mut self, start: usize, last: bool) {
        let steps = &mut self.rollout.transitions[start..][..self.env.count()];
        self.cut.clear();
        let open = |step: &Transition| !step.terminated && (last || step.ended);
        self.cut.extend((0..steps.len()).filter(|i| open(&steps[*i])));
        if self.cut.is_empty() {
            return;
        }
        self.lens.look_ahead(self.env.batch(), &self.cut, &mut self.bootstrap);
        self.critic.network.forward(&mut self.bootstrap);
        for (i, value) in self.cut.iter().zip(self.bootstrap.output().as_slice()) {
            steps[*i].next_value = *value;
        }
    }

    /// Passes over the rollout.
    fn learn(&mut self, rate: f32, sums: &mut Sums) {
        let Settings { epochs, minibatches, .. } = self.settings;
        let mut order = std::mem::take(&mut self.order);
        let size = (order.len() / minibatches).max(1);
        for _ in 0..epochs {
            self.generator.shuffle(&mut order);
            for samples in order.chunks_exact(size).take(minibatches) {
                self.minibatch(samples, rate, sums);
            }
        }
        self.order = order;
    }

    fn minibatch(&mut self, samples: &[u32], rate: f32, sums: &mut Sums) {
        let Self { actor, critic, policy, rollout, settings, errors: [wish, surprise], .. } = self;
        let (observations, count) = (&rollout.observations, samples.len());
        let forward = |learner: &mut Learner| {
            observations.show(samples.iter().map(|i| *i as usize), &mut learner.trace);
            learner.forward();
        };
        rayon::join(|| forward(actor), || forward(critic));

        let (shift, scale) = standard(settings, samples, &rollout.advantages);
        let outputs = actor.trace.output();
        wish.reshape(count, outputs.cols());
        surprise.reshape(count, 1);
        for (row, i) in samples.iter().map(|i| *i as usize).enumerate() {
            let sample = Wish {
                log_probability: rollout.log_probabilities[i],
                advantage: (rollout.advantages[i] - shift) * scale,
                clip: settings.clip,
                entropy_weight: settings.entropy_weight,
            };
            let (output, action) = (outputs.row(row), rollout.actions.row(i));
            let ratio = policy.teach(output, action, &sample, wish.row_mut(row));
            sums.entropy += f64::from(policy.entropy(output));
            sums.divergence += ratio.divergence;
            sums.clipped += f64::from(u8::from(ratio.clipped));
            let (value, target) = (critic.trace.output().row(row)[0], rollout.target(i));
            let old = rollout.transitions[i].value;
            surprise.row_mut(row)[0] =
                settings.value_weight * value_error(settings, value, old, target);
            sums.value_loss += 0.5 * f64::from(value - target).powi(2);
        }
        sums.samples += count as f64;

        let (of_actor, of_critic) =
            rayon::join(|| actor.gradient(wish), || critic.gradient(surprise));
        let norm = (of_actor + of_critic + policy.gradient(count)).sqrt();
        sums.gradient_norm += norm;
        sums.minibatches += 1.0;
        let most = f64::from(settings.max_gradient_norm);
        let factor = if norm > most { (most / norm) as f32 } else { 1.0 };
        rayon::join(|| actor.step(factor, rate), || critic.step(factor, rate));
        let method = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: settings.epsilon };
        policy.step(&Step { method, rate, scale: factor, count: actor.optimiser.steps() });
    }

    /// The whole state as a checkpoint, with `metadata` of one's own.
    pub fn save(&self, metadata: HashMap<String, String>) -> Vec<u8> {
        let mut training = Writer::default();
        training.long(self.updates);
        let GeneratorState { seed, stream, position: [low, high] } = self.generator.state();
        [seed, stream, low, high].into_iter().for_each(|word| training.long(word));
        self.returns.save(&mut training);
        training.floats(&self.discounted);
        self.episodes.save(&mut training);
        checkpoint::write(
            &[
                ("actor.", &self.actor.network, &self.actor.optimiser),
                ("critic.", &self.critic.network, &self.critic.optimiser),
            ],
            &[
                (AGENT, &agent::words(&self.policy, &self.lens)),
                (TRAINING, &training.0),
                (ENVIRONMENT, &self.env.save()),
            ],
            metadata,
        )
    }

    /// Goes on exactly where the checkpoint was saved.
    ///
    /// # Errors
    /// If it is of another training; this one is then unusable.
    pub fn restore(&mut self, file: &Checkpoint<'_>) -> Result<(), Error> {
        for (prefix, learner) in [("actor.", &mut self.actor), ("critic.", &mut self.critic)] {
            file.load_network(prefix, &mut learner.network)?;
            file.load_optimiser(prefix, &mut learner.optimiser)?;
        }
        agent::load(&mut self.policy, &mut self.lens, &file.whole_numbers(AGENT)?)
            .ok_or(Error::OtherState(AGENT))?;
        let words = file.whole_numbers(TRAINING)?;
        self.resume(&mut Reader(&words)).ok_or(Error::OtherState(TRAINING))?;
        let words = file.whole_numbers(ENVIRONMENT)?;
        self.env.restore(&words).map_err(|_| Error::OtherState(ENVIRONMENT))
    }

    fn resume(&mut self, words: &mut Reader<'_>) -> Option<()> {
        self.updates = words.long()?;
        let mut long = || words.long();
        let (seed, stream) = (long()?, long()?);
        let position = [long()?, long()?];
        self.generator = Generator::restore(&GeneratorState { seed, stream, position });
        self.returns.restore(words)?;
        words.floats(&mut self.discounted)?;
        self.episodes.restore(words)?;
        words.0.is_empty().then_some(())
    }
}

/// The network for a task with so many inputs and outputs.
pub(crate) fn shaped(spec: NetworkSpec, inputs: usize, outputs: usize) -> NetworkSpec {
    NetworkSpec { inputs, image: None, outputs, output: Activation::Identity, ..spec }
}

/// What is subtracted from the advantages of a minibatch and what they are multiplied by.
fn standard(settings: &Settings, samples: &[u32], advantages: &[f32]) -> (f32, f32) {
    if !settings.normalise_advantages {
        return (0.0, 1.0);
    }
    let values = samples.iter().map(|i| f64::from(advantages[*i as usize]));
    let count = samples.len() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean as f32, (1.0 / (variance.sqrt() + 1e-8)) as f32)
}

/// The direction that the value should move in: the gradient of −½·max((V − R)², (V_clip − R)²),
/// with V_clip within ±clip of the old value.
fn value_error(settings: &Settings, value: f32, old: f32, target: f32) -> f32 {
    let error = target - value;
    if !settings.clip_value {
        return error;
    }
    let clipped = old + (value - old).clamp(-settings.clip, settings.clip);
    // The clipped value does not depend on the network where it is another one.
    if (target - clipped).abs() > error.abs() { 0.0 } else { error }
}
