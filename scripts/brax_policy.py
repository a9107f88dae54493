"""Plays a policy exported by Dalenet in Brax itself and prints its return: proof of transfer.

    pip install -r scripts/brax-requirements.txt
    python scripts/brax_policy.py FOLDER [--episodes 16] [--seed 0] [--steps 1000] [--json]
    python scripts/brax_policy.py FOLDER --random ant

Brax's `positional` pipeline in single precision; a return is the sum of an episode's rewards until
it is over, or for --steps steps, as by Brax's `EvalWrapper`. Printed are the mean and the standard
deviation over episodes (with n, not n - 1). --random writes an untrained policy to the folder
first, to try the program.

The folder has policy.safetensors, with K inputs, N outputs of a layer, O observations,

    layer.{l}.weights                   K x N     a row is a presynaptic unit
    layer.{l}.bias                      N
    observation.mean, observation.std   O

and policy.json: {"task", "activation": "relu" or "tanh", "dual": whether the first layer sees the
observation twice, "rms": whether a hidden layer's input is divided by its root mean square, "clip":
bound of a normalised observation, "action_bound": bound of an action}.
"""

import argparse
import json
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")

import jax
import jax.numpy as jnp
import numpy as np
from brax import envs
from brax_constants import TASKS
from safetensors.numpy import load_file, save_file

ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jnp.tanh}


def rms_normalised(x):
    return x / jnp.sqrt(jnp.mean(x**2, -1, keepdims=True) + 1e-5)


def policy_of(folder):
    """The task's name and the function from observations to actions."""
    about = json.loads((folder / "policy.json").read_text())
    tensors = {name: jnp.asarray(x) for name, x in load_file(folder / "policy.safetensors").items()}
    count = sum(name.endswith(".weights") for name in tensors)
    layers = [(tensors[f"layer.{l}.weights"], tensors[f"layer.{l}.bias"]) for l in range(count)]
    activation, clip, bound = ACTIVATIONS[about["activation"]], about["clip"], about["action_bound"]

    def policy(observation):
        h = (observation - tensors["observation.mean"]) / tensors["observation.std"]
        h = jnp.clip(h, -clip, clip)
        if about["dual"]:
            h = jnp.concatenate([h, h], -1)
        for weights, bias in layers[:-1]:
            if about["rms"]:
                h = rms_normalised(h)
            h = activation(h @ weights + bias)
        weights, bias = layers[-1]
        return jnp.clip(h @ weights + bias, -bound, bound)

    return about["task"], policy


def environment(task):
    plain = {name.replace("-", "").replace("_", ""): TASKS[name] for name in TASKS}
    key = task.lower().replace("-", "").replace("_", "")
    if key not in plain:
        raise SystemExit(f"there is no task `{task}`; there are {', '.join(TASKS)}")
    return envs.get_environment(plain[key], backend="positional")


def returns_of(env, policy, episodes, steps, seed):
    """One return and one length an episode."""
    step = jax.vmap(env.step)

    @jax.jit
    def play(keys):
        def one(carry, _):
            state, alive, total, length = carry
            state = step(state, policy(state.obs))
            total, length = total + alive * state.reward, length + alive
            return (state, alive * (1 - state.done), total, length), None

        zero = jnp.zeros(episodes)
        start = (jax.vmap(env.reset)(keys), zero + 1, zero, zero)
        (_, _, total, length), _ = jax.lax.scan(one, start, None, steps)
        return total, length

    return map(np.asarray, play(jax.random.split(jax.random.PRNGKey(seed), episodes)))


def write_random(folder, task, seed):
    """An untrained policy with all that a policy can have."""
    env, rng = environment(task), np.random.default_rng(seed)
    sizes = [2 * env.observation_size, 64, 64, env.action_size]
    tensors = {
        "observation.mean": np.zeros(env.observation_size, np.float32),
        "observation.std": np.ones(env.observation_size, np.float32),
    }
    for l, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        weights = rng.normal(0, inputs**-0.5, (inputs, outputs))
        tensors[f"layer.{l}.weights"] = weights.astype(np.float32)
        tensors[f"layer.{l}.bias"] = np.zeros(outputs, np.float32)
    about = {"task": task, "activation": "relu", "dual": True, "rms": True, "clip": 10.0,
             "action_bound": 1.0}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "policy.safetensors")
    (folder / "policy.json").write_text(json.dumps(about, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--steps", type=int, default=1000, help="of an episode, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--random", metavar="TASK", help="write an untrained policy first")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.random:
        write_random(args.folder, args.random, args.seed)
    task, policy = policy_of(args.folder)
    totals, lengths = returns_of(environment(task), policy, args.episodes, args.steps, args.seed)
    mean, std = float(totals.mean()), float(totals.std())
    if args.json:
        print(json.dumps({"task": task, "backend": "brax positional", "episodes": args.episodes,
                          "mean": mean, "std": std, "length": float(lengths.mean())}))
    else:
        print(f"{task}, Brax positional: {mean:.1f} ± {std:.1f} over {args.episodes} episodes "
              f"of {lengths.mean():.0f} steps on average")


if __name__ == "__main__":
    sys.exit(main())
