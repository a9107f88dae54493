"""Forks, other ways to start processes, and threads."""

import multiprocessing
import os
import threading
from functools import partial

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv

from dalenet.gym import Env, VectorEnv

#: So many that a step is spread over threads.
MANY = 64


def step_many(envs: VectorEnv) -> np.ndarray:
    return envs.step(np.full((MANY, 6), 0.3))[0]


# A process that has threads is what this test is about.
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork")
def test_a_forked_child_steps_on() -> None:
    envs = VectorEnv("half-cheetah", MANY, num_threads=2)
    envs.reset(seed=0)
    step_many(envs)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Neither pytest nor the interpreter's exit belong to the child.
        try:
            os.write(writing, step_many(envs)[-1].tobytes())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        found = pipe.read()
    os.waitpid(child, 0)
    assert found == step_many(envs)[-1].tobytes()


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork")
@pytest.mark.parametrize("context", ["fork", "spawn", "forkserver"])
def test_gymnasiums_processes_step_ours(context: str) -> None:
    if context not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {context} here")
    VectorEnv("half-cheetah", MANY, num_threads=2).reset()  # threads that a fork does not have
    envs = AsyncVectorEnv([partial(Env, "hopper")] * 2, context=context)
    same = VectorEnv("hopper", 2)
    np.testing.assert_array_equal(envs.reset(seed=[3, 4])[0], same.reset(seed=[3, 4])[0])
    actions = np.full((2, 3), 0.5, np.float32)
    for _ in range(5):
        np.testing.assert_array_equal(envs.step(actions)[0], same.step(actions)[0])
    envs.close()


def test_threads_have_environments_of_their_own() -> None:
    def run(results: list[bytes], i: int) -> None:
        envs = VectorEnv("half-cheetah", MANY)
        envs.reset(seed=7)
        for _ in range(10):
            last = step_many(envs)
        results[i] = last.tobytes()

    results = [b""] * 3
    threads = [threading.Thread(target=run, args=(results, i)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results[0] and len(set(results)) == 1


def test_two_threads_in_one_environment_are_refused_or_take_turns() -> None:
    envs = VectorEnv("humanoid", MANY)
    envs.reset(seed=0)
    refused: list[str] = []
    stepped: list[int] = []

    def run() -> None:
        for _ in range(30):
            try:
                envs.step(np.zeros((MANY, 17), np.float32))
                stepped.append(1)
            except RuntimeError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stepped and len(stepped) + len(refused) == 90
    assert all("another thread is using these environments" in error for error in refused)
    envs.step(np.zeros((MANY, 17), np.float32))


@pytest.mark.parametrize("threads", [1, 3])
def test_the_numbers_do_not_depend_on_threads(threads: int) -> None:
    envs, same = VectorEnv("ant", MANY, num_threads=threads), VectorEnv("ant", MANY)
    envs.reset(seed=0)
    same.reset(seed=0)
    actions = np.full((MANY, 8), 0.2)
    for _ in range(5):
        np.testing.assert_array_equal(envs.step(actions)[0], same.step(actions)[0])


def test_a_registered_environment_is_found_by_its_module() -> None:
    assert gymnasium.make_vec("dalenet.gym:dalenet/Ant-v0", num_envs=2).num_envs == 2
