"""Times one Error Diffusion step of convolutions in Dalenet, PyTorch and JAX, in turn.

    pip install -r bench/requirements.txt
    python bench/compare_convolution.py [--rounds 3] [--out bench/convolution_results.json]

The net is that of convolution_step_torch.py. As in compare.py the programs take turns, figures are
medians over the rounds, and the machine's peak is PyTorch's best 4096x4096 product in the same run.
JAX runs on one processor by taskset, or on two.
"""

import argparse
import json
import pathlib
import statistics
import sys

from compare import HERE, PEAK, lines, machine

WIDE = [f"{layer}_{part}" for layer in ("convolution", "dense") for part in ("forward", "update")]


def one_round():
    """All programs once."""
    bench = ["cargo", "bench", "--quiet", "--package", "dalenet", "--bench", "convolution_step"]
    results = lines(bench)
    for threads in ("1", "2"):
        script = str(HERE / "convolution_step_torch.py")
        results += lines([sys.executable, script, "--threads", threads])
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
    flat = [entry for _ in range(args.rounds) for entry in one_round()]

    def median(peer, threads, key):
        values = [e[key] for e in flat if e["peer"] == peer and e["threads"] == threads]
        return statistics.median(values)

    summary = {"machine": machine(), "rounds": args.rounds, "threads": {}}
    print(f"{summary['machine']}, {args.rounds} rounds")
    print("| threads | dalenet | PyTorch | JAX | PyTorch / dalenet | JAX / dalenet "
          "| of peak: " + " | ".join(part.replace("_", " ") for part in WIDE) + " |")
    print("|---" * (6 + len(WIDE)) + "|")
    for threads in (1, 2):
        ours, torch, jax = (median(p, threads, "median_ms") for p in ("dalenet", "torch", "jax"))
        peak = median("peak", threads, "gflops")
        shares = {part: median("dalenet", threads, f"{part}_gflops") / peak for part in WIDE}
        cells = [f"{threads}", f"{ours:.0f} ms", f"{torch:.0f} ms", f"{jax:.0f} ms",
                 f"{torch / ours:.2f}", f"{jax / ours:.2f}"]
        cells += [f"{100 * share:.0f} %" for share in shares.values()]
        print("| " + " | ".join(cells) + " |")
        summary["threads"][threads] = {
            "dalenet_ms": ours, "torch_ms": torch, "jax_ms": jax, "peak_gflops": peak,
            **{f"{part}_of_peak": share for part, share in shares.items()},
        }
    if args.out:
        args.out.write_text(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
