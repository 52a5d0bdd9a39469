#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# A file that includes <asioauth/client.hpp> and awaits a login compiles in at most 1.5 times what
# the same file with nothing but Asio takes.
#
#   compile_time.sh [CXX [INCLUDE_FOLDER]]
#
# User time of the compiler at -O0, the least of RUNS (5) runs: other work on the machine only adds.

set -eu

CXX=${1:-${CXX:-g++}}
here=$(cd "$(dirname "$0")" && pwd)
include=${2:-$here/../../include}
runs=${RUNS:-5}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

# once FILE: the user time of the compiler in milliseconds. `times` prints the shell's own times
# and, in the second line, those of its children: 0m1.234s 0m0.100s.
once() {
    (
        "$CXX" -std=c++20 -O0 -I "$include" -c "$here/$1.cpp" -o "$scratch/$1.o"
        times
    ) >"$scratch/times"
    awk 'NR == 2 { split($1, t, /[ms]/); printf "%d\n", (t[1] * 60 + t[2]) * 1000 }' \
        "$scratch/times"
}

# In turns, so that a busy minute meets both.
ours=
theirs=
run=0
while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    t=$(once asio_only)
    [ -n "$theirs" ] && [ "$theirs" -le "$t" ] || theirs=$t
    t=$(once login)
    [ -n "$ours" ] && [ "$ours" -le "$t" ] || ours=$t
done

awk -v ours="$ours" -v theirs="$theirs" 'BEGIN {
    printf "compile_time: %d ms with asioauth, %d ms with Asio alone: %.2f times, at most 1.50\n", ours, theirs, ours / theirs
    exit !(ours > 0 && theirs > 0 && ours / theirs <= 1.5)
}'
