// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::detail {

/// The head of an HTTP/1 request, checked and taken apart.
class request_head
{
public:
    request_head() = default;

    std::string method;
    std::string target;    ///< origin-form: begins with a slash, visible ASCII
    int minor_version = 1; ///< of HTTP/1
    std::vector<std::pair<std::string, std::string>> fields; ///< names in lower case

    /// The value of a field; nothing if there is none or more than one of the name (lower case).
    std::optional<std::string_view> field(std::string_view name) const;
    /// The target up to the question mark.
    std::string_view path() const;
};

/** Reads one request head from pieces of any size. Knows no socket.

    Stricter than RFC 9112, because the only peer is the user's own browser: a NUL, a line feed or a
    carriage return on its own, a folded line, a second Host, a target that is not in origin-form,
    an empty line before the request line and anything but HTTP/1.0 and HTTP/1.1 are refused, as
    soon as the bytes that prove it have arrived.
*/
class request_head_reader
{
public:
    enum class state
    {
        incomplete, ///< feed more
        complete,   ///< head() is valid
        refused,    ///< not an acceptable request
        too_large,  ///< longer than max_size
    };

    request_head_reader() = default;
    request_head_reader(const request_head_reader&) = delete;
    request_head_reader& operator=(const request_head_reader&) = delete;
    ~request_head_reader();

    static constexpr std::size_t max_size = 8192;
    static constexpr std::size_t max_fields = 100;

    /// Take the next bytes. After anything but `incomplete` further bytes change nothing.
    state feed(std::string_view bytes);

    const request_head& head() const noexcept { return head_; }

private:
    bool parse(std::string_view text);
    void append(char c);

    std::string text_;
    request_head head_;
    state state_ = state::incomplete;
};

} // namespace asioauth::detail
