#!/usr/bin/env bash
# Fuzzes every reader of files that a user may bring, side by side: .npz, checkpoints, configurations, metrics.
#
#     scripts/fuzz.sh                    60 seconds each
#     scripts/fuzz.sh -runs=10000000     ten million inputs each
#
# By libFuzzer; a stable toolchain and a C++ compiler will do. No input may panic, need more than 1 GiB or take
# more than 10 seconds; one that does is left in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."
limit=("${@:--max_total_time=60}")

# What cargo-fuzz passes without a sanitizer: libFuzzer sees which code an input reaches and what is compared.
# With a target, so that build scripts are without.
host="$(rustc -vV | sed -n 's/^host: //p')"
flags="--cfg fuzzing -Cdebug-assertions -Cpasses=sancov-module"
for option in level=4 inline-8bit-counters pc-table trace-compares; do
    flags+=" -Cllvm-args=-sanitizer-coverage-$option"
done
RUSTFLAGS="$flags" CARGO_TARGET_DIR=fuzz/target \
    cargo build --quiet --release --locked --manifest-path fuzz/Cargo.toml --target "$host"

# A target, and its longest input in bytes: short ones reach the same code sooner.
fuzz() {
    local target=$1 log=fuzz/target/$1.log
    mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target"
    if ! "fuzz/target/$host/release/$target" "fuzz/corpus/$target" "fuzz/seeds/$target" \
        -artifact_prefix="fuzz/artifacts/$target/" \
        -max_len="$2" -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 "${limit[@]}" >"$log" 2>&1; then
        tail -40 "$log"
        return 1
    fi
    sed -n "s/^stat::number_of_executed_units: */$target: inputs /p; s/^stat::peak_rss_mb: */$target: MiB at most /p" "$log"
}

running=()
for target in "npz 1024" "checkpoint 8192" "configuration 2048" "metrics 1024"; do
    fuzz $target &
    running+=($!)
done
for process in "${running[@]}"; do
    wait "$process"
done
