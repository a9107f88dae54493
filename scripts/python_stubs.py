"""Writes the types of the Python package's private module, python/dalenet/_core.pyi, as PyO3 knows them.

    python scripts/python_stubs.py            # writes them anew
    python scripts/python_stubs.py --check    # fails where they are not those that are committed

Needs maturin. What PyO3 leaves out is added: the imports of quoted types, the types within bare
collections, exceptions, and that the module has no other names.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PYTHON = Path(__file__).parents[1] / "python"
STUBS = PYTHON / "dalenet" / "_core.pyi"
BARE = {"dict": "dict[str, Any]", "tuple": "tuple[Any, ...]", "list": "list[Any]"}
HEADER = """# Written by scripts/python_stubs.py.
import collections.abc
import typing

import numpy
import numpy.typing
from typing import Any
"""
# PyO3 knows nothing of exceptions.
EXCEPTIONS = {"InternalError": "RuntimeError", "DivergedError": "ArithmeticError"}


def generated(profile):
    """The stubs as maturin writes them."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["maturin", "generate-stubs", "--locked", "--profile", profile, "--out", folder]
        subprocess.run(command, cwd=PYTHON, check=True, stdout=sys.stderr)
        return Path(folder, "dalenet", "_core.pyi").read_text()


def finished(text):
    """The same, complete."""
    text = text.replace("\ndef __getattr__(name: str) -> Incomplete: ...\n", "")
    text = text.replace("from _typeshed import Incomplete, ", "from _typeshed import ")
    lines = [typed(line) if line.lstrip().startswith("def ") else line for line in text.splitlines()]
    exceptions = [f"class {name}({base}): ...\n" for name, base in EXCEPTIONS.items()]
    return HEADER + "\n".join(lines).rstrip() + "\n\n" + "\n".join(exceptions)


def typed(line):
    """A definition without quotes about its types, and with types in all collections."""
    line = re.sub(r'(: |-> )"([^"]*)"(?=,|\)| = |:)', r"\1\2", line)
    for bare, whole in BARE.items():
        line = re.sub(rf"\b{bare}\b(?!\[|\()", whole, line)
    return line


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--profile", default="dev")
    args = parser.parse_args()
    text = finished(generated(args.profile))
    if not args.check:
        STUBS.write_text(text)
    elif not STUBS.exists() or STUBS.read_text() != text:
        sys.exit(f"{STUBS} is not what PyO3 knows: run python scripts/python_stubs.py")


if __name__ == "__main__":
    main()
