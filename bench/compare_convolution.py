"""Times one Error Diffusion step of convolutions in Dalenet, PyTorch and JAX, in turn.

    pip install -r bench/requirements.txt
    python bench/compare_convolution.py [--rounds 3] [--out bench/convolution_results.json]

The net is that of convolution_step_torch.py. As in compare.py the programs take turns, figures are
medians over the rounds, and the machine's peak is PyTorch's best 4096x4096 product in the same run.
JAX runs on one processor by taskset, or on two.
"""

import argparse
import pathlib
import sys

from compare import HERE, PEAK, lines, report, torch

PARTS = [f"{layer}_{part}" for layer in ("convolution", "dense") for part in ("forward", "update")]


def one_round():
    """All programs once."""
    bench = ["cargo", "bench", "--quiet", "--package", "dalenet", "--bench", "convolution_step"]
    results = lines(bench)
    for threads in ("1", "2"):
        results += torch("convolution_step_torch.py", threads)
        cpus = "0" if threads == "1" else "0,1"
        script = str(HERE / "convolution_step_jax.py")
        results += lines(
            ["taskset", "-c", cpus, sys.executable, script, "--threads", threads, "--steps", "4"]
        )
        results += lines([sys.executable, "-c", PEAK, threads])
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=pathlib.Path)
    args = parser.parse_args()
    report(one_round, ("torch", "torch mixed", "torch pure", "jax"), PARTS, args.rounds, args.out)


if __name__ == "__main__":
    main()
