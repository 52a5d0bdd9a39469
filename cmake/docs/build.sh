#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Builds the reference of the public headers and the pages of cmake/docs, as HTML. Fails if Doxygen
# has anything to say. Needs the packages doxygen and doxygen-awesome-css.
#
#   cmake/docs/build.sh [OUT_DIR]     OUT_DIR/html/index.html; by default build/docs

set -eu

out=${1:-build/docs}
case $out in /*) ;; *) out=$PWD/$out ;; esac
cd "$(dirname "$0")/../.."

if ! command -v doxygen >/dev/null; then
    echo 'docs: there is no doxygen (apt-get install doxygen doxygen-awesome-css)' >&2
    exit 1
fi
style=/usr/share/doxygen-awesome-css/doxygen-awesome.css
if [ ! -e "$style" ]; then
    echo 'docs: without the package doxygen-awesome-css pages look as Doxygen makes them' >&2
    style=
fi

rm -rf "$out/html"
mkdir -p "$out"
export ASIOAUTH_DOCS="$out" ASIOAUTH_DOCS_STYLE="$style"
ASIOAUTH_VERSION=$(sed -n 's/^project(asioauth VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
export ASIOAUTH_VERSION
doxygen cmake/docs/Doxyfile

warnings=$(LC_ALL=C sort -u "$out/warnings.txt" | sed "s|^$PWD/||")
if [ -n "$warnings" ]; then
    echo "$warnings"
    echo "docs: $(echo "$warnings" | wc -l) warnings"
    exit 1
fi
if [ ! -s "$out/html/index.html" ]; then
    echo 'docs: there is no page' >&2
    exit 1
fi
echo "docs: $(find "$out/html" -name '*.html' | wc -l) pages, 0 warnings: $out/html/index.html"
