"""Routings by name, matrix and function."""

import numpy as np
import pytest
from small_learners import Mistake, assert_same, modulo, train

import dalenet


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
