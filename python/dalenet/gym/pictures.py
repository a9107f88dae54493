"""Render modes, and the size and pace of pictures."""

import gymnasium

from dalenet import _core

#: Frames a second of tasks that have no time in seconds.
FPS = 10.0
#: Width and height of pictures; those of games have a size of their own.
SIZE = (480, 360)


def fps(core: _core.Environments) -> float:
    """Frames a second in which a picture moves as fast as the task."""
    seconds = core.step_seconds
    return FPS if seconds is None else 1.0 / seconds


def check_render_mode(core: _core.Environments, mode: str | None, modes: tuple[str, ...]) -> None:
    """Refuses a render mode that the task does not have."""
    if mode is None:
        return
    if not core.has_picture:
        raise ValueError(f"`{core.name}` has no picture: render_mode must be None, not {mode!r}")
    if mode not in modes:
        names = " or ".join(repr(name) for name in modes)
        raise ValueError(f"render_mode must be None or {names}, not {mode!r}")


def warn_of_no_render_mode() -> None:
    """Says why `render` gives nothing."""
    gymnasium.logger.warn("render needs a render mode: make the environment with render_mode='rgb_array'")
