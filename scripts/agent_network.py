"""The actor of a run, read from config.toml and checkpoint.safetensors: a forward pass written anew, in JAX."""

import tomllib

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file

ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jnp.tanh}


def read(run):
    """The settings of a run, and its tensors."""
    return tomllib.loads((run / "config.toml").read_text()), load_file(run / "checkpoint.safetensors")


def layers_of(tensors):
    """Each layer of the actor as (weights K x N, bias N): parts are stored as magnitudes."""
    layers = []
    while (name := f"actor.layer{len(layers) + 1}") + ".bias" in tensors:
        part = lambda which: tensors[f"{name}.{which}"]
        if f"{name}.W" in tensors:
            weights = part("W")
        else:
            to_p = np.concatenate([part("W_pp"), -part("W_np")])
            inhibitory = f"{name}.W_pn" in tensors
            to_n = [np.concatenate([-part("W_pn"), part("W_nn")])] if inhibitory else []
            weights = np.concatenate([to_p, *to_n], 1)
        layers.append((jnp.asarray(weights), jnp.asarray(part("bias"))))
    return layers


def actor(run):
    """The settings of a run, and the function from observations B x D to its actor's outputs B x A."""
    about, tensors = read(run)
    layers, activation = layers_of(tensors), ACTIVATIONS[about["response"]]
    if about["normalise_observations"]:
        mean = tensors["observations.mean"].astype(np.float32)
        deviation = np.sqrt(tensors["observations.variance"] + 1e-8).astype(np.float32)

    def outputs(h):
        if about["normalise_observations"]:
            h = jnp.clip((h - mean) / deviation, -about["bound"], about["bound"])
        return forward(about, layers, activation, h)

    return about, outputs


def forward(about, layers, activation, h):
    """What the layers make of their input."""
    if about["dual"]:
        h = jnp.concatenate([h, h], -1)
    for weights, bias in layers[:-1]:
        h = activation(h @ weights + bias)
        if about["rms"]:
            h = h / jnp.sqrt(jnp.mean(h**2, -1, keepdims=True) + 1e-5)
    weights, bias = layers[-1]
    return h @ weights + bias
