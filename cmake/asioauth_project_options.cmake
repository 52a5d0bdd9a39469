# Copyright (c) 2026 The asioauth authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
# or copy at https://www.boost.org/LICENSE_1_0.txt)

# Flags for this project's own files only; nothing of this reaches those who link the library.

option(ASIOAUTH_COVERAGE "Count executed lines with gcov" OFF)

add_library(asioauth_project_options INTERFACE)
target_compile_options(asioauth_project_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Wcast-qual -Wnull-dereference -Wformat=2
    -Wimplicit-fallthrough
    $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
    # g++ 12, when it optimises, sees these inside std::string and std::array where they are not;
    # clang and the sanitizers look for them too.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-null-dereference -Wno-maybe-uninitialized -Wno-array-bounds
        -Wno-stringop-overflow -Wno-restrict>
    $<$<BOOL:${ASIOAUTH_WARNINGS_AS_ERRORS}>:-Werror>)
if(ASIOAUTH_SANITIZE)
    # Sanitizers must be the same in every file of a program, the libraries included.
    add_compile_options(
        -fsanitize=${ASIOAUTH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${ASIOAUTH_SANITIZE})
    if(ASIOAUTH_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        # Asio's fences are not seen by ThreadSanitizer; g++ says so for each of them.
        add_compile_options(-Wno-tsan)
    endif()
endif()
if(ASIOAUTH_COVERAGE)
    add_compile_options(--coverage -fprofile-update=atomic)
    add_compile_definitions(ASIOAUTH_COUNTED)
    add_link_options(--coverage)
endif()

if(PROJECT_IS_TOP_LEVEL)
    set(CMAKE_CXX_EXTENSIONS OFF)
    # What makes a mistake of ours harder to use. Executables are position-independent already, as
    # Debian's compilers make them.
    if(CMAKE_SYSTEM_NAME STREQUAL Linux)
        target_compile_options(asioauth_project_options INTERFACE
            -fstack-protector-strong
            $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
        target_link_options(asioauth_project_options INTERFACE -Wl,-z,relro,-z,now)
    endif()
    target_compile_definitions(asioauth_project_options INTERFACE
        $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
endif()

find_program(ASIOAUTH_CCACHE ccache)
if(PROJECT_IS_TOP_LEVEL AND ASIOAUTH_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${ASIOAUTH_CCACHE}")
endif()
