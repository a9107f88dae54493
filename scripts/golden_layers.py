"""Writes the golden file of layers without weights and of the literal form of Dale's principle.

    python scripts/golden_layers.py --out crates/dalenet/tests/golden/layers.safetensors

Like golden.py an independent witness: float64, one place at a time, separate non-negative arrays for
each pair of streams. Two nets, each a list of layers:

    dense   5 -> 6, divisive (n = 2), 6, skip from 2 layers back, 4, divisive (n = 1) -> 3
    image   4x4x2 -> convolution 3, max pooling, divisive, convolution 3, skip from 2 -> dense 4 -> 3

Every rule teaches the dense net, three teach the image net, all under both forms of Dale's principle.

Letters: B batch, C classes, S error, U gated signal. An activity is a pair (p, n) of arrays
B x H x W x channels, n is None in the output; a vector is an image of one pixel.

Tensors, for each case and for step k = 1, 2 (layers with weights count from 1):

    <case>/x<k>, <case>/target<k>        B x D, B x C
    <case>/step<k>/prediction            B x C       before the update of step k
    <case>/step<k>/layer<l>/U            B x (places*units)   p units, then n units, of each place
    <case>/step<k>/layer<l>/<name>       parameters after step k; step0 is the start: (size*size*source)
                                         x target for W_pp, W_np, W_nn, W_pn; b_p, b_n
    <case>/feedback/layer<l>             fixed feedback: C x units (DFA), of the shape of W of layer l
                                         (FA)

The metadata holds `cases`, a JSON list of configurations.
"""

import argparse
import json

import numpy as np
from safetensors.numpy import save_file

FLOOR = 1e-4
BATCH, CLASSES, WIDTH = 5, 3, 2.0
NETS = {
    "dense": ((1, 1, 5), [("dense", 6), ("divisive", 2.0, 0.5, 2), ("dense", 6), ("skip", 2), ("dense", 4), ("divisive", 1.5, 0.25, 1)]),
    "image": ((4, 4, 2), [("convolution", 3, 2, 1, 1), ("pooling", 2, 1), ("divisive", 2.0, 0.5, 2), ("convolution", 3, 3, 1, 1), ("skip", 2), ("dense", 4)]),
}  # fmt: skip
# The sign with which each array enters z.
SIGNS = {
    "streams": {"W_pp": 1, "W_nn": 1, "W_np": -1, "W_pn": -1},
    "literal": {"W_pp": 1, "W_pn": 1, "W_np": -1, "W_nn": -1},
}
RULES = ["error_diffusion", "direct_feedback_alignment", "feedback_alignment", "sign_symmetric", "backprop"]


def rate(net, rule):
    """Signals that are carried down through layers are fainter, those that reach all places stronger."""
    if net == "dense":
        return 6.0
    return 3.0 if rule == "error_diffusion" else 60.0


CASES = [
    {"name": f"{net}_{rule}_{form}", "net": net, "rule": rule, "form": form, "rate": rate(net, rule)}
    for net, rules in (("dense", RULES), ("image", [RULES[0], RULES[3], RULES[4]]))
    for rule in rules
    for form in SIGNS
]


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def streams(*pair):
    return [a for a in pair if a is not None]


class Weighted:
    """A convolution, or (without padding) a dense layer: one window over everything."""

    def __init__(self, g, form, shape, source, units, size=None, stride=1, padding=None, last=False):
        self.sign, self.last, self.padding, self.stride = SIGNS[form], last, padding, stride
        height, width = shape
        if padding is None:
            self.size, self.places = (height, width), (1, 1)
        else:
            self.size = (size, size)
            self.places = tuple((side + 2 * padding - size) // stride + 1 for side in shape)
        self.names = ["W_pp", "W_np"] if last else ["W_pp", "W_np", "W_nn", "W_pn"]
        fan_in = 2 * self.size[0] * self.size[1] * source
        self.w = {}
        for name in self.names:
            w = 4.0 * g.random((*self.size, source, units)) / np.sqrt(fan_in)
            w[g.random(w.shape) < 0.3] = 1.5 * FLOOR  # near the floor, so that it acts
            self.w[name] = np.maximum(f32(w), np.float64(np.float32(FLOOR)))
        self.w["b_p"] = f32(0.3 * g.normal(size=units))
        if not last:
            self.w["b_n"] = f32(0.3 * g.normal(size=units))
        self.units = units

    def windows(self):
        """Place (i, j), and the pixels (a, b) of its window that lie at (y, x) of the image."""
        height, width = self.source[0].shape[1:3]
        for i in range(self.places[0]):
            for j in range(self.places[1]):
                for a in range(self.size[0]):
                    for b in range(self.size[1]):
                        shift = self.padding or 0
                        y, x = i * self.stride + a - shift, j * self.stride + b - shift
                        if 0 <= y < height and 0 <= x < width:
                            yield i, j, a, b, y, x

    def parts(self, arrays):
        """Each array with its sign, the stream it comes from and the one it goes to."""
        for name in self.names:
            yield self.sign[name] * arrays[name], "pn".index(name[2]), "pn".index(name[3])

    def forward(self, p, n):
        self.source = (p, n)
        z = [np.zeros((len(p), *self.places, self.units)) + self.w[b] for b in ("b_p", "b_n") if b in self.w]
        for w, s, t in self.parts(self.w):
            for i, j, a, b, y, x in self.windows():
                z[t][:, i, j] += self.source[s][:, y, x] @ w[a, b]
        self.a = [1.0 / (1.0 + np.exp(-2.0 * z / WIDTH)) for z in z]
        return (self.a[0], None if self.last else self.a[1])

    def gate(self, signal):
        slope = [2.0 / WIDTH * a * (1.0 - a) for a in self.a]
        self.u = [d * s for d, s in zip(slope, streams(*signal))]

    def backward(self, arrays):
        """Signals for p and n of the source, through these signed arrays of the shape of W."""
        out = [np.zeros(s.shape) for s in self.source]
        for (s, t), w in arrays.items():
            for i, j, a, b, y, x in self.windows():
                out[s][:, y, x] += self.u[t][:, i, j] @ w[a, b].T
        return tuple(out)

    def signed(self):
        return {(s, t): w for w, s, t in self.parts(self.w)}

    def learn(self, rate):
        step, clamped, moved = rate / len(self.u[0]), 0, 0.0
        new = {}
        for name in self.names:
            s, t = "pn".index(name[2]), "pn".index(name[3])
            d = np.zeros(self.w[name].shape)
            for i, j, a, b, y, x in self.windows():
                d[a, b] += self.source[s][:, y, x].T @ self.u[t][:, i, j]
            raw = self.w[name] + step * self.sign[name] * d
            new[name] = np.maximum(raw, FLOOR)
            clamped += int((raw < FLOOR).sum())
            moved = max(moved, np.abs(new[name] - self.w[name]).max())
        for name, u in zip(("b_p", "b_n"), self.u):
            new[name] = self.w[name] + step * u.sum(axis=(0, 1, 2))
        self.w = new
        return clamped, moved


class Pooling:
    """The largest of each window."""

    def __init__(self, size, stride):
        self.size, self.stride = size, stride

    def one(self, a):
        h, w = ((side - self.size) // self.stride + 1 for side in a.shape[1:3])
        out = np.zeros((len(a), h, w, a.shape[3]))
        for i in range(h):
            for j in range(w):
                y, x = i * self.stride, j * self.stride
                out[:, i, j] = a[:, y : y + self.size, x : x + self.size].max(axis=(1, 2))
        return out

    def forward(self, p, n):
        self.source = (p, n)
        return self.one(p), self.one(n)

    def backward(self, signal):
        out = [np.zeros(a.shape) for a in self.source]
        for s, a, o in zip(signal, self.source, out):
            for b, i, j, c in np.ndindex(*s.shape):
                y, x = i * self.stride, j * self.stride
                window = a[b, y : y + self.size, x : x + self.size, c]
                at = np.unravel_index(window.argmax(), window.shape)
                o[b, y + at[0], x + at[1], c] += s[b, i, j, c]
        return tuple(out)


class Divisive:
    """y_c = gamma a_c^n / (sigma^n + mean of a^n over all channels of both streams)."""

    def __init__(self, gamma, sigma, n):
        self.gamma, self.sigma, self.n = gamma, sigma, n

    def forward(self, p, n):
        self.source = (p, n)
        power = np.concatenate([p, n], axis=3) ** self.n
        y = self.gamma * power / (self.sigma**self.n + power.mean(axis=3, keepdims=True))
        return tuple(np.split(y, 2, axis=3))

    def backward(self, signal):
        """By the whole Jacobian of each place, entry by entry."""
        a, s = np.concatenate(self.source, axis=3), np.concatenate(signal, axis=3)
        out, k = np.zeros(a.shape), a.shape[3]
        for b, i, j in np.ndindex(*a.shape[:3]):
            v = a[b, i, j]
            d = self.sigma**self.n + (v**self.n).mean()
            dv = self.n * v ** (self.n - 1)
            for c in range(k):
                for m in range(k):
                    jacobian = ((c == m) / d - v[c] ** self.n / (k * d * d)) * self.gamma * dv[m]
                    out[b, i, j, m] += s[b, i, j, c] * jacobian
        return tuple(np.split(out, 2, axis=3))


def build(case, g):
    (h, w, source), layers = NETS[case["net"]][0], []
    for spec in NETS[case["net"]][1]:
        if spec[0] == "dense":
            layers.append(Weighted(g, case["form"], (h, w), source, spec[1]))
        elif spec[0] == "convolution":
            layers.append(Weighted(g, case["form"], (h, w), source, spec[1], spec[2], spec[3], spec[4]))
        elif spec[0] == "pooling":
            layers.append(Pooling(*spec[1:]))
            h, w = ((side - spec[1]) // spec[2] + 1 for side in (h, w))
        elif spec[0] == "divisive":
            layers.append(Divisive(*spec[1:]))
        else:
            layers.append(spec[1])  # a skip connection: how many layers back
        if isinstance(layers[-1], Weighted):
            (h, w), source = layers[-1].places, layers[-1].units
    layers.append(Weighted(g, case["form"], (h, w), source, CLASSES, last=True))
    return layers


def forward(layers, x):
    made = []
    for layer in layers:
        below = made[-1] if made else (x, x)
        if isinstance(layer, int):
            earlier = made[len(made) - layer]
            made.append(tuple(a + b for a, b in zip(below, earlier)))
        else:
            made.append(layer.forward(*below))
    return made


def teach(case, layers, made, s, feedback):
    """Fills U of every layer with weights. Signals and sums of skip connections go from last to first."""
    rule = case["rule"]
    direct = rule in ("error_diffusion", "direct_feedback_alignment")
    ends = [i for i, layer in enumerate(layers) if isinstance(layer, Weighted)]
    layers[-1].gate((s[:, None, None], None))
    pending = {}  # for a layer's output: (signal, the block that it comes from)
    for l in reversed(range(len(ends) - 1)):
        end, above = ends[l + 1] - 1, layers[ends[l + 1]]
        everywhere = np.ones(made[end][0].shape)
        if rule == "error_diffusion":
            units = made[end][0].shape[3]
            r = s[:, [i % CLASSES for i in range(units)]]
            signal = tuple(everywhere * t[:, None, None] for t in (r, -r))
        elif rule == "direct_feedback_alignment":
            signal = tuple(everywhere * t[:, None, None] for t in np.split(s @ feedback[l], 2, axis=1))
        elif rule == "feedback_alignment":
            signal = above.backward(feedback[l + 1])
        elif rule == "sign_symmetric":
            units = above.units * (1 if above.last else 2)
            signal = above.backward({k: np.sign(w) / np.sqrt(units) for k, w in above.signed().items()})
        else:
            signal = above.backward(above.signed())
        for i in range(end, ends[l] - 1, -1):
            for extra, block in pending.get(i, []):
                if not direct or block == l:
                    signal = tuple(a + b for a, b in zip(signal, extra))
            if isinstance(layers[i], int):
                pending.setdefault(i - layers[i], []).append((signal, l))
            elif not isinstance(layers[i], Weighted):
                signal = layers[i].backward(signal)
        layers[ends[l]].gate(signal)


def flat(pair):
    return np.concatenate(streams(*pair), axis=3).reshape(len(pair[0]), -1)


def record(case, seed):
    g = np.random.default_rng(seed)
    layers, out, name = build(case, g), {}, case["name"]
    weighted = [layer for layer in layers if isinstance(layer, Weighted)]
    feedback = [None] * len(weighted)

    def put(key, a):
        out[f"{name}/{key}"] = np.ascontiguousarray(a, dtype=np.float32)

    def put_layers(k):
        for l, layer in enumerate(weighted, 1):
            for part, a in layer.w.items():
                put(f"step{k}/layer{l}/{part}", a if a.ndim == 1 else a.reshape(-1, a.shape[-1]))

    if case["rule"] == "direct_feedback_alignment":
        for l, layer in enumerate(weighted[:-1]):
            feedback[l] = f32(g.normal(size=(CLASSES, 2 * layer.units)) / 3**0.5)
            put(f"feedback/layer{l + 1}", feedback[l])
    if case["rule"] == "feedback_alignment":
        for l, layer in list(enumerate(weighted))[1:]:
            targets = 1 if layer.last else 2
            arrays = {
                (i, t): f32(g.normal(size=layer.w["W_pp"].shape) / np.sqrt(targets * layer.units))
                for i in range(2)
                for t in range(targets)
            }
            feedback[l] = arrays
            # Rows: source p and n of each pixel; columns: target p and n.
            rows = [np.concatenate([arrays[i, t] for t in range(targets)], axis=3) for i in range(2)]
            whole = np.concatenate(rows, axis=2)
            put(f"feedback/layer{l + 1}", whole.reshape(-1, whole.shape[-1]))
    put_layers(0)
    clamped = 0
    for k in (1, 2):
        x = f32(g.random((BATCH, *NETS[case["net"]][0])))
        target = np.eye(CLASSES)[g.integers(0, CLASSES, BATCH)]
        put(f"x{k}", x.reshape(BATCH, -1))
        put(f"target{k}", target)
        made = forward(layers, x)
        prediction = flat(made[-1])
        put(f"step{k}/prediction", prediction)
        s = target - prediction
        s = s - s.mean(axis=0)
        teach(case, layers, made, s, feedback)
        for l, layer in enumerate(weighted, 1):
            put(f"step{k}/layer{l}/U", flat(tuple(layer.u) if len(layer.u) == 2 else (layer.u[0], None)))
        moved = []
        for layer in weighted:
            count, most = layer.learn(case["rate"])
            clamped += count
            moved.append(most)
        # a step too faint to see would prove nothing
        assert all(0.001 < m < 5.0 for m in moved), (name, moved)
        put_layers(k)
    assert clamped > 0
    print(f"{name:40} largest change a layer {np.round(moved, 4)}  entries clamped {clamped}")
    return out


def check_backprop():
    """The true gradient of both nets against central differences."""
    worst, count = 0.0, 0
    for net in NETS:
        for form in SIGNS:
            g = np.random.default_rng(3)
            case = {"net": net, "rule": "backprop", "form": form}
            layers = build(case, g)
            x, target = g.random((2, *NETS[net][0])), np.eye(CLASSES)[[0, 2]]
            made = forward(layers, x)
            teach(case, layers, made, target - flat(made[-1]), None)
            weighted = [layer for layer in layers if isinstance(layer, Weighted)]
            before = [dict(layer.w) for layer in weighted]
            global FLOOR
            kept, FLOOR = FLOOR, -np.inf
            for layer in weighted:
                layer.learn(2.0)
            FLOOR = kept
            gradient = [{k: layer.w[k] - old[k] for k in old} for layer, old in zip(weighted, before)]
            for layer, old in zip(weighted, before):
                layer.w = {k: a.copy() for k, a in old.items()}
            for layer, d in zip(weighted, gradient):
                for name, a in layer.w.items():
                    for at in list(np.ndindex(*a.shape))[::3]:
                        keep, losses = a[at], []
                        for h in (1e-6, -1e-6):
                            a[at] = keep + h
                            losses.append(0.5 * ((target - flat(forward(layers, x)[-1])) ** 2).sum())
                        a[at] = keep
                        slope = (losses[0] - losses[1]) / 2e-6
                        worst, count = max(worst, abs(slope + d[name][at])), count + 1
    assert worst < 1e-7, worst
    print(f"backprop against finite differences: {count} parameters, worst {worst:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True, help="the safetensors file to write")
    args = parser.parse_args()
    check_backprop()
    tensors = {}
    for seed, case in enumerate(CASES):
        tensors.update(record(case, seed))
    save_file(tensors, args.out, metadata={"cases": json.dumps(CASES)})
    print(f"{len(CASES)} cases, {len(tensors)} tensors")


if __name__ == "__main__":
    main()
