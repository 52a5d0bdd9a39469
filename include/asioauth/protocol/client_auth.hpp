// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/secret.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {

/// How a client shows at the token endpoint who it is (RFC 7591 section 2 names).
enum class token_endpoint_auth_method
{
    none,
    client_secret_basic,
    client_secret_post,
};

/// The RFC 7591 name, for example `"client_secret_basic"`.
ASIOAUTH_DECL std::string_view name_of(token_endpoint_auth_method m) noexcept;

/// The method of that name; nothing for one that this library cannot use.
ASIOAUTH_DECL std::optional<token_endpoint_auth_method> auth_method_from_name(std::string_view name
) noexcept;

/** The method to register for: `preferred` if the server takes it, otherwise the first of none,
    client_secret_basic, client_secret_post that it takes.

    @param supported `token_endpoint_auth_methods_supported`; absent means `client_secret_basic` by RFC 8414, but servers
    that leave it out mostly take public clients too, so that every method is tried as preferred
    @return the method, or errc::token_endpoint_auth_method_not_supported
*/
ASIOAUTH_DECL result<token_endpoint_auth_method> choose_auth_method(
    const std::optional<std::vector<std::string>>& supported, token_endpoint_auth_method preferred
);

/** The value of an Authorization field for HTTP Basic: id and secret are form-encoded before they
    are joined.

    @par Specification
    @li RFC 6749 section 2.3.1
*/
ASIOAUTH_DECL secret
make_basic_credentials(std::string_view client_id, const secret& client_secret);

} // namespace asioauth
