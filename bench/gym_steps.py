"""Environment steps per second from Python, beside the Rust bench and other environments for Gymnasium.

    pip install ./python[gym]
    python bench/gym_steps.py [--rounds 3] [--counts 256 2048] [--tasks half-cheetah ant humanoid
        craftax-classic craftax] [--others] [--one]

The Rust bench is `cargo bench -p dalenet-envs --bench steps`: the same step, without Python. `--others` sets
HalfCheetah beside Brax's own wrapper for Gym (`pip install brax`), Gymnasium's `AsyncVectorEnv` of MuJoCo's
HalfCheetah-v5 (`pip install "gymnasium[mujoco]"`) and EnvPool's (`pip install envpool`), each where it is
installed; `--one` measures a single environment. Rates are per second of the clock, on all cores and, in
brackets, per second of the processor summed over threads and processes. The programs take turns, so that a
change of the machine's speed meets all; the tables have medians over the rounds. Actions are random, drawn
beforehand; every program steps N environments and resets those whose episodes are over.
"""

import argparse
import importlib.util
import json
import pathlib
import statistics
import subprocess
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
WARM_UP = 0.3  # seconds
TASKS = ["half-cheetah", "ant", "humanoid", "craftax-classic", "craftax"]


class Rate:
    """Steps per second of the clock and of the processor."""

    def __init__(self, clock, cpu):
        self.clock, self.cpu = clock, cpu


def cpu_seconds(pids=()):
    """Of this process and, as Linux counts them, of others."""
    total = time.process_time()
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / 100
    return total


def rate_of(step, count, seconds, pids=()):
    """`step(i)` steps `count` environments. Warms up as long as the Rust bench."""
    start = time.perf_counter()
    while time.perf_counter() - start < WARM_UP:
        for i in range(16):
            step(i)
    steps, clock, cpu = 0, time.perf_counter(), cpu_seconds(pids)
    while (elapsed := time.perf_counter() - clock) < seconds:
        for i in range(16):
            step(i)
        steps += 16 * count
    return Rate(steps / elapsed, steps / max(cpu_seconds(pids) - cpu, 1e-9))


def actions_of(envs):
    envs.action_space.seed(0)
    return [envs.action_space.sample() for _ in range(16)]


def ours(task, count, seconds, **options):
    """Yields our rate each time it is asked for one."""
    from dalenet.gym import VectorEnv

    envs = VectorEnv(task, count, **options)
    envs.reset(seed=0)
    actions = actions_of(envs)
    while True:
        yield rate_of(lambda i: envs.step(actions[i]), count, seconds)


def rust(task, count, _seconds):
    command = ["cargo", "bench", "--quiet", "-p", "dalenet-envs", "--bench", "steps", "--"]
    while True:
        text = subprocess.run(
            [*command, task, f"count={count}"],
            check=True, capture_output=True, text=True, cwd=HERE.parent,
        ).stdout  # fmt: skip
        line = next(json.loads(line) for line in text.splitlines() if line.startswith("{"))
        yield Rate(line["steps_per_second"], line["steps_per_cpu_second"])


def brax(_task, count, seconds):
    """Brax's own `VectorGymWrapper`, compiled, without a GPU."""
    from brax import envs
    from brax.envs.wrappers.gym import VectorGymWrapper

    env = envs.create("halfcheetah", backend="positional", batch_size=count, episode_length=1000)
    env = VectorGymWrapper(env)
    env.reset()
    draw = np.random.default_rng(0)
    actions = [draw.uniform(-1, 1, (count, 6)).astype(np.float32) for _ in range(16)]
    while True:
        yield rate_of(lambda i: np.asarray(env.step(actions[i])[0]), count, seconds)


def mujoco(_task, count, seconds):
    """Gymnasium's processes, one an environment."""
    import gymnasium

    envs = gymnasium.make_vec("HalfCheetah-v5", num_envs=count, vectorization_mode="async")
    envs.reset(seed=0)
    actions, pids = actions_of(envs), [process.pid for process in envs.processes]
    while True:
        yield rate_of(lambda i: envs.step(actions[i]), count, seconds, pids)


def envpool(_task, count, seconds):
    import envpool

    envs = envpool.make("HalfCheetah-v4", env_type="gymnasium", num_envs=count)
    envs.reset()
    draw = np.random.default_rng(0)
    actions = [draw.uniform(-1, 1, (count, 6)) for _ in range(16)]
    while True:
        yield rate_of(lambda i: envs.step(actions[i]), count, seconds)


def medians(programs, rounds):
    """Each program's median rate; they take turns, the order reversed each time: after a pause, as
    that in which the other program starts, the machine is slower."""
    rates = {name: [] for name in programs}
    order = list(programs.items())
    for _ in range(rounds):
        for name, program in order:
            rates[name].append(next(program))
        order.reverse()
    return {
        name: Rate(*(statistics.median(getattr(r, of) for r in some) for of in ("clock", "cpu")))
        for name, some in rates.items()
    }


def shown(rate):
    return f"{rate.clock:,.0f} ({rate.cpu:,.0f})"


def against_rust(args):
    print("| task | N | Python | Rust | Python / Rust |\n|---|---|---|---|---|")
    for task in args.tasks:
        for count in args.counts:
            given = (task, count, args.seconds)
            found = medians({"python": ours(*given), "rust": rust(*given)}, args.rounds)
            a, b = found["python"], found["rust"]
            ratios = f"{a.clock / b.clock:.3f} ({a.cpu / b.cpu:.3f})"
            print(f"| {task} | {count} | {shown(a)} | {shown(b)} | {ratios} |", flush=True)


def against_others(args):
    print("\n| HalfCheetah by | N | steps/s | Dalenet / it |\n|---|---|---|---|")
    others = {"brax": (brax, 256), "mujoco": (mujoco, 16), "envpool": (envpool, 256)}
    for name, (program, count) in others.items():
        if importlib.util.find_spec(name) is None:
            print(f"| {name} | | not installed | |")
            continue
        given = ("half-cheetah", count, args.seconds)
        found = medians({"ours": ours(*given), name: program(*given)}, args.rounds)
        a, b = found["ours"], found[name]
        ratios = f"{a.clock / b.clock:.1f} ({a.cpu / b.cpu:.1f})"
        print(f"| {name} | {count} | {shown(b)} | {ratios} |", flush=True)


def one(args):
    """A single environment: microseconds a step, all of Python included."""
    import dalenet.gym
    import gymnasium

    print("\n| one environment | µs a step |\n|---|---|")
    for task in args.tasks:
        for name, env in {
            "Env": dalenet.gym.Env(task),
            "gymnasium.make": gymnasium.make(dalenet.envs.find(task).id),
        }.items():
            env.action_space.seed(0)
            actions = [env.action_space.sample() for _ in range(16)]
            env.reset(seed=0)

            def step(i, env=env, actions=actions):
                _, _, terminated, truncated, _ = env.step(actions[i])
                if terminated or truncated:
                    env.reset()

            rates = [rate_of(step, 1, args.seconds) for _ in range(args.rounds)]
            clock, cpu = (statistics.median(getattr(r, of) for r in rates) for of in ("clock", "cpu"))
            print(f"| {name}, {task} | {1e6 / clock:.1f} ({1e6 / cpu:.1f}) |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="of a program in a round")
    parser.add_argument("--counts", nargs="+", type=int, default=[256, 2048])
    parser.add_argument("--tasks", nargs="*", default=TASKS)
    parser.add_argument("--others", action="store_true", help="beside other libraries")
    parser.add_argument("--one", action="store_true", help="a single environment alone")
    args = parser.parse_args()
    if args.one:
        one(args)
    elif args.others:
        against_others(args)
    else:
        against_rust(args)


if __name__ == "__main__":
    main()
