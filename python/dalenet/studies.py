"""Studies: many trainings in one folder that together answer a question."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from dalenet import _core

_Path: TypeAlias = str | os.PathLike[str]


class Study:
    """A study in its folder, as ``dalenet compare``, ``ablate`` and ``sweep`` plan it.

    Any number of processes may work on it, on any machines that share the folder: each takes the next run that
    is free, and every run ends once.

    Parameters
    ----------
    folder
        The folder of a study that has been planned.
    data_dir
        Where data sets are kept; by default the platform's folder for data.

    Raises
    ------
    FileNotFoundError
        If the folder is no study.

    Examples
    --------
    >>> import dalenet
    >>> study = dalenet.Study.compare(folder / "study", ["xor"], rules=["ed", "bp"], seeds=2, epochs=5)
    >>> study.work()
    >>> [row["cell"] for row in study.collect()["cells"]]
    ['ed', 'bp']
    """

    def __init__(self, folder: _Path, *, data_dir: _Path | None = None) -> None:
        self.folder = Path(folder)
        self.data_dir = None if data_dir is None else Path(data_dir)
        _core.study_runs(self.folder)

    @classmethod
    def compare(
        cls,
        folder: _Path,
        tasks: Sequence[str],
        *,
        rules: Sequence[str] = ("ed", "dfa", "fa", "bp", "bp-dale"),
        seeds: int = 5,
        preset: str = "default",
        data_dir: _Path | None = None,
        **settings: Any,
    ) -> "Study":
        """Plans the comparison of rules on tasks, and trains nothing yet.

        Parameters
        ----------
        folder
            The study's folder; one that is there already is extended.
        tasks, rules
            Names of :func:`dalenet.tasks` and :func:`dalenet.rules`.
        seeds
            Every rule is trained on every task with the seeds 0 … ``seeds`` - 1.
        preset, **settings
            As of :func:`dalenet.train`.
        data_dir
            Where data sets are kept; what is not there is fetched.

        Raises
        ------
        ValueError
            If a name or a value is not possible, or the folder holds another study.
        """
        _core.plan_comparison(folder, list(tasks), list(rules), seeds, preset, settings, data_dir)
        return cls(folder, data_dir=data_dir)

    @classmethod
    def sweep(
        cls, folder: _Path, file: _Path, *, data_dir: _Path | None = None, **fixed: Any
    ) -> "Study":
        """Plans a sweep, and trains nothing yet.

        Parameters
        ----------
        folder
            The study's folder.
        file
            The TOML file of ``dalenet sweep``.
        data_dir
            Where data sets are kept; what is not there is fetched.
        **fixed
            Values of ``task``, ``rule`` or settings in the place of those of the file.

        Raises
        ------
        ValueError
            If the file is no sweep or a value is not possible, or the folder holds another study.
        """
        _core.plan_sweep(folder, file, fixed, data_dir)
        return cls(folder, data_dir=data_dir)

    def work(self, *, run: str | None = None, threads: int = 0) -> None:
        """Trains the runs of the study that are free, until none is left.

        Ctrl-C saves the run that is trained and raises ``KeyboardInterrupt``; this or any other worker resumes it.

        Parameters
        ----------
        run
            The name of the only run to train; by default all.
        threads
            How many threads compute; 0: as many as there are cores.
        """
        _core.work_on_study(self.folder, run, self.data_dir, threads)

    def status(self) -> list[dict[str, Any]]:
        """Each run with its name under ``run``, and its ``state``: done, failed, running, left or waiting."""
        rows: list[dict[str, Any]] = json.loads(_core.study_runs(self.folder))
        return rows

    def collect(self) -> dict[str, Any]:
        """What the finished runs say, also written to ``table.md`` and the figures in the folder."""
        findings: dict[str, Any] = json.loads(_core.collect_study(self.folder))
        return findings

    @property
    def table(self) -> str:
        """The table of the last :meth:`collect`, as Markdown."""
        return (self.folder / "table.md").read_text(encoding="utf-8")

    def __repr__(self) -> str:
        return f"Study({str(self.folder)!r})"
