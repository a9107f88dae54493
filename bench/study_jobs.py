"""What `--jobs 2` gains on two cores: the time of a study of two runs, one after the other and side by side.

    cargo build --release && python bench/study_jobs.py [--rounds 5] [--tasks mnist half-cheetah]

One after the other a run has one thread (each half of the study on its own) or both. Rounds alternate, so that a
machine that is busy with other things is so for all; the ratio is the median over rounds. Processor seconds (user
and system) stand beside the times: where others use the machine, they say what the time alone does not.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = Path(__file__).parent.parent / "target" / "release" / "dalenet"
TASKS = {
    "mnist": "compare mnist --rules ed --seeds 2 --epochs 3",
    "half-cheetah": "compare brax/half-cheetah --rules ed --seeds 2 --steps 3e5 --set evaluation=1",
}
WAYS = {"one thread": "--threads 1", "two threads": "--threads 2", "--jobs 2": "--threads 2 --jobs 2"}


def measure(program: Path, arguments: str) -> tuple[float, float]:
    """Seconds on the clock and of the processor that a study takes."""
    folder = tempfile.mkdtemp()
    before, start = os.times(), time.perf_counter()
    command = [program, *arguments.split(), "--out", f"{folder}/s"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - start, os.times()
    shutil.rmtree(folder)
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--program", type=Path, default=PROGRAM)
    args = parser.parse_args()
    for task in args.tasks:
        rounds = [
            {way: measure(args.program, f"{TASKS[task]} {flags}") for way, flags in WAYS.items()}
            for _ in range(args.rounds)
        ]
        for way in WAYS:
            seconds, processor = (statistics.median(round[way][i] for round in rounds) for i in (0, 1))
            print(f"{task}, {way}: {seconds:.2f} s, {processor:.2f} s of processor time")
        for way in list(WAYS)[:-1]:
            gain = statistics.median(round[way][0] / round["--jobs 2"][0] for round in rounds)
            print(f"{task}: --jobs 2 is {gain:.2f} times as fast as one after the other with {way}")


if __name__ == "__main__":
    main()
