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

    /// @param name is sent as it is
    void add(std::string_view name, std::string_view value)
    {
        std::string longer;
        longer.reserve(text_.size() + name.size() + 3 * value.size() + 2);
        longer.append(text_);
        if (!longer.empty())
            longer += '&';
        longer.append(name).append(1, '=');
        append_form_encoded(longer, value);
        text_.swap(longer);
        wipe(longer);
    }

    secret content() const { return secret(text_); }

private:
    std::string text_;
};

} // namespace asioauth::detail
