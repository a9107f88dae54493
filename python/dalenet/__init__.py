"""Networks under Dale's principle, trained without backpropagation; Brax and Craftax natively."""

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

__all__ = [
    "DivergedError",
    "Feedback",
    "InternalError",
    "Learner",
    "Lesson",
    "Network",
    "__version__",
    "routing",
    "rule",
    "schedule",
]
