"""Plays the agent of a run in Brax itself and prints its return: proof of transfer.

    pip install -r scripts/brax-requirements.txt
    python scripts/brax_policy.py RUN [--episodes 16] [--seed 0] [--steps 1000] [--json]

Brax's `positional` pipeline, or its backend `mjx` for a task of `mujoco/`, in single precision; a
return is the sum of an episode's rewards until
it is over, or for --steps steps, as by Brax's `EvalWrapper`. Printed are the mean and the standard
deviation over episodes. The forward pass is that of `agent_network.py`, not the program's; the run is one
that `dalenet train brax/...` or `mujoco/...` made.
"""

import argparse
import json
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")

import agent_network
import jax
import jax.numpy as jnp
import numpy as np
from brax import envs
from brax_constants import TASKS

jax.config.update("jax_enable_x64", False)  # which `brax_constants` asks for


def policy_of(run):
    """The task's name, Brax's backend and the function from observations to actions."""
    about, outputs = agent_network.actor(run)

    def policy(observation):
        return jnp.clip(outputs(observation), -1, 1)

    family, task = about["task"].split("/")
    return task, {"brax": "positional", "mujoco": "mjx"}[family], policy


def environment(task, backend):
    plain = {name.replace("-", "").replace("_", ""): TASKS[name] for name in TASKS}
    key = task.lower().replace("-", "").replace("_", "")
    if key not in plain:
        raise SystemExit(f"there is no task `{task}`; there are {', '.join(TASKS)}")
    return envs.get_environment(plain[key], backend=backend)


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--steps", type=int, default=1000, help="of an episode, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    task, backend, policy = policy_of(args.run)
    env = environment(task, backend)
    totals, lengths = returns_of(env, policy, args.episodes, args.steps, args.seed)
    mean, std = float(totals.mean()), float(totals.std(ddof=1))
    if args.json:
        print(json.dumps({"task": task, "backend": f"brax {backend}", "episodes": args.episodes,
                          "mean": mean, "std": std, "length": float(lengths.mean())}))
    else:
        print(f"{task}, Brax {backend}: {mean:.1f} ± {std:.1f} over {args.episodes} episodes "
              f"of {lengths.mean():.0f} steps on average")


if __name__ == "__main__":
    sys.exit(main())
