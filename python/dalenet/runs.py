"""Runs: what a training left in its folder, and what it has learnt."""

import json
import os
import re
import tempfile
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dalenet import _core, arrays, metrics
from dalenet.arrays import Labelled
from dalenet.page import Page

if TYPE_CHECKING:
    import pandas as pd

#: Weights and biases among the tensors of a checkpoint, not the optimiser's averages of them.
_WEIGHTS = re.compile(r"(actor\.|critic\.)?layer\d+\.(W(_[pn][pn])?|bias)")


class Weights(dict[str, NDArray[np.float32]]):
    """Weights and biases by name."""

    def __missing__(self, name: str) -> NDArray[np.float32]:
        raise KeyError(f"there is no {name}; there are {', '.join(self)}")


def load(
    folder: str | os.PathLike[str],
    *,
    data_dir: str | os.PathLike[str] | None = None,
    precision: Literal["f32", "bf16"] | None = None,
) -> "Run":
    """The run in a folder that :func:`dalenet.train` or the program made.

    Parameters
    ----------
    folder
        The run's folder.
    data_dir
        Where data sets are kept; by default the platform's folder for data.
    precision
        Precision of the products of what it has learnt; by default that of its training.

    Raises
    ------
    FileNotFoundError
        If the folder is no run.
    ValueError
        If there is no such precision.

    Examples
    --------
    >>> run = dalenet.load("runs/x")  # doctest: +SKIP
    >>> run.config["rule"], run.result["test_accuracy"]  # doctest: +SKIP
    ('dfa', 0.9647)
    """
    return Run(_core.Registry(), Path(folder), data_dir, precision)


class Run:
    """A run: its configuration, metrics, weights and result, and what it has learnt.

    What has been read stays as it was; :func:`load` reads a run anew that was trained further.

    Attributes
    ----------
    folder : pathlib.Path
        Where it is.
    """

    def __init__(
        self,
        registry: _core.Registry,
        folder: Path,
        data_dir: str | os.PathLike[str] | None,
        precision: Literal["f32", "bf16"] | None = None,
    ) -> None:
        self.folder = folder
        self._options: dict[str, Any] = {"data_dir": data_dir, "precision": precision}
        self._core = _core.Run(registry, folder, data_dir, precision)

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(load, **self._options), (self.folder,)

    def __repr__(self) -> str:
        return f"<dalenet.Run {self.folder}: {self.config['task']} by {self.config['rule']}>"

    @cached_property
    def config(self) -> dict[str, Any]:
        """All settings, by the names of ``config.toml``."""
        settings: dict[str, Any] = json.loads(_core.Experiment.of_run(self.folder, {}).json())
        return settings

    @cached_property
    def result(self) -> dict[str, Any] | None:
        """The final evaluation, as ``result.json`` has it; ``None`` of a run that has not ended."""
        path = self.folder / "result.json"
        return json.loads(path.read_text()) if path.exists() else None

    @cached_property
    def metrics(self) -> dict[str, NDArray[Any]]:
        """What was measured: an array a key, a row an epoch or update, NaN where nothing was.

        Keys are those of ``metrics.jsonl``. What is measured layer by layer has a column a layer; the
        diagnosis on the probe has keys like ``layers/alignment``, achievements of a game keys like
        ``achievements/place_table``.
        """
        return metrics.read(self.folder)

    def frame(self) -> "pd.DataFrame":
        """The metrics as a DataFrame of pandas, a row an epoch or update.

        What is measured layer by layer has a column a layer: ``ei_ratio/layer1``.
        """
        import pandas as pd

        columns = {}
        for key, values in self.metrics.items():
            if values.ndim == 1:
                columns[key] = values
            else:
                name = key.removeprefix("layers/")
                columns |= {f"{name}/layer{i + 1}": values[:, i] for i in range(values.shape[1])}
        return pd.DataFrame(columns)

    @cached_property
    def tensors(self) -> dict[str, NDArray[Any]]:
        """All tensors of the checkpoint by their names, those of the optimiser too."""
        return self._core.tensors()

    @cached_property
    def weights(self) -> Weights:
        """Weights and biases: ``layer1.W_pp`` (K×N), ``layer1.bias``; of agents ``actor.layer1.W_pp``, of a
        network of a single stream ``layer1.W``.

        Weights are magnitudes, never negative under Dale's principle.

        Raises
        ------
        FileNotFoundError
            If the run has no checkpoint yet.
        """
        names = filter(_WEIGHTS.fullmatch, sorted(self.tensors))
        return Weights({name: self.tensors[name] for name in names})

    @cached_property
    def _samples(self) -> tuple[list[str], tuple[int, int, int]]:
        """Names of the classes, and the shape H×W×C of a sample."""
        return self._core.samples()

    @cached_property
    def classes(self) -> NDArray[Any]:
        """The C classes of a classifier: whole numbers where all are such, else their names."""
        names, _ = self._samples
        try:
            return np.array([int(name) for name in names])
        except ValueError:
            return np.array(names)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The class of each sample.

        Parameters
        ----------
        X
            N samples, N×D, N×H×W or N×H×W×C: bytes (0 to 255) or floating-point numbers, as in the
            training.

        Returns
        -------
        ndarray of shape (N,)
            Classes, of :attr:`classes`.

        Raises
        ------
        ValueError
            If the samples have another shape, are not finite or the run is an agent's.
        """
        labels, _ = self._predict(X)
        return self.classes[labels]

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:
        """The probability of each class for each sample.

        Parameters
        ----------
        X
            N samples, as of :meth:`predict`.

        Returns
        -------
        ndarray of shape (N, C)
            Columns in the order of :attr:`classes`.
        """
        _, probabilities = self._predict(X)
        return probabilities

    def _predict(self, X: ArrayLike) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
        x = arrays.samples(X)
        _, (height, width, channels) = self._samples
        if x.ndim not in (2, 3, 4):
            raise ValueError(f"X has shape {x.shape}; give samples N×D, N×H×W or N×H×W×C")
        if x.dtype.kind == "f" and not np.isfinite(x).all():
            row = np.argwhere(~np.isfinite(x))[0][0]
            raise ValueError(f"X has a value that is not finite in row {row}; give finite numbers")
        shape = {2: (1, 1), 3: x.shape[1:], 4: x.shape[1:3]}[x.ndim]
        shape += ({2: x.shape[1], 3: 1, 4: x.shape[-1]}[x.ndim],)
        if x.ndim == 2 and x.shape[1] == height * width * channels:
            shape = (height, width, channels)  # images that were made flat
        if len(x) == 0:
            return np.empty(0, np.uint16), np.empty((0, len(self.classes)), np.float32)
        return self._core.predict(np.ascontiguousarray(x.reshape(len(x), -1)), shape)

    def evaluate(
        self,
        data: str | os.PathLike[str] | Labelled | None = None,
        *,
        episodes: int | None = None,
        deterministic: bool | None = None,
    ) -> dict[str, Any]:
        """How well it does on a test set, or in new episodes.

        Parameters
        ----------
        data
            Of a classifier: a task, a file, or samples and labels ``(X, y)``; by default the test set of
            the data it was trained on.
        episodes
            Of an agent: how many episodes are played; 64 by default.
        deterministic
            Of an agent: whether it takes its most probable actions; if not, they are sampled. By default as
            in the run's evaluation.

        Returns
        -------
        dict
            As ``dalenet eval --json`` prints it: ``test_accuracy``, ``confusion`` …, or ``return_mean``,
            ``return_std`` ….

        Raises
        ------
        ValueError
            If the data do not fit, or are no longer those of the training.
        """
        is_agent = self.config["kind"] == "agent"
        if is_agent and data is not None:
            raise ValueError("data is for runs on data sets; this one is of an environment")
        if not is_agent and episodes is not None:
            raise ValueError("episodes is for runs in an environment; this one is on a data set")
        if not is_agent and deterministic is not None:
            raise ValueError("deterministic is for runs in an environment; this one is on a data set")
        if is_agent:
            text = self._core.evaluate_agent(64 if episodes is None else episodes, deterministic)
        elif data is None or not isinstance(data, tuple):
            text = self._core.evaluate(None if data is None else os.fspath(data), None)
        else:
            text = self._core.evaluate(None, arrays.packed(test=data))
        evaluation: dict[str, Any] = json.loads(text)
        return evaluation

    def act(self, observations: ArrayLike) -> NDArray[Any]:
        """The actions of an agent.

        Parameters
        ----------
        observations
            Of N environments, N×O, or of one, O.

        Returns
        -------
        ndarray
            Actions N×A (float32) or choices N (int64); without the N where one observation was given.
            They are chosen as in the run's evaluation: the most probable ones, or sampled
            (``deterministic=False``).

        Raises
        ------
        ValueError
            If the run is no agent's, or observations have another length or are not finite.
        """
        x = np.asarray(observations, dtype=np.float32)
        if x.ndim not in (1, 2):
            raise ValueError(f"observations have shape {x.shape}; give an array N×O or O")
        if not np.isfinite(x).all():
            raise ValueError("observations have a value that is not finite; give finite numbers")
        actions = self._core.act(np.ascontiguousarray(np.atleast_2d(x)))
        return actions if x.ndim == 2 else actions[0]

    def play(self, seed: int | None = None) -> Page:
        """A page that shows what was learnt, inline in a notebook.

        Of an agent it is an episode, from the start that ``seed`` gives (by default 0); of a classifier
        what it gets wrong.

        Raises
        ------
        ValueError
            If there is nothing to see of the task, or a seed is given for a classifier.
        """
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "page.html"
            self._core.play(seed, out)
            return Page(out.read_text(encoding="utf-8"))
