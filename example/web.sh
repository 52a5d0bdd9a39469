#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# One of the two web applications, from a bare Debian 12 and this checkout: installs what the build
# needs, builds it, and runs it until Ctrl-C. Logins are kept, sealed, in your own SQLite file.
#
#   example/web.sh mcp_client_web|context_editor [--port N] [--store FILE] [--no-browser]
#
# BUILD_DIR           the build folder, relative to the top of the checkout (build/release)
# ASIOAUTH_INSTALL=0  install nothing, it is all there

set -eu

name=${1:-}
case $name in
    mcp_client_web | context_editor) shift ;;
    *)
        echo 'usage: web.sh mcp_client_web|context_editor [--port N] [--store FILE] [--no-browser]' >&2
        exit 64
        ;;
esac
cd "$(dirname "$0")/.."
top=$PWD
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac

packages='g++ cmake ninja-build libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
    libssl-dev libcli11-dev libsqlite3-dev libxml2-dev'
if [ "${ASIOAUTH_INSTALL:-1}" != 0 ] && command -v apt-get >/dev/null; then
    . test/install.sh
fi
if [ -f "$build/CMakeCache.txt" ]; then
    cmake -B "$build" -DASIOAUTH_BUILD_EXAMPLES=ON -DASIOAUTH_BUILD_HUB=ON \
        -DASIOAUTH_BUILD_SQLITE=ON >/dev/null
else
    cmake --preset release -B "$build" -DASIOAUTH_BUILD_TESTS=OFF -DASIOAUTH_BUILD_POSTGRES=OFF
fi
cmake --build "$build" --parallel "$(nproc)" --target "asioauth_example_$name"
exec "$build/example/$name" "$@"
