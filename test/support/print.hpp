// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Lets Boost.Test print the library's enumerations.

#include <asioauth/error.hpp>

#include <ostream>

namespace asioauth {

inline std::ostream& operator<<(std::ostream& os, errc e)
{
    return os << name_of(e);
}

inline std::ostream& operator<<(std::ostream& os, condition c)
{
    return os << make_error_condition(c).message();
}

} // namespace asioauth
