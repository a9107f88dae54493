"""What may raise the return of Error Diffusion's agents: each choice alone, on search seeds and short trainings.

    python scripts/agent_levers.py TASK [--program target/release/dalenet] [--rule ed] [--levers NAME ...] [--seed 100]
                                   [--steps 5e6] [--until STEPS] [--set KEY=VALUE ...] [--out docs/results/agent-levers.jsonl]

Trains one run a lever with one thread and bf16 products, a lever at a time; --set changes what all of them stand on. Runs
whose whole configuration is in the output are not trained again. --until stops each training after so many of its steps:
the first part of a long one, whose rate is still large. Prints a Markdown table of the returns of the trained agents, or of
the episodes that ended in the last 1.5e6 steps before --until, of the last episodes of the training, and of the units that
are silent at its end.
"""

import argparse
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

from agent_alignment import analysis, train_to
from run_folder import records

# Steps before `--until` whose episodes are averaged.
LAST = 1.5e6
# Settings that differ from the preset's.
LEVERS = {
    "none": [],
    "rate halved": ["rate=RATE*0.5"],
    "rate quartered": ["rate=RATE*0.25"],
    "rate doubled": ["rate=RATE*2"],
    "rate doubled, annealed": ["rate=RATE*2", "anneal=true"],
    "rate tripled, annealed": ["rate=RATE*3", "anneal=true"],
    "rate tripled": ["rate=RATE*3"],
    "rate times 5": ["rate=RATE*5"],
    "rate times 10": ["rate=RATE*10"],
    "annealed": ["anneal=true"],
    "not annealed": ["anneal=false"],
    "a divergence of 0.01": ["target_kl=0.01"],
    "a divergence of 0.02": ["target_kl=0.02"],
    "a divergence of 0.05": ["target_kl=0.05"],
    "10 updates of warm-up": ["warmup=10"],
    "20 updates of warm-up": ["warmup=20"],
    "starts staggered": ["stagger=true"],
    "critic_gain 0.03": ["critic_gain=0.03"],
    "critic_gain 0.3": ["critic_gain=0.3"],
    "half the units": ["layers=UNITS/2"],
    "twice the units": ["layers=UNITS*2"],
    "no RMS normalisation": ["rms=false"],
    "without Dale's principle": ["dale=false"],
    "routing overlapping": ['routing="overlapping"'],
    "routing shared": ['routing="shared"'],
    "2 passes": ["epochs=2"],
    "8 passes": ["epochs=8"],
    "ln σ starts at -0.5": ["log_deviation=-0.5"],
    "ln σ starts at -1": ["log_deviation=-1"],
    "entropy 0.001": ["entropy_weight=0.001"],
    "entropy 0.003": ["entropy_weight=0.003"],
    "entropy 0.02": ["entropy_weight=0.02"],
    "discount 0.97": ["discount=0.97"],
    "discount 0.995": ["discount=0.995"],
    "rollouts of 20 steps": ["rollout=20"],
    "values not clipped": ["clip_value=false"],
    "ε 1e-3": ["epsilon=1e-3"],
    "ε 1e-4": ["epsilon=1e-4"],
    "ε 1e-7": ["epsilon=1e-7"],
    "ε 1e-8": ["epsilon=1e-8"],
    "norm up to 10": ["max_gradient_norm=10"],
    "norm up to 100": ["max_gradient_norm=100"],
    "initial weights halved": ["excitatory_gain=0.5", "inhibitory_gain=0.5"],
    "floor 0": ["floor=0"],
    "centred observations": ["centred_observations=true"],
    "silent units woken": ["wake_silent=true"],
    "silent units woken, ε 1e-3": ["wake_silent=true", "epsilon=1e-3"],
    "observations not normalised": ["normalise_observations=false"],
    "rewards not normalised": ["normalise_rewards=false"],
    "tanh, no RMS normalisation": ['response="tanh"', "rms=false"],
    "neither observations nor rewards normalised": ["normalise_observations=false", "normalise_rewards=false"],
    "no normalisation at all": ["rms=false", "normalise_observations=false", "normalise_rewards=false"],
    "tanh, no RMS, observations not normalised": ['response="tanh"', "rms=false", "normalise_observations=false"],
    "tanh, no normalisation at all": ['response="tanh"', "rms=false", "normalise_observations=false", "normalise_rewards=false"],
    "the critic by bp": ['critic_rule="bp"'],
    "the actor by bp": ['rule="bp"', 'critic_rule="ed"'],
    "truncation is an end": ["bootstrap_truncation=false"],
    "restarts at the first start": ["restart=same"],
    "PureJaxRL's ends and restarts": ["bootstrap_truncation=false", "restart=same"],
}


def configuration(program, arguments):
    """All settings of a training, as the program writes them."""
    lines = subprocess.run([program, "config", *arguments], check=True, capture_output=True, text=True).stdout
    return dict(line.split(" = ", 1) for line in lines.splitlines() if " = " in line and not line.startswith("#"))


def digest(settings):
    """What tells configurations apart, whatever the presets of the program are by then."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


def setting(text, rate, units):
    """A setting with the preset's rate and units put in."""
    key, value = text.split("=", 1)
    if value.startswith("RATE*"):
        value = f"{rate * float(value[5:]):.6g}"
    if value.startswith("UNITS"):
        factor = {"*": 1, "/": -1}[value[5]]
        value = json.dumps([int(count * float(value[6:]) ** factor) for count in units])
    return f"{key}={value}"


def trained(command):
    """The returns of the trained agent."""
    done = subprocess.run([*command, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    return {key: found[key] for key in ["return_mean", "return_std", "train_seconds"]}


def begun(command, run, until):
    """The returns of the episodes that ended in the last steps before `until`."""
    train_to(command, None, run, until)
    updates = [update for update in records(run / "metrics.jsonl") if until - LAST < update["steps"] and update["episodes"]]
    total = sum(update["episodes"] for update in updates)
    mean = sum(update["episodes"] * update["return_mean"] for update in updates) / total
    square = sum(update["episodes"] * (update["return_std"] ** 2 + update["return_mean"] ** 2) for update in updates) / total
    return {"return_mean": mean, "return_std": (square - mean**2) ** 0.5, "train_seconds": updates[-1]["seconds"]}


def train(program, arguments, until):
    """What a training finds, and the state at its end; `recent_return` is of the last 100 episodes.

    `dead` is the share of each layer's units that are silent on all transitions of a rollout.
    """
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [program, "--threads", "1", "train", *arguments, "--out", str(run)]
        returns = begun(command, run, until) if until else trained(command)
        last = records(run / "metrics.jsonl")[-1]
        state = {key: last[key] for key in ["recent_return", "entropy", "explained_variance", "clip_fraction", "floor_share"]}
        layers = analysis(program, run)
        dead = {network: [round(layer["dead"], 3) for layer in layers[network]] for network in ["actor", "critic"]}
        return returns | state | {"dead": dead}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("--rule", default="ed")
    parser.add_argument("--levers", nargs="+", default=list(LEVERS), choices=list(LEVERS))
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--steps", default="5e6")
    parser.add_argument("--until", type=float)
    parser.add_argument("--set", action="append", default=[], dest="base")
    parser.add_argument("--out", type=Path, default=Path("docs/results/agent-levers.jsonl"))
    parser.add_argument("task")
    args = parser.parse_args()
    if args.until and args.until > float(args.steps):
        parser.error(f"--until {args.until:g} is after the end of the training; raise --steps or lower --until")
    preset = configuration(args.program, [args.task, "--rule", args.rule])
    rate, units = float(preset["rate"]), json.loads(preset["layers"])
    print("| lever | return | last episodes | dead units, % |\n|---|---|---|---|")
    for lever in args.levers:
        settings = args.base + [setting(text, rate, units) for text in LEVERS[lever]]
        arguments = [args.task, "--rule", args.rule, "--seed", str(args.seed)]
        for text in [f"steps={args.steps}", "precision=bf16", *settings]:
            arguments += ["--set", text]
        cell = {"task": args.task, "rule": args.rule, "base": args.base, "lever": lever, "seed": args.seed, "steps": args.steps,
                "settings": settings, "configuration": digest(configuration(args.program, arguments))}
        cell |= {"until": args.until} if args.until else {}
        lines = records(args.out) if args.out.exists() else []
        known = [line for line in lines if line["configuration"] == cell["configuration"]]
        found = next((line for line in known if line.get("until") == args.until), None)
        if found is None:
            found = cell | train(args.program, arguments, args.until)
            with args.out.open("a") as file:
                file.write(json.dumps(found) + "\n")
        dead = {network: [round(100 * share) for share in layers] for network, layers in found.get("dead", {}).items()}
        print(f"| {lever} | {found['return_mean']:.2f} ± {found['return_std']:.2f} | {found['recent_return']:.2f} | {dead} |", flush=True)


if __name__ == "__main__":
    main()
