#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Are the programs of README.md those that are compiled here, and do the commands and files that it
# names exist?

set -eu

cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

status=0
awk '/^```cpp$/ { p = 1; next } /^```$/ { p = 0 } p' README.md >"$scratch/readme"
awk '/^\/\/ \[\/program\]$/ { p = 0 } p; /^\/\/ \[program\]$/ { p = 1 }' test/readme/program.cpp \
    test/readme/hub.cpp \
    >"$scratch/program"
if [ ! -s "$scratch/readme" ] || ! diff "$scratch/program" "$scratch/readme"; then
    echo "readme: README.md and the programs in test/readme differ"
    status=1
fi
# Links into the checkout, and scripts named in commands.
for name in $(grep -oE '\]\([A-Za-z][A-Za-z0-9_./-]*\)' README.md CHANGELOG.md | sed 's/.*](//; s/)$//') \
    $(grep -oE '^(example|test)/[a-z_/]+\.sh' README.md); do
    [ -e "$name" ] || { echo "readme: names $name, which is not there"; status=1; }
done
# The packages of the apt line are those that configure asks for.
for package in $(sed -n 's/^set(_asioauth_packages "\(.*\)")$/\1/p' cmake/asioauth_dependencies.cmake); do
    grep -q "apt-get install.*$package" README.md ||
        { echo "readme: the apt line lacks $package"; status=1; }
done
[ "$status" -ne 0 ] || echo "readme: the programs are compiled, what is named is there"
exit "$status"
