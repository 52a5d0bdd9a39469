#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Does a stranger get there with the tutorial alone? Takes the two files out of cmake/docs/tutorial.md,
# builds them against this checkout as the page says, in a folder of their own, and runs the program
# against the example servers: it has to log in and to be answered.
#
#   test/docs/tutorial.sh
#
# BUILD_DIR  a build folder that has the example servers, relative to the top of the checkout
#            (build/release). What the tutorial builds is kept in it, in the folder `tutorial`.

set -eu

cd "$(dirname "$0")/../.."
top=$PWD
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
[ -x "$build/example/servers/mcp_server" ] ||
    cmake --build "$build" --target asioauth_example_authorization_server \
        asioauth_example_mcp_server asioauth_example_headless_user

folder=$build/tutorial
mkdir -p "$folder"
# take LANGUAGE FILE: the block of that language; there has to be one whose source is the first program.
take() {
    awk -v language="$1" '
        /^<!-- example\/first_program\// { wanted = 1; next }
        /^```/ && taking { exit }
        $0 == "```" language && wanted { taking = 1; next }
        { wanted = 0 }
        taking' cmake/docs/tutorial.md >"$folder/$2.new"
    [ -s "$folder/$2.new" ] || { echo "tutorial: the page has no $2" >&2; exit 1; }
    if cmp -s "$folder/$2.new" "$folder/$2"; then rm "$folder/$2.new"; else mv "$folder/$2.new" "$folder/$2"; fi
}
take cmake CMakeLists.txt
take cpp main.cpp

# The same compiler and flags as the folder has: what has been compiled there need not be once more.
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
cmake -S "$folder" -B "$folder/build" -G Ninja -D ASIOAUTH="$top" \
    -D CMAKE_BUILD_TYPE="$(cached CMAKE_BUILD_TYPE)" \
    -D CMAKE_CXX_COMPILER="$(cached CMAKE_CXX_COMPILER)" \
    -D CMAKE_CXX_FLAGS="$(cached CMAKE_CXX_FLAGS)" \
    -D CMAKE_CXX_EXTENSIONS=OFF \
    -D CMAKE_CXX_COMPILER_LAUNCHER="$(command -v ccache || :)" \
    -D ASIOAUTH_WARNINGS_AS_ERRORS="$(cached ASIOAUTH_WARNINGS_AS_ERRORS)" >/dev/null
cmake --build "$folder/build" --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-2}" >"$folder/log" ||
    { cat "$folder/log" >&2; exit 1; }

LESSON_SERVERS=$build/example/servers example/run_with_servers.sh "$folder/build/first_program" \
    >"$folder/said" || { cat "$folder/said" >&2; echo 'tutorial: the program failed' >&2; exit 1; }
cat "$folder/said"
for line in 'Logged in to http://localhost:' 'with the scope mcp:tools' 'It answers 200:' '"result":'; do
    grep -qF "$line" "$folder/said" || { echo "tutorial: the program did not say: $line" >&2; exit 1; }
done
echo 'tutorial: the program of the page logs in'
