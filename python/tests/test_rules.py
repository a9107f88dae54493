"""Rules of one's own beside the built-in ones and the formulas."""

import numpy as np
import pytest
from small_learners import DirectED, assert_same, data, modulo, numpy_ed, train

import dalenet
from dalenet import Feedback


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


def test_feedback_through_a_matrix_is_multiplied_in_the_precision_of_the_network():
    def network(precision="bf16"):
        return dalenet.Network(5, [8, 6], 3, seed=2, precision=precision)

    own, built_in = (train(rule, network=network())[0] for rule in (Through, "bp"))
    assert_same(own, built_in)
    f32 = train("bp", network=network("f32"))[0]
    assert any((own[name] != f32[name]).any() for name in own)


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
    def explore(lesson, layer):
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

    learner = dalenet.Learner(dalenet.Network(5, [8, 6], 3), explore)
    x, target = data()
    learner.learn(target - learner.forward(x), 0.1)
    for lesson in seen.values():
        with pytest.raises(RuntimeError, match="over"):
            lesson.error  # noqa: B018
    assert "over" in repr(seen[0])
