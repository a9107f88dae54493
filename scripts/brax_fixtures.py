"""Writes trajectories of Brax itself, in float64, for the conformance test of dalenet-envs.

    python -m venv brax-env && brax-env/bin/pip install -r scripts/brax-requirements.txt
    brax-env/bin/python scripts/brax_fixtures.py [--seeds 0 1 2 3] [--tasks ant humanoid] [--out DIR]
    brax-env/bin/python scripts/brax_fixtures.py --backend mjx

The committed files are what it writes by these, without the brackets. On cases of your own:

    brax-env/bin/python scripts/brax_fixtures.py --seeds 17 18 --out my-fixtures
    DALENET_FIXTURES=my-fixtures cargo test -p dalenet-envs --test brax_conformance -- --nocapture
    brax-env/bin/python scripts/brax_fixtures.py --backend mjx --seeds 17 18 --out my-fixtures
    DALENET_FIXTURES=my-fixtures cargo test -p dalenet-envs --test mujoco_conformance --features mujoco

A seed gives two or three cases: `start`, from Brax's own reset, `later`, from where random actions
led after a while, mostly on the ground, and `end`, shortly before the end of a task that has one.
Each lasts STEPS environment steps under one of four kinds of actions. All start from given joint
positions and velocities, so that nothing hidden is needed to begin where Brax began.

Tensors of <task>.safetensors, with Q positions, V velocities, A actuators, O observations, L
links, T = STEPS; all float64:

    <case>/q0, qd0, observation0            Q, V, O     before the first action
    <case>/actions                          T x A
    <case>/q, qd, observations              T x Q, V, O  after each action
    <case>/rewards, done                    T
    <case>/gap                              T           from the lowest contact point to the ground, in metres
    <case>/positions, rotations             L x 3, 4    links in the world after the last action
    init_q                                  Q           where resets begin
"""

import argparse
import pathlib
import warnings

warnings.filterwarnings("ignore")

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
from brax import contact, envs
from brax_constants import TASKS
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "crates/dalenet-envs/tests/fixtures"
OUT = {"positional": FIXTURES, "mjx": FIXTURES / "mujoco"}
STEPS = 10


def actions_of(kind, rng, size):
    """T x A actions of one of the four kinds."""
    if kind == "uniform":
        return rng.uniform(-1, 1, (STEPS, size))
    if kind == "beyond the limits":
        return rng.uniform(-1.6, 1.6, (STEPS, size))
    if kind == "bang-bang":
        return rng.choice([-1.0, 1.0], (STEPS, size))
    time = np.arange(STEPS)[:, None] + rng.uniform(0, 10, size)
    return np.sin(0.7 * time)


# How tasks end: what comes near the end (z is that of the torso), where the end is, from which side,
# and other positions, mostly of bent legs that would be in the way.
KNEEL = {13: -1.6, 17: -1.6}
CROUCH = {3: -1.4, 4: -1.4}
ENDS = {
    "ant": [("z", 0.2, 1, {}), ("z", 1.0, -1, {})],
    "humanoid": [("z", 1.0, 1, KNEEL), ("z", 2.0, -1, {})],
    "hopper": [("z", 0.7, 1, CROUCH), (2, 0.2, -1, {}), (2, -0.2, 1, {}), ("speed", 100, -1, {})],
    "walker2d": [("z", 0.8, 1, CROUCH | {6: -1.4, 7: -1.4}), ("z", 2.0, -1, {}), (2, 1.0, -1, {}),
                 (2, -1.0, 1, {})],
    # Half of them with the cart beyond the end of its rail.
    "inverted_pendulum": [(1, 0.2, -1, {}), (1, -0.2, 1, {0: 1.2}), (1, -0.2, 1, {}),
                          (1, 0.2, -1, {0: -1.2})],
    "inverted_double_pendulum": [(1, 0.58, -1, {}), (1, -0.58, 1, {0: 1.2}), (1, -0.58, 1, {}),
                                 (1, 0.58, -1, {0: -1.2})],
}


def before_the_end(env, q, qd, end):
    """The same state moved to where a few steps lead to an end."""
    what, limit, side, joints = end
    q, qd = np.array(q), np.array(qd)
    for joint, angle in joints.items():
        q[joint] = angle
    if what == "speed":
        qd[0] = limit + 0.01 * side
        return q, qd
    free = env.sys.link_types[0] == "f"
    place = (2 if free else 1) if what == "z" else what
    seconds, away = 3 * float(env.dt), 0.02 * side
    now, fall = q[place], 0.0
    if what == "z":
        now = float(env.pipeline_init(jnp.asarray(q), jnp.asarray(qd)).x.pos[0, 2])
        fall = 0.5 * 9.81 * seconds if side < 0 else 0.0  # what goes up is slowed down
    q[place] += limit + away - now
    qd[place] = fall - away / seconds
    return q, qd


KINDS = ("uniform", "beyond the limits", "bang-bang", "sine")


def program(env):
    """Reset, and STEPS steps from given positions and velocities, both compiled."""
    humanoid = type(env).__name__ == "Humanoid"

    def observe(state):
        return env._get_obs(state, jnp.zeros(env.action_size)) if humanoid else env._get_obs(state)

    def gap(x):
        contacts = contact.get(env.sys, x)
        return jnp.ones(()) if contacts is None else contacts.dist.min()

    @jax.jit
    def reset(key):
        state = env.reset(key).pipeline_state
        return state.q, state.qd

    @jax.jit
    def run(q, qd, actions):
        pipeline = env.pipeline_init(q, qd)
        first = observe(pipeline)
        zero = jnp.zeros(())
        metrics = env.reset(jax.random.PRNGKey(0)).metrics

        def step(pipeline, action):
            state = envs.State(pipeline, first, zero, zero, dict(metrics), {})
            state = env.step(state, action)
            p = state.pipeline_state
            return p, (p.q, p.qd, state.obs, jnp.float64(state.reward), state.done, gap(p.x))

        last, trace = jax.lax.scan(step, pipeline, actions)
        return first, trace, last.x

    return reset, run


def cases(name, backend, seeds):
    env = envs.get_environment(name, backend=backend)
    reset, run = program(env)
    tensors = {"init_q": np.asarray(env.sys.init_q)}
    # Where they are was found under `positional`.
    ends = ENDS.get(name, []) if backend == "positional" else []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        q, qd = reset(jax.random.PRNGKey(seed))
        near = before_the_end(env, q, qd, ends[seed % len(ends)]) if ends else None
        for when in ("start", "later", "end") if ends else ("start", "later"):
            if when == "later":
                for _ in range(1 + seed % 4):
                    _, trace, _ = run(q, qd, rng.uniform(-1, 1, (STEPS, env.action_size)))
                    q, qd = trace[0][-1], trace[1][-1]
            if when == "end":
                q, qd = near
            kind = KINDS[(seed + (when != "start")) % len(KINDS)]
            actions = actions_of(kind, rng, env.action_size)
            first, trace, x = run(q, qd, actions)
            arrays = dict(zip(("q", "qd", "observations", "rewards", "done", "gap"), trace))
            arrays |= {"q0": q, "qd0": qd, "observation0": first, "actions": actions}
            arrays |= {"positions": x.pos, "rotations": x.rot}
            for key, value in arrays.items():
                array = np.ascontiguousarray(value, np.float64)
                assert np.all(np.isfinite(array)), f"{name}, seed {seed}, {when}: {key}"
                tensors[f"seed{seed}_{when}/{key}"] = array
            lowest = 1e3 * float(arrays["gap"].min())
            print(f"  seed {seed} {when:5} {kind:17} smallest gap {lowest:.4f} mm, "
                  f"{int(arrays['done'].sum())} of {STEPS} done", flush=True)
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backend", default="positional", choices=list(OUT))
    parser.add_argument("--out", type=pathlib.Path, help="where the fixtures of the tests are")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3])
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    args = parser.parse_args()
    out = args.out or OUT[args.backend]
    out.mkdir(parents=True, exist_ok=True)
    for task in args.tasks:
        path = out / f"{task}.safetensors"
        print(path.name, flush=True)
        save_file(cases(TASKS[task], args.backend, args.seeds), path)


if __name__ == "__main__":
    main()
