// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace asioauth::detail {

/// A response head that has been read: status and fields, and how the body is framed.
struct response_head
{
    http_response message;
    /// The value of Content-Length, capped at the largest number.
    std::optional<std::uint64_t> length;
    bool is_chunked = false;
    /// The server keeps the connection open after this response.
    bool keeps_alive = true;
};

/// What becomes of Content-Length, Transfer-Encoding and Connection.
enum class framing_fields : std::uint8_t
{
    obey,
    ignore, ///< whatever they say: there is no body
};

/** Read a complete response head, final empty line included.

    Refused, because recipients have been known to disagree about them: line ends other than CR LF,
    control characters, folded lines, blanks around field names, more than one Content-Length or
    anything but digits in it, any Transfer-Encoding but a single `chunked`, and both together. The
    status is 100 to 599.
*/
result<response_head>
read_response_head(std::string_view text, framing_fields f = framing_fields::obey);

/// Could these first bytes of a response become a valid one?
bool may_begin_response(std::string_view begin) noexcept;

} // namespace asioauth::detail
