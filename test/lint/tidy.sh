#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# clang-tidy over the library and the tool, with the checks of .clang-tidy.
#
#   tidy.sh BUILD_DIR [FILE...]   without files: everything in src/ that BUILD_DIR compiles
#
# It has to report the sample that it is given first, or something is wrong with the set-up.

set -eu

build=$1
shift
case $build in /*) ;; *) build=$PWD/$build ;; esac
cd "$(dirname "$0")/../.."
top=$PWD
if ! command -v clang-tidy-19 >/dev/null; then
    echo "tidy: there is no clang-tidy 19 (apt-get install clang-tidy-19)"
    exit 1
fi
if [ ! -f "$build/compile_commands.json" ]; then
    echo "tidy: no compile_commands.json in $build, configure with one of the presets"
    exit 1
fi

# Flags that are for g++ only must not become findings.
set_up="--quiet --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-error"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

cat >"$scratch/bad.cpp" <<'END'
#include <string>
#include <utility>
std::string::size_type bad(std::string s)
{
    std::string t = std::move(s);
    return s.size() + t.size();
}
END
if clang-tidy-19 --quiet --config-file=.clang-tidy "$scratch/bad.cpp" -- -std=c++20 \
    >"$scratch/out" 2>&1 || ! grep -q bugprone-use-after-move "$scratch/out"; then
    echo "tidy: does not notice a use after a move"
    cat "$scratch/out"
    exit 1
fi

if [ $# -gt 0 ]; then
    printf '%s\n' "$@" >"$scratch/files"
else
    sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" |
        grep "^$top/src/" | LC_ALL=C sort -u >"$scratch/files"
fi
count=$(wc -l <"$scratch/files")
[ "$count" -gt 0 ] || { echo "tidy: $build compiles nothing of src/"; exit 1; }

# shellcheck disable=SC2086
if xargs -P "$(nproc)" -n 1 clang-tidy-19 -p "$build" $set_up \
    <"$scratch/files" >"$scratch/found" 2>"$scratch/noise"; then
    echo "tidy: $count files, nothing found"
else
    grep -v 'warnings generated' "$scratch/noise" || :
    cat "$scratch/found"
    echo "tidy: $count files, $(grep -c -E ': (error|warning):' "$scratch/found") findings"
    exit 1
fi
