"""Learners, rules and routings of one's own."""

import copy
import os
import pickle
import signal
import threading

import numpy as np
import pytest

import dalenet
from dalenet import Feedback


def data(samples=16, inputs=5, outputs=3):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(samples, inputs)).astype(np.float32)
    target = np.eye(outputs, dtype=np.float32)[rng.integers(outputs, size=samples)]
    return x, target


def train(rule, steps=5, network=None, rate=0.5, **options):
    """The weights after some steps, and the learner."""
    network = network or dalenet.Network(5, [8, 6], 3, seed=2)
    learner = dalenet.Learner(network, rule, **options)
    x, target = data()
    for _ in range(steps):
        error = target - learner.forward(x)
        learner.learn(error - error.mean(0), rate)
    return network.weights, learner


def assert_same(one, other, tolerance=0.0):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_allclose(one[name], other[name], rtol=0, atol=tolerance, err_msg=name)


def modulo(units, outputs):
    """Which output's error each of the units of a stream receives: H×C."""
    return (np.arange(units)[:, None] % outputs == np.arange(outputs)).astype(np.float32)


@dalenet.rule
def numpy_ed(lesson, layer):
    """Error Diffusion: the routed error to the excitatory units, its negative to the inhibitory ones."""
    routed = lesson.error @ modulo(lesson.excitatory_units(layer), lesson.outputs).T
    return np.concatenate([routed, -routed], axis=1)


def ed_by_hand(steps, rate):
    """Error Diffusion without the library: forward pass, signals, update and Dale's projection."""
    network = dalenet.Network(5, [8, 6], 3, seed=2)
    signed = [network.signed_weights(i).astype(np.float64) for i in range(3)]
    bias = [np.zeros(w.shape[1]) for w in signed]
    signs = [np.sign(w) for w in signed]
    x, target = data()
    for _ in range(steps):
        activity = [np.concatenate([x, x], axis=1).astype(np.float64)]
        for w, b in zip(signed, bias):
            activity.append(1 / (1 + np.exp(-2 / 6 * (activity[-1] @ w + b))))
        error = target - activity[-1]
        error -= error.mean(0)
        for i in range(3):
            routed = error @ modulo(signed[i].shape[1] // 2, 3).T
            signal = error if i == 2 else np.concatenate([routed, -routed], axis=1)
            gated = 2 / 6 * activity[i + 1] * (1 - activity[i + 1]) * signal
            step = rate / len(x) * activity[i].T @ gated
            bias[i] += rate / len(x) * gated.sum(0)
            signed[i] = signs[i] * np.maximum(signs[i] * (signed[i] + step), 1e-4)
    return signed, bias


def test_error_diffusion_in_numpy_learns_the_same_weights():
    built_in, _ = train("ed")
    own, learner = train(numpy_ed)
    assert learner.rule == "numpy_ed" and learner.steps == 5
    assert_same(own, built_in, 1e-6)


def test_error_diffusion_is_what_the_formulas_say():
    signed, bias = ed_by_hand(5, 0.5)
    weights, learner = train("ed")
    for i in range(3):
        np.testing.assert_allclose(learner.network.signed_weights(i), signed[i], atol=1e-6)
        np.testing.assert_allclose(weights[f"layer{i + 1}.bias"], bias[i], atol=1e-6)


@dalenet.rule
class DirectED:
    def prepare(self, network, rng):
        self.routes = []
        for units in network.excitatory_units[:-1]:
            route = modulo(units, network.units[-1]).T
            self.routes.append(Feedback.direct(np.concatenate([route, -route], axis=1)))

    def feedback(self, lesson, layer):
        return self.routes[layer]


@dalenet.rule
class Through:
    """Backpropagation with weights that are handed over."""

    def feedback(self, lesson, layer):
        return Feedback.through(lesson.weights(layer + 1))


@dalenet.rule
def gradient(lesson, layer):
    return Feedback.weights()


@dalenet.rule
def numpy_gradient(lesson, layer):
    return lesson.above @ lesson.weights(layer + 1).T


@dalenet.rule
def signs(lesson, layer):
    return Feedback.signs()


@dalenet.rule
def numpy_signs(lesson, layer):
    return lesson.above @ np.sign(lesson.weights(layer + 1)).T / np.sqrt(lesson.units(layer + 1))


@pytest.mark.parametrize(
    ("rule", "built_in", "tolerance"),
    [
        (DirectED, "ed", 0.0),
        (DirectED(), "ed", 0.0),
        (gradient, "bp", 0.0),
        (Through, "bp", 0.0),
        (numpy_gradient, "bp", 1e-6),
        (signs, "sign-symmetric", 0.0),
        (numpy_signs, "sign-symmetric", 1e-6),
    ],
)
def test_rules_of_ones_own_agree_with_the_built_in_ones(rule, built_in, tolerance):
    assert_same(train(rule)[0], train(built_in)[0], tolerance)


@pytest.mark.parametrize("rule", [gradient, Through])
def test_feedback_layer_by_layer_comes_along_skip_connections(rule):
    layers = [6, 6, {"kind": "skip", "from": 2}]
    networks = [dalenet.Network(5, layers, 3, seed=4) for _ in range(2)]
    assert_same(train(rule, network=networks[0])[0], train("bp", network=networks[1])[0])


@pytest.mark.parametrize("rule", [numpy_ed, DirectED])
def test_a_convolution_takes_a_value_a_channel(rule):
    def network():
        convolutions = [{"units": 4, "size": 3, "pooling": "max"}]
        return dalenet.Network((5, 5, 1), [6], 3, convolutions=convolutions, seed=1)

    x, target = data(inputs=25)
    weights = []
    for choice in (rule, "ed"):
        learner = dalenet.Learner(network(), choice)
        for _ in range(3):
            learner.learn(target - learner.forward(x), 0.5)
        weights.append(learner.network.weights)
    assert_same(*weights, 1e-6)


def test_a_convolution_takes_a_value_for_each_that_it_hands_on():
    @dalenet.rule
    def everywhere(lesson, layer):
        height, width, channels = lesson.shape(layer)
        routed = lesson.error @ modulo(channels // 2, lesson.outputs).T
        return np.tile(np.concatenate([routed, -routed], axis=1), height * width)

    x, target = data(inputs=25)
    weights = []
    for choice in (everywhere, "ed"):
        network = dalenet.Network((5, 5, 1), [], 3, convolutions=[{"units": 4, "size": 3}])
        learner = dalenet.Learner(network, choice)
        learner.learn(target - learner.forward(x), 0.5)
        weights.append(network.weights)
    assert_same(*weights, 1e-6)


def test_a_rule_is_asked_once_a_hidden_layer_last_to_first():
    asked = []

    @dalenet.rule
    def record(lesson, layer):
        asked.append((layer, lesson.samples, lesson.above.shape))
        return np.zeros((lesson.samples, lesson.units(layer)))

    train(record, steps=2)
    assert asked == [(1, 16, (16, 3)), (0, 16, (16, 12))] * 2


def test_what_a_lesson_has():
    seen = {}

    @dalenet.rule
    def look_around(lesson, layer):
        seen[layer] = lesson
        x, target = data()
        assert lesson.layers == 3 and lesson.outputs == 3
        assert [lesson.units(i) for i in range(3)] == [16, 12, 3]
        assert (lesson.input(0) == x).all()
        assert (lesson.activity(2) == lesson.prediction).all()
        assert (lesson.input(1) == lesson.activity(0)).all()
        np.testing.assert_allclose(lesson.error, target - lesson.prediction, atol=1e-7)
        with pytest.raises(IndexError, match="3 layers"):
            lesson.units(3)
        with pytest.raises(IndexError, match="3 layers"):
            lesson.activity(9)
        return np.zeros((lesson.samples, lesson.units(layer)))

    learner = dalenet.Learner(dalenet.Network(5, [8, 6], 3), look_around)
    x, target = data()
    learner.learn(target - learner.forward(x), 0.1)
    for lesson in seen.values():
        with pytest.raises(RuntimeError, match="over"):
            lesson.error  # noqa: B018
    assert "over" in repr(seen[0])


class Mistake(Exception):
    pass


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
        (answers(np.zeros(12)), ValueError, "dimensions"),
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
    twin = duplicate(learner)
    assert twin.steps == 5 and twin.rule == learner.rule
    x, target = data()
    for each in (learner, twin):
        each.learn(target - each.forward(x), 0.01)
    assert_same(learner.network.weights, twin.network.weights)


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


@dalenet.routing
def overlapping(unit, units, output, outputs):
    first = unit % outputs
    second = (first + 1 + (unit // outputs) % max(outputs - 1, 1)) % outputs
    return 1.0 if output == first else 0.5 if output == second else 0.0


def test_routings_by_name_function_and_matrix_are_the_same():
    def of(**options):
        return train("ed", network=dalenet.Network(5, [8, 8], 3, seed=2), **options)

    want, learner = of(routing="overlapping")
    assert learner.rule == "ed-overlapping"
    matrix = [[overlapping(u, 8, o, 3) for o in range(3)] for u in range(8)]
    own = dalenet.routing(overlapping, name="mine")
    assert_same(of(routing=own)[0], want)
    assert of(routing=own)[1].rule == "ed-mine"
    assert_same(of(routing=np.array(matrix))[0], want)
    assert_same(of(routing=dalenet.routing(matrix, name="mine"))[0], want)
    plain, _ = of()
    assert any((plain[name] != want[name]).any() for name in plain)


def test_routings_that_are_none():
    network = dalenet.Network(5, [8], 3)

    def refused(routing, error, sentence):
        with pytest.raises(error, match=sentence):
            dalenet.Learner(network, routing=routing)

    def weights(value):
        return dalenet.routing(lambda unit, units, output, outputs: value, name="mine")

    refused("modulos", ValueError, "modulo")
    refused(np.ones((7, 3)), ValueError, r"\(7, 3\), but \(8, 3\) is needed")
    refused(-np.ones((8, 3)), ValueError, "must not be negative")
    refused(weights(-1.0), ValueError, "must not be negative")
    refused(weights(float("nan")), ValueError, "must not be negative")
    refused(weights("text"), TypeError, None)
    refused(weights(None), TypeError, None)
    refused(3, TypeError, "@dalenet.routing")
    refused(dalenet.routing(np.ones((8, 3)), name="modulo"), ValueError, "another name")

    @dalenet.routing
    def mistaken(unit, units, output, outputs):
        raise Mistake

    refused(mistaken, Mistake, None)
    dalenet.Learner(network, routing=np.ones((8, 3)))
