"""Rules and routings of one's own in whole trainings: run folders, PPO, exceptions, resuming."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from small_data import Arrays

import dalenet

SMALL = {"layers": [12], "epochs": 2}


@dalenet.rule
def broadcast(lesson: dalenet.Lesson, layer: int) -> NDArray[np.float32]:
    """Every hidden unit receives the sum of the errors."""
    return np.tile(lesson.error.sum(1, keepdims=True), lesson.units(layer))


@dalenet.rule
def diffusion(lesson: dalenet.Lesson, layer: int) -> NDArray[np.float32]:
    """Error Diffusion by modulo routing."""
    routes = np.arange(lesson.excitatory_units(layer)) % lesson.outputs
    routed = lesson.error[:, routes]
    return np.concatenate([routed, -routed], axis=1)


@dalenet.routing
def modulo_again(unit: int, units: int, output: int, outputs: int) -> float:
    return float(unit % outputs == output)


def test_a_rule_trains_under_its_name(tmp_path: Path, train_data: Arrays) -> None:
    run = dalenet.train(train_data, rule=broadcast, out=tmp_path / "run", **SMALL)
    assert run.config["rule"] == "broadcast"
    assert run.result is not None and run.result["rule"] == "broadcast"
    loaded = dalenet.load(tmp_path / "run")
    np.testing.assert_array_equal(loaded.predict(train_data[0]), run.predict(train_data[0]))


def test_error_diffusion_of_ones_own_is_error_diffusion(tmp_path: Path, train_data: Arrays) -> None:
    own = dalenet.train(train_data, rule=diffusion, out=tmp_path / "own", **SMALL)
    ed = dalenet.train(train_data, rule="ed", out=tmp_path / "ed", **SMALL)
    for name, weights in ed.weights.items():
        np.testing.assert_allclose(own.weights[name], weights, atol=1e-5, err_msg=name)


def test_a_routing_of_ones_own_is_that_routing(tmp_path: Path, train_data: Arrays) -> None:
    own = dalenet.train(train_data, routing=modulo_again, out=tmp_path / "own", **SMALL)
    ed = dalenet.train(train_data, routing="modulo", out=tmp_path / "ed", **SMALL)
    assert own.config["routing"] == "modulo_again"
    for name, weights in ed.weights.items():
        np.testing.assert_array_equal(own.weights[name], weights, err_msg=name)


def test_an_agent_learns_by_a_rule_of_ones_own(tmp_path: Path) -> None:
    settings = {"steps": 512, "rollout": 16, "envs": 16, "evaluation": 1}
    own = dalenet.train("cart-pole", rule=diffusion, out=tmp_path / "own", **settings)
    ed = dalenet.train("cart-pole", rule="ed", out=tmp_path / "ed", **settings)
    for name, weights in ed.weights.items():
        np.testing.assert_allclose(own.weights[name], weights, atol=1e-4, err_msg=name)


def test_an_exception_in_a_rule_is_raised_as_itself(tmp_path: Path, train_data: Arrays) -> None:
    class Wrong(Exception):
        pass

    calls = 0

    @dalenet.rule
    def breaks(lesson: dalenet.Lesson, layer: int) -> NDArray[np.float32]:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Wrong("in the rule")
        return diffusion(lesson, layer)

    with pytest.raises(Wrong, match="in the rule"):
        dalenet.train(train_data, rule=breaks, out=tmp_path / "run", **SMALL)
    run = dalenet.train(train_data, rule=breaks, out=tmp_path / "again", **SMALL)
    assert run.result is not None, "the rule is usable afterwards"


def test_a_run_is_resumed_by_the_same_rule(tmp_path: Path, train_data: Arrays) -> None:
    settings = {"layers": [12], "schedule": "constant"}
    dalenet.train(train_data, rule=broadcast, out=tmp_path / "run", epochs=1, **settings)
    with pytest.raises(ValueError, match="there is no rule `broadcast`"):
        dalenet.resume(tmp_path / "run", data=train_data, epochs=2)
    longer = dalenet.resume(tmp_path / "run", data=train_data, rule=broadcast, epochs=2)
    whole = dalenet.train(train_data, rule=broadcast, out=tmp_path / "w", epochs=2, **settings)
    for name, weights in whole.weights.items():
        np.testing.assert_array_equal(longer.weights[name], weights)


def test_ctrl_c_reaches_a_training_by_a_slow_rule(tmp_path: Path, train_data: Arrays) -> None:
    import time

    from test_interrupt import ctrl_c

    @dalenet.rule
    def slow(lesson: dalenet.Lesson, layer: int) -> NDArray[np.float32]:
        time.sleep(0.02)
        return diffusion(lesson, layer)

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), ctrl_c(0.3):
        dalenet.train(train_data, rule=slow, out=tmp_path / "run", layers=[12], epochs=200)
    assert time.monotonic() - start < 5
    assert dalenet.load(tmp_path / "run").weights
