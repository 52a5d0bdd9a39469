// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"

#include <asioauth/protocol/http_message.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace asioauth::detail {

/** A request as it goes over the wire, wiped when it is replaced or destroyed, for it holds
 * secrets. */
class request_bytes
{
public:
    request_bytes() = default;
    request_bytes(const request_bytes&) = delete;
    request_bytes& operator=(const request_bytes&) = delete;
    ~request_bytes() { clear(); }

    /// Write the request for `target`, which is the request's own or where it was redirected to.
    void assign(const http_request& r, const url& target, std::string_view user_agent);
    /// Write what `pieces(put)` hands over piece by piece, in order. Called twice: to measure, so that
    /// the text never grows and leaves a copy of a secret behind, and to write.
    template <class Pieces>
    void assign_pieces(Pieces pieces)
    {
        clear();
        std::size_t size = 0;
        pieces([&size](std::string_view piece) { size += piece.size(); });
        text_.reserve(size);
        pieces([this](std::string_view piece) { text_ += piece; });
    }
    /// Its memory is wiped where it goes; a request is too long to be without.
    void clear() noexcept { octets().swap(text_); }
    std::string_view view() const noexcept { return text_; }

private:
    using octets = std::basic_string<char, std::char_traits<char>, kept_allocator<char>>;

    octets text_;
};

/// check_request(), and what else would change the meaning of a request on the wire.
result<void> check_sendable(const http_request& r, std::string_view user_agent);

} // namespace asioauth::detail
