# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Sourced by the scripts that need packages of npm and programs of ours. They have $here, $build,
# $npm_folder, $logs and `bounded SECONDS COMMAND...`.

# install_packages WHAT: what $here/package-lock.json names, unless it is there already.
install_packages() {
    if cmp -s "$here/package-lock.json" "$npm_folder/installed.json"; then
        return
    fi
    echo "installing $1 (see $logs/npm.log)"
    rm -rf "$npm_folder"
    mkdir -p "$npm_folder"
    cp "$here/package.json" "$here/package-lock.json" "$npm_folder"
    own_node=$npm_folder/node_modules/node
    {
        bounded 600 npm ci --prefix "$npm_folder" --no-audit --no-fund &&
            # The package `node` fetches its program in an install script, which npm may not run.
            { [ ! -d "$own_node" ] || [ -x "$own_node/bin/node" ] ||
                bounded 600 npm rebuild --prefix "$npm_folder" node; } &&
            { [ ! -d "$own_node" ] || "$own_node/bin/node" --version; }
    } >"$logs/npm.log" 2>&1 || { tail -n 20 "$logs/npm.log" >&2; return 1; }
    cp "$here/package-lock.json" "$npm_folder/installed.json"
}

# build_program FILE TARGET: only if it is missing, so that `cmake --build` stays the caller's.
build_program() {
    [ ! -x "$1" ] || return 0
    echo "building $2 (see $logs/build.log)"
    {
        [ -f "$build/CMakeCache.txt" ] || cmake --preset release -B "$build"
        cmake --build "$build" --target "$2"
    } >>"$logs/build.log" 2>&1 || { tail -n 20 "$logs/build.log" >&2; return 1; }
}
