"""One Error Diffusion step of convolutions in PyTorch, channels last (oneDNN): a speed peer.

Network: 3-64-128 convolutions 5x5 with 2x2 means, 1024 units PER STREAM, 10 outputs; 32x32 images,
batch 128, plain steps, Dale's principle kept by a floor.

    python bench/convolution_step_torch.py --check             compare with automatic differentiation
    python bench/convolution_step_torch.py --threads 2         one JSON line
    python bench/convolution_step_torch.py --precision mixed   bf16, weights kept in f32
    python bench/convolution_step_torch.py --precision pure    bf16 throughout

What makes it fast: one signed weight a layer over [p n]; the input feeds both streams, so the first
layer multiplies x once with the sum of its halves; weight gradients alone, by
aten.convolution_backward; everything in place; projection by clamping the four blocks of one sign.
"""

import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F
from ed_step_torch import PRECISIONS

FLOOR, BATCH, CLASSES = 1e-4, 128, 10
WIDTHS = (3.0, 3.0, 6.0, 6.0)


def blocks(w, rows, cols):
    """The parts of a signed weight with a plus and with a minus; dimension 0 is the target."""
    p, n = slice(0, cols), slice(cols, None)
    s, t = slice(0, rows), slice(rows, None)
    return [w[p, s], w[n, t]], [w[p, t], w[n, s]]


class Net:
    def __init__(self, seed=0, precision="f32"):
        g = torch.Generator().manual_seed(seed)
        kept, self.used = PRECISIONS[precision]

        def weight(targets, sources, *window, last=False):
            fan_in = 2 * sources
            for side in window:
                fan_in *= side
            shape = (targets if last else 2 * targets, 2 * sources, *window)
            w = torch.rand(shape, generator=g) / fan_in**0.5
            for part in blocks(w, sources, targets)[1]:
                part.neg_()
            w = w.to(kept)
            return w.contiguous(memory_format=torch.channels_last) if window else w

        self.top = weight(64, 3, 5, 5)
        # A dense layer sees 64 pixels, each with its 128 p and 128 n.
        self.kept = [None, weight(128, 64, 5, 5), None, weight(10, 1024, last=True)]
        dense = torch.stack([weight(1024, 128) for _ in range(64)], dim=1)
        self.kept[2] = dense.reshape(2048, 64 * 256) / 8
        self.bias = [torch.zeros(n, dtype=self.used) for n in (128, 256, 2048, 10)]
        self.route = [
            torch.cat([m, -m], 1).to(self.used)
            for m in (torch.eye(CLASSES)[torch.arange(h) % CLASSES].T for h in (64, 128, 1024))
        ]
        # What products use: the weights themselves, or copies in bf16.
        self.weights = [None] + [w.to(self.used) for w in self.kept[1:]]
        self.fold()

    def fold(self):
        self.weights[0] = (
            (self.top[:, :3] + self.top[:, 3:])
            .to(self.used)
            .contiguous(memory_format=torch.channels_last)
        )
        for used, kept in zip(self.weights[1:], self.kept[1:]):
            if used is not kept:
                used.copy_(kept)

    def forward(self, x):
        x = x.to(self.used)
        self.x, self.a = [x], []
        for l in (0, 1):
            z = F.conv2d(self.x[l], self.weights[l], self.bias[l], padding=2)
            self.a.append(z.mul_(2 / WIDTHS[l]).sigmoid_())
            self.x.append(F.avg_pool2d(self.a[l], 2))
        # Channels last: flattening pixel by pixel costs nothing.
        self.x[2] = self.x[2].permute(0, 2, 3, 1).reshape(len(x), -1)
        for l in (2, 3):
            z = torch.addmm(self.bias[l], self.x[l], self.weights[l].T)
            self.a.append(z.mul_(2 / WIDTHS[l]).sigmoid_())
            self.x.append(self.a[l])
        return self.a[3]

    def gated(self, l, signal):
        a = self.a[l]
        return (a - a * a).mul_(2 / WIDTHS[l]).mul_(signal)

    def gradients(self, target):
        s = target - self.a[3]
        s = s - s.mean(0)
        told = [s @ m for m in self.route]
        grads, u = [], None
        for l in (0, 1):
            u = self.gated(l, (told[l] / 4)[:, :, None, None])
            grads.append(
                torch.ops.aten.convolution_backward(
                    u, self.x[l], self.weights[l], None, [1, 1], [2, 2], [1, 1], False, [0, 0], 1,
                    [False, True, False],
                )[1]
            )
            grads.append(u.sum((0, 2, 3)))
        for l, signal in ((2, told[2]), (3, s)):
            u = self.gated(l, signal)
            grads += [u.T @ self.x[l], u.sum(0)]
        return grads

    def step(self, x, target, rate):
        self.forward(x)
        target = target.to(self.used)
        grads = self.gradients(target)
        rate = rate / len(x)
        self.top[:, :3].add_(grads[0], alpha=rate)
        self.top[:, 3:].add_(grads[0], alpha=rate)
        for l in (1, 2, 3):
            self.kept[l].add_(grads[2 * l], alpha=rate)
        for l in range(4):
            self.bias[l].add_(grads[2 * l + 1], alpha=rate)
        dense = self.kept[2].view(2048, 64, 256)
        sides = [(self.top, 3, 64), (self.kept[1], 64, 128), (self.kept[3], 1024, 10)]
        parts = [blocks(*side) for side in sides]
        parts.append(
            (
                [dense[:1024, :, :128], dense[1024:, :, 128:]],
                [dense[:1024, :, 128:], dense[1024:, :, :128]],
            )
        )
        for plus, minus in parts:
            for part in plus:
                part.clamp_(min=FLOOR)
            for part in minus:
                part.clamp_(max=-FLOOR)
        self.fold()


def sample(seed):
    g = torch.Generator().manual_seed(seed)
    x = torch.rand(BATCH, 3, 32, 32, generator=g).contiguous(memory_format=torch.channels_last)
    return x, F.one_hot(torch.randint(0, CLASSES, (BATCH,), generator=g), CLASSES).float()


def check():
    """The same gradients by automatic differentiation of sum(activity * signal), layer by layer."""
    net = Net()
    x, target = sample(1)
    with torch.inference_mode():
        s = target - net.forward(x)
        s = s - s.mean(0)
        mine = net.gradients(target)
    worst = 0.0
    for l in range(4):
        w = net.weights[l].clone().requires_grad_()
        h = net.x[l].clone()
        if l < 2:
            a = F.avg_pool2d(torch.sigmoid(2 / WIDTHS[l] * F.conv2d(h, w, padding=2)), 2)
            signal = (s.clone() @ net.route[l])[:, :, None, None]
        else:
            a = torch.sigmoid(2 / WIDTHS[l] * (h @ w.T))
            signal = s.clone() @ net.route[2] if l == 2 else s.clone()
        (a * signal).sum().backward()
        worst = max(worst, ((w.grad - mine[2 * l]).abs().max() / w.grad.abs().max()).item())
    print(json.dumps({"check": "torch", "largest_relative_difference": worst}))
    assert worst < 1e-3


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--precision", choices=PRECISIONS, default="f32")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    if args.check:
        return check()
    with torch.inference_mode():
        net, (x, target), times = Net(precision=args.precision), sample(0), []
        for i in range(3 + args.steps):
            start = time.perf_counter()
            net.step(x, target, 1e-3)
            times.append(1e3 * (time.perf_counter() - start))
    peer = "torch" if args.precision == "f32" else f"torch {args.precision}"
    result = {"peer": peer, "threads": args.threads, "median_ms": statistics.median(times[3:])}
    print(json.dumps({**result, "version": torch.__version__}))


if __name__ == "__main__":
    main()
