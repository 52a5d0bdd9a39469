#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Layers 0, 1 and 3 (errors and URLs, protocol, flows) know no Asio, no Beast and no socket; 0 and
# 3 know no OpenSSL either.
#
#   layers.sh [CXX]
#
# Twice, in ways that do not trust each other: the list of everything that the preprocessor opened,
# and a compilation in which each forbidden header is an #error. Both must report the scratch files
# that break the rule, or this test has lost its teeth and fails.

set -eu

CXX=${1:-${CXX:-g++}}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

# The header that CMake generates, of whatever version.
mkdir -p "$scratch/generated/asioauth"
sed 's/@[A-Z_]*@/0/' cmake/version.hpp.in >"$scratch/generated/asioauth/version.hpp"

flags="-std=c++20 -O0 -w -DASIOAUTH_SOURCE -I include -I $scratch/generated -I src"
asio='/boost/(asio|beast)(/|\.hpp)|/(sys/socket|netdb|arpa/inet|netinet/in)\.h$'
openssl='/openssl/'

# --- Poison ----------------------------------------------------------------------------------

# Where the headers really are, as the compiler finds them.
folder_of() {
    echo "#include <$1>" | "$CXX" -std=c++20 -M -x c++ - | tr ' \\' '\n\n' | grep "/$1\$" |
        sed "s,/$1\$,," | head -n 1
}

# poison FOLDER NAME...: stubs, in $scratch/poison, for all of FOLDER/NAME and what is below.
poison() {
    from=$1
    shift
    (cd "$from" && find "$@" -type f) | while read -r header; do
        mkdir -p "$scratch/poison_$kind/$(dirname "$header")"
        echo "#error \"this layer must not include <$header>\"" >"$scratch/poison_$kind/$header"
    done
}

boost=$(folder_of boost/asio/version.hpp)
ssl=$(folder_of openssl/evp.h)
[ -n "$boost" ] && [ -n "$ssl" ] || { echo "layers: no Boost or no OpenSSL headers"; exit 1; }
kind=asio
poison "$boost" boost/asio boost/asio.hpp boost/beast boost/beast.hpp
kind=openssl
poison "$ssl" openssl

# --- The two checks --------------------------------------------------------------------------

# opens FILE REGEX: what FILE includes, however deep, that matches.
opens() {
    # shellcheck disable=SC2086
    "$CXX" $flags -M -x c++ "$1" >"$scratch/opened" || { echo "$1: does not preprocess"; return; }
    tr ' \\' '\n\n' <"$scratch/opened" | grep -E "$2" | head -n 3 || :
}

# compiles FILE KIND...: with the headers of all KINDs poisoned.
compiles() {
    file=$1
    shift
    first=
    for kind; do
        first="$first -I $scratch/poison_$kind"
    done
    # shellcheck disable=SC2086
    "$CXX" $first $flags -fsyntax-only -x c++ "$file" 2>"$scratch/errors"
}

# check FILE KIND...
check() {
    file=$1
    shift
    checked=$((checked + 1))
    for kind; do
        case $kind in
            asio) found=$(opens "$file" "$asio") ;;
            openssl) found=$(opens "$file" "$openssl") ;;
        esac
        if [ -n "$found" ]; then
            failed=$((failed + 1))
            printf '%s must not include\n%s\n' "$file" "$found"
            return
        fi
    done
    case $file in *.hpp) return ;; esac
    if ! compiles "$file" "$@"; then
        failed=$((failed + 1))
        echo "$file does not compile with poisoned headers:"
        grep -E 'error|must not' "$scratch/errors" | head -n 5
    fi
}

# --- Teeth -----------------------------------------------------------------------------------

# self_test HEADER KIND
self_test() {
    echo "#include <$1>" >"$scratch/bad.cpp"
    case $2 in asio) regex=$asio ;; openssl) regex=$openssl ;; esac
    if [ -z "$(opens "$scratch/bad.cpp" "$regex")" ] || compiles "$scratch/bad.cpp" "$2"; then
        echo "layers: would not notice <$1>"
        exit 1
    fi
}
echo '#include <boost/asio/post.hpp>' >"$scratch/indirect.hpp"
flags="$flags -I $scratch"
self_test boost/asio/post.hpp asio
self_test boost/asio.hpp asio
self_test boost/beast/http/fields.hpp asio
self_test indirect.hpp asio
self_test openssl/evp.h openssl
echo '#include <string>' >"$scratch/good.cpp"
if ! compiles "$scratch/good.cpp" asio openssl; then
    echo "layers: refuses what is allowed"
    exit 1
fi

# --- The tree --------------------------------------------------------------------------------

checked=0
failed=0
# A public header is checked unless it is here: these belong to layers 2, 4 and 5.
upper='authorizer beast body_stream browser client describe describer http_client hub hub_beast
    hub_server key_source local_client memory_store postgres_store redirect_listener sealed_store session
    settings sqlite_store store stored_login token_provider transport user_agent'
for file in include/asioauth/*.hpp; do
    name=$(basename "$file" .hpp)
    case " $(echo $upper) " in
        *" $name "*) ;;
        *) check "$file" asio openssl ;;
    esac
done
for file in include/asioauth/protocol/*.hpp src/protocol/*.hpp src/protocol/*.cpp; do
    check "$file" asio
done
for file in src/base/*.hpp src/base/*.cpp src/flow/*.hpp src/flow/*.cpp; do
    case $file in
        # Layer 4, the interpreter, lives beside what it interprets.
        */flow_op*.?pp | */home_handler.hpp | */lease_keeper.?pp | */op_watch.cpp | */ready_flows.?pp) ;;
        *) check "$file" asio openssl ;;
    esac
done
# The flows and pages of the hub; its servers are layer 6, and one file is about libxml2.
for file in src/hub/*.hpp src/hub/*.cpp; do
    case $file in
        */badge_stream.cpp | */hub.cpp | */hub_core.hpp | */hub_server.cpp) ;;
        */html_head.cpp | */paced_stream.hpp | */peer_user.?pp | */relayed_stream.?pp) ;;
        *) check "$file" asio ;;
    esac
done
echo "layers: $checked files checked, $failed break the rule"
[ "$failed" -eq 0 ]
