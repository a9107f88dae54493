"""Networks on NumPy arrays."""

import copy
import pickle

import numpy as np
import pytest

import dalenet


@pytest.fixture
def samples():
    return np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)


def sigmoid(z, width=6.0):
    return 1 / (1 + np.exp(-2 * z / width))


def by_hand(network, x, responses):
    """The forward pass of fully connected layers, from the parts of the weights."""
    weights = network.weights
    p = n = x.astype(np.float64)
    for layer, response in enumerate(responses, 1):
        part = {k.split(".")[1]: v for k, v in weights.items() if k.startswith(f"layer{layer}.")}
        to_p = p @ part["W_pp"] - n @ part["W_np"]
        to_n = n @ part["W_nn"] - p @ part["W_pn"] if "W_nn" in part else to_p[:, :0]
        z = np.concatenate([to_p, to_n], axis=1) + part["bias"]
        p, n = np.split(response(z), [to_p.shape[1]], axis=1)
    return p


def test_the_forward_pass_is_that_of_the_two_streams(samples):
    network = dalenet.Network(5, [6, 4], 3, widths=[3.0, 6.0], seed=1)
    want = by_hand(network, samples, [lambda z: sigmoid(z, 3.0), sigmoid, sigmoid])
    np.testing.assert_allclose(network.forward(samples), want, atol=1e-6)
    assert network.units == [12, 8, 3]
    assert network.excitatory_units == [6, 4, 3]
    assert network.parameters == 10 * 12 + 12 + 12 * 8 + 8 + 8 * 3 + 3


def bf16(x):
    """The nearest bfloat16, of two equally near the even one."""
    bits = np.ascontiguousarray(x, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).view(np.float32).astype(np.float64)


def test_products_of_bf16_have_rounded_operands(samples):
    single = dict(dual=False, dale=False, response="relu", output="identity", seed=1)
    network = dalenet.Network(5, [6], 3, precision="bf16", **single)
    w = network.weights
    hidden = np.maximum(bf16(samples) @ bf16(w["layer1.W"]) + w["layer1.bias"], 0)
    want = bf16(hidden) @ bf16(w["layer2.W"]) + w["layer2.bias"]
    # A hidden unit between two bfloat16 may be rounded to either.
    np.testing.assert_allclose(network.forward(samples), want, atol=0.01)
    assert np.median(np.abs(network.forward(samples) - want)) < 1e-6
    exact = dalenet.Network(5, [6], 3, **single).forward(samples)
    assert np.median(np.abs(exact - want)) > 1e-4
    assert (pickle.loads(pickle.dumps(network)).forward(samples) == network.forward(samples)).all()
    with pytest.raises(ValueError, match="precision"):
        dalenet.Network(5, [6], 3, precision="f16")


def test_outputs_have_their_response(samples):
    softmax = dalenet.Network(5, [6], 3, output="softmax").forward(samples)
    np.testing.assert_allclose(softmax.sum(1), 1, atol=1e-6)
    network = dalenet.Network(5, [6], 3, output="identity")
    identity = lambda z: z  # noqa: E731
    np.testing.assert_allclose(
        network.forward(samples), by_hand(network, samples, [sigmoid, identity]), atol=1e-6
    )


def test_weights_keep_the_signs_of_the_streams():
    network = dalenet.Network(5, [6], 3, seed=0)
    signed = network.signed_weights(0)
    signs = np.block([[np.ones((5, 6)), -np.ones((5, 6))], [-np.ones((5, 6)), np.ones((5, 6))]])
    assert (np.sign(signed) == signs).all()
    assert all((w >= 1e-4 * 0.999).all() for k, w in network.weights.items() if "W_" in k)
    assert set(dalenet.Network(5, [6], 3, dual=False, dale=False).weights) == {
        "layer1.W", "layer1.bias", "layer2.W", "layer2.bias",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        np.asfortranarray,
        lambda x: x.astype(np.float64),
        lambda x: x.tolist(),
        lambda x: np.ascontiguousarray(x.T).T,
        lambda x: np.repeat(x, 2, axis=1)[:, ::2],
        lambda x: np.frombuffer(x.tobytes(), np.float32).reshape(x.shape),
    ],
)
def test_arrays_of_any_layout_and_kind_give_the_same(samples, change):
    network = dalenet.Network(5, [6], 3)
    assert (network.forward(change(samples)) == network.forward(samples)).all()


def test_whole_numbers_and_truth_values_are_numbers():
    network = dalenet.Network(5, [6], 3)
    ones = network.forward(np.ones((2, 5), np.float32))
    for dtype in [np.int8, np.uint8, np.int64, bool]:
        assert (network.forward(np.ones((2, 5), dtype)) == ones).all()


@pytest.mark.parametrize(
    ("x", "error", "sentence"),
    [
        (np.zeros((2, 4)), ValueError, r"x has shape \(2, 4\), but \(2, 5\) is needed"),
        (np.zeros(5), ValueError, "reshape"),
        (np.zeros((0, 5)), ValueError, "no samples"),
        (np.full((2, 5), np.nan), ValueError, "NaN in row 0"),
        ([[0, 0, 0, 0, 0], [0, 0, np.inf, 0, 0]], ValueError, "inf in row 1"),
        ([["a"] * 5], TypeError, "real numbers"),
        (np.zeros((2, 5), complex), TypeError, "real numbers"),
        (None, TypeError, "real numbers"),
    ],
)
def test_what_is_no_sample_is_refused(x, error, sentence):
    network = dalenet.Network(5, [6], 3)
    with pytest.raises(error, match=sentence):
        network.forward(x)
    assert network.forward(np.zeros((2, 5))).shape == (2, 3)


def test_images_are_taken_as_they_are():
    convolutions = [{"units": 3, "size": 3, "pooling": "max"}]
    network = dalenet.Network((8, 8, 1), [4], 2, convolutions=convolutions)
    images = np.random.default_rng(0).random((5, 8, 8, 1))
    out = network.forward(images)
    assert (out == network.forward(images[..., 0])).all()
    assert (out == network.forward(images.reshape(5, 64))).all()
    assert network.shapes[0] == (3, 3, 6)
    assert network.activities(images)[0].shape == (5, 6 * 6 * 6)


def test_layers_of_every_kind():
    layers = [6, 6, {"kind": "skip", "from": 2}, {"kind": "divisive"}]
    assert dalenet.Network(5, layers, 3).units == [12, 12, 3]


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({"width": 3}, TypeError, "widths"),
        ({"epochs": 3}, TypeError, "no setting `epochs`"),
        ({"floor": "high"}, ValueError, "`floor"),
        ({"floor": -1.0}, ValueError, "floor"),
        ({"dual": False}, ValueError, "dale"),
        ({"output": "softmin"}, ValueError, "softmax"),
        ({"layers": [6, {"kind": "skip", "from": 5}]}, ValueError, "skip"),
        ({"layers": [6, object()]}, TypeError, "layers"),
        ({"layers": [0]}, ValueError, "layers"),
        ({"inputs": 0}, ValueError, "input"),
        ({"outputs": 0}, ValueError, "output"),
        ({"convolutions": [{"units": 3, "size": 9}]}, ValueError, "convolution 1"),
    ],
)
def test_impossible_networks_are_refused(settings, error, sentence):
    with pytest.raises(error, match=sentence):
        dalenet.Network(**{"inputs": 5, "layers": [6], "outputs": 3, **settings})


def test_seeds_differ_and_repeat(samples):
    outputs = [dalenet.Network(5, [6], 3, seed=s).forward(samples) for s in (0, 0, 1)]
    assert (outputs[0] == outputs[1]).all() and (outputs[0] != outputs[2]).any()


def test_weights_are_set_whole_or_not_at_all(samples):
    network, other = (dalenet.Network(5, [6], 3, seed=s) for s in (0, 1))
    network.set_weights(other.weights)
    assert (network.forward(samples) == other.forward(samples)).all()
    good = {"layer1.bias": np.ones(12)}
    for name, values, error in [
        ("layer1.W_pp", np.full((5, 6), -1.0), ValueError),
        ("layer1.W_pp", np.ones((6, 5)), ValueError),
        ("layer2.bias", [np.nan, 0, 0], ValueError),
        ("layer3.bias", np.ones(3), KeyError),
        ("layer1.W", np.ones((5, 6)), KeyError),
    ]:
        with pytest.raises(error):
            network.set_weights({**good, name: values})
    assert (network.forward(samples) == other.forward(samples)).all()


def test_arrays_are_copies(samples):
    network = dalenet.Network(5, [6], 3)
    before = network.forward(samples)
    network.weights["layer1.W_pp"][:] = 7
    before_again = network.forward(samples)
    before_again[:] = 7
    assert (network.forward(samples) == before).all()


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_copies_are_of_their_own(samples, duplicate):
    network = dalenet.Network((1, 1, 5), [6, {"kind": "rms"}], 3, response="relu", output="softmax", seed=3)
    twice = duplicate(network)
    want = network.forward(samples)
    assert (twice.forward(samples) == want).all()
    twice.set_weights({"layer1.bias": np.ones(12)})
    assert (network.forward(samples) == want).all()


def test_balanced_biases_centre_every_unit():
    x = np.random.default_rng(1).random((50, 5))
    network = dalenet.Network(5, [6], 3)
    network.balance_biases(x)
    weights = network.weights
    z = x @ (weights["layer1.W_pp"] - weights["layer1.W_np"]) + weights["layer1.bias"][:6]
    np.testing.assert_allclose(z.mean(0), 0, atol=1e-5)


def test_schedules():
    done = np.linspace(0, 1, 11)
    cosine = [dalenet.schedule("cosine", d) for d in done]
    np.testing.assert_allclose(cosine, (1 + np.cos(np.pi * done)) / 2, atol=1e-6)
    assert [dalenet.schedule("constant", d) for d in done] == [1.0] * 11
    with pytest.raises(ValueError, match="cosine"):
        dalenet.schedule("cosin", 0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        dalenet.schedule("cosine", 1.5)
