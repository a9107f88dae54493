"""`dalenet.Run`: metrics, weights, predictions, evaluations, actions and pages."""

import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from small_data import Arrays

import dalenet


@pytest.fixture(scope="module")
def classifier(
    tmp_path_factory: pytest.TempPathFactory, train_data: Arrays, test_data: Arrays
) -> dalenet.Run:
    folder = tmp_path_factory.mktemp("runs") / "classifier"
    return dalenet.train(train_data, test_data=test_data, out=folder, layers=[24], epochs=15)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> dalenet.Run:
    folder = tmp_path_factory.mktemp("runs") / "agent"
    return dalenet.train("cart-pole", out=folder, steps=60_000, evaluation=8, threads=1)


def test_weights_are_magnitudes_by_the_checkpoints_names(classifier: dalenet.Run) -> None:
    shapes = {name: weights.shape for name, weights in classifier.weights.items()}
    assert shapes == {
        "layer1.W_pp": (64, 24), "layer1.W_pn": (64, 24), "layer1.W_np": (64, 24),
        "layer1.W_nn": (64, 24), "layer1.bias": (48,), "layer2.W_pp": (24, 3),
        "layer2.W_np": (24, 3), "layer2.bias": (3,),
    }  # fmt: skip
    for name, weights in classifier.weights.items():
        assert weights.dtype == np.float32
        assert name.endswith("bias") or (weights >= 0).all(), name
    with pytest.raises(KeyError, match=r"there is no layer1.W; there are layer1.W_nn, layer1.W_np"):
        _ = classifier.weights["layer1.W"]


def test_weights_give_the_predictions(classifier: dalenet.Run, test_data: Arrays) -> None:
    """The forward pass of the guide, on arrays."""
    w, (x, _) = classifier.weights, test_data
    sigmoid = [lambda z, a=a: 1 / (1 + np.exp(-2 * z / a)) for a in _widths(classifier)]
    p = n = (x / 255).reshape(len(x), -1)
    b = w["layer1.bias"]
    p, n = (
        sigmoid[0](p @ w["layer1.W_pp"] - n @ w["layer1.W_np"] + b[:24]),
        sigmoid[0](n @ w["layer1.W_nn"] - p @ w["layer1.W_pn"] + b[24:]),
    )
    output = sigmoid[1](p @ w["layer2.W_pp"] - n @ w["layer2.W_np"] + w["layer2.bias"])
    shares = output / output.sum(1, keepdims=True)
    np.testing.assert_allclose(classifier.predict_proba(x), shares, atol=1e-5)
    np.testing.assert_array_equal(classifier.predict(x), output.argmax(1))


def _widths(run: dalenet.Run) -> list[float]:
    widths: list[float] = run.config["widths"]
    return [widths[min(layer, len(widths) - 1)] for layer in range(2)]


def test_the_evaluation_is_that_of_the_predictions(
    classifier: dalenet.Run, train_data: Arrays, test_data: Arrays
) -> None:
    x, y = test_data
    right = (classifier.predict(x) == y).mean()
    assert right > 0.8, "three kinds of bars are learnt"
    assert classifier.result is not None and classifier.result["test_accuracy"] == right
    for evaluation in [classifier.evaluate(), classifier.evaluate(test_data)]:
        assert evaluation["test_accuracy"] == right
        confusion = np.zeros((3, 3), int)
        np.add.at(confusion, (y, classifier.predict(x)), 1)
        assert evaluation["confusion"] == confusion.tolist()
    assert classifier.evaluate(train_data)["samples"] == len(train_data[0])


def test_a_run_that_is_loaded_is_the_same(classifier: dalenet.Run, test_data: Arrays) -> None:
    loaded = dalenet.load(classifier.folder)
    x, _ = test_data
    np.testing.assert_array_equal(loaded.predict_proba(x), classifier.predict_proba(x))
    assert (loaded.config, loaded.result) == (classifier.config, classifier.result)
    assert repr(loaded) == f"<dalenet.Run {classifier.folder}: arrays by ed>"
    with pytest.raises(ValueError, match="arrays"):
        loaded.evaluate()  # the arrays are not there any more
    assert loaded.evaluate(test_data) == classifier.evaluate()


def test_a_run_pickles_as_its_folder(classifier: dalenet.Run, test_data: Arrays) -> None:
    for again in [pickle.loads(pickle.dumps(classifier)), copy.deepcopy(classifier)]:
        np.testing.assert_array_equal(again.predict(test_data[0]), classifier.predict(test_data[0]))


def test_a_run_is_used_in_either_precision(classifier: dalenet.Run, test_data: Arrays) -> None:
    trained = classifier.predict_proba(test_data[0])
    f32, bf16 = (dalenet.load(classifier.folder, precision=p) for p in ("f32", "bf16"))
    np.testing.assert_array_equal(f32.predict_proba(test_data[0]), trained)
    rounded = bf16.predict_proba(test_data[0])
    assert (rounded != trained).any()
    np.testing.assert_allclose(rounded, trained, atol=0.05)
    again = pickle.loads(pickle.dumps(bf16))
    np.testing.assert_array_equal(again.predict_proba(test_data[0]), rounded)
    with pytest.raises(ValueError, match="no precision"):
        dalenet.load(classifier.folder, precision="f16")  # type: ignore[arg-type]


def test_threads_share_a_run(classifier: dalenet.Run, agent: dalenet.Run, test_data: Arrays) -> None:
    classifier, agent = dalenet.load(classifier.folder), dalenet.load(agent.folder)
    with ThreadPoolExecutor(4) as threads:
        predicted = list(threads.map(lambda _: classifier.predict_proba(test_data[0]), range(8)))
        acted = list(threads.map(lambda _: agent.act(np.ones((3, 4))), range(8)))
    assert all((one == predicted[0]).all() for one in predicted)
    assert all((one == acted[0]).all() for one in acted)


def test_metrics_are_the_lines_of_the_file(classifier: dalenet.Run, agent: dalenet.Run) -> None:
    for run in (classifier, agent):
        lines = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
        assert run.metrics["rate"].tolist() == [line["rate"] for line in lines]
        ratios = run.metrics["ei_ratio"]
        assert ratios.tolist() == [line["ei_ratio"] for line in lines]
        assert {len(values) for values in run.metrics.values()} == {len(lines)}
    alignment = classifier.metrics["layers/alignment"]
    assert alignment.shape == (15, 2)
    # Of so short an epoch layers are measured after 1, 2, 4, 8 and the last.
    measured = np.isin(np.arange(1, 16), [1, 2, 4, 8, 15])
    assert (np.isfinite(alignment) == measured[:, None]).all()
    np.testing.assert_allclose(alignment[measured, 1], 1, atol=1e-3)  # the output is taught the truth
    assert agent.metrics["update"].dtype.kind == "i"


def test_the_frame_has_a_column_a_layer(classifier: dalenet.Run) -> None:
    pytest.importorskip("pandas")
    frame = classifier.frame()
    assert frame["ei_ratio/layer2"].tolist() == classifier.metrics["ei_ratio"][:, 1].tolist()
    assert {"error", "alignment/layer1", "floor_share/W_pp/layer1"} <= set(frame)


def test_samples_may_have_any_form(classifier: dalenet.Run, test_data: Arrays) -> None:
    x, _ = test_data
    expected = classifier.predict_proba(x)
    x.flags.writeable = False
    forms = [
        x.reshape(len(x), -1),
        x[..., None],
        x / 255,
        np.asfortranarray(x / 255),
        (x / 255).tolist(),
        np.repeat(x, 2, axis=0)[::2],
    ]
    for form in forms:
        np.testing.assert_allclose(classifier.predict_proba(form), expected, atol=1e-6)
    assert classifier.predict(x[:0]).shape == (0,)
    assert classifier.predict_proba(x[:0]).shape == (0, 3)


def test_what_does_not_fit_is_refused_and_the_run_is_usable(
    classifier: dalenet.Run, agent: dalenet.Run, test_data: Arrays
) -> None:
    x, y = test_data
    broken = x.astype(np.float32)
    broken[7, 3, 3] = np.nan
    with pytest.raises(ValueError, match="not finite in row 7"):
        classifier.predict(broken)
    with pytest.raises(ValueError, match=r"X has 63 inputs .* made for 64 inputs"):
        classifier.predict(x.reshape(len(x), -1)[:, :-1])
    with pytest.raises(ValueError, match=r"shape \(\d+,\)"):
        classifier.predict(x[0, 0])
    with pytest.raises(TypeError, match="uint8 or float32"):
        classifier.predict(np.full((2, 64), "a"))
    with pytest.raises(ValueError, match="only a run in an environment"):
        classifier.act(np.zeros(4))
    with pytest.raises(ValueError, match="episodes is for runs in an environment"):
        classifier.evaluate(episodes=3)
    with pytest.raises(ValueError, match="deterministic is for runs in an environment"):
        classifier.evaluate(deterministic=True)
    with pytest.raises(ValueError, match="class 3"):
        classifier.evaluate((x, y + 1))
    with pytest.raises(ValueError, match="data is for runs on data sets"):
        agent.evaluate("mnist")
    with pytest.raises(ValueError, match="trained in an environment"):
        agent.predict(x)
    with pytest.raises(ValueError, match="give an array N×4"):
        agent.act(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="not finite"):
        agent.act(np.full(4, np.inf))
    assert (classifier.predict(x) == y).mean() > 0.8
    assert agent.act(np.zeros((2, 4))).shape == (2,)


def test_an_agent_acts(agent: dalenet.Run) -> None:
    falling = np.array([[0, 0, -0.1, -0.5], [0, 0, 0.1, 0.5]])
    actions = agent.act(falling)
    assert actions.dtype == np.int64 and actions.tolist() == [0, 1], "to the side that it falls to"
    assert agent.act(falling[1]) == 1
    evaluation = agent.evaluate(episodes=4)
    assert evaluation["episodes"] == 4 and evaluation["return_mean"] > 100
    assert agent.evaluate(episodes=4, deterministic=True) == evaluation
    assert agent.evaluate(episodes=4, deterministic=False)["episodes"] == 4
    assert "actor.layer1.W_pp" in agent.weights and "critic.layer3.bias" in agent.weights


def test_an_agent_of_a_mechanism_acts_in_numbers(tmp_path: Path) -> None:
    run = dalenet.train(
        "brax/reacher", out=tmp_path / "run", envs=8, steps=160, minibatches=2, layers=[8], evaluation=1
    )
    actions = run.act(np.zeros((3, 11)))
    assert actions.shape == (3, 2) and actions.dtype == np.float32
    assert (np.abs(actions) <= 1).all()


def test_a_page_shows_itself_in_a_notebook(
    classifier: dalenet.Run, agent: dalenet.Run, tmp_path: Path
) -> None:
    episode = agent.play(seed=3)
    assert "from seed 3" in episode.html and episode.html.startswith("<!DOCTYPE html>")
    inline = episode._repr_html_()
    assert inline.startswith("<iframe srcdoc=") and "<script" not in inline
    episode.save(tmp_path / "pole.html")
    assert (tmp_path / "pole.html").read_text(encoding="utf-8") == episode.html
    with pytest.raises(FileExistsError):
        episode.save(tmp_path / "pole.html")
    assert "wrong" in classifier.play().html or classifier.play().html
    with pytest.raises(ValueError, match="a seed is for the episode of an agent"):
        classifier.play(seed=1)


def test_a_run_without_a_checkpoint_says_so(tmp_path: Path, classifier: dalenet.Run) -> None:
    config = (classifier.folder / "config.toml").read_text()
    (tmp_path / "config.toml").write_text(config)
    run = dalenet.load(tmp_path)
    assert run.result is None and run.metrics == {}
    with pytest.raises(FileNotFoundError, match="has no checkpoint yet"):
        _ = run.weights


def test_a_damaged_checkpoint_is_refused(tmp_path: Path, classifier: dalenet.Run) -> None:
    for name in ["config.toml", "checkpoint.safetensors"]:
        content = bytearray((classifier.folder / name).read_bytes())
        if name != "config.toml":
            content[-1] ^= 1
        (tmp_path / name).write_bytes(content)
    run = dalenet.load(tmp_path)
    with pytest.raises(ValueError, match="it is damaged: SHA-256"):
        _ = run.weights
    with pytest.raises(ValueError, match="it is damaged: SHA-256"):
        run.predict(np.zeros((1, 64)))
