"""What there is to train, and the settings it starts from."""

import json
import os
from typing import Any

from dalenet import _core


def tasks() -> dict[str, str]:
    """Data sets and environments: names and what they are.

    >>> import dalenet
    >>> dalenet.tasks()["xor"]
    'exclusive or: 2 inputs, 4 samples'
    """
    return dict(_core.Registry().tasks())


def rules() -> dict[str, str]:
    """Learning rules: names and what they do.

    >>> import dalenet
    >>> "dfa" in dalenet.rules()
    True
    """
    return dict(_core.Registry().rules())


def presets() -> dict[str, str]:
    """Presets: names and what they are for.

    >>> import dalenet
    >>> list(dalenet.presets())
    ['default', 'paper', 'conv', 'kaneko']
    """
    return dict(_core.Registry.presets())


def config(
    task: str | os.PathLike[str],
    *,
    rule: Any = "ed",
    preset: str = "default",
    **settings: Any,
) -> dict[str, Any]:
    """The whole configuration of a training, as ``dalenet config`` prints it.

    Parameters
    ----------
    task
        A name of :func:`tasks`, or the path of an ``.npz`` file.
    rule, preset
        Names of :func:`rules` and :func:`presets`; the rule may be one of your own (:func:`dalenet.rule`).
    **settings
        Settings over those of the preset, by the program's names.

    Returns
    -------
    dict
        All settings; ``dalenet.train(**config)`` trains under them.

    Raises
    ------
    ValueError
        If a name or a value is not possible; the nearest name is suggested.

    Examples
    --------
    >>> import dalenet
    >>> dalenet.config("mnist", rule="dfa", layers=[512, 256])["layers"]
    [512, 256]
    >>> dalenet.config("cart-pole", envs=8)["envs"]
    8
    """
    registry = _core.Registry(rule=rule)
    experiment = _core.Experiment(registry, os.fspath(task), preset, settings)
    whole: dict[str, Any] = json.loads(experiment.json())
    return whole
