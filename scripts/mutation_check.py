"""Injects known bugs into the library, one at a time, and demands that its tests fail.

    python scripts/mutation_check.py --check             every bug still applies (seconds; CI)
    python scripts/mutation_check.py [--crate dalenet] [part of a bug's name ...]

Works on a copy of the workspace. A bug is an exact replacement in a file of a crate's src
(`core_bugs.py`, `environment_bugs.py`, `hardware_bugs.py`, `training_bugs.py`). A text that is not there exactly
once is an error, so that no bug is skipped in silence. Without --crate all crates are checked. Prints a table; the exit code is 1
if a bug survives, does not apply or does not compile. Needs only Python and cargo.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import core_bugs
import environment_bugs
import hardware_bugs
import training_bugs

ROOT = Path(__file__).resolve().parent.parent

# Per crate: suites, the quick one first, and bugs (name, file, text, replacement).
CRATES = core_bugs.CRATES | environment_bugs.CRATES | hardware_bugs.CRATES | training_bugs.CRATES


def copy_workspace(to):
    """What git knows and what it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)


def stale(crate):
    """The bugs of a crate whose text is not in its file exactly once."""
    source, found = ROOT / "crates" / crate / "src", []
    for name, file, text, _ in CRATES[crate][1]:
        path = source / file
        count = path.read_text().count(text) if path.exists() else 0
        if count != 1:
            found.append(f"{crate}: {name}: found {count} times in {file}, not once:\n{text}")
    return found


def cargo(workspace, crate, *arguments):
    """Whether `cargo test` passes, and what it prints."""
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(workspace / "target"),
        "CARGO_PROFILE_DEV_DEBUG": "0",
        "CARGO_PROFILE_DEV_OPT_LEVEL": "1",  # compiling takes longer than running
        "CARGO_TERM_COLOR": "never",
        "RUST_BACKTRACE": "0",
    }
    command = ["cargo", "test", "--quiet", "-p", crate, *arguments]
    done = subprocess.run(command, cwd=workspace, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0, done.stdout


class DoesNotCompile(Exception):
    """A bug must compile to prove anything."""


def verdict(workspace, crate):
    """Which suite notices; None if none does."""
    for suite in CRATES[crate][0]:
        compiles, output = cargo(workspace, crate, *suite, "--no-run")
        if not compiles:
            raise DoesNotCompile(output)
        passes, output = cargo(workspace, crate, *suite)
        if not passes:
            failed = re.findall(rf"to rerun pass `-p {crate} (.+)`", output)
            named = re.findall(r"^    ([a-z]\w*(?:::\w+)*)$", output, re.MULTILINE)
            suite = failed[0].removeprefix("--test ") if failed else "?"
            return f"{suite}: {named[0]}" if named else suite
    return None


def inject(workspace, crate, bugs):
    """Injects each bug and prints who notices; returns how many nobody does."""
    if (seen := verdict(workspace, crate)) is not None:
        sys.exit(f"the tests of {crate} fail without any bug: {seen}")
    survived = 0
    print(f"{crate + ': bug':55} caught by", flush=True)
    for name, file, text, replacement in bugs:
        path = workspace / "crates" / crate / "src" / file
        sound = path.read_text()
        path.write_text(sound.replace(text, replacement))
        try:
            seen = verdict(workspace, crate)
            survived += seen is None
            print(f"{name:55} {seen or 'NOBODY: SURVIVED'}", flush=True)
        except DoesNotCompile as error:
            survived += 1
            print(f"{name:55} DOES NOT COMPILE\n{error}", flush=True)
        path.write_text(sound)
    return survived


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only check that every bug applies")
    parser.add_argument("--crate", choices=list(CRATES), help="default: all")
    parser.add_argument("parts", nargs="*", help="of the names of the bugs to inject")
    args = parser.parse_args()
    crates = [args.crate] if args.crate else list(CRATES)
    if found := [bug for crate in crates for bug in stale(crate)]:
        sys.exit("\n\n".join(found))
    chosen = {
        crate: [bug for bug in CRATES[crate][1]
                if not args.parts or any(part in bug[0] for part in args.parts)]
        for crate in crates
    }
    total = sum(map(len, chosen.values()))
    if args.check:
        print(f"{total} bugs apply, in {', '.join(crates)}")
        return
    with tempfile.TemporaryDirectory(prefix="mutation_check.") as directory:
        workspace = Path(directory)
        copy_workspace(workspace)
        survived = sum(inject(workspace, crate, bugs) for crate, bugs in chosen.items() if bugs)
    print(f"\n{total - survived} of {total} bugs caught")
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    main()
