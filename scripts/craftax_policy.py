"""Plays the agent of a run in Craftax itself and prints its return: proof of transfer.

    pip install -r scripts/craftax-requirements.txt safetensors
    python scripts/craftax_policy.py RUN [--episodes 256] [--seed 0] [--steps 10000] [--json]

craftax 1.6.1 under JAX, worlds that the program has never drawn; the actions are drawn from the policy, as
`dalenet eval` does, or the most probable with --deterministic. A return is the sum of an episode's rewards until it
is over; after --steps steps no episode may still go on. Printed are the mean over episodes, their standard
deviation and the mean length. The forward pass is that of `agent_network.py`, not the program's; the run is one that
`dalenet train craftax-classic` or `craftax` made.
"""

import argparse
import json
import pathlib
import sys

import agent_network
import jax
import jax.numpy as jnp
import numpy as np
from craftax.craftax_env import make_craftax_env_from_name

NAMES = {"craftax-classic": "Craftax-Classic-Symbolic-v1", "craftax": "Craftax-Symbolic-v1"}


def play(env, act, episodes, steps, seed):
    """The return and the length of each episode."""
    params = env.default_params

    @jax.jit
    def run(key):
        def one(carry, key):
            observation, state, alive, total, length = carry
            choose, move = jax.random.split(key)
            action = act(choose, observation)
            observation, state, reward, done, _ = jax.vmap(env.step, (0, 0, 0, None))(
                jax.random.split(move, episodes), state, action, params
            )
            total, length = total + alive * reward, length + alive
            return (observation, state, alive & ~done, total, length)

        key, start = jax.random.split(key)
        observation, state = jax.vmap(env.reset, (0, None))(jax.random.split(start, episodes), params)
        zero = jnp.zeros(episodes)
        first = (observation, state, jnp.ones(episodes, bool), zero, zero)

        def go_on(carry):
            return (carry[0] < steps) & carry[1][2].any()

        def step(carry):
            count, episode, key = carry
            key, now = jax.random.split(key)
            return count + 1, one(episode, now), key

        _, (_, _, alive, total, length), _ = jax.lax.while_loop(go_on, step, (0, first, key))
        return alive, total, length

    alive, total, length = map(np.asarray, run(jax.random.PRNGKey(seed)))
    if alive.any():
        raise SystemExit(f"{alive.sum()} episodes are not over after {steps} steps: raise --steps")
    return total, length


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--episodes", type=int, default=256)
    parser.add_argument("--steps", type=int, default=10_000, help="of an episode, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--deterministic", action="store_true", help="the most probable action")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    about, outputs = agent_network.actor(args.run)
    if about["task"] not in NAMES:
        raise SystemExit(f"{args.run} is no agent of {' or '.join(NAMES)}")

    def act(key, observations):
        logits = outputs(observations)
        return logits.argmax(-1) if args.deterministic else jax.random.categorical(key, logits)

    env = make_craftax_env_from_name(NAMES[about["task"]], auto_reset=False)
    totals, lengths = play(env, act, args.episodes, args.steps, args.seed)
    mean, std = float(totals.mean()), float(totals.std(ddof=1))
    if args.json:
        print(json.dumps({"task": about["task"], "episodes": args.episodes, "mean": mean, "std": std,
                          "length": float(lengths.mean())}))
    else:
        print(f"{about['task']}, craftax 1.6.1: {mean:.2f} ± {std:.2f} over {args.episodes} episodes "
              f"of {lengths.mean():.0f} steps on average")


if __name__ == "__main__":
    sys.exit(main())
