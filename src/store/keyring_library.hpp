// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/secret.hpp>

#include <optional>
#include <string>
#include <utility>

namespace asioauth::detail {

/// What the keyring said: lines of keys, that it has none, or why it cannot be used.
class keyring_answer
{
public:
    static keyring_answer found(secret lines)
    {
        keyring_answer out;
        out.lines_ = std::move(lines);
        return out;
    }

    static keyring_answer none() { return {}; }

    static keyring_answer unusable(std::string reason)
    {
        keyring_answer out;
        out.reason_ = std::move(reason);
        return out;
    }

    const std::optional<secret>& lines() const noexcept { return lines_; }
    /// Empty if it can be used.
    const std::string& reason() const noexcept { return reason_; }

private:
    keyring_answer() = default;

    std::optional<secret> lines_;
    std::string reason_;
};

/// Look the entry up, and make it if there is none and that is wanted. May block for ever.
keyring_answer ask_keyring(const std::string& library, const std::string& name, bool may_make);

} // namespace asioauth::detail
