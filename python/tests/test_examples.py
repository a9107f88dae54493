"""The notebook and the examples of PPO run, at small size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(folder: Path, script: Path, *arguments: str) -> str:
    """What a script prints."""
    command = [sys.executable, str(script), *arguments]
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_notebook(tmp_path: Path) -> None:
    for needed in ["matplotlib", "pandas", "gymnasium"]:
        pytest.importorskip(needed)
    lines = []
    for cell in json.loads((EXAMPLES / "first_steps.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            *before, last = "".join(cell["source"]).rstrip().splitlines()
            is_page = last.endswith((".play()", ".play(seed=1)"))
            lines += [*before, f"print({last}._repr_html_()[:7])" if is_page else last]
            if "parameters" in cell["metadata"].get("tags", []):
                lines += ["layers, epochs, steps = [16, 16], 1, 5120"]
    script = tmp_path / "first_steps.py"
    script.write_text("\n".join(lines), encoding="utf-8")
    assert run(tmp_path, script).split() == ["<iframe", "<iframe"]
    assert (tmp_path / "runs" / "mnist-ed-seed0" / "result.json").exists()


@pytest.mark.parametrize("rule", ["ed", "bp"])
def test_ppo_cleanrl(tmp_path: Path, rule: str) -> None:
    pytest.importorskip("gymnasium")
    small = ["--num-envs", "8", "--num-steps", "8", "--steps", "256", "--num-minibatches", "2"]
    printed = run(tmp_path, EXAMPLES / "ppo_cleanrl.py", "--rule", rule, *small)
    assert printed.splitlines()[-1].startswith("steps       256")


@pytest.mark.torch
def test_ppo_sb3(tmp_path: Path) -> None:
    pytest.importorskip("stable_baselines3")
    small = ["--env", "cart-pole", "--steps", "1024", "--envs", "8", "--episodes", "2"]
    printed = run(tmp_path, EXAMPLES / "ppo_sb3.py", *small)
    assert "over 2 episodes" in printed
