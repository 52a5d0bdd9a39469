#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# The library as those use it who have not built it: installed and found by CMake or pkg-config, or
# inside of another project's sources; static and shared; and as Debian packages.
#
#   sh test/consumers/run.sh BUILD_DIR
#
# The static library is the one of BUILD_DIR; a shared one is built beside it, in BUILD_DIR-shared,
# with the same flags, so that ccache has its files already. Nothing is installed into the system.
#
# Prints a line for each check that failed, what took how long and, as the last line,
# `consumers: N of M`; exits with 0 only if N = M. Logs are in BUILD_DIR/consumers/.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${1:-${BUILD_DIR:-build/release}}
case $build in /*) ;; *) build=$top/$build ;; esac
shared_build=$build-shared
work=$build/consumers
export CCACHE_BASEDIR="$top" CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
export LC_ALL=C.UTF-8

passed=0
checks=0
finish() {
    status=$?
    trap - EXIT
    [ "$passed" -eq "$checks" ] || [ "$status" -ne 0 ] || status=1
    [ "$status" -eq 0 ] || echo "consumers: ended with $status; the logs are in $work"
    echo "consumers: $passed of $checks"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

rm -rf "$work"
mkdir -p "$work"
cd "$work"

# check WHAT COMMAND...: COMMAND says whether it is so.
check() {
    what=$1
    shift
    checks=$((checks + 1))
    if "$@" >"$work/check.out" 2>&1; then
        passed=$((passed + 1))
    else
        echo "FAIL $what"
        tail -n 15 "$work/check.out" | cut -c 1-300 | sed 's/^/     /'
    fi
}
check_not() {
    what=$1
    shift
    check "$what" not "$@"
}
not() {
    ! "$@"
}
# says TEXT COMMAND...: TEXT is all that COMMAND prints.
says() {
    wanted=$1
    shift
    said=$("$@" 2>&1) || { echo "$said"; return 1; }
    [ "$said" = "$wanted" ] || { echo "wanted: $wanted"; echo "said: $said"; return 1; }
}
# refuses TEXT COMMAND...: COMMAND fails, and TEXT is in what it prints, however it is wrapped.
refuses() {
    wanted=$1
    shift
    if said=$("$@" 2>&1); then echo "was not refused"; echo "$said"; return 1; fi
    echo "$said"
    echo "$said" | tr -s ' \n' '  ' | grep -qF "$wanted"
}
# took SECONDS_THEN WHAT
took() {
    echo "consumers: $(($(date +%s) - $1)) s for $2"
}

# --- What was built, and how -----------------------------------------------------------------

cached() {
    sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"
}
generator=$(cached CMAKE_GENERATOR)
cxx=$(cached CMAKE_CXX_COMPILER)
launcher=$(cached ASIOAUTH_CCACHE)
case $launcher in *NOTFOUND) launcher= ;; esac
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:[A-Z]*=//p' "$build/CMakeCache.txt")
series=${version%.*}
triplet=$("$cxx" -print-multiarch)
boost=$(sed -n 's/^set(asioauth_BOOST_VERSION \(.*\))$/\1/p' "$build/cmake/asioauthConfig.cmake")

# configure SOURCE FOLDER [OPTION...]
configure() {
    source=$1
    folder=$2
    shift 2
    cmake -G "$generator" -S "$source" -B "$folder" -D CMAKE_CXX_COMPILER="$cxx" \
        -D CMAKE_CXX_COMPILER_LAUNCHER="$launcher" "$@"
}
# With the flags of the build that is there.
configure_alike() {
    configure "$@" -D CMAKE_BUILD_TYPE="$(cached CMAKE_BUILD_TYPE)" \
        -D CMAKE_CXX_FLAGS="$(cached CMAKE_CXX_FLAGS)" \
        -D ASIOAUTH_WARNINGS_AS_ERRORS="$(cached ASIOAUTH_WARNINGS_AS_ERRORS)"
}
# must WHAT COMMAND...: what everything else needs.
must() {
    what=$1
    shift
    "$@" >"$work/must.out" 2>&1 || { echo "FAIL $what"; tail -n 30 "$work/must.out"; exit 1; }
}

then=$(date +%s)
must 'the static library is built' cmake --build "$build" \
    --target asioauth_core asioauth asioauth_sqlite asioauth_postgres asioauth_hub asioauth_tool
must 'it can be installed' cmake --install "$build" --prefix "$work/static/prefix"
took "$then" 'installing the static library'

then=$(date +%s)
must 'a shared library can be configured' configure_alike "$top" "$shared_build" \
    -D BUILD_SHARED_LIBS=ON -D ASIOAUTH_BUILD_TESTS=OFF -D ASIOAUTH_BUILD_EXAMPLES=OFF \
    -D CMAKE_SHARED_LINKER_FLAGS=-Wl,-z,defs -D CMAKE_INSTALL_PREFIX=/usr/local \
    -U CMAKE_SKIP_INSTALL_RPATH -U CMAKE_INSTALL_LIBDIR
must 'a shared library can be built' cmake --build "$shared_build"
must 'and installed' cmake --install "$shared_build" --prefix "$work/shared/prefix"
took "$then" 'building and installing the shared library'

# --- Installed -------------------------------------------------------------------------------

run_program() {
    program=$1
    folder=$2
    case $program in
        core) says "core $version: https://as.example, 1" "$folder/core" ;;
        login) says 'login: asioauth, 1, http://127.0.0.1:1/mcp' "$folder/login" \
            "$folder/kept/logins.sqlite" ;;
        postgres) says 'postgres: 1' "$folder/postgres" "$folder" ;;
        hub) says 'hub: 200, application/json' "$folder/hub" ;;
        testing) says 'testing: kept' "$folder/testing" ;;
    esac
}
with_libraries_of() (
    LD_LIBRARY_PATH=$1
    export LD_LIBRARY_PATH
    shift
    "$@"
)
needed() {
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}
needs() {
    needed "$1" | grep -q "^$2"
}
moved() (
    cp -R "$work/$1/prefix" "$work/$1/moved"
    cd "$work/$1/moved"
    not grep -rF "$top" include lib/cmake lib/pkgconfig
)
ASIOAUTH_STORE_KEY=$(printf '%064d' 7)
export ASIOAUTH_STORE_KEY

for linkage in static shared; do
    then=$(date +%s)
    prefix=$work/$linkage/prefix
    programs=$work/$linkage/programs
    package="-D CMAKE_PREFIX_PATH=$prefix"

    must "$linkage: find_package finds every component" configure "$here/programs" "$programs" \
        $package -D COMPONENTS="core;sqlite;postgres;hub;testing"
    must "$linkage: programs link what was found" cmake --build "$programs"
    mkdir -m 700 "$programs/kept"
    for program in core login postgres hub testing; do
        check "$linkage: find_package, $program" run_program "$program" "$programs"
    done
    check_not "$linkage: the core needs no TLS" needs "$programs/core" libssl
    check_not "$linkage: the client needs no PostgreSQL" needs "$programs/login" libpq
    if [ "$linkage" = shared ]; then
        check 'shared: what is linked is' needs "$programs/login" "libasioauth_sqlite.so.$series"
        check 'shared: and the core' needs "$programs/core" "libasioauth_core.so.$series"
    else
        check_not 'static: nothing of ours is loaded' needs "$programs/login" libasioauth
    fi
    check "$linkage: without COMPONENTS there is each" configure "$here/everything" "$programs-all" \
        $package -D VERSION="$series"
    check "$linkage: no path of this machine is installed" moved "$linkage"
    check "$linkage: the tool runs from where it was moved to" says "asioauth: $version" \
        sh -c "'$work/$linkage/moved/bin/asioauth' version | sed -n '1s/  */ /p'"

    # pkg-config and the compiler, nothing else.
    PKG_CONFIG_PATH=$(dirname "$(find "$work/$linkage/moved" -name asioauth.pc)")
    export PKG_CONFIG_PATH
    bare=$work/$linkage/bare
    mkdir -p "$bare"
    mkdir -m 700 "$bare/kept"
    ways=plain
    [ "$linkage" = shared ] || ways='plain --static'
    for program in core login postgres hub; do
        case $program in login) name=asioauth-sqlite ;; *) name=asioauth-$program ;; esac
        # shellcheck disable=SC2046
        must "$linkage: $program compiles with pkg-config" $launcher "$cxx" -std=c++20 \
            $(pkg-config --cflags "$name") -c "$here/programs/$program.cpp" -o "$bare/$program.o"
        for way in $ways; do
            # What Debian's libpq is made of is not in its -dev package.
            [ "$program $way" != 'postgres --static' ] || continue
            # shellcheck disable=SC2046
            check "$linkage: pkg-config ($way), $program links" "$cxx" "$bare/$program.o" \
                $(pkg-config --libs $([ "$way" = plain ] || echo "$way") "$name") -o "$bare/$program"
            check "$linkage: pkg-config ($way), $program" with_libraries_of "$PKG_CONFIG_PATH/.." \
                run_program "$program" "$bare"
        done
    done
    took "$then" "the programs of the $linkage library"
done

# --- What a shared library shows -------------------------------------------------------------

lib=$work/shared/prefix/lib
# Defined in it, not weak: what was marked with ASIOAUTH_DECL.
strong_symbols() {
    for library in "$lib"/libasioauth*.so; do
        nm -DC --defined-only "$library" | awk '$2 ~ /^[TDBR]$/' | cut -d ' ' -f 3-
    done
}
all_ours() {
    strong_symbols >"$work/symbols"
    [ "$(wc -l <"$work/symbols")" -gt 100 ]
    ! grep -vE '^([a-zA-Z -]* (for|to) )?asioauth::' "$work/symbols"
}
hidden() {
    ! strong_symbols | grep -E '^asioauth::detail::(pool|connector|json_writer|tls_)'
}
soname() {
    readelf -d "$lib/lib$1.so" | grep -qF "soname: [lib$1.so.$series]"
}
check 'shared: exports our own names only' all_ours
check 'shared: the insides stay inside' hidden
for name in asioauth_core asioauth asioauth_sqlite asioauth_postgres asioauth_hub; do
    check "shared: soname of $name" soname "$name"
done

# --- What cannot work is refused -------------------------------------------------------------

then=$(date +%s)
mkdir -p "$work/other/boost" "$work/other/cmake"
cat >"$work/other/boost/version.hpp" <<'END'
#include_next <boost/version.hpp>
#undef BOOST_VERSION
#define BOOST_VERSION 108500
END
echo 'set(Boost_FOUND TRUE)' >"$work/other/cmake/BoostConfig.cmake"
printf '%s\n' 'set(PACKAGE_VERSION 1.85.0)' 'set(PACKAGE_VERSION_COMPATIBLE TRUE)' \
    >"$work/other/cmake/BoostConfigVersion.cmake"
for linkage in static shared; do
    package="-D CMAKE_PREFIX_PATH=$work/$linkage/prefix"
    check "$linkage: another Boost is an error of find_package" refuses \
        "asioauth was built with Boost $boost and works with no other, but this project uses Boost 1.85.0" \
        configure "$here/programs" "$work/other/$linkage" $package -D COMPONENTS=core \
        -D Boost_DIR="$work/other/cmake"
    PKG_CONFIG_PATH=$(dirname "$(find "$work/$linkage/prefix" -name asioauth.pc)")
    # shellcheck disable=SC2046
    check "$linkage: another Boost is an error of the linker" refuses built_with_boost_108500 \
        "$cxx" -std=c++20 -I "$work/other" $(pkg-config --cflags asioauth-core) \
        "$here/programs/core.cpp" $(pkg-config --libs asioauth-core) -o "$work/other/core"
    check "$linkage: an unknown component is named" refuses 'asioauth has no component "oracle"' \
        configure "$here/programs" "$work/other/$linkage-oracle" $package -D COMPONENTS=oracle
    check "$linkage: another minor version is not taken" refuses 'compatible with requested version' \
        configure "$here/everything" "$work/other/$linkage-version" $package -D VERSION=0.2
done
check 'static: a missing dependency is named' refuses \
    'asioauth::sqlite needs SQLite3, which was not found.' \
    configure "$here/programs" "$work/other/sqlite" -D CMAKE_PREFIX_PATH="$work/static/prefix" \
    -D COMPONENTS=sqlite -D CMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON
# Configured is enough: what is missing is told before anything is loaded.
must 'a small library can be configured' configure "$top" "$work/small" -D ASIOAUTH_BUILD_TESTS=OFF \
    -D ASIOAUTH_BUILD_EXAMPLES=OFF -D ASIOAUTH_BUILD_TOOL=OFF -D ASIOAUTH_BUILD_SQLITE=OFF \
    -D ASIOAUTH_BUILD_POSTGRES=OFF -D ASIOAUTH_BUILD_HUB=OFF
check 'a component that was not built is told in one sentence' refuses \
    'asioauth was built without its component "postgres" (-D ASIOAUTH_BUILD_POSTGRES=ON builds it), this one has core, asioauth, testing.' \
    configure "$here/programs" "$work/other/postgres" -D asioauth_DIR="$work/small/cmake" \
    -D COMPONENTS=postgres
took "$then" 'what is refused'

# --- Inside of another project ---------------------------------------------------------------

check 'embedding: bad manners would be noticed' refuses 'embedding: 8 changes' \
    configure "$here/embedding" "$work/rude" -D ASIOAUTH_SOURCE="$here/rude"
only_its_own() {
    cmake --install "$1" --prefix "$1/prefix"
    [ "$(cd "$1/prefix" && find . -type f)" = ./bin/login ]
}
for linkage in static shared; do
    then=$(date +%s)
    folder=$work/embedded-$linkage
    case $linkage in
        static) way='add_subdirectory' linked=OFF ;;
        shared) way='FetchContent' linked=ON ;;
    esac
    check "$linkage: $way changes nothing" says 'embedding: nothing changed' sh -c '
        "$@" 2>&1 | grep ^embedding' sh cmake -G "$generator" -S "$here/embedding" -B "$folder" \
        -D CMAKE_CXX_COMPILER="$cxx" -D CMAKE_CXX_COMPILER_LAUNCHER="$launcher" \
        -D CMAKE_BUILD_TYPE="$(cached CMAKE_BUILD_TYPE)" -D CMAKE_CXX_FLAGS="$(cached CMAKE_CXX_FLAGS)" \
        -D ASIOAUTH_WARNINGS_AS_ERRORS="$(cached ASIOAUTH_WARNINGS_AS_ERRORS)" \
        -D BUILD_SHARED_LIBS="$linked" -D WAY="$way" -D ASIOAUTH_SOURCE="$top"
    must "$linkage: a program with the sources inside is built" cmake --build "$folder" --target login
    mkdir -m 700 "$folder/kept"
    check "$linkage: $way, login" says 'login: asioauth, 1, http://127.0.0.1:1/mcp' \
        "$folder/programs/login" "$folder/kept/logins.sqlite"
    check "$linkage: $way installs nothing of ours" only_its_own "$folder"
    took "$then" "$way with a $linkage library"
done

. "$here/packages.part.sh"
