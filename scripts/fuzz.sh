#!/usr/bin/env bash
# Fuzzes every reader of files that a user may bring: .npz, checkpoints, configurations, metrics.
#
#     scripts/fuzz.sh                    60 seconds each
#     scripts/fuzz.sh -runs=10000000     ten million inputs each
#
# Needs cargo-fuzz (`cargo install cargo-fuzz --locked`); the toolchain may be a stable one. No input
# may panic, need more than 1 GiB or 10 seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTC_BOOTSTRAP=1
limit=("${@:--max_total_time=60}")
for target in npz checkpoint configuration metrics; do
    echo "== $target"
    mkdir -p "fuzz/corpus/$target"
    cargo fuzz run --sanitizer none --fuzz-dir fuzz "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 "${limit[@]}" 2>&1 \
        | grep -E "panicked|ERROR|SUMMARY|Done|stat::(number_of_executed_units|peak_rss_mb)|error" || true
    test "${PIPESTATUS[0]}" = 0
done
