"""Writes single steps of Gymnasium's CartPole-v1 for the test of dalenet-envs.

    pip install gymnasium==1.4.0
    python scripts/cart_pole_fixture.py [--out crates/dalenet-envs/tests/fixtures/cart_pole.json]

Each line: four numbers before, the action, four after, whether the task is over.
"""

import argparse
import json
import pathlib

import gymnasium
import numpy as np

OUT = pathlib.Path(__file__).resolve().parent.parent / "crates/dalenet-envs/tests/fixtures/cart_pole.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    args = parser.parse_args()
    env = gymnasium.make("CartPole-v1").unwrapped
    rng = np.random.default_rng(0)
    lines = []
    for _ in range(64):
        env.reset(seed=0)
        # Now and then beyond the limits of place (2.4 m) and tilt (0.2095 rad).
        before = rng.uniform(-1, 1, 4) * [2.5, 2.0, 0.22, 2.0]
        env.state = tuple(before)
        action = int(rng.integers(2))
        _, reward, over, _, _ = env.step(action)
        assert reward == 1.0
        lines.append([before.tolist(), action, [float(x) for x in env.state], bool(over)])
    args.out.write_text("[\n" + ",\n".join(map(json.dumps, lines)) + "\n]\n")
    print(sum(line[3] for line in lines), "of", len(lines), "are over")


if __name__ == "__main__":
    main()
