"""Makes the file of an agent that comes with the program, of a run.

    python scripts/ship_agent.py [--program target/release/dalenet] [--bits 8] [--start START] RUN ...

Writes crates/dalenet-lab/assets/agents/TASK.safetensors.gz: what `dalenet export` writes of the run, with weights
rounded to so many significant bits, by default those of bfloat16, so that it is half as large compressed. START is
the run of the same seed after fewer updates. Inputs whose weights are as in it have never been on, and these weights,
which are chance, become their mean: that leaves a quarter of an agent of the full game of Craftax. The policy that is
shipped is put into a run beside the other (`RUN-shipped`), which `dalenet eval`, scripts/brax_policy.py and
scripts/craftax_policy.py take as any. Needs numpy.
"""

import argparse
import gzip
import subprocess
import tempfile
from pathlib import Path

import numpy as np

ASSETS = Path(__file__).parent.parent / "crates/dalenet-lab/assets/agents"


def rounded(values, bits):
    """To the nearest number of so many significant bits, of ties to even; no magnitude falls below the least of before."""
    words, dropped = values.astype(np.float32).view(np.uint32), 24 - bits
    up = ((words >> dropped) & 1) + (1 << (dropped - 1)) - 1
    found = ((words + up) >> dropped << dropped).astype(np.uint32).view(np.float32)
    least = np.abs(values).min()
    return np.where(np.abs(found) < least, np.copysign(least, values), found).astype(np.float32)


def exported_arrays(program, run):
    """The arrays of a run by name."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.npz")
        subprocess.run([program, "export", run, "--out", whole], check=True)
        return dict(np.load(whole))


def without_chance(arrays, start):
    """The actor's arrays, with the mean where weights of the first layer are as at the start, in all of an input's rows."""
    names = [name for name in arrays if name.startswith("actor.layer1.W")]
    unseen = np.all([(arrays[name] == start[name]).all(axis=1) for name in names], axis=0)
    print(f"{unseen.sum()} of {len(unseen)} inputs have never been on")
    if unseen.any():
        for name in names:
            arrays[name][unseen] = arrays[name][unseen].mean()
    return arrays


def ship(program, run, bits, start):
    """The file of the agent of `run`."""
    shipped = run.with_name(run.name + "-shipped")
    arrays = exported_arrays(program, run)
    if start:
        arrays = without_chance(arrays, exported_arrays(program, start))
    with tempfile.TemporaryDirectory() as folder:
        short = Path(folder, "short.npz")
        weights = {name: rounded(values, bits) for name, values in arrays.items() if name.startswith("actor.")}
        np.savez(short, **(arrays | weights))
        subprocess.run([program, "import", short, "--like", run, "--out", shipped], check=True)
        exported = Path(folder, "agent.safetensors")
        subprocess.run([program, "export", shipped, "--out", exported], check=True)
        content = exported.read_bytes()
    task = next(line for line in (run / "config.toml").read_text().splitlines() if line.startswith("task = "))
    name = task.split('"')[1].split("/")[-1]
    ASSETS.mkdir(parents=True, exist_ok=True)
    target = ASSETS / f"{name}.safetensors.gz"
    target.write_bytes(gzip.compress(content, mtime=0))
    print(f"{target}: {target.stat().st_size} bytes; the same policy as a run: {shipped}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("--bits", type=int, default=8)
    parser.add_argument("--start", type=Path)
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    arguments = parser.parse_args()
    for run in arguments.runs:
        ship(arguments.program, run, arguments.bits, arguments.start)
