"""PPO in one file, in the manner of CleanRL, on networks under Dale's principle. Needs no PyTorch.

    pip install "dalenet[gym]"
    python examples/ppo_cleanrl.py [--env dalenet/HalfCheetah-v0] [--rule ed] [--steps 2000000]

The loop is yours and in NumPy: rollout, generalised advantages, clipped objective. The gradient of the objective
by the *outputs* of actor and critic is the error that their rule teaches the hidden layers with; `--rule bp` is
backpropagation. Prints the mean return of the last 100 episodes.
"""

import argparse
import time
from collections import deque

import gymnasium as gym
import numpy as np

import dalenet
import dalenet.gym


class Moments:
    """Running mean and variance of rows (Chan et al. 1979)."""

    def __init__(self, width):
        self.mean, self.variance, self.count = np.zeros(width), np.ones(width), 1e-4

    def add(self, rows):
        count, mean = len(rows), rows.mean(0)
        total, difference = self.count + count, mean - self.mean
        square = self.variance * self.count + rows.var(0) * count
        square += difference**2 * self.count * count / total
        self.mean = self.mean + difference * count / total
        self.variance, self.count = square / total, total

    def normalise(self, rows):
        return np.clip((rows - self.mean) / np.sqrt(self.variance + 1e-8), -10, 10)


class Adam:
    """Adam for the deviations of the policy, which belong to no network."""

    def __init__(self, width):
        self.first, self.second, self.steps = np.zeros(width), np.zeros(width), 0

    def step(self, gradient, rate):
        self.steps += 1
        self.first = 0.9 * self.first + 0.1 * gradient
        self.second = 0.999 * self.second + 0.001 * gradient**2
        first = self.first / (1 - 0.9**self.steps)
        second = self.second / (1 - 0.999**self.steps)
        return rate * first / (np.sqrt(second) + 1e-8)


def learner(inputs, outputs, rule, gain, seed):
    """A network of two streams under Dale's principle, and how it learns."""
    network = dalenet.Network(
        inputs, [128, 128], outputs, response="relu", rms=True, excitatory_gain=1.0, inhibitory_gain=1.0,
        output="identity", output_gain=gain, seed=seed,
    )  # fmt: skip
    return dalenet.Learner(network, rule, optimiser="adam")


def log_probability(action, mean, log_std):
    """Of actions B×A under a Gaussian policy: B."""
    z = (action - mean) / np.exp(log_std)
    return (-0.5 * z**2 - log_std - 0.5 * np.log(2 * np.pi)).sum(1)


def advantages(rewards, values, over, truncated_values, last_values, args):
    """Generalised advantages T×N; a truncated episode is bootstrapped from its last observation."""
    result, running = np.zeros_like(rewards), np.zeros(rewards.shape[1])
    following = last_values
    for t in reversed(range(len(rewards))):
        following = np.where(over[t], truncated_values[t], following)
        delta = rewards[t] + args.gamma * following - values[t]
        running = delta + args.gamma * args.gae_lambda * ~over[t] * running
        result[t], following = running, values[t]
    return result


def update(actor, critic, log_std, adam, batch, args):
    """One minibatch: the error at the outputs is the gradient of the clipped objective by them."""
    obs, action, old_log_p, advantage, target, old_value = batch
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    mean = actor.forward(obs)
    ratio = np.exp(log_probability(action, mean, log_std) - old_log_p)
    is_clipped = np.where(advantage > 0, ratio > 1 + args.clip, ratio < 1 - args.clip)
    gain = np.where(is_clipped, 0, ratio * advantage)[:, None]
    z = (action - mean) / np.exp(log_std)
    actor_error = gain * z / np.exp(log_std)
    log_std_gradient = (gain * (z**2 - 1)).mean(0)

    value = critic.forward(obs)[:, 0]
    clipped = old_value + np.clip(value - old_value, -args.clip, args.clip)
    is_worse = np.abs(clipped - target) > np.abs(value - target)
    critic_error = args.vf_coef * np.where(is_worse & (clipped != value), 0, target - value)

    norms = actor.gradient(actor_error), critic.gradient(critic_error[:, None])
    norm = np.sqrt(np.square(norms).sum() + np.square(log_std_gradient).sum())
    factor = min(1, args.max_grad_norm / (norm + 1e-8))
    actor.step(args.learning_rate, factor)
    critic.step(args.learning_rate, factor)
    log_std += adam.step(factor * log_std_gradient, args.learning_rate)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--env", default="dalenet/HalfCheetah-v0")
    parser.add_argument("--rule", default="ed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=float, default=2e6)
    parser.add_argument("--num-envs", type=int, default=256)
    parser.add_argument("--num-steps", type=int, default=16)
    parser.add_argument("--num-minibatches", type=int, default=8)
    parser.add_argument("--update-epochs", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--gamma", type=float, default=0.99)
    parser.add_argument("--gae-lambda", type=float, default=0.95)
    parser.add_argument("--clip", type=float, default=0.2)
    parser.add_argument("--vf-coef", type=float, default=0.5)
    parser.add_argument("--max-grad-norm", type=float, default=0.5)
    args = parser.parse_args()

    envs = gym.make_vec(args.env, num_envs=args.num_envs, autoreset_mode="SameStep", stagger=True)
    inputs, outputs = envs.single_observation_space.shape[0], envs.single_action_space.shape[0]
    actor = learner(inputs, outputs, args.rule, 0.01, args.seed)
    critic = learner(inputs, 1, args.rule, 0.1, args.seed + 1)
    log_std, adam = np.zeros(outputs), Adam(outputs)
    rng = np.random.default_rng(args.seed)
    moments, return_moments = Moments(inputs), Moments(1)
    discounted, returns, running = np.zeros(args.num_envs), deque(maxlen=100), np.zeros(args.num_envs)

    shape = args.num_steps, args.num_envs
    stored_obs, stored_action = np.zeros((*shape, inputs), np.float32), np.zeros((*shape, outputs))
    log_p, rewards, values, truncated_values = (np.zeros(shape) for _ in range(4))
    over = np.zeros(shape, bool)

    start, (raw, _) = time.perf_counter(), envs.reset(seed=args.seed)
    updates = int(args.steps) // (args.num_steps * args.num_envs)
    has_ended = np.zeros(args.num_envs, bool)  # what `stagger` cut short is no return
    for iteration in range(1, updates + 1):
        for t in range(args.num_steps):
            moments.add(raw)
            stored_obs[t] = moments.normalise(raw)
            mean = actor.forward(stored_obs[t])
            stored_action[t] = mean + np.exp(log_std) * rng.standard_normal(mean.shape)
            log_p[t] = log_probability(stored_action[t], mean, log_std)
            values[t] = critic.forward(stored_obs[t])[:, 0]
            raw, reward, terminated, truncated, info = envs.step(np.clip(stored_action[t], -1, 1))
            over[t] = terminated | truncated

            discounted = args.gamma * discounted + reward
            return_moments.add(discounted[:, None])
            rewards[t] = np.clip(reward / np.sqrt(return_moments.variance + 1e-8), -10, 10)
            truncated_values[t] = 0
            if truncated.any():
                last = np.stack(info["final_obs"][truncated])
                truncated_values[t, truncated] = critic.forward(moments.normalise(last))[:, 0]
            running += reward
            returns.extend(running[over[t] & has_ended])
            has_ended |= over[t]
            running[over[t]] = discounted[over[t]] = 0

        last_values = critic.forward(moments.normalise(raw))[:, 0]
        gained = advantages(rewards, values, over, truncated_values, last_values, args)
        flat = [a.reshape(-1, *a.shape[2:]) for a in
                (stored_obs, stored_action, log_p, gained, gained + values, values)]  # fmt: skip
        for _ in range(args.update_epochs):
            for index in np.array_split(rng.permutation(over.size), args.num_minibatches):
                update(actor, critic, log_std, adam, [a[index] for a in flat], args)

        if iteration % max(1, updates // 20) == 0:
            steps = iteration * over.size
            mean = f"{np.mean(returns):.1f}" if returns else "-"
            speed = steps / (time.perf_counter() - start)
            print(f"steps {steps:>9,}  return {mean:>8}  {speed:,.0f} steps/s", flush=True)
    envs.close()


if __name__ == "__main__":
    main()
