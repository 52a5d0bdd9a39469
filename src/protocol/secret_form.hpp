// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/form.hpp>
#include <asioauth/secret.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace asioauth::detail {

/** Append `value`, form-encoded, to `out`, which has room for three times its size. What is made on
    the way is short enough to need no heap, so that no piece of a secret stays there.
*/
inline void append_form_encoded(std::string& out, std::string_view value)
{
    constexpr std::size_t piece = 5;
    for (std::size_t i = 0; i < value.size(); i += piece)
        out += form_encode(value.substr(i, std::min(piece, value.size() - i)));
}

/// A form that holds secrets: nothing of it is left behind when it is done.
class secret_form
{
public:
    secret_form() = default;
    secret_form(const secret_form&) = delete;
    secret_form& operator=(const secret_form&) = delete;
    ~secret_form() { wipe(text_); }

    /// Make room for fields with names and values of so many bytes together.
    void reserve(std::size_t fields, std::size_t size) { grow(3 * size + 2 * fields); }

    /// @param name is sent as it is
    void add(std::string_view name, std::string_view value)
    {
        grow(name.size() + 3 * value.size() + 2);
        if (!text_.empty())
            text_ += '&';
        text_.append(name).append(1, '=');
        append_form_encoded(text_, value);
    }

    secret content() const { return secret(text_); }

private:
    // By hand: a string that grows by itself leaves what it held behind.
    void grow(std::size_t by)
    {
        if (text_.capacity() - text_.size() >= by)
            return;
        std::string longer;
        longer.reserve(text_.size() + by);
        longer.append(text_);
        text_.swap(longer);
        wipe(longer);
    }

    std::string text_;
};

} // namespace asioauth::detail
