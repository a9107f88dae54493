"""One Error Diffusion training step in PyTorch, written for speed: the peer of the speed table.

Network: 784-1024-1024-10 (units PER STREAM), batch 128, Dale's principle kept by a floor.

    python bench/ed_step_torch.py --check             compare with a slow float64 four-matrix step
    python bench/ed_step_torch.py --threads 1         one JSON line
    python bench/ed_step_torch.py --threads 2 --variant concat
    python bench/ed_step_torch.py --precision mixed   bf16, weights kept in f32
    python bench/ed_step_torch.py --precision pure    bf16 throughout: steps below 1/256 of a weight are lost

What makes it fast:
- No minus sign is stored. With h = [p, -n] and M = [[W_pp, W_pn], [W_np, W_nn]] (all entries
  positive) z = (h.M) * [+1, -1], and the signed update becomes dM = h'U with U = [f'R, f'R]. So
  the projection is one contiguous clamp_(min=floor), with no sign pattern.
- Everything is stored transposed (units x B, targets x sources): M.h' runs at 165 GFLOP/s on one
  core where h.M runs at 122.
- All buffers are allocated once; accumulation and rate are the beta and alpha of addmm_.
- Variant "halves": the input feeds both streams, so z = x.(M_top - M_bottom), and one product
  x'U serves both halves of the first layer; their projection is fused by torch.compile (--eager
  does without). Variant "concat" multiplies [x, -x] in full.
- In "mixed" precision one pass over the weights adds the step, projects, and writes the copy in
  bf16 that products use (torch.compile); activations, signals and gradients are bf16.
Tried and slower or level: updating by panels of rows (128, 256, 512), the untransposed layout on
one thread, a gather for the routing.
"""

import argparse
import json
import statistics
import time

import numpy as np
import torch
from ed_step_reference import ALPHA, FLOOR, batches, initial, slow_step


def project_input(top, bottom, diff, g, gain):
    """Both halves of the first layer take the same step; diff is what the next forward uses."""
    t = torch.clamp(top + gain * g, min=FLOOR)
    b = torch.clamp(bottom - gain * g, min=FLOOR)
    top.copy_(t)
    bottom.copy_(b)
    diff.copy_(t - b)


def project_input_eager(top, bottom, diff, g, gain):
    top.add_(g, alpha=gain).clamp_(min=FLOOR)
    bottom.sub_(g, alpha=gain).clamp_(min=FLOOR)
    diff.copy_(top - bottom)


def project_copy(m, copy, g, gain):
    """The step of weights in f32 along a gradient in bf16, and the copy that products use."""
    t = torch.clamp(m + gain * g, min=FLOOR)
    m.copy_(t)
    copy.copy_(t)


PRECISIONS = {  # of weights and of products
    "f32": (torch.float32, torch.float32),
    "mixed": (torch.float32, torch.bfloat16),
    "pure": (torch.bfloat16, torch.bfloat16),
}


class Net:
    """The fast net. All matrices are target-major with positive entries; activations units x B.

    M1 = [top | bottom], each 2H1 x D; M2: 2H2 x 2H1; M3: C x 2H2.
    """

    def __init__(self, layers, B, rate, variant, compiled=True, precision="f32"):
        kept, used = PRECISIONS[precision]

        def t(a):
            return torch.tensor(a, dtype=kept).contiguous()

        def empty(*shape):
            return torch.empty(*shape, dtype=used)

        self.variant = variant
        self.M, self.b = [], []
        for w in layers:
            if "W_nn" in w:
                m = np.block([[w["W_pp"], w["W_pn"]], [w["W_np"], w["W_nn"]]])
                # the bias of the n half is stored with its sign flipped, like z
                self.b.append(t(np.concatenate([w["b_p"], -w["b_n"]])[:, None]).to(used))
            else:
                m = np.vstack([w["W_pp"], w["W_np"]])
                self.b.append(t(w["b_p"][:, None]).to(used))
            self.M.append(t(m.T))
        # f32 weights beside the bf16 of products
        self.kept = None
        if kept != used:
            self.kept, self.M = self.M, [m.to(used) for m in self.M]
            self.gradients = [torch.empty_like(m) for m in self.M]
            self.project_copy = torch.compile(project_copy) if compiled else project_copy
        self.C = self.M[2].shape[0]
        self.H = [self.M[0].shape[0] // 2, self.M[1].shape[0] // 2]
        D = self.D = self.M[0].shape[1] // 2
        self.a = 2 / ALPHA
        self.gain = rate / B * self.a  # the factor a of f' is moved from U into the rate
        # y: activations, then [p, -n] in place; u: f', then f'R
        self.y = [empty(2 * h, B) for h in self.H]
        self.u = [empty(2 * h, B) for h in self.H]
        self.R = [empty(2 * h, B) for h in self.H]
        if self.H[0] == self.H[1]:
            self.R[1] = self.R[0]
        self.out, self.S, self.uo = (empty(self.C, B) for _ in range(3))
        self.mean = empty(self.C, 1)
        self.ones = torch.ones(B, dtype=used)
        # unit i of a stream is taught by class i mod C, in both streams: M of the method, as a
        # matrix, because a thin product is quicker here than a gather
        self.route = [torch.eye(self.C, dtype=used)[torch.arange(h) % self.C].repeat(2, 1) for h in self.H]
        if variant == "halves":
            m = self.kept[0] if self.kept else self.M[0]
            self.top, self.bottom = m[:, :D].contiguous(), m[:, D:].contiguous()
            self.diff = (self.top - self.bottom).to(used)
            self.g = torch.empty_like(self.diff)
            self.project = torch.compile(project_input) if compiled else project_input_eager
        else:
            self.xx = empty(B, 2 * D)

    def activate(self, i, x, m):
        """y_i = [p, -n] and u_i = f'/a of one hidden layer, from its input and its matrix."""
        y, u, h = self.y[i], self.u[i], self.H[i]
        torch.addmm(self.b[i], m, x, alpha=self.a, beta=self.a, out=y)
        n = y[h:]
        n.neg_()
        y.sigmoid_()
        torch.addcmul(y, y, y, value=-1, out=u)
        n.neg_()

    def update(self, i, h, u):
        """M <- max(M + gain u h', floor)."""
        if self.kept is None:
            self.M[i].addmm_(u, h.t(), alpha=self.gain).clamp_(min=FLOOR)
        else:
            torch.mm(u, h.t(), out=self.gradients[i])
            self.project_copy(self.kept[i], self.M[i], self.gradients[i], self.gain)

    def update_input(self, x, u):
        """As `update` for M1 = [top | bottom] where h = [x, -x]: one product for both halves."""
        torch.mm(u, x, out=self.g)
        self.project(self.top, self.bottom, self.diff, self.g, self.gain)

    def step(self, x, t):
        """x is B x D in [0,1], t is B x C one-hot. The prediction is left in self.out."""
        D = self.D
        x, t = x.to(self.out.dtype), t.to(self.out.dtype)
        if self.variant == "halves":
            self.activate(0, x.t(), self.diff)
        else:
            self.xx[:, :D].copy_(x)
            torch.neg(x, out=self.xx[:, D:])
            self.activate(0, self.xx.t(), self.M[0])
        self.activate(1, self.y[0], self.M[1])
        out = self.out
        torch.addmm(self.b[2], self.M[2], self.y[1], alpha=self.a, beta=self.a, out=out)
        out.sigmoid_()

        S = torch.sub(t.t(), out, out=self.S)
        torch.mean(S, 1, keepdim=True, out=self.mean)
        S.sub_(self.mean)

        torch.addcmul(out, out, out, value=-1, out=self.uo)
        self.uo.mul_(S)
        torch.mm(self.route[0], S, out=self.R[0])
        if self.R[1] is not self.R[0]:
            torch.mm(self.route[1], S, out=self.R[1])
        self.u[0].mul_(self.R[0])
        self.u[1].mul_(self.R[1])

        self.update(1, self.y[0], self.u[1])
        if self.variant == "halves":
            self.update_input(x, self.u[0])
        else:
            self.update(0, self.xx.t(), self.u[0])
        self.update(2, self.y[1], self.uo)
        for b, u in zip(self.b, (self.u[0], self.u[1], self.uo)):
            b[:, 0].addmv_(u, self.ones, alpha=self.gain)

    def parameters(self):
        """Matrices M1, M2, M3 as in __init__, then the biases."""
        first = torch.cat([self.top, self.bottom], 1) if self.variant == "halves" else self.M[0]
        rest = self.kept[1:] if self.kept else self.M[1:]
        return [first, *rest, *self.b]


def check(variant, compiled, precision):
    """Largest difference to `slow_step` over all weights and biases after three steps."""
    worst, clamped = 0.0, 0
    for D, H1, H2, C, B, rate in [(20, 12, 17, 3, 8, 40.0), (784, 1024, 1024, 10, 128, 60.0)]:
        layers = initial(D, H1, H2, C)
        net = Net(layers, B, rate, variant, compiled, precision)
        for x, t in batches(B, D, C, 3):
            net.step(torch.tensor(x, dtype=torch.float32), torch.tensor(t, dtype=torch.float32))
            slow_step(layers, x, t, rate)
        clamped += sum(int((w["W_pp"] == FLOOR).sum()) for w in layers)
        ref = Net(layers, B, rate, variant, False)
        for fast, slow in zip(net.parameters(), ref.parameters()):
            worst = max(worst, (fast - slow).abs().max().item())
    print(json.dumps({"check": variant, "max_abs_difference": worst, "entries_at_floor": clamped}))
    # bf16 has 8 bits: weights of up to 1 differ by that, or steps by as much of themselves.
    assert worst < (2e-5 if precision == "f32" else 5e-2) and clamped > 0, "the fast step disagrees with the reference"


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--check", action="store_true")
    ap.add_argument("--variant", choices=("halves", "concat"), default="halves")
    ap.add_argument("--precision", choices=PRECISIONS, default="f32")
    ap.add_argument("--eager", action="store_true", help="do without torch.compile")
    ap.add_argument("--threads", type=int, default=1)
    ap.add_argument("--steps", type=int, default=60)
    ap.add_argument("--repeats", type=int, default=5)
    ap.add_argument("--rate", type=float, default=6.0)
    args = ap.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    with torch.inference_mode():
        if args.check:
            check(args.variant, not args.eager, args.precision)
            return
        D, H, C, B = 784, 1024, 10, 128
        data = [
            (torch.tensor(x, dtype=torch.float32), torch.tensor(t, dtype=torch.float32))
            for x, t in batches(B, D, C, 8)
        ]
        net = Net(initial(D, H, H, C), B, args.rate, args.variant, not args.eager, args.precision)
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
                "peer": "torch" if args.precision == "f32" else f"torch {args.precision}",
                "variant": args.variant,
                "threads": args.threads,
                "median_ms": round(statistics.median(medians), 3),
                "min_ms": round(best, 3),
                "medians_ms": [round(m, 3) for m in medians],
                "compiled": (args.variant == "halves" or net.kept is not None) and not args.eager,
                "version": torch.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
