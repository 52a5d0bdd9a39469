#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Looks into programs of a release build for what makes a mistake harder to use: they can be loaded
# anywhere, their linker's tables are read-only and complete before main(), no stack can be executed,
# returns are protected and the C library's buffers are checked.
#
#   test/hardening/flags.sh PROGRAM...

set -eu

[ $# -gt 0 ] || { sed -n 's/^#   test/usage: test/p' "$0" >&2; exit 2; }
LC_ALL=C
export LC_ALL

missing=0
# has WHAT PATTERN: it is in what readelf says of the program.
has() {
    grep -qE "$2" "$said" || { echo "flags: $program has no $1"; missing=$((missing + 1)); }
}

said=$(mktemp)
trap 'rm -f "$said"' EXIT
for program in "$@"; do
    readelf -W --file-header --program-headers --dynamic --dyn-syms "$program" >"$said"
    has 'position-independent code' '^ *Type: *DYN '
    has 'read-only tables of the linker (RELRO)' '^ *GNU_RELRO '
    has 'tables that are complete before main() (BIND_NOW)' 'BIND_NOW|Flags:.* NOW'
    has 'stack that cannot be executed' '^ *GNU_STACK( +0x[0-9a-f]+){5} +RW '
    has 'protected returns (-fstack-protector)' ' __stack_chk_fail'
    has 'checked buffers (_FORTIFY_SOURCE)' ' __(mem|str|v?s?n?printf)[a-z]*_chk'
done
echo "flags: $# programs, $missing of $(($# * 6)) missing"
[ "$missing" -eq 0 ]
