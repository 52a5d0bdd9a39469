// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/html_head.hpp>

#include <string_view>

namespace asioauth {

/** Read the head of a web page: what a provider calls itself, and its icons. In the library
    asioauth::hub, which needs libxml2.

    Never fails: what is no HTML has an empty head, and what is broken is read as far as it goes. At
    most the first 64 KiB are looked at, up to `</head>` or the first element or text that belongs
    into a body; the work is linear in that, whatever it is made of.

    The characters are those of the byte-order mark, otherwise of `content_type`, otherwise of a
    `<meta>`; without any, UTF-8 if it is that and windows-1252 if not.

    @param bytes the page, or its beginning
    @param content_type the value of the field; empty if there was none
    @param from the URL of the page, which relative addresses are resolved against
    @par Thread safety
    May be called from any thread.
    @par Exception safety
    Strong. Only allocation throws.
    @par Specification
    @li HTML, "Determining the character encoding", "The rules for parsing tokens in HTML content"
*/
ASIOAUTH_DECL html_head
read_html_head(std::string_view bytes, std::string_view content_type, const url& from);

} // namespace asioauth
