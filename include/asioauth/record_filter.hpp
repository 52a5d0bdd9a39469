// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/record.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth {

/// Which records to list or to erase; what is left unset does not matter.
class record_filter
{
public:
    record_filter() = default;

    /// Only records of this kind.
    record_filter& kind(record_kind v) { return kind_ = v, *this; }
    /// Only records of this user; the empty name is one too.
    record_filter& user(std::string_view v) { return user_ = std::string(v), *this; }
    /// Only records of this authorization server.
    record_filter& issuer(std::string_view v) { return issuer_ = std::string(v), *this; }
    /// List at most so many; at least 1, at most 1,000. Default 100. Erasing pays no heed to it.
    record_filter& limit(std::size_t v) { return limit_ = v, *this; }
    /// List what comes after this one, to go on where the last listing ended.
    record_filter& after(record_key v) { return after_ = std::move(v), *this; }

    /// @{
    /// What was set; nothing, or the default.
    const std::optional<record_kind>& kind() const noexcept { return kind_; }
    const std::optional<std::string>& user() const noexcept { return user_; }
    const std::optional<std::string>& issuer() const noexcept { return issuer_; }
    std::size_t limit() const noexcept { return std::clamp<std::size_t>(limit_, 1, 1'000); }
    const std::optional<record_key>& after() const noexcept { return after_; }
    /// @}

private:
    std::optional<record_kind> kind_;
    std::optional<std::string> user_;
    std::optional<std::string> issuer_;
    std::size_t limit_ = 100;
    std::optional<record_key> after_;
};

/// A record in a listing.
class listed_record
{
public:
    listed_record() = default;
    /// @param k where it is kept @param s what was read
    listed_record(record_key k, stored_record s) : key(std::move(k)), stored(std::move(s)) {}

    record_key key;       ///< where it is kept
    stored_record stored; ///< the record and its generation
};

} // namespace asioauth
