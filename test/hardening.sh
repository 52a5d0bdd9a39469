#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Attacks the library and our own mistakes, offline, and prints how often and with what success.
# Builds what that needs.
#
#   test/hardening.sh           all parts, hours on two cores
#   test/hardening.sh PART...   these alone
#
#   attacks     SSRF, also in a network of its own; TLS, memory, the listener, secrets
#   torture     whole flows whose connections break at every octet, that are interrupted at every
#               step, and of which every allocation, OpenSSL's too, and every call to the system
#               fails once; then stores and key files, in the same manner
#   fuzz        every target for FUZZ_SECONDS (60), fuzz/run.sh
#   guards      every guard taken out once, guards/run.sh
#   sanitizers  all tests of the presets asan and tsan
#   static      clang-tidy, cppcheck, and what the release build is protected by
#   coverage    coverage.sh
#
# BUILD_DIR  where the library is built, relative to the top of the checkout (build/release)
#
# Exits with 0 only if nothing got through; what a part said is in $BUILD_DIR/hardening/.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
faults=$build/test/asioauth_test_faults
logs=$build/hardening
every='attacks torture fuzz guards sanitizers static coverage'

for part in "$@"; do
    case " $every " in
    *" $part "*) ;;
    *)
        echo "hardening: there is no part $part; there are: $every" >&2
        exit 2
        ;;
    esac
done
parts=${*:-$every}
mkdir -p "$logs"
failed=0

# told NAME PATTERN COMMAND...: the lines of its output that match, and its end if it fails.
told() {
    log=$logs/$1
    pattern=$2
    shift 2
    status=0
    "$@" >"$log" 2>&1 </dev/null || status=$?
    grep -E "$pattern" "$log" || :
    if [ "$status" -ne 0 ]; then
        failed=$((failed + 1))
        tail -n 40 "$log" >&2
    fi
    return "$status"
}

# built PRESET FOLDER TARGET...
built() {
    preset=$1
    folder=$2
    shift 2
    # shellcheck disable=SC2016
    told "build.$preset" 'x^' sh -ec '
        preset=$1 folder=$2
        shift 2
        [ -f "$folder/CMakeCache.txt" ] || cmake --preset "$preset" -B "$folder"
        cmake --build "$folder" --parallel "$(nproc)" ${1:+--target "$@"}
    ' sh "$preset" "$folder" "$@"
}

attacks() {
    built release "$build" asioauth_test_hardening || return
    told attacks '^(ssrf|tls|memory|listener|secrets)[:,] ' \
        "$build/test/asioauth_test_hardening" --color_output=no || :
    told namespace '^namespace[:,] ' env BUILD_DIR="$build" sh "$here/hardening/namespace.sh" || :
}

torture() {
    built release "$build" asioauth_test_faults || return
    told torture \
        '^(faults|allocations|calls|crypto|interruptions|each [a-zA-Z ]*)[:,] ' \
        env ASIOAUTH_FAULTS=all "$faults" --color_output=no || :
    failures=$(sed -nE \
        's/^(allocations|calls|crypto|each [a-zA-Z ]*)[:,].* ([0-9]+) failed: .*/\2/p' \
        "$logs/torture" | awk '{ n += $1 } END { print n + 0 }')
    echo "torture: $failures things failed, each once"
    [ "$failures" -gt 20000 ] || failed=$((failed + 1))
}

fuzz() {
    built fuzz "$top/build/fuzz" || return
    told fuzz '^fuzz: ' sh "$here/fuzz/run.sh" "${FUZZ_SECONDS:-60}" || :
}

guards() {
    told guards '^guards: ' env BUILD_DIR="$build" sh "$here/guards/run.sh" || :
}

sanitizers() {
    for flavour in asan tsan; do
        built "$flavour" "$top/build/$flavour" || continue
        echo "sanitizers: $flavour"
        told "$flavour" 'tests passed' ctest --test-dir "$top/build/$flavour" \
            --output-on-failure --no-tests=error --parallel "$(nproc)" || :
    done
}

static() {
    built release "$build" || return
    told tidy '^tidy: ' sh "$here/lint/tidy.sh" "$build" || :
    told cppcheck '^cppcheck: ' sh "$here/lint/cppcheck.sh" || :
    told flags '^flags: ' sh "$here/hardening/flags.sh" "$build/asioauth" || :
}

coverage() {
    told coverage '^coverage: ' env BUILD_DIR= sh "$here/coverage.sh" || :
}

for part in $parts; do
    "$part" || : # counted
done
if [ "$failed" -ne 0 ]; then
    echo "hardening: $failed failed, see $logs" >&2
    exit 1
fi
echo "hardening: done: $parts"
