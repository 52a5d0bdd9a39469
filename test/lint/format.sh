#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Is everything as clang-format 14 leaves it?
#
#   format.sh         asks
#   format.sh --fix   makes it so

set -eu

cd "$(dirname "$0")/../.."
program=
for candidate in clang-format-14 clang-format; do
    if command -v "$candidate" >/dev/null && "$candidate" --version | grep -q 'version 14\.'; then
        program=$candidate
        break
    fi
done
if [ -z "$program" ]; then
    echo "format: there is no clang-format 14 (apt-get install clang-format-14)"
    exit 1
fi
if [ "${1:-}" = --fix ]; then
    set -- -i
else
    set -- --dry-run -Werror
fi
find include src test example -path test/lint/bad -prune -o \
    \( -name '*.hpp' -o -name '*.cpp' \) -print | LC_ALL=C sort |
    xargs "$program" --style=file "$@"
