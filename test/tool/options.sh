#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# The tool compiles without warnings whatever it is built with: nothing optional, and the database
# alone, which is what the quick start builds.
#
#   options.sh [CXX]

set -eu

CXX=${1:-${CXX:-g++}}
cd "$(dirname "$0")/../.."

status=0
checked=0
for with in '' -DASIOAUTH_TOOL_HAS_SQLITE; do
    for file in $(grep -l ASIOAUTH_TOOL_HAS src/tool/*.cpp); do
        checked=$((checked + 1))
        "$CXX" -std=c++20 -O0 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I include \
            -DASIOAUTH_TOOL_VERSION='"0"' ${with:+"$with"} -fsyntax-only "$file" || {
            echo "$file does not compile ${with:-without anything optional}"
            status=1
        }
    done
done
[ "$checked" -gt 6 ] || status=1
echo "tool options: $checked compilations, status $status"
exit "$status"
