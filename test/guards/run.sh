#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Takes each security guard out, one at a time, and shows that a test notices. See README.md.
#
#   test/guards/run.sh                  all guards of *.list
#   test/guards/run.sh --only=NAME...   these alone
#   test/guards/run.sh --list           their names, and what each is for
#
# BUILD_DIR  where it works, relative to the top of the checkout (build/release): everything is
#            in $BUILD_DIR/guards
#
# Prints a line for each guard and, as the last line, `guards: N of M noticed`; exits with 0 only if
# all are noticed.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
work=$build/guards
source=$work/source
programs=$source/build/guards
. "$top/test/support/bounded.sh"
trap '[ -z "$job" ] || kill "$job" 2>/dev/null || :' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

only=
for argument in "$@"; do
    case $argument in
    --list) exec perl "$here/guards.pl" list ;;
    --only=*) only="$only ${argument#--only=}" ;;
    *) sed -n 's/^#   test/usage: test/p' "$0" >&2; exit 2 ;;
    esac
done

# --- The copy with the switches --------------------------------------------------------------

mkdir -p "$source" "$work/log"
perl "$here/guards.pl" copy "$source"
# shellcheck disable=SC2086
targets=$(perl "$here/guards.pl" programs $only)
# What one checkout has compiled need not be compiled again in another.
export CCACHE_BASEDIR="$source" CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
echo "building $(echo $targets) (see $work/log/build)"
{
    [ -f "$programs/CMakeCache.txt" ] ||
        bounded 600 cmake -G Ninja -S "$source" -B "$programs" -DCMAKE_BUILD_TYPE= \
            -DCMAKE_CXX_FLAGS=-O0 -DASIOAUTH_WARNINGS_AS_ERRORS=ON -DASIOAUTH_BUILD_EXAMPLES=OFF \
            "-DASIOAUTH_TEST_LABELS=unit;flow;quirks;net;store"
    # shellcheck disable=SC2086
    bounded 14400 cmake --build "$programs" --parallel "${JOBS:-$(nproc)}" --target $targets
} >"$work/log/build" 2>&1 || { grep -E 'error|FAILED' "$work/log/build" >&2 || tail -n 20 "$work/log/build" >&2; exit 1; }

# --- The runs --------------------------------------------------------------------------------

# shellcheck disable=SC2086
bounded 14400 perl "$here/guards.pl" run "$programs/test" "$work/log" $only
