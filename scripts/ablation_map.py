"""Map of what each innovation of the paper is worth on CIFAR-10, over learning rate and depth.

    python scripts/ablation_map.py [--program target/release/dalenet] [--out docs/results/ablation-map.jsonl]

Small nets of the kind of `--preset paper` with one, two and three learning layers below the output, at seven
rates over three decades: whole, without centring, with α = 1, with a symmetric start. One run each with seed 100,
on held-out samples; no run's test set is kept. Finished runs in the output are not trained again. Draws
`ablation-map.svg` beside it and prints a Markdown table. Needs matplotlib.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import matplotlib
from run_folder import records

matplotlib.use("svg")
matplotlib.rcParams["svg.fonttype"] = "none"
import matplotlib.pyplot as plt  # noqa: E402

FIRST = '{units=32,size=5,stride=2,pooling="max",pool_size=4,pool_stride=2}'
SECOND = '{units=32,size=3,padding=1,pooling="none"}'
# Settings of each depth: the preset's own widths, 3 in convolutions and 6 above.
NETS = {
    1: [f"convolutions=[{FIRST}]", "layers=[]", "widths=[3,6]"],
    2: [f"convolutions=[{FIRST},{SECOND}]", "layers=[]", "widths=[3,3,6]"],
    3: [f"convolutions=[{FIRST},{SECOND}]", "layers=[100]", "widths=[3,3,6]"],
}
# As `dalenet ablate` removes them.
CELLS = {
    "whole": [],
    "no centring": ["centred=false"],
    "α = 1": ["widths=[1]"],
    "symmetric start": ["excitatory_gain=1", "inhibitory_gain=1"],
}
RATES = [0.03, 0.1, 0.3, 1, 3, 10, 30]
COLOURS = {"whole": "#222222", "no centring": "#d55e00", "α = 1": "#0072b2", "symmetric start": "#009e73"}


def train(program, depth, cell, rate, epochs, folder):
    """Trains once; the last line of its metrics, by layer."""
    settings = NETS[depth] + [f"rate={rate}", 'precision="bf16"', *CELLS[cell]]
    command = [program, "--threads", "1", "train", "cifar10", "--preset", "paper", "--epochs", str(epochs),
               "--seed", "100", "--out", str(folder), "--json"]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    last = records(folder / "metrics.jsonl")[-1]
    layers = last["layers"]
    return {"depth": depth, "cell": cell, "rate": rate, "epochs": epochs, "seed": 100,
            "validation_accuracy": last["validation_accuracy"], "train_accuracy": last["train_accuracy"],
            "ei_ratio": last["ei_ratio"], "saturated": [layer["saturated"] for layer in layers],
            "alignment": [layer["alignment"] for layer in layers],
            "attenuation": [layer["attenuation"] for layer in layers], "seconds": last["seconds"]}


def draw(runs, path):
    """One column a depth: accuracy, E/I of the output and saturation of the last hidden layer over the rate."""
    rows = [("held-out accuracy, %", lambda run: 100 * run["validation_accuracy"]),
            ("E/I of the output (at least 0.03)", lambda run: max(run["ei_ratio"][-1], 0.03)),
            ("saturated units of the\nlast hidden layer, %", lambda run: 100 * run["saturated"][-2])]
    figure, axes = plt.subplots(len(rows), len(NETS), sharex=True, sharey="row", figsize=(10, 7.5))
    for column, depth in zip(axes.T, NETS, strict=True):
        for axis, (label, value) in zip(column, rows, strict=True):
            for cell, colour in COLOURS.items():
                found = sorted((run["rate"], value(run)) for run in runs if (run["depth"], run["cell"]) == (depth, cell))
                axis.plot(*zip(*found, strict=True), "o-", color=colour, label=cell, markersize=4)
            axis.set_xscale("log")
            axis.grid(alpha=0.3)
            if depth == 1:
                axis.set_ylabel(label)
        column[1].set_yscale("log")
        column[0].set_title(f"{depth} learning layer{'s' if depth > 1 else ''} below the output", fontsize=10)
        column[-1].set_xlabel("learning rate")
    axes[0][0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)


def table(runs):
    """Rows of accuracy, and of what is lost in percentage points."""
    found = {(run["depth"], run["rate"], run["cell"]): 100 * run["validation_accuracy"] for run in runs}
    print("| layers below the output | rate | whole | " + " | ".join(list(CELLS)[1:]) + " |")
    print("|---" * (len(CELLS) + 2) + "|")
    for depth in NETS:
        for rate in RATES:
            whole = found[depth, rate, "whole"]
            lost = [f"{found[depth, rate, cell] - whole:+.1f}" for cell in list(CELLS)[1:]]
            print(f"| {depth} | {rate} | {whole:.1f} | " + " | ".join(lost) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("--out", type=Path, default=Path("docs/results/ablation-map.jsonl"))
    parser.add_argument("--epochs", type=int, default=4)
    args = parser.parse_args()
    runs = records(args.out) if args.out.exists() else []
    done = {(run["depth"], run["cell"], run["rate"], run["epochs"]) for run in runs}
    with tempfile.TemporaryDirectory() as folder:
        for cell in CELLS:
            for depth in NETS:
                for rate in RATES:
                    if (depth, cell, rate, args.epochs) in done:
                        continue
                    run = train(args.program, depth, cell, rate, args.epochs, Path(folder) / f"run{len(runs)}")
                    runs.append(run)
                    with args.out.open("a") as out:
                        out.write(json.dumps(run) + "\n")
    runs = [run for run in runs if run["epochs"] == args.epochs]
    draw(runs, args.out.with_suffix(".svg"))
    table(runs)


if __name__ == "__main__":
    main()
