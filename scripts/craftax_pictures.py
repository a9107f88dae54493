"""Draws states of craftax 1.6.1 by its own renderers, for a test of what `dalenet play` shows.

    craftax-env/bin/python scripts/craftax_pictures.py [--games classic full] [--out DIR]

The states are the first ones of chance in `craftax_fixtures.py`'s `<game>_states.bin`. `<game>.png` has
their maps one below the other, 16 pixels a tile, without the inventory. The noise of the night is
drawn at random in the original; here every number of it is its mean.
"""

import argparse
import pathlib

import imageio.v3 as iio
import jax
import jax.numpy as jnp
import numpy as np
from craftax.craftax import renderer as full
from craftax.craftax_classic import renderer as classic
from craftax_fixtures import GAMES, Runner

OUT = pathlib.Path(__file__).resolve().parent.parent / "crates/dalenet-lab/tests/pictures"
SIZE = 16
GAMES_DRAWN = {"classic": (classic, range(5)), "full": (full, range(181, 186))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--games", nargs="+", default=list(GAMES_DRAWN), choices=list(GAMES_DRAWN))
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name in args.games:
        game, (module, seeds) = GAMES[name], GAMES_DRAWN[name]
        fresh = Runner(game).fresh
        states = [game.injected(fresh(jax.random.PRNGKey(seed)), np.random.default_rng(10_000 + seed),
                                seed)[0] for seed in seeds]
        uniform = jax.random.uniform
        jax.random.uniform = lambda key, shape=(): jnp.full(shape, 0.5)
        draw = jax.jit(module.make_craftax_pixel_renderer(SIZE))
        maps = [np.asarray(draw(state))[:module.OBS_DIM[0] * SIZE] for state in states]
        jax.random.uniform = uniform
        picture = np.clip(np.rint(np.concatenate(maps)), 0, 255).astype(np.uint8)
        iio.imwrite(args.out / f"{name}.png", picture, optimize=True)
        print(name, picture.shape, flush=True)


if __name__ == "__main__":
    main()
