"""One Error Diffusion training step in NumPy, written for speed: the second peer of the table.

Network: 784-1024-1024-10 (units PER STREAM), batch 128, f32, Dale's principle kept by a floor.

    python bench/ed_step_numpy.py --check             compare with a slow float64 four-matrix step
    python bench/ed_step_numpy.py --threads 1         one JSON line
    python bench/ed_step_numpy.py --threads 2

The same algebra as ed_step_torch.py (read its header first): h = [p, -n], one matrix of positive
entries a layer, no minus sign stored. What differs: NumPy's product cannot accumulate and its
element-wise loops use one thread. So
- the work on a weight matrix goes by panels of rows that stay in the second-level cache:
  product into a small buffer, add, maximum;
- with --threads 2 the panels are shared out to two Python threads (NumPy releases the lock)
  and OpenBLAS itself is kept to one thread. --blas-threads instead lets OpenBLAS use them.
"""

import argparse
import json
import os
import statistics
import sys
import time


def early_threads():
    """OpenBLAS reads its thread count when it is loaded, so before NumPy is imported."""
    n = "1"
    if "--blas-threads" in sys.argv and "--threads" in sys.argv:
        n = sys.argv[sys.argv.index("--threads") + 1]
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = n


early_threads()

from concurrent.futures import ThreadPoolExecutor  # noqa: E402

import numpy as np  # noqa: E402
from ed_step_reference import ALPHA, batches, initial, slow_step  # noqa: E402

FLOOR = np.float32(1e-4)


class Net:
    """The fast net. M1 = [top | bottom], each 2H1 x D; M2: 2H2 x 2H1; M3: C x 2H2."""

    def __init__(self, layers, B, rate, variant, panel, workers):
        def t(a):
            return np.ascontiguousarray(a, dtype=np.float32)

        self.variant, self.panel, self.workers = variant, panel, workers
        self.pool = ThreadPoolExecutor(workers) if workers > 1 else None
        self.M, self.b = [], []
        for w in layers:
            if "W_nn" in w:
                m = np.block([[w["W_pp"], w["W_pn"]], [w["W_np"], w["W_nn"]]])
                # the bias of the n half is stored with its sign flipped, like z
                self.b.append(t(np.concatenate([w["b_p"], -w["b_n"]])[:, None]))
            else:
                m = np.vstack([w["W_pp"], w["W_np"]])
                self.b.append(t(w["b_p"][:, None]))
            self.M.append(t(m.T))
        self.C = self.M[2].shape[0]
        self.H = [self.M[0].shape[0] // 2, self.M[1].shape[0] // 2]
        D = self.D = self.M[0].shape[1] // 2
        self.a = np.float32(2 / ALPHA)
        self.gain = np.float32(rate / B * 2 / ALPHA)

        def empty(*shape):
            return np.zeros(shape, np.float32)

        self.y = [empty(2 * h, B) for h in self.H]
        self.u = [empty(2 * h, B) for h in self.H]
        self.R = [empty(2 * h, B) for h in self.H]
        if self.H[0] == self.H[1]:
            self.R[1] = self.R[0]
        self.out, self.S, self.uo = (empty(self.C, B) for _ in range(3))
        self.mean = empty(self.C, 1)
        self.route = [t(np.eye(self.C)[np.tile(np.arange(h) % self.C, 2)]) for h in self.H]
        # z -> exp(-a z) for p, exp(+a z) for the n half, whose z is stored negated
        self.slope = [t(np.repeat([-self.a, self.a], h)[:, None]) for h in self.H]
        widest = max(2 * D, 2 * self.H[0], 2 * self.H[1])
        self.g = [np.zeros(panel * widest, np.float32) for _ in range(workers)]
        self.ones = np.ones(B, np.float32)
        if variant == "halves":
            m = self.M[0]
            self.top, self.bottom = t(m[:, :D]), t(m[:, D:])
            self.diff = self.top - self.bottom
        else:
            self.xx = empty(B, 2 * D)

    def share(self, rows, work):
        """Runs work(first, end, worker) over 0..rows, cut in one part a worker."""
        if self.pool is None:
            work(0, rows, 0)
            return
        cut = [rows * k // self.workers for k in range(self.workers + 1)]
        todo = [self.pool.submit(work, cut[k], cut[k + 1], k) for k in range(self.workers)]
        for f in todo:
            f.result()

    def activate(self, i, x, m):
        """y_i = [p, -n] and u_i = f'/a of one hidden layer, from its input and its matrix."""

        def work(r, e, _):
            y, u = self.y[i][r:e], self.u[i][r:e]
            np.matmul(m[r:e], x, out=y)
            y += self.b[i][r:e]
            y *= self.slope[i][r:e]
            np.exp(y, out=y)
            y += 1
            np.reciprocal(y, out=y)
            np.multiply(y, y, out=u)
            np.subtract(y, u, out=u)
            n = y[max(self.H[i] - r, 0) :]
            np.negative(n, out=n)

        self.share(m.shape[0], work)

    def update(self, m, h, u):
        """M <- max(M + u h', floor), by panels; u already holds the rate."""
        ht = h.T

        def work(first, end, k):
            for r in range(first, end, self.panel):
                e = min(r + self.panel, end)
                w = m[r:e]
                g = self.g[k][: w.size].reshape(w.shape)
                np.matmul(u[r:e], ht, out=g)
                g += w
                np.maximum(g, FLOOR, out=w)

        self.share(m.shape[0], work)

    def update_input(self, x, u):
        """As `update` for M1 = [top | bottom] where h = [x, -x]: one product for both halves."""

        def work(first, end, k):
            for r in range(first, end, self.panel):
                e = min(r + self.panel, end)
                top, bottom = self.top[r:e], self.bottom[r:e]
                g = self.g[k][: top.size].reshape(top.shape)
                np.matmul(u[r:e], x, out=g)
                top += g
                np.maximum(top, FLOOR, out=top)
                bottom -= g
                np.maximum(bottom, FLOOR, out=bottom)
                np.subtract(top, bottom, out=self.diff[r:e])

        self.share(u.shape[0], work)

    def step(self, x, t):
        """x is B x D in [0,1], t is B x C one-hot. The prediction is left in self.out."""
        D = self.D
        if self.variant == "halves":
            self.activate(0, x.T, self.diff)
        else:
            self.xx[:, :D] = x
            np.negative(x, out=self.xx[:, D:])
            self.activate(0, self.xx.T, self.M[0])
        self.activate(1, self.y[0], self.M[1])
        out = self.out
        np.matmul(self.M[2], self.y[1], out=out)
        out += self.b[2]
        out *= -self.a
        np.exp(out, out=out)
        out += 1
        np.reciprocal(out, out=out)

        S = np.subtract(t.T, out, out=self.S)
        np.mean(S, 1, keepdims=True, out=self.mean)
        S -= self.mean

        np.multiply(out, out, out=self.uo)
        np.subtract(out, self.uo, out=self.uo)
        self.uo *= S
        self.uo *= self.gain
        S *= self.gain  # the rate enters here once, and by u everywhere
        np.matmul(self.route[0], S, out=self.R[0])
        if self.R[1] is not self.R[0]:
            np.matmul(self.route[1], S, out=self.R[1])
        self.u[0] *= self.R[0]
        self.u[1] *= self.R[1]

        self.update(self.M[1], self.y[0], self.u[1])
        if self.variant == "halves":
            self.update_input(x, self.u[0])
        else:
            self.update(self.M[0], self.xx.T, self.u[0])
        m, h = self.M[2], self.y[1]
        m += np.matmul(self.uo, h.T)
        np.maximum(m, FLOOR, out=m)
        for b, u in zip(self.b, (self.u[0], self.u[1], self.uo)):
            b[:, 0] += u @ self.ones

    def parameters(self):
        """Matrices M1, M2, M3 as in __init__, then the biases."""
        first = np.hstack([self.top, self.bottom]) if self.variant == "halves" else self.M[0]
        return [first, *self.M[1:], *self.b]


def check(variant, panel, workers):
    """Largest difference to `slow_step` over all weights and biases after three steps."""
    worst, clamped = 0.0, 0
    for D, H1, H2, C, B, rate in [(20, 12, 17, 3, 8, 40.0), (784, 1024, 1024, 10, 128, 60.0)]:
        layers = initial(D, H1, H2, C)
        net = Net(layers, B, rate, variant, panel, workers)
        for x, t in batches(B, D, C, 3):
            net.step(x.astype(np.float32), t.astype(np.float32))
            slow_step(layers, x, t, rate)
        clamped += sum(int((w["W_pp"] == 1e-4).sum()) for w in layers)
        ref = Net(layers, B, rate, variant, panel, 1)
        for fast, slow in zip(net.parameters(), ref.parameters()):
            worst = max(worst, float(np.abs(fast - slow).max()))
    print(json.dumps({"check": variant, "max_abs_difference": worst, "entries_at_floor": clamped}))
    assert worst < 2e-5 and clamped > 0, "the fast step disagrees with the reference"


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--check", action="store_true")
    ap.add_argument("--variant", choices=("halves", "concat"), default="halves")
    ap.add_argument("--threads", type=int, default=1)
    ap.add_argument("--blas-threads", action="store_true", help="threads inside OpenBLAS instead")
    ap.add_argument("--panel", type=int, default=128, help="rows updated at a time")
    ap.add_argument("--steps", type=int, default=60)
    ap.add_argument("--repeats", type=int, default=5)
    ap.add_argument("--rate", type=float, default=6.0)
    args = ap.parse_args()
    workers = 1 if args.blas_threads else args.threads
    if args.check:
        check(args.variant, args.panel, workers)
        return
    D, H, C, B = 784, 1024, 10, 128
    data = [(x.astype(np.float32), t.astype(np.float32)) for x, t in batches(B, D, C, 8)]
    net = Net(initial(D, H, H, C), B, args.rate, args.variant, args.panel, workers)
    for i in range(15):
        net.step(*data[i % 8])
    medians, best = [], float("inf")
    for _ in range(args.repeats):
        times = []
        for i in range(args.steps):
            t0 = time.perf_counter()
            net.step(*data[i % 8])
            times.append(1e3 * (time.perf_counter() - t0))
        medians.append(statistics.median(times))
        best = min(best, min(times))
    print(
        json.dumps(
            {
                "peer": "numpy",
                "variant": args.variant,
                "threads": args.threads,
                "median_ms": round(statistics.median(medians), 3),
                "min_ms": round(best, 3),
                "medians_ms": [round(m, 3) for m in medians],
                "panel": args.panel,
                "blas_threads": args.blas_threads,
                "version": np.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
