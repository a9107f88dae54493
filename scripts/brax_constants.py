"""Writes the constants of Brax's tasks under the `positional` pipeline, one JSON file a task.

    python -m venv brax-env && brax-env/bin/pip install -r scripts/brax-requirements.txt
    brax-env/bin/python scripts/brax_constants.py [--out crates/dalenet-envs/src/brax/constants]

The values are read out of Brax in float64 as `envs.get_environment(task, backend="positional")`
sets them, with that backend's own time steps and gears. Masses and inertias are written as the
pipeline uses them: m^(1 - spring_mass_scale) and diag(I)^(1 - spring_inertia_scale).

Everything is checked that the Rust port leaves out: restitution, actuator bias and force limits,
fluids, contacts other than with the plane z = 0. The script stops rather than write a file that
the port would not honour.
"""

import argparse
import json
import pathlib
import re
import warnings

warnings.filterwarnings("ignore")

import brax
import jax

jax.config.update("jax_enable_x64", True)

import mujoco
import numpy as np
from brax import contact, envs, kinematics
from brax.base import QD_WIDTHS, Motion

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "crates/dalenet-envs/src/brax/constants"

# The name of our file, and Brax's name.
TASKS = {
    "ant": "ant",
    "half_cheetah": "halfcheetah",
    "hopper": "hopper",
    "humanoid": "humanoid",
    "inverted_double_pendulum": "inverted_double_pendulum",
    "inverted_pendulum": "inverted_pendulum",
    "reacher": "reacher",
    "walker2d": "walker2d",
}


def numbers(x):
    """A flat list of plain floats; infinite limits become null, which JSON can hold."""
    return [float(v) if np.isfinite(v) else None for v in np.asarray(x, np.float64).ravel()]


def rows(x):
    return [numbers(row) for row in np.asarray(x, np.float64)]


def joint(sys, link, kind, dofs):
    """What the pipeline derives from a link's degrees of freedom: axes, frame, limits."""
    if kind == "f":
        return {"kind": "free"}
    count = QD_WIDTHS[kind]
    motion = jax.tree.map(lambda x: x[dofs], sys.dof.motion)
    frame, parity = kinematics.link_to_joint_frame(motion)
    low, high = (limit[dofs] for limit in sys.dof.limit)
    ang, vel = np.asarray(motion.ang), np.asarray(motion.vel)
    for a, v in zip(ang, vel):
        assert np.any(a) != np.any(v), f"link {link}: a degree of freedom turns and slides"
    return {
        "kind": "axes",
        "frame": rows(frame.ang),
        "parity": float(parity),
        "axes": [
            {
                "kind": "hinge" if np.any(ang[i]) else "slide",
                "axis": numbers(ang[i] if np.any(ang[i]) else vel[i]),
                "limit": [numbers(low[i])[0], numbers(high[i])[0]],
            }
            for i in range(count)
        ],
    }


def links(sys):
    names = list(sys.link_names)
    link, start, result = sys.link, 0, []
    mass = np.asarray(link.inertia.mass) ** (1 - sys.spring_mass_scale)
    for i, kind in enumerate(sys.link_types):
        inertia = np.asarray(link.inertia.i[i])
        assert np.all(inertia == np.diag(np.diagonal(inertia))), "an inertia is not diagonal"
        result.append({
            "name": names[i],
            "parent": int(sys.link_parents[i]) if sys.link_parents[i] >= 0 else None,
            "position": numbers(link.transform.pos[i]),
            "rotation": numbers(link.transform.rot[i]),
            "joint_position": numbers(link.joint.pos[i]),
            "joint_rotation": numbers(link.joint.rot[i]),
            "com_position": numbers(link.inertia.transform.pos[i]),
            "com_rotation": numbers(link.inertia.transform.rot[i]),
            "mass": float(mass[i]),
            "inertia": numbers(np.diagonal(inertia) ** (1 - sys.spring_inertia_scale)),
            "ang_damping": float(link.constraint_ang_damping[i]),
            "vel_damping": float(link.constraint_vel_damping[i]),
            "joint": joint(sys, i, kind, slice(start, start + QD_WIDTHS[kind])),
        })
        start += QD_WIDTHS[kind]
    return result


def shapes(sys, x):
    """All geometries but planes, for pictures; those that can touch the plane have friction."""
    model = sys.mj_model
    friction, planes = {}, [g for g in range(model.ngeom) if model.geom_type[g] == 0]
    contacts = contact.get(sys, x)
    if contacts is not None:
        for one, other, mu, bounce in zip(
            np.asarray(contacts.geom1), np.asarray(contacts.geom2),
            np.asarray(contacts.friction)[:, 0], np.asarray(contacts.elasticity),
        ):
            plane, geom = int(one), int(other)
            assert plane in planes and geom not in planes, "a contact without the plane"
            assert not np.any(model.geom_pos[plane]), "the plane is not at z = 0"
            assert np.all(model.geom_quat[plane] == [1, 0, 0, 0]), "the plane is not level"
            assert model.geom_bodyid[plane] == 0, "the plane moves"
            assert bounce == 0, "restitution"
            friction[geom] = float(mu)
    result = []
    for g in range(model.ngeom):
        if g in planes:
            continue
        kind = mujoco.mjtGeom(model.geom_type[g]).name[len("mjGEOM_"):].lower()
        assert g not in friction or kind in ("sphere", "capsule"), f"contact of a {kind}"
        result.append({
            "kind": kind,
            "link": int(model.geom_bodyid[g]) - 1 if model.geom_bodyid[g] > 0 else None,
            "position": numbers(model.geom_pos[g]),
            "rotation": numbers(model.geom_quat[g]),
            "size": numbers(model.geom_size[g]),
            "friction": friction.get(g),
        })
    return result


def actuators(sys):
    actuator = sys.actuator
    assert not np.any(actuator.bias_q) and not np.any(actuator.bias_qd), "actuator bias"
    assert np.all(np.isinf(actuator.force_range)), "actuator force limits"
    return [
        {
            "dof": int(actuator.qd_id[i]),
            "gear": float(actuator.gear[i] * actuator.gain[i]),
            "range": numbers(actuator.ctrl_range[i]),
        }
        for i in range(sys.act_size())
    ]


def constants(name):
    env = envs.get_environment(name, backend="positional")
    sys = env.sys
    assert not sys.enable_fluid, "fluid forces"
    x, _ = kinematics.forward(sys, sys.init_q, np.zeros(sys.qd_size()))
    return {
        "source": f"Brax {brax.__version__}, {name}, positional",
        "frames": env._n_frames,
        "time_step": float(sys.opt.timestep),
        "gravity": numbers(sys.gravity),
        "vel_damping": float(sys.vel_damping),
        "ang_damping": float(sys.ang_damping),
        "joint_scale_pos": float(sys.joint_scale_pos),
        "joint_scale_ang": float(sys.joint_scale_ang),
        "collide_scale": float(sys.collide_scale),
        "init_q": numbers(sys.init_q),
        "actuators": actuators(sys),
        "links": links(sys),
        "shapes": shapes(sys, x),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for ours, theirs in TASKS.items():
        text = json.dumps(constants(theirs), indent=1)
        # Lists of numbers on one line.
        text = re.sub(r"\[[^][{}]*\]", lambda found: re.sub(r"\s+", " ", found[0]), text)
        (args.out / f"{ours}.json").write_text(text + "\n")
        print(f"{ours}.json: {len(text)} bytes")


if __name__ == "__main__":
    main()
