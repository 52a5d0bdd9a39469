#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Runs a command beside a private PostgreSQL server that ends with it.
#
#   postgres_server.sh COMMAND...
#
# The command finds a connection string in ASIOAUTH_POSTGRES and the id of the server's first
# process, to be stopped or killed, in ASIOAUTH_POSTGRES_PROCESS. fsync is on.

set -eu

for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    PATH=$folder:$PATH
    break
done
command -v initdb >/dev/null || { echo "postgres_server.sh: initdb is not installed" >&2; exit 77; }
folder=$(mktemp -d /tmp/asioauth-pg-XXXXXX)
# Servers refuse to be root. A signal reaches the server itself: every word here is an exec.
as_server=
if [ "$(id -u)" = 0 ]; then
    chown postgres: "$folder"
    as_server="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
server=
finish() {
    trap - EXIT INT TERM HUP
    if [ -n "$server" ]; then
        kill -CONT "$server" 2>/dev/null || :
        kill -QUIT "$server" 2>/dev/null || :
        wait "$server" 2>/dev/null || :
    fi
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

cd "$folder"
$as_server initdb -D "$folder/data" -U tester -A trust -E UTF8 --no-locale -N >initdb.log 2>&1 || {
    cat initdb.log >&2
    exit 1
}
# PDEATHSIG covers what no trap does: that this script is killed.
$as_server setpriv --pdeathsig QUIT postgres -D "$folder/data" -c listen_addresses= \
    -c unix_socket_directories="$folder" -c fsync=on >server.log 2>&1 &
server=$!
tries=0
until $as_server pg_isready -q -h "$folder"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
        cat server.log >&2
        exit 1
    fi
    sleep 0.1
done
ASIOAUTH_POSTGRES="host=$folder user=tester dbname=postgres"
ASIOAUTH_POSTGRES_PROCESS=$server
export ASIOAUTH_POSTGRES ASIOAUTH_POSTGRES_PROCESS
cd - >/dev/null
"$@"
