#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Goes through a proxy that is not ours: Debian's tinyproxy, once for everybody and once with a
# password, to a server of `openssl s_server`, all on the loopback. Works from a clean checkout; needs
# tinyproxy-bin, openssl, perl and what the build needs.
#
#   test/proxy/run.sh
#
# BUILD_DIR     the build folder, relative to the top of the checkout (build/release)
# PROXY_CLIENT  our side, if not the one of the build folder
# TINYPROXY     the proxy, if not the one in PATH
#
# Prints a line for each check and, as the last line, `proxy: N of M checks passed`; exits with 0
# only if N = M. Everything else is in $BUILD_DIR/proxy/.

set -euf

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
logs=$build/proxy
client=${PROXY_CLIENT:-$build/test/proxy/proxy_client}
tinyproxy=${TINYPROXY:-tinyproxy}

checks=$(grep -c '^check ' "$here/run.sh")
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
    echo "proxy: $passed of $checks checks passed"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

command -v "$tinyproxy" >/dev/null || { echo 'tinyproxy is not there (tinyproxy-bin)' >&2; exit 1; }
mkdir -p "$logs"
if [ ! -x "$client" ]; then
    echo "building proxy_client (see $logs/build.log)"
    {
        [ -f "$build/CMakeCache.txt" ] || cmake --preset release -B "$build"
        cmake --build "$build" --target proxy_client
    } >"$logs/build.log" 2>&1 || { tail -n 20 "$logs/build.log" >&2; exit 1; }
fi

# The proxy looks the name up, so it has to be one that this machine knows for itself; `localhost`
# would be reached directly.
name=
for known in "$(uname -n)" ip6-localhost localhost.localdomain; do
    getent ahosts "$known" >/dev/null 2>&1 && name=$known && break
done
[ -n "$name" ] || { echo 'this machine has no name for itself (/etc/hosts)' >&2; exit 1; }

free_port() {
    perl -MIO::Socket::INET -e \
        'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

# wait_for PORT: until something listens there.
wait_for() {
    perl -MIO::Socket::INET -e '
        for (1 .. 400) {
            exit 0 if IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ARGV[0]");
            select undef, undef, undef, 0.05;
        }
        exit 1' "$1"
}

in_background() {
    timeout --kill-after=5 120 "$@" &
    jobs="$! $jobs"
}

# --- The server, and three proxies -----------------------------------------------------------

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$name" \
    -addext "subjectAltName=DNS:$name" -keyout "$logs/key.pem" -out "$logs/ca.pem" \
    >"$logs/openssl.log" 2>&1
printf 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello' >"$logs/hello"
server=$(free_port)
(cd "$logs" && exec timeout --kill-after=5 120 openssl s_server -quiet -HTTP -accept "$server" \
    -key key.pem -cert ca.pem >server.log 2>&1 </dev/null) &
jobs="$! $jobs"

# proxy_at NAME LINE...: a proxy with these lines in its configuration; sets $port.
proxy_at() {
    port=$(free_port)
    file=$logs/$1
    shift
    {
        printf 'Port %s\nListen 127.0.0.1\nTimeout 60\nLogLevel Connect\nLogFile "%s.log"\n' \
            "$port" "$file"
        printf '%s\n' "$@"
    } >"$file.conf"
    in_background "$tinyproxy" -d -c "$file.conf" >/dev/null 2>&1
    wait_for "$port"
}

wait_for "$server"
proxy_at open "ConnectPort $server" 'ConnectPort 1'
open=$port
proxy_at closed "ConnectPort $server" 'BasicAuth anna canary-7x'
closed=$port
proxy_at narrow 'ConnectPort 1'
narrow=$port

# check WHAT EXPECTED PROXY URL [here]: what the client prints.
check() {
    what=$1
    expected=$2
    said=$(HTTPS_PROXY=$3 timeout --kill-after=5 60 "$client" "$4" "$logs/ca.pem" ${5:+"$5"} \
        2>>"$logs/client.log" | tr -d '\r') || :
    if [ "$said" = "$expected" ]; then
        passed=$((passed + 1))
        echo "ok      $what"
    else
        echo "FAILED  $what: $said"
    fi
}

unset https_proxy all_proxy ALL_PROXY no_proxy NO_PROXY
url=https://$name:$server/hello
check 'through a proxy' hello "http://127.0.0.1:$open" "$url"
check 'by the name of the proxy' hello "http://localhost:$open" "$url"
check 'with a password' hello "http://anna:canary-7x@127.0.0.1:$closed" "$url"
check 'without the password' 'proxy_authentication_required 407' "http://127.0.0.1:$closed" "$url"
check 'with another password' 'proxy_authentication_required 401' "http://anna:b@127.0.0.1:$closed" "$url"
check 'to a port that the proxy does not allow' 'proxy_refused 403' "http://127.0.0.1:$narrow" "$url"
check 'to a port where nobody is' 'proxy_refused 500' "http://127.0.0.1:$open" "https://$name:1/"
check 'to a name that is not there' 'proxy_refused 500' "http://127.0.0.1:$open" "https://nobody.invalid:$server/"
check 'to an address that is not allowed' 'address_blocked 0' "http://127.0.0.1:$open" "https://192.168.0.1:$server/"
check 'to a name that leads inside, looked up here' 'address_blocked 0' "http://127.0.0.1:$open" "$url" here
check 'to a server that is no proxy' 'connection_lost 0' "http://127.0.0.1:$server" "$url"
