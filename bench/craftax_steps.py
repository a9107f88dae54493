"""Environment steps per second of one core, Dalenet beside craftax under JAX with optimistic resets.

    pip install -r scripts/craftax-requirements.txt
    python bench/craftax_steps.py [--rounds 2] [--games classic full] [--count 64]
        [--seconds 5]

Both do the whole of a training environment's step under uniformly random actions: the game, the
observation, and a new world for every episode that ends. JAX makes count / 16 new worlds a step,
as the baselines' `OptimisticResetVecEnvWrapper` does; Dalenet one for each end. Rates are per second
of the processor, summed over threads, so that a second core is no gain. The programs take turns; the
table has medians over the rounds. JAX is compiled, and run twice, before it is timed. Dalenet writes
dense rows, as JAX does, or lists of what is not 0, as its own learners read them; the ratio is that
of dense rows.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
NAMES = {"classic": "Craftax-Classic-Symbolic-v1", "full": "Craftax-Symbolic-v1"}
STEPS = 16


def craftax(game, count, seconds):
    """Yields craftax's rate each time it is asked for one."""
    import jax
    import jax.numpy as jnp
    from craftax.craftax_env import make_craftax_env_from_name

    env = make_craftax_env_from_name(NAMES[game], auto_reset=False)
    params = env.default_params
    worlds = max(count // 16, 1)
    reset = jax.vmap(env.reset, in_axes=(0, None))
    step = jax.vmap(env.step, in_axes=(0, 0, 0, None))

    def body(carry, key):
        state, total = carry
        a, b, c, d = jax.random.split(key, 4)
        actions = jax.random.randint(a, (count,), 0, env.action_space(params).n)
        seen, state, reward, over, _ = step(jax.random.split(b, count), state, actions, params)
        new_seen, new = reset(jax.random.split(c, worlds), params)
        which = jax.random.randint(d, (count,), 0, worlds)

        def choose(fresh, old):
            return jnp.where(over.reshape((-1,) + (1,) * (old.ndim - 1)), fresh[which], old)

        state, seen = jax.tree.map(choose, new, state), choose(new_seen, seen)
        return (state, total + seen.sum() + reward.sum()), None

    @jax.jit
    def roll(state, key):
        return jax.lax.scan(body, (state, 0.0), jax.random.split(key, STEPS))[0]

    state = jax.jit(lambda keys: reset(keys, params)[1])(jax.random.split(jax.random.key(0), count))
    for i in range(2):
        state, total = jax.block_until_ready(roll(state, jax.random.key(i)))
    while True:
        calls, start = 0, time.process_time()
        while time.process_time() - start < seconds or calls == 0:
            state, total = jax.block_until_ready(roll(state, jax.random.key(2 + calls)))
            calls += 1
        yield count * STEPS * calls / (time.process_time() - start)


def dalenet(game):
    command = ["cargo", "bench", "--quiet", "-p", "dalenet-craftax", "--bench", "steps", "--", game]
    text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE.parent)
    found = json.loads(text.stdout.splitlines()[-1])
    return found["steps_per_second"], found["with_lists"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--games", nargs="+", default=list(NAMES), choices=list(NAMES))
    parser.add_argument("--count", type=int, default=64, help="environments of JAX at once")
    parser.add_argument("--seconds", type=float, default=5.0, help="of JAX in a round")
    args = parser.parse_args()
    print("| steps per second of one core | Dalenet, dense | Dalenet, lists | craftax | ratio |")
    print("|---|---|---|---|---|")
    for game in args.games:
        reference, ours, theirs = craftax(game, args.count, args.seconds), [], []
        for _ in range(args.rounds):
            ours.append(dalenet(game))
            theirs.append(next(reference))
        dense, lists = (statistics.median(rates) for rates in zip(*ours))
        jax = statistics.median(theirs)
        print(f"| {game} | {dense:,.0f} | {lists:,.0f} | {jax:,.0f} | {dense / jax:.0f} |",
              flush=True)


if __name__ == "__main__":
    main()
