"""Oracle: Gymnasium's own `SyncVectorEnv` over our single environments."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import dalenet.gym
from dalenet.envs import find

every_env = pytest.mark.parametrize("env_id", [env.id for env in dalenet.envs.list()])
every_mode = pytest.mark.parametrize("mode", [mode.value for mode in AutoresetMode])

SEEDS = [11, 12, 400]
#: Short ones, so that every environment starts several.
LIMIT = 12


def oracle(env_id: str, mode: str) -> SyncVectorEnv:
    def make() -> gymnasium.Env[Any, Any]:
        return gymnasium.make(env_id, max_episode_steps=LIMIT)

    return SyncVectorEnv([make] * len(SEEDS), autoreset_mode=AutoresetMode(mode))


def assert_same(found: Any, want: Any, about: str) -> None:
    """Also of infos, whose values are arrays, arrays of arrays, or infos."""
    if isinstance(want, dict):
        # What was unlocked is known to the single environment only where the game itself ends.
        keys = set(want) - {"unlocked", "_unlocked"}
        assert keys == set(found) - {"unlocked", "_unlocked"}, about
        for key in keys:
            assert_same(found[key], want[key], f"{about} {key}")
    elif want.dtype == object:
        for one, other in zip(found, want, strict=True):
            assert (one is None) == (other is None), about
            np.testing.assert_array_equal(one, other, err_msg=about)
    else:
        np.testing.assert_array_equal(found, want, err_msg=about)


@pytest.mark.filterwarnings("ignore:.*Box observation space")
@every_env
@every_mode
def test_it_is_a_sync_vector_env_of_single_environments(env_id: str, mode: str) -> None:
    ours = gymnasium.make_vec(
        env_id, num_envs=len(SEEDS), max_episode_steps=LIMIT, autoreset_mode=mode
    )
    theirs = oracle(env_id, mode)
    assert ours.single_observation_space == theirs.single_observation_space
    assert ours.single_action_space == theirs.single_action_space
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    found, want = ours.reset(seed=SEEDS), theirs.reset(seed=list(SEEDS))
    assert_same(found[0], want[0], f"{env_id} {mode} reset")
    assert found[1] == want[1] == {}
    ours.action_space.seed(0)
    for step in range(3 * LIMIT):
        about = f"{env_id} {mode} step {step}"
        actions = ours.action_space.sample()
        found, want = ours.step(actions), theirs.step(actions)
        obs, rewards, terminated, truncated, infos = found
        assert_same(obs, want[0], about)
        assert_same(rewards, want[1].astype(np.float32), about)
        assert_same(terminated, want[2], about)
        # `TimeLimit` says of a task that ends at its last step that it is cut, too.
        assert_same(truncated, want[3] & ~want[2], about)
        assert_same(infos, want[4], about)
        over = terminated | truncated
        if mode == "Disabled" and over.any():
            options = {"reset_mask": over}
            assert_same(ours.reset(options=options)[0], theirs.reset(options=dict(options))[0], about)
    ours.close()
    theirs.close()


def test_all_modes_play_the_same_episodes() -> None:
    """The rewards of each environment, without the steps of `NextStep` that only start episodes."""
    name = find("walker2d").name

    def play(mode: str) -> list[list[float]]:
        envs = dalenet.gym.VectorEnv(name, 3, autoreset_mode=mode, max_episode_steps=9)
        envs.reset(seed=5)
        played: list[list[float]] = [[], [], []]
        starts = np.zeros(3, bool)
        for _ in range(40):
            actions = [[np.sin(len(rewards) + i) for i in range(6)] for rewards in played]
            _, rewards, terminated, truncated, _ = envs.step(np.array(actions))
            for i in np.flatnonzero(~starts):
                played[i].append(float(rewards[i]))
            over = terminated | truncated
            if mode == "NextStep":
                starts = over
            elif mode == "Disabled" and over.any():
                envs.reset(options={"reset_mask": over})
        return played

    next_step, same_step, disabled = (play(mode) for mode in ("NextStep", "SameStep", "Disabled"))
    assert same_step == disabled
    for short, long in zip(next_step, same_step, strict=True):
        assert len(short) >= 35 and short == long[: len(short)]
