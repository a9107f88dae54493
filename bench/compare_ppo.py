"""Times whole PPO trainings, environment and learning: Dalenet beside JAX, in turn, in one run.

    cargo build --release
    pip install -r scripts/brax-requirements.txt
    python bench/compare_ppo.py [--tasks half-cheetah ant humanoid] [--rounds 3]

Both train with 2048 environments x 10 steps, 4 epochs of 32 minibatches, 256 units in each of two
hidden layers of actor and critic, rectified. Printed are environment steps per second of CPU time,
medians over the rounds, so that other work on the machine matters little, and their ratio. Dalenet's
counts the start of the program; JAX's does not count compilation, and is f32. Error Diffusion has 128 excitatory
and 128 inhibitory units where JAX, which backpropagates, has 256 of one stream.
"""

import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
PROGRAM = HERE.parent / "target/release/dalenet"
STEPS = 20480 * 10


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def dalenet(task, rule, precision="f32"):
    with tempfile.TemporaryDirectory() as folder:
        before = cpu_seconds()
        subprocess.run([PROGRAM, "train", f"brax/{task}", "--rule", rule, "--steps", str(STEPS),
                        "--threads", "1", "--set", "evaluation=1",
                        "--set", f"precision={precision}", "--out", f"{folder}/run"],
                       check=True, capture_output=True)
        return STEPS / (cpu_seconds() - before)


def jax(task):
    said = subprocess.run([sys.executable, HERE / "ppo_jax.py", "--task", task.replace("-", ""),
                           "--steps", str(20480 * 5), "--activation", "relu", "--json"],
                          check=True, capture_output=True, text=True).stdout
    return json.loads(said.splitlines()[-1])["steps_per_cpu_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tasks", nargs="+", default=["half-cheetah", "ant", "humanoid"])
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    for task in args.tasks:
        contestants = {"ed": lambda: dalenet(task, "ed"), "bp": lambda: dalenet(task, "bp"),
                       "ed bf16": lambda: dalenet(task, "ed", "bf16"), "jax": lambda: jax(task)}
        found = {name: [] for name in contestants}
        for _ in range(args.rounds):
            for name, run in contestants.items():
                found[name].append(run())
        medians = {name: statistics.median(values) for name, values in found.items()}
        ratios = {f"{name}/jax": medians[name] / medians["jax"] for name in ("ed", "bp", "ed bf16")}
        print(json.dumps({"task": task, "rounds": args.rounds,
                          **{name: round(value) for name, value in medians.items()},
                          **{name: round(value, 2) for name, value in ratios.items()}}), flush=True)


if __name__ == "__main__":
    main()
