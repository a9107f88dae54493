"""Times one Error Diffusion step in Dalenet, PyTorch and NumPy, in turn, and prints a table.

    pip install -r bench/requirements.txt
    python bench/compare.py [--rounds 5] [--out bench/results.json]

The programs run one after the other, round by round, so that a change of the machine's speed
meets all of them; a figure is the median over the rounds of the medians over 60 steps. The
machine's peak is the best rate of PyTorch's 4096x4096 product in the same run.
"""

import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PEAK = """
import json, sys, time, torch
torch.set_num_threads(int(sys.argv[1]))
a, b = torch.rand(4096, 4096), torch.rand(4096, 4096)
out, best = torch.empty(4096, 4096), 0.0
for _ in range(6):
    start = time.perf_counter()
    torch.mm(a, b, out=out)
    best = max(best, 2 * 4096**3 / (time.perf_counter() - start) / 1e9)
print(json.dumps({"peer": "peak", "threads": int(sys.argv[1]), "gflops": best}))
"""


def lines(command):
    """The JSON lines that a command prints."""
    text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE.parent)
    return [json.loads(line) for line in text.stdout.splitlines() if line.startswith("{")]


def one_round():
    """All programs once."""
    results = lines(["cargo", "bench", "--quiet", "--package", "dalenet", "--bench", "ed_step"])
    for threads in ("1", "2"):
        for peer in ("torch", "numpy"):
            script = str(HERE / f"ed_step_{peer}.py")
            results += lines([sys.executable, script, "--threads", threads, "--repeats", "1"])
        results += lines([sys.executable, "-c", PEAK, threads])
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=pathlib.Path)
    args = parser.parse_args()

    rounds = [one_round() for _ in range(args.rounds)]
    flat = [entry for results in rounds for entry in results]

    def median(peer, threads, key):
        values = [e[key] for e in flat if e["peer"] == peer and e["threads"] == threads]
        return statistics.median(values)

    summary = {"machine": machine(), "rounds": args.rounds, "threads": {}}
    print(f"{summary['machine']}, {args.rounds} rounds")
    print("| threads | dalenet | PyTorch | NumPy | PyTorch / dalenet | NumPy / dalenet "
          "| forward, of peak | update, of peak |")
    print("|---|---|---|---|---|---|---|---|")
    for threads in (1, 2):
        ours, torch, numpy = (median(p, threads, "median_ms") for p in ("dalenet", "torch", "numpy"))
        peak = median("peak", threads, "gflops")
        shares = [median("dalenet", threads, f"{part}_gflops") / peak for part in ("forward", "update")]
        print(f"| {threads} | {ours:.1f} ms | {torch:.1f} ms | {numpy:.1f} ms | {torch / ours:.2f} "
              f"| {numpy / ours:.2f} | {100 * shares[0]:.0f} % | {100 * shares[1]:.0f} % |")
        summary["threads"][threads] = {
            "dalenet_ms": ours, "torch_ms": torch, "numpy_ms": numpy, "peak_gflops": peak,
            "forward_of_peak": shares[0], "update_of_peak": shares[1],
        }
    if args.out:
        args.out.write_text(json.dumps(summary, indent=1) + "\n")


def machine():
    """The processor's name and number of cores."""
    try:
        info = pathlib.Path("/proc/cpuinfo").read_text()
        names = [line.split(":")[1].strip() for line in info.splitlines() if "model name" in line]
        return f"{names[0]}, {len(names)} cores"
    except (OSError, IndexError):
        return platform.processor()


if __name__ == "__main__":
    main()
