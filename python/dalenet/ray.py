"""Studies on a Ray cluster: one task a run.

    pip install "dalenet[ray]"

A study is planned by :meth:`dalenet.Study.compare`, :meth:`dalenet.Study.sweep` or the program (``dalenet compare
... --plan-only``), in a folder that all nodes share. Each run is trained by a task of its own. A task that dies with
its worker or node is started again elsewhere, where it resumes from the last checkpoint.
"""

import hashlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from dalenet import _core
from dalenet.studies import Study

try:
    import ray
except ImportError as error:
    raise ImportError('dalenet.ray needs Ray: pip install "dalenet[ray]"') from error

_Path: TypeAlias = str | os.PathLike[str]

#: States of a run in which nothing is left to train.
_ENDED = ("done", "failed")


def run(
    study: Study | _Path,
    *,
    num_cpus_per_run: int = 1,
    retries: int = 20,
    on_result: Callable[[str, dict[str, Any]], object] | None = None,
) -> dict[str, Any]:
    """Trains a study on the cluster that ``ray`` is connected to, or on this machine, and collects it.

    Ctrl-C, or an exception in ``on_result``, saves all runs that are being trained; the same call resumes them.

    Parameters
    ----------
    study
        A study, or the folder of one, on a file system that all nodes share.
    num_cpus_per_run
        Cores that a run takes of a node, and threads that it computes with.
    retries
        How often a run is started again whose worker or node has died.
    on_result
        Called with the name and the result of each run as it comes.

    Returns
    -------
    dict
        What :meth:`dalenet.Study.collect` says.

    Examples
    --------
    >>> import dalenet.ray
    >>> findings = dalenet.ray.run("runs/study", num_cpus_per_run=2)  # doctest: +SKIP
    """
    study = study if isinstance(study, Study) else Study(study)
    for name, result in results(study, num_cpus_per_run=num_cpus_per_run, retries=retries):
        if on_result is not None:
            on_result(name, result)
    return study.collect()


def results(
    study: Study, *, num_cpus_per_run: int = 1, retries: int = 20
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and results of the runs of a study as they end; arguments as of :func:`run`.

    The result of a run that failed has its reason under ``"error"``.
    """
    if not ray.is_initialized():
        ray.init()
    folder, data_dir = study.folder.resolve(), study.data_dir and study.data_dir.resolve()
    train = ray.remote(num_cpus=num_cpus_per_run, max_retries=retries)(_train)
    pending: dict[Any, str] = {}
    begun: set[str] = set()
    try:
        while True:
            # A sweep that promotes has further runs as soon as those of a rung have ended.
            for row in study.status():
                name = row["run"]
                if name not in begun and row["state"] not in _ENDED:
                    begun.add(name)
                    pending[train.remote(folder, name, data_dir, num_cpus_per_run)] = name
            if not pending:
                return
            (done, *_), _ = ray.wait(list(pending), num_returns=1)
            name = pending.pop(done)
            yield name, _result(done)
    finally:
        for task in pending:
            ray.cancel(task)


def _result(task: Any) -> dict[str, Any]:
    """The result of a task that has ended, or why it has none."""
    try:
        result: dict[str, Any] = ray.get(task)
    except ray.exceptions.RayTaskError as error:
        return {"error": str(error.cause)}
    except ray.exceptions.RaySystemError as error:
        return {"error": str(error)}
    return result


def _train(folder: Path, name: str, data_dir: Path | None, threads: int) -> dict[str, Any]:
    """On a worker of the cluster: trains a run to its end."""
    if not (folder / "study.json").exists():
        raise FileNotFoundError(
            f"{folder} is not on the node {socket.gethostname()}: put the study on a file system that all nodes share"
        )
    Study(folder, data_dir=data_dir).work(run=name, threads=threads)
    for file in ("result.json", "rung.json"):
        if (folder / name / file).exists():
            result: dict[str, Any] = json.loads((folder / name / file).read_text(encoding="utf-8"))
            return result
    failure = json.loads((folder / name / "failure.json").read_text(encoding="utf-8"))
    return {"error": failure["reason"]}


def param_space(file: _Path) -> dict[str, Any]:
    """The values of a sweep's file as the ``param_space`` of a ``ray.tune.Tuner``.

    Lists become ``tune.choice``, ranges ``tune.uniform`` or ``tune.loguniform``; so do several tasks and rules.

    Examples
    --------
    >>> from ray import tune  # doctest: +SKIP
    >>> tuner = tune.Tuner(
    ...     dalenet.ray.trainable("sweep.toml", "/shared/trials"),
    ...     param_space=dalenet.ray.param_space("sweep.toml"),
    ...     tune_config=tune.TuneConfig(metric="score", mode="max", num_samples=50),
    ... )  # doctest: +SKIP
    """
    from ray import tune

    space: dict[str, Any] = {}
    for key, values in json.loads(_core.sweep_values(file)):
        if "list" in values:
            several = values["list"]
            space[key] = tune.choice(several) if len(several) > 1 else several[0]
        else:
            low, high = values["range"]["ends"]
            between = tune.loguniform if values["range"]["scale"] == "log" else tune.uniform
            space[key] = between(low, high)
    return space


def trainable(
    file: _Path, folder: _Path, *, num_cpus_per_run: int = 1, data_dir: _Path | None = None
) -> Any:
    """A trainable of Ray Tune: a configuration of a sweep, trained with all of its seeds.

    A trial reports its mean ``score`` (accuracy on held-out samples in percent, or return). It is a study of its own in
    ``folder``, named by its configuration: a trial that is started again resumes it.

    Parameters
    ----------
    file
        The TOML file of ``dalenet sweep``: its tasks, rules, seeds, preset and settings.
    folder
        Where the studies of the trials go, on a file system that all nodes share.
    num_cpus_per_run
        Cores that a trial takes of a node.
    data_dir
        Where data sets are kept.
    """
    from ray import tune

    file, folder = Path(file).resolve(), Path(folder).resolve()
    data = None if data_dir is None else Path(data_dir).resolve()

    def trial(config: dict[str, Any]) -> None:
        study = Study.sweep(folder / _name(config), file, data_dir=data, **config)
        study.work(threads=num_cpus_per_run)
        (group,) = study.collect()["sweep"]["groups"]
        best = group["ranked"][0]
        tune.report({"score": best["mean"], "study": str(study.folder)})

    return tune.with_resources(trial, {"cpu": num_cpus_per_run})


def _name(config: dict[str, Any]) -> str:
    """The same of the same configuration."""
    text = json.dumps(config, sort_keys=True)
    return "trial-" + hashlib.sha256(text.encode()).hexdigest()[:16]
