"""What one and many environments have in common: the core, its state, and when it cannot be used."""

from typing import Any, NoReturn

from gymnasium.error import ClosedEnvironmentError, ResetNeeded

from dalenet import _core


def make(name: str, count: int, options: dict[str, Any]) -> _core.Environments:
    """The core; numbers that it cannot have are wrong values."""
    try:
        return _core.Environments(name, count, **options)
    except OverflowError as cause:
        counts = "num_envs, max_episode_steps, action_repeat and num_threads"
        raise ValueError(f"{counts} must be from 0 to 2**32 - 1") from cause


class CoreOwner:
    """Has a core that is saved with it and made anew for a copy.

    `_open` makes `_core` and what depends on the name and the options alone.
    """

    #: Attributes that `_open` makes and that cannot be copied.
    NOT_COPIED: tuple[str, ...] = ("_core",)

    _core: _core.Environments
    closed: bool
    #: Whether there has been a first reset, so that a later one can draw on.
    _started: bool
    #: Whether a step must be refused: before the first reset and after `close`.
    _unready: bool

    def _open(self) -> None:
        raise NotImplementedError

    def _begin(self) -> None:
        self._started, self._unready = True, False

    def _refuse(self) -> NoReturn:
        if self.closed:
            raise ClosedEnvironmentError("this environment is closed; make a new one")
        raise ResetNeeded("call reset before the first step")

    def __getstate__(self) -> dict[str, Any]:
        state = {key: value for key, value in vars(self).items() if key not in self.NOT_COPIED}
        return state | {"saved": None if self.closed else self._core.save()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        saved = state.pop("saved")
        vars(self).update(state)
        self._open()
        vars(self).update(state)
        if saved is None:
            self._core.close()
        else:
            self._core.restore(saved)
