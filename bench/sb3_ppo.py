"""Stable-Baselines3's PPO on Dalenet's environments, and what its policy earns in Brax itself.

    pip install ./python[sb3]
    python bench/sb3_ppo.py cart-pole [--steps 200000]
    python bench/sb3_ppo.py half-cheetah [--steps 2000000] --save policy.npz
    pip install -r scripts/brax-requirements.txt        # perhaps in an environment of its own
    python bench/sb3_ppo.py half-cheetah --in-brax policy.npz

Printed are mean and standard deviation of the returns of the deterministic policy, over 64 episodes here and
over 16 in Brax (single precision, `positional`), as `scripts/brax_policy.py` plays Dalenet's own runs.
"""

import argparse
import pathlib
import sys
import time

import numpy as np

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / "scripts"
SETTINGS = {
    "cart-pole": dict(envs=16, steps=150_000, n_steps=64, batch_size=256, n_epochs=10, gamma=0.99,
                      gae_lambda=0.9, learning_rate=1e-3, clip_range=0.2),
    "half-cheetah": dict(envs=64, steps=2_000_000, n_steps=64, batch_size=1024, n_epochs=8, gamma=0.97,
                         gae_lambda=0.95, learning_rate=1e-3, clip_range=0.2),
}  # fmt: skip


def falling(start):
    """A schedule that falls to 0 at the end."""
    return lambda rest: rest * start


def train(task, steps, seed):
    """The model and the environments whose moments normalise its observations."""
    from stable_baselines3 import PPO
    from stable_baselines3.common.vec_env import VecMonitor, VecNormalize

    from dalenet.sb3 import VecEnv

    settings = dict(SETTINGS.get(task, SETTINGS["half-cheetah"]))
    count = settings.pop("envs")
    steps = steps or settings["steps"]
    settings.pop("steps")
    for name in ("learning_rate", "clip_range"):
        settings[name] = falling(settings[name])
    envs = VecMonitor(VecEnv(task, count, stagger=True))
    is_plain = task == "cart-pole"
    envs = VecNormalize(envs, norm_obs=not is_plain, norm_reward=not is_plain, gamma=settings["gamma"])
    model = PPO("MlpPolicy", envs, seed=seed, device="cpu", **settings)
    start = time.perf_counter()
    model.learn(steps)
    print(f"{task}: {steps} steps in {time.perf_counter() - start:.0f} s")
    return model, envs


def evaluate(task, model, envs, count=64):
    """The returns of as many episodes."""
    from dalenet.sb3 import VecEnv

    plays = VecEnv(task, count)
    plays.seed(1_000_000)
    obs, totals, alive = plays.reset(), np.zeros(count), np.ones(count)
    while alive.any():
        actions, _ = model.predict(envs.normalize_obs(obs), deterministic=True)
        obs, rewards, over, _ = plays.step(actions)
        totals += alive * rewards
        alive *= ~over
    return totals


def save(path, model, envs):
    """The actor: moments of observations, then layers with tanh between them."""
    layers = [layer for layer in model.policy.mlp_extractor.policy_net if hasattr(layer, "weight")]
    layers.append(model.policy.action_net)
    moments = envs.obs_rms  # of normalised observations, as all but cart-pole's are
    arrays = {"mean": moments.mean, "variance": moments.var}
    for i, layer in enumerate(layers):
        arrays[f"weight{i}"] = layer.weight.detach().numpy()
        arrays[f"bias{i}"] = layer.bias.detach().numpy()
    np.savez(path, **arrays)


def returns_in_brax(task, path, episodes=16, steps=1000):
    sys.path.insert(0, str(SCRIPTS))
    import jax.numpy as jnp
    from brax_policy import environment, returns_of

    arrays = {name: jnp.asarray(array, jnp.float32) for name, array in np.load(path).items()}
    depth = sum(name.startswith("weight") for name in arrays)

    def policy(observation):
        h = (observation - arrays["mean"]) / jnp.sqrt(arrays["variance"] + 1e-8)
        h = jnp.clip(h, -10, 10)
        for i in range(depth):
            h = h @ arrays[f"weight{i}"].T + arrays[f"bias{i}"]
            h = jnp.tanh(h) if i + 1 < depth else jnp.clip(h, -1, 1)
        return h

    returns, _ = returns_of(environment(task, "positional"), policy, episodes, steps, seed=0)
    return returns


def report(where, totals):
    print(f"{where}: {totals.mean():.1f} ± {totals.std(ddof=1):.1f} over {len(totals)} episodes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("task")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=pathlib.Path, help="the policy, as .npz")
    parser.add_argument("--in-brax", type=pathlib.Path, help="play a saved policy in Brax")
    args = parser.parse_args()
    if args.in_brax:
        report("Brax", returns_in_brax(args.task, args.in_brax))
        return
    model, envs = train(args.task, args.steps, args.seed)
    if args.save:
        save(args.save, model, envs)
    report("Dalenet", evaluate(args.task, model, envs))


if __name__ == "__main__":
    main()
