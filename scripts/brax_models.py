"""Writes the MJCF models of Brax's tasks as Brax hands them to MuJoCo, one XML file a task.

    python -m venv brax-env && brax-env/bin/pip install -r scripts/brax-requirements.txt
    brax-env/bin/python scripts/brax_models.py [--out crates/dalenet-envs/src/brax/mujoco/models]

Brax first merges bodies without joints into their parents, which rounds places to six digits: the
models are those after that. What its backend `mjx` changes besides for some tasks is in
crates/dalenet-envs/src/brax/mujoco/mod.rs; the script stops if Brax changes anything else.
"""

import argparse
import pathlib
import warnings

warnings.filterwarnings("ignore")

import brax
import mujoco
import numpy as np
from brax import envs
from brax.io import mjcf
from brax_constants import TASKS

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "crates/dalenet-envs/src/brax/mujoco/models"
NOTICE = "From Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE."


def model_of(ours, theirs):
    """The model's text, compared with what Brax's environment holds."""
    assert brax.__version__ in NOTICE
    file = pathlib.Path(brax.__file__).parent / f"envs/assets/{ours}.xml"
    text = mjcf.fuse_bodies(file.read_text())
    model = mujoco.MjModel.from_xml_string(text)
    env = envs.get_environment(theirs, backend="mjx")
    for key in ("body_mass", "body_inertia", "dof_damping", "dof_armature", "jnt_stiffness",
                "actuator_gear", "actuator_ctrlrange", "geom_friction", "qpos0"):
        assert np.allclose(getattr(env.sys, key), getattr(model, key), 1e-6, 1e-7), (ours, key)
    assert np.isclose(env.sys.opt.timestep, model.opt.timestep)
    solver = ("solver", "integrator", "cone", "iterations", "ls_iterations", "disableflags")
    changed = [key for key in solver if int(getattr(env.sys.opt, key)) != getattr(model.opt, key)]
    print(f"{ours}: {env._n_frames} frames of {model.opt.timestep} s; Brax changes", *changed)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for ours, theirs in TASKS.items():
        (args.out / f"{ours}.xml").write_text(f"<!-- {NOTICE} -->\n{model_of(ours, theirs)}\n")


if __name__ == "__main__":
    main()
