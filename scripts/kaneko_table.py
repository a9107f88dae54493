"""Steps that Kaneko's rule of 1999 needs to learn XOR and parity, beside his own counts.

    cargo build --release && python scripts/kaneko_table.py [--seeds 50]

A step is a pass over all patterns; learnt means that the sum of |error| over a pass is below 0.1.
Kaneko counts the hidden units of both streams together, and so does the table.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "target" / "release" / "dalenet"

# task, hidden units, Kaneko's count
CELLS = [
    ("xor", 8, "75"),
    ("xor", 16, "28"),
    ("xor", 32, "8.3"),
    ("xor", 64, "6.0"),
    ("xor", 128, "5.1"),
    ("xor", 256, "4.6"),
    ("parity --bits 2", 64, "6"),
    ("parity --bits 3", 64, "11"),
    ("parity --bits 4", 64, "56"),
    ("parity --bits 5", 64, "331"),
]


def steps(task, hidden, seed, decrement):
    """Passes until it is learnt, or None."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(PROGRAM), "train", *task.split(), "--rule", "kaneko", "--json"]
        command += ["--seed", str(seed), "--out", f"{folder}/run", "--threads", "1"]
        command += ["--set", f"layers=[{hidden // 2}]"]
        if decrement:
            command += ["--set", "grow_only=false", "--epochs", "2000"]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(text.splitlines()[-1])
    return result["epochs"] if result["learnt"] else None


def cell(task, hidden, seeds, decrement):
    """Mean ± standard deviation (median) over the seeds that learnt."""
    counts = [steps(task, hidden, seed, decrement) for seed in range(seeds)]
    learnt = [count for count in counts if count is not None]
    if len(learnt) < 2:
        return f"{len(learnt)} of {seeds} learnt"
    text = f"{statistics.mean(learnt):.1f} ± {statistics.stdev(learnt):.1f}"
    text += f" ({statistics.median(learnt):.0f})"
    return text if len(learnt) == seeds else f"{text}, {len(learnt)} of {seeds} learnt"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=50)
    args = parser.parse_args()
    print("| task | hidden units | Kaneko | grow-only, mean ± std (median) | with decrement |")
    print("|---|---|---|---|---|")
    for task, hidden, kaneko in CELLS:
        ours = [cell(task, hidden, args.seeds, decrement) for decrement in (False, True)]
        print(f"| {task} | {hidden} | {kaneko} | {ours[0]} | {ours[1]} |", flush=True)


if __name__ == "__main__":
    main()
