#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Measures the library beside hand-written clients and libcurl, on a mock server on the loopback;
# README.md says how to read what is printed. The last line is the headline; everything is in
# $BUILD_DIR/bench/results.json.
#
#   test/bench/run.sh [--rounds=N] [--only=WORD] [--flows=PERCENT] [--server=HTTP,TLS,CA_FILE]
#   test/bench/run.sh --smoke     a few seconds; whether everything works, not how fast
#
# BUILD_DIR           the build folder, relative to the top of the checkout (build/release)
# ASIOAUTH_INSTALL=0  install nothing, it is all there

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac

packages='g++ cmake ninja-build libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
    libssl-dev libbenchmark-dev libcurl4-openssl-dev nodejs'
[ "${ASIOAUTH_INSTALL:-1}" = 0 ] || . test/install.sh

if ! grep -qs '^ASIOAUTH_BUILD_BENCH:BOOL=ON' "$build/CMakeCache.txt"; then
    cmake --preset release -B "$build" -D ASIOAUTH_BUILD_BENCH=ON -D ASIOAUTH_BUILD_TESTS=OFF \
        -D ASIOAUTH_BUILD_EXAMPLES=OFF -D ASIOAUTH_BUILD_SQLITE=OFF -D ASIOAUTH_BUILD_HUB=OFF \
        -D ASIOAUTH_BUILD_POSTGRES=OFF -D ASIOAUTH_BUILD_TOOL=OFF
fi
[ -n "${ASIOAUTH_BENCH_BUILT:-}" ] || cmake --build "$build" --target asioauth_bench
exec node "$here/run.mjs" "$build" "$@"
