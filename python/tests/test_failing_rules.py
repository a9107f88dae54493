"""What rules of one's own do wrong, and what they must not do."""

import numpy as np
import pytest
from small_learners import Mistake, assert_same, data, numpy_ed, train

import dalenet
from dalenet import Feedback


@dalenet.rule
def raises(lesson, layer):
    raise Mistake("of the user")


@dalenet.rule
class RaisesAtFirst:
    def prepare(self, network, rng):
        raise Mistake("of the user")

    def feedback(self, lesson, layer):
        return Feedback.weights()


def answers(value):
    @dalenet.rule
    def answer(lesson, layer):
        return value

    return answer


@pytest.mark.parametrize(
    ("rule", "error", "sentence"),
    [
        (raises, Mistake, "of the user"),
        (answers(None), TypeError, "returned None"),
        (answers("text"), TypeError, "real numbers"),
        (answers(np.zeros((16, 3))), ValueError, r"\(16, 3\), but \(16, 12\) is needed"),
        (answers(np.zeros((2, 12))), ValueError, r"\(2, 12\), but \(16, 12\) is needed"),
        (answers(np.zeros(12)), ValueError, r"shape \(12,\)"),
        (answers(np.full((16, 12), np.nan)), ValueError, "NaN in row 0"),
        (answers(Feedback.direct(np.zeros((12, 3)))), ValueError, r"\(3, 12\) is needed"),
        (answers(Feedback.through(np.zeros((3, 12)))), ValueError, r"\(12, 3\) is needed"),
    ],
)
def test_what_a_rule_does_wrong_is_raised_and_nothing_is_learnt(rule, error, sentence):
    network = dalenet.Network(5, [8, 6], 3, seed=2)
    before = network.weights
    learner = dalenet.Learner(network, rule)
    x, target = data()
    for _ in range(2):  # usable afterwards
        wrong = target - learner.forward(x)
        for lesson in (lambda: learner.learn(wrong, 0.5), lambda: learner.teach(wrong),
                       lambda: learner.gradient(wrong), lambda: learner.diagnose(wrong)):  # fmt: skip
            with pytest.raises(error, match=sentence):
                lesson()
    assert learner.steps == 0
    assert_same(network.weights, before)
    assert_same(train("ed", network=network)[0], train("ed")[0])


def test_a_rule_that_fails_once_goes_on_afterwards():
    fails = [True]

    @dalenet.rule
    def sometimes(lesson, layer):
        if fails[0]:
            raise Mistake
        return numpy_ed(lesson, layer)

    learner = dalenet.Learner(dalenet.Network(5, [8, 6], 3, seed=2), sometimes)
    x, target = data()
    with pytest.raises(Mistake):
        learner.learn(target - learner.forward(x), 0.5)
    fails[0] = False
    for _ in range(5):
        error = target - learner.forward(x)
        learner.learn(error - error.mean(0), 0.5)
    assert_same(learner.network.weights, train("ed")[0], 1e-6)


def test_an_exception_in_prepare_is_raised_where_the_learner_is_made():
    with pytest.raises(Mistake):
        dalenet.Learner(dalenet.Network(5, [8], 3), RaisesAtFirst)


def test_a_rule_cannot_use_its_own_learner():
    learner = None

    @dalenet.rule
    def curious(lesson, layer):
        return learner.forward(data()[0])

    @dalenet.rule
    def curious_of_the_network(lesson, layer):
        return learner.network.forward(data()[0])

    for rule in (curious, curious_of_the_network):
        learner = dalenet.Learner(dalenet.Network(5, [8], 3), rule)
        x, target = data()
        with pytest.raises(RuntimeError, match="everything that it needs is in its lesson"):
            learner.learn(target - learner.forward(x), 0.1)


def test_a_rule_may_use_another_learner():
    x, target = data()
    other = dalenet.Learner(dalenet.Network(5, [8, 6], 3), numpy_ed)

    @dalenet.rule
    def teacher(lesson, layer):
        other.learn(target - other.forward(x), 0.1)
        return numpy_ed(lesson, layer)

    train(teacher, steps=3)
    assert other.steps == 6


def test_no_rule():
    network = dalenet.Network(5, [8], 3)
    with pytest.raises(ValueError, match="`dfa`"):
        dalenet.Learner(network, "dfaa")
    with pytest.raises(TypeError, match="@dalenet.rule"):
        dalenet.Learner(network, lambda lesson, layer: None)
    with pytest.raises(TypeError, match="not of 3"):
        dalenet.rule(3)
    with pytest.raises(TypeError, match="feedback"):
        dalenet.rule(Mistake)
    with pytest.raises(ValueError, match="another name"):
        dalenet.Learner(network, dalenet.rule(lambda lesson, layer: None, name="ed"))
    with pytest.raises(ValueError, match="`adam`"):
        dalenet.Learner(network, optimiser="adan")
    with pytest.raises(ValueError, match="momentum"):
        dalenet.Learner(network, optimiser="momentum", momentum=1.0)
