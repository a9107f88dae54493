"""A window for ``render_mode="human"``. Needs pygame."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Window:
    """Shows frames, at most so many a second.

    Raises
    ------
    gymnasium.error.DependencyNotInstalled
        If pygame is not installed.
    """

    #: Width in pixels that small pictures are enlarged to.
    WIDTH = 480

    def __init__(self, title: str, fps: float) -> None:
        try:
            import pygame
        except ImportError as cause:
            from gymnasium.error import DependencyNotInstalled

            message = "a window needs pygame: pip install pygame, or use render_mode='rgb_array'"
            raise DependencyNotInstalled(message) from cause
        self._pygame: Any = pygame
        self._title, self._fps = title, fps
        self._screen: Any = None
        self._clock: Any = pygame.time.Clock()

    def show(self, frame: NDArray[np.uint8]) -> None:
        """Shows a frame, H×W×3."""
        pygame = self._pygame
        factor = max(1, self.WIDTH // frame.shape[1])
        frame = frame.repeat(factor, axis=0).repeat(factor, axis=1)
        if self._screen is None:
            pygame.display.init()
            self._screen = pygame.display.set_mode((frame.shape[1], frame.shape[0]))
            pygame.display.set_caption(self._title)
        # pygame has columns first.
        self._screen.blit(pygame.surfarray.make_surface(frame.transpose(1, 0, 2)), (0, 0))
        pygame.event.pump()
        self._clock.tick(self._fps)
        pygame.display.flip()

    def close(self) -> None:
        """Closes the window."""
        if self._screen is not None:
            self._pygame.display.quit()
            self._screen = None
