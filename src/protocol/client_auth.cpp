// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/basic_credentials.hpp"
#include "protocol/secret_form.hpp"

#include <asioauth/protocol/client_auth.hpp>
#include <asioauth/protocol/form.hpp>

#include <algorithm>
#include <array>

namespace asioauth {
namespace {

constexpr std::array all_methods = {
    token_endpoint_auth_method::none,
    token_endpoint_auth_method::client_secret_basic,
    token_endpoint_auth_method::client_secret_post,
    token_endpoint_auth_method::client_secret_jwt,
    token_endpoint_auth_method::private_key_jwt,
    token_endpoint_auth_method::tls_client_auth,
    token_endpoint_auth_method::self_signed_tls_client_auth,
};

bool lists(const std::vector<std::string>& supported, token_endpoint_auth_method m)
{
    return std::find(supported.begin(), supported.end(), name_of(m)) != supported.end();
}

} // namespace

std::string_view name_of(token_endpoint_auth_method m) noexcept
{
    switch (m)
    {
    case token_endpoint_auth_method::none: return "none";
    case token_endpoint_auth_method::client_secret_basic: return "client_secret_basic";
    case token_endpoint_auth_method::client_secret_post: return "client_secret_post";
    case token_endpoint_auth_method::client_secret_jwt: return "client_secret_jwt";
    case token_endpoint_auth_method::private_key_jwt: return "private_key_jwt";
    case token_endpoint_auth_method::tls_client_auth: return "tls_client_auth";
    case token_endpoint_auth_method::self_signed_tls_client_auth:
        return "self_signed_tls_client_auth";
    }
    return {};
}

std::optional<token_endpoint_auth_method> auth_method_from_name(std::string_view name) noexcept
{
    for (const auto m : all_methods)
    {
        if (name_of(m) == name)
            return m;
    }
    return std::nullopt;
}

bool uses_client_certificate(token_endpoint_auth_method m) noexcept
{
    return m == token_endpoint_auth_method::tls_client_auth
        || m == token_endpoint_auth_method::self_signed_tls_client_auth;
}

bool uses_client_secret(token_endpoint_auth_method m) noexcept
{
    return m == token_endpoint_auth_method::client_secret_basic
        || m == token_endpoint_auth_method::client_secret_post
        || m == token_endpoint_auth_method::client_secret_jwt;
}

result<token_endpoint_auth_method> choose_auth_method(
    const std::optional<std::vector<std::string>>& supported, token_endpoint_auth_method preferred
)
{
    const std::vector<token_endpoint_auth_method> usable = {
        token_endpoint_auth_method::none,
        token_endpoint_auth_method::client_secret_basic,
        token_endpoint_auth_method::client_secret_post,
    };
    return choose_auth_method(supported, preferred, usable);
}

result<token_endpoint_auth_method> choose_auth_method(
    const std::optional<std::vector<std::string>>& supported,
    token_endpoint_auth_method preferred,
    const std::vector<token_endpoint_auth_method>& usable
)
{
    // A list with nothing in it cannot be meant: it says as little as an absent one.
    if (!supported || supported->empty() || lists(*supported, preferred))
        return preferred;
    for (const auto m : usable)
    {
        if (lists(*supported, m))
            return m;
    }
    std::string offered;
    for (const auto& name : *supported)
        offered.append(offered.empty() ? "" : ", ").append(presentable(name, 64));
    failure none_usable(errc::token_endpoint_auth_method_not_supported);
    none_usable.message("The authorization server takes only " + offered + ".");
    return none_usable;
}

secret make_basic_credentials(std::string_view client_id, const secret& client_secret)
{
    std::string joined;
    joined.reserve(3 * (client_id.size() + client_secret.size()) + 1);
    detail::append_form_encoded(joined, client_id);
    joined += ':';
    detail::append_form_encoded(joined, client_secret.reveal());
    return detail::basic_credentials(joined);
}

} // namespace asioauth
