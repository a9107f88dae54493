"""Puts the textures of craftax 1.6.1 that a picture of its games needs into one image.

    python -m venv craftax-env && craftax-env/bin/pip install -r scripts/craftax-requirements.txt
    craftax-env/bin/python scripts/craftax_tiles.py [--out DIR]

Writes `tiles.png`, the pixels of the original files unchanged, 16 tiles side by side, in the order
of `Tile` in `crates/dalenet-craftax/src/render/tile.rs`, and `tiles.txt`: each tile's name, file
and the CRC-32 of the file's 16x16 pixels (red, green, blue, alpha).
"""

import argparse
import importlib.util
import pathlib
import re
import zlib

import imageio.v3 as iio
import numpy as np

CRATE = pathlib.Path(__file__).resolve().parent.parent / "crates/dalenet-craftax"
COLUMNS, SIZE = 16, 16
# What the original's `load_all_textures_given_size` fills by hand.
PLAIN = {"OutOfBounds": 128, "Darkness": 0}


def names():
    source = (CRATE / "src/render/tile.rs").read_text()
    listed = re.search(r"\bTile \{(.*?)\}", source, re.DOTALL)[1]
    return re.findall(r"\w+", listed)


def textures():
    """Files by their names without `-` and `_`. Those of the classic game are the same."""
    package = pathlib.Path(importlib.util.find_spec("craftax").origin).parent
    files = {}
    for folder in ("craftax_classic", "craftax"):
        for path in sorted((package / folder / "assets").glob("*.png")):
            before = files.setdefault(path.name, path)
            assert before.read_bytes() == path.read_bytes(), path
    return {re.sub("[-_]", "", path.stem): path for path in files.values()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=CRATE / "assets")
    out = parser.parse_args().out
    files, tiles, lines = textures(), [], []
    for name in names():
        if name in PLAIN:
            tile = np.full((SIZE, SIZE, 4), PLAIN[name], np.uint8)
            tile[:, :, 3] = 255
            file = "-"
        else:
            tile = iio.imread(files[name.lower()], mode="RGBA")
            file = files[name.lower()].name
        assert tile.shape == (SIZE, SIZE, 4), name
        tiles.append(tile)
        lines.append(f"{name} {file} {zlib.crc32(tile.tobytes()):08x}\n")
    rows = -(-len(tiles) // COLUMNS)
    tiles += [np.zeros_like(tiles[0])] * (rows * COLUMNS - len(tiles))
    atlas = np.stack(tiles).reshape(rows, COLUMNS, SIZE, SIZE, 4).swapaxes(1, 2)
    atlas = atlas.reshape(rows * SIZE, COLUMNS * SIZE, 4)
    out.mkdir(parents=True, exist_ok=True)
    iio.imwrite(out / "tiles.png", atlas, optimize=True)
    (out / "tiles.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
