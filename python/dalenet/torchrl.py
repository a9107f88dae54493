"""Environments for TorchRL. Needs ``dalenet[torchrl]``.

Examples
--------
>>> import dalenet.torchrl
>>> env = dalenet.torchrl.make("cart-pole", 4)
>>> env.rollout(10, break_when_any_done=False).shape
torch.Size([4, 10])
"""

from typing import Any

from torchrl.envs.libs.gym import GymWrapper

from dalenet.gym import AutoresetMode, VectorEnv

__all__ = ["make"]


def make(
    name: str, num_envs: int = 1, *, device: Any = None, autoreset: bool = True, **options: Any
) -> GymWrapper:
    """N environments of one task as one TorchRL environment of batch size N.

    Parameters
    ----------
    name
        Of the task: ``"HalfCheetah"``, ``"brax/half-cheetah"`` or ``"dalenet/HalfCheetah-v0"``.
    num_envs
        N.
    device
        Of the tensors; None: those of the CPU.
    autoreset
        Whether the step that ends an episode starts the next one; ``("next", "observation")`` is then the
        last observation of the old one. If not, TorchRL resets by mask.
    options
        Others of :class:`dalenet.gym.VectorEnv`.

    Raises
    ------
    ValueError
        If there is no such task (the nearest is named) or a parameter has a wrong value.
    """
    mode = AutoresetMode.SAME_STEP if autoreset else AutoresetMode.DISABLED
    return GymWrapper(VectorEnv(name, num_envs, autoreset_mode=mode, **options), device=device)
