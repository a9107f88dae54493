"""`dalenet.train` and `dalenet.resume`: settings, callbacks, data from memory, refusals."""

import logging
import os
from pathlib import Path

import numpy as np
import pytest
from small_data import Arrays

import dalenet

SMALL = {"layers": [12], "epochs": 2}


def test_the_configuration_is_that_of_the_settings(tmp_path: Path, train_data: Arrays) -> None:
    run = dalenet.train(
        train_data, rule="dfa", seed=3, out=tmp_path / "run", layers=[12, 6], epochs=2, rate=0.5
    )
    chosen = {key: run.config[key] for key in ["task", "rule", "seed", "layers", "epochs", "rate"]}
    expected = {"task": "arrays", "rule": "dfa", "seed": 3, "layers": [12, 6], "epochs": 2, "rate": 0.5}
    assert chosen == expected
    assert run.result is not None and run.result["seed"] == 3


def test_values_of_numpy_are_settings_too(tmp_path: Path) -> None:
    config = dalenet.config(
        "mnist", layers=np.array([4, 5]), rate=np.float32(0.1), epochs=np.int64(3), shuffle=np.True_
    )
    assert (config["layers"], config["rate"], config["epochs"]) == ([4, 5], 0.1, 3)
    assert dalenet.config("cart-pole", steps=1e6)["steps"] == 1_000_000
    layers = [{"kind": "convolution", "units": 4, "size": 3}, 8]
    assert dalenet.config("mnist", layers=layers)["layers"][0]["units"] == 4


def test_a_configuration_trains_by_itself(tmp_path: Path) -> None:
    config = dalenet.config("xor", rule="kaneko", epochs=7)
    run = dalenet.train(**config, out=tmp_path / "run")
    assert run.config == config


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({"epoch": 3}, ValueError, "there is no configuration key `epoch`; did you mean `epochs`"),
        ({"epochs": "many"}, ValueError, "it must be a whole number, not a text"),
        ({"epochs": 0}, ValueError, "it must be at least 1"),
        ({"epochs": None}, TypeError, "`epochs` cannot be of type NoneType"),
        ({"epochs": 2**70}, ValueError, "too large"),
        ({"rule": "edd"}, ValueError, "there is no rule `edd`.*did you mean `ed`"),
        ({"preset": "papre"}, ValueError, "did you mean `paper`"),
        ({"seed": -1}, ValueError, "seed = -1"),
        ({"rate": float("nan")}, ValueError, "rate"),
        ({"on_update": print}, ValueError, "give on_epoch"),
        ({"threads": -1}, OverflowError, "negative"),
    ],
)
def test_what_is_not_possible_is_refused(
    tmp_path: Path, settings: dict[str, object], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        dalenet.train("xor", out=tmp_path / "run", **settings)  # type: ignore[arg-type]
    assert not (tmp_path / "run").exists(), "nothing is left of what was refused"


def test_a_task_that_is_unknown_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean `mnist`"):
        dalenet.train("mnits")
    with pytest.raises(ValueError, match="give on_update"):
        dalenet.train("cart-pole", on_epoch=print)


def test_a_folder_that_is_there_is_left(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match="exists already and is left as it is"):
        dalenet.train("xor", out=tmp_path)
    with pytest.raises(FileNotFoundError, match="is not a run"):
        dalenet.resume(tmp_path)
    with pytest.raises(FileNotFoundError, match="is not a run"):
        dalenet.load(tmp_path)


def test_sentences_name_what_there_is_in_python(tmp_path: Path) -> None:
    dalenet.train("xor", epochs=2, out=tmp_path / "run")
    for attempt in [
        lambda: dalenet.train("xor", out=tmp_path / "run"),
        lambda: dalenet.resume(tmp_path / "run", epochs=1),
        lambda: dalenet.train("xor", qqqqqqqq=1),
        lambda: dalenet.train("xor", rule="qqqqqqqq"),
        lambda: dalenet.train("cart-pole", rule="kaneko"),
        lambda: dalenet.train("parity", start_from=tmp_path / "run", out=tmp_path / "other"),
        lambda: dalenet.load(tmp_path),
    ]:
        with pytest.raises((OSError, ValueError)) as refusal:
            attempt()
        sentence = str(refusal.value)
        assert " --" not in sentence and "`dalenet " not in sentence, sentence
    with pytest.raises(FileExistsError, match=r'out=, or resume it by `dalenet\.resume\(".*run"\)`'):
        dalenet.train("xor", out=tmp_path / "run")


def test_arrays_are_the_file_of_them(
    tmp_path: Path, train_data: Arrays, test_data: Arrays, bars_file: Path
) -> None:
    memory = dalenet.train(train_data, test_data=test_data, out=tmp_path / "memory", **SMALL)
    file = dalenet.train(bars_file, out=tmp_path / "file", **SMALL)
    assert memory.weights.keys() == file.weights.keys()
    for name, weights in memory.weights.items():
        np.testing.assert_array_equal(weights, file.weights[name])
    assert memory.result is not None and file.result is not None
    assert memory.result["test_confusion"] == file.result["test_confusion"]


def test_arrays_of_any_kind_are_the_same_samples(tmp_path: Path, train_data: Arrays) -> None:
    x, y = train_data[0] / np.float32(255), train_data[1]
    names = np.array(["level", "slanting", "upright"])
    kinds = {
        "float32": (x, y),
        "float64": (x.astype(np.float64), y.astype(np.float64)),
        "fortran": (np.asfortranarray(x), y),
        "backwards": (x[::-1][::-1], list(y)),
        "texts": (x.tolist(), list(names[y])),
    }
    runs = {
        name: dalenet.train(data, out=tmp_path / name, **SMALL) for name, data in kinds.items()
    }
    first = runs.pop("float32")
    for name, run in runs.items():
        for key, weights in first.weights.items():
            np.testing.assert_array_equal(run.weights[key], weights, err_msg=name)
    assert set(runs["texts"].predict(x)) <= set(names)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda x, y: (np.where(x > 200, np.nan, x), y), "arrays: x_train"),
        (lambda x, y: (x, y[:-1]), "arrays: y_train"),
        (lambda x, y: (x, y * 0), "give labels of at least two classes"),
        (lambda x, y: (x, np.linspace(0, 1, len(y))), "y_train"),
        (lambda x, y: (x[0], y[0]), "arrays: "),
        (lambda x, y: (np.array([object()] * len(y)), y), "arrays: x_train"),
    ],
)
def test_arrays_that_cannot_be_used_are_refused(
    tmp_path: Path, train_data: Arrays, spoil: object, sentence: str
) -> None:
    data = spoil(*train_data)  # type: ignore[operator]
    with pytest.raises(ValueError, match=sentence):
        dalenet.train(data, out=tmp_path / "run", **SMALL)
    assert not (tmp_path / "run").exists()


def test_metrics_reach_the_caller_as_they_are_written(tmp_path: Path, train_data: Arrays) -> None:
    heard: list[dalenet.Epoch] = []
    run = dalenet.train(train_data, out=tmp_path / "run", on_epoch=heard.append, **SMALL)
    assert [epoch.epoch for epoch in heard] == [1, 2]
    for key in ["error", "train_accuracy", "validation_accuracy", "seconds"]:
        assert [getattr(epoch, key) for epoch in heard] == list(run.metrics[key]), key
    assert [epoch.ei_ratio for epoch in heard] == run.metrics["ei_ratio"].tolist()

    updates: list[dalenet.Update] = []
    agent = dalenet.train(
        "cart-pole", out=tmp_path / "agent", on_update=updates.append, steps=4096, evaluation=1
    )
    assert [update.steps for update in updates] == agent.metrics["steps"].tolist() == [2048, 4096]
    assert updates[-1].mean_return == updates[-1].return_mean


def test_an_exception_of_a_callback_stops_and_saves(tmp_path: Path, train_data: Arrays) -> None:
    class Enough(Exception):
        pass

    def stop(epoch: dalenet.Epoch) -> None:
        if epoch.epoch == 2:
            raise Enough(str(epoch.epoch))

    settings = {"layers": [12], "epochs": 5}
    with pytest.raises(Enough, match="2") as raised:
        dalenet.train(train_data, out=tmp_path / "run", on_epoch=stop, **settings)
    assert any("dalenet.resume(" in note for note in raised.value.__notes__)
    stopped = dalenet.load(tmp_path / "run")
    assert len(stopped.metrics["epoch"]) == 2 and stopped.result is None

    resumed = dalenet.resume(tmp_path / "run", data=train_data)
    whole = dalenet.train(train_data, out=tmp_path / "whole", **settings)
    for name, tensor in whole.tensors.items():
        assert tensor.tobytes() == resumed.tensors[name].tobytes(), name


def test_a_callback_may_use_the_pool_of_a_single_thread(tmp_path: Path, train_data: Arrays) -> None:
    """A prediction within a callback, while the training holds its only thread."""
    run = dalenet.train(train_data, out=tmp_path / "first", **SMALL)
    sums: list[float] = []
    dalenet.train(
        train_data,
        out=tmp_path / "run",
        threads=1,
        on_epoch=lambda _: sums.append(float(run.predict_proba(train_data[0]).sum())),
        **SMALL,
    )
    np.testing.assert_allclose(sums, len(train_data[0]), rtol=1e-5)


def test_threads_change_no_bit(tmp_path: Path, train_data: Arrays) -> None:
    runs = [
        dalenet.train(train_data, out=tmp_path / str(n), threads=n, layers=[40], epochs=1)
        for n in (1, 3)
    ]
    for name, tensor in runs[0].tensors.items():
        assert tensor.tobytes() == runs[1].tensors[name].tobytes(), name


def test_a_run_is_extended(tmp_path: Path, train_data: Arrays) -> None:
    settings = {"layers": [12], "schedule": "constant"}
    dalenet.train(train_data, out=tmp_path / "run", epochs=2, **settings)
    longer = dalenet.resume(tmp_path / "run", data=train_data, epochs=3)
    whole = dalenet.train(train_data, out=tmp_path / "whole", epochs=3, **settings)
    for name, weights in whole.weights.items():
        np.testing.assert_array_equal(longer.weights[name], weights)
    with pytest.raises(ValueError, match="rate = "):
        dalenet.resume(tmp_path / "run", data=train_data, rate=7)
    other = train_data[0][:, ::-1], train_data[1]
    with pytest.raises(ValueError, match="is not the file"):
        dalenet.resume(tmp_path / "run", data=other, epochs=4)


def test_a_run_starts_from_the_weights_of_another(tmp_path: Path, train_data: Arrays) -> None:
    first = dalenet.train(train_data, out=tmp_path / "first", **SMALL)
    tuned = dalenet.train(
        train_data, out=tmp_path / "tuned", start_from=first.folder, rate=1e-9, **SMALL
    )
    for name, weights in first.weights.items():
        np.testing.assert_allclose(tuned.weights[name], weights, atol=1e-6)


def test_a_divergence_is_an_error_of_its_own(tmp_path: Path, train_data: Arrays) -> None:
    with pytest.raises(dalenet.DivergedError, match="diverged in epoch"):
        dalenet.train(
            train_data, rule="bp", out=tmp_path / "run", layers=[12], epochs=9, rate=1e30,
            response="relu", dale=False, normalised=False,
        )  # fmt: skip


def test_notes_on_the_data_are_logged(
    tmp_path: Path, train_data: Arrays, caplog: pytest.LogCaptureFixture
) -> None:
    x, y = train_data
    with caplog.at_level(logging.WARNING, "dalenet"):
        dalenet.train((x.astype(np.float32), y), out=tmp_path / "run", **SMALL)
    assert any("0 to 255" in record.message or "255" in record.message for record in caplog.records)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_trains(tmp_path: Path, train_data: Arrays) -> None:
    """The threads of the parent do not exist in the child."""
    run = dalenet.train(train_data, out=tmp_path / "parent", **SMALL)
    run.predict(train_data[0])
    child = os.fork()
    if child == 0:
        again = dalenet.train(train_data, out=tmp_path / "child", **SMALL)
        same = all((again.weights[name] == run.weights[name]).all() for name in run.weights)
        os._exit(0 if same and (again.predict(train_data[0]) == run.predict(train_data[0])).all() else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
