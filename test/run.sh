#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Everything, from a bare Debian 12 with this checkout: installs what is missing, builds with
# warnings as errors, and runs all tests, also under the sanitizers and with a second compiler, and
# fuzzes for a minute. The last thing printed is ctest's summary over all of it; the exit code is
# non-zero if one failed.
#
#   test/run.sh
#
# BUILD_DIR           the release build, relative to the top of the checkout (build/release); the
#                     other flavours go to build/asan, build/tsan, build/clang and build/fuzz
# ASIOAUTH_QUICK=1    the release flavour alone
# ASIOAUTH_COVERAGE=1 none of this, but how much of the library the tests go through: coverage.sh
# ASIOAUTH_INSTALL=0  install nothing, it is all there

set -eu

cd "$(dirname "$0")/.."
top=$PWD
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
quick=${ASIOAUTH_QUICK:-0}

say() {
    printf '\n=== %s\n' "$*"
}

# --- What we need ----------------------------------------------------------------------------

packages='g++ cmake ninja-build ccache
    libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libboost-test1.81-dev
    libboost-log1.81-dev libspdlog-dev
    libssl-dev libcli11-dev libsqlite3-dev libpq-dev libxml2-dev postgresql pgbouncer
    clang-19 libclang-rt-19-dev clang-format-14 clang-tidy-19 cppcheck
    libqrencode-dev zbar-tools zsh fish tinyproxy-bin
    pkg-config dpkg-dev file iproute2 zlib1g-dev liblzma-dev
    ca-certificates chromium npm perl doxygen doxygen-awesome-css'
coverage=${ASIOAUTH_COVERAGE:-0}
[ "$coverage" = 0 ] || packages="$packages gcovr"
[ "${ASIOAUTH_INSTALL:-1}" = 0 ] || . test/install.sh

# --- Build -----------------------------------------------------------------------------------

jobs=$(nproc)
# What one checkout has compiled need not be compiled again in another.
export CCACHE_BASEDIR="$top" CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
[ "$coverage" = 0 ] || BUILD_DIR= exec test/coverage.sh
flavours=release
[ "$quick" = 1 ] || flavours='release asan tsan clang fuzz'
folder_of() {
    if [ "$1" = release ]; then echo "$build"; else echo "$top/build/$1"; fi
}

# One flavour that does not build is a failure, and yet the others are worth knowing.
broken=
summary=$top/build/all
rm -rf "$summary"
mkdir -p "$summary"
for flavour in $flavours; do
    folder=$(folder_of "$flavour")
    say "building $flavour in $folder"
    if cmake --preset "$flavour" -B "$folder" && cmake --build "$folder" --parallel "$jobs"; then
        echo "subdirs(\"$folder\")" >>"$summary/CTestTestfile.cmake"
    else
        broken="$broken $flavour"
        # An entry that fails, so that the summary tells.
        echo "add_test($flavour.builds false)" >>"$summary/CTestTestfile.cmake"
    fi
done

# --- Run -------------------------------------------------------------------------------------

say 'counts'
test/counts.sh "$build" || : # ctest has it as lint.counts
[ -z "$broken" ] || say "did not build:$broken"

say 'running all tests'
exec ctest --test-dir "$summary" --output-on-failure --no-tests=error --parallel "$jobs" </dev/null
