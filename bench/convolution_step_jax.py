"""One Error Diffusion step of convolutions in JAX on the CPU: a speed peer.

The net of convolution_step_torch.py. The whole step is one jitted function with its parameters
donated; weight gradients are those of sum(activity * signal), layer by layer.

    XLA_FLAGS="--xla_cpu_multi_thread_eigen=false" taskset -c 0 python bench/convolution_step_jax.py
"""

import argparse
import json
import statistics
import time
from functools import partial

import jax
import jax.numpy as jnp

FLOOR, BATCH, CLASSES = 1e-4, 128, 10
WIDTHS = (3.0, 3.0, 6.0, 6.0)
UNITS = (64, 128, 1024)


def signs(sources, targets, last=False):
    """+1 and -1 over [p n] x [p n]."""
    rows = jnp.repeat(jnp.array([1.0, -1.0]), sources)
    return rows[:, None] * (jnp.ones(targets) if last else jnp.repeat(jnp.array([1.0, -1.0]), targets))


SIGNS = (
    signs(3, 64),
    signs(64, 128),
    jnp.tile(signs(128, 1024), (64, 1)),
    signs(1024, CLASSES, last=True),
)
ROUTES = [
    jnp.concatenate([m, -m], 1) for m in (jnp.eye(CLASSES)[jnp.arange(h) % CLASSES].T for h in UNITS)
]


def activity(l, w, b, h):
    """What layer l makes of h; convolutions are followed by 2x2 means."""
    if l == 0:
        w = w[:, :, :3] + w[:, :, 3:]
    if l < 2:
        z = jax.lax.conv_general_dilated(h, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        a = jax.nn.sigmoid(2 / WIDTHS[l] * (z + b))
        b, h, w, c = a.shape
        return a.reshape(b, h // 2, 2, w // 2, 2, c).mean((2, 4))
    return jax.nn.sigmoid(2 / WIDTHS[l] * (h.reshape(len(h), -1) @ w + b))


@partial(jax.jit, donate_argnums=0)
def step(parameters, x, target, rate):
    pulls, h = [], x
    for l, (w, b) in enumerate(parameters):
        h, pull = jax.vjp(lambda w, b, l=l, h=h: activity(l, w, b, h), w, b)
        pulls.append((pull, h.shape))
    s = target - h
    s = s - s.mean(0)
    new = []
    for l, ((pull, shape), (w, b)) in enumerate(zip(pulls, parameters)):
        signal = s if l == 3 else s @ ROUTES[l]
        signal = jnp.broadcast_to(signal[:, None, None] if l < 2 else signal, shape)
        dw, db = pull(signal)
        w, b = w + rate / BATCH * dw, b + rate / BATCH * db
        new.append((SIGNS[l] * jnp.maximum(SIGNS[l] * w, FLOOR), b))
    return new


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=1, help="only noted; set by taskset")
    parser.add_argument("--steps", type=int, default=7)
    args = parser.parse_args()
    keys = jax.random.split(jax.random.key(0), 6)
    shapes = [(5, 5, 6, 128), (5, 5, 128, 256), (64 * 256, 2048), (2048, CLASSES)]
    parameters = [
        (SIGNS[l] * jax.random.uniform(keys[l], shape) / (shape[-2] * (25 if l < 2 else 1)) ** 0.5,
         jnp.zeros(shape[-1]))
        for l, shape in enumerate(shapes)
    ]
    x = jax.random.uniform(keys[4], (BATCH, 32, 32, 3))
    target = jax.nn.one_hot(jax.random.randint(keys[5], (BATCH,), 0, CLASSES), CLASSES)
    times = []
    for _ in range(2 + args.steps):
        start = time.perf_counter()
        parameters = jax.block_until_ready(step(parameters, x, target, 1e-3))
        times.append(1e3 * (time.perf_counter() - start))
    result = {"peer": "jax", "threads": args.threads, "median_ms": statistics.median(times[2:])}
    print(json.dumps({**result, "version": jax.__version__}))


if __name__ == "__main__":
    main()
