"""The examples of networks, rules and the estimator: in docstrings, and as scripts."""

import doctest
import pathlib
import subprocess
import sys

import pytest

import dalenet

EXAMPLES = pathlib.Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("name", ["Network", "Learner", "Lesson", "Feedback", "schedule", "rule", "routing"])
def test_docstrings_do_what_they_say(name):
    check(getattr(dalenet, name), name)


def test_the_docstring_of_the_estimator_does_what_it_says():
    sklearn = pytest.importorskip("dalenet.sklearn")
    check(sklearn.DaleClassifier, "DaleClassifier")


def check(documented, name):
    assert documented.__doc__
    runner = doctest.DocTestRunner()
    for test in doctest.DocTestFinder(recurse=False).find(documented, name, globs={}):
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize(
    ("script", "arguments", "needs"),
    [
        ("own_rule.py", ["--seeds", "2", "--epochs", "3", "--hidden", "32"], "sklearn"),
        ("optuna_search.py", ["--trials", "3", "--epochs", "3"], "optuna"),
    ],
)
def test_scripts_run(script, arguments, needs, tmp_path):
    pytest.importorskip("sklearn")
    pytest.importorskip(needs)
    command = [sys.executable, str(EXAMPLES / script), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "%" in done.stdout
