#!/usr/bin/env bash
# The Python package as users have it: its wheel, built and installed in an environment of its own, passes
# the tests, the type checkers and the linter of the Rust side; the examples run.
#
#     scripts/python_checks.sh [arguments of pytest]
#
# Needs python3 (3.11 or newer) and the network. What is built is shared with the workspace in target/.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
venv="$CARGO_TARGET_DIR/python-package"
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet "maturin>=1.14,<2" -r python/tests/requirements.txt
fi
export VIRTUAL_ENV="$venv" PATH="$venv/bin:$PATH"

cargo fmt --manifest-path python/Cargo.toml --check
rm -rf "$CARGO_TARGET_DIR/wheels"
maturin build --manifest-path python/Cargo.toml --profile dev --locked --out "$CARGO_TARGET_DIR/wheels"
pip install --quiet --force-reinstall --no-deps "$CARGO_TARGET_DIR"/wheels/dalenet-*.whl
python3 scripts/python_stubs.py --check
cargo clippy --manifest-path python/Cargo.toml --locked -- --deny warnings

# The program whose bits are compared; `cargo test` builds it as well.
[ -n "${DALENET_PROGRAM:-}" ] || cargo build -p dalenet-cli --locked
pytest -c python/pyproject.toml python/tests --quiet "$@"

# From another folder than the sources': what is installed is checked.
tests="$PWD/python/tests" config="$PWD/python/pyproject.toml"
cd "$CARGO_TARGET_DIR/wheels"
mypy --config-file "$config" --package dalenet
mypy --config-file "$config" "$tests"/typing/*.py
stubtest dalenet._core --allowlist "$tests/typing/stubtest.txt"
