"""A study of 24 runs on Slurm whose workers, tasks and nodes are killed at random moments: every run must end once,
with the bits of the study that one worker trains, and none may begin again from the start.

    cargo build --release && scripts/slurm_study.sh

Run inside scripts/slurm_study.sh, which starts Slurm. Exit code 1 if anything differs. Needs nothing but Python.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from study_checks import Attempts, compare_arguments, differences, kill_one, runs, workers

#: How often each kind of kill is chosen: a worker's process, an array task, a node.
KINDS = ["worker"] * 12 + ["task"] * 6 + ["node"] * 2
NODES = ["n1", "n2", "n3", "n4"]


def command(*arguments):
    """The output of a command of Slurm."""
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


class Nodes:
    """The nodes, one of which dies now and then: its daemon and what runs there."""

    def __init__(self, processes):
        self.processes = dict(zip(NODES, processes))
        self.own = {}

    def kill(self, moments, study):
        name = moments.choice(NODES)
        os.kill(self.processes[name], signal.SIGKILL)
        # Half of the nodes are only cut off: what runs there goes on, and Slurm starts it again elsewhere.
        if moments.random() < 0.5:
            for worker in workers(study):
                if f"SLURMD_NODENAME={name}\0".encode() in Path(f"/proc/{worker}/environ").read_bytes():
                    kill_one([worker])
        time.sleep(1)
        self.own[name] = subprocess.Popen(
            ["slurmd", "-D", "-N", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.processes[name] = self.own[name].pid
        return True

    def stop(self):
        for process in self.own.values():
            process.terminate()
            process.wait()


def kill(kind, moments, nodes, study, job):
    """Kills one of a kind; whether there was one."""
    if kind == "worker":
        return kill_one(workers(study), moments)
    if kind == "node":
        return nodes.kill(moments, study)
    running = command("squeue", "--noheader", "--array", f"--jobs={job}", "--states=RUNNING", "--format=%i").split()
    if running:
        subprocess.run(["scancel", "--signal=KILL", moments.choice(running)], check=False)
    return bool(running)


def published(study):
    return sum((study / name / "result.json").exists() for name in runs())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, help="of the moments")
    parser.add_argument("--minutes", type=float, default=30, help="after which the study has failed")
    options = parser.parse_args()
    program = str(Path(options.program).resolve())
    moments = random.Random(options.seed)

    with tempfile.TemporaryDirectory() as folder:
        serial, study = Path(folder) / "serial", Path(folder) / "study"
        begin = time.monotonic()
        subprocess.run([program, *compare_arguments(serial)], check=True, stdout=subprocess.DEVNULL)
        print(f"one worker: {time.monotonic() - begin:.0f} s", flush=True)

        begin = time.monotonic()
        submitted = command(program, *compare_arguments(study), "--slurm")
        print(submitted.strip(), flush=True)
        job = submitted.split("array job ")[1].split()[0]
        nodes, attempts, killed = Nodes(map(int, os.environ["SLURM_NODES_PIDS"].split())), Attempts(study), Counter()
        next_kill = time.monotonic() + 3
        while published(study) < len(runs()):
            if time.monotonic() - begin > 60 * options.minutes:
                sys.exit(f"only {published(study)} runs after {options.minutes} minutes\n" + command("squeue"))
            attempts.look()
            if killed.total() < options.kills and time.monotonic() > next_kill:
                kind = moments.choice(KINDS)
                killed[kind] += kill(kind, moments, nodes, study, job)
                next_kill = time.monotonic() + moments.uniform(0.5, 4)
            time.sleep(0.1)
        print(f"Slurm: {time.monotonic() - begin:.0f} s, killed {dict(killed)}, {len(attempts.seen)} attempts seen")
        subprocess.run(["scancel", job], check=False)
        subprocess.run([program, "study", "collect", str(study)], check=True, stdout=subprocess.DEVNULL)
        nodes.stop()
        found = differences(serial, study) + attempts.repeated
    if killed.total() < options.kills:
        found.append(f"only {killed.total()} kills before the study ended")
    print("\n".join(found) or "every run ended once, with the bits of one worker's")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
