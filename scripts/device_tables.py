"""The tables of docs/HARDWARE.md: trained networks on devices, and networks that learn on them.

    python scripts/device_tables.py [robust|aware|learning]... [--program target/release/dalenet] [--runs FOLDER]

`robust` trains five seeds of four rules, on MNIST with the default presets, on CIFAR-10 small networks, and tries each with
ten chips (`dalenet robust`); `aware` trains small networks by Error Diffusion for few bits; `learning` trains on devices that are written by pulses, each cell at the
rate that is best on held-out samples (seed 100), then two seeds. Finished runs in the folder and finished lines in
docs/results/devices.jsonl are not computed again. Prints Markdown.
"""

import argparse
import json
import statistics
import subprocess
from pathlib import Path

from run_folder import records

SEEDS = range(5)
RULES = ["ed", "dfa", "bp", "bp-dale"]
NAMES = {"ed": "Error Diffusion", "dfa": "DFA", "bp": "backpropagation", "bp-dale": "backpropagation under Dale"}
POOL = 'size=5, stride=2, pooling="max", pool_size=4, pool_stride=2'
LINES = Path(__file__).parent.parent / "docs" / "results" / "devices.jsonl"

# What devices a network learns on: settings, and what the table calls them.
QUALITIES = {
    "numbers": [],
    "1000 levels": ["levels=1000"],
    "256 levels": ["levels=256"],
    "64 levels": ["levels=64"],
    "16 levels": ["levels=16"],
    "1000 levels, asymmetry 10 %": ["levels=1000", "asymmetry=0.1"],
    "1000 levels, asymmetry 30 %": ["levels=1000", "asymmetry=0.3"],
    "1000 levels, soft bounds": ["levels=1000", "saturation=1"],
    "1000 levels, pulses with 0.5 % noise": ["levels=1000", "write_noise=0.005"],
    "1000 levels, pulses with 2 % noise": ["levels=1000", "write_noise=0.02"],
}
# Largest magnitudes: rectified units of a single stream need no large weights, sigmoids of width 6 do.
RANGES = {"ed": "16", "dfa": "4", "bp": "4", "bp-dale": "16"}
# Rates that are tried: plain gradient steps for all.
RATES = {"ed": ["8", "2"], "dfa": ["0.2", "0.05"], "bp": ["0.2", "0.05"], "bp-dale": ["0.4", "0.1"]}


class Tables:
    def __init__(self, program, runs):
        self.program, self.runs = str(program), runs
        known = records(LINES) if LINES.exists() else []
        self.lines = {tuple(line["key"]): line["value"] for line in known}

    def dalenet(self, *arguments):
        command = [self.program, *map(str, arguments), "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)}: {done.stderr}")
        return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None

    def train(self, name, *arguments):
        """The folder of a run, trained if it is not there."""
        folder = self.runs / name
        if not (folder / "result.json").exists():
            resume = ["--resume", folder] if folder.exists() else [*arguments, "--out", folder]
            self.dalenet("train", *resume, "--threads", 1)
        return folder

    def line(self, key, compute):
        """A value that is computed once."""
        if key not in self.lines:
            self.lines[key] = compute()
            with LINES.open("a") as out:
                out.write(json.dumps({"key": key, "value": self.lines[key]}) + "\n")
        return self.lines[key]

    def classifier(self, task, rule, seed, *settings, name="", network=()):
        """A run of the tables."""
        extra = [part for setting in settings for part in ("--set", setting)]
        folder = f"{task.removesuffix('10')}-{rule}{name}-{seed}"
        return self.train(folder, task, *network, "--rule", rule, "--seed", seed, *extra)

    def robustness(self, task, rule):
        """What `dalenet robust` finds, without the single chips."""
        def compute():
            network = [] if task == "mnist" else small(task, rule)
            runs = [self.classifier(task, rule, seed, network=network) for seed in SEEDS]
            samples = ["--samples", 2000 if task == "mnist" else 1000]
            found = self.dalenet("robust", *runs, *samples, "--out", self.runs / f"{task}-{rule}.svg")
            rows = [{key: row[key] for key in ("effect", "device", "strength", "estimate", "chip_std")} for row in found["rows"]]
            return {"float": found["float"], "devices": found["devices"], "samples": found["samples"], "rows": rows}

        return self.line(("robust", task, rule), compute)

    def robust(self):
        for task in ["mnist", "cifar10"]:
            found = {rule: self.robustness(task, rule) for rule in RULES}
            first = found["ed"]
            print(f"\n### {task}\n\n| | {' | '.join(NAMES[rule] for rule in RULES)} |\n|---|" + "---|" * len(RULES))
            devices = [format(found[rule]["devices"], ",") for rule in RULES]
            print(f"| devices | {' | '.join(devices)} |")
            print(f"| floating point | {' | '.join(spread(found[rule]['float']) for rule in RULES)} |")
            keys = [(row["effect"], row["device"], row["strength"]) for row in first["rows"]]
            for effect, device, strength in keys:
                cells = []
                for rule in RULES:
                    rows = found[rule]["rows"]
                    row = [r for r in rows if (r["effect"], r["device"], r["strength"]) == (effect, device, strength)]
                    cells.append(f"{spread(row[0]['estimate'])}{chips(row[0])}" if row else "")
                what = {"bits": strength, "noise": f"programming {strength}", "stuck": f"stuck {strength}",
                        "time": f"{device}, {strength}"}[effect]
                print(f"| {what} | {' | '.join(cells)} |", flush=True)

    def aware(self):
        print("\n| task | bits | plain training | its floating point | trained for so many levels | its floating point |\n|---|---|---|---|---|---|")
        for task, bits in [("mnist", 4), ("mnist", 2), ("cifar10", 4)]:
            cells = []
            for name, settings in [("", []), (f"-aware{bits}", [f"device.forward_levels={2 ** bits}"])]:
                def compute():
                    network, small_name = small(task, "ed"), f"-small{name}" if task == "mnist" else name
                    runs = [self.classifier(task, "ed", seed, *settings, name=small_name, network=network) for seed in SEEDS]
                    few = [self.dalenet("eval", run, "--bits", bits)["evaluation"] for run in runs]
                    return [[found["accuracies"][0], found["float_accuracy"]] for found in few]

                pairs = self.line(("aware", task, bits, name), compute)
                cells += [of_seeds([pair[i] for pair in pairs]) for i in (0, 1)]
            print(f"| {task} | {bits} | {' | '.join(cells)} |", flush=True)

    def learning(self):
        print(f"\n| devices | {' | '.join(NAMES[rule] for rule in RULES)} |\n|---|" + "---|" * len(RULES))
        for quality, settings in QUALITIES.items():
            cells = [self.learnt(rule, quality, settings) for rule in RULES]
            print(f"| {quality} | {' | '.join(cells)} |", flush=True)

    def learnt(self, rule, quality, settings):
        """Test accuracy of a rule that learns on devices, at its best rate."""
        place = list(QUALITIES).index(quality)
        devices = [part for setting in settings for part in ("--set", f"device.{setting}")]

        def run(rate, seed):
            def compute():
                plain = ["optimiser=sgd", "normalised=false", "layers=[32]", "batch=32", "shift=0", "schedule=constant"]
                plain = [part for setting in plain for part in ("--set", setting)]
                plain += ["--set", f"device.range={RANGES[rule]}"]
                result = self.dalenet("train", "mnist", "--rule", rule, "--epochs", 2, "--seed", seed, "--set", f"rate={rate}",
                                      *plain, *devices, "--threads", 1, "--out", self.runs / f"learn-{rule}-{place}-{rate}-{seed}")
                # A network that diverged is right by chance.
                return {"held out": result["validation_accuracy"], "test": result["test_accuracy"]} if result else {"held out": 0.1, "test": 0.1}

            return self.line(("learning", rule, quality, rate, seed), compute)

        best = max(RATES[rule], key=lambda rate: run(rate, 100)["held out"])
        return f"{of_seeds([run(best, seed)['test'] for seed in (0, 1)])} (η {best})"


def small(task, rule):
    """Arguments of small networks, so that all of them are trained in an hour on two cores."""
    if task == "mnist":
        return ["--epochs", 3, "--set", "layers=[128]"]
    units = 32 if rule in ("dfa", "bp") else 16
    settings = ["input=contrast", "shift=0", f"convolutions=[{{units={units}, {POOL}}}]"]
    return ["--epochs", 2, *(word for setting in settings for word in ("--set", setting))]


def spread(estimate):
    std = "" if estimate["std"] is None else f" ± {estimate['std']:.2f}"
    return f"{estimate['mean']:.2f}{std}"


def chips(row):
    return f" ({row['chip_std']:.2f})" if row["chip_std"] else ""


def of_seeds(shares):
    return f"{100 * statistics.mean(shares):.2f} ± {100 * statistics.stdev(shares):.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs="*", default=["robust", "aware", "learning"])
    parser.add_argument("--program", type=Path, default=Path("target/release/dalenet"))
    parser.add_argument("--runs", type=Path, default=Path("runs/devices"))
    args = parser.parse_args()
    args.runs.mkdir(parents=True, exist_ok=True)
    tables = Tables(args.program.resolve(), args.runs)
    for table in args.tables:
        getattr(tables, table)()


main()
