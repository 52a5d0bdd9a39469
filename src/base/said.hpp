// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <new>
#include <string_view>

namespace asioauth::detail {

/// A failure in words, and without them where there is no memory for them.
inline failure said(errc code, stage where, std::string_view message) noexcept
{
    try
    {
        return failure(code).where(where).message(message);
    }
    catch (const std::bad_alloc&)
    {
        return failure(code);
    }
}

} // namespace asioauth::detail
