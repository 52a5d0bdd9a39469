// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "options.hpp"

#include <string_view>

namespace asioauth::tool {

failure misused(std::string_view message)
{
    failure f(errc::invalid_argument);
    f.message(message);
    return f;
}

} // namespace asioauth::tool
