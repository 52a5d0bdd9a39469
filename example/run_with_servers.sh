#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Runs a lesson of the course against the example servers, with a user who needs no browser.
#
#   example/run_with_servers.sh [--deny] [--paste] [--visitor VISITOR] PROGRAM [ARGUMENT...]
#
# PROGRAM gets the URL of the MCP server as its last argument. The servers are looked for in the
# folder `servers` beside it, or in LESSON_SERVERS. With --deny the user presses Deny instead of Allow.
# With --paste PROGRAM opens no browser: the user opens the address that it prints on a line of its own
# elsewhere, and types the address where the browser ends. With --visitor PROGRAM is a web site: it is
# started as the servers are, and VISITOR gets its URL and that of the MCP server. Ends with the
# program's (the visitor's) exit status, or 124 if it took longer than a minute.

set -eu

decision=
if [ "${1:-}" = --deny ]; then
    decision=--deny
    shift
fi
paste=
if [ "${1:-}" = --paste ]; then
    paste=yes
    shift
fi
visitor=
if [ "${1:-}" = --visitor ] && [ $# -ge 2 ]; then
    visitor=$2
    shift 2
fi
if [ $# -eq 0 ] || [ ! -x "$1" ]; then
    echo "usage: run_with_servers.sh [--deny] [--paste] [--visitor VISITOR] PROGRAM [ARGUMENT...]" >&2
    exit 2
fi
servers=${LESSON_SERVERS:-$(cd "$(dirname "$1")" && pwd)/servers}
folder=$(mktemp -d "${TMPDIR:-/tmp}/asioauth-lesson.XXXXXX")
jobs=

finish() {
    status=$?
    trap - EXIT INT TERM HUP
    for job in $jobs; do
        kill "$job" 2>/dev/null || :
        wait "$job" 2>/dev/null || :
    done
    rm -rf "$folder"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Each job is a `timeout`, which passes a signal on to what it started.
in_background() {
    timeout --kill-after=5 "$@" &
    job=$!
    jobs="$job $jobs"
}

# start PROGRAM ARGUMENT...: sets `url` to what the server says it is ready at.
start() {
    server=$1
    name=$(basename "$server")
    log=$folder/$name.log
    shift
    in_background 110 "$server" --port 0 "$@" >"$log" 2>&1
    tries=0
    url=
    while [ -z "$url" ] && [ "$tries" -lt 100 ] && kill -0 "$job" 2>/dev/null; do
        sleep 0.1
        tries=$((tries + 1))
        url=$(sed -n 's/^ready: //p' "$log")
    done
    if [ -z "$url" ]; then
        echo "$name did not start:" >&2
        cat "$log" >&2
        exit 1
    fi
}

# BROWSER is a list separated by colons and blanks, and the way to the build folder may have both.
cat >"$folder/browser" <<'USER'
#!/bin/sh
exec "$LESSON_SERVERS/headless_user" $LESSON_DECISION "$1"
USER
chmod +x "$folder/browser"

start "$servers/authorization_server"
start "$servers/mcp_server" --issuer "$url"
resource=$url/mcp
if [ -n "$visitor" ]; then
    start "$@"
    set -- "$visitor" "$url"
fi
status=0
export LESSON_SERVERS="$servers" LESSON_DECISION=$decision BROWSER="$folder/browser"
if [ -n "$paste" ]; then
    mkfifo "$folder/terminal"
    timeout --kill-after=5 60 "$@" "$resource" <"$folder/terminal" >"$folder/said" &
    job=$!
    jobs="$job $jobs"
    exec 3>"$folder/terminal"
    address=
    while [ -z "$address" ] && kill -0 "$job" 2>/dev/null; do
        sleep 0.1
        address=$(sed -n 's/^ *\(http:[^ ]*authorize[^ ]*\)$/\1/p' "$folder/said")
    done
    "$servers/headless_user" --paste http://127.0.0.1: "$address" >&3 || :
    wait "$job" || status=$?
    cat "$folder/said"
    exit "$status"
fi
in_background 60 "$@" "$resource"
wait "$job" || status=$?
exit "$status"
