"""Times one Error Diffusion step in Dalenet, PyTorch and NumPy, in turn, and prints tables.

    pip install -r bench/requirements.txt
    python bench/compare.py [--rounds 5] [--out bench/results.json]

The programs run one after the other, round by round, so that a change of the machine's speed
meets all of them; a figure is the median over the rounds of the medians over 60 steps. Dalenet and
PyTorch run in f32 and with products in bf16: PyTorch "mixed" keeps f32 weights, as Dalenet does, "pure"
keeps none. The machine's peak is the best rate of PyTorch's 4096x4096 product in the same run.
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


PRECISIONS = ("f32", "mixed", "pure")


def torch(script, threads, *options):
    """PyTorch's steps in every precision."""
    command = [sys.executable, str(HERE / script), "--threads", threads, *options]
    return [entry for p in PRECISIONS for entry in lines([*command, "--precision", p])]


def one_round():
    """All programs once."""
    results = lines(["cargo", "bench", "--quiet", "--package", "dalenet", "--bench", "ed_step"])
    for threads in ("1", "2"):
        results += torch("ed_step_torch.py", threads, "--repeats", "1")
        numpy = str(HERE / "ed_step_numpy.py")
        results += lines([sys.executable, numpy, "--threads", threads, "--repeats", "1"])
        results += lines([sys.executable, "-c", PEAK, threads])
    return results


def report(one_round, peers, parts, rounds, out):
    """Prints the medians of so many rounds, and how many times as long as Dalenet's step a peer's takes."""
    flat = [entry for _ in range(rounds) for entry in one_round()]

    def median(peer, threads, key):
        values = [e[key] for e in flat if e["peer"] == peer and e["threads"] == threads]
        return statistics.median(values)

    summary = {"machine": machine(), "rounds": rounds, "threads": {1: {}, 2: {}}}
    print(f"{summary['machine']}, {rounds} rounds")
    print("| | 1 thread | 2 threads | to Dalenet f32: 1, 2 threads | to Dalenet bf16: 1, 2 threads |")
    print("|---|---|---|---|---|")
    for peer in ("dalenet", "dalenet bf16", *peers):
        ms = [median(peer, threads, "median_ms") for threads in (1, 2)]
        cells = [f"{each:.1f} ms" for each in ms]
        for ours in ("dalenet", "dalenet bf16"):
            ratios = [each / median(ours, threads, "median_ms") for each, threads in zip(ms, (1, 2))]
            cells.append(", ".join(f"{ratio:.2f}" for ratio in ratios))
        print(f"| {peer} | " + " | ".join(cells) + " |")
        for each, threads in zip(ms, (1, 2)):
            summary["threads"][threads][f"{peer}_ms".replace(" ", "_")] = each
    print("\n| of the f32 peak, threads | precision | " + " | ".join(parts) + " |")
    print("|---" * (2 + len(parts)) + "|")
    for threads in (1, 2):
        peak = median("peak", threads, "gflops")
        summary["threads"][threads]["peak_gflops"] = peak
        for ours in ("dalenet", "dalenet bf16"):
            shares = {part: median(ours, threads, f"{part}_gflops") / peak for part in parts}
            cells = [f"{100 * share:.0f} %" for share in shares.values()]
            print(f"| {threads} | {'bf16' if 'bf16' in ours else 'f32'} | " + " | ".join(cells) + " |")
            for part, share in shares.items():
                key = f"{ours}_{part}_of_peak".replace(" ", "_")
                summary["threads"][threads][key] = share
    if out:
        out.write_text(json.dumps(summary, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=pathlib.Path)
    args = parser.parse_args()
    peers = ("torch", "torch mixed", "torch pure", "numpy")
    report(one_round, peers, ("forward", "update"), args.rounds, args.out)


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
