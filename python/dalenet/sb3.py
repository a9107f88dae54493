"""Environments for Stable-Baselines3. Needs ``dalenet[sb3]``.

Examples
--------
>>> from dalenet.sb3 import VecEnv
>>> from stable_baselines3 import PPO
>>> model = PPO("MlpPolicy", VecEnv("cart-pole", 8), n_steps=64, device="cpu")
>>> model = model.learn(512)
"""

from collections.abc import Iterable, Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common import vec_env

from dalenet.gym import AutoresetMode, VectorEnv

__all__ = ["VecEnv"]

_Indices = None | int | Iterable[int]


class VecEnv(vec_env.VecEnv):
    """N environments of one task for Stable-Baselines3, stepped together.

    An environment whose episode is over starts the next one in the same step; its ``infos`` have the last
    observation (``terminal_observation``) and whether the episode was only truncated
    (``TimeLimit.truncated``), so that algorithms bootstrap its value.

    Parameters
    ----------
    name
        Of the task: ``"HalfCheetah"``, ``"brax/half-cheetah"`` or ``"dalenet/HalfCheetah-v0"``.
    num_envs
        N.
    render_mode
        ``"rgb_array"`` or None.
    options
        Others of :class:`dalenet.gym.VectorEnv`.

    Raises
    ------
    ValueError
        If there is no such task (the nearest is named) or a parameter has a wrong value.

    Notes
    -----
    The environments step as one. ``get_attr`` gives the attribute of all of them, once for each index, and
    ``env_method`` calls the method of all of them for each index.
    """

    def __init__(
        self, name: str, num_envs: int = 1, *, render_mode: str | None = None, **options: Any
    ) -> None:
        self.envs = VectorEnv(
            name,
            num_envs,
            autoreset_mode=AutoresetMode.SAME_STEP,
            render_mode=render_mode,
            **options,
        )
        self.metadata = self.envs.metadata
        self._actions: NDArray[Any] | None = None
        super().__init__(
            num_envs, self.envs.single_observation_space, self.envs.single_action_space
        )

    def reset(self) -> NDArray[np.float32]:
        """Starts episodes and returns their first observations, N×O. Seeds of ``seed`` act here."""
        seeds = None if all(seed is None for seed in self._seeds) else list(self._seeds)
        observations, _ = self.envs.reset(seed=seeds)
        self.reset_infos = [{} for _ in range(self.num_envs)]
        self._reset_seeds()
        self._reset_options()
        return observations  # type: ignore[no-any-return]

    def step_async(self, actions: NDArray[Any]) -> None:
        """Takes the actions of the next step."""
        self._actions = actions

    def step_wait(self) -> vec_env.base_vec_env.VecEnvStepReturn:
        """The step: observations N×O, rewards (N,), whether episodes are over (N,), and N infos."""
        assert self._actions is not None, "step_async comes first"
        observations, rewards, terminated, truncated, batched = self.envs.step(self._actions)
        over = terminated | truncated
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        if batched:
            final = batched["final_info"]
            for i in np.flatnonzero(over):
                infos[i]["terminal_observation"] = batched["final_obs"][i]
                infos[i]["TimeLimit.truncated"] = bool(truncated[i])
                for key in ("failed", "unlocked"):
                    if key in final and final[f"_{key}"][i]:
                        infos[i][key] = final[key][i]
        return observations, rewards, over, infos

    def close(self) -> None:
        """Frees the environments."""
        self.envs.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """A picture of each environment, H×W×3."""
        return self.envs.render() or [None] * self.num_envs

    def get_attr(self, attr_name: str, indices: _Indices = None) -> list[Any]:
        """An attribute of the environments, once for each index."""
        return [getattr(self.envs, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: _Indices = None) -> None:
        """Sets an attribute of all environments.

        Raises
        ------
        ValueError
            If the indices are not those of all of them.
        """
        if len(list(self._get_indices(indices))) != self.num_envs:
            raise ValueError("the environments share their attributes: set them for all indices")
        setattr(self.envs, attr_name, value)

    def env_method(
        self, method_name: str, *args: Any, indices: _Indices = None, **kwargs: Any
    ) -> list[Any]:
        """Calls a method of the environments, once for each index."""
        method = getattr(self.envs, method_name)
        return [method(*args, **kwargs) for _ in self._get_indices(indices)]

    def env_is_wrapped(
        self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: _Indices = None
    ) -> list[bool]:
        """Whether environments are wrapped one by one: they never are."""
        return [False for _ in self._get_indices(indices)]
