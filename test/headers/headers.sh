#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Was every public header compiled alone?
#
#   headers.sh INCLUDE_FOLDER LIST OBJECT...

set -eu

include=$1
list=$2
shift 2

there=$(cd "$include" && find . -name '*.hpp' | sed 's,^\./,,' | LC_ALL=C sort)
compiled=$(LC_ALL=C sort "$list")
if [ "$there" != "$compiled" ]; then
    echo "The public headers are not those that were compiled; configure and build again."
    echo "$there" >"$list.there"
    diff "$list" "$list.there" || :
    exit 1
fi

status=0
count=0
for object; do
    count=$((count + 1))
    [ -f "$object" ] || { echo "not compiled: $object"; status=1; }
done
for header in $there; do
    name=$(echo "$header" | sed 's/[^A-Za-z0-9_]/_/g')
    found=
    for object; do
        case $object in
            */"$name".cpp.o)
                found=yes
                # POSIX has no `-nt`; find does.
                if [ -n "$(find "$include/$header" -newer "$object")" ]; then
                    echo "changed since it was compiled: $header"
                    status=1
                fi
                ;;
        esac
    done
    [ -n "$found" ] || { echo "not compiled alone: $header"; status=1; }
done
echo "headers: $count compiled alone"
exit "$status"
