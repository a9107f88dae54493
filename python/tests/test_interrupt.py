"""Ctrl-C: a training stops and is saved; what has nothing to save is left."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import dalenet

LENGTH = {"steps": 4_000_000, "evaluation": 1}


@contextmanager
def ctrl_c(seconds: float) -> Iterator[None]:
    """Ctrl-C after so many seconds. What a shell runs in the background ignores it, unless it asks."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)

    def press() -> None:
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        signal.signal(signal.SIGINT, former)


def test_a_training_is_saved_and_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt) as raised, ctrl_c(0.5):
        dalenet.train("cart-pole", out=folder, **LENGTH)
    assert raised.value.__notes__ == [f'stopped and saved; resume it by dalenet.resume("{folder}")']
    stopped = dalenet.load(folder)
    assert stopped.result is None
    steps = int(stopped.metrics["steps"][-1])
    assert 0 < steps < LENGTH["steps"], "it stopped on the way"
    # The same, had it never been stopped.
    whole = _tensors_after(tmp_path / "whole", steps)
    assert stopped.tensors.keys() == whole.keys()
    for name, tensor in stopped.tensors.items():
        assert tensor.tobytes() == whole[name].tobytes(), name


def _tensors_after(folder: Path, steps: int) -> dict[str, object]:
    """What a training without a pause has after so many steps."""

    class Reached(Exception):
        pass

    def stop(update: dalenet.Update) -> None:
        if update.steps >= steps:
            raise Reached

    with pytest.raises(Reached):
        dalenet.train("cart-pole", out=folder, on_update=stop, **LENGTH)
    return dict(dalenet.load(folder).tensors)


def test_another_handler_of_signals_is_asked(tmp_path: Path) -> None:
    class Late(Exception):
        pass

    def raise_late(*_: object) -> None:
        raise Late

    former = signal.signal(signal.SIGALRM, raise_late)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(Late):
            dalenet.train("cart-pole", out=tmp_path / "run", **LENGTH)
    finally:
        signal.signal(signal.SIGALRM, former)
    assert dalenet.load(tmp_path / "run").weights


def test_an_evaluation_is_left(tmp_path: Path) -> None:
    run = dalenet.train("cart-pole", out=tmp_path / "run", steps=20_000, evaluation=1, threads=1)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), ctrl_c(0.2):
        run.evaluate(episodes=20_000)
    assert time.monotonic() - start < 2
    assert run.evaluate(episodes=2)["episodes"] == 2


def test_a_training_in_another_thread_leaves_the_main_one_free(tmp_path: Path) -> None:
    """Python goes on while a training computes: the lock is released."""
    runs: list[dalenet.Run] = []
    folder = tmp_path / "run"
    settings = {"steps": 20_000, "evaluation": 1, "threads": 1}
    thread = threading.Thread(
        target=lambda: runs.append(dalenet.train("cart-pole", out=folder, **settings))
    )
    thread.start()
    turns = 0
    while thread.is_alive():
        turns += 1
        time.sleep(0.001)
    thread.join()
    assert len(runs) == 1 and turns > 20


def test_two_trainings_side_by_side_are_each_the_same(tmp_path: Path) -> None:
    settings = {"steps": 8192, "evaluation": 1}

    def train(name: str) -> dalenet.Run:
        return dalenet.train("cart-pole", out=tmp_path / name, threads=1, **settings)

    runs: dict[str, dalenet.Run] = {}
    threads = [
        threading.Thread(target=lambda name=name: runs.update({name: train(name)})) for name in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = train("alone")
    for name in "ab":
        for key, tensor in alone.tensors.items():
            assert runs[name].tensors[key].tobytes() == tensor.tobytes()
