#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Proves with the kernel's own count that no connection is begun to an address that is not public: in
# a network of its own, where every address there is leads to this machine, so that each attempt
# would arrive. Skips itself where such networks may not be made.
#
#   test/hardening/namespace.sh
#
# BUILD_DIR  where the tests are built, relative to the top of the checkout (build/release)

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${BUILD_DIR:-build/release}
case $build in /*) ;; *) build=$top/$build ;; esac
program=$build/test/asioauth_test_hardening

if [ "${1:-}" != inside ]; then
    command -v ip >/dev/null 2>&1 ||
        { echo 'namespace: skipped, there is no program ip (iproute2)'; exit 0; }
    unshare --map-root-user --net --mount true 2>/dev/null ||
        { echo 'namespace: skipped, networks of their own are not permitted here'; exit 0; }
    exec unshare --map-root-user --net --mount sh "$0" inside
fi

if ! { ip link set lo up && ip route add local 0.0.0.0/0 dev lo &&
    ip -6 route add local ::/0 dev lo; } 2>/dev/null; then
    echo 'namespace: skipped, every address cannot be made this machine here'
    exit 0
fi
hosts=$(mktemp)
trap 'rm -f "$hosts"' EXIT
{
    echo '127.0.0.1 localhost'
    echo '93.184.216.34 public.example'
    awk -F '\t' '!/^#/ && NF == 2 { n++; print $2, "n" n ".forbidden.example" }' "$here/spellings.tsv"
} >"$hosts"
mount --bind "$hosts" /etc/hosts
ASIOAUTH_IN_NAMESPACE=1 "$program" --run_test=ssrf_in_a_namespace --color_output=no
