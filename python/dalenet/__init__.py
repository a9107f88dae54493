"""Networks under Dale's principle, trained without backpropagation; Brax and Craftax natively."""

from dalenet._core import DivergedError, InternalError, __version__

__all__ = ["DivergedError", "InternalError", "__version__"]
