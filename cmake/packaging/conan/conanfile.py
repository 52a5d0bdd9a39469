# Copyright (c) 2026 The asioauth authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
# or copy at https://www.boost.org/LICENSE_1_0.txt)

# Conan 2:  conan create cmake/packaging/conan

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

TOP = os.path.join("..", "..", "..")


class AsioauthConan(ConanFile):
    name = "asioauth"
    description = "Asynchronous OAuth 2.1 and MCP authorization for C++20 and Asio"
    license = "BSL-1.0"
    package_type = "library"
    settings = "os", "compiler", "build_type", "arch"
    options = {
        "shared": [True, False],
        "sqlite": [True, False],
        "postgres": [True, False],
        "hub": [True, False],
    }
    default_options = {"shared": False, "sqlite": True, "postgres": False, "hub": False}

    def set_version(self):
        lists = load(self, os.path.join(self.recipe_folder, TOP, "CMakeLists.txt"))
        self.version = re.search(r"project\(asioauth VERSION ([0-9.]+)", lists).group(1)

    def export_sources(self):
        top = os.path.join(self.recipe_folder, TOP)
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*"):
            copy(self, pattern, top, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def validate(self):
        check_min_cppstd(self, 20)

    def requirements(self):
        # The interface has Boost's types in it.
        self.requires("boost/[>=1.81.0]", transitive_headers=True)
        self.requires("openssl/[>=3.0 <4]")
        if self.options.sqlite:
            self.requires("sqlite3/[>=3.37]")
        if self.options.postgres:
            self.requires("libpq/[>=14]")
        if self.options.hub:
            self.requires("libxml2/[>=2.9]")

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for name in ("TESTS", "EXAMPLES", "TOOL"):
            toolchain.cache_variables["ASIOAUTH_BUILD_" + name] = False
        for name in ("sqlite", "postgres", "hub"):
            toolchain.cache_variables["ASIOAUTH_BUILD_" + name.upper()] = bool(
                getattr(self.options, name)
            )
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "asioauth")
        boost = ["boost::headers", "boost::json", "boost::url"]
        self._component("core", "asioauth_core", "asioauth-core", [*boost, "openssl::crypto"])
        self._component("asioauth", "asioauth", "asioauth", ["core", "openssl::ssl"])
        self.cpp_info.components["asioauth"].system_libs = ["pthread", "dl"]
        for name, theirs in (
            ("sqlite", "sqlite3::sqlite3"),
            ("postgres", "libpq::pq"),
            ("hub", "libxml2::libxml2"),
        ):
            if getattr(self.options, name):
                self._component(name, "asioauth_" + name, "asioauth-" + name, ["asioauth", theirs])

    def _component(self, name, library, pkg_config_name, requires):
        component = self.cpp_info.components[name]
        component.libs = [library]
        component.requires = requires
        component.set_property("cmake_target_name", "asioauth::" + name)
        component.set_property("pkg_config_name", pkg_config_name)
