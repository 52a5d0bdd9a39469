// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/version.hpp>

namespace asioauth {

namespace detail {

const char ASIOAUTH_DETAIL_BUILT_WITH(BOOST_VERSION) = 0;

} // namespace detail

std::string_view version() noexcept
{
    return version_string;
}

} // namespace asioauth
