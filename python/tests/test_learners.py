"""Learners: lessons, optimisers, copies, threads and processes."""

import copy
import os
import pickle
import signal
import threading

import numpy as np
import pytest
from small_learners import DirectED, assert_same, data, numpy_ed, train

import dalenet


def test_lessons_need_a_forward_pass_and_its_shape():
    learner = dalenet.Learner(dalenet.Network(5, [8], 3))
    with pytest.raises(RuntimeError, match="forward first"):
        learner.learn(np.zeros((2, 3)), 0.1)
    learner.forward(np.zeros((2, 5)))
    for wrong in (np.zeros((3, 3)), np.zeros((2, 2)), np.full((2, 3), np.nan), np.zeros(3)):
        with pytest.raises(ValueError, match="error"):
            learner.learn(wrong, 0.1)
    with pytest.raises(ValueError, match="rate"):
        learner.learn(np.zeros((2, 3)), float("nan"))
    with pytest.raises(RuntimeError, match="gradient before step"):
        learner.step(0.1)
    learner.learn(np.zeros((2, 3)), 0.1)


def test_a_network_that_diverged_says_so():
    network = dalenet.Network(5, [8], 3, output="identity", response="relu")
    learner = dalenet.Learner(network, "bp")
    x, target = data()
    with pytest.raises(dalenet.DivergedError, match="smaller rate"):
        for _ in range(200):
            learner.learn(np.clip(target - learner.forward(x), -1e30, 1e30), 1e30)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_a_step_along_the_gradient_is_a_lesson(optimiser):
    learners = [
        dalenet.Learner(dalenet.Network(5, [8], 3, seed=1), optimiser=optimiser) for _ in range(2)
    ]
    x, target = data()
    for _ in range(3):
        learners[0].learn(target - learners[0].forward(x), 0.01)
        norm = learners[1].gradient(target - learners[1].forward(x))
        assert norm > 0
        learners[1].step(0.01, factor=1.0)
    assert_same(learners[0].network.weights, learners[1].network.weights, 1e-6)


def test_a_normalised_step_has_no_gradient():
    learner = dalenet.Learner(dalenet.Network(5, [8], 3), normalised=True)
    x, target = data()
    learner.gradient(target - learner.forward(x))
    with pytest.raises(ValueError, match="normalised"):
        learner.step(0.1)


def test_the_output_is_taught_by_the_error_and_diagnosed_as_such():
    _, learner = train("ed")
    x, target = data()
    prediction = learner.forward(x)
    error = target - prediction
    signals = learner.teach(error)
    np.testing.assert_allclose(signals[-1], 2 / 6 * prediction * (1 - prediction) * error, atol=1e-6)
    layers = learner.diagnose(error)
    assert layers[-1]["alignment"] == pytest.approx(1.0)
    assert set(layers[0]["floor_share"]) == {"W_pp", "W_pn", "W_np", "W_nn"}
    assert learner.steps == 5


def test_a_network_is_shared_with_its_learner():
    network = dalenet.Network(5, [8], 3)
    learner = dalenet.Learner(network)
    before = network.weights
    x, target = data()
    learner.learn(target - learner.forward(x), 0.5)
    assert any((network.weights[name] != before[name]).any() for name in before)
    assert (network.forward(x) == learner.forward(x)).all()


def test_the_default_seed_follows_the_network_as_in_the_program():
    x, target = data()

    def weights(**options):
        learner = dalenet.Learner(dalenet.Network(5, [8], 3, seed=3), "dfa", **options)
        learner.learn(target - learner.forward(x), 0.5)
        return learner.network.weights

    assert_same(weights(), weights())
    assert (weights()["layer1.bias"] != weights(seed=8)["layer1.bias"]).any()
    assert_same(weights(seed=8), weights(seed=8))


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda l: pickle.loads(pickle.dumps(l))])
@pytest.mark.parametrize("rule", ["dfa", numpy_ed, DirectED])
def test_a_copy_goes_on_to_the_same_bits(duplicate, rule):
    _, learner = train(rule, optimiser="adam", rate=0.01)
    copied = duplicate(learner)
    assert copied.steps == 5 and copied.rule == learner.rule
    x, target = data()
    for each in (learner, copied):
        each.learn(target - each.forward(x), 0.01)
    assert_same(learner.network.weights, copied.network.weights)


def test_two_threads_may_use_one_learner():
    learner = dalenet.Learner(dalenet.Network(5, [64], 3), numpy_ed)
    x, target = data()
    failures = []

    def work():
        try:
            for _ in range(50):
                learner.learn(target - learner.forward(x), 0.01)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures and learner.steps == 200


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_computes():
    x, target = data(samples=4096)
    learner = dalenet.Learner(dalenet.Network(5, [64, 64], 3), numpy_ed)
    learner.learn(target - learner.forward(x), 0.1)  # threads of the parent exist
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        learner.learn(target - learner.forward(x), 0.1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
