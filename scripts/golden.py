"""Writes the golden file: two training steps of every learning rule, computed slowly.

    python scripts/golden.py --out crates/dalenet/tests/golden/steps.safetensors

An independent witness for the Rust library. Everything is float64 and written from the method's
own words: FOUR separate non-negative matrices a layer, no signed matrix in the forward pass or
in Dale's update, no trick. Only the stored tensors are f32.

Letters: B batch, D inputs, H units per stream, C classes, S error, R routed error, U teaching
signal after gating by f'. `W_np` runs FROM n TO p; its shape is source units x target units.

Tensors, for each case and for step k = 1, 2 (layers count from 1; the last is the output):

    <case>/x<k>                     B x D       input of step k
    <case>/target<k>                B x C       one-hot (Kaneko's cases: B x 1)
    <case>/step<k>/prediction       B x C       before the update of step k
    <case>/step<k>/layer<l>/U       B x units   gated teaching signal: p units, then n units
    <case>/step<k>/layer<l>/<name>              parameters after step k; step0 is the start
    <case>/feedback/layer<l>                    fixed feedback: DFA C x units of hidden layer l,
                                                FA the shape of the signed weights of layer l

<name> is W_pp, W_np, W_nn, W_pn, b_p, b_n in a dual-stream layer; W_pp, W_np, b_p in its output
layer; W, b in a single-stream net. A case without bias learning stores its zero biases too.
The file's metadata holds `cases`, a JSON list of configurations.
"""

import argparse
import json
import os

import numpy as np
from safetensors.numpy import save_file

FLOOR = 1e-4
DUAL = ("W_pp", "W_np", "W_nn", "W_pn")

# ---------------------------------------------------------------- cases

BASE = {
    "rule": "error_diffusion",  # or direct_feedback_alignment, feedback_alignment,
    #                             sign_symmetric, backprop, kaneko_grow_only
    "streams": 2,
    "dale": True,
    "sizes": [7, 8, 7, 3],  # D, hidden units per stream, C
    "batch": 5,
    "widths": [2.0, 2.0, 2.0],  # of each layer's sigmoid; at 6 so small a net is nearly linear
    "activation": "sigmoid",  # of the hidden layers
    "loss": "squared",  # or cross_entropy
    "centred": True,
    "optimiser": "sgd",  # sgd, momentum, adam, power, power_momentum
    "rate": 2.0,
    "momentum": 0.0,
    "floor": FLOOR,
    "bias_learning": True,
}


def case(name, **changes):
    unknown = set(changes) - set(BASE)
    assert not unknown, unknown
    return {"name": name, **BASE, **changes}


SINGLE = {"streams": 1, "dale": False}
PLAIN = {"centred": False}
XE = {"loss": "cross_entropy", "centred": False}
KANEKO = {
    "sizes": [7, 8, 7, 1],
    "batch": 1,
    "widths": [0.4, 0.4, 0.4],
    "centred": False,
    "rate": 0.8,
    "bias_learning": False,
}
# Sign-symmetric feedback under Dale is uncentred with a reason: every class sends the same signs
# back, and a centred one-hot error sums to about 0 over the classes: nothing would arrive.
CASES = [
    case("ed"),
    case("ed_uncentred", centred=False),
    case("ed_widths", widths=[3.0, 6.0, 4.0], rate=4.0),
    case("ed_no_dale", dale=False),
    case("ed_momentum", optimiser="momentum", momentum=0.9, rate=1.0),
    case("ed_adam", optimiser="adam", rate=0.02),
    case("ed_power", optimiser="power"),
    case("ed_power_momentum", optimiser="power_momentum", momentum=0.9, rate=1.0),
    case("ed_cross_entropy", rate=0.5, **XE),
    case("ed_relu", activation="relu", rate=0.1),
    case("dfa_single", rule="direct_feedback_alignment", **SINGLE),
    case("dfa_dual_dale", rule="direct_feedback_alignment"),
    case("fa_single", rule="feedback_alignment", rate=4.0, **SINGLE),
    case("fa_dual_dale", rule="feedback_alignment", rate=4.0, **PLAIN),
    case("sign_symmetric_single", rule="sign_symmetric", rate=4.0, **SINGLE),
    case("sign_symmetric_dual_dale", rule="sign_symmetric", rate=4.0, **PLAIN),
    case("bp_single", rule="backprop", rate=4.0, **SINGLE),
    case("bp_dual_dale", rule="backprop", rate=4.0, **PLAIN),
    case("bp_cross_entropy_single", rule="backprop", rate=0.5, **SINGLE, **XE),
    case("kaneko_grow_only", rule="kaneko_grow_only", **{**KANEKO, "rate": 0.05}),
    case("kaneko_decrement", **KANEKO),
]

# Of the seeds tried, one where Kaneko's large rate leaves the second step something to learn.
SEEDS = {"kaneko_decrement": 46}

# ---------------------------------------------------------------- forward


def phi(z, width):
    return 1.0 / (1.0 + np.exp(-2.0 * z / width))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def activate(cfg, l, z):
    """Activation of layer l (0 is the first) from its z."""
    if l == 2:
        return softmax(z) if cfg["loss"] == "cross_entropy" else phi(z, cfg["widths"][l])
    if cfg["activation"] == "relu":
        return np.maximum(z, 0.0)
    return phi(z, cfg["widths"][l])


def slope(cfg, l, a):
    """f' of layer l from its activation; 1 where the output's U is not gated."""
    if l == 2 and cfg["loss"] == "cross_entropy":
        return np.ones_like(a)
    if l < 2 and cfg["activation"] == "relu":
        return np.where(a > 0.0, 1.0, 0.0)
    return 2.0 / cfg["widths"][l] * a * (1.0 - a)


def forward(cfg, layers, x):
    """Activations [(p, n), ...] of the input and of every layer; n is None where there is none."""
    acts = [(x, x if cfg["streams"] == 2 else None)]
    for l, w in enumerate(layers):
        p, n = acts[-1]
        if cfg["streams"] == 1:
            acts.append((activate(cfg, l, p @ w["W"] + w["b"]), None))
            continue
        z_p = p @ w["W_pp"] - n @ w["W_np"] + w["b_p"]
        if "W_nn" in w:
            z_n = n @ w["W_nn"] - p @ w["W_pn"] + w["b_n"]
            acts.append((activate(cfg, l, z_p), activate(cfg, l, z_n)))
        else:
            acts.append((activate(cfg, l, z_p), None))
    return acts


# ---------------------------------------------------------------- teaching signals


def both(p, n):
    return p if n is None else np.hstack([p, n])


def signed(w):
    """Rows: source [p n]; columns: target [p n]. Only feedback goes through this matrix."""
    if "W" in w:
        return w["W"]
    if "W_nn" in w:
        return np.block([[w["W_pp"], -w["W_pn"]], [-w["W_np"], w["W_nn"]]])
    return np.vstack([w["W_pp"], -w["W_np"]])


def error(cfg, prediction, target):
    """S, B x C."""
    s = target - prediction
    return s - s.mean(axis=0, keepdims=True) if cfg["centred"] else s


def routed(s, units):
    """R[:, i] = S[:, i mod C]."""
    r = np.zeros((s.shape[0], units))
    for i in range(units):
        r[:, i] = s[:, i % s.shape[1]]
    return r


def teach(cfg, layers, acts, s, feedback):
    """Gated signals U, one a layer, p units then n units. Weights are those before the step."""
    gates = [slope(cfg, l, both(*acts[l + 1])) for l in range(3)]
    taught = [None, None, gates[2] * s]
    rule = cfg["rule"]
    for l in (1, 0):
        if rule in ("error_diffusion", "kaneko_grow_only"):
            p, n = acts[l + 1]
            r = routed(s, p.shape[1])
            signal = r if n is None else np.hstack([r, -r])
        elif rule == "direct_feedback_alignment":
            signal = s @ feedback[l]
        else:
            if rule == "feedback_alignment":
                f = feedback[l + 1]
            elif rule == "sign_symmetric":
                f = np.sign(signed(layers[l + 1]))
                f = f / np.sqrt(f.shape[1])
            else:
                f = signed(layers[l + 1])
            signal = taught[l + 1] @ f.T
        taught[l] = gates[l] * signal
    return taught


# ---------------------------------------------------------------- update


def ascent(cfg, w, act, u):
    """Directions that lessen the error, summed over the batch, for each matrix of one layer.

    From n to p, and from p to n, the weight enters z with a minus sign: so does its direction.
    """
    p, n = act
    if "W" in w:
        return {"W": p.T @ u, "b": u.sum(axis=0)}
    h = w["W_pp"].shape[1]
    u_p = u[:, :h]
    d = {"W_pp": p.T @ u_p, "W_np": -(n.T @ u_p), "b_p": u_p.sum(axis=0)}
    if "W_nn" in w:
        u_n = u[:, h:]
        d["W_nn"] = n.T @ u_n
        d["W_pn"] = -(p.T @ u_n)
        d["b_n"] = u_n.sum(axis=0)
    return d


def power(act):
    """Batch mean of the squared norm of a layer's whole input [p n]."""
    return float((both(*act) ** 2).sum(axis=1).mean())


class Optimiser:
    def __init__(self, cfg):
        self.cfg, self.t = cfg, 0
        self.v, self.m, self.s, self.mean = {}, {}, {}, {}

    def steps(self, l, direction, act, batch):
        """What to add to each parameter of layer l, before any projection."""
        kind, rate = self.cfg["optimiser"], self.cfg["rate"]
        if kind.startswith("power"):
            now = power(act)
            self.mean[l] = 0.98 * self.mean[l] + 0.02 * now if l in self.mean else now
            rate = rate / self.mean[l]
        out = {}
        for name, d in direction.items():
            g = d if kind.startswith("power") else d / batch
            key = (l, name)
            if kind in ("momentum", "power_momentum"):
                self.v[key] = self.cfg["momentum"] * self.v.get(key, 0.0) + g
                out[name] = rate * self.v[key]
            elif kind == "adam":
                # a g lost in rounding would make this case a coin toss in f32
                assert np.all((g == 0.0) | (np.abs(g) > 1e-6))
                self.m[key] = 0.9 * self.m.get(key, 0.0) + 0.1 * g
                self.s[key] = 0.999 * self.s.get(key, 0.0) + 0.001 * g * g
                m = self.m[key] / (1.0 - 0.9**self.t)
                s = self.s[key] / (1.0 - 0.999**self.t)
                out[name] = rate * m / (np.sqrt(s) + 1e-8)
            else:
                out[name] = rate * g
        return out


def kaneko(w, act, u, rate):
    """Kaneko's own words, weight decrement off: every weight may only grow.

    d is the one error that every unit of the net receives, times f' of the target unit. A weight
    grows by its source's activity times max(d,0) if the source is a + unit and times max(-d,0)
    if it is a - unit, whatever the kind of its target.
    """
    p, n = act
    h = w["W_pp"].shape[1]
    d_p = u[:, :h]  # f' d at the + units
    new = {
        "W_pp": w["W_pp"] + rate * (p.T @ np.maximum(d_p, 0.0)),
        "W_np": w["W_np"] + rate * (n.T @ np.maximum(-d_p, 0.0)),
        "b_p": w["b_p"],
    }
    if "W_nn" in w:
        d_n = -u[:, h:]  # f' d at the - units: U_n = -f' d
        new["W_pn"] = w["W_pn"] + rate * (p.T @ np.maximum(d_n, 0.0))
        new["W_nn"] = w["W_nn"] + rate * (n.T @ np.maximum(-d_n, 0.0))
        new["b_n"] = w["b_n"]
    return new


class Run:
    """Trains one net, counting what the projection did."""

    def __init__(self, cfg, layers, feedback):
        self.cfg, self.layers, self.feedback = cfg, layers, feedback
        self.opt = Optimiser(cfg)
        self.clamped = 0  # entries that the projection moved
        self.largest = 0.0  # largest change of a weight
        self.project = True

    def step(self, x, target):
        """One step. Returns the prediction and the U of every layer, from before the update."""
        cfg = self.cfg
        acts = forward(cfg, self.layers, x)
        prediction = acts[-1][0]
        s = error(cfg, prediction, target)
        taught = teach(cfg, self.layers, acts, s, self.feedback)
        self.opt.t += 1
        new_layers = []
        for l, w in enumerate(self.layers):
            d = ascent(cfg, w, acts[l], taught[l])
            add = self.opt.steps(l, d, acts[l], x.shape[0])
            new = {}
            for name, old in w.items():
                if name[0] == "b":
                    new[name] = old + add[name] if cfg["bias_learning"] else old
                    continue
                raw = old + add[name]
                new[name] = raw
                if cfg["rule"] == "kaneko_grow_only":
                    new[name] = np.maximum(raw, old)
                elif cfg["dale"] and self.project:
                    new[name] = np.maximum(raw, cfg["floor"])
                self.clamped += int((new[name] != raw).sum())
                self.largest = max(self.largest, float(np.abs(new[name] - old).max()))
            if cfg["rule"] == "kaneko_grow_only":
                own = kaneko(w, acts[l], taught[l], cfg["rate"])
                for name in w:
                    assert np.allclose(new[name], own[name], rtol=0, atol=1e-15), name
                new = own
            new_layers.append(new)
        self.layers = new_layers
        return prediction, taught


# ---------------------------------------------------------------- building


def f32(a):
    """Values that f32 holds exactly, so that both sides start from the same numbers."""
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def build(cfg, g):
    """Initial layers and the fixed feedback of one case."""
    sizes, dual = cfg["sizes"], cfg["streams"] == 2
    # large weights, so that units differ; not under Kaneko's width of 0.4, which would saturate
    scale = 4.0 if min(cfg["widths"]) > 1 else 1.0
    layers = []
    for l in range(3):
        src, dst = sizes[l], sizes[l + 1]
        if not dual:
            w = {"W": f32(2 * g.normal(size=(src, dst)) / np.sqrt(src)), "b": np.zeros(dst)}
        else:
            w = {}
            for name in DUAL[:2] if l == 2 else DUAL:
                m = scale * g.random((src, dst)) / np.sqrt(2 * src)
                m[g.random((src, dst)) < 0.3] = FLOOR * 1.5  # near the floor, so that it acts
                w[name] = np.maximum(f32(m), np.float64(np.float32(FLOOR)))
            w["b_p"] = np.zeros(dst)
            if l < 2:
                w["b_n"] = np.zeros(dst)
        if cfg["bias_learning"]:
            for name in w:
                if name[0] == "b":
                    w[name] = f32(g.normal(size=dst) * 0.3)
        layers.append(w)
    feedback = [None, None, None]
    k = 2 if dual else 1
    units = [k * sizes[1], k * sizes[2], sizes[3]]
    if cfg["rule"] == "direct_feedback_alignment":
        for l in (0, 1):
            feedback[l] = f32(g.normal(size=(sizes[3], units[l])) / np.sqrt(sizes[3]))
    if cfg["rule"] == "feedback_alignment":
        for l in (1, 2):
            feedback[l] = f32(g.normal(size=(units[l - 1], units[l])) / np.sqrt(units[l]))
    return layers, feedback


def samples(cfg, g):
    """Inputs in [0,1] with a few zeros, and targets, for one step."""
    batch, d, c = cfg["batch"], cfg["sizes"][0], cfg["sizes"][3]
    x = f32(g.random((batch, d)))
    x[g.random((batch, d)) < 0.15] = 0.0
    if c == 1:
        return x, None
    return x, np.eye(c)[g.integers(0, c, batch)]


# ---------------------------------------------------------------- checks on this file itself


def numeric_gradient(cfg, layers, x, target, l, name, i, j, h=1e-6):
    """Central difference of the loss by one parameter."""

    def loss():
        y = forward(cfg, layers, x)[-1][0]
        if cfg["loss"] == "cross_entropy":
            return -(target * np.log(y)).sum()
        return 0.5 * ((target - y) ** 2).sum()

    a = layers[l][name]
    at = (i,) if a.ndim == 1 else (i, j)
    keep = a[at]
    a[at] = keep + h
    up = loss()
    a[at] = keep - h
    down = loss()
    a[at] = keep
    return (up - down) / (2 * h)


def check_backprop():
    """The uncentred true gradient against finite differences, in float64."""
    worst, count = 0.0, 0
    for changes in (
        {"streams": 2},
        {"streams": 2, "activation": "relu"},
        {"streams": 2, "widths": [3.0, 6.0, 4.0]},
        {"streams": 1, "dale": False},
        {"streams": 1, "dale": False, **XE},
        {"streams": 2, **XE},
    ):
        cfg = case("check", rule="backprop", **{"centred": False, **changes})
        g = np.random.default_rng(7)
        layers, feedback = build(cfg, g)
        x, target = samples(cfg, g)
        acts = forward(cfg, layers, x)
        taught = teach(cfg, layers, acts, error(cfg, acts[-1][0], target), feedback)
        for l, w in enumerate(layers):
            d = ascent(cfg, w, acts[l], taught[l])
            for name, a in w.items():
                for i in range(a.shape[0]):
                    for j in range(a.shape[1] if a.ndim == 2 else 1):
                        mine = d[name][i] if a.ndim == 1 else d[name][i, j]
                        theirs = -numeric_gradient(cfg, layers, x, target, l, name, i, j)
                        worst = max(worst, abs(mine - theirs))
                        count += 1
    assert worst < 1e-7, worst
    return worst, count


# ---------------------------------------------------------------- main


def record(cfg, seed):
    """Tensors of one case, and a line of what it does."""
    g = np.random.default_rng(seed)
    layers, feedback = build(cfg, g)
    run = Run(cfg, layers, feedback)
    free = Run(cfg, layers, feedback)
    free.project = False
    name, out = cfg["name"], {}

    def put(key, a):
        out[f"{name}/{key}"] = np.ascontiguousarray(a, dtype=np.float32)

    def put_layers(k):
        for l, w in enumerate(run.layers, 1):
            for part, a in w.items():
                put(f"step{k}/layer{l}/{part}", a)

    for l, f in enumerate(feedback, 1):
        if f is not None:
            put(f"feedback/layer{l}", f)
    put_layers(0)
    signs, faintest, spread = set(), np.inf, np.inf
    for k in (1, 2):
        x, target = samples(cfg, g)
        if target is None:
            # one above the prediction, one below: so that the error has either sign
            target = np.array([[1.0 if k == 1 else 0.0]])
        put(f"x{k}", x)
        put(f"target{k}", target)
        prediction, taught = run.step(x, target)
        free.step(x, target)
        signs.add(float(np.sign(target[0, 0] - prediction[0, 0])))
        put(f"step{k}/prediction", prediction)
        faintest = min(faintest, min(float(np.abs(u).max()) for u in taught))
        if cfg["batch"] > 1:
            spread = min(spread, float(prediction.std(axis=0).max()))
        for l, u in enumerate(taught, 1):
            put(f"step{k}/layer{l}/U", u)
        put_layers(k)

    if cfg["sizes"][3] == 1:
        assert signs == {1.0, -1.0}
    far = 0.0
    if cfg["dale"]:
        low = min(a.min() for w in run.layers for p, a in w.items() if p[0] == "W")
        assert low >= cfg["floor"] * (1 - 1e-7), (name, low)
        assert run.clamped > 0, name
        if cfg["rule"] != "kaneko_grow_only":
            for w, v in zip(run.layers, free.layers):
                far = max(far, max(float(np.abs(w[k] - v[k]).max()) for k in w))
            assert far > 1e-3, (name, far)
    else:
        assert run.clamped == 0
    assert all(np.isfinite(a).all() for a in out.values())
    # a step too faint to see would prove nothing
    assert 0.015 < run.largest < 1.0, (name, run.largest)
    assert faintest > 3e-3 and spread > 3e-3, (name, faintest, spread)
    for a, b in zip(layers, run.layers):
        assert max(np.abs(a[k] - b[k]).max() for k in a) > 1e-3, name
    return out, (
        f"{name:26} largest change {run.largest:.4f}  entries clamped {run.clamped:3d}"
        f"  without the clamp off by {far:.4f}  faintest U {faintest:.4f}  spread {spread:.4f}"
    )


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--out", required=True, help="the safetensors file to write")
    args = ap.parse_args()
    worst, count = check_backprop()
    print(f"backprop against finite differences: {count} parameters, worst {worst:.1e}")
    tensors = {}
    for seed, cfg in enumerate(CASES, 100):
        out, line = record(cfg, SEEDS.get(cfg["name"], seed))
        tensors.update(out)
        print(line)
    os.makedirs(os.path.dirname(os.path.abspath(args.out)), exist_ok=True)
    # one key only: the writer keeps no order among several, and the file must come out the same
    save_file(tensors, args.out, metadata={"cases": json.dumps(CASES)})
    print(f"{len(CASES)} cases, {len(tensors)} tensors, {os.path.getsize(args.out)} bytes")


if __name__ == "__main__":
    main()
