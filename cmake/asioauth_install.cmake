# Copyright (c) 2026 The asioauth authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
# or copy at https://www.boost.org/LICENSE_1_0.txt)

# What is installed: libraries and headers, for each component its CMake targets and a file for
# pkg-config, and the tool with its manual page and completions.
#
# The install components of CMake, which become packages: core (the core and the client), sqlite,
# postgres, hub, development, tool.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(_asioauth_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/asioauth)
set(_asioauth_pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# --- Libraries -------------------------------------------------------------------------------

# _asioauth_library(TARGET COMPONENT RUNTIME_COMPONENT)
function(_asioauth_library target component runtime)
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${component})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL SHARED_LIBRARY AND NOT APPLE AND NOT DEFINED CMAKE_INSTALL_RPATH)
        # They find each other wherever the prefix is moved to.
        set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")
    endif()
    install(TARGETS ${target} EXPORT asioauth-${component}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${runtime}
            NAMELINK_COMPONENT development
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${runtime}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(EXPORT asioauth-${component} NAMESPACE asioauth::
        DESTINATION ${_asioauth_cmake_dir} COMPONENT development)
endfunction()

_asioauth_library(asioauth_core core core)
_asioauth_library(asioauth asioauth core)
set(_asioauth_components core asioauth)
foreach(component IN ITEMS sqlite postgres hub)
    if(TARGET asioauth_${component})
        _asioauth_library(asioauth_${component} ${component} ${component})
        list(APPEND _asioauth_components ${component})
    endif()
endforeach()
_asioauth_library(asioauth_testing testing development)
list(APPEND _asioauth_components testing)

# --- Headers ---------------------------------------------------------------------------------

set(_asioauth_left_out "")
if(NOT TARGET asioauth_sqlite)
    list(APPEND _asioauth_left_out sqlite_store local_client)
endif()
if(NOT TARGET asioauth_postgres)
    list(APPEND _asioauth_left_out postgres_store)
endif()
if(NOT TARGET asioauth_hub)
    list(APPEND _asioauth_left_out hub[a-z_]* html_reader)
endif()
list(TRANSFORM _asioauth_left_out APPEND "|")
string(CONCAT _asioauth_left_out ${_asioauth_left_out} "nothing")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ ${PROJECT_BINARY_DIR}/include/
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
    FILES_MATCHING
    PATTERN *.hpp
    REGEX "/asioauth/(${_asioauth_left_out})\\.hpp$" EXCLUDE)

# --- find_package ----------------------------------------------------------------------------

if(BUILD_SHARED_LIBS)
    set(_asioauth_static OFF)
else()
    set(_asioauth_static ON)
endif()
set(_asioauth_boost ${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR}.${Boost_VERSION_PATCH})
configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/asioauthConfig.cmake.in
    ${PROJECT_BINARY_DIR}/cmake/asioauthConfig.cmake
    INSTALL_DESTINATION ${_asioauth_cmake_dir}
    NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(_asioauth_compatible SameMinorVersion)
else()
    set(_asioauth_compatible SameMajorVersion)
endif()
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cmake/asioauthConfigVersion.cmake
    COMPATIBILITY ${_asioauth_compatible})
install(FILES
    ${PROJECT_BINARY_DIR}/cmake/asioauthConfig.cmake
    ${PROJECT_BINARY_DIR}/cmake/asioauthConfigVersion.cmake
    DESTINATION ${_asioauth_cmake_dir} COMPONENT development)

# --- pkg-config ------------------------------------------------------------------------------

# Relative, so that the prefix may be moved.
cmake_path(ABSOLUTE_PATH _asioauth_pc_dir BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX}
    OUTPUT_VARIABLE _asioauth_pc_path)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${_asioauth_pc_path}
    OUTPUT_VARIABLE _asioauth_pc_prefix)

set(_asioauth_dl ${CMAKE_DL_LIBS})
list(TRANSFORM _asioauth_dl PREPEND "-l")
set(_asioauth_iconv "")
if(NOT Iconv_IS_BUILT_IN)
    set(_asioauth_iconv "-liconv")
endif()

# _asioauth_pkg_config(COMPONENT DESCRIPTION OURS THEIRS LIBRARIES): what a program needs of us, and
# what we need of others, as packages and as libraries that have none.
function(_asioauth_pkg_config component description ours theirs libraries)
    set(name asioauth-${component})
    if(component STREQUAL asioauth)
        set(name asioauth)
    endif()
    string(REPLACE - _ library ${name})
    set(lines "Libs: -L\${libdir} -l${library}")
    if(BUILD_SHARED_LIBS)
        string(APPEND lines "\nLibs.private: ${libraries}")
        string(APPEND lines "\nRequires: ${ours}\nRequires.private: ${theirs}")
    else()
        # Only static libraries are there: without `--static` too, all is named.
        string(APPEND lines " ${libraries}\nRequires: ${ours} ${theirs}")
    endif()
    string(REGEX REPLACE " +(\n|$)" "\\1" lines "${lines}")
    configure_file(${PROJECT_SOURCE_DIR}/cmake/asioauth.pc.in
        ${PROJECT_BINARY_DIR}/cmake/${name}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/cmake/${name}.pc
        DESTINATION ${_asioauth_pc_dir} COMPONENT development)
endfunction()

_asioauth_pkg_config(core "OAuth 2.1 and MCP authorization without I/O"
    "" "libcrypto" "-lboost_json -lboost_url")
_asioauth_pkg_config(asioauth "${PROJECT_DESCRIPTION}"
    "asioauth-core" "libssl libcrypto" "-pthread ${_asioauth_dl}")
if(TARGET asioauth_sqlite)
    _asioauth_pkg_config(sqlite "asioauth's store in a file of SQLite"
        "asioauth" "sqlite3 libcrypto" "")
endif()
if(TARGET asioauth_postgres)
    _asioauth_pkg_config(postgres "asioauth's store in a PostgreSQL database"
        "asioauth" "libpq libcrypto" "")
endif()
if(TARGET asioauth_hub)
    _asioauth_pkg_config(hub "asioauth's hub: add integrations by their URL"
        "asioauth" "libxml-2.0 libcrypto" "-lboost_json ${_asioauth_iconv}")
endif()

# --- The tool, and what is for people --------------------------------------------------------

if(TARGET asioauth_tool)
    if(BUILD_SHARED_LIBS AND NOT APPLE AND NOT DEFINED CMAKE_INSTALL_RPATH)
        cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR
            BASE_DIRECTORY ${CMAKE_INSTALL_FULL_BINDIR} OUTPUT_VARIABLE _asioauth_from_bin)
        set_target_properties(asioauth_tool PROPERTIES INSTALL_RPATH "$ORIGIN/${_asioauth_from_bin}")
    endif()
    install(TARGETS asioauth_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tool)
    get_target_property(_asioauth_documents asioauth_tool ASIOAUTH_DOCUMENTS)
    if(_asioauth_documents)
        # Debian's zsh looks elsewhere for what comes in packages.
        set(_asioauth_zsh ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
        if(CMAKE_INSTALL_PREFIX STREQUAL /usr AND EXISTS /etc/debian_version)
            set(_asioauth_zsh ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
        endif()
        install(FILES ${_asioauth_documents}/asioauth.1
            DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tool)
        install(FILES ${_asioauth_documents}/asioauth.bash RENAME asioauth
            DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT tool)
        install(FILES ${_asioauth_documents}/_asioauth
            DESTINATION ${_asioauth_zsh} COMPONENT tool)
        install(FILES ${_asioauth_documents}/asioauth.fish
            DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT tool)
    endif()
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/asioauth COMPONENT development)
