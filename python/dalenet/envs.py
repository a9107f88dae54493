"""The environments there are, and observations as lists of what is not 0. Needs NumPy alone.

The environments themselves are in :mod:`dalenet.gym`, and for other libraries in :mod:`dalenet.sb3` and
:mod:`dalenet.torchrl`.
"""

import builtins
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dalenet import _core

__all__ = ["EnvironmentInfo", "SparseRows", "find", "list"]


class EnvironmentInfo(NamedTuple):
    """An environment that can be made."""

    name: str
    """Its name in the program and in Rust: ``brax/half-cheetah``."""
    id: str
    """Its name in Gymnasium: ``dalenet/HalfCheetah-v0``."""
    summary: str
    """What the task is, in one line."""
    aliases: builtins.list[str]
    """Other names."""
    max_episode_steps: int | None
    """Steps after which an episode is truncated; None if the task itself ends every episode."""


def list() -> builtins.list[EnvironmentInfo]:  # noqa: A001
    """All environments.

    Examples
    --------
    >>> import dalenet.envs
    >>> [env.id for env in dalenet.envs.list() if env.name.startswith("craftax")]
    ['dalenet/Craftax-v0', 'dalenet/CraftaxClassic-v0']
    """
    return [
        EnvironmentInfo(name, _id(name), summary, aliases, _max_episode_steps(name))
        for name, aliases, summary in _core.environments()
    ]


def find(name: str) -> EnvironmentInfo:
    """The environment of a name, an alias or an id; capitals, ``-`` and ``_`` do not matter.

    Raises
    ------
    ValueError
        If there is none. The message names the nearest.

    Examples
    --------
    >>> import dalenet.envs
    >>> dalenet.envs.find("dalenet/HalfCheetah-v0").name
    'brax/half-cheetah'
    """
    plain = name.removeprefix("dalenet/").removesuffix("-v0")
    found = _core.environment_name(plain)
    return next(env for env in list() if env.name == found)


def _id(name: str) -> str:
    family, _, task = name.rpartition("/")
    words = "".join(word[0].upper() + word[1:] for word in task.split("-"))
    return f"dalenet/{'MuJoCo' if family == 'mujoco' else ''}{words}-v0"


def _max_episode_steps(name: str) -> int | None:
    if name.startswith(("brax/", "mujoco/")):
        return 1000
    return 500 if name == "cart-pole" else None


class SparseRows(NamedTuple):
    """What is not 0 of N rows of O numbers (CSR, as in SciPy).

    Row ``i`` has ``values[indptr[i]:indptr[i + 1]]`` in the columns ``indices[indptr[i]:indptr[i + 1]]``.

    Examples
    --------
    >>> import numpy as np
    >>> from dalenet.envs import SparseRows
    >>> rows = SparseRows(np.array([0, 1, 3]), np.array([2, 0, 1]), np.float32([5, 6, 7]), (2, 3))
    >>> rows.to_dense()
    array([[0., 0., 5.],
           [6., 7., 0.]], dtype=float32)
    """

    indptr: NDArray[np.int64]
    """N + 1."""
    indices: NDArray[np.int32]
    """Columns, of each row from left to right."""
    values: NDArray[np.float32]
    """As many as ``indices``."""
    shape: tuple[int, int]
    """N and O."""

    def row(self, i: int) -> NDArray[np.float32]:
        """All numbers of row `i`, (O,)."""
        dense = np.zeros(self.shape[1], np.float32)
        entries = slice(self.indptr[i], self.indptr[i + 1])
        dense[self.indices[entries]] = self.values[entries]
        return dense

    def to_dense(self) -> NDArray[np.float32]:
        """All numbers, N×O."""
        dense = np.zeros(self.shape, np.float32)
        rows = np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))
        dense[rows, self.indices] = self.values
        return dense

    def to_scipy(self) -> Any:
        """A ``scipy.sparse.csr_array`` of the same arrays. Needs SciPy."""
        from scipy.sparse import csr_array

        return csr_array((self.values, self.indices, self.indptr), shape=self.shape)
