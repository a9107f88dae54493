"""`dalenet.gym.Env`: what Gymnasium's checker asks, and what a user may do wrong."""

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ClosedEnvironmentError, ResetNeeded
from gymnasium.utils.env_checker import check_env

import dalenet.envs
from dalenet.gym import Env, VectorEnv

every_env = pytest.mark.parametrize("env_id", [env.id for env in dalenet.envs.list()])


#: What the checker says of bounds that the tasks do not have, and that mujoco has none either.
@pytest.mark.filterwarnings("ignore:.*Box observation space")
@pytest.mark.filterwarnings("ignore:.*not within the observation space:ResourceWarning")
@every_env
def test_gymnasiums_checker_accepts_every_environment(env_id: str) -> None:
    env = gymnasium.make(env_id)
    check_env(env.unwrapped, skip_render_check=True)
    env.close()


def test_rendering_passes_the_checker_too() -> None:
    for env_id in ("dalenet/CraftaxClassic-v0", "dalenet/CartPole-v0"):
        env = gymnasium.make(env_id, render_mode="rgb_array")
        env.reset(seed=0)
        frame = env.render()
        assert isinstance(frame, np.ndarray) and frame.dtype == np.uint8 and frame.ndim == 3
        env.close()


def test_an_episode_has_the_length_of_the_task() -> None:
    limits = {env.id: env.max_episode_steps for env in dalenet.envs.list()}
    assert limits["dalenet/Ant-v0"] == 1000 and limits["dalenet/CartPole-v0"] == 500
    for env_id, limit in limits.items():
        spec = gymnasium.spec(env_id)
        assert spec.max_episode_steps == limit
    env = gymnasium.make("dalenet/HalfCheetah-v0", max_episode_steps=3)
    env.reset(seed=0)
    assert [env.step(np.zeros(6))[3] for _ in range(3)] == [False, False, True]


def test_flags_and_rewards_are_pythons_own() -> None:
    env = Env("cart-pole")
    obs, info = env.reset(seed=0)
    obs, reward, terminated, truncated, info = env.step(1)
    assert (obs.dtype, obs.shape, info) == (np.float32, (4,), {})
    assert type(reward) is float and type(terminated) is bool and type(truncated) is bool


@pytest.mark.parametrize("action", [1, np.int64(1), np.array(1), np.array([1])])
def test_a_choice_may_be_a_number_or_an_array(action: object) -> None:
    env, same = Env("cart-pole"), VectorEnv("cart-pole", 1)
    env.reset(seed=0)
    same.reset(seed=0)
    np.testing.assert_array_equal(env.step(action)[0], same.step([1])[0][0])


def test_it_is_the_vector_environment_of_one() -> None:
    env, envs = Env("ant"), VectorEnv("ant", 1)
    np.testing.assert_array_equal(env.reset(seed=4)[0], envs.reset(seed=4)[0][0])
    for _ in range(10):
        action = env.action_space.sample()
        one, many = env.step(action), envs.step(action[None])
        np.testing.assert_array_equal(one[0], many[0][0])
        assert one[1] == many[1][0]


def test_an_ended_episode_and_a_closed_environment_say_so() -> None:
    env = Env("bandit")
    with pytest.raises(ResetNeeded):
        env.step(0)
    env.reset(seed=0)
    assert env.step(0)[2]
    with pytest.raises(RuntimeError, match="is over"):
        env.step(0)
    env.reset()
    env.step(0)
    env.close()
    env.close()
    with pytest.raises(ClosedEnvironmentError):
        env.reset()
    with pytest.raises(ClosedEnvironmentError):
        env.render()


def test_two_without_a_seed_differ() -> None:
    starts = {Env("hopper").reset()[0].tobytes() for _ in range(3)}
    assert len(starts) == 3


def test_what_was_unlocked_is_told_at_the_end() -> None:
    env = Env("craftax-classic")
    env.reset(seed=0)
    terminated, steps = False, 0
    while not terminated and steps < 5000:
        _, _, terminated, _, info = env.step(0)  # hunger, thirst, zombies
        steps += 1
        assert ("unlocked" in info) == terminated
    assert terminated and info["unlocked"].shape == (len(env.achievements),)
