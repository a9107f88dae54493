"""What was measured in a training: lines of ``metrics.jsonl``, as objects and as arrays."""

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


class _Line:
    """A line of ``metrics.jsonl``."""

    @classmethod
    def of(cls, line: str) -> Self:
        """The object that a line of JSON stands for."""
        values = json.loads(line)
        known = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        return cls(**{key: value for key, value in values.items() if key in known})


@dataclass(frozen=True, kw_only=True)
class Epoch(_Line):
    """What was measured in an epoch of a classification; the guide has the meaning of each.

    ``None`` is what was not measured: without held-out samples there is no validation.
    """

    epoch: int
    step: int
    rate: float
    error: float
    train_accuracy: float
    validation_accuracy: float | None = None
    validation_error: float | None = None
    samples_per_second: float
    seconds: float
    ei_ratio: list[float] = field(default_factory=list)
    floor_share: list[float] = field(default_factory=list)
    layers: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Update(_Line):
    """What was measured in an update of an agent; the guide has the meaning of each.

    ``None`` is what was not measured: a mean return before an episode has ended.
    """

    update: int
    steps: int
    reward: float | None = None
    return_mean: float | None = None
    return_std: float | None = None
    episode_steps: float | None = None
    episodes: int
    recent_return: float | None = None
    recent_episodes: int
    entropy: float
    kl: float
    clip_fraction: float
    explained_variance: float | None = None
    value_loss: float
    gradient_norm: float
    rate: float
    failures: int
    steps_per_second: float
    seconds: float
    ei_ratio: list[float] = field(default_factory=list)
    floor_share: list[float] = field(default_factory=list)
    achievements: dict[str, float] = field(default_factory=dict)

    @property
    def mean_return(self) -> float | None:
        """Another name of ``return_mean``."""
        return self.return_mean


def read(folder: Path) -> dict[str, NDArray[Any]]:
    """The metrics of a run, an array a key with a row an epoch or update; NaN is what was not measured.

    What is measured layer by layer has a column a layer, and what stands in tables the key
    ``layers/alignment`` or ``achievements/place_table``.
    """
    path = folder / "metrics.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    rows = [dict(_flat(json.loads(line))) for line in lines]
    keys = dict.fromkeys(key for row in rows for key in row)
    return {key: _array([row.get(key) for row in rows]) for key in keys}


def _flat(row: dict[str, Any]) -> list[tuple[str, Any]]:
    """Keys and values of a line without tables in it."""
    entries: list[tuple[str, Any]] = []
    for key, value in row.items():
        if isinstance(value, dict):
            entries += [(f"{key}/{name}", inner) for name, inner in value.items()]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            layers = [dict(_flat(layer)) for layer in value]
            names = dict.fromkeys(name for layer in layers for name in layer)
            entries += [(f"{key}/{name}", [layer.get(name) for layer in layers]) for name in names]
        else:
            entries.append((key, value))
    return entries


def _array(values: list[Any]) -> NDArray[Any]:
    if all(isinstance(value, int) for value in values):
        return np.array(values)
    width = max((len(value) for value in values if isinstance(value, list)), default=None)
    if width is None:
        return np.array(values, dtype=np.float64)  # None becomes NaN
    absent = [None] * width
    return np.array([value if value else absent for value in values], dtype=np.float64)
