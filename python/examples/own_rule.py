"""A learning rule of your own beside Error Diffusion, Direct Feedback Alignment and backpropagation.

    pip install "dalenet[sklearn]" matplotlib
    python examples/own_rule.py [--seeds 5] [--epochs 30] [--data arrays.npz] [--out own_rule.png]

The rule is Error Diffusion without its assignment of outputs to units: every unit receives the errors of
all outputs through random weights that are never negative, so that the sign of its effect is still that
of its stream. Prints the accuracy on samples held out, mean and 95 % interval over the seeds (Student's
t), and draws it if matplotlib is there. `arrays.npz` has x_train, y_train, x_test, y_test; by default
the digits of scikit-learn.
"""

import argparse

import numpy as np
from scipy import stats
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import dalenet
from dalenet.sklearn import DaleClassifier


@dalenet.rule
class RandomED:
    """Error Diffusion through fixed random weights that are not negative."""

    def prepare(self, network, rng):
        *hidden, outputs = network.excitatory_units
        self.feedback_of = []
        for units in hidden:
            weights = rng.exponential(1 / outputs, size=(outputs, units))
            self.feedback_of.append(dalenet.Feedback.direct(np.hstack([weights, -weights])))

    def feedback(self, lesson, layer):
        return self.feedback_of[layer]


RULES = {"own": RandomED, "ed": "ed", "dfa": "dfa", "bp": "bp"}


def load(path):
    """Training and test samples with their labels."""
    if path is None:
        digits = load_digits()
        x = train_test_split(digits.data, digits.target, test_size=0.3, random_state=0)
        return x[0], x[2], x[1], x[3]
    with np.load(path) as arrays:
        return [arrays[name] for name in ("x_train", "y_train", "x_test", "y_test")]


def interval(values):
    """Mean and half the width of its 95 % interval."""
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values) if len(values) > 1 else np.nan
    return np.mean(values), half


def draw(accuracies, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    means, halves = zip(*(interval(values) for values in accuracies.values()))
    figure, axes = plt.subplots(figsize=(4, 3), layout="constrained")
    axes.errorbar(list(accuracies), means, yerr=halves, fmt="o", capsize=4)
    axes.set_ylabel("accuracy on the test set")
    figure.savefig(path, dpi=150)
    plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--data")
    parser.add_argument("--out")
    args = parser.parse_args()

    x, y, x_test, y_test = load(args.data)
    accuracies = {}
    print("rule   accuracy on the test set")
    for name, rule in RULES.items():
        classifier = DaleClassifier([args.hidden], rule=rule, epochs=args.epochs, n_jobs=-1)
        accuracies[name] = [
            classifier.set_params(random_state=seed).fit(x, y).score(x_test, y_test)
            for seed in range(args.seeds)
        ]
        mean, half = interval(accuracies[name])
        print(f"{name:<6} {100 * mean:.2f} ± {100 * half:.2f} %")
    if args.out:
        draw(accuracies, args.out)
        print(f"drawn to {args.out}")


if __name__ == "__main__":
    main()
