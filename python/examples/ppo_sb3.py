"""Stable-Baselines3's PPO on Dalenet's HalfCheetah, all environments natively in one process.

    pip install "dalenet[sb3]"
    python examples/ppo_sb3.py [--env HalfCheetah] [--steps 2000000]

Prints the mean return of the last 100 episodes during the training, and that of the deterministic policy over
64 new episodes.
"""

import argparse

import numpy as np
from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecMonitor, VecNormalize

from dalenet.sb3 import VecEnv


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--env", default="HalfCheetah", help="a name of dalenet.envs.list()")
    parser.add_argument("--steps", type=float, default=2e6)
    parser.add_argument("--envs", type=int, default=64)
    parser.add_argument("--episodes", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    # Without stagger the episodes of all environments would end at once.
    envs = VecNormalize(VecMonitor(VecEnv(args.env, args.envs, stagger=True)), gamma=0.97)
    model = PPO(
        "MlpPolicy", envs, n_steps=64, batch_size=512, n_epochs=10, gamma=0.97, learning_rate=5e-4,
        seed=args.seed, device="cpu", verbose=1,
    )  # fmt: skip
    model.learn(int(args.steps), log_interval=50)

    # New episodes, with the rewards as they are and observations by the moments of the training.
    test = VecNormalize(VecMonitor(VecEnv(args.env, args.episodes)), training=False, norm_reward=False)
    test.obs_rms = envs.obs_rms
    returns, _ = evaluate_policy(model, test, n_eval_episodes=args.episodes, return_episode_rewards=True)
    print(f"return {np.mean(returns):.1f} ± {np.std(returns, ddof=1):.1f} over {len(returns)} episodes")


if __name__ == "__main__":
    main()
