# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
# shellcheck shell=sh
#
# Installs the Debian packages named in $packages that are missing. To be read with `.` by a POSIX
# shell; needs root or sudo only if something is missing.

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo

asioauth_missing() {
    for package in $packages; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
            'install ok installed') continue ;;
        esac
        # Programs that people have from elsewhere, often in conflict with Debian's package.
        case $package in
            npm | nodejs | chromium | curl)
                ! command -v "${package%js}" >/dev/null 2>&1 || continue ;;
        esac
        echo "$package"
    done
}

asioauth_apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Use-Pty=0 "$@" </dev/null
}

missing=$(asioauth_missing)
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086
    printf '\n=== installing %s\n' "$(echo $missing)"
    if [ -n "$as_root" ] && ! command -v sudo >/dev/null; then
        echo "These packages are missing; run this as root, or install them:" >&2
        # shellcheck disable=SC2086
        echo "    apt-get install --no-install-recommends "$missing >&2
        exit 1
    fi
    case $missing in
        *libboost1.81-dev*)
            if dpkg-query -W -f '${Status}' libboost1.74-dev 2>/dev/null | grep -q ' installed$'; then
                echo 'libboost1.74-dev cannot be installed beside libboost1.81-dev and is removed;'
                echo 'to have it back: apt-get install libboost-dev'
            fi
            ;;
    esac
    asioauth_apt update || asioauth_apt update
    # A mirror's hiccup is no reason to fail.
    # shellcheck disable=SC2086
    asioauth_apt install --no-install-recommends $missing ||
        { sleep 5; asioauth_apt update; asioauth_apt install --no-install-recommends $missing; }
fi
