"""Training: ``dalenet train`` as a function."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from dalenet import _core, arrays
from dalenet.arrays import Labelled
from dalenet.metrics import Epoch, Update
from dalenet.runs import Run

_Path: TypeAlias = str | os.PathLike[str]


def train(
    task: _Path | Labelled,
    *,
    rule: Any = "ed",
    routing: Any = None,
    seed: int = 0,
    preset: str = "default",
    out: _Path | None = None,
    start_from: _Path | None = None,
    test_data: Labelled | None = None,
    validation_data: _Path | Labelled | None = None,
    data_dir: _Path | None = None,
    threads: int = 0,
    on_epoch: Callable[[Epoch], object] | None = None,
    on_update: Callable[[Update], object] | None = None,
    **settings: Any,
) -> Run:
    """Trains a network and writes the run's folder, as ``dalenet train`` does, to the same bits.

    Ctrl-C stops the training at its next step, saves it and raises ``KeyboardInterrupt``; so does an
    exception in ``on_epoch`` or ``on_update``. :func:`resume` continues it to the same bits. A second
    Ctrl-C does not wait. The logger ``dalenet`` has warnings, and what is fetched.

    Parameters
    ----------
    task
        A name of :func:`dalenet.tasks`, the path of an ``.npz`` file, or samples and labels ``(X, y)``:
        N×D, N×H×W or N×H×W×C bytes or floating-point numbers, and N whole numbers or texts.
    rule, preset
        Names of :func:`dalenet.rules` and :func:`dalenet.presets`. The rule may be one of your own, made by
        :func:`dalenet.rule`.
    routing
        Of Error Diffusion: a name, a matrix H×C or a function made by :func:`dalenet.routing`; by default
        that of the preset.
    seed
        The same seed gives the same bits, whatever the number of threads.
    out
        The run's folder; by default the next free one under ``runs``.
    start_from
        The folder of a run whose weights it starts from.
    test_data, validation_data
        Samples and labels to test on and to hold out, beside a task of arrays; without them shares of
        the training samples. ``validation_data`` may be the path of an ``.npz`` file, for any data set.
    data_dir
        Where data sets are kept; by default the platform's folder for data.
    threads
        How many threads compute; 0: as many as there are cores.
    on_epoch, on_update
        Called in the thread of the caller after each epoch of a data set, or update of an agent.
    **settings
        Settings by the program's names: ``epochs``, ``layers``, ``steps`` … (:func:`dalenet.config` has
        them all).

    Returns
    -------
    Run
        With its result.

    Raises
    ------
    ValueError
        If a name or a value is not possible, or data cannot be used; the sentence says what to do.
    FileExistsError
        If ``out`` is there already.
    DivergedError
        If an error or a weight is no longer a number.

    Examples
    --------
    >>> import dalenet
    >>> run = dalenet.train("xor", rule="kaneko", out=folder / "xor")
    >>> run.result["learnt"]
    True
    >>> x = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> run.predict(x)
    array([0, 1, 1, 0])
    """
    packed, name, held_out = _packed(task, test_data, validation_data)
    registry = _core.Registry(packed, rule, routing)
    settings["seed"] = seed
    settings |= {"validation_data": held_out} if held_out is not None else {}
    settings |= {"routing": registry.routing} if registry.routing is not None else {}
    experiment = _core.Experiment(registry, name, preset, settings)
    report = _report(experiment.kind, name, on_epoch, on_update)
    folder = _core.train(registry, experiment, out, start_from, data_dir, threads, report)
    return Run(registry, Path(folder), data_dir)


def resume(
    folder: _Path,
    *,
    rule: Any = None,
    routing: Any = None,
    data: Labelled | None = None,
    test_data: Labelled | None = None,
    validation_data: Labelled | None = None,
    data_dir: _Path | None = None,
    threads: int = 0,
    on_epoch: Callable[[Epoch], object] | None = None,
    on_update: Callable[[Update], object] | None = None,
    **settings: Any,
) -> Run:
    """Trains a run to its end that was interrupted, to the bits that it would have had without.

    Parameters
    ----------
    folder
        The run's folder.
    rule, routing
        Those that it was trained by, if they were your own.
    data, test_data, validation_data
        The arrays that it was trained on, if it was trained on arrays.
    data_dir, threads, on_epoch, on_update
        As of :func:`train`.
    **settings
        A larger ``epochs``, ``steps`` or ``patience``, by which the run is extended.

    Returns
    -------
    Run
        With its result; a run that has one is not trained again.

    Raises
    ------
    FileNotFoundError
        If the folder is no run.
    ValueError
        If a setting differs that is no length, or the data have changed.
    """
    packed, name, _ = _packed("the task" if data is None else data, test_data, validation_data)
    registry = _core.Registry(packed, rule, routing)
    experiment = _core.Experiment.of_run(Path(folder), settings)
    report = _report(experiment.kind, name, on_epoch, on_update)
    _core.resume(registry, experiment, folder, data_dir, threads, report)
    return Run(registry, Path(folder), data_dir)


def _packed(
    task: _Path | Labelled,
    test_data: Labelled | None,
    validation_data: _Path | Labelled | None,
) -> tuple[bytes | None, str, str | None]:
    """Arrays in one piece, the name of the task, and the path of held-out samples."""
    held_out, path = None, None
    if isinstance(validation_data, tuple):
        held_out = validation_data
    elif validation_data is not None:
        path = os.fspath(validation_data)
    if isinstance(task, tuple):
        return arrays.packed(train=task, val=held_out, test=test_data), "arrays", path
    if test_data is not None or held_out is not None:
        raise ValueError("arrays to test on and to hold out are for a task (X, y), not for one by name")
    return None, os.fspath(task), path


def _report(
    kind: str,
    task: str,
    on_epoch: Callable[[Epoch], object] | None,
    on_update: Callable[[Update], object] | None,
) -> Callable[[str], object] | None:
    """What is called with each line of the metrics."""
    if kind == "agent" and on_epoch is not None:
        raise ValueError(f"on_epoch is for data sets, and {task} is an environment: give on_update")
    if kind == "classification" and on_update is not None:
        raise ValueError(f"on_update is for environments, and {task} is a data set: give on_epoch")
    if on_epoch is not None:
        return lambda line: on_epoch(Epoch.of(line))
    if on_update is not None:
        return lambda line: on_update(Update.of(line))
    return None
