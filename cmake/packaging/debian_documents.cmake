# Copyright (c) 2026 The asioauth authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
# or copy at https://www.boost.org/LICENSE_1_0.txt)

# Run by CPack between the installation and the packaging, once for all components: what Debian's
# policy wants in each package and nobody wants in an installation of another kind.

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${component})
    if(NOT IS_DIRECTORY ${root})
        message(FATAL_ERROR "There is no ${root}")
    endif()
    string(TOUPPER ${component} upper)
    set(doc ${root}/usr/share/doc)
    file(REMOVE_RECURSE ${doc})
    file(MAKE_DIRECTORY ${doc}/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
    configure_file(${CPACK_RESOURCE_FILE_LICENSE}
        ${doc}/${CPACK_DEBIAN_${upper}_PACKAGE_NAME}/copyright COPYONLY)
    file(GLOB manuals ${root}/usr/share/man/man1/*.1)
    foreach(manual IN LISTS manuals)
        # -n: the same bytes whenever it is made.
        execute_process(COMMAND gzip -9n ${manual} COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
endforeach()
