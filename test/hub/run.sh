#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# A hub with many users on a real PostgreSQL of our own: prints how long pages and calls take, and
# fails if anybody gets to see or use what is somebody else's.
#
#   test/hub/run.sh
#
# BUILD_DIR  where the library is built, relative to the top of the checkout (build/release)
# USERS      how many (1000)

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${BUILD_DIR:-$top/build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
program=$build/test/hub/hub_bars
[ -x "$program" ] || cmake --build "$build" --target hub_bars

if [ -z "${ASIOAUTH_POSTGRES:-}" ]; then
    exec "$top/test/support/postgres_server.sh" sh "$here/run.sh"
fi
"$program" "postgres:$ASIOAUTH_POSTGRES" "${USERS:-1000}" || { echo 'hub: failed' >&2; exit 1; }
echo 'hub: done'
