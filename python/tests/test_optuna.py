"""Optuna searches over a Dale network: in threads, with trials that fail and that are pruned."""

import pytest

import dalenet

optuna = pytest.importorskip("optuna")
pytest.importorskip("sklearn")

from optuna.trial import TrialState  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402

from dalenet.sklearn import DaleClassifier  # noqa: E402


@dalenet.rule
def mistaken(lesson, layer):
    raise ZeroDivisionError


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_trials_in_two_threads_end_as_they_should():
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    X, y = load_iris(return_X_y=True)

    def objective(trial):
        hidden = trial.suggest_int("hidden", 4, 32)
        rule = mistaken if trial.number == 3 else trial.suggest_categorical("rule", ["ed", "dfa"])
        classifier = DaleClassifier((hidden,), rule=rule, random_state=0)
        for epoch in range(5):
            classifier.partial_fit(X, y, classes=[0, 1, 2])
            trial.report(classifier.score(X, y), epoch)
            if trial.number == 5 or trial.should_prune():
                raise optuna.TrialPruned
        return classifier.score(X, y)

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(objective, n_trials=8, n_jobs=2, catch=ZeroDivisionError)
    states = [trial.state for trial in study.trials]
    assert states[3] == TrialState.FAIL and states[5] == TrialState.PRUNED
    assert TrialState.RUNNING not in states
    assert study.best_value > 0.6


def test_a_fault_of_dalenet_is_an_exception_like_others():
    assert issubclass(dalenet.InternalError, Exception)
    assert issubclass(dalenet.DivergedError, Exception)
