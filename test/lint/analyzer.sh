#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# g++ -fanalyzer over the sources that deal with the system and with libraries in C: memory that is
# not given back or given back twice, null pointers, unsafe calls in signal handlers. g++ 12 knows no
# coroutines there, and takes what a function returns in place for uninitialised, so that other
# sources and that warning are left out. Takes minutes; no part of test/run.sh.
#
#   analyzer.sh BUILD_DIR [FILE...]   without files: those that include headers in C
#
# It has to report the sample that it is given first. What takes longer than two minutes is named and
# is no failure. Prints `analyzer: N files, F findings, T not in time`.

set -eu

build=$1
case $build in /*) ;; *) build=$PWD/$build ;; esac
shift
cd "$(dirname "$0")/../.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

look() {
    timeout "${SECONDS_EACH:-120}" g++ -std=c++20 -O1 -fanalyzer -Wno-analyzer-use-of-uninitialized-value \
        -Wno-analyzer-too-complex -I"$build/include" -Iinclude -Isrc -isystem /usr/include/postgresql \
        -isystem /usr/include/libxml2 -c "$1" -o "$scratch/object" 2>"$scratch/out"
}

cat >"$scratch/bad.cpp" <<'END'
#include <cstdlib>
int bad(int n)
{
    char* const text = static_cast<char*>(std::malloc(4));
    if (text == nullptr || n > 2)
        return 0;
    std::free(text);
    return n;
}
END
if ! look "$scratch/bad.cpp" || ! grep -q 'Wanalyzer-malloc-leak' "$scratch/out"; then
    echo 'analyzer: does not notice memory that is lost'
    cat "$scratch/out"
    exit 1
fi

if [ $# -eq 0 ]; then
    # shellcheck disable=SC2046
    set -- $(grep -rlE '<(openssl/.*|unistd|spawn|sqlite3|libpq-fe|fcntl|sys/[a-z]*|libxml/.*|iconv)\.?h?>' \
        src --include='*.cpp' | xargs grep -LE 'co_await|co_return' | LC_ALL=C sort)
fi
files=0
findings=0
late=0
for file in "$@"; do
    files=$((files + 1))
    status=0
    look "$file" || status=$?
    if [ "$status" -eq 124 ]; then
        late=$((late + 1))
        echo "analyzer: $file takes too long"
    elif [ "$status" -ne 0 ]; then
        cat "$scratch/out"
        exit 1
    fi
    found=$(grep -c 'Wanalyzer-' "$scratch/out" || :)
    [ "$found" -eq 0 ] || grep 'Wanalyzer-' "$scratch/out"
    findings=$((findings + found))
done
echo "analyzer: $files files, $findings findings, $late not in time"
[ "$findings" -eq 0 ]
