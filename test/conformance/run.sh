#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Runs the MCP conformance suite against our client and our example authorization server: every
# line of scenarios.txt is one run. Works from a clean checkout; needs npm (for the runner itself)
# and what the build needs.
#
#   test/conformance/run.sh
#
# BUILD_DIR             the build folder, relative to the top of the checkout (build/release)
# CONFORMANCE_CLIENT    the client under test, if not the one of the build folder
# AUTHORIZATION_SERVER  the authorization server under test, likewise
#
# Prints a line for each run and, as the last line, `conformance: N of M runs passed`; exits with 0
# only if N = M. Everything else is in $BUILD_DIR/conformance/.

set -euf

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
npm_folder=$build/npm/conformance
logs=$build/conformance
table=$here/scenarios.txt

runs=$(grep -cE '^(client|authorization)[[:space:]]' "$table")
passed=0
job=

# The last line comes whatever happens, and so does the end of what still runs: each job is a
# `timeout`, which passes a signal on to everything that it started.
finish() {
    status=$?
    trap - EXIT INT TERM HUP
    if [ -n "$job" ]; then
        kill "$job" 2>/dev/null || :
        wait "$job" 2>/dev/null || :
    fi
    [ "$passed" -eq "$runs" ] || [ "$status" -ne 0 ] || status=1
    echo "conformance: $passed of $runs runs passed"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

. "$top/test/support/bounded.sh"

# --- What we run with ------------------------------------------------------------------------

. "$top/test/support/scripts.sh"
rm -rf "$logs"
mkdir -p "$logs/home"
node=$npm_folder/node_modules/node/bin/node
runner=$npm_folder/node_modules/@modelcontextprotocol/conformance/dist/index.js
install_packages 'the conformance runner'

# A program that cannot be built fails its runs below; the others are still worth knowing.
client=${CONFORMANCE_CLIENT:-}
if [ -z "$client" ]; then
    client=$build/test/conformance/conformance_client
    build_program "$client" conformance_client || :
fi
server=${AUTHORIZATION_SERVER:-}
if [ -z "$server" ]; then
    server=$build/example/servers/authorization_server
    build_program "$server" authorization_server || :
fi

# --- The runs --------------------------------------------------------------------------------

failed() {
    echo "FAIL $name: $1"
}

# judge RESULTS CHECK...
judge() {
    if reason=$("$node" "$here/verdict.mjs" "$table" "$@" 2>&1 </dev/null); then
        passed=$((passed + 1))
        echo "ok   $name"
    else
        failed "$reason"
    fi
}

# client SCENARIO REVISION OUTCOME CHECK...
run_client() {
    folder=$logs/client/$2/${1#*/}
    wanted=$3
    scenario=$1
    revision=$2
    shift 3
    mkdir -p "$folder"
    [ -x "$client" ] || { failed "no client program"; return; }

    # The runner puts the URL behind this command and gives it to a shell. It takes death by a
    # signal for success, so the client's own exit status goes through a file; and the client
    # must not see the user's files.
    # shellcheck disable=SC2016
    command='run() {
        HOME=$CONFORMANCE_HOME XDG_CONFIG_HOME= XDG_DATA_HOME= XDG_STATE_HOME= \
            "$CONFORMANCE_CLIENT" "$1"
        status=$?
        echo "$status" >"$CONFORMANCE_STATUS"
        return "$status"
    }; run'
    status=0
    # An extension is outside of the revisions, and naming one would skip it.
    version="--spec-version $revision"
    [ "$revision" != - ] || version=
    # shellcheck disable=SC2086
    CONFORMANCE_CLIENT=$client CONFORMANCE_STATUS=$folder/status CONFORMANCE_HOME=$logs/home \
        bounded 40 "$node" "$runner" client --command "$command" --scenario "$scenario" \
        $version --timeout 30000 -o "$folder/result" >"$folder/runner.log" 2>&1 || status=$?

    [ "$status" -lt 124 ] || { failed "no end in 40 seconds"; return; }
    [ -f "$folder/status" ] ||
        { failed "the client did not run ($(tail -n 1 "$folder/runner.log"))"; return; }
    read -r client_status <"$folder/status"
    case $wanted:$client_status in
        ok:0 | refused:2) judge "$folder/result" "$@" ;;
        *) failed "the client ended with $client_status, wanted: $wanted ($(last_words))" ;;
    esac
}

# The last line that the client wrote on its standard error, as the runner kept it.
last_words() {
    set +f
    cat "$folder"/result/*/*/stderr.txt "$folder"/result/*/stderr.txt 2>/dev/null | tail -n 1
    set -f
}

# All authorization runs share one server, which is started for the first of them.
run_authorization() {
    folder=$logs/authorization
    scenario=$1
    revision=$2
    shift 3
    [ -x "$server" ] || { failed "no server program"; return; }
    if [ ! -d "$folder" ]; then
        # shellcheck disable=SC2046
        bounded 120 "$node" "$here/authorization_server.mjs" "$server" "$runner" "$folder" \
            $(sed -nE 's/^authorization[[:space:]]+[^[:space:]]+[[:space:]]+([^[:space:]]+).*/\1/p' \
                "$table" | sort -u) >"$logs/authorization.log" 2>&1 || touch "$folder.failed"
    fi
    set +f
    set -- "$folder/$revision/result/authorization-server-$scenario"-* -- "$@"
    set -f
    if [ -f "$folder.failed" ] || [ "$2" != -- ] || [ ! -f "$1/checks.json" ]; then
        failed "no result, or a server that did not end well ($(tail -n 1 "$logs/authorization.log"))"
        return
    fi
    results=$1
    shift 2
    judge "$results" "$@"
}

while read -r command scenario revision outcome checks; do
    name="$scenario @$revision"
    # shellcheck disable=SC2086
    case $command in
        client) run_client "$scenario" "$revision" "$outcome" $checks ;;
        authorization) run_authorization "$scenario" "$revision" "$outcome" $checks ;;
    esac
done <"$table"
