# Copyright (c) 2026 The asioauth authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
# or copy at https://www.boost.org/LICENSE_1_0.txt)

# CPack: Debian packages. `cmake --preset package && cmake --build --preset package` makes them in
# build/package; see cmake/docs/building.md.

set(_asioauth_boost_series ${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR})
set(_asioauth_same_version "(= \${binary:Version})")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME asioauth)
set(CPACK_PACKAGE_VENDOR "The asioauth authors")
set(CPACK_PACKAGE_CONTACT "The asioauth authors <asioauth@localhost>"
    CACHE STRING "The maintainer whom the packages name")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/packaging/debian_documents.cmake)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Where our own are, of which no installed package knows.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# _asioauth_package(COMPONENT NAME SECTION SUMMARY [COMPONENT that it depends on...])
macro(_asioauth_package component name section summary)
    string(TOUPPER ${component} _asioauth_upper)
    list(APPEND CPACK_COMPONENTS_ALL ${component})
    set(CPACK_DEBIAN_${_asioauth_upper}_PACKAGE_NAME ${name})
    set(CPACK_DEBIAN_${_asioauth_upper}_PACKAGE_SECTION ${section})
    set(CPACK_COMPONENT_${_asioauth_upper}_DEPENDS ${ARGN})
    set(CPACK_COMPONENT_${_asioauth_upper}_DESCRIPTION "${summary}")
    set(CPACK_DEBIAN_${_asioauth_upper}_DESCRIPTION "${PROJECT_DESCRIPTION}\n${summary}")
endmacro()

set(CPACK_COMPONENTS_ALL "")
set(_asioauth_runtime "")
if(BUILD_SHARED_LIBS)
    _asioauth_package(core libasioauth${asioauth_soversion} libs "The shared libraries of the client.")
    set(_asioauth_runtime core)
    foreach(component IN ITEMS sqlite postgres hub)
        if(TARGET asioauth_${component})
            _asioauth_package(${component} libasioauth-${component}${asioauth_soversion} libs
                "The shared library asioauth::${component}." core)
            list(APPEND _asioauth_runtime ${component})
        endif()
    endforeach()
endif()
_asioauth_package(development libasioauth-dev libdevel
    "Headers, and what CMake and pkg-config need to build with it." ${_asioauth_runtime})
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libboost${_asioauth_boost_series}-dev")
if(NOT BUILD_SHARED_LIBS)
    string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
        ", libboost-json${_asioauth_boost_series}-dev, libboost-url${_asioauth_boost_series}-dev"
        ", libssl-dev")
    set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "libsqlite3-dev, libpq-dev, libxml2-dev")
endif()
if(TARGET asioauth_tool)
    set(_asioauth_of_the_tool ${_asioauth_runtime})
    list(REMOVE_ITEM _asioauth_of_the_tool postgres)
    _asioauth_package(tool asioauth net
        "The command-line tool: log in to MCP servers and web APIs." ${_asioauth_of_the_tool})
endif()

include(CPack)
