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

import gymnasium
from gymnasium.vector import AutoresetMode

from dalenet.envs import list as _environments
from dalenet.gym.single import Env
from dalenet.gym.vector import VectorEnv

__all__ = ["AutoresetMode", "Env", "VectorEnv"]


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
