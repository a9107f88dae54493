"""Seeds and masks as users give them, checked."""

import operator
from collections.abc import Sequence
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray

Seed = SupportsIndex | Sequence[SupportsIndex | None] | None


def seeds_of(seed: Seed) -> int | list[int | None] | None:
    """A seed for all, one each, or none."""
    if seed is None:
        return None
    if isinstance(seed, np.ndarray):
        seed = seed.tolist()
    if isinstance(seed, SupportsIndex):
        return seed_of(seed)
    return [None if one is None else seed_of(one) for one in seed]


def seed_of(seed: SupportsIndex) -> int:
    """A seed that the engine can have."""
    number = operator.index(seed)
    if not 0 <= number < 2**64:
        raise ValueError(f"a seed must be from 0 to 2**64 - 1, not {number}")
    return number


def reset_mask(options: dict[str, Any] | None, num_envs: int) -> NDArray[np.bool_] | None:
    """The mask of `options`, refused as Gymnasium's `SyncVectorEnv` refuses it."""
    if options is None or "reset_mask" not in options:
        return None
    mask = options["reset_mask"]
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
        found = mask.dtype if isinstance(mask, np.ndarray) else type(mask).__name__
        raise TypeError(f"options['reset_mask'] must be a NumPy array of bool, not {found}")
    if mask.shape != (num_envs,):
        raise ValueError(f"options['reset_mask'] must have shape ({num_envs},), not {mask.shape}")
    if not mask.any():
        raise ValueError("options['reset_mask'] must have at least one True")
    return mask
