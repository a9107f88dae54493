"""`dalenet.train` and the program train to the same bits, and each reads the other's runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_data import Arrays

import dalenet

Program = Callable[..., dict[str, Any]]

#: A short training of each family.
TRAININGS: dict[str, tuple[str, dict[str, Any]]] = {
    "mnist": ("dfa", {"epochs": 1, "layers": [24], "validation": 0.8}),
    "cart-pole": ("ed", {"steps": 4096, "evaluation": 4}),
    "brax/half-cheetah": (
        "ed",
        {"envs": 32, "steps": 640, "minibatches": 4, "layers": [16, 16], "evaluation": 2},
    ),
    "craftax-classic": (
        "bp",
        {"envs": 8, "rollout": 16, "steps": 256, "minibatches": 2, "layers": [16], "evaluation": 2},
    ),
}


def options(settings: dict[str, Any]) -> list[str]:
    texts = {key: str(value).replace(" ", "") for key, value in settings.items()}
    return [word for key, text in texts.items() for word in ("--set", f"{key}={text}")]


@pytest.mark.parametrize("task", TRAININGS)
def test_the_same_bits_as_the_program(tmp_path: Path, program: Program, task: str) -> None:
    rule, settings = TRAININGS[task]
    theirs, ours = tmp_path / "program", tmp_path / "python"
    program("train", task, "--rule", rule, "--seed", 5, "--out", theirs, *options(settings))
    run = dalenet.train(task, rule=rule, seed=5, out=ours, **settings)
    other = dalenet.load(theirs)
    assert run.config == other.config
    assert run.tensors.keys() == other.tensors.keys()
    for name, tensor in run.tensors.items():
        assert tensor.dtype == other.tensors[name].dtype
        assert tensor.tobytes() == other.tensors[name].tobytes(), name
    timed = {"samples_per_second", "steps_per_second", "seconds"}
    for key in run.metrics.keys() - timed:
        np.testing.assert_array_equal(run.metrics[key], other.metrics[key], err_msg=key)
    places = {"train_seconds", "run", "host", "date", "duration", *timed}
    assert run.result is not None and other.result is not None
    assert {key: value for key, value in run.result.items() if key not in places} == {
        key: value for key, value in other.result.items() if key not in places
    }


def test_each_evaluates_the_runs_of_the_other(
    tmp_path: Path, program: Program, bars_file: Path, test_data: Arrays
) -> None:
    ours = dalenet.train(bars_file, out=tmp_path / "python", layers=[24], epochs=5)
    program("train", bars_file, "--out", tmp_path / "program", *options({"layers": [24], "epochs": 5}))
    theirs = dalenet.load(tmp_path / "program")
    for run in (ours, theirs):
        printed = program("eval", run.folder)
        assert {key: printed[key] for key in run.evaluate()} == run.evaluate()
        out = run.folder / "predictions.npz"
        program("predict", run.folder, bars_file, "--out", out)
        written = np.load(out)
        np.testing.assert_array_equal(run.predict(test_data[0]), written["label"])
        np.testing.assert_array_equal(run.predict_proba(test_data[0]), written["probability"])


def test_each_resumes_the_runs_of_the_other(tmp_path: Path, program: Program, bars_file: Path) -> None:
    settings: dict[str, Any] = {"layers": [24], "schedule": "constant"}
    dalenet.train(bars_file, out=tmp_path / "python", epochs=2, **settings)
    program("train", "--resume", tmp_path / "python", "--epochs", 4)
    program("train", bars_file, "--out", tmp_path / "program", "--epochs", 2, *options(settings))
    dalenet.resume(tmp_path / "program", epochs=4)
    whole = dalenet.train(bars_file, out=tmp_path / "whole", epochs=4, **settings)
    for folder in ("python", "program"):
        resumed = dalenet.load(tmp_path / folder)
        assert resumed.result is not None
        for name, tensor in whole.tensors.items():
            assert resumed.tensors[name].tobytes() == tensor.tobytes(), (folder, name)


def test_the_program_reads_a_run_on_arrays(
    tmp_path: Path, program: Program, train_data: Arrays, bars_file: Path
) -> None:
    run = dalenet.train(train_data, out=tmp_path / "run", layers=[24], epochs=5)
    printed = program("eval", run.folder, "--data", bars_file)
    assert printed["test_accuracy"] == run.evaluate(bars_file)["test_accuracy"]
