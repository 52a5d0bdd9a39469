// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <string>
#include <string_view>

namespace asioauth::tool {

/** A QR code of a text, for a terminal: lines of half blocks, two rows of modules in each.

    @param with_colors dark on light whatever the terminal's colours are; without, a terminal is
        taken to be light on dark
    @return nothing if the text is too long for a code
*/
std::string qr_code(std::string_view text, bool with_colors);

} // namespace asioauth::tool
