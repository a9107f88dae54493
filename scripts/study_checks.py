"""What studies on schedulers are compared by: the bits of every run, and the table."""

import json
import os
import random
import signal
import struct
from pathlib import Path

#: A study of 24 runs of some seconds each: `dalenet compare` with these arguments.
TASK = "parity"
RULES = ["ed", "dfa", "bp"]
SEEDS = 8
SETTINGS = {"bits": 10, "epochs": 300, "layers": [64], "stop_error": 0}

TIMINGS = ("seconds", "samples_per_second")


def compare_arguments(folder):
    """The arguments of the program that plan the study."""
    settings = [f"--set={key}={json.dumps(value)}" for key, value in SETTINGS.items()]
    return ["compare", TASK, "--rules", ",".join(RULES), "--seeds", str(SEEDS), *settings, "--out", str(folder)]


def runs():
    """The names of the runs of the study."""
    return [f"{TASK}-{rule}-seed{seed}" for seed in range(SEEDS) for rule in RULES]


def checkpoint(run):
    """Metadata, descriptions of tensors and bytes of a checkpoint."""
    content = (run / "checkpoint.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    return header.pop("__metadata__"), header, content[8 + length :]


def tensors(run):
    """Name → (description, bytes) of a checkpoint."""
    _, header, data = checkpoint(run)
    return {
        name: (about["dtype"], about["shape"], data[slice(*about["data_offsets"])])
        for name, about in header.items()
    }


def metrics(run):
    """What was measured, without what depends on the machine."""
    lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    return [{k: v for k, v in line.items() if k not in TIMINGS} for line in lines]


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
    results = [json.loads(line) for line in (study / "results.jsonl").read_text().splitlines()]
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
                epochs = saved_epochs(folder)
            except (OSError, ValueError, KeyError, struct.error):
                continue
            first = (run, int(token)) not in self.seen
            if epochs is None:
                continue
            self.seen.setdefault((run, int(token)), epochs)
            if first and epochs < self.saved.get(run, 0):
                self.repeated.append(f"attempt {token} at {run} began at {epochs}, not {self.saved[run]}")
            self.saved[run] = max(self.saved.get(run, 0), epochs)


def saved_epochs(run):
    """Epochs of a run that are saved; none before the first checkpoint."""
    if not (run / "checkpoint.safetensors").exists():
        return None
    metadata, *_ = checkpoint(run)
    return json.loads(metadata["progress"])["epoch"]


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
