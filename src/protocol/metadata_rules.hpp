// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/url.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::detail {

// What both kinds of metadata document have in common.

/** Check a URL that a document or header names and that the library or the browser may go to:
    https, or http to loopback if that is allowed; loopback only if that is allowed; no fragment.
    @param what names the place in the error's message, for example `Member "token_endpoint"`: in
        parts, since mostly there is none
    @return the URL, or `code`
*/
result<url> secure_url(
    std::string_view text,
    bool loopback_allowed,
    errc code,
    std::initializer_list<std::string_view> what
);

/// The elements that are scope tokens (RFC 6749 appendix A.4), each once, in order; nothing for
/// nothing.
std::optional<std::vector<std::string>>
scope_tokens(const std::optional<std::vector<std::string>>& listed);

/// An https URL that is only shown to people; empty if the text is anything else.
std::string display_url(std::string_view text);

/// True for the name of a metadata member that names an endpoint, such as `token_endpoint`.
bool is_endpoint_name(std::string_view name) noexcept;

/// True if two identifiers are equal but for a lone root slash at the end of one: "https://h" and
/// "https://h/".
bool differ_by_root_slash(std::string_view a, std::string_view b);

} // namespace asioauth::detail
