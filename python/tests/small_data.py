"""A small data set."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Arrays: TypeAlias = tuple[NDArray[Any], NDArray[Any]]


def bars(count: int, seed: int) -> Arrays:
    """Images 8×8 of a bright bar in noise, level, upright or slanting, and which of the three it is."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 100, (count, 8, 8)), rng.integers(0, 3, count)
    for image, kind in zip(x, y, strict=True):
        at, i = rng.integers(1, 7), np.arange(8)
        image[[(at, i), (i, at), (i, i)][kind]] += 150
    return x.astype(np.uint8), y
