#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# cppcheck over the library and the tool.
#
#   cppcheck.sh [FILE...]   without files: src/
#
# It has to report the sample that it is given first, or something is wrong with the set-up.

set -eu

cd "$(dirname "$0")/../.."
if ! command -v cppcheck >/dev/null; then
    echo "cppcheck: there is none (apt-get install cppcheck)"
    exit 1
fi
[ $# -gt 0 ] || set -- src

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

# What a coroutine says is told to it in the words that it knows. passedByValue: what a flow is given
# lives in its frame, and what is moved from is not const. returnStdMoveLocal: elements of lists.
look() {
    cppcheck --quiet --std=c++20 --language=c++ --enable=warning,performance,portability \
        --error-exitcode=1 --inline-suppr -Dco_return=return -Dco_await= \
        --suppress=missingIncludeSystem --suppress=passedByValue --suppress=returnStdMoveLocal \
        --template='{file}:{line}: {severity} {id}: {message}' "$@"
}

cat >"$scratch/bad.cpp" <<'END'
char bad()
{
    char text[4];
    text[4] = 'a';
    return text[0];
}
END
if look "$scratch/bad.cpp" >"$scratch/out" 2>&1 || ! grep -q arrayIndexOutOfBounds "$scratch/out"; then
    echo "cppcheck: does not notice a write behind the end"
    cat "$scratch/out"
    exit 1
fi

if look -j "$(nproc)" -Iinclude -Isrc "$@" >"$scratch/out" 2>&1; then
    echo "cppcheck: nothing found"
else
    cat "$scratch/out"
    exit 1
fi
