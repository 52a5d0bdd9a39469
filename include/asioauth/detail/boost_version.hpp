// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <boost/version.hpp>

// Boost keeps no binary interface from version to version, and the library's own has Boost's types
// in it. So each file that includes it asks for a name that only a library built with the same Boost
// has: what would be undefined behaviour is an undefined reference to, say, built_with_boost_108100.

#define ASIOAUTH_DETAIL_BUILT_WITH_(version) built_with_boost_##version
#define ASIOAUTH_DETAIL_BUILT_WITH(version) ASIOAUTH_DETAIL_BUILT_WITH_(version)

namespace asioauth::detail {

extern ASIOAUTH_DECL const char ASIOAUTH_DETAIL_BUILT_WITH(BOOST_VERSION);

#if defined(__GNUC__)
// Once in each program, however many files ask; neither the compiler nor the linker may leave it out.
[[gnu::used, gnu::retain, gnu::visibility("hidden")]] inline const char* const same_boost =
    &ASIOAUTH_DETAIL_BUILT_WITH(BOOST_VERSION);
#endif

} // namespace asioauth::detail
