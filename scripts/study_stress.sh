#!/usr/bin/env bash
# Many workers on one study: 64 processes, 1,000 runs of a second each, on the file system as it is, on one
# without locks and hard links, and with clocks up to five minutes wrong.
#
#     scripts/study_stress.sh [REPETITIONS]     # of each of the three; default: 1
#
# Each line says how long a repetition took. Without any overhead it is 1000 / 64 s and what it takes to
# start the workers. DALENET_STUDY_RUNS, _WORKERS and _MILLISECONDS are other numbers.
set -euo pipefail
cd "$(dirname "$0")/.."
export DALENET_STUDY_RUNS="${DALENET_STUDY_RUNS:-1000}" DALENET_STUDY_WORKERS="${DALENET_STUDY_WORKERS:-64}"
export DALENET_STUDY_MILLISECONDS="${DALENET_STUDY_MILLISECONDS:-1000}" DALENET_STUDY_REPETITIONS="${1:-1}"
faults="$(mktemp -d)"
trap 'rm -rf "$faults"' EXIT
cc -shared -fPIC -O1 -o "$faults/faults.so" scripts/study_faults.c -ldl

stress() {
    echo "== $1"
    cargo test --release -q -p dalenet-lab --test study_workers -- --nocapture many_workers | grep -E 'repetition|result'
}
stress "as it is"
export DALENET_STUDY_PRELOAD="$faults/faults.so"
DALENET_NO_LOCKS=1 stress "without locks and hard links"
DALENET_CLOCK_SECONDS=300 stress "clocks up to five minutes wrong"
