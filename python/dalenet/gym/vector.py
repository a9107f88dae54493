"""N environments at once."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import ArrayLike, NDArray

from dalenet.envs import SparseRows, find
from dalenet.gym.arguments import Seed, reset_mask, seeds_of
from dalenet.gym.core import CoreOwner, make
from dalenet.gym.pictures import SIZE, check_render_mode, fps, warn_of_no_render_mode
from dalenet.gym.spaces import action_space, observation_space


class VectorEnv(CoreOwner, gymnasium.vector.VectorEnv[Any, Any, NDArray[Any]]):
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
        Whether every call gives new arrays: their memory may be that of earlier ones that nobody holds any
        more, not even as a view. If not, two sets of them alternate: what a call gave is
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

    NOT_COPIED = ("_core", "_buffers")

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
        core = make(self._name, self.num_envs, self._options)
        self._core = core
        check_render_mode(core, self.render_mode, ("rgb_array",))
        self.metadata = {
            "render_modes": ["rgb_array"] if core.has_picture else [],
            "render_fps": fps(core),
            "autoreset_mode": self.autoreset_mode,
        }
        self.single_observation_space = observation_space(core)
        self.single_action_space = action_space(core)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._shape = (self.num_envs, *self.single_observation_space.shape)
        self._has_achievements = bool(core.achievements)
        self._is_sparse = core.is_sparse
        self._same_step = self.autoreset_mode is AutoresetMode.SAME_STEP
        self._buffers = [] if self.copy else [self._new_arrays() for _ in range(2)]
        self._started = False
        self._unready = True

    def reset(
        self, *, seed: Seed = None, options: dict[str, Any] | None = None
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
        seeds = seeds_of(seed)
        mask = reset_mask(options, self.num_envs)
        super().reset(seed=seeds if isinstance(seeds, int) else None)
        if seeds is None and not self._started:
            seeds = int(self.np_random.integers(2**64, dtype=np.uint64))
        self._core.reset(seeds, mask)
        self._begin()
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
            warn_of_no_render_mode()
            return None
        return tuple(self._core.render(i, *SIZE) for i in range(self.num_envs))

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
        self._begin()
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
            None if self._is_sparse else self._core.observation_array(),
            np.empty(self.num_envs, np.float32),
            np.empty(self.num_envs, np.bool_),
            np.empty(self.num_envs, np.bool_),
        )

    def _observations(self) -> Any:
        if self._is_sparse:
            return self._sparse()
        observations = self._core.observation_array()
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
