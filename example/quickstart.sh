#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# One complete login on your own machine, from a bare Debian 12 and this checkout: installs what
# the build needs, builds the library, the tool and the example servers, starts the servers on free
# ports of the loopback, logs in, and calls a tool of the MCP server with the token.
#
#   example/quickstart.sh
#
# BUILD_DIR           the build folder, relative to the top of the checkout (build/release)
# ASIOAUTH_INSTALL=0  install nothing, it is all there
#
# Nothing keeps running, and nothing is written outside of the build folder.

set -eu

cd "$(dirname "$0")/.."
top=$PWD
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac

steps=6
step=0
say() {
    step=$((step + 1))
    printf '\n[%s/%s] %s\n' "$step" "$steps" "$*"
}

jobs=
folder=
finish() {
    status=$?
    trap - EXIT INT TERM HUP
    for job in $jobs; do
        kill "$job" 2>/dev/null || :
        wait "$job" 2>/dev/null || :
    done
    [ -z "$folder" ] || rm -rf "$folder"
    [ "$status" -eq 0 ] || printf '\nThe quick start did not get to its end (exit code %s).\n' "$status" >&2
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say 'Looking for what the build needs'
packages='g++ cmake ninja-build libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
    libssl-dev libcli11-dev libsqlite3-dev'
if [ "${ASIOAUTH_INSTALL:-1}" = 0 ]; then
    echo 'Not looked: ASIOAUTH_INSTALL=0.'
elif command -v apt-get >/dev/null; then
    . test/install.sh
    echo 'All there.'
else
    echo "This is no Debian: whether Boost 1.81, OpenSSL 3, CLI11, CMake and Ninja are there shows next."
fi

say "Building in $build (some minutes, the first time)"
if [ ! -f "$build/CMakeCache.txt" ]; then
    cmake --preset release -B "$build" -DASIOAUTH_BUILD_TESTS=OFF \
        -DASIOAUTH_BUILD_POSTGRES=OFF -DASIOAUTH_BUILD_HUB=OFF
fi
cmake --build "$build" --parallel "$(nproc)" --target asioauth_tool \
    asioauth_example_authorization_server asioauth_example_mcp_server asioauth_example_headless_user

folder=$(mktemp -d "$build/quickstart.XXXXXX")
servers=$build/example/servers
tool=$build/asioauth

# start NAME ARGUMENT...: sets `url` to what the server says it is ready at. Each is started under
# `timeout`, which passes a signal on and ends it in any case.
start() {
    name=$1
    shift
    timeout --kill-after=5 300 "$servers/$name" --port 0 "$@" >"$folder/$name.log" 2>&1 &
    jobs="$! $jobs"
    job=$!
    url=
    tries=0
    while [ -z "$url" ] && [ "$tries" -lt 100 ] && kill -0 "$job" 2>/dev/null; do
        sleep 0.1
        tries=$((tries + 1))
        url=$(sed -n 's/^ready: //p' "$folder/$name.log")
    done
    if [ -z "$url" ]; then
        echo "$name did not start. This is what it said:" >&2
        cat "$folder/$name.log" >&2
        exit 1
    fi
}

say 'Starting an authorization server and an MCP server that wants its tokens'
start authorization_server
issuer=$url
echo "The authorization server is at $issuer"
start mcp_server --issuer "$issuer"
resource=$url/mcp
echo "The MCP server is at $resource"

# The user's browser, played by a program: BROWSER is a list, so the path goes another way.
cat >"$folder/browser" <<'END'
#!/bin/sh
exec "$QUICKSTART_SERVERS/headless_user" "$1"
END
chmod +x "$folder/browser"

# run ARGUMENT...: the tool, with that browser, away from the user's own settings.
exec 3>&1
run() {
    printf '$ asioauth %s\n' "$*" >&3
    HOME=$folder XDG_CONFIG_HOME='' XDG_DATA_HOME='' XDG_STATE_HOME='' XDG_CACHE_HOME='' \
        QUICKSTART_SERVERS=$servers BROWSER=$folder/browser timeout 60 "$tool" "$@" </dev/null
}

say 'Finding out, from the URL alone, who gives out tokens for it'
run discover "$resource"

say 'Logging in: registration, the consent page in a browser (a program here), the code, the token'
run login "$resource"

say 'Calling the tool "whoami" with the login that was kept: no browser this time'
run tools --call whoami "$resource" >"$folder/whoami"
cat "$folder/whoami"
grep -q alice "$folder/whoami" || { echo 'That is not alice, who logged in.' >&2; exit 1; }

printf '\nDone: logged in as alice, and the MCP server knew her. The servers are stopped.\n'
printf 'Try it on a server of yours: %s login https://HOST/PATH\n' "$tool"
