"""Kills trainings with SIGKILL at random moments, resumes them, and compares the end with that of
a training nobody killed: every tensor bit for bit, every metric but the timings.

    cargo build --release && python3 scripts/kill_and_resume.py --kills 20

A training that survives to its end is compared, and the next one is started, until there were
enough kills. Exit code 1 if anything differs. Needs nothing but Python.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from run_folder import metrics, progress, tensors

TASK = (
    "train mnist --epochs 12 --set layers=[32,16] --set optimiser=momentum --set rate=1 "
    "--set normalised=true --set shift=2 --set schedule=cosine"
)


def saved(run):
    """How far the last checkpoint is."""
    done = progress(run)
    return f"{done['epoch']} epochs and {done['batch']} batches are kept" if done else "no checkpoint yet"


def differences(whole, other):
    """What differs between two runs."""
    a, b = tensors(whole), tensors(other)
    names = [name for name in sorted(a.keys() | b.keys()) if a.get(name) != b.get(name)]
    if metrics(whole) != metrics(other):
        names.append("metrics.jsonl")
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--task", default=TASK, help="arguments of the training")
    parser.add_argument("--seed", type=int, help="of the moments")
    options = parser.parse_args()
    program = Path(options.program).resolve()
    moments = random.Random(options.seed)

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)

        def start(arguments):
            return subprocess.Popen(
                [program, *arguments.split()],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )

        def finish(process):
            _, said = process.communicate()
            if process.returncode != 0:
                sys.exit(f"exit code {process.returncode}: {said.decode()}")

        began = time.monotonic()
        finish(start(f"{options.task} --out whole"))
        seconds = time.monotonic() - began
        print(f"not killed: {seconds:.1f} s, {len(metrics(folder / 'whole'))} epochs")

        kills, runs, failed = 0, 0, 0
        while kills < options.kills:
            runs += 1
            name = f"run{runs}"
            run = folder / name
            while True:
                resumable = (run / "config.toml").exists()
                if not resumable and run.exists():
                    run.rename(folder / f"{name}-stillborn{kills}")  # killed before it was a run
                process = start(
                    f"train --resume {name}" if resumable else f"{options.task} --out {name}"
                )
                if kills == options.kills:
                    finish(process)
                    break
                moment = moments.uniform(0.0, 0.5 * seconds)
                try:
                    process.wait(moment)
                    finish(process)
                    break
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    kills += 1
                    print(f"kill {kills} after {moment:.3f} s in {name}: {saved(run)}")
            wrong = differences(folder / "whole", run)
            failed += bool(wrong)
            print(f"{name}: {'DIFFERS: ' + ', '.join(wrong) if wrong else 'the same bits'}")

        verdict = f"{failed} differ" if failed else "all ended with the same bits"
        print(f"{kills} kills in {runs} runs: {verdict}")
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
