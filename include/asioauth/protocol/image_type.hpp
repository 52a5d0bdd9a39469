// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <string_view>

namespace asioauth {

/** What kind of picture these bytes are, by the bytes alone: what a server, a name or a link says
    of them is of no weight.

    @return `image/png`, `image/gif`, `image/jpeg`, `image/webp` or `image/x-icon`; empty for
        anything else. Among that is SVG, which is a document that can run scripts.
*/
ASIOAUTH_DECL std::string_view image_type(std::string_view bytes) noexcept;

} // namespace asioauth
