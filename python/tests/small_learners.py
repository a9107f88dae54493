"""Small learners, and rules written in NumPy, for several tests."""

import numpy as np

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


@dalenet.rule
class DirectED:
    def prepare(self, network, rng):
        self.routes = []
        for units in network.excitatory_units[:-1]:
            route = modulo(units, network.units[-1]).T
            self.routes.append(Feedback.direct(np.concatenate([route, -route], axis=1)))

    def feedback(self, lesson, layer):
        return self.routes[layer]


class Mistake(Exception):
    pass
