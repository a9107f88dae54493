#!/usr/bin/env bash
# The tests of products on ARM, in f32 and by every kernel for bfloat16, by emulation on any Linux with rustup
# (Debian: qemu-user, gcc-aarch64-linux-gnu). Some minutes; not part of CI.
set -euo pipefail
cd "$(dirname "$0")/.."

target=aarch64-unknown-linux-gnu
if ! command -v qemu-aarch64 >/dev/null || ! command -v aarch64-linux-gnu-gcc >/dev/null; then
    echo "needs qemu-aarch64 and aarch64-linux-gnu-gcc (Debian: qemu-user, gcc-aarch64-linux-gnu)" >&2
    exit 2
fi
rustup target add "$target"
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -cpu max -L /usr/aarch64-linux-gnu"
cargo clippy --target "$target" -p dalenet --locked -- --deny warnings
cargo test --target "$target" -p dalenet --locked --test bf16 --test golden
cargo test --target "$target" -p dalenet --locked --test engine -- product gradient convol kernels
