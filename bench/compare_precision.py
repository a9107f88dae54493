"""Times whole trainings with products in f32 and in bf16, in turn, and prints a table.

    cargo build --release
    python bench/compare_precision.py [--threads 1] [--rounds 5] [--trainings mnist cifar10]

A training is the program from start to end, data and evaluation included: seconds, medians over the rounds.
"""

import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

from compare import machine

PROGRAM = pathlib.Path(__file__).parent.parent / "target/release/dalenet"
AGENT = ["--set", "evaluation=1"]
TRAININGS = {
    "mnist": ["mnist", "--epochs", "1"],
    "cifar10": ["cifar10", "--epochs", "1"],
    "half-cheetah": ["brax/half-cheetah", "--steps", "102400", *AGENT],
    "humanoid": ["brax/humanoid", "--steps", "102400", *AGENT],
    "craftax-classic-512": ["craftax-classic", "--steps", "16384", "--envs", "256",
                            "--set", "layers=[512,512,512]", *AGENT],
}


def seconds(program, training, precision, threads):
    """How long one training takes."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run([program, "train", *TRAININGS[training], "--threads", str(threads),
                        "--set", f"precision={precision}", "--out", f"{folder}/run"],
                       check=True, capture_output=True)
        return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trainings", nargs="+", default=list(TRAININGS), choices=TRAININGS)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--program", type=pathlib.Path, default=PROGRAM)
    args = parser.parse_args()
    print(f"{machine()}, {args.threads} threads, {args.rounds} rounds")
    print("| training | f32 | bf16 | ratio |\n|---|---|---|---|")
    for training in args.trainings:
        found = {"f32": [], "bf16": []}
        for _ in range(args.rounds):
            for precision, times in found.items():
                times.append(seconds(args.program, training, precision, args.threads))
        f32, bf16 = (statistics.median(times) for times in found.values())
        print(f"| {training} | {f32:.1f} s | {bf16:.1f} s | {f32 / bf16:.2f} |", flush=True)


if __name__ == "__main__":
    main()
