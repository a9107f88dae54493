"""Spaces of one environment."""

import numpy as np
from gymnasium.spaces import Box, Discrete

from dalenet import _core


def observation_space(core: _core.Environments) -> Box:
    """What is observed of one environment."""
    low, high = core.observation_bounds()
    return Box(low, high, dtype=np.float32)


def action_space(core: _core.Environments) -> Box | Discrete:
    """The actions of one environment."""
    bounds = core.action_bounds()
    if bounds is not None:
        low, high = bounds
        return Box(low, high, dtype=np.float32)
    choices = core.choices()
    assert choices is not None
    return Discrete(choices)
