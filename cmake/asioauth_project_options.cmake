# Flags for this project's own files only; nothing of this reaches those who link the library.

add_library(asioauth_project_options INTERFACE)
target_compile_options(asioauth_project_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Wcast-qual -Wnull-dereference -Wformat=2 -Wimplicit-fallthrough
    $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
    # g++ 12 reports null dereferences and uninitialised values inside the standard library at -O2.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-null-dereference -Wno-maybe-uninitialized>
    $<$<BOOL:${ASIOAUTH_WARNINGS_AS_ERRORS}>:-Werror>)
if(ASIOAUTH_SANITIZE)
    # Sanitizers must be the same in every file of a program, the libraries included.
    add_compile_options(-fsanitize=${ASIOAUTH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${ASIOAUTH_SANITIZE})
endif()

find_program(ASIOAUTH_CCACHE ccache)
if(PROJECT_IS_TOP_LEVEL AND ASIOAUTH_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${ASIOAUTH_CCACHE}")
endif()
