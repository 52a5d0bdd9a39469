#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# What sessions and stores have promised, with whole processes, a real SQLite and a real PostgreSQL of
# our own; prints each figure and fails if one is not as promised.
#
#   test/store/run.sh [BAR...]      BAR is 1 to 6; all by default
#
# BUILD_DIR  where the library is built, relative to the top of the checkout (build/release)
# ROUNDS     rotations of bar 1 (500)

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${BUILD_DIR:-$top/build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
rounds=${ROUNDS:-500}
program=$build/test/store/bars/store_bars
[ -x "$program" ] || cmake --build "$build" --target store_bars

if [ -z "${ASIOAUTH_POSTGRES:-}" ]; then
    exec "$top/test/support/postgres_server.sh" sh "$here/run.sh" "$@"
fi
[ $# -gt 0 ] || set -- 1 2 3 4 5 6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# A store of its own for each.
number=0
sqlite() {
    number=$((number + 1))
    mkdir -m 700 "$folder/$number"
    echo "sqlite:$folder/$number/logins.sqlite"
}
postgres() {
    number=$((number + 1))
    psql -q "$ASIOAUTH_POSTGRES" -c "create database bars_$number" >&2
    echo "postgres:$(echo "$ASIOAUTH_POSTGRES" | sed "s/dbname=[^ ]*/dbname=bars_$number/")"
}
for tools in /usr/lib/postgresql/*/bin; do PATH=$PATH:$tools; done

# A job beside others; what it says is shown when it is done.
jobs=
begin() {
    number=$((number + 1))
    { "$program" "$@" >"$folder/out.$number" 2>&1 || echo "FAILED: $*" >>"$folder/out.$number"; } &
    jobs="$jobs $!:$number"
}
finish() {
    for job in $jobs; do
        wait "${job%:*}" || :
        cat "$folder/out.${job#*:}"
        ! grep -q '^FAIL' "$folder/out.${job#*:}" || failed=1
    done
    jobs=
}

for bar; do
    case $bar in
        1)
            # Mostly waiting: all four at once.
            begin rotations "$(sqlite)" 8 "$rounds" 0
            begin rotations "$(postgres)" 8 "$rounds" 0
            begin rotations "$(sqlite)" 8 "$rounds" 2
            begin rotations "$(postgres)" 8 "$rounds" 2
            ;;
        2) begin kills "$(postgres)" 2000 ;;
        3) begin callers memory; finish; begin callers "$(sqlite)" ;;
        4) begin takes "$(sqlite)"; finish; begin takes "$(postgres)" ;;
        5) begin outage 30 ;;
        6) begin nodes "$(postgres)" 1000 ;;
        *) echo "run.sh: there is no bar $bar" >&2; exit 64 ;;
    esac
    finish
done
[ "$failed" = 0 ] || { echo 'store: not all bars were reached' >&2; exit 1; }
echo "store: all bars reached: $*"
