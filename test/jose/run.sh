#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Checks our keys, signatures and DPoP proofs against another implementation, npm's `jose`, in both
# directions. Works from a clean checkout; needs npm, Node.js (18 or newer) and what the build needs.
#
#   test/jose/run.sh
#
# BUILD_DIR  the build folder, relative to the top of the checkout (build/release)
# JOSE_PEER  our side, if not the one of the build folder
# NODE       the Node.js to use, if not the newest one in PATH
#
# Prints a line for each check and, as the last line, `jose: N of M checks passed`; exits with 0
# only if N = M. Everything else is in $BUILD_DIR/jose/.

set -euf

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
npm_folder=$build/npm/jose
logs=$build/jose

# The last line comes whatever happens; if no check was reached, their number may not be known.
result='jose: 0 of ? checks passed'
job=
finish() {
    status=$?
    trap - EXIT INT TERM HUP
    if [ -n "$job" ]; then
        kill "$job" 2>/dev/null || :
        wait "$job" 2>/dev/null || :
    fi
    case $result in "jose: 0 of"*) [ "$status" -ne 0 ] || status=1 ;; esac
    echo "$result"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

. "$top/test/support/bounded.sh"

# --- What we run with ------------------------------------------------------------------------

# The newest of all that are called so in PATH.
newest_node() {
    best=0
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        for name in node nodejs; do
            [ -x "$folder/$name" ] || continue
            version=$("$folder/$name" -p 'process.versions.node.split(".")[0]' 2>/dev/null) || continue
            if [ "$version" -gt "$best" ]; then
                best=$version
                node=$folder/$name
            fi
        done
    done
    IFS=$old_ifs
}

rm -rf "$logs"
mkdir -p "$logs"
node=${NODE:-}
[ -n "$node" ] || newest_node
[ -n "$node" ] || { echo "There is no Node.js: install Debian's package \`nodejs\`." >&2; exit 1; }
checks=$("$node" "$here/cross_check.mjs" --count)
result="jose: 0 of $checks checks passed"
. "$top/test/support/scripts.sh"
install_packages jose
peer=${JOSE_PEER:-$build/test/jose/jose_peer}
build_program "$peer" jose_peer

# --- The checks ------------------------------------------------------------------------------

# A module finds its packages from where it is itself.
cp "$here/cross_check.mjs" "$npm_folder"
status=0
bounded 300 "$node" "$npm_folder/cross_check.mjs" "$peer" >"$logs/checks.log" 2>&1 || status=$?
grep -v '^jose: ' "$logs/checks.log" || :
last=$(grep '^jose: ' "$logs/checks.log" | tail -n 1)
[ -z "$last" ] || result=$last
exit "$status"
