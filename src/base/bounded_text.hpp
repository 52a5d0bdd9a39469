// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/secret.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::detail {

/** Append to a text that will never be longer than `most`.

    A string that grows by itself may end up with room for nearly twice of what it holds, and asking
    for less does not help where its reserve() doubles too: the larger room is a fresh string. The
    last step is a large one, so that the room before it, which is held meanwhile, is small. It is wiped:
    bodies of responses may hold secrets.

    @param most at least the size of both together
*/
inline void append_bounded(std::string& text, std::string_view piece, std::size_t most)
{
    const std::size_t needed = text.size() + piece.size();
    if (needed > text.capacity())
    {
        std::string larger;
        const std::size_t room = std::max(needed, 2 * text.capacity());
        larger.reserve(room < most / 2 ? room : most);
        larger.append(text);
        text.swap(larger);
        wipe(larger);
    }
    text.append(piece);
}

} // namespace asioauth::detail
