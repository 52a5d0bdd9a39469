#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Logs in with our command-line tool for real: npm's `oidc-provider` as the authorization server, a
# protected MCP server behind it, and Chromium as the user's browser, all on the loopback. Works
# from a clean checkout; needs npm, Debian's chromium, and what the build needs.
#
#   test/servers/run.sh
#
# BUILD_DIR  the build folder, relative to the top of the checkout (build/release)
# ASIOAUTH   the tool under test, if not the one of the build folder
# CHROMIUM   the browser's program (/usr/bin/chromium)
#
# Prints a line for each login and, as the last line, `servers: N of M logins passed`; exits with 0
# only if N = M. Everything else is in $BUILD_DIR/servers/.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
npm_folder=$build/npm/servers
logs=$build/servers
CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
export CHROMIUM

logins=4
passed=0
jobs=

# Each job is a `timeout`, which passes a signal on to everything that it started.
stop_jobs() {
    for job in $jobs; do
        kill "$job" 2>/dev/null || :
        wait "$job" 2>/dev/null || :
    done
    jobs=
}

# The tool may well leave the browser to itself, so the browser notes who it is.
stop_browser() {
    [ -f "$folder/browser.pid" ] || return 0
    kill "$(cat "$folder/browser.pid")" 2>/dev/null || :
}

folder=$logs
finish() {
    status=$?
    trap - EXIT INT TERM HUP
    stop_browser
    stop_jobs
    [ "$passed" -eq "$logins" ] || [ "$status" -ne 0 ] || status=1
    echo "servers: $passed of $logins logins passed"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# in_background SECONDS COMMAND...
in_background() {
    timeout --kill-after=5 "$@" &
    job=$!
    jobs="$job $jobs"
}

# bounded SECONDS COMMAND...: waits for it too, in a way that sees a signal to this script at once.
bounded() {
    in_background "$@"
    bounded_status=0
    wait "$job" || bounded_status=$?
    jobs=${jobs#"$job "}
    return "$bounded_status"
}

# --- What we run with ------------------------------------------------------------------------

if [ ! -x "$CHROMIUM" ]; then
    echo "There is no $CHROMIUM: install Debian's package \`chromium\` (apt-get install chromium)." >&2
    exit 1
fi

install_packages() {
    if cmp -s "$here/package-lock.json" "$npm_folder/installed.json"; then
        return
    fi
    echo "installing oidc-provider and playwright-core (see $logs/npm.log)"
    rm -rf "$npm_folder"
    mkdir -p "$npm_folder"
    cp "$here/package.json" "$here/package-lock.json" "$npm_folder"
    {
        bounded 600 npm ci --prefix "$npm_folder" --no-audit --no-fund &&
            # The package `node` fetches its program in an install script, which npm may not run.
            { [ -x "$node" ] || bounded 600 npm rebuild --prefix "$npm_folder" node; } &&
            "$node" --version
    } >"$logs/npm.log" 2>&1 || { tail -n 20 "$logs/npm.log" >&2; return 1; }
    cp "$here/package-lock.json" "$npm_folder/installed.json"
}

# Only if it is missing, so that `cmake --build` stays the caller's.
build_tool() {
    [ ! -x "$tool" ] || return 0
    echo "building asioauth (see $logs/build.log)"
    {
        [ -f "$build/CMakeCache.txt" ] || cmake --preset release -B "$build"
        cmake --build "$build"
    } >"$logs/build.log" 2>&1 || { tail -n 20 "$logs/build.log" >&2; return 1; }
}

rm -rf "$logs"
mkdir -p "$logs"
node=$npm_folder/node_modules/node/bin/node
install_packages
# A module finds its packages from where it is itself.
cp "$here"/*.mjs "$npm_folder"
tool=${ASIOAUTH:-$build/asioauth}
build_tool

# What the tool starts as the user's browser: it notes its process and does the rest in node.
cat >"$logs/browser" <<'END'
#!/bin/sh
echo $$ >"$SERVERS_FOLDER/browser.pid"
exec "$SERVERS_NODE" "$SERVERS_NPM/browser.mjs" "$SERVERS_DECISION" "$SERVERS_FOLDER/profile" "$1" \
    >"$SERVERS_FOLDER/browser.log" 2>&1
END
chmod +x "$logs/browser"

# --- The logins ------------------------------------------------------------------------------

# start NAME SCRIPT ARGUMENT...: sets `url` to what the server says it is ready at.
start() {
    log=$folder/$1.log
    script=$npm_folder/$2
    shift 2
    in_background 120 "$node" "$script" "$@" >"$log" 2>&1
    tries=0
    url=
    while [ -z "$url" ] && [ "$tries" -lt 100 ] && kill -0 "$job" 2>/dev/null; do
        sleep 0.1
        tries=$((tries + 1))
        url=$(sed -n 's/^ready: //p' "$log")
    done
    [ -n "$url" ]
}

# The tool may end before the browser has closed, and what the browser saw is part of the result.
wait_for_browser() {
    tries=0
    while [ "$tries" -lt 150 ] && [ -f "$folder/browser.pid" ] &&
        kill -0 "$(cat "$folder/browser.pid")" 2>/dev/null; do
        sleep 0.1
        tries=$((tries + 1))
    done
    stop_browser
}

# login NAME DECISION METHOD STATUS ARGUMENT...: METHOD is for verify.mjs, STATUS is the tool's.
login() {
    name=$1
    decision=$2
    method=$3
    wanted=$4
    shift 4
    folder=$logs/$name
    mkdir -p "$folder/home"
    good=false
    if start provider oidc_provider.mjs && start resource mcp_resource.mjs "$url"; then
        status=0
        # A home of its own: no login of the user, and none of another case.
        HOME=$folder/home XDG_CONFIG_HOME='' XDG_DATA_HOME='' XDG_STATE_HOME='' XDG_CACHE_HOME='' \
            BROWSER=$logs/browser SERVERS_DECISION=$decision SERVERS_FOLDER=$folder \
            SERVERS_NODE=$node SERVERS_NPM=$npm_folder \
            bounded 90 "$tool" tools --json "$@" "$url" >"$folder/tool.out" 2>"$folder/tool.err" ||
            status=$?
        wait_for_browser
        if [ "$status" -ne "$wanted" ]; then
            outcome="the tool ended with $status, wanted $wanted: $(tail -n 1 "$folder/tool.err")"
        elif outcome=$("$node" "$here/verify.mjs" "$folder" "$method" 2>&1); then
            good=true
        fi
    else
        outcome="a server did not start, see $folder"
    fi
    stop_jobs
    rm -rf "$folder/profile"
    if $good; then
        passed=$((passed + 1))
        echo "ok   $name ($outcome)"
    else
        echo "FAIL $name: $outcome"
    fi
}

# Without a say in it, a program on the user's machine is a public client.
login public approve none 0
login confidential-basic approve client_secret_basic 0 --token-auth-method client_secret_basic
login confidential-post approve client_secret_post 0 --token-auth-method client_secret_post
login denied deny denied 2
