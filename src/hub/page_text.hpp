// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <string>
#include <string_view>

namespace asioauth::detail {

/** The text of a page as UTF-8 without control characters, from bytes of whatever character
    encoding. What cannot be read becomes the replacement character.
*/
std::string page_text(std::string_view bytes, std::string_view content_type);

/** The head alone, in a form that libxml2 reads as HTML is meant to be read.

    That library follows an older HTML: it takes what stands in a title, a script or a comment for
    markup, and compares each attribute of a tag with all before it. So comments and the content of
    scripts and the like go, markup in a title becomes text, what is behind the head goes, and so do
    the attributes of a tag beyond the first 64.
*/
std::string head_markup(std::string_view text);

} // namespace asioauth::detail
