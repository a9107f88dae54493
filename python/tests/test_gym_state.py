"""State saved, restored, pickled and copied: what follows is the same to the bit."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from dalenet.gym import AutoresetMode, Env, VectorEnv

every_mode = pytest.mark.parametrize("mode", [mode.value for mode in AutoresetMode])

OPTIONS: dict[str, Any] = {"max_episode_steps": 6}


def go_on(envs: VectorEnv, mode: str, steps: int = 20) -> list[bytes]:
    trace = []
    for step in range(steps):
        obs, rewards, terminated, truncated, _ = envs.step(np.full((5, 6), np.sin(step)))
        trace += [obs.tobytes(), rewards.tobytes()]
        over = terminated | truncated
        if mode == "Disabled" and over.any():
            trace.append(envs.reset(options={"reset_mask": over})[0].tobytes())
    trace.append(envs.reset()[0].tobytes())
    return trace


def started(mode: str, **options: Any) -> VectorEnv:
    envs = VectorEnv("walker2d", 5, autoreset_mode=mode, **OPTIONS, **options)
    envs.reset(seed=3)
    for _ in range(6 if mode == "NextStep" else 4):  # of `NextStep`: an end that no start follows yet
        envs.step(np.zeros((5, 6)))
    return envs


@every_mode
def test_a_restored_state_goes_on_to_the_same_bits(mode: str) -> None:
    envs = started(mode)
    state, other = envs.save(), VectorEnv("walker2d", 5, autoreset_mode=mode, **OPTIONS)
    want = go_on(envs, mode)
    other.restore(state)
    assert go_on(other, mode) == want
    envs.restore(state)
    assert go_on(envs, mode) == want


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda envs: pickle.loads(pickle.dumps(envs))])
@every_mode
def test_a_copy_goes_on_to_the_same_bits(copied: Any, mode: str) -> None:
    for options in ({}, {"copy": False}):
        envs = started(mode, **options)
        envs.np_random.random()
        other = copied(envs)
        assert other.np_random.random() == envs.np_random.random()
        assert other.metadata == envs.metadata and other.action_space == envs.action_space
        assert go_on(other, mode) == go_on(envs, mode)


def test_a_copy_of_one_environment_goes_on_to_the_same_bits() -> None:
    env = Env("craftax-classic")
    env.reset(seed=0)
    env.step(3)
    other = pickle.loads(pickle.dumps(env))
    for action in range(17):
        one, same = env.step(action), other.step(action)
        np.testing.assert_array_equal(one[0], same[0])
        assert one[1:4] == same[1:4]
    np.testing.assert_array_equal(env.reset()[0], other.reset()[0])
    state = env.save()
    first = env.step(1)[0]
    env.restore(state)
    np.testing.assert_array_equal(env.step(1)[0], first)


def test_an_unstarted_and_a_closed_environment_are_copied_as_they_are() -> None:
    fresh = copy.deepcopy(VectorEnv("ant"))
    assert fresh.reset(seed=0)[0].shape == (1, 27)
    fresh.close()
    assert pickle.loads(pickle.dumps(fresh)).closed


def test_a_state_of_others_is_refused() -> None:
    envs = started("NextStep")
    before = envs.save()
    for state in (before[:-1], VectorEnv("ant", 5).save(), started("SameStep").save()):
        with pytest.raises(ValueError, match="the saved state is not one of 5 × `brax/walker2d`"):
            envs.restore(state)
    with pytest.raises(TypeError):
        envs.restore(before.astype(np.int64))
    np.testing.assert_array_equal(envs.save(), before)
