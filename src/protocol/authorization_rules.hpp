// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/form.hpp>
#include <asioauth/url.hpp>

#include <algorithm>
#include <array>
#include <string_view>

// What the request, its pushing and the answer have in common.

namespace asioauth::detail {

/// Parameters of an authorization response that decide something.
inline constexpr std::array<std::string_view, 6> response_names = {
    "code", "error", "error_description", "error_uri", "iss", "state"};

template <class List>
bool contains(const List& list, std::string_view name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

/** The URL to send the user to: the endpoint, its own query as it is, and these parameters.
    @return it, or errc::reserved_parameter if one of them is in the endpoint's query too,
        errc::invalid_url, errc::url_too_long
*/
result<url> authorization_url(const url& endpoint, const form_fields& parameters);

} // namespace asioauth::detail
