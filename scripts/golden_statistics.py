"""Writes the golden file of the statistics of studies and reports, from SciPy, statsmodels and rliable.

    python scripts/golden_statistics.py --out crates/dalenet-lab/tests/golden/statistics.json

It needs `pip install -r scripts/statistics-requirements.txt`. The same bytes come out each time. With
`--check FILE`, a results.jsonl of a study, it prints what these libraries make of its scores, to be held
beside the study's table.

    estimates    mean, sample standard deviation and 95 % interval (Student's t) of values
    comparisons  a and b: Welch's test, and the test paired by position where they are as long
    holm         p values and what Holm's correction makes of them
    aggregates   scores by task: interquartile mean, its interval under the stratified bootstrap
                 (every resample once where `exact`, 50,000 drawn ones elsewhere), performance profile
"""

import argparse
import itertools
import json
from pathlib import Path

import numpy as np
from rliable import library, metrics
from scipy import stats
from statsmodels.stats.multitest import multipletests

LEVEL = 0.95


def estimate(values):
    values = np.asarray(values, dtype=float)
    mean, deviation = values.mean(), values.std(ddof=1)
    error = deviation / np.sqrt(len(values))
    interval = stats.t.interval(LEVEL, len(values) - 1, loc=mean, scale=error)
    return {"values": values.tolist(), "mean": mean, "std": deviation, "interval": list(map(float, interval))}


def test(result, difference):
    interval = result.confidence_interval(LEVEL)
    return {
        "difference": float(difference),
        "interval": [float(interval.low), float(interval.high)],
        "t": float(result.statistic),
        "degrees": float(result.df),
        "p": float(result.pvalue),
    }


def comparison(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    found = {"a": a.tolist(), "b": b.tolist()}
    found["welch"] = test(stats.ttest_ind(a, b, equal_var=False), a.mean() - b.mean())
    if len(a) == len(b):
        found["paired"] = test(stats.ttest_rel(a, b), (a - b).mean())
    return found


def holm(values):
    return {"p": values, "corrected": multipletests(values, method="holm")[1].tolist()}


def iqm(scores):
    return np.array([metrics.aggregate_iqm(scores)])


def all_resamples(scores):
    """The interval over every stratified resample: each column drawn with replacement on its own."""
    runs, tasks = scores.shape
    columns = [list(itertools.product(scores[:, task], repeat=runs)) for task in range(tasks)]
    means = [metrics.aggregate_iqm(np.array(resample)) for resample in itertools.product(*columns)]
    return np.percentile(means, [2.5, 97.5]).tolist()


def aggregate(scores, thresholds, exact):
    scores = np.asarray(scores, dtype=float)
    np.random.seed(0)
    drawn = library.get_interval_estimates({"x": scores}, iqm, reps=50_000)[1]["x"][:, 0].tolist()
    profile = library.create_performance_profile({"x": scores}, np.array(thresholds), reps=10)[0]["x"]
    return {
        "tasks": scores.T.tolist(),
        "iqm": float(metrics.aggregate_iqm(scores)),
        "interval": all_resamples(scores) if exact else drawn,
        "exact": exact,
        "thresholds": thresholds,
        "profile": profile.tolist(),
    }


def golden():
    generator = np.random.default_rng(13)

    def draw(mean, deviation, count):
        return np.round(generator.normal(mean, deviation, count), 3)

    returns = np.column_stack([draw(400, 80, 5), draw(4500, 150, 5), draw(-3, 1, 5)])
    least, most = returns.min(axis=0), returns.max(axis=0)
    return {
        "estimates": [
            estimate([97.3, 97.28, 97.35, 97.26, 97.36]),
            estimate([4.0, 1.0, -2.5]),
            estimate(draw(5494, 80, 4)),
            estimate(draw(0, 1, 40)),
        ],
        "comparisons": [
            comparison([97.3, 97.28, 97.35, 97.26, 97.36], [98.8, 98.7, 98.86, 98.75, 98.9]),
            comparison([4254, 4310, 4150], [4323, 4180, 4400]),
            comparison(draw(500, 1, 5), draw(300, 90, 3)),
            comparison(draw(10, 2, 12), draw(11, 4, 12)),
        ],
        "holm": [holm([0.01, 0.04, 0.03, 0.005]), holm([0.5]), holm([0.2, 0.9, 0.01, 0.01, 0.6])],
        "aggregates": [
            aggregate([[97.3, 61.7], [97.1, 62.6], [97.9, 62.1]], [50.0, 62.0, 62.1, 97.2, 99.0], True),
            aggregate((returns - least) / (most - least), [0.0, 0.25, 0.5, 0.75, 1.0], False),
        ],
    }


def check(path):
    cells = {}
    for line in Path(path).read_text().splitlines():
        run = json.loads(line)
        score = 100 * run["test_accuracy"] if "test_accuracy" in run else run["return_mean"]
        cells.setdefault(run["task"], {}).setdefault(run["cell"], {})[run["seed"]] = score
    p = []
    for task, rules in cells.items():
        reference = None
        for rule, scores in rules.items():
            values = list(scores.values())
            low, high = estimate(values)["interval"] if len(values) > 2 else (np.nan, np.nan)
            print(f"{task} {rule}: {np.mean(values):.2f}, 95 % interval {low:.2f} to {high:.2f}")
            if reference is None:
                reference = scores
                continue
            seeds = [seed for seed in scores if seed in reference]
            if len(seeds) < 3:
                continue
            found = comparison([scores[seed] for seed in seeds], [reference[seed] for seed in seeds])["paired"]
            low, high = found["interval"]
            p.append(found["p"])
            print(f"  difference {found['difference']:+.2f} ({low:+.2f} to {high:+.2f}), p = {found['p']:.4f}")
    if p:
        print("p by Holm:", " ".join(f"{value:.4f}" for value in holm(p)["corrected"]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--check", type=Path)
    arguments = parser.parse_args()
    if arguments.check:
        check(arguments.check)
    if arguments.out:
        arguments.out.write_text(json.dumps(golden(), indent=1) + "\n")
