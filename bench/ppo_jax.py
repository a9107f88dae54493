"""Trains PPO on Brax's `positional` tasks in JAX: a reference for returns and for speed.

    pip install -r scripts/brax-requirements.txt
    python bench/ppo_jax.py --task ant [--steps 50000000] [--seed 0] [--activation relu] [--json]

Settings and order of things are those of PureJaxRL's `ppo_continuous_action.py`: 2048
environments x 10 steps an update, 4 epochs of 32 minibatches, learning rate 3e-4, no annealing,
gamma 0.99, lambda 0.95, clip 0.2, value weight 0.5, no entropy bonus, gradient norm at most 0.5,
Adam with epsilon 1e-5; two networks of 256-256 units, orthogonal weights, a log standard deviation
that does not depend on the state; running normalisation of observations and rewards; advantages
normalised in each minibatch; an episode's cut by its length counts as its end. The environment gets
actions clipped to +-1 and starts each episode where it started its first, as Brax's wrappers do.

The speed is that of the whole training, environment and learning, in environment steps per second:
the first two updates, in which JAX compiles, are not counted. Returns are sums of raw rewards of
the episodes that ended in an update. With --json, one line for each tenth of the training and one
with the result; else the same for people.
"""

import argparse
import json
import sys
import time
import warnings
from typing import NamedTuple

warnings.filterwarnings("ignore")

import jax
import jax.numpy as jnp
import optax
from brax import envs
from brax.envs.wrappers import training

TASKS = ("ant", "halfcheetah", "humanoid")
ROLLOUT, EPOCHS, MINIBATCHES, HIDDEN = 10, 4, 32, 256
RATE, GAMMA, LAMBDA, CLIP, VALUE_WEIGHT, MOST_NORM = 3e-4, 0.99, 0.95, 0.2, 0.5, 0.5
WARM_UP = 2


class Running(NamedTuple):
    """Mean and variance of everything seen so far."""

    mean: jax.Array
    var: jax.Array
    count: jax.Array

    @staticmethod
    def of(shape):
        return Running(jnp.zeros(shape), jnp.ones(shape), jnp.array(1e-4))

    def seen(self, batch):
        """After a batch, one row a sample: Chan's parallel formula."""
        rows, mean, var = batch.shape[0], batch.mean(0), batch.var(0)
        total, delta = self.count + rows, mean - self.mean
        squares = self.var * self.count + var * rows + delta**2 * self.count * rows / total
        return Running(self.mean + delta * rows / total, squares / total, total)

    def std(self):
        return jnp.sqrt(self.var + 1e-8)


class Runner(NamedTuple):
    """All that an update changes."""

    params: dict
    optimiser: optax.OptState
    state: envs.State
    observation_stats: Running
    reward_stats: Running
    discounted: jax.Array
    episode_return: jax.Array
    key: jax.Array


class Transition(NamedTuple):
    observation: jax.Array
    action: jax.Array
    log_prob: jax.Array
    value: jax.Array
    reward: jax.Array
    done: jax.Array
    ended_return: jax.Array


def network(key, sizes, last_scale):
    """Weights and biases of a multilayer perceptron."""
    scales = [2**0.5] * (len(sizes) - 2) + [last_scale]
    keys = jax.random.split(key, len(scales))
    shapes = zip(keys, scales, sizes[:-1], sizes[1:])
    return [
        (jax.nn.initializers.orthogonal(scale)(key, (inputs, outputs)), jnp.zeros(outputs))
        for key, scale, inputs, outputs in shapes
    ]


def forward(layers, x, activation):
    for weights, bias in layers[:-1]:
        x = activation(x @ weights + bias)
    weights, bias = layers[-1]
    return x @ weights + bias


def log_density(action, mean, log_std):
    """Of a normal distribution with independent components."""
    z = (action - mean) / jnp.exp(log_std)
    return -0.5 * (z**2 + 2 * log_std + jnp.log(2 * jnp.pi)).sum(-1)


def advantages_of(trajectory, last_value):
    """Generalised advantage estimates, T x N."""

    def back(carry, step):
        advantage, following = carry
        alive = 1 - step.done
        delta = step.reward + GAMMA * following * alive - step.value
        advantage = delta + GAMMA * LAMBDA * alive * advantage
        return (advantage, step.value), advantage

    start = (jnp.zeros_like(last_value), last_value)
    return jax.lax.scan(back, start, trajectory, reverse=True)[1]


def program(task, count, activation):
    """Two functions: a seed's first runner, and one update of a runner."""
    env = envs.get_environment(task, backend="positional")
    env = training.wrap(env, episode_length=1000, action_repeat=1)
    optimiser = optax.chain(optax.clip_by_global_norm(MOST_NORM), optax.adam(RATE, eps=1e-5))
    activation = {"tanh": jnp.tanh, "relu": jax.nn.relu}[activation]

    def start(seed):
        key, reset, actor, critic = jax.random.split(jax.random.PRNGKey(seed), 4)
        sizes = [env.observation_size, HIDDEN, HIDDEN]
        params = {
            "actor": network(actor, [*sizes, env.action_size], 0.01),
            "critic": network(critic, [*sizes, 1], 1.0),
            "log_std": jnp.zeros(env.action_size),
        }
        state = env.reset(jax.random.split(reset, count))
        stats = Running.of(env.observation_size).seen(state.obs)
        zeros = jnp.zeros(count)
        return Runner(params, optimiser.init(params), state, stats, Running.of(()), zeros, zeros, key)

    def value_of(params, observation):
        return forward(params["critic"], observation, activation)[..., 0]

    def act(runner, _):
        key, noise = jax.random.split(runner.key)
        stats = runner.observation_stats
        observation = (runner.state.obs - stats.mean) / stats.std()
        mean = forward(runner.params["actor"], observation, activation)
        log_std = runner.params["log_std"]
        action = mean + jnp.exp(log_std) * jax.random.normal(noise, mean.shape)

        state = env.step(runner.state, jnp.clip(action, -1.0, 1.0))
        discounted = runner.discounted * GAMMA + state.reward
        reward_stats = runner.reward_stats.seen(discounted)
        episode_return = runner.episode_return + state.reward
        transition = Transition(
            observation,
            action,
            log_density(action, mean, log_std),
            value_of(runner.params, observation),
            state.reward / reward_stats.std(),
            state.done,
            jnp.where(state.done > 0, episode_return, 0.0),
        )
        runner = runner._replace(
            state=state,
            observation_stats=stats.seen(state.obs),
            reward_stats=reward_stats,
            discounted=discounted * (1 - state.done),
            episode_return=episode_return * (1 - state.done),
            key=key,
        )
        return runner, transition

    def loss(params, minibatch):
        old, advantage, target = minibatch
        mean = forward(params["actor"], old.observation, activation)
        ratio = jnp.exp(log_density(old.action, mean, params["log_std"]) - old.log_prob)
        advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
        clipped = jnp.clip(ratio, 1 - CLIP, 1 + CLIP)
        policy = -jnp.minimum(ratio * advantage, clipped * advantage).mean()
        value = value_of(params, old.observation)
        near = old.value + jnp.clip(value - old.value, -CLIP, CLIP)
        error = 0.5 * jnp.maximum((value - target) ** 2, (near - target) ** 2).mean()
        return policy + VALUE_WEIGHT * error

    def descend(carry, minibatch):
        params, state = carry
        changes, state = optimiser.update(jax.grad(loss)(params, minibatch), state)
        return (optax.apply_updates(params, changes), state), None

    @jax.jit
    def update(runner):
        runner, trajectory = jax.lax.scan(act, runner, None, ROLLOUT)
        stats = runner.observation_stats
        last = value_of(runner.params, (runner.state.obs - stats.mean) / stats.std())
        advantages = advantages_of(trajectory, last)
        samples = (trajectory, advantages, advantages + trajectory.value)
        samples = jax.tree.map(lambda x: x.reshape(ROLLOUT * count, *x.shape[2:]), samples)

        def epoch(carry, key):
            order = jax.random.permutation(key, ROLLOUT * count)
            shuffled = jax.tree.map(
                lambda x: x[order].reshape(MINIBATCHES, -1, *x.shape[1:]), samples
            )
            return jax.lax.scan(descend, carry, shuffled)

        key, *keys = jax.random.split(runner.key, 1 + EPOCHS)
        carry = (runner.params, runner.optimiser)
        (params, state), _ = jax.lax.scan(epoch, carry, jnp.stack(keys))
        runner = runner._replace(params=params, optimiser=state, key=key)
        return runner, trajectory.ended_return.sum(), trajectory.done.sum()

    return jax.jit(start), update


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--task", choices=TASKS, required=True)
    parser.add_argument("--steps", type=int, default=50_000_000, help="of all environments")
    parser.add_argument("--envs", type=int, default=2048)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--activation", choices=("tanh", "relu"), default="tanh")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args()
    if ROLLOUT * args.envs % MINIBATCHES:
        parser.error(f"--envs: {ROLLOUT} x {args.envs} samples are not {MINIBATCHES} equal minibatches")

    def say(**entry):
        entry = {"peer": "jax", "task": args.task, "seed": args.seed, **entry}
        print(json.dumps(entry) if args.json else " ".join(f"{k} {v}" for k, v in entry.items()),
              flush=True)

    start, update = program(args.task, args.envs, args.activation)
    updates = max(args.steps // (ROLLOUT * args.envs), WARM_UP + 1)
    runner, per_update = start(args.seed), ROLLOUT * args.envs
    report, total, ended = max(updates // 10, 1), 0.0, 0.0
    last_return = None
    for done in range(1, updates + 1):
        runner, returns, episodes = jax.block_until_ready(update(runner))
        if done == WARM_UP:
            clock, processor = time.perf_counter(), time.process_time()
        total, ended = total + float(returns), ended + float(episodes)
        if done % report == 0:
            last_return = round(total / ended, 1) if ended else last_return
            say(steps=done * per_update, episodes=int(ended), mean_return=last_return)
            total, ended = 0.0, 0.0
    timed = (updates - WARM_UP) * per_update
    say(
        envs=args.envs,
        activation=args.activation,
        steps=updates * per_update,
        mean_return=last_return,
        steps_per_second=round(timed / (time.perf_counter() - clock), 1),
        steps_per_cpu_second=round(timed / (time.process_time() - processor), 1),
    )


if __name__ == "__main__":
    sys.exit(main())
