#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Was every public header compiled alone?
#
#   headers.sh INCLUDE_FOLDER GENERATED_FOLDER LIST OBJECT...

set -eu

include=$1
generated=$2
list=$3
shift 3

there=$( (cd "$include" && find . -name '*.hpp'; cd "$generated" && find . -name '*.hpp') |
    sed 's,^\./,,' | LC_ALL=C sort)
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
    from=$include/$header
    [ -f "$from" ] || from=$generated/$header
    for object; do
        case $object in
            */"$name".cpp.o)
                found=yes
                # POSIX has no `-nt`; find does.
                if [ -n "$(find "$from" -newer "$object")" ]; then
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
