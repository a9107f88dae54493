"""Trains every cell of the MNIST table of docs/results.md and prints it.

    cargo build --release && python scripts/mnist_table.py [--seeds 5] [--only ed,dfa]

Results are kept in docs/results/mnist.jsonl, one line a run; a run that is there is not repeated.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "results" / "mnist.jsonl"
PAPER = "--preset paper"

# cell: (what it is, arguments, the paper's figure)
CELLS = {
    "paper": ("Error Diffusion, `--preset paper`", PAPER, "96.7"),
    "default": ("Error Diffusion, default preset", "", ""),
    "dfa": ("Direct Feedback Alignment, single stream", "--rule dfa", "97.6"),
    "fa": ("Feedback Alignment, single stream", "--rule fa", ""),
    "bp": ("backpropagation, single stream", "--rule bp", ""),
    "bp-dale": ("backpropagation under Dale's principle", "--rule bp-dale", ""),
    "no-centring": ("paper, no batch-centring", f"{PAPER} --set centred=false", "96.4"),
    "no-widths": ("paper, width 1 instead of 6", f"{PAPER} --set widths=[1]", "25.3"),
    "no-asymmetry": (
        "paper, symmetric initialisation",
        f"{PAPER} --set excitatory_gain=1 --set inhibitory_gain=1",
        "96.7",
    ),
}


def run(cell, seed):
    """Trains one cell with one seed."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "run"
        command = [str(ROOT / "target/release/dalenet"), "train", "mnist", "--json"]
        command += ["--seed", str(seed), "--out", str(out), *CELLS[cell][1].split()]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(text.splitlines()[-1])
    result.pop("run")
    return {"cell": cell, **result}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default=",".join(CELLS))
    args = parser.parse_args()

    KEPT.parent.mkdir(exist_ok=True)
    results = [json.loads(line) for line in KEPT.read_text().splitlines()] if KEPT.exists() else []
    done = {(result["cell"], result["seed"]) for result in results}
    for seed in range(args.seeds):
        for cell in args.only.split(","):
            if (cell, seed) not in done:
                results.append(run(cell, seed))
                lines = (json.dumps(result) + "\n" for result in results)
                KEPT.with_suffix(".partial").write_text("".join(lines))
                KEPT.with_suffix(".partial").rename(KEPT)
                print(f"{cell} seed {seed}: {100 * results[-1]['test_accuracy']:.2f} %", flush=True)

    print("| MNIST, test set | paper | Dalenet, mean ± std | seeds | epochs | s a run | command |")
    print("|---|---|---|---|---|---|---|")
    for cell, (name, arguments, paper) in CELLS.items():
        runs = [result for result in results if result["cell"] == cell]
        if not runs:
            continue
        accuracies = [100 * result["test_accuracy"] for result in runs]
        spread = statistics.stdev(accuracies) if len(runs) > 1 else 0.0
        seconds = statistics.median(result["train_seconds"] for result in runs)
        print(
            f"| {name} | {paper} | {statistics.mean(accuracies):.2f} ± {spread:.2f} | {len(runs)} "
            f"| {runs[0]['epochs']} | {seconds:.0f} | `train mnist {arguments}`".rstrip() + " |"
        )


if __name__ == "__main__":
    main()
