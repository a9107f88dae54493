"""Environment steps per second of one core, Dalenet beside Brax's `positional` pipeline.

    pip install -r scripts/brax-requirements.txt
    python bench/brax_steps.py [--rounds 2] [--tasks half-cheetah ant humanoid] [--seconds 5]

Both do the whole of a training environment's step: physics, observation, reward, episode length
and resets, under uniformly random actions, in single precision, 256 environments at once. Seconds
are those of the processor, summed over threads, so that neither gains from a second core. The
programs take turns, so that a change of the machine's speed meets both; the table has medians over
the rounds. Brax is compiled, and run twice, before it is timed.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
COUNT, STEPS = 256, 20


def brax(task, seconds):
    """Yields Brax's rate each time it is asked for one."""
    import warnings

    warnings.filterwarnings("ignore")
    import jax
    from brax import envs
    from brax.envs.wrappers import training

    env = envs.get_environment(task.replace("-", "_").replace("half_", "half"), backend="positional")
    env = training.wrap(env, episode_length=1000)

    @jax.jit
    def roll(state, key):
        def step(state, key):
            action = jax.random.uniform(key, (COUNT, env.action_size), minval=-1.0, maxval=1.0)
            state = env.step(state, action)
            return state, state.reward.mean()

        return jax.lax.scan(step, state, jax.random.split(key, STEPS))

    state = jax.jit(env.reset)(jax.random.split(jax.random.PRNGKey(0), COUNT))
    for _ in range(2):
        state, _ = jax.block_until_ready(roll(state, jax.random.PRNGKey(1)))
    while True:
        calls, start = 0, time.process_time()
        while time.process_time() - start < seconds or calls == 0:
            state, _ = jax.block_until_ready(roll(state, jax.random.PRNGKey(2 + calls)))
            calls += 1
        yield COUNT * STEPS * calls / (time.process_time() - start)


def dalenet(task):
    command = ["cargo", "bench", "--quiet", "-p", "dalenet-envs", "--bench", "steps", "--", task]
    environment = os.environ | {"RAYON_NUM_THREADS": "1"}
    text = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=HERE.parent, env=environment
    ).stdout
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return lines[0]["steps_per_cpu_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=5.0, help="of Brax in a round")
    parser.add_argument("--tasks", nargs="+", default=["half-cheetah", "ant", "humanoid"])
    args = parser.parse_args()
    print("| steps per second of one core | Dalenet | Brax | ratio |")
    print("|---|---|---|---|")
    for task in args.tasks:
        reference, ours, theirs = brax(task, args.seconds), [], []
        for _ in range(args.rounds):
            ours.append(dalenet(task))
            theirs.append(next(reference))
        a, b = statistics.median(ours), statistics.median(theirs)
        print(f"| {task} | {a:,.0f} | {b:,.0f} | {a / b:.0f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
