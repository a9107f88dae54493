"""What Dale's principle costs on MNIST when it is taken literally.

    python scripts/literal_dale.py [--program target/release/dalenet] [--out docs/results/literal-dale.jsonl]

Three rules on the same dual-stream networks with one and two hidden layers, under Dale's principle by the
two streams that a synapse joins (`dale=true`) and literally (`dale="literal"`: p excites all, n inhibits
all). Rates are chosen for each cell on held-out samples with seed 100; then three
seeds meet the test set. Prints a Markdown table; finished runs in the output are not trained again.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from run_folder import records

RULES = {"ed": ["ed", [5, 15, 30]], "dfa": ["dfa", [5, 15, 30]], "bp": ["bp-dale", [0.3, 1, 3]]}
FORMS = {"streams": "true", "literal": '"literal"'}
LAYERS = {"one hidden layer": "[512]", "two hidden layers": "[512,256]"}
SEEDS = [0, 1, 2]


def train(program, rule, form, layers, rate, seed, folder):
    """Trains once; the result as the program reports it."""
    # Direct feedback alignment on Error Diffusion's network and settings, but for the rule.
    settings = ["--set", f"dale={FORMS[form]}", "--set", f"layers={LAYERS[layers]}", "--set", f"rate={rate}"]
    command = [program, "train", "--rule", RULES[rule][0], "--epochs", "5", "--seed", str(seed),
               "--out", str(folder), "--json", *settings]
    if rule == "dfa":
        config = folder.with_suffix(".toml")
        written = subprocess.run([program, "config", "mnist"], check=True, capture_output=True, text=True)
        config.write_text(written.stdout)
        command += ["--config", str(config)]
    else:
        command.insert(2, "mnist")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    result = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {"error": "diverged"}
    return {"rule": rule, "form": form, "layers": layers, "rate": rate, "seed": seed, "epochs": 5,
            "validation": result.get("validation_accuracy"), "test": result.get("test_accuracy"),
            "ei_ratio": result.get("ei_ratio"), "floor_share": result.get("floor_share"),
            "seconds": result.get("train_seconds")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("--out", type=Path, default=Path("docs/results/literal-dale.jsonl"))
    args = parser.parse_args()
    runs = records(args.out) if args.out.exists() else []
    known = {(r["rule"], r["form"], r["layers"], r["rate"], r["seed"]): r for r in runs}

    with tempfile.TemporaryDirectory() as folder:
        def run(*cell):
            if cell not in known:
                known[cell] = train(args.program, *cell, Path(folder) / f"run{len(known)}")
                if cell[-1] not in SEEDS:
                    known[cell]["test"] = None  # not looked at
                with args.out.open("a") as out:
                    out.write(json.dumps(known[cell]) + "\n")
            return known[cell]

        print("| rule | network | by streams | literal |\n|---|---|---|---|")
        for rule, (_, rates) in RULES.items():
            for layers in LAYERS:
                cells = []
                for form in FORMS:
                    search = {rate: run(rule, form, layers, rate, 100)["validation"] or 0 for rate in rates}
                    best = max(search, key=search.get)
                    tests = [run(rule, form, layers, best, seed)["test"] for seed in SEEDS]
                    if None in tests:
                        cells.append(f"diverged in {tests.count(None)} of {len(tests)} (κ {best})")
                    else:
                        mean, spread = statistics.mean(tests), statistics.stdev(tests)
                        cells.append(f"{100 * mean:.2f} ± {100 * spread:.2f} (κ {best})")
                print(f"| {rule} | {layers} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
