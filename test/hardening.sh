#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Attacks the library, offline, and prints how often and with what success: SSRF, TLS, memory, the
# listener, secrets, then whole flows whose connections break at every octet, that are interrupted at
# every step, and of which every allocation, OpenSSL's too, and every call to the system fails once;
# then stores and key files, in the same manner.
# Builds what that needs.
#
#   sh test/hardening.sh
#
# BUILD_DIR  where the library is built, relative to the top of the checkout (build/release)
#
# Exits with 0 only if nothing got through; what failed is in $BUILD_DIR/hardening.log.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
program=$build/test/asioauth_test_hardening
faults=$build/test/asioauth_test_faults
log=$build/hardening.log

mkdir -p "$build"
{
    [ -f "$build/CMakeCache.txt" ] || cmake --preset release -B "$build"
    cmake --build "$build" --target asioauth_test_hardening asioauth_test_faults
} >"$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }

failed=0
# attack COMMAND...: shows the lines with counts, and everything if it fails.
attack() {
    status=0
    "$@" >"$log" 2>&1 || status=$?
    grep -E '^(ssrf|tls|memory|listener|secrets|namespace|faults|allocations|calls|crypto|interruptions|each [a-zA-Z ]*)[:,] ' "$log" || :
    if [ "$status" -ne 0 ]; then
        failed=$((failed + 1))
        tail -n 40 "$log" >&2
    fi
}

attack "$program" --color_output=no
BUILD_DIR=$build attack sh "$here/hardening/namespace.sh"
attack env ASIOAUTH_FAULTS=all "$faults" --color_output=no
failures=$(sed -nE 's/^(allocations|calls|crypto|each [a-zA-Z ]*)[:,].* ([0-9]+) failed: .*/\2/p' "$log" |
    awk '{ n += $1 } END { print n + 0 }')
echo "torture: $failures things failed, each once"
if [ "$failures" -le 20000 ]; then
    failed=$((failed + 1))
fi
if [ "$failed" -ne 0 ]; then
    echo 'hardening: failed' >&2
    exit 1
fi
echo 'hardening: done'
