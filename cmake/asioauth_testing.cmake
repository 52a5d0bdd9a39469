# Copyright (c) 2026 The asioauth authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
# or copy at https://www.boost.org/LICENSE_1_0.txt)

# How this project registers its tests. A preset names its flavour and may leave labels out;
# `asioauth_label_wanted_LABEL` says whether a label is in.

include_guard(DIRECTORY)

set(ASIOAUTH_TEST_LABELS "unit;flow;quirks;net;store;hardening;headers;layers;lint;bars;tool;example;consumers;conformance;servers;browser"
    CACHE STRING "Which labels of tests to build and to register")
set(ASIOAUTH_FLAVOUR "" CACHE STRING "What this build calls itself in the names of its tests")

foreach(label IN ITEMS unit flow quirks net store hardening headers layers lint bars tool example consumers conformance servers browser)
    if(label IN_LIST ASIOAUTH_TEST_LABELS)
        set(asioauth_label_wanted_${label} ON)
    else()
        set(asioauth_label_wanted_${label} OFF)
    endif()
endforeach()

# The first finding of a sanitizer ends the test. Scripts find their build folder in BUILD_DIR.
set(_asioauth_test_environment
    "ASAN_OPTIONS=detect_leaks=1:halt_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1"
    "UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1"
    "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:die_after_fork=0:report_thread_leaks=0:suppressions=${PROJECT_SOURCE_DIR}/test/tsan.supp"
    "BUILD_DIR=${PROJECT_BINARY_DIR}")

# The sanitizers of g++ 12 do not start where the kernel scatters addresses over 32 bits.
set(_asioauth_test_launcher "")
if(ASIOAUTH_SANITIZE)
    execute_process(COMMAND setarch -R true
        RESULT_VARIABLE _asioauth_no_setarch OUTPUT_QUIET ERROR_QUIET)
    if(_asioauth_no_setarch EQUAL 0)
        set(_asioauth_test_launcher setarch -R)
    endif()
endif()

# asioauth_add_test(NAME LABEL label TIMEOUT seconds [ALONE] [SKIPS text] COMMAND command...)
# ALONE: while nothing else runs. SKIPS: what it says if it cannot run here. Under another flavour than release the name says which.
function(asioauth_add_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "ALONE" "LABEL;TIMEOUT;SKIPS" "COMMAND")
    if(ASIOAUTH_FLAVOUR AND NOT ASIOAUTH_FLAVOUR STREQUAL release)
        string(PREPEND name "${ASIOAUTH_FLAVOUR}.")
    endif()
    add_test(NAME ${name} COMMAND ${_asioauth_test_launcher} ${arg_COMMAND} COMMAND_EXPAND_LISTS)
    set_tests_properties(${name} PROPERTIES
        LABELS "${arg_LABEL}"
        TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "${_asioauth_test_environment}")
    if(arg_ALONE)
        set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
    endif()
    if(arg_SKIPS)
        set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION "${arg_SKIPS}")
    endif()
endfunction()

# asioauth_test_program(FOLDER TIMEOUT seconds [LABEL label]): test/FOLDER/*.cpp as one program.
# Each file is an entry of its own: what it has at the outermost level are Boost.Test suites. The
# label is that of the folder unless it is given.
function(asioauth_test_program label)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT;LABEL" "")
    if(NOT arg_LABEL)
        set(arg_LABEL ${label})
    endif()
    if(NOT asioauth_label_wanted_${arg_LABEL})
        return()
    endif()
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${label}/*.cpp)
    set(main ${CMAKE_CURRENT_SOURCE_DIR}/${label}/main.cpp)
    list(REMOVE_ITEM sources ${main})
    if(NOT ASIOAUTH_BUILD_HUB)
        # What tests the hub, or reads pages with its reader.
        list(FILTER sources EXCLUDE REGEX "/(html_heads|html_corpus|describer|ssrf|hub[a-z_]*)\\.cpp$")
    endif()
    if(NOT ASIOAUTH_BUILD_SQLITE)
        list(FILTER sources EXCLUDE REGEX "/failing_stores\\.cpp$")
    endif()
    if(NOT sources)
        message(STATUS "asioauth: test/${label} has no test yet")
        return()
    endif()
    set(program asioauth_test_${label})
    add_executable(${program} ${main} ${sources})
    target_link_libraries(${program} PRIVATE asioauth_test_library)
    target_precompile_headers(${program} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/pch.hpp)
    # Boost.Test's main() depends on a macro that comes before its header.
    set_source_files_properties(${main} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    # Editing a test may rename its suite.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})

    foreach(source IN LISTS sources)
        get_filename_component(stem ${source} NAME_WE)
        file(STRINGS ${source} lines REGEX "^BOOST_[A-Z]+_TEST_SUITE(_END)?\\(")
        set(depth 0)
        set(filters "")
        foreach(line IN LISTS lines)
            if(line MATCHES "_TEST_SUITE_END")
                math(EXPR depth "${depth} - 1")
                continue()
            endif()
            if(depth EQUAL 0 AND line MATCHES "TEST_SUITE\\( *([A-Za-z0-9_]+)")
                list(APPEND filters --run_test=${CMAKE_MATCH_1})
            endif()
            math(EXPR depth "${depth} + 1")
        endforeach()
        if(NOT filters)
            message(FATAL_ERROR "${source} has no test suite, so that ctest would not run it")
        endif()
        asioauth_add_test(${label}.${stem} LABEL ${arg_LABEL} TIMEOUT ${arg_TIMEOUT}
            COMMAND $<TARGET_FILE:${program}> ${filters} --color_output=no --catch_system_errors=no)
    endforeach()
endfunction()
