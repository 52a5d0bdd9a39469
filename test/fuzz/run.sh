#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Builds the fuzz targets and runs each for some seconds, beginning with what the corpus and earlier
# runs have found. See README.md.
#
#   test/fuzz/run.sh [SECONDS [TARGET...]]    10 seconds, all targets
#
# BUILD_DIR  a build folder of the preset `fuzz` (build/fuzz)
#
# Prints a line for each target and, as the last line, `fuzz: N targets, M executions, K crashes`;
# exits with 0 only if K = 0. Everything else is in $BUILD_DIR/fuzz/: what was found worth keeping
# in corpus/, inputs that crash in crashes/, and what libFuzzer says in log/.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/fuzz}
case $build in /*) ;; *) build=$top/$build ;; esac
seconds=${1:-10}
[ $# -eq 0 ] || shift
work=$build/fuzz

targets=$*
[ -n "$targets" ] || targets=$(find "$here/targets" -name '*.cpp' -exec basename {} .cpp \; | LC_ALL=C sort)

count=0
executions=0
crashes=0
# The last line comes whatever happens.
finish() {
    status=$?
    trap - EXIT INT TERM HUP
    if [ -n "$job" ]; then
        kill "$job" 2>/dev/null || :
        wait "$job" 2>/dev/null || :
    fi
    [ "$crashes" -eq 0 ] || [ "$status" -ne 0 ] || status=1
    echo "fuzz: $count targets, $executions executions, $crashes crashes"
    exit "$status"
}
job=
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
. "$top/test/support/bounded.sh"

# --- What we run with ------------------------------------------------------------------------

mkdir -p "$work/log"
programs=
for name in $targets; do
    [ -f "$here/targets/$name.cpp" ] || { echo "fuzz: there is no target $name" >&2; exit 2; }
    programs="$programs fuzz_$name"
done
[ -f "$build/CMakeCache.txt" ] ||
    bounded 600 cmake --preset fuzz -B "$build" >"$work/log/build" 2>&1 ||
    { tail -n 20 "$work/log/build" >&2; exit 1; }
# shellcheck disable=SC2086
bounded 7200 cmake --build "$build" --target $programs >"$work/log/build" 2>&1 ||
    { tail -n 30 "$work/log/build" >&2; exit 1; }
rm -rf "$work/seeds"
perl "$here/seeds.pl" "$work/seeds"

# A leak is a finding too.
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
symbolizer=$(command -v llvm-symbolizer-19 || :)
[ -z "$symbolizer" ] || export ASAN_SYMBOLIZER_PATH="$symbolizer"

# --- The runs --------------------------------------------------------------------------------

# The number behind the last occurrence of a word in the log.
number_after() {
    sed -nE "s/.*$1 *([0-9]+).*/\\1/p" "$log" | tail -n 1
}

for name in $targets; do
    program=$build/test/fuzz/fuzz_$name
    log=$work/log/$name
    mkdir -p "$work/corpus/$name" "$work/crashes/$name" "$work/seeds/$name"
    longest=$(sed -n 's,^// max_len: *,,p' "$here/targets/$name.cpp")
    words=$(sed -n 's,^// dictionaries: *,,p' "$here/targets/$name.cpp")
    set -- -max_total_time="$seconds" -max_len="${longest:-4096}" -timeout=30 -rss_limit_mb=2048 \
        -malloc_limit_mb=64 -len_control=30 -print_final_stats=1 -artifact_prefix="$work/crashes/$name/"
    : >"$work/log/$name.dict"
    for one in $words; do
        cat "$here/dictionaries/$one.dict" >>"$work/log/$name.dict"
    done
    [ -z "$words" ] || set -- "$@" -dict="$work/log/$name.dict"
    status=0
    # Reading what there is comes before the time that was asked for.
    bounded $((seconds + 600)) "$program" "$@" "$work/corpus/$name" "$work/seeds/$name" \
        "$work/crashes/$name" >"$log" 2>&1 || status=$?
    count=$((count + 1))
    done=$(number_after 'stat::number_of_executed_units:')
    features=$(number_after ' ft:')
    crashed=0
    [ "$status" -eq 0 ] || crashed=1
    executions=$((executions + ${done:-0}))
    crashes=$((crashes + crashed))
    echo "$name: ${done:-0} executions, ${features:-0} features, $crashed crashes"
    if [ "$crashed" -ne 0 ]; then
        grep -E 'does not hold|^one: |^other: |ERROR|runtime error|SUMMARY|Test unit written' "$log" || :
        echo "$name: see $log"
    fi
done
