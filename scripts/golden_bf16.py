"""Writes the golden file of bfloat16, by NumPy with ml_dtypes.

    python scripts/golden_bf16.py --out crates/dalenet/tests/golden/bf16.safetensors

It needs `pip install numpy safetensors ml_dtypes`. The same bytes come out each time.

    numbers, rounded     the bits of f32 and of the bfloat16 that each is rounded to: halves of the last place,
                         subnormals, numbers about the largest, infinities and NaNs among them
    a, b, product        m×k and k×n in f32, and in f64 the product of what they are rounded to
"""

import argparse
from pathlib import Path

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file


def numbers(generator):
    random = generator.integers(0, 1 << 32, 4000, dtype=np.uint32)
    # Each upper half with lower halves about the middle between two bfloat16.
    upper = np.array([0x0000, 0x0001, 0x007F, 0x0080, 0x3F80, 0x3F81, 0x7F7E, 0x7F7F, 0x7F80, 0x7F81, 0x7FC0], np.uint32)
    upper = np.concatenate([upper, upper | 0x8000])
    lower = np.array([0x0000, 0x0001, 0x7FFF, 0x8000, 0x8001, 0xFFFF], np.uint32)
    return np.concatenate([random, (upper[:, None] << 16 | lower).ravel()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    generator = np.random.default_rng(0)
    bits = numbers(generator)
    arrays = {"numbers": bits, "rounded": bits.view(np.float32).astype(ml_dtypes.bfloat16).view(np.uint16)}
    a, b = (generator.standard_normal(shape).astype(np.float32) for shape in [(37, 70), (70, 45)])
    wide = [x.astype(ml_dtypes.bfloat16).astype(np.float64) for x in (a, b)]
    arrays |= {"a": a, "b": b, "product": wide[0] @ wide[1]}
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, args.out)


main()
