# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
# shellcheck shell=sh disable=SC2154
#
# Part of run.sh: the Debian packages. They are unpacked into a folder and used from there; apt only
# says what it would do.

then=$(date +%s)
# As the preset `package`: the prefix is /usr, and Debian's loader needs no path in the files.
must 'packages can be configured' cmake -S "$top" -B "$shared_build" -D CMAKE_INSTALL_PREFIX=/usr \
    -D CMAKE_SKIP_INSTALL_RPATH=ON -U CMAKE_INSTALL_LIBDIR
must 'and linked' cmake --build "$shared_build"
debs=$work/debs
root=$work/root
mkdir -p "$debs" "$root"
must 'and made' cpack --config "$shared_build/CPackConfig.cmake" -B "$debs"
rm -rf "$debs/_CPack_Packages"

# What is in which, without folders; headers, of which there are many, by their folder.
contents() {
    for deb in "$debs"/*.deb; do
        package=$(dpkg-deb -f "$deb" Package)
        dpkg-deb --fsys-tarfile "$deb" | tar -t | grep -v '/$' |
            sed "s,^\./,$package ,; s,$triplet,TRIPLET,; s/$version/VERSION/g; s/$series/SERIES/g" |
            sed 's,/asioauth/.*\.hpp$,/asioauth/...hpp,; s/-\(noconfig\|release\|debug\)\./-TYPE./'
    done | sort -u
}
as_listed() {
    contents >"$work/contents"
    diff -u "$here/packages.txt" "$work/contents"
}
check 'packages: each file is in its place' as_listed
headers_are_in_dev() {
    there=$(dpkg-deb -c "$debs"/libasioauth-dev_*.deb | grep -c '\.hpp$')
    [ "$there" -eq "$(find "$top/include" "$shared_build/include" -name '*.hpp' | wc -l)" ]
}
check 'packages: all headers are in -dev' headers_are_in_dev
# depends PACKAGE ON...
depends() {
    list=$(dpkg-deb -f "$debs/$1"_*.deb Depends)
    shift
    echo "$list"
    for on; do
        echo ", $list" | grep -qF ", $on" || { echo "not on $on"; return 1; }
    done
}
check 'packages: what the libraries depend on' depends "libasioauth$series" libc6 libstdc++6 libssl3 \
    "libboost-json${boost%.*}" "libboost-url${boost%.*}"
for component in sqlite:libsqlite3-0 postgres:libpq5 hub:libxml2; do
    check "packages: what ${component%:*} depends on" depends "libasioauth-${component%:*}$series" \
        "libasioauth$series (= $version)" "${component#*:}"
done
check 'packages: what -dev depends on' depends libasioauth-dev "libboost${boost%.*}-dev" \
    "libasioauth$series (= $version)" "libasioauth-hub$series (= $version)"
check 'packages: what the tool depends on' depends asioauth libc6 "libasioauth$series (= $version)"
no_postgres() {
    not depends asioauth libasioauth-postgres
}
check 'packages: the tool needs no PostgreSQL' no_postgres
check 'packages: apt would install them' apt-get install --simulate --no-install-recommends \
    -o APT::Get::Show-User-Simulation-Note=0 "$debs"/*.deb

for deb in "$debs"/*.deb; do
    must 'a package can be unpacked' dpkg-deb -x "$deb" "$root"
done
libraries=$root/usr/lib/$triplet
check 'packages: the tool runs' with_libraries_of "$libraries" says "asioauth: $version" \
    sh -c "'$root/usr/bin/asioauth' version | sed -n '1s/  */ /p'"
finds_all() {
    with_libraries_of "$libraries" ldd "$root/usr/bin/asioauth" | not grep 'not found'
}
check 'packages: its libraries are there' finds_all
no_run_path() {
    for file in "$root/usr/bin/asioauth" "$libraries"/lib*.so.*; do
        readelf -d "$file" | not grep -E 'RPATH|RUNPATH' || return 1
    done
}
check 'packages: no library path in a file' no_run_path
manual() {
    gzip -dc "$root/usr/share/man/man1/asioauth.1.gz" | grep -q '^\.TH ASIOAUTH 1'
}
check 'packages: the manual page is compressed' manual
check 'packages: bash reads its completion' bash -n "$root/usr/share/bash-completion/completions/asioauth"
licences() {
    for deb in "$debs"/*.deb; do
        cmp "$top/LICENSE" "$root/usr/share/doc/$(dpkg-deb -f "$deb" Package)/copyright" || return 1
    done
}
check 'packages: each has the licence' licences

programs=$work/packaged
must 'packages: find_package in -dev' configure "$here/programs" "$programs" \
    -D CMAKE_PREFIX_PATH="$root/usr" -D COMPONENTS="core;sqlite"
must 'packages: programs link what was found' cmake --build "$programs"
mkdir -m 700 "$programs/kept"
for program in core login; do
    check "packages: $program" with_libraries_of "$libraries" run_program "$program" "$programs"
done
took "$then" 'the packages'
