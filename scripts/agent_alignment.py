"""How the layers of an agent are taught over its training: alignment, attenuation and silent units of actor and critic.

    python scripts/agent_alignment.py TASK [--program target/release/dalenet] [--rule ed] [--seed 0] [--at 1e5,1e6,5e6]
                                      [--steps 5e6] [--set KEY=VALUE ...] [--out FILE]

Trains a run of so many steps. Where it has made each number of steps of --at it is stopped as by Ctrl-C, which saves it,
looked at by `dalenet analyse`, and resumed to the same bits. Prints a Markdown table, and appends a line a layer to FILE.
"""

import argparse
import json
import signal
import subprocess
import tempfile
import time
from pathlib import Path


def steps_of(run):
    """How many steps a run has made."""
    metrics = run / "metrics.jsonl"
    lines = metrics.read_text().splitlines() if metrics.exists() else []
    return json.loads(lines[-1])["steps"] if lines else 0


def train_to(start, resume, run, steps):
    """Trains a run until it has made so many steps, or has ended."""
    process = subprocess.Popen(resume if run.exists() else start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and steps_of(run) < steps:
        time.sleep(0.2)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait()


def analysis(program, run):
    """What `dalenet analyse` finds."""
    command = [program, "--threads", "1", "analyse", run, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def layers(program, run):
    """What is found in each hidden layer of actor and critic."""
    found = analysis(program, run)
    keys = ["alignment", "attenuation", "sign_agreement", "dead", "ei_ratio"]
    for network in ["actor", "critic"]:
        for number, layer in enumerate(found[network][:-1], start=1):  # the output has the error itself
            yield {"network": network, "layer": number, **{key: layer[key] for key in keys}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("--rule", default="ed")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--steps", default="5e6")
    parser.add_argument("--at", default="1e5,3e5,1e6,2e6,5e6")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--out", type=Path)
    parser.add_argument("task")
    args = parser.parse_args()
    print("| steps | network | layer | alignment | attenuation | dead, % |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        settings = [word for setting in args.set for word in ("--set", setting)]
        base = [args.program, "--threads", "1", "train"]
        start = [*base, args.task, "--rule", args.rule, "--seed", args.seed, "--steps", args.steps, *settings, "--out", run]
        for mark in map(float, args.at.split(",")):
            train_to(start, [*base, "--resume", run], run, mark)
            steps = steps_of(run)
            for layer in layers(args.program, run):
                line = {"task": args.task, "rule": args.rule, "seed": int(args.seed), "steps": steps, **layer}
                shown = f"{layer['alignment']:.2f} | {layer['attenuation']:.1f} | {100 * layer['dead']:.0f}"
                print(f"| {steps:.1e} | {layer['network']} | {layer['layer']} | {shown} |", flush=True)
                if args.out:
                    with args.out.open("a") as file:
                        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
