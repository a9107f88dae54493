"""The snippets of docs/PYTHON.md run, in their order, and so do those of the docstrings."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import dalenet

GUIDE = Path(__file__).parents[2] / "docs" / "PYTHON.md"

MODULES = [
    module.name
    for module in pkgutil.walk_packages(dalenet.__path__, "dalenet.", onerror=lambda _: None)
    if module.name != "dalenet._core"
]


def snippets(kind: str) -> list[tuple[int, str]]:
    """First line and text of each block of this kind."""
    text = GUIDE.read_text(encoding="utf-8")
    fences = re.finditer(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S)
    return [(text[: fence.start()].count("\n") + 2, fence[1]) for fence in fences]


def run(kind: str) -> int:
    blocks = snippets(kind)
    names: dict[str, object] = {"__name__": "guide"}
    for line, text in blocks:
        exec(compile("\n" * (line - 1) + text, str(GUIDE), "exec"), names)
    return len(blocks)


def test_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for needed in ["gymnasium", "sklearn"]:
        pytest.importorskip(needed)
    monkeypatch.chdir(tmp_path)
    assert run("python") > 10


@pytest.mark.torch
def test_the_guide_runs_with_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("stable_baselines3")
    monkeypatch.chdir(tmp_path)
    assert run("python torch") == 1


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        module = importlib.import_module(name)
    except ImportError as absent:
        pytest.skip(str(absent))
    monkeypatch.chdir(tmp_path)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failures, _ = doctest.testmod(module, extraglobs={"folder": tmp_path}, optionflags=flags)
    assert failures == 0
