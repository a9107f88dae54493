"""Stable-Baselines3 around `dalenet.sb3.VecEnv`."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("stable_baselines3")

import torch
from stable_baselines3 import PPO, SAC
from stable_baselines3.common.vec_env import VecMonitor, VecNormalize

from dalenet.gym import VectorEnv
from dalenet.sb3 import VecEnv

torch.set_num_threads(1)  # more of them only wait for each other at these sizes
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("default")]


def test_a_step_is_that_of_the_same_step_mode() -> None:
    ours = VecEnv("hopper", 3, max_episode_steps=5)
    same = VectorEnv("hopper", 3, max_episode_steps=5, autoreset_mode="SameStep")
    ours.seed(9)
    np.testing.assert_array_equal(ours.reset(), same.reset(seed=[9, 10, 11])[0])
    for step in range(12):
        actions = np.full((3, 3), np.sin(step), np.float32)
        obs, rewards, over, infos = ours.step(actions)
        want = same.step(actions)
        np.testing.assert_array_equal(obs, want[0])
        np.testing.assert_array_equal(rewards, want[1])
        np.testing.assert_array_equal(over, want[2] | want[3])
        assert rewards.flags.writeable and len(infos) == 3
        for i, info in enumerate(infos):
            assert ("terminal_observation" in info) == over[i]
            if over[i]:
                np.testing.assert_array_equal(info["terminal_observation"], want[4]["final_obs"][i])
                assert info["TimeLimit.truncated"] is bool(want[3][i])


def test_attributes_and_methods() -> None:
    envs = VecEnv("hopper", 3)
    assert envs.get_attr("num_envs") == [3, 3, 3]
    assert envs.get_attr("render_mode", indices=[0]) == [None]
    assert envs.env_is_wrapped(VecMonitor) == [False] * 3  # type: ignore[arg-type]
    envs.reset()
    assert len(envs.env_method("save", indices=[1, 2])) == 2
    with pytest.raises(ValueError, match="all indices"):
        envs.set_attr("render_mode", None, indices=[0])
    envs.close()


@pytest.mark.parametrize("algorithm", [PPO, SAC])
def test_algorithms_learn_some_hundred_steps(algorithm: Any) -> None:
    envs = VecNormalize(VecMonitor(VecEnv("hopper", 4, max_episode_steps=20)))
    few = {"n_steps": 32} if algorithm is PPO else {"learning_starts": 50, "buffer_size": 1000}
    few |= {"batch_size": 64, "policy_kwargs": {"net_arch": [16]}}
    model = algorithm("MlpPolicy", envs, seed=0, device="cpu", **few)
    model.learn(256)
    assert len(model.ep_info_buffer) > 0
    assert all(episode["l"] <= 20 for episode in model.ep_info_buffer)


def test_the_value_of_a_truncated_episode_is_bootstrapped() -> None:
    """Every reward of an inverted pendulum that is cut is 1, so that PPO adds what its value is."""
    added: list[float] = []

    class Watched(VecEnv):
        def step_wait(self) -> Any:
            result = super().step_wait()
            self.kept = result[1]
            return result

    envs = Watched("inverted-pendulum", 2, max_episode_steps=4)
    model = PPO("MlpPolicy", envs, n_steps=8, batch_size=16, seed=0, device="cpu")
    collect = model.rollout_buffer.add

    def add(obs: Any, action: Any, reward: Any, *rest: Any) -> None:
        added.append(float(np.abs(reward - 1).max()))
        collect(obs, action, reward, *rest)

    model.rollout_buffer.add = add  # type: ignore[method-assign]
    model.learn(16)
    assert [x > 0 for x in added] == [False, False, False, True] * 2
