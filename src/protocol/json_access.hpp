// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/json_value.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Short ways to look into JSON that is used for what it says, member by member; documents that are
// checked as a whole are read with json_object.

namespace asioauth::detail {

inline const json_value* object_member(const json_value& from, std::string_view name)
{
    const auto* value = from.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

inline std::string_view string_member(const json_value& from, std::string_view name)
{
    const auto* value = from.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view() : *text;
}

inline std::optional<std::int64_t> integer(const json_value* value)
{
    if (value == nullptr)
        return std::nullopt;
    if (const auto* number = value->if_int64())
        return *number;
    // 1.0 is the same JSON number as 1, and some writers know no other.
    const auto* number = value->if_double();
    if (number != nullptr && std::trunc(*number) == *number
        && std::fabs(*number) <= 9007199254740991.0)
        return static_cast<std::int64_t>(*number);
    return std::nullopt;
}

} // namespace asioauth::detail
