"""Searches the settings of a Dale network by Optuna, and stops trials that fall behind.

    pip install "dalenet[sklearn]" optuna
    python examples/optuna_search.py [--trials 30] [--epochs 20] [--threads 2]

Trains on the digits of scikit-learn; trials are compared on samples held out, and the best settings are
tested once on others, at the end.
"""

import argparse

import numpy as np
import optuna
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from dalenet.sklearn import DaleClassifier


def split():
    """Samples and labels to train on, to choose settings on and to test on."""
    digits = load_digits()
    rest, x_test, y_rest, y_test = train_test_split(
        digits.data, digits.target, test_size=0.2, random_state=0
    )
    x, x_held_out, y, y_held_out = train_test_split(rest, y_rest, test_size=0.25, random_state=0)
    return (x, y), (x_held_out, y_held_out), (x_test, y_test)


def parameters(trial):
    """The settings of a trial."""
    depth = trial.suggest_int("depth", 1, 2)
    units = trial.suggest_int("units", 32, 256, log=True)
    return {
        "hidden": [units] * depth,
        "rate": trial.suggest_float("rate", 0.5, 50.0, log=True),
        "batch": trial.suggest_categorical("batch", [16, 32, 64]),
        "response": trial.suggest_categorical("response", ["sigmoid", "tanh"]),
        "routing": trial.suggest_categorical("routing", ["modulo", "overlapping"]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    train, held_out, test = split()

    def objective(trial):
        classifier = DaleClassifier(**parameters(trial), random_state=0)
        for epoch in range(args.epochs):
            classifier.partial_fit(*train, classes=np.arange(10))
            score = classifier.score(*held_out)
            trial.report(score, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return score

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=0),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=3),
    )
    study.optimize(objective, n_trials=args.trials, n_jobs=args.threads)

    pruned = sum(trial.state == optuna.trial.TrialState.PRUNED for trial in study.trials)
    print(f"{len(study.trials)} trials, {pruned} of them stopped early")
    print(f"best: {100 * study.best_value:.2f} % of the samples held out, by {study.best_params}")
    classifier = DaleClassifier(
        **parameters(optuna.trial.FixedTrial(study.best_params)), epochs=args.epochs, random_state=0
    )
    print(f"test: {100 * classifier.fit(*train).score(*test):.2f} %")


if __name__ == "__main__":
    main()
