"""What both peers share: the network's start, batches, and the slow step that checks them."""

import numpy as np

FLOOR = 1e-4
ALPHA = 6.0


def initial(D, H1, H2, C, seed=0):
    """Four non-negative float64 matrices a layer, U[0,1)/sqrt(fan_in), and zero biases."""
    g = np.random.default_rng(seed)

    def layer(src, dst, output=False):
        names = ("W_pp", "W_np") if output else ("W_pp", "W_np", "W_nn", "W_pn")
        w = {k: np.maximum(g.random((src, dst)) / np.sqrt(2 * src), FLOOR) for k in names}
        for b in ("b_p",) if output else ("b_p", "b_n"):
            w[b] = np.zeros(dst)
        return w

    return [layer(D, H1), layer(H1, H2), layer(H2, C, True)]


def slow_step(layers, x, t, rate):
    """The rule as the method states it: four matrices, float64, no trick. Changes `layers`."""
    B, C = t.shape

    def phi(z):
        return 1 / (1 + np.exp(-2 * z / ALPHA))

    def dphi(y):
        return 2 / ALPHA * y * (1 - y)

    ps, ns = [x], [x]
    for w in layers:
        p, n = ps[-1], ns[-1]
        ps.append(phi(p @ w["W_pp"] - n @ w["W_np"] + w["b_p"]))
        if "W_nn" in w:
            ns.append(phi(n @ w["W_nn"] - p @ w["W_pn"] + w["b_n"]))
    S = t - ps[-1]
    S = S - S.mean(0)
    for i, w in enumerate(layers):
        p, n, out = ps[i], ns[i], ps[i + 1]
        R = S[:, np.arange(out.shape[1]) % C]
        Up = dphi(out) * R
        w["W_pp"] = np.maximum(w["W_pp"] + rate / B * (p.T @ Up), FLOOR)
        w["W_np"] = np.maximum(w["W_np"] - rate / B * (n.T @ Up), FLOOR)
        w["b_p"] = w["b_p"] + rate / B * Up.sum(0)
        if "W_nn" in w:
            Un = -dphi(ns[i + 1]) * R
            w["W_nn"] = np.maximum(w["W_nn"] + rate / B * (n.T @ Un), FLOOR)
            w["W_pn"] = np.maximum(w["W_pn"] - rate / B * (p.T @ Un), FLOOR)
            w["b_n"] = w["b_n"] + rate / B * Un.sum(0)


def batches(B, D, C, count, seed=1):
    g = np.random.default_rng(seed)
    return [(g.random((B, D)), np.eye(C)[g.integers(0, C, B)]) for _ in range(count)]
