"""What several tests use: small data sets, and the program itself."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_data import Arrays, bars

@pytest.fixture(scope="session")
def train_data() -> Arrays:
    return bars(600, 0)


@pytest.fixture(scope="session")
def test_data() -> Arrays:
    return bars(200, 1)


@pytest.fixture
def bars_file(tmp_path: Path, train_data: Arrays, test_data: Arrays) -> Path:
    """The same as a file."""
    path = tmp_path / "bars.npz"
    (x, y), (x_test, y_test) = train_data, test_data
    np.savez(path, x_train=x, y_train=y, x_test=x_test, y_test=y_test)
    return path


@pytest.fixture(scope="session")
def program() -> Callable[..., dict[str, Any]]:
    """Runs `dalenet ARGUMENTS --json`, and returns the object that it prints.

    The program is `$DALENET_PROGRAM`, or the one that `cargo build` made.
    """
    built = Path(__file__).parents[2] / "target" / "debug" / "dalenet"
    path = os.environ.get("DALENET_PROGRAM") or (built if built.exists() else shutil.which("dalenet"))
    if path is None:
        pytest.skip("the program is not built: cargo build -p dalenet-cli")

    def run(*arguments: object) -> dict[str, Any]:
        command = [str(path), *map(str, arguments), "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        printed: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return printed

    return run
