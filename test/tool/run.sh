#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# The command-line tool as its users run it: every command, with good and bad input, against the
# example servers and odd_server. Nothing leaves the loopback, and nothing of the user's is touched.
#
#   test/tool/run.sh
#
# BUILD_DIR  the build folder, relative to the top of the checkout (build/release)
#
# Prints a line for each check that failed and, as the last line, `tool: N of M passed`; exits with
# 0 only if N = M. What the tool printed is in $BUILD_DIR/tool-test/.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
tool=$build/asioauth
servers=$build/example/servers
helpers=$build/test/tool
logs=$build/tool-test

checks=$(cat "$here"/*.part.sh | grep -cE '^ *check(_not)? ')
passed=0
jobs=
finish() {
    status=$?
    trap - EXIT INT TERM HUP
    for job in $jobs; do
        kill "$job" 2>/dev/null || :
        wait "$job" 2>/dev/null || :
    done
    [ "$passed" -eq "$checks" ] || [ "$status" -ne 0 ] || status=1
    echo "tool: $passed of $checks passed"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

rm -rf "$logs"
mkdir -p "$logs/home"
cd "$logs"

# check WHAT COMMAND...: COMMAND says whether it is so.
check() {
    what=$1
    shift
    if "$@" >"$logs/check.out" 2>&1; then
        passed=$((passed + 1))
    else
        echo "FAIL $what (last command: asioauth ${line:-none}, status ${status:-none})"
        tail -n 3 "$logs/out" "$logs/err" "$logs/check.out" 2>/dev/null | cut -c 1-300 | sed 's/^/     /'
    fi
}
check_not() {
    what=$1
    shift
    check "$what" not "$@"
}
not() {
    if "$@"; then return 1; else return 0; fi
}

# Each job is a `timeout`, which passes a signal on to what it started: once, in the foreground. On a
# busy machine a second one can come so late that it is another interruption.
in_background() {
    timeout --foreground --kill-after=5 "$@" &
    job=$!
    jobs="$job $jobs"
}

# start NAME PROGRAM ARGUMENT...: sets `url` to what the server says it is ready at.
start() {
    name=$1
    shift
    in_background 350 "$@" >"$logs/$name.log" 2>&1
    wait_for "^ready: " "$logs/$name.log" || { cat "$logs/$name.log" >&2; exit 1; }
    url=$(sed -n 's/^ready: //p' "$logs/$name.log")
}

# wait_for PATTERN FILE: until a line of the file has it; ten seconds at most.
wait_for() {
    tries=0
    until grep -q "$1" "$2" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || return 1
        sleep 0.1
    done
}

start authorization_server "$servers/authorization_server" --port 0
start mcp_server "$servers/mcp_server" --port 0 --issuer "$url"
mcp=$url/mcp
start odd_server "$helpers/odd_server"
odd=$url

# BROWSER is a list separated by colons and blanks, and the way to the build folder may have both.
cat >"$logs/browser" <<'END'
#!/bin/sh
exec "$TOOL_TEST_SERVERS/headless_user" $TOOL_TEST_DECISION "$1"
END
chmod +x "$logs/browser"

# A surrounding of its own: no login, browser or setting of the user.
unset $(env | sed -n 's/^\(ASIOAUTH_[A-Z_]*\)=.*/\1/p') DISPLAY WAYLAND_DISPLAY SSH_CONNECTION \
    WSL_DISTRO_NAME NO_COLOR DBUS_SESSION_BUS_ADDRESS
export HOME="$logs/home" XDG_CONFIG_HOME= XDG_DATA_HOME= XDG_RUNTIME_DIR= TERM=xterm LC_ALL=C
export BROWSER="$logs/browser" TOOL_TEST_SERVERS="$servers" TOOL_TEST_DECISION=

# run ARGUMENT...: the tool; sets `status`, and fills out and err. All of it is kept for the search
# for secrets, but for what `secretly` runs, which is meant to print one.
kept=0
run() {
    line=$*
    status=0
    timeout --kill-after=5 60 "$tool" "$@" >"$logs/out" 2>"$logs/err" </dev/null || status=$?
    kept=$((kept + 1))
    cat "$logs/out" "$logs/err" >"$logs/kept.$kept"
}
secretly() {
    run "$@"
    rm -f "$logs/kept.$kept"
}
# on_terminal INPUT ARGUMENT...: the same on a pseudo terminal; out has all it showed.
on_terminal() {
    input=$1
    shift
    line=$*
    command="exec '$tool'"
    for argument in "$@"; do
        command="$command '$argument'"
    done
    status=0
    printf '%b' "$input" | timeout --kill-after=5 60 script -qefc "$command" "$logs/typescript" \
        >"$logs/out" 2>"$logs/err" || status=$?
}
ended() { [ "$status" -eq "$1" ]; }
out_has() { grep -qF -- "$1" "$logs/out"; }
err_has() { grep -qF -- "$1" "$logs/err"; }
silent() { [ ! -s "$logs/out" ]; }
quiet() { [ ! -s "$logs/err" ]; }
one_line() { [ "$(wc -l <"$logs/out")" -eq 1 ]; }
# member VALUE NAME...: what the result says, as JSON of version 1.
member() {
    wanted=$1
    shift
    [ "$("$helpers/json_member" version <"$logs/out")" = 1 ] &&
        [ "$("$helpers/json_member" "$@" <"$logs/out")" = "$wanted" ]
}
has_member() { "$helpers/json_member" "$@" <"$logs/out"; }
# failed_with CODE: the last line of the standard error is the error, and there is no result.
failed_with() {
    silent && tail -n 1 "$logs/err" >"$logs/last" &&
        [ "$("$helpers/json_member" version <"$logs/last")" = 1 ] &&
        [ "$("$helpers/json_member" error code <"$logs/last")" = "$1" ] &&
        "$helpers/json_member" error hint <"$logs/last"
}

for part in "$here"/*.part.sh; do
    . "$part"
done
