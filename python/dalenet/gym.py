"""Environments for Gymnasium: N at once, native and on all cores, or one. Needs ``dalenet[gym]``.

Importing this module registers all of them; ``dalenet.envs.list()`` names them.

Examples
--------
>>> import gymnasium, dalenet.gym
>>> envs = gymnasium.make_vec("dalenet/HalfCheetah-v0", num_envs=64)
>>> obs, info = envs.reset(seed=0)
>>> obs, rewards, terminated, truncated, infos = envs.step(envs.action_space.sample())
>>> obs.shape, rewards.dtype
((64, 17), dtype('float32'))
"""

import operator
from collections.abc import Sequence
from typing import Any, SupportsIndex

import gymnasium
import numpy as np
from gymnasium.error import ClosedEnvironmentError, ResetNeeded
from gymnasium.spaces import Box, Discrete
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import ArrayLike, NDArray

from dalenet import _core
from dalenet._window import Window
from dalenet.envs import SparseRows, find
from dalenet.envs import list as _environments

__all__ = ["AutoresetMode", "Env", "VectorEnv"]

#: Steps that no episode reaches: the limit of environments without one.
_NO_LIMIT = 2**32 - 1
#: Frames a second of tasks that have no time in seconds.
_FPS = 10.0
#: Width and height of pictures; those of games have a size of their own.
_SIZE = (480, 360)

_Seed = SupportsIndex | Sequence[SupportsIndex | None] | None


class VectorEnv(gymnasium.vector.VectorEnv[Any, Any, NDArray[Any]]):
    """N environments of one task, stepped together.

    N environments, O numbers observed of each, A numbers of an action, K achievements.

    Parameters
    ----------
    name
        Of the task: ``"brax/half-cheetah"``, ``"HalfCheetah"`` or ``"dalenet/HalfCheetah-v0"``.
    num_envs
        N.
    max_episode_steps
        Steps after which an episode is truncated; None: the task's own.
    autoreset_mode
        What follows the end of an episode. ``NEXT_STEP``: the next step ignores the action and gives the
        first observation of a new episode, reward 0 and no flag. ``SAME_STEP``: the same step gives the
        new episode's first observation, and ``infos["final_obs"]`` the last one. ``DISABLED``: nothing;
        ``reset(options={"reset_mask": …})`` starts new ones. All modes play the same episodes.
    action_repeat
        How often an action is repeated in a step; rewards are added up.
    restart
        ``"fresh"``: every episode has a new random start. ``"same"``: that of the environment's first
        episode, as in Brax.
    stagger
        Whether the first episode of environment i ends i/N of the length early, so that episodes do not
        all end at the same step.
    observations
        ``"dense"``, or, for Craftax, ``"sparse"``: :class:`dalenet.envs.SparseRows`, which saves most of
        the time of a step. Wrappers need dense ones.
    copy
        Whether every call gives new arrays. If not, two sets of them alternate: what a call gave is
        overwritten by the next but one.
    render_mode
        ``"rgb_array"`` or None.
    num_threads
        Threads of a step; 0: as many as there are cores, or ``RAYON_NUM_THREADS``. The numbers do not
        depend on it.

    Raises
    ------
    ValueError
        If there is no such task (the nearest is named) or a parameter has a wrong value.

    Notes
    -----
    The observations of an environment do not depend on N: environment i draws from stream i of the seed.
    Where the physics breaks (a number is not finite), the episode is truncated with reward 0 and
    ``infos["failed"]``; no NaN is ever given. ``infos["unlocked"]``, N×K, says what was unlocked in games
    that have ended.

    Examples
    --------
    >>> from dalenet.gym import VectorEnv
    >>> envs = VectorEnv("cart-pole", 4, autoreset_mode="SameStep")
    >>> obs, _ = envs.reset(seed=[3, 1, 4, 1])
    >>> bool((obs[1] == obs[3]).all())
    True
    """

    _core: _core.Environments

    def __init__(
        self,
        name: str,
        num_envs: int = 1,
        *,
        max_episode_steps: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        action_repeat: int = 1,
        restart: str = "fresh",
        stagger: bool = False,
        observations: str = "dense",
        copy: bool = True,
        render_mode: str | None = None,
        num_threads: int = 0,
    ) -> None:
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self._name = find(name).name
        self._options: dict[str, Any] = {
            "episode_length": max_episode_steps and max_episode_steps * action_repeat,
            "action_repeat": action_repeat,
            "stagger": stagger,
            "restart": restart,
            "observations": observations,
            "autoreset": self.autoreset_mode.value,
            "threads": num_threads,
        }
        self.num_envs = num_envs
        self.copy = copy
        self.render_mode = render_mode
        self._open()

    def _open(self) -> None:
        core = _make(self._name, self.num_envs, self._options)
        self._core = core
        _check_render_mode(core, self.render_mode, ("rgb_array",))
        self.metadata = {
            "render_modes": ["rgb_array"] if core.has_picture else [],
            "render_fps": _fps(core),
            "autoreset_mode": self.autoreset_mode,
        }
        self.single_observation_space = _observation_space(core)
        self.single_action_space = _action_space(core)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._shape = (self.num_envs, *self.single_observation_space.shape)
        self._has_achievements = bool(core.achievements)
        self._is_sparse = core.is_sparse
        self._same_step = self.autoreset_mode is AutoresetMode.SAME_STEP
        self._buffers = [] if self.copy else [self._new_arrays() for _ in range(2)]
        self._started = False
        #: Whether a step must be refused: before the first reset and after `close`.
        self._unready = True

    def reset(
        self, *, seed: _Seed = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Starts an episode in all environments, or in those of a mask.

        Parameters
        ----------
        seed
            None: environments draw on from where they are, at the first reset from the system's entropy.
            An integer: environment i has stream i of it. A list: environment i is as the only one of its
            own seed; one of None draws on.
        options
            ``{"reset_mask": mask}``: bool, (N,), at least one True. Environments of False stay as they
            are. Other entries are ignored.

        Returns
        -------
        observations
            float32, N×O.
        infos
            ``{}``.

        Raises
        ------
        TypeError, ValueError
            If the seed or the mask is of a wrong type or shape.
        """
        if self.closed:
            self._refuse()
        seeds = _seeds(seed)
        mask = _reset_mask(options, self.num_envs)
        super().reset(seed=seeds if isinstance(seeds, int) else None)
        if seeds is None and not self._started:
            seeds = int(self.np_random.integers(2**64, dtype=np.uint64))
        self._core.reset(seeds, mask)
        self._started, self._unready = True, False
        return self._observations(), {}

    def step(
        self, actions: ArrayLike
    ) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """One step of every environment.

        Parameters
        ----------
        actions
            N×A real numbers, in any memory layout, or N integers.

        Returns
        -------
        observations
            float32, N×O.
        rewards
            float32, (N,).
        terminations, truncations
            bool, (N,). Never both.
        infos
            ``{}`` but where an episode has ended: see the class.

        Raises
        ------
        TypeError, ValueError
            If the actions are of a wrong kind or shape, or one of them is not finite or not a choice.
            Nothing has moved then.
        RuntimeError
            If an environment had to be reset first (``DISABLED``), or another thread is using these.
        """
        if self._unready:
            self._refuse()
        arrays = self._new_arrays() if self.copy else self._buffers[0]
        events = self._core.step(actions, *arrays)
        if not self.copy:
            self._buffers.reverse()
        observations, rewards, terminated, truncated = arrays
        infos = self._infos(events, terminated | truncated) if events else {}
        if observations is None:
            return self._sparse(), rewards, terminated, truncated, infos
        return observations, rewards, terminated, truncated, infos

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """A picture of each environment, H×W×3; None without a render mode."""
        if self.closed:
            self._refuse()
        if self.render_mode is None:
            _warn_of_no_render_mode()
            return None
        return tuple(self._core.render(i, *_SIZE) for i in range(self.num_envs))

    def save(self) -> NDArray[np.uint32]:
        """The whole state: physics, random streams, last observations.

        :meth:`restore` takes it, in this process or another; what follows is the same to the bit on the
        same machine. Pickling and ``copy.deepcopy`` do the same.
        """
        return self._core.save()

    def restore(self, state: NDArray[np.uint32]) -> Any:
        """Restores a saved state and returns the observations of that time, N×O.

        Raises
        ------
        ValueError
            If it is not of this task, N and options. Nothing has changed then.
        """
        self._core.restore(state)
        self._started, self._unready = True, False
        return self._observations()

    @property
    def failures(self) -> int:
        """Steps whose physics failed since the last reset of all environments."""
        return self._core.failures

    @property
    def achievements(self) -> list[str]:
        """What can be unlocked in an episode: names of the K columns of ``infos["unlocked"]``."""
        return self._core.achievements

    @property
    def backend(self) -> str:
        """What computes the task: ``positional`` (Brax's pipeline), ``mujoco`` or ``native``."""
        return self._core.backend

    def close_extras(self, **kwargs: Any) -> None:
        """Frees the environments."""
        self._core.close()
        self._unready = True

    def _new_arrays(
        self,
    ) -> tuple[NDArray[np.float32] | None, NDArray[Any], NDArray[Any], NDArray[Any]]:
        return (
            None if self._is_sparse else np.empty(self._shape, np.float32),
            np.empty(self.num_envs, np.float32),
            np.empty(self.num_envs, np.bool_),
            np.empty(self.num_envs, np.bool_),
        )

    def _observations(self) -> Any:
        if self._is_sparse:
            return self._sparse()
        observations = np.empty(self._shape, np.float32)
        self._core.observe(observations)
        return observations

    def _sparse(self, led_to: bool = False) -> SparseRows:
        indptr, indices, values = self._core.sparse(led_to)
        return SparseRows(indptr, indices, values, (self.num_envs, self._shape[1]))

    def _infos(self, events: int, over: NDArray[np.bool_]) -> dict[str, Any]:
        """Of a step in which an episode has ended; `events` plus 2 if the physics failed."""
        infos: dict[str, Any] = {}
        if events & 2:
            failed = self._core.failed()
            infos.update(failed=failed, _failed=failed.copy())
        if self._has_achievements:
            infos.update(unlocked=self._core.unlocked(), _unlocked=over)
        if not self._same_step:
            return infos
        final: NDArray[Any] = np.full(self.num_envs, None, object)
        places = np.flatnonzero(over)
        last = self._core.final_observations()
        if last is None:
            rows = self._sparse(led_to=True)
            last = np.stack([rows.row(int(place)) for place in places])
        for place, row in zip(places, last, strict=True):
            final[place] = row
        return {
            "final_obs": final,
            "_final_obs": over,
            "final_info": infos,
            "_final_info": over.copy(),
        }

    def _refuse(self) -> None:
        if self.closed:
            raise ClosedEnvironmentError("these environments are closed; make new ones")
        raise ResetNeeded("call reset before the first step")

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        for name in ("_core", "_buffers"):
            del state[name]
        state["saved"] = None if self.closed else self._core.save()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        saved = state.pop("saved")
        self.__dict__.update(state)
        self._open()
        self.__dict__.update(state)
        if saved is None:
            self._core.close()
        else:
            self._core.restore(saved)


class Env(gymnasium.Env[Any, Any]):
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

    metadata = {"render_modes": ["human", "rgb_array"], "render_fps": _FPS}
    _core: _core.Environments

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
            "episode_length": _NO_LIMIT,
            "action_repeat": action_repeat,
            "restart": restart,
            "autoreset": AutoresetMode.DISABLED.value,
            "threads": 1,
        }
        self.render_mode = render_mode
        self._open()

    def _open(self) -> None:
        core = _make(self._name, 1, self._options)
        self._core = core
        modes = ("human", "rgb_array") if core.has_picture else ()
        _check_render_mode(core, self.render_mode, modes)
        self.metadata = {"render_modes": list(modes), "render_fps": _fps(core)}
        self.observation_space = _observation_space(core)
        self.action_space = _action_space(core)
        self._shape = (1, *self.observation_space.shape)
        self._has_achievements = bool(core.achievements)
        self._reward = np.empty(1, np.float32)
        self._terminated, self._truncated = np.empty(1, np.bool_), np.empty(1, np.bool_)
        self._window = Window(self._name, _fps(core)) if self.render_mode == "human" else None
        self._started = False
        self._unready = True
        self._closed = False

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
        if self._closed:
            self._refuse()
        super().reset(seed=seed)
        seeds = _seeds(seed)
        if seeds is None and not self._started:
            seeds = int(self.np_random.integers(2**64, dtype=np.uint64))
        self._core.reset(seeds)
        self._started, self._unready = True, False
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
        if self._closed:
            self._refuse()
        if self.render_mode is None:
            _warn_of_no_render_mode()
            return None
        if self.render_mode == "human":
            self._show()
            return None
        return self._core.render(0, *_SIZE)

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
        self._started, self._unready = True, False
        return self._observation()

    @property
    def achievements(self) -> list[str]:
        """What can be unlocked in an episode: names of the entries of ``info["unlocked"]``."""
        return self._core.achievements

    def close(self) -> None:
        """Frees the environment and closes its window; may be called again."""
        self._core.close()
        self._closed = self._unready = True
        if self._window is not None:
            self._window.close()

    def _observation(self) -> NDArray[np.float32]:
        observation = np.empty(self._shape, np.float32)
        self._core.observe(observation)
        row: NDArray[np.float32] = observation[0]
        return row

    def _show(self) -> None:
        if self._window is not None:
            self._window.show(self._core.render(0, *_SIZE))

    def _refuse(self) -> None:
        if self._closed:
            raise ClosedEnvironmentError("this environment is closed; make a new one")
        raise ResetNeeded("call reset before the first step")

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        for name in ("_core", "_window"):
            del state[name]
        state["saved"] = None if self._closed else self._core.save()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        saved = state.pop("saved")
        self.__dict__.update(state)
        self._open()
        self.__dict__.update(state)
        if saved is None:
            self._core.close()
        else:
            self._core.restore(saved)


def _make(name: str, count: int, options: dict[str, Any]) -> _core.Environments:
    try:
        return _core.Environments(name, count, **options)
    except OverflowError as cause:
        counts = "num_envs, max_episode_steps, action_repeat and num_threads"
        raise ValueError(f"{counts} must be from 0 to 2**32 - 1") from cause


def _observation_space(core: _core.Environments) -> Box:
    low, high = core.observation_bounds()
    return Box(low, high, dtype=np.float32)


def _action_space(core: _core.Environments) -> Box | Discrete:
    bounds = core.action_bounds()
    if bounds is not None:
        low, high = bounds
        return Box(low, high, dtype=np.float32)
    choices = core.choices()
    assert choices is not None
    return Discrete(choices)


def _fps(core: _core.Environments) -> float:
    seconds = core.step_seconds
    return _FPS if seconds is None else 1.0 / seconds


def _check_render_mode(core: _core.Environments, mode: str | None, modes: tuple[str, ...]) -> None:
    if mode is None:
        return
    if not core.has_picture:
        raise ValueError(f"`{core.name}` has no picture: render_mode must be None, not {mode!r}")
    if mode not in modes:
        names = " or ".join(repr(name) for name in modes)
        raise ValueError(f"render_mode must be None or {names}, not {mode!r}")


def _warn_of_no_render_mode() -> None:
    gymnasium.logger.warn("render needs a render mode: make the environment with render_mode='rgb_array'")


def _seeds(seed: _Seed) -> int | list[int | None] | None:
    if seed is None:
        return None
    if isinstance(seed, np.ndarray):
        seed = seed.tolist()
    if isinstance(seed, SupportsIndex):
        return _seed(seed)
    return [None if one is None else _seed(one) for one in seed]


def _seed(seed: SupportsIndex) -> int:
    number = operator.index(seed)
    if not 0 <= number < 2**64:
        raise ValueError(f"a seed must be from 0 to 2**64 - 1, not {number}")
    return number


def _reset_mask(options: dict[str, Any] | None, num_envs: int) -> NDArray[np.bool_] | None:
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


def _register() -> None:
    for env in _environments():
        if env.id not in gymnasium.registry:
            gymnasium.register(
                env.id,
                entry_point="dalenet.gym:Env",
                vector_entry_point="dalenet.gym:VectorEnv",
                max_episode_steps=env.max_episode_steps,
                kwargs={"name": env.name},
            )


_register()
