"""Writes the golden file of convolutions: two training steps of three rules, computed slowly.

    python scripts/golden_convolution.py --out crates/dalenet/tests/golden/convolution.safetensors

Like golden.py an independent witness: float64, one place at a time, FOUR separate non-negative
weight arrays a layer. The net: two convolutions with pooling, one dense layer, the output.

Letters: B batch, C classes, S error, U gated teaching signal. Arrays of images are B x H x W x
channels, weights of a convolution are height x width x source channel x target channel.

Tensors, for each case and for step k = 1, 2 (layers count from 1):

    <case>/x<k>                     B x (H*W*channels)
    <case>/target<k>                B x C
    <case>/step<k>/prediction       B x C       before the update of step k
    <case>/step<k>/layer<l>/U       B x (places*units)   p units, then n units, of each place
    <case>/step<k>/layer<l>/<name>  parameters after step k; step0 is the start: (size*size*source) x
                                    target for W_pp, W_np, W_nn, W_pn; b_p, b_n
    <case>/feedback/layer<l>        C x units, the fixed feedback of DFA

The metadata holds `cases`, a JSON list of configurations.
"""

import argparse
import json

import numpy as np
from safetensors.numpy import save_file

FLOOR = 1e-4
IMAGE = (7, 6, 2)
CLASSES = 3
BATCH = 4
HIDDEN = 5
# units, size, stride, padding, and what is pooled: kind, size, stride
CONVOLUTIONS = [(4, 3, 1, 1, ("max", 2, 2)), (5, 2, 1, 1, ("average", 2, 1))]
WIDTHS = [3.0, 2.0, 2.0, 4.0]

CASES = [
    {"name": "ed", "rule": "error_diffusion", "power": False, "rate": 20.0, "centred": True},
    {"name": "ed_power", "rule": "error_diffusion", "power": True, "rate": 60.0, "centred": True},
    {"name": "dfa", "rule": "direct_feedback_alignment", "power": False, "rate": 20.0, "centred": True},
    {"name": "bp", "rule": "backprop", "power": False, "rate": 10.0, "centred": False},
]


def phi(z, width):
    return 1.0 / (1.0 + np.exp(-2.0 * z / width))


def patch(images, i, j, size, stride, padding):
    """What a unit at place (i, j) sees, B x size x size x channels; zeros beyond the edge."""
    out = np.zeros((images.shape[0], size, size, images.shape[3]))
    for a in range(size):
        for b in range(size):
            y, x = i * stride + a - padding, j * stride + b - padding
            if 0 <= y < images.shape[1] and 0 <= x < images.shape[2]:
                out[:, a, b] = images[:, y, x]
    return out


def places(side, size, stride, padding):
    return (side + 2 * padding - size) // stride + 1


def dot(values, weights):
    """Sum over all but the first axis of values and the last of weights."""
    return values.reshape(len(values), -1) @ weights.reshape(-1, weights.shape[-1])


class Layer:
    """A convolution, or a dense layer as one window over everything."""

    def __init__(self, g, source, target, shape, width, size, stride, padding, pooling, last):
        self.width, self.pooling, self.last = width, pooling, last
        self.size, self.stride, self.padding = size, stride, padding
        self.height, self.cols = shape
        self.w = {}
        fan_in = 2 * size[0] * size[1] * source
        for name in ("W_pp", "W_np") if last else ("W_pp", "W_np", "W_nn", "W_pn"):
            w = 3.0 * g.random((*size, source, target)) / np.sqrt(fan_in)
            w[g.random(w.shape) < 0.3] = 1.5 * FLOOR  # near the floor, so that it acts
            self.w[name] = np.maximum(f32(w), np.float64(np.float32(FLOOR)))
        self.w["b_p"] = f32(0.3 * g.normal(size=target))
        if not last:
            self.w["b_n"] = f32(0.3 * g.normal(size=target))
        self.mean_power = None

    def patches(self, images):
        """Each place's patch: (i, j, B x size x size x channels)."""
        for i in range(self.height):
            for j in range(self.cols):
                if self.padding is None:
                    yield i, j, images
                else:
                    yield i, j, patch(images, i, j, self.size[0], self.stride, self.padding)

    def forward(self, p, n):
        w = self.w
        shape = (len(p), self.height, self.cols, w["b_p"].size)
        self.p, self.n = np.zeros(shape), np.zeros(shape)
        for (i, j, x_p), (_, _, x_n) in zip(self.patches(p), self.patches(n)):
            z = dot(x_p, w["W_pp"]) - dot(x_n, w["W_np"]) + w["b_p"]
            self.p[:, i, j] = phi(z, self.width)
            if not self.last:
                z = dot(x_n, w["W_nn"]) - dot(x_p, w["W_pn"]) + w["b_n"]
                self.n[:, i, j] = phi(z, self.width)
        self.source = (p, n)
        return self.pool(self.p), self.pool(self.n)

    def pool(self, a):
        if self.pooling is None:
            return a
        kind, size, stride = self.pooling
        h, w = (places(side, size, stride, 0) for side in a.shape[1:3])
        out = np.zeros((len(a), h, w, a.shape[3]))
        for i in range(h):
            for j in range(w):
                window = a[:, i * stride : i * stride + size, j * stride : j * stride + size]
                out[:, i, j] = (window.max if kind == "max" else window.mean)(axis=(1, 2))
        return out

    def unpool(self, signal, a):
        """Hands a signal for each pooled place to the units."""
        if self.pooling is None:
            return signal
        kind, size, stride = self.pooling
        out = np.zeros(a.shape)
        for b, i, j, c in np.ndindex(*signal.shape):
            window = a[b, i * stride : i * stride + size, j * stride : j * stride + size, c]
            part = out[b, i * stride : i * stride + size, j * stride : j * stride + size, c]
            if kind == "max":
                part[np.unravel_index(window.argmax(), window.shape)] += signal[b, i, j, c]
            else:
                part += signal[b, i, j, c] / size**2
        return out

    def gate(self, signal_p, signal_n):
        slope = lambda a: 2.0 / self.width * a * (1.0 - a)
        self.u_p = slope(self.p) * self.unpool(signal_p, self.p)
        self.u_n = None if self.last else slope(self.n) * self.unpool(signal_n, self.n)

    def backward(self):
        """The true gradient by what this layer received: signals for its source's p and n."""
        out = [np.zeros(s.shape) for s in self.source]
        w = self.w
        for i in range(self.height):
            for j in range(self.cols):
                u_p = self.u_p[:, i, j]
                to_p = np.einsum("bt,yxst->byxs", u_p, w["W_pp"])
                to_n = -np.einsum("bt,yxst->byxs", u_p, w["W_np"])
                if not self.last:
                    u_n = self.u_n[:, i, j]
                    to_p -= np.einsum("bt,yxst->byxs", u_n, w["W_pn"])
                    to_n += np.einsum("bt,yxst->byxs", u_n, w["W_nn"])
                for a in range(self.size[0]):
                    for b in range(self.size[1]):
                        y, x = (a, b) if self.padding is None else (
                            i * self.stride + a - self.padding,
                            j * self.stride + b - self.padding,
                        )
                        if 0 <= y < out[0].shape[1] and 0 <= x < out[0].shape[2]:
                            out[0][:, y, x] += to_p[:, a, b]
                            out[1][:, y, x] += to_n[:, a, b]
        return out

    def learn(self, rate, power, pooled_places):
        p, n = self.source
        d = {name: np.zeros(w.shape) for name, w in self.w.items()}
        squares = 0.0
        for (i, j, x_p), (_, _, x_n) in zip(self.patches(p), self.patches(n)):
            outer = lambda x, u: np.einsum("byxs,bt->yxst", x, u)
            u_p = self.u_p[:, i, j]
            d["W_pp"] += outer(x_p, u_p)
            d["W_np"] -= outer(x_n, u_p)
            d["b_p"] += u_p.sum(axis=0)
            if not self.last:
                u_n = self.u_n[:, i, j]
                d["W_nn"] += outer(x_n, u_n)
                d["W_pn"] -= outer(x_p, u_n)
                d["b_n"] += u_n.sum(axis=0)
            squares += (x_p**2).sum() + (x_n**2).sum()
        if power:
            now = squares / (len(p) * self.height * self.cols)
            self.mean_power = now if self.mean_power is None else 0.98 * self.mean_power + 0.02 * now
            step = rate / self.mean_power / pooled_places
        else:
            step = rate / len(p)
        moved, clamped = 0.0, 0
        for name, w in self.w.items():
            new = w + step * d[name]
            if name[0] == "W":
                clamped += int((new < FLOOR).sum())
                new = np.maximum(new, FLOOR)
                moved = max(moved, np.abs(new - w).max())
            self.w[name] = new
        return moved, clamped


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def build(g):
    layers, (h, w, source) = [], IMAGE
    for l, (units, size, stride, padding, pooling) in enumerate(CONVOLUTIONS):
        h, w = (places(side, size, stride, padding) for side in (h, w))
        shape = (h, w)
        layers.append(
            Layer(g, source, units, shape, WIDTHS[l], (size, size), stride, padding, pooling, False)
        )
        h, w = (places(side, pooling[1], pooling[2], 0) for side in (h, w))
        source = units
    layers.append(Layer(g, source, HIDDEN, (1, 1), WIDTHS[2], (h, w), 1, None, None, False))
    layers.append(Layer(g, HIDDEN, CLASSES, (1, 1), WIDTHS[3], (1, 1), 1, None, None, True))
    return layers


def record(case, seed):
    g = np.random.default_rng(seed)
    layers, out, name = build(g), {}, case["name"]
    feedback = [f32(g.normal(size=(CLASSES, 2 * l.w["b_p"].size)) / 3**0.5) for l in layers[:-1]]

    def put(key, a):
        out[f"{name}/{key}"] = np.ascontiguousarray(a, dtype=np.float32)

    def put_layers(k):
        for l, layer in enumerate(layers, 1):
            for part, a in layer.w.items():
                put(f"step{k}/layer{l}/{part}", a if a.ndim == 1 else a.reshape(-1, a.shape[-1]))

    if case["rule"] == "direct_feedback_alignment":
        for l, f in enumerate(feedback, 1):
            put(f"feedback/layer{l}", f)
    put_layers(0)
    for k in (1, 2):
        x = f32(g.random((BATCH, *IMAGE)))
        target = np.eye(CLASSES)[g.integers(0, CLASSES, BATCH)]
        put(f"x{k}", x.reshape(BATCH, -1))
        put(f"target{k}", target)
        p = n = x
        handed = []
        for layer in layers:
            p, n = layer.forward(p, n)
            handed.append(p)
        prediction = p[:, 0, 0]
        put(f"step{k}/prediction", prediction)
        s = target - prediction
        if case["centred"]:
            s = s - s.mean(axis=0)
        layers[-1].gate(s[:, None, None], None)
        for l in reversed(range(len(layers) - 1)):
            units = layers[l].w["b_p"].size
            if case["rule"] == "backprop":
                signals = layers[l + 1].backward()
            else:
                if case["rule"] == "error_diffusion":
                    r = s[:, [i % CLASSES for i in range(units)]]
                    told = (r, -r)
                else:
                    told = np.split(s @ feedback[l], 2, axis=1)
                everywhere = np.ones(handed[l].shape)
                signals = [everywhere * t[:, None, None] for t in told]
            layers[l].gate(*signals)
        for l, layer in enumerate(layers, 1):
            u = layer.u_p if layer.last else np.concatenate([layer.u_p, layer.u_n], axis=3)
            put(f"step{k}/layer{l}/U", u.reshape(BATCH, -1))
        moved, clamped = zip(
            *(l.learn(case["rate"], case["power"], h.shape[1] * h.shape[2]) for l, h in zip(layers, handed))
        )
        # a step too faint to see, or a floor never met, would prove nothing
        assert all(0.001 < m < 5.0 for m in moved), (name, moved)
        put_layers(k)
    assert sum(clamped) > 0
    print(f"{name:10} largest change a layer {np.round(moved, 4)}  entries clamped {clamped}")
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True, help="the safetensors file to write")
    args = parser.parse_args()
    tensors = {}
    for seed, case in enumerate(CASES):
        tensors.update(record(case, seed))
    save_file(tensors, args.out, metadata={"cases": json.dumps(CASES)})
    print(f"{len(CASES)} cases, {len(tensors)} tensors")


if __name__ == "__main__":
    main()
