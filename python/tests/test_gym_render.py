"""Pictures."""

import os

import numpy as np
import pytest

import dalenet.envs
from dalenet.gym import Env, VectorEnv


def frame_of(env: Env) -> np.ndarray:
    frame = env.render()
    assert frame is not None
    assert frame.dtype == np.uint8 and frame.ndim == 3 and frame.shape[2] == 3
    return frame


@pytest.mark.parametrize(
    "name", [env.name for env in dalenet.envs.list() if env.name != "bandit"]
)
def test_every_task_has_a_picture_that_changes(name: str) -> None:
    env = Env(name, render_mode="rgb_array")
    env.reset(seed=0)
    first = frame_of(env)
    assert len(np.unique(first.reshape(-1, 3), axis=0)) > 20
    for _ in range(10):
        if env.step(env.action_space.sample())[2]:
            break
    assert (frame_of(env) != first).any()
    assert frame_of(env).tobytes() == frame_of(env).tobytes()


def orange(frame: np.ndarray) -> np.ndarray:
    """Where the first body is: it alone is much more red than blue, and a bit green."""
    red, green, blue = frame.astype(int).transpose(2, 0, 1)
    return (red > 2 * blue + 20) & (green > 1.5 * blue)


def test_the_cart_is_where_the_state_says() -> None:
    """The camera follows the cart; the tiles of the ground move past it."""
    env = Env("cart-pole", render_mode="rgb_array")
    env.reset(seed=0)
    seen = orange(frame_of(env))
    rows, cols = np.nonzero(seen)
    assert 30 < seen.sum() < 0.2 * seen.size
    assert abs(cols.mean() - seen.shape[1] / 2) < 0.1 * seen.shape[1]
    assert 0.3 < rows.mean() / seen.shape[0] < 0.8


def test_a_fallen_humanoid_is_drawn_lower() -> None:
    env = Env("humanoid", render_mode="rgb_array")
    env.reset(seed=0)
    height = np.nonzero(orange(frame_of(env)))[0].mean()
    for _ in range(60):
        if env.step(np.zeros(17))[2]:
            break
    assert np.nonzero(orange(frame_of(env)))[0].mean() > height + 10


def test_a_game_is_drawn_by_its_own_textures() -> None:
    """What the player sees of Craftax-Classic: 7 rows and 9 columns of 16 pixels; itself in the middle."""
    envs = VectorEnv("craftax-classic", 2, render_mode="rgb_array")
    envs.reset(seed=0)
    frames = envs.render()
    assert frames is not None and [frame.shape for frame in frames] == [(112, 144, 3)] * 2
    assert (frames[0] != frames[1]).any()
    middle = frames[0][48:64, 64:80]
    assert len(np.unique(middle.reshape(-1, 3), axis=0)) > 3


def test_without_a_mode_there_is_a_warning() -> None:
    env = Env("ant")
    env.reset(seed=0)
    with pytest.warns(UserWarning, match="render_mode"):
        assert env.render() is None


def test_a_window_shows_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    pygame = pytest.importorskip("pygame")
    monkeypatch.setitem(os.environ, "SDL_VIDEODRIVER", "dummy")
    env = Env("craftax-classic", render_mode="human")
    env.reset(seed=0)
    env.step(0)
    assert env.render() is None
    assert pygame.display.get_surface().get_size()[0] >= 400
    env.close()
    assert pygame.display.get_surface() is None
