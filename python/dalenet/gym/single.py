"""One environment."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from dalenet._window import Window
from dalenet.envs import find
from dalenet.gym.arguments import seeds_of
from dalenet.gym.core import CoreOwner, make
from dalenet.gym.pictures import FPS, SIZE, check_render_mode, fps, warn_of_no_render_mode
from dalenet.gym.spaces import action_space, observation_space

#: Steps that no episode reaches: the limit of environments without one.
NO_LIMIT = 2**32 - 1


class Env(CoreOwner, gymnasium.Env[Any, Any]):
    """One environment.

    Without a limit to its episodes: ``gymnasium.make`` puts ``TimeLimit`` around it, with that of the task.
    Parameters, seeds and infos are those of :class:`VectorEnv`; the same seed gives what
    ``VectorEnv(name, 1).reset(seed=seed)`` goes through. ``info["unlocked"]``, (K,), is given where the game
    itself ends.

    Parameters
    ----------
    render_mode
        ``"rgb_array"``; ``"human"`` for a window, which needs pygame; or None.

    Examples
    --------
    >>> import gymnasium, dalenet.gym
    >>> env = gymnasium.make("dalenet/CraftaxClassic-v0", render_mode="rgb_array")
    >>> obs, info = env.reset(seed=0)
    >>> env.render().shape
    (112, 144, 3)
    """

    metadata = {"render_modes": ["human", "rgb_array"], "render_fps": FPS}
    NOT_COPIED = ("_core", "_window")

    def __init__(
        self,
        name: str,
        *,
        action_repeat: int = 1,
        restart: str = "fresh",
        render_mode: str | None = None,
    ) -> None:
        self._name = find(name).name
        self._options: dict[str, Any] = {
            "episode_length": NO_LIMIT,
            "action_repeat": action_repeat,
            "restart": restart,
            "autoreset": AutoresetMode.DISABLED.value,
            "threads": 1,
        }
        self.render_mode = render_mode
        self._open()

    def _open(self) -> None:
        core = make(self._name, 1, self._options)
        self._core = core
        modes = ("human", "rgb_array") if core.has_picture else ()
        check_render_mode(core, self.render_mode, modes)
        self.metadata = {"render_modes": list(modes), "render_fps": fps(core)}
        self.observation_space = observation_space(core)
        self.action_space = action_space(core)
        self._shape = (1, *self.observation_space.shape)
        self._has_achievements = bool(core.achievements)
        self._reward = np.empty(1, np.float32)
        self._terminated, self._truncated = np.empty(1, np.bool_), np.empty(1, np.bool_)
        self._window = Window(self._name, fps(core)) if self.render_mode == "human" else None
        self._started = False
        self._unready = True
        self.closed = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Starts an episode; see :meth:`VectorEnv.reset`.

        Returns
        -------
        observation
            float32, (O,).
        info
            ``{}``.
        """
        if self.closed:
            self._refuse()
        super().reset(seed=seed)
        seeds = seeds_of(seed)
        if seeds is None and not self._started:
            seeds = int(self.np_random.integers(2**64, dtype=np.uint64))
        self._core.reset(seeds)
        self._begin()
        self._show()
        return self._observation(), {}

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """One step by A numbers or one choice; see :meth:`VectorEnv.step`.

        Raises
        ------
        RuntimeError
            If the episode is over.
        """
        if self._unready:
            self._refuse()
        observation = np.empty(self._shape, np.float32)
        events = self._core.step(
            action, observation, self._reward, self._terminated, self._truncated
        )
        info: dict[str, Any] = {}
        if events:
            if events & 2:
                info["failed"] = True
            if self._has_achievements:
                info["unlocked"] = self._core.unlocked()[0]
        if self._window is not None:
            self._show()
        return (
            observation[0],
            self._reward.item(),
            self._terminated.item(),
            self._truncated.item(),
            info,
        )

    def render(self) -> NDArray[np.uint8] | None:
        """A picture, H×W×3; None for a window or without a render mode."""
        if self.closed:
            self._refuse()
        if self.render_mode is None:
            warn_of_no_render_mode()
            return None
        if self.render_mode == "human":
            self._show()
            return None
        return self._core.render(0, *SIZE)

    def save(self) -> NDArray[np.uint32]:
        """The whole state; see :meth:`VectorEnv.save`."""
        return self._core.save()

    def restore(self, state: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Restores a saved state and returns the observation of that time, (O,).

        Raises
        ------
        ValueError
            If it is not of this task and options. Nothing has changed then.
        """
        self._core.restore(state)
        self._begin()
        return self._observation()

    @property
    def achievements(self) -> list[str]:
        """What can be unlocked in an episode: names of the entries of ``info["unlocked"]``."""
        return self._core.achievements

    def close(self) -> None:
        """Frees the environment and closes its window; may be called again."""
        self._core.close()
        self.closed = self._unready = True
        if self._window is not None:
            self._window.close()

    def _observation(self) -> NDArray[np.float32]:
        observation = np.empty(self._shape, np.float32)
        self._core.observe(observation)
        row: NDArray[np.float32] = observation[0]
        return row

    def _show(self) -> None:
        if self._window is not None:
            self._window.show(self._core.render(0, *SIZE))
