#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# How much of the library the tests go through: builds it with counters (preset `coverage`), runs
# the tests of that preset, and prints the share of lines and branches of src/ (without the tool)
# and include/ (without asioauth/testing, which are tests, for the stores of others) that they took.
# Fails if one is below test/coverage.txt.
#
#   test/coverage.sh            compares
#   test/coverage.sh --record   writes today's figures to test/coverage.txt
#
# BUILD_DIR  the build with counters, relative to the top of the checkout (build/coverage). There
#            are coverage.txt, with the lines of each file that nothing ran, and coverage.json
#
# Not counted are the branches that exceptions would take from nearly every call, which the compiler
# makes (test/faults has each allocation fail), and the lines that the sources mark with LCOV_EXCL or
# GCOVR_EXCL, each with a reason; their number is printed.

set -eu

cd "$(dirname "$0")/.."
top=$PWD
build=${BUILD_DIR:-build/coverage}
case $build in /*) ;; *) build=$top/$build ;; esac
table=test/coverage.txt
log=$build/coverage.log

command -v gcovr >/dev/null || {
    echo 'coverage: there is no gcovr (apt-get install gcovr)' >&2
    exit 1
}

mkdir -p "$build"
# logged COMMAND...: what it says is shown if it fails.
logged() {
    "$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }
}
logged cmake --preset coverage -B "$build"
logged cmake --build "$build" --parallel "${JOBS:-$(nproc)}"
find "$build" -name '*.gcda' -delete
# Measured bars say nothing new here, and take half an hour with counters. Each allocation fails, and
# whatever a store does, so that all ways out of that are taken.
ctest --test-dir "$build" --output-on-failure --no-tests=error --exclude-regex '_bars$' \
    --parallel "${JOBS:-$(nproc)}" </dev/null
ASIOAUTH_FAULTS=all "$build/test/asioauth_test_faults" --run_test=failing_allocations,failing_stores

logged gcovr --root "$top" --object-directory "$build" -j "${JOBS:-$(nproc)}" \
    --filter "$top/src/" --filter "$top/include/" --exclude "$top/src/tool/" \
    --exclude "$top/include/asioauth/testing/" \
    --exclude-throw-branches --exclude-unreachable-branches \
    --json-summary "$build/coverage.json" --txt "$build/coverage.txt" "$build"

# Of the whole, which stands beside the files.
figure() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' \
        "$build/coverage.json" "$1"
}
now=$(printf 'lines %s\nbranches %s\n' "$(figure line_percent)" "$(figure branch_percent)")
marks=$(grep -rE 'LCOV_EXCL|GCOVR_EXCL' src include | grep -cv '_STOP' || :)
echo "coverage: $(figure line_percent) % of $(figure line_total) lines," \
    "$(figure branch_percent) % of $(figure branch_total) branches; left out in $marks places"
if [ "${1:-}" = --record ]; then
    echo "$now" >"$table"
fi
[ -f "$table" ] || {
    echo "coverage: no figure to compare with is recorded in $table; --record writes these"
    exit 1
}
# Threads do not always take the same ways.
echo "$now" | awk -v table="$table" '
    BEGIN { while ((getline line < table) > 0) { split(line, f, " "); least[f[1]] = f[2] } }
    !($1 in least) || $2 + 0.2 < least[$1] {
        print "coverage: " $1 " " $2 " % is below " least[$1] " % of " table
        bad++
    }
    END { exit bad > 0 }'
