"""Networks under Dale's principle, trained without backpropagation; Brax and Craftax natively.

>>> import dalenet
>>> run = dalenet.train("xor", rule="kaneko", out="runs/xor")  # doctest: +SKIP
>>> run.result["test_accuracy"]  # doctest: +SKIP
1.0
"""

from dalenet import envs
from dalenet._core import (
    DivergedError,
    Feedback,
    InternalError,
    Learner,
    Lesson,
    Network,
    __version__,
    schedule,
)
from dalenet.decorators import routing, rule
from dalenet.metrics import Epoch, Update
from dalenet.names import config, presets, rules, tasks
from dalenet.page import Page
from dalenet.runs import Run, load
from dalenet.studies import Study
from dalenet.training import resume, train

__all__ = [
    "DivergedError",
    "Epoch",
    "Feedback",
    "InternalError",
    "Learner",
    "Lesson",
    "Network",
    "Page",
    "Run",
    "Study",
    "Update",
    "__version__",
    "config",
    "envs",
    "load",
    "presets",
    "resume",
    "routing",
    "rule",
    "rules",
    "schedule",
    "tasks",
    "train",
]
