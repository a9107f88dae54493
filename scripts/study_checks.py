"""What studies on schedulers are compared by: the bits of every run, and the table."""

import json
import os
import random
import signal
import struct
from pathlib import Path

from run_folder import metrics, progress, records, tensors

#: A study of 24 runs of some seconds each: `dalenet compare` with these arguments.
TASK = "parity"
RULES = ["ed", "dfa", "bp"]
SEEDS = 8
SETTINGS = {"bits": 10, "epochs": 300, "layers": [64], "stop_error": 0}


def compare_arguments(folder):
    """The arguments of the program that plan the study."""
    settings = [f"--set={key}={json.dumps(value)}" for key, value in SETTINGS.items()]
    return ["compare", TASK, "--rules", ",".join(RULES), "--seeds", str(SEEDS), *settings, "--out", str(folder)]


def runs():
    """The names of the runs of the study."""
    return [f"{TASK}-{rule}-seed{seed}" for seed in range(SEEDS) for rule in RULES]


def differences(serial, study):
    """What of a study is not as in the one that one worker trained."""
    found = []
    for name in runs():
        one, other = serial / name, study / name
        if not (other / "result.json").exists():
            found.append(f"{name} has no result")
        elif tensors(one) != tensors(other):
            found.append(f"{name} has other weights")
        elif metrics(one) != metrics(other):
            found.append(f"{name} has other metrics")
    results = records(study / "results.jsonl")
    ended = [(result["cell"], result["seed"]) for result in results]
    if len(ended) != len(runs()) or len(set(ended)) != len(ended):
        found.append(f"results.jsonl has {len(ended)} runs, {len(set(ended))} of them different")
    if (serial / "table.md").read_bytes() != (study / "table.md").read_bytes():
        found.append("table.md differs")
    return found


class Attempts:
    """The attempts at the runs of a study, watched while they come and go."""

    def __init__(self, study):
        self.study = study
        #: Epochs that were saved of each run, and attempts that began with fewer.
        self.saved, self.seen, self.repeated = {}, {}, []

    def look(self):
        """Sees which attempts there are, and from which epoch new ones go on."""
        for folder in sorted(self.study.glob(".*-seed*.*-*")):
            try:
                run, token = folder.name[1:].rsplit("-", 1)[0].rsplit(".", 1)
                done = progress(folder)
            except (OSError, ValueError, KeyError, struct.error):
                continue
            first = (run, int(token)) not in self.seen
            if done is None:
                continue
            epochs = done["epoch"]
            self.seen.setdefault((run, int(token)), epochs)
            if first and epochs < self.saved.get(run, 0):
                self.repeated.append(f"attempt {token} at {run} began at {epochs}, not {self.saved[run]}")
            self.saved[run] = max(self.saved.get(run, 0), epochs)


def workers(folder):
    """Process numbers of the workers of a study on this machine."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"work" in arguments and os.fsencode(folder) in arguments and b"srun" not in arguments[0]:
                found.append(int(entry.name))
    return found


def kill_one(processes, moments=random):
    """Kills one of the processes; whether there was one."""
    if not processes:
        return False
    try:
        os.kill(moments.choice(processes), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
