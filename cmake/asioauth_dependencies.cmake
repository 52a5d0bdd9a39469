# Copyright (c) 2026 The asioauth authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
# or copy at https://www.boost.org/LICENSE_1_0.txt)

# What the library is built on. Nothing is downloaded; what is missing is named together with the
# package that has it.

set(_asioauth_packages "libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev")
set(_asioauth_components json url)
if(ASIOAUTH_BUILD_TESTS)
    string(APPEND _asioauth_packages " libboost-test1.81-dev")
    list(APPEND _asioauth_components unit_test_framework)
endif()
find_package(Boost 1.81 CONFIG QUIET COMPONENTS ${_asioauth_components})
if(NOT Boost_FOUND OR NOT TARGET Boost::json OR NOT TARGET Boost::url)
    message(FATAL_ERROR
        "asioauth needs Boost 1.81 or newer with its json and url libraries.\n"
        "  On Debian 12:  apt-get install ${_asioauth_packages}\n"
        "  (they replace the default Boost 1.74 packages)\n"
        "  Elsewhere:     point CMAKE_PREFIX_PATH at a newer Boost")
endif()
find_package(OpenSSL 3.0 QUIET COMPONENTS SSL Crypto)
if(NOT OPENSSL_FOUND)
    message(FATAL_ERROR
        "asioauth needs OpenSSL 3.0 or newer.\n  On Debian 12:  apt-get install libssl-dev")
endif()
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
if(ASIOAUTH_BUILD_SQLITE)
    find_package(SQLite3 3.37 QUIET)
    if(NOT SQLite3_FOUND)
        message(FATAL_ERROR
            "asioauth's SQLite store needs SQLite 3.37 or newer.\n"
            "  On Debian 12:  apt-get install libsqlite3-dev\n"
            "  Or do without: -D ASIOAUTH_BUILD_SQLITE=OFF")
    endif()
endif()
if(ASIOAUTH_BUILD_POSTGRES)
    find_package(PostgreSQL 14 QUIET)
    if(NOT PostgreSQL_FOUND)
        message(FATAL_ERROR
            "asioauth's PostgreSQL store needs libpq 14 or newer.\n"
            "  On Debian 12:  apt-get install libpq-dev\n"
            "  Or do without: -D ASIOAUTH_BUILD_POSTGRES=OFF")
    endif()
endif()
if(ASIOAUTH_BUILD_HUB)
    find_package(LibXml2 2.9 QUIET)
    find_package(Iconv QUIET)
    if(NOT LibXml2_FOUND OR NOT Iconv_FOUND)
        message(FATAL_ERROR
            "asioauth's hub needs libxml2 2.9 or newer, and iconv where the C library has none.\n"
            "  On Debian 12:  apt-get install libxml2-dev\n"
            "  Or do without: -D ASIOAUTH_BUILD_HUB=OFF")
    endif()
endif()
if(ASIOAUTH_BUILD_BENCH)
    find_package(benchmark QUIET)
    find_package(CURL 7.88 QUIET)
    if(NOT benchmark_FOUND OR NOT CURL_FOUND)
        message(FATAL_ERROR
            "asioauth's measurements need Google Benchmark, and libcurl 7.88 or newer.\n"
            "  On Debian 12:  apt-get install libbenchmark-dev libcurl4-openssl-dev\n"
            "  Or do without: -D ASIOAUTH_BUILD_BENCH=OFF")
    endif()
endif()
