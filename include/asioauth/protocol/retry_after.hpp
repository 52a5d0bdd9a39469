// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace asioauth {

/** How long a server asks to be left alone: the `Retry-After` field, as seconds or as a date.

    @param now wall-clock time of the response, for dates
    @return 0 to one day, whatever is written; nothing if there is no field, or several, or one that
        is neither
    @par Specification
    @li RFC 9110 section 10.2.3
*/
ASIOAUTH_DECL std::optional<std::chrono::seconds>
retry_after_of(const http_response& response, std::chrono::system_clock::time_point now);

/// A date as HTTP writes it: IMF-fixdate, or one of the two older forms (RFC 9110 section 5.6.7).
ASIOAUTH_DECL std::optional<std::chrono::system_clock::time_point> http_date(std::string_view text
) noexcept;

} // namespace asioauth
