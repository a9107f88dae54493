"""Arrays of samples and labels on their way to a training."""

import io
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Samples N×D, N×H×W or N×H×W×C with labels N.
Labelled: TypeAlias = tuple[ArrayLike, ArrayLike]


def samples(x: ArrayLike) -> NDArray[Any]:
    """Samples as they are kept: bytes stay bytes (0 to 255 are 0 to 1), other numbers become float32."""
    array = np.asarray(x)
    if array.dtype == np.uint8 or array.dtype.kind not in "biuf":
        return array
    with np.errstate(over="ignore"):  # what becomes infinite is refused
        return array.astype(np.float32)


def labels(y: ArrayLike) -> NDArray[Any]:
    """Labels as whole numbers or as texts."""
    array = np.asarray(y)
    if array.dtype == object and all(isinstance(label, str) for label in array.flat):
        return array.astype(str)
    if array.dtype.kind == "f" and np.array_equal(array, np.floor(array)) and np.isfinite(array).all():
        return array.astype(np.int64)
    return array


def packed(**pairs: Labelled | None) -> bytes:
    """The bytes of an ``.npz`` file: of ``train=(x, y)`` the arrays ``x_train`` and ``y_train``."""
    arrays = {}
    for role, pair in pairs.items():
        if pair is not None:
            x, y = pair
            arrays[f"x_{role}"], arrays[f"y_{role}"] = samples(x), labels(y)
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()
