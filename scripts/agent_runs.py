"""The long trainings of agents behind the tables of docs/results.md: trains those that are missing, and shows all.

    python scripts/agent_runs.py train FOLDER [--studies NAME ...] [--jobs 2] [--program target/release/dalenet]
    python scripts/agent_runs.py show [--studies NAME ...] [--figure docs/agents.svg]

`train` plans the studies in FOLDER and trains every run that docs/results does not have, one thread a run, the first seed of
every rule and study before the second. A run that was cut off is continued by the same command. The line of a finished run is
added to docs/results at once, with its `curve`: the mean return of the last 100 finished episodes (sampled actions) at 100
equal parts of the training. `show` prints a Markdown table, a row a rule, with 95 % intervals by Student's t and each rule's
difference from the first, paired by seed, and draws the curves of the runs that have one: mean, and 95 % interval where there
are several. Needs matplotlib and scipy.
"""

import argparse
import json
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib
import numpy as np
from run_folder import records
from scipy import stats

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

RESULTS = Path("docs/results")
BRAX, CRAFTAX = RESULTS / "brax.jsonl", RESULTS / "craftax.jsonl"
# Where the runs of each study are kept, its number of seeds, and what else `dalenet compare` is asked for.
STUDIES = {
    "craftax-centred-1e7": (CRAFTAX, 3, "craftax --rules ed,dfa,bp --steps 1e7"),
    "humanoid-annealed-2.5e7": (BRAX, 3, "brax/humanoid --rules ed,dfa,bp --steps 2.5e7 --set precision=bf16"),
    "half-cheetah-annealed-5e7": (BRAX, 3, "brax/half-cheetah --rules ed,dfa,bp,bp-dale --steps 5e7 --set precision=bf16"),
    "craftax-classic-centred-5e7": (CRAFTAX, 3, "craftax-classic --rules ed,dfa,bp,bp-dale --steps 5e7"),
    "ant-annealed-5e7": (BRAX, 3, "brax/ant --rules ed,dfa,bp --steps 5e7 --set precision=bf16"),
    "craftax-classic-centred-5e6": (CRAFTAX, 3, "craftax-classic --rules dfa,bp --steps 5e6"),
    "craftax-classic-proportional-5e6": (CRAFTAX, 3, "craftax-classic --rules ed --steps 5e6 --set proportional=true "
                                                     "--set wake_silent=true --set epsilon=1e-3"),
    "mujoco-half-cheetah-1e7": (BRAX, 3, "mujoco/half-cheetah --rules ed,dfa,bp --steps 1e7 --set precision=bf16"),
    # The published width: three layers of 512 units, or of 256 and 256 in two streams.
    **{f"{game}-3x512-{rule}-1e7": (CRAFTAX, 1, f"{game} --rules {rule} --steps 1e7 --set layers=[{units},{units},{units}]")
       for game in ["craftax", "craftax-classic"] for rule, units in [("ed", 256), ("bp", 512)]},
}
RULES = {"ed": ("Error Diffusion", "#0072B2"), "dfa": ("Direct Feedback Alignment", "#E69F00"),
         "bp": ("backpropagation", "#555555"), "bp-dale": ("backpropagation under Dale's principle", "#CC79A7")}
# Equal parts of a training, at whose ends its curve is taken.
PARTS = 100


def curve(run):
    """The return of the last episodes at the end of each part of a training; none before the first episode has ended."""
    updates = records(run / "metrics.jsonl")
    steps = np.array([update["steps"] for update in updates])
    ends = np.searchsorted(steps, steps[-1] * np.arange(1, PARTS + 1) / PARTS)
    found = [updates[end]["recent_return"] for end in ends]
    return [None if value is None else float(f"{value:.4g}") for value in found]


def missing(studies):
    """The runs that are not in docs/results: study and run, the first seed of all before the second."""
    for seed in range(max(STUDIES[name][1] for name in studies)):
        for name in studies:
            out, seeds, command = STUDIES[name]
            if seed >= seeds:
                continue
            known = {line["run"] for line in records(out)}
            task, _, rules, *_ = command.split()
            for rule in rules.split(","):
                run = f"{task.replace('/', '-')}-{rule}-seed{seed}"
                if f"runs/{name}/{run}" not in known:
                    yield name, run


def train(program, folder, studies, jobs):
    """Trains the runs that are missing, and keeps each as it ends."""
    runs = list(missing(studies))
    for name in dict(runs):
        _, seeds, command = STUDIES[name]
        plan = [*command.split(), "--seeds", str(seeds), "--plan-only", "--out", folder / name]
        subprocess.run([program, "compare", *plan], check=True)
    lock = threading.Lock()

    def work(name, run):
        study = folder / name
        command = [program, "--threads", "1", "study", "work", study, "--run", run, "--no-wait"]
        failed = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        with lock:
            print(f"{name} {run}: " + (f"exit status {failed}" if failed else "trained"), flush=True)
            if (study / run / "result.json").exists():
                keep(study, run, name)

    with ThreadPoolExecutor(jobs) as pool:
        for done in [pool.submit(work, name, run) for name, run in runs]:
            done.result()


def keep(study, run, name):
    """Adds a run of a study to docs/results, unless it is there."""
    found = next(line for line in records(study / "results.jsonl") if Path(line["run"]).name == run)
    found |= {"run": f"runs/{name}/{run}", "curve": curve(study / run)}
    out = STUDIES[name][0]
    if found not in records(out):
        with out.open("a") as file:
            file.write(json.dumps(found, separators=(",", ":")) + "\n")


def half_width(values, axis=0):
    """Half of the 95 % interval of a mean by Student's t."""
    count = np.shape(values)[axis]
    return stats.t.ppf(0.975, count - 1) * np.std(values, axis=axis, ddof=1) / np.sqrt(count)


def spread(values):
    """Mean ± sample standard deviation, and the interval of the mean."""
    if len(values) < 2:
        return f"{values[0]:.5g}", ""
    mean, half = np.mean(values), half_width(values)
    return f"{mean:.5g} ± {np.std(values, ddof=1):.3g}", f"{mean - half:.5g} to {mean + half:.5g}"


def difference(runs, first):
    """How far a rule is ahead of the first, over the seeds that both have, with interval and p of a paired t-test."""
    seeds = sorted(set(runs) & set(first))
    if runs is first or len(seeds) < 2:
        return ""
    ahead = np.array([runs[seed]["return_mean"] - first[seed]["return_mean"] for seed in seeds])
    half = half_width(ahead)
    p = stats.ttest_1samp(ahead, 0).pvalue
    return f"{ahead.mean():+.4g} ({ahead.mean() - half:.4g} to {ahead.mean() + half:.4g}, p {p:.2g})"


def grouped(found, name):
    """The runs of a study: by rule, then by seed."""
    rules = {}
    for line in found:
        if Path(line["run"]).parent.name == name:
            rules.setdefault(line["cell"], {})[line["seed"]] = line
    return {rule: rules[rule] for rule in RULES if rule in rules}


def table(studies):
    """A row a rule and study."""
    print("| study | rule | return | 95 % interval | last episodes of the training | seeds | ahead of the first | steps | s a run |")
    print("|---" * 9 + "|")
    for name, rules in studies.items():
        first = next(iter(rules.values()), None)
        for rule, runs in rules.items():
            some = list(runs.values())
            returns, interval = spread([run["return_mean"] for run in some])
            recent, _ = spread([run["recent_return"] for run in some])
            seconds = np.median([run["train_seconds"] for run in some])
            print(f"| {name} | {RULES[rule][0]} | {returns} | {interval} | {recent} | {len(some)} | {difference(runs, first)} "
                  f"| {some[0]['steps']:.3g} | {seconds:.0f} |")


def draw(studies, path):
    """A panel a study, a colour a rule; the legend of a panel names the rules that are drawn in it."""
    figure, axes = plt.subplots(1, len(studies), figsize=(4.2 * len(studies), 3.6), squeeze=False)
    for axis, (name, rules) in zip(axes[0], studies.items(), strict=True):
        for rule, runs in rules.items():
            drawn = [run for run in runs.values() if "curve" in run]
            if not drawn:
                continue
            curves = np.array([run["curve"] for run in drawn], dtype=float)
            label, colour = RULES[rule]
            steps = drawn[0]["steps"] * np.arange(1, PARTS + 1) / PARTS / 1e6
            mean = curves.mean(axis=0)
            axis.plot(steps, mean, color=colour, label=f"{label}, {len(drawn)} seed{'s' if len(drawn) > 1 else ''}")
            if len(drawn) > 1:
                half = half_width(curves)
                axis.fill_between(steps, mean - half, mean + half, color=colour, alpha=0.2, linewidth=0)
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("million steps")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    axes[0][0].set_ylabel("return of the last 100 episodes")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True, dest="command")
    trained = commands.add_parser("train", help="train the runs that are missing")
    trained.add_argument("folder", type=Path)
    trained.add_argument("--jobs", type=int, default=2)
    trained.add_argument("--program", default="target/release/dalenet")
    shown = commands.add_parser("show", help="print a table, draw the curves")
    shown.add_argument("--figure", type=Path)
    for command in trained, shown:
        command.add_argument("--studies", nargs="+", default=list(STUDIES), choices=list(STUDIES))
    args = parser.parse_args()
    if args.command == "train":
        train(args.program, args.folder, args.studies, args.jobs)
        return
    studies = {name: grouped(records(STUDIES[name][0]), name) for name in args.studies}
    table(studies)
    if args.figure:
        draw(studies, args.figure)


if __name__ == "__main__":
    main()
