"""`dalenet.gym.VectorEnv`: what Gymnasium's `VectorEnv` promises, and what a user may do wrong."""

import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ClosedEnvironmentError, ResetNeeded
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

import dalenet.gym
from dalenet.envs import SparseRows
from dalenet.gym import VectorEnv

every_env = pytest.mark.parametrize("env_id", [env.id for env in dalenet.envs.list()])
every_mode = pytest.mark.parametrize("mode", [mode.value for mode in AutoresetMode])


def actions_of(envs: VectorEnv, seed: int = 0) -> Any:
    envs.action_space.seed(seed)
    return envs.action_space.sample()


@every_env
def test_every_id_makes_a_vector_environment(env_id: str) -> None:
    envs = gymnasium.make_vec(env_id, num_envs=3)
    assert isinstance(envs, VectorEnv)
    assert envs.num_envs == 3 and envs.spec is not None and envs.spec.id == env_id
    assert not envs.closed and envs.render_mode is None
    assert envs.metadata["autoreset_mode"] is envs.autoreset_mode is AutoresetMode.NEXT_STEP
    assert envs.observation_space == batch_space(envs.single_observation_space, 3)
    assert envs.action_space == batch_space(envs.single_action_space, 3)
    obs, info = envs.reset(seed=0)
    assert info == {} and obs in envs.observation_space
    for _ in range(5):
        obs, rewards, terminated, truncated, _ = envs.step(envs.action_space.sample())
        assert obs in envs.observation_space
        assert (rewards.dtype, rewards.shape) == (np.float32, (3,))
        assert terminated.dtype == truncated.dtype == np.bool_
        assert terminated.shape == truncated.shape == (3,)
        assert all(array.flags.writeable for array in (obs, rewards, terminated, truncated))


def test_every_call_gives_new_arrays() -> None:
    envs = VectorEnv("half-cheetah", 2)
    first, _ = envs.reset(seed=0)
    kept = [first, *envs.step(actions_of(envs))[:4]]
    copies = [array.copy() for array in kept]
    for _ in range(5):
        envs.step(actions_of(envs))
    envs.reset()
    for array, copy in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_memory_is_used_again_once_nobody_holds_it() -> None:
    envs, other = (VectorEnv("craftax-classic", 2) for _ in range(2))
    envs.reset(seed=0)
    other.reset(seed=0)

    def address() -> int:
        observations = envs.step(actions_of(envs))[0]
        np.testing.assert_array_equal(observations, other.step(actions_of(other))[0])
        return int(observations.ctypes.data)

    assert address() == address()
    view = envs.step(actions_of(envs))[0][1, 5:9]
    other.step(actions_of(other))
    copy = view.copy()
    held = memoryview(envs.step(actions_of(envs))[0])
    other.step(actions_of(other))
    bytes_held = held.tobytes()
    addresses = {address() for _ in range(8)}
    assert view.base.ctypes.data not in addresses
    np.testing.assert_array_equal(view, copy)
    assert held.tobytes() == bytes_held


@pytest.mark.parametrize("change", ["setflags", "shape", "dtype"])
def test_arrays_that_were_changed_are_not_used_again(change: str) -> None:
    envs = VectorEnv("half-cheetah", 2)
    observations, _ = envs.reset(seed=0)
    if change == "setflags":
        observations.setflags(write=False)
    elif change == "shape":
        with warnings.catch_warnings(action="ignore"):
            observations.shape = (17, 2)
    else:
        with warnings.catch_warnings(action="ignore"):
            observations.dtype = np.int32
    del observations
    for _ in range(3):
        found = envs.step(actions_of(envs))[0]
        assert found.shape == (2, 17) and found.dtype == np.float32 and found.flags.writeable


def test_without_copies_two_sets_of_arrays_alternate() -> None:
    kept, new = VectorEnv("half-cheetah", 2, copy=False), VectorEnv("half-cheetah", 2)
    kept.reset(seed=0)
    new.reset(seed=0)
    results = []
    for _ in range(4):
        results.append(kept.step(actions_of(kept)))
        for found, want in zip(results[-1][:4], new.step(actions_of(new))[:4], strict=True):
            np.testing.assert_array_equal(found, want)
    assert results[0][0] is results[2][0] and results[1][0] is results[3][0]
    assert results[0][0] is not results[1][0]
    last = results[3][0].copy()
    with pytest.raises(ValueError, match="NaN"):
        kept.step(np.full((2, 6), np.nan))
    kept.step(actions_of(kept))
    np.testing.assert_array_equal(results[3][0], last)


def test_metadata_is_not_shared() -> None:
    one, other = VectorEnv("ant"), VectorEnv("ant")
    one.metadata["autoreset_mode"] = None
    assert other.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP


def test_an_integer_seeds_the_generator_too() -> None:
    envs = VectorEnv("ant", 2)
    envs.reset(seed=7)
    assert envs.np_random_seed == 7
    want = np.random.Generator(np.random.PCG64(np.random.SeedSequence(7))).random()
    assert envs.np_random.random() == want


def test_environments_do_not_depend_on_their_number() -> None:
    few, many = VectorEnv("hopper", 2), VectorEnv("hopper", 37)
    np.testing.assert_array_equal(few.reset(seed=3)[0], many.reset(seed=3)[0][:2])
    assert len(np.unique(many.reset(seed=3)[0], axis=0)) == 37


def test_a_list_seeds_each_environment_by_itself() -> None:
    envs, alone = VectorEnv("hopper", 3), VectorEnv("hopper", 1)
    np.testing.assert_array_equal(envs.reset(seed=np.array([5, 9, 5]))[0][2], alone.reset(seed=5)[0][0])
    obs, _ = envs.reset(seed=[5, 9, 5])
    np.testing.assert_array_equal(obs[0], obs[2])
    np.testing.assert_array_equal(alone.reset(seed=9)[0][0], obs[1])


def test_without_a_seed_chance_goes_on() -> None:
    def starts(seed: int | None) -> list[bytes]:
        envs = VectorEnv("hopper", 2)
        return [envs.reset(seed=seed)[0].tobytes()] + [envs.reset()[0].tobytes() for _ in range(3)]

    assert starts(3) == starts(3)
    assert len(set(starts(3))) == 4
    assert not set(starts(None)) & set(starts(None)), "two without a seed must differ"


@pytest.mark.parametrize(
    ("seed", "error"),
    [
        (-1, ValueError),
        (2**64, ValueError),
        ([1, 2, 3], ValueError),
        ([1, -2], ValueError),
        ("seven", TypeError),
        (1.5, TypeError),
    ],
)
def test_a_wrong_seed_is_refused(seed: Any, error: type[Exception]) -> None:
    envs = VectorEnv("hopper", 2)
    envs.reset(seed=1)
    before = envs.save()
    with pytest.raises(error):
        envs.reset(seed=seed)
    np.testing.assert_array_equal(envs.save(), before)


@every_mode
def test_a_mask_resets_some(mode: str) -> None:
    envs = VectorEnv("cart-pole", 3, autoreset_mode=mode)
    first, _ = envs.reset(seed=0)
    obs = envs.step([0, 1, 0])[0]
    options = {"reset_mask": np.array([False, True, False])}
    again, info = envs.reset(seed=0, options=options)
    assert info == {} and "reset_mask" in options, "RecordEpisodeStatistics still reads it"
    np.testing.assert_array_equal(again[1], first[1])
    np.testing.assert_array_equal(again[[0, 2]], obs[[0, 2]])


@pytest.mark.parametrize(
    ("mask", "error"),
    [
        ([True, False], TypeError),
        (np.array([1, 0]), TypeError),
        (np.array([True]), ValueError),
        (np.array([[True, False]]), ValueError),
        (np.array([False, False]), ValueError),
    ],
)
def test_a_wrong_mask_is_refused(mask: Any, error: type[Exception]) -> None:
    envs = VectorEnv("cart-pole", 2)
    envs.reset(seed=0)
    with pytest.raises(error, match="reset_mask"):
        envs.reset(options={"reset_mask": mask})


def test_a_disabled_environment_must_be_reset_first() -> None:
    envs = VectorEnv("bandit", 2, autoreset_mode="Disabled")
    envs.reset(seed=0)
    _, _, terminated, _, _ = envs.step([0, 0])
    assert terminated.all()
    envs.reset(options={"reset_mask": np.array([True, False])})
    with pytest.raises(RuntimeError, match="the episode of environment 1 is over"):
        envs.step([0, 0])
    envs.reset(options={"reset_mask": np.array([False, True])})
    envs.step([0, 0])


def test_actions_may_lie_in_memory_anyhow() -> None:
    numbers = np.random.default_rng(0).uniform(-1, 1, (5, 6)).astype(np.float32)
    read_only = numbers.copy()
    read_only.flags.writeable = False
    wide = np.zeros((5, 12), np.float32)
    wide[:, ::2] = numbers
    given = [
        numbers,
        np.asfortranarray(numbers),
        np.ascontiguousarray(numbers.T).T,
        wide[:, ::2],
        read_only,
        np.frombuffer(b"." + numbers.tobytes(), np.float32, offset=1).reshape(5, 6),  # misaligned
        numbers.astype(np.float64),
        np.asfortranarray(numbers.astype(np.float64)),
        numbers.astype(">f4"),
        numbers.tolist(),
    ]
    results = []
    for actions in given:
        envs = VectorEnv("half-cheetah", 5)
        envs.reset(seed=0)
        results.append(envs.step(actions)[0])
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])
    with pytest.raises(ValueError, match=r"shape \[5, 6\], not \[6, 5\]"):
        envs.step(numbers.T)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64"])
def test_choices_may_be_of_any_integer_type(dtype: str) -> None:
    envs, same = VectorEnv("cart-pole", 3), VectorEnv("cart-pole", 3)
    envs.reset(seed=0)
    same.reset(seed=0)
    found = envs.step(np.array([1, 0, 1], dtype))[0]
    np.testing.assert_array_equal(found, same.step([1, 0, 1])[0])


@pytest.mark.parametrize(
    ("name", "actions", "error", "words"),
    [
        ("hopper", np.zeros((2, 4)), ValueError, r"shape \[2, 3\], not \[2, 4\]"),
        ("hopper", np.zeros(6), ValueError, r"shape \[2, 3\], not \[6\]"),
        ("hopper", np.zeros((1, 3)), ValueError, r"shape \[2, 3\]"),
        ("hopper", [[0, 0, 0], [0, np.nan, 0]], ValueError, "environment 1 is NaN"),
        ("hopper", [[0, 0, np.inf], [0, 0, 0]], ValueError, "environment 0 is inf"),
        ("hopper", np.full((2, 3), 1e300), ValueError, "environment 0 is inf"),
        ("hopper", np.zeros((2, 3), complex), TypeError, "real numbers"),
        ("hopper", [["a"] * 3] * 2, TypeError, "real numbers"),
        ("hopper", None, TypeError, "real numbers"),
        ("cart-pole", [0, 2], ValueError, "environment 1 is 2"),
        ("cart-pole", [-1, 0], ValueError, "environment 0 is -1"),
        ("cart-pole", [2**40, 0], ValueError, "environment 0 is 1099511627776"),
        ("cart-pole", [0.0, 1.0], TypeError, "integers"),
        ("cart-pole", [True, False], TypeError, "integers"),
        ("cart-pole", [0, 1, 1], ValueError, r"shape \[2\], not \[3\]"),
        ("cart-pole", [[0], [1]], ValueError, r"shape \[2\], not \[2, 1\]"),
    ],
)
def test_wrong_actions_are_refused_and_nothing_moves(
    name: str, actions: Any, error: type[Exception], words: str
) -> None:
    envs = VectorEnv(name, 2)
    envs.reset(seed=0)
    before = envs.save()
    with pytest.raises(error, match=words):
        envs.step(actions)
    np.testing.assert_array_equal(envs.save(), before)
    envs.step(actions_of(envs))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"num_envs": 0}, "`count` must be at least 1"),
        ({"num_envs": -1}, "num_envs, .* must be from 0"),
        ({"max_episode_steps": 0}, "`episode_length` must be at least 1"),
        ({"action_repeat": 0}, "`action_repeat` must be at least 1"),
        ({"autoreset_mode": "Never"}, "Never"),
        ({"restart": "again"}, "`restart` is `again`, which is not one of `fresh`, `same`"),
        ({"observations": "few"}, "`observations` is `few`"),
        ({"render_mode": "human"}, "render_mode must be None or 'rgb_array', not 'human'"),
        ({"name": "antt"}, "did you mean `brax/ant`"),
        ({"name": "bandit", "render_mode": "rgb_array"}, "`bandit` has no picture"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        VectorEnv(**{"name": "ant", **options})


def test_closed_environments_say_so() -> None:
    envs = VectorEnv("ant", 2)
    with pytest.raises(ResetNeeded):
        envs.step(np.zeros((2, 8)))
    envs.reset()
    envs.close()
    envs.close()
    assert envs.closed
    for call in (envs.reset, envs.render, lambda: envs.step(np.zeros((2, 8)))):
        with pytest.raises(ClosedEnvironmentError):
            call()
    with pytest.raises(ValueError, match="closed"):
        envs.save()


@pytest.mark.parametrize("name", ["craftax", "craftax-classic"])
@every_mode
def test_sparse_observations_are_the_dense_ones(name: str, mode: str) -> None:
    def make(observations: str) -> VectorEnv:
        return VectorEnv(
            name, 3, observations=observations, max_episode_steps=7, autoreset_mode=mode
        )

    dense, sparse = make("dense"), make("sparse")
    want, rows = dense.reset(seed=0)[0], sparse.reset(seed=0)[0]
    for step in range(20):
        assert isinstance(rows, SparseRows)
        np.testing.assert_array_equal(rows.to_dense(), want)
        want, rewards, _, truncated, infos = dense.step([step % 17] * 3)
        rows, same, _, _, sparse_infos = sparse.step([step % 17] * 3)
        np.testing.assert_array_equal(same, rewards)
        assert infos.keys() == sparse_infos.keys()
        if "final_obs" in infos:
            for one, other in zip(infos["final_obs"], sparse_infos["final_obs"], strict=True):
                np.testing.assert_array_equal(one, other)
        if truncated.any() and mode == "Disabled":
            want, rows = dense.reset()[0], sparse.reset()[0]


@every_mode
def test_a_failure_truncates_and_is_marked(mode: str) -> None:
    envs = VectorEnv("ant", 4, autoreset_mode=mode)
    obs, _ = envs.reset(seed=0)
    actions = np.zeros((4, 8))
    actions[2] = 1e30
    led, rewards, terminated, truncated, infos = envs.step(actions)
    want = np.array([False, False, True, False])
    np.testing.assert_array_equal(truncated, want)
    assert rewards[2] == 0 and not terminated.any() and np.isfinite(led).all()
    last = infos["final_obs"][2] if mode == "SameStep" else led[2]
    np.testing.assert_array_equal(last, obs[2])
    marks = infos["final_info"] if mode == "SameStep" else infos
    np.testing.assert_array_equal(marks["failed"], want)
    np.testing.assert_array_equal(marks["_failed"], want)
    assert envs.failures == 1


def test_same_step_gives_the_last_observation_at_ends_only() -> None:
    envs = VectorEnv("hopper", 2, autoreset_mode="SameStep", max_episode_steps=3, stagger=True)
    envs.reset(seed=0)
    for step in range(1, 8):
        _, _, _, truncated, infos = envs.step(np.zeros((2, 3)))
        assert bool(infos) == truncated.any(), step
        if infos:
            np.testing.assert_array_equal(infos["_final_obs"], truncated)
            assert [final is not None for final in infos["final_obs"]] == truncated.tolist()


def test_unlocked_achievements_are_given_where_a_game_ends() -> None:
    envs = VectorEnv("craftax-classic", 2, max_episode_steps=5)
    envs.reset(seed=0)
    assert len(envs.achievements) == 22
    for _ in range(5):
        infos = envs.step([5, 5])[-1]
    assert infos["unlocked"].shape == (2, 22) and infos["_unlocked"].all()


def test_an_episode_has_as_many_steps_as_asked_whatever_the_repeat() -> None:
    for repeat in (1, 4):
        envs = gymnasium.make_vec("dalenet/HalfCheetah-v0", 2, action_repeat=repeat, max_episode_steps=9)
        envs.reset(seed=0)
        cuts = [bool(envs.step(np.zeros((2, 6)))[3].any()) for _ in range(9)]
        assert cuts == [False] * 8 + [True]
    assert dalenet.gym.VectorEnv("craftax").backend == "native"
