#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Logs in for real: npm's `oidc-provider` and the router of npm's MCP SDK as authorization servers,
# protected MCP servers behind them, and Chromium as the user's browser, all on the loopback. First
# with our command-line tool, then with counterpart_client at servers that demand more (README.md).
# Works from a clean checkout; needs npm, Debian's chromium, and what the build needs.
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

logins=$(grep -cE "^login(_at)? " "$here/run.sh")
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

rm -rf "$logs"
mkdir -p "$logs"
node=$npm_folder/node_modules/node/bin/node
. "$top/test/support/scripts.sh"
install_packages 'oidc-provider, the MCP SDK and playwright-core'
# A module finds its packages from where it is itself.
cp "$here"/*.mjs "$npm_folder"
tool=${ASIOAUTH:-$build/asioauth}
counterpart=$build/test/servers/counterpart_client
build_program "$tool" asioauth_tool
build_program "$counterpart" counterpart_client

# What the tool starts as the user's browser: it notes its process and does the rest in node.
cat >"$logs/browser" <<'END'
#!/bin/sh
echo $$ >"$SERVERS_FOLDER/browser.pid"
exec "$SERVERS_NODE" "$SERVERS_NPM/browser.mjs" "$SERVERS_DECISION" "$SERVERS_FOLDER/profile" "$@" \
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
            SERVERS_DECISION=$decision SERVERS_FOLDER=$folder \
            SERVERS_NODE=$node SERVERS_NPM=$npm_folder \
            bounded 90 "$tool" tools --browser "$logs/browser" --json "$@" "$url" >"$folder/tool.out" 2>"$folder/tool.err" ||
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

# --- Servers that demand more (server.mjs, see README.md) ----------------------------------------

told() {
    "$node" "$here/told.mjs" "$folder/server.log" "$@"
}

# login_at MODE NAME CLIENT RESOURCE OPTION VALUE... [then STEP...]: CLIENT is registered
# beforehand, or `-` for one that registers itself; RESOURCE is the number of the resource.
login_at() {
    mode=$1
    name="$1: $2"
    client=$3
    resource=$4
    folder="$logs/$1-$2"
    shift 4
    mkdir -p "$folder/home"
    outcome='the server did not start'
    good=false
    in_background 150 "$node" "$npm_folder/server.mjs" "$mode" >"$folder/server.log" 2>"$folder/server.err"
    tries=0
    while ! told issuer >/dev/null 2>&1 && [ "$tries" -lt 100 ] && kill -0 "$job" 2>/dev/null; do
        sleep 0.1
        tries=$((tries + 1))
    done
    if url=$(told "resources.$resource" 2>/dev/null); then
        set -- browser "$logs/browser" "$@"
        for member in ca_file:ca initial_access_token:initial; do
            value=$(told "${member%:*}" 2>/dev/null) && set -- "${member#*:}" "$value" "$@"
        done
        if [ "$client" != - ]; then
            set -- client "$client" issuer "$(told issuer)" \
                auth "$(told "$client" token_endpoint_auth_method)" "$@"
            for member in client_secret:secret kid:kid; do
                value=$(told "$client" "${member%:*}" 2>/dev/null) &&
                    set -- "${member#*:}" "$value" "$@"
            done
            for member in private_key:pem certificate:certificate; do
                told "$client" "${member%:*}" >"$folder/${member#*:}" 2>/dev/null &&
                    set -- "${member#*:}" "$folder/${member#*:}" "$@"
            done
        fi
        status=0
        HOME=$folder/home XDG_CONFIG_HOME='' XDG_DATA_HOME='' XDG_STATE_HOME='' XDG_CACHE_HOME='' \
            SERVERS_DECISION=approve SERVERS_FOLDER=$folder SERVERS_NODE=$node \
            SERVERS_NPM=$npm_folder \
            bounded 120 "$counterpart" "$url" "$@" >"$folder/client.out" 2>"$folder/client.err" ||
            status=$?
        wait_for_browser
        if [ "$status" -eq 0 ] && [ "$(tail -n 1 "$folder/client.out")" = done ]; then
            good=true
            outcome="$(grep -c '^ok ' "$folder/client.out") steps, $(sed -n 's/^token //p' "$folder/client.out")"
        else
            outcome=$(tail -n 2 "$folder/client.out" "$folder/client.err" | tr '\n' ' ')
        fi
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

# A client that passes against a server which has stopped asking would prove nothing.
echo "what the servers demand (see $logs/strictness.log)"
bounded 240 "$node" "$npm_folder/strictness.mjs" >"$logs/strictness.log" 2>&1 || {
    cat "$logs/strictness.log"
    echo "FAIL: a server demands less than it says"
    logins=$((logins + 1))
}

login_at managed registration-and-its-management - 0 then call manage
login_at par pushed-by-a-client-that-registered - 0 then call
login_at par pushed-by-a-known-client par-client 0 then call refresh
login_at dpop bound-with-nonces - 0 then call refresh call
login_at private-key-jwt registers-its-key - 0 auth private_key_jwt key ES256 then call refresh
login_at private-key-jwt known-key key-client 0 then call refresh
login_at client-secret-jwt signs-with-its-secret - 0 auth client_secret_jwt then call refresh
login_at resources first-resource - 0 then call refresh
login_at resources second-resource - 1 then call
login_at device on-another-device device-client 0 grant device then call refresh
login_at device confidential secret-device-client 0 grant device then call
login_at opaque introspection-and-revocation opaque-client 0 then call introspect revoke
login_at jar signed-requests jar-client 0 then call
login_at jar signed-requests-of-a-public-client public-jar-client 0 then call
login_at mtls certificate tls-client 0 then call refresh
login_at mtls self-signed-certificate self-signed-client 0 then call
login_at client-credentials basic client-secret-basic 0 grant client_credentials then call
login_at client-credentials post client-secret-post 0 grant client_credentials then call
login_at client-credentials secret-jwt client-secret-jwt 0 grant client_credentials then call
login_at client-credentials key private-key-jwt 0 grant client_credentials then call
login_at refresh rotation-and-reuse refresh-client 0 then call refresh old_refresh
login_at refresh id-token - 0 scope "openid mcp:tools" then call id_token
login_at fapi2 pushed-bound-and-signed fapi-client 0 then call refresh
login_at mcp-sdk router-of-the-sdk - 0 then call refresh revoke
