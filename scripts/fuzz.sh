#!/usr/bin/env bash
# Fuzzes every reader of files that a user may bring, side by side: .npz, checkpoints, configurations, metrics.
#
#     scripts/fuzz.sh                    60 seconds each
#     scripts/fuzz.sh -runs=10000000     ten million inputs each
#
# Needs cargo-fuzz (`cargo install cargo-fuzz --locked`); a stable toolchain will do. No input may panic,
# need more than 1 GiB or take more than 10 seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTC_BOOTSTRAP=1
limit=("${@:--max_total_time=60}")
cargo fuzz build --sanitizer none

# A target, and its longest input in bytes: short ones reach the same code sooner.
fuzz() {
    local target=$1 log=fuzz/target/$1.log
    mkdir -p "fuzz/corpus/$target" fuzz/target
    if ! cargo fuzz run --sanitizer none "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
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
