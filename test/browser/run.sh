#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Uses the hub as its users do: Chromium at its pages, with real servers behind it, all on the
# loopback. Works from a clean checkout; needs npm, Debian's chromium, and what the build needs.
#
#   test/browser/run.sh [WORD...]     only the scenarios with one of these words in their names
#
# BUILD_DIR  the build folder, relative to the top of the checkout (build/release)
# CHROMIUM   the browser's program (/usr/bin/chromium)
#
# Prints a line for each scenario and, as the last line, `browser: N of M passed`; exits with 0 only
# if N = M. Pictures of every page and the logs are in $BUILD_DIR/browser/.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
npm_folder=$build/npm/browser
logs=$build/browser
CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
export CHROMIUM

result='browser: 0 of 0 passed'
job=
finish() {
    status=$?
    trap - EXIT INT TERM HUP
    [ -z "$job" ] || kill "$job" 2>/dev/null || :
    [ -z "$job" ] || wait "$job" 2>/dev/null || :
    echo "$result"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

. "$top/test/support/bounded.sh"

if [ ! -x "$CHROMIUM" ]; then
    echo "There is no $CHROMIUM: install Debian's package \`chromium\` (apt-get install chromium)." >&2
    exit 1
fi

rm -rf "$logs"
mkdir -p "$logs"
. "$top/test/support/scripts.sh"
install_packages 'playwright-core, axe-core and oidc-provider'
# A module finds its packages from where it is itself.
cp "$here"/*.mjs "$top"/test/servers/*.mjs "$npm_folder"
for program in mcp_client_web context_editor; do
    build_program "$build/example/$program" "asioauth_example_$program"
done
for program in authorization_server mcp_server; do
    build_program "$build/example/servers/$program" "asioauth_example_$program"
done

status=0
bounded 1500 "$npm_folder/node_modules/node/bin/node" "$npm_folder/main.mjs" "$build" "$@" || status=$?
# The last line is printed by finish(), whatever happens.
if [ -f "$logs/result" ]; then
    result=$(cat "$logs/result")
elif [ "$status" -eq 0 ]; then
    status=1
fi
exit "$status"
