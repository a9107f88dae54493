"""Gymnasium's vector wrappers around ours, in each autoreset mode that they take."""

import copy

import gymnasium
import numpy as np
import pytest
from gymnasium.wrappers import vector as wrappers

from dalenet.gym import AutoresetMode, VectorEnv

every_mode = pytest.mark.parametrize("mode", [mode.value for mode in AutoresetMode])


def play(envs: gymnasium.vector.VectorEnv, mode: str, steps: int = 30) -> list[dict]:
    """Steps and, where nothing resets by itself, resets; the infos of steps that have any."""
    envs.reset(seed=0)
    envs.action_space.seed(0)
    kept = []
    for _ in range(steps):
        _, _, terminated, truncated, infos = envs.step(envs.action_space.sample())
        over = terminated | truncated
        if infos:
            kept.append(copy.deepcopy(infos))  # wrappers go on to use these arrays
        if mode == "Disabled" and over.any():
            envs.reset(options={"reset_mask": over})
    return kept


def make(mode: str) -> VectorEnv:
    return VectorEnv("hopper", 3, autoreset_mode=mode, max_episode_steps=8)


@every_mode
def test_episode_statistics(mode: str) -> None:
    envs = wrappers.RecordEpisodeStatistics(make(mode))
    infos = play(envs, mode)
    # The wrapper counts the step of `NextStep` that only starts an episode.
    episodes = [info["episode"]["l"][info["_episode"]] for info in infos if "episode" in info]
    assert len(episodes) >= 3
    assert all((lengths <= 8).all() for lengths in episodes)
    assert {int(length) for lengths in episodes for length in lengths} == {8}


@pytest.mark.parametrize("transform", [lambda obs: 2 * obs, lambda obs: obs + 1])
@pytest.mark.parametrize("accepted", ["NextStep", "Disabled"])
def test_transformed_observations(accepted: str, transform) -> None:
    envs, plain = wrappers.TransformObservation(make(accepted), transform), make(accepted)
    np.testing.assert_array_equal(envs.reset(seed=0)[0], transform(plain.reset(seed=0)[0]))
    play(envs, accepted)


def test_normalised_observations() -> None:
    envs = wrappers.NormalizeObservation(make("NextStep"))
    play(envs, "NextStep")
    obs = np.concatenate([envs.step(envs.action_space.sample())[0] for _ in range(50)])
    assert abs(obs.mean()) < 1 and 0.2 < obs.std() < 5


@every_mode
def test_normalised_rewards(mode: str) -> None:
    play(wrappers.NormalizeReward(make(mode)), mode)


@pytest.mark.parametrize(
    "wrapper",
    [
        lambda envs: wrappers.ClipReward(envs, -1, 1),
        lambda envs: wrappers.ClipAction(envs),
        lambda envs: wrappers.RescaleAction(envs, np.float32(-2), np.float32(2)),
        lambda envs: wrappers.DictInfoToList(envs),
        lambda envs: wrappers.TransformReward(envs, lambda reward: 0.1 * reward),
    ],
)
@every_mode
def test_other_wrappers(wrapper, mode: str) -> None:
    envs = wrapper(make(mode))
    envs.reset(seed=0)
    for _ in range(7):
        envs.step(envs.action_space.sample())
    envs.close()


def test_reshaped_and_typed_observations() -> None:
    envs = wrappers.DtypeObservation(make("NextStep"), np.float64)
    assert envs.reset(seed=0)[0].dtype == np.float64
    envs = wrappers.ReshapeObservation(make("NextStep"), (11, 1))
    assert envs.reset(seed=0)[0].shape == (3, 11, 1)


def test_videos_and_human_rendering_take_our_frames() -> None:
    envs = VectorEnv("cart-pole", 2, render_mode="rgb_array")
    envs.reset(seed=0)
    frames = envs.render()
    assert frames is not None and len(frames) == 2
