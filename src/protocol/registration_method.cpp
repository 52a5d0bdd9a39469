// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/registration_metadata.hpp"

#include <algorithm>

namespace asioauth {

std::vector<token_endpoint_auth_method> usable_auth_methods(const client_profile& profile)
{
    using enum token_endpoint_auth_method;
    std::vector<token_endpoint_auth_method> with_keys;
    if (!profile.key().empty())
        with_keys.push_back(private_key_jwt);
    if (!profile.identity().empty() && !profile.certificate_name().empty())
        with_keys.push_back(tls_client_auth);
    if (!profile.identity().empty())
        with_keys.push_back(self_signed_tls_client_auth);

    const auto preferred = profile.auth_method();
    if (preferred == private_key_jwt || uses_client_certificate(preferred))
    {
        // Who came with a key is no public client as long as there is any other way.
        with_keys.insert(
            with_keys.end(), {client_secret_basic, client_secret_post, client_secret_jwt, none}
        );
        return with_keys;
    }
    std::vector<token_endpoint_auth_method> out = {
        none, client_secret_basic, client_secret_post, client_secret_jwt};
    out.insert(out.end(), with_keys.begin(), with_keys.end());
    return out;
}

namespace detail {

std::string_view missing_means(token_endpoint_auth_method m, const client_profile& profile)
{
    switch (m)
    {
    case token_endpoint_auth_method::private_key_jwt:
        return profile.key().empty() ? "there is no key" : "";
    case token_endpoint_auth_method::tls_client_auth:
        return profile.identity().empty()        ? "there is no certificate"
            : profile.certificate_name().empty() ? "no name of the certificate is given"
                                                 : "";
    case token_endpoint_auth_method::self_signed_tls_client_auth:
        return profile.identity().empty() ? "there is no certificate" : "";
    case token_endpoint_auth_method::none:
    case token_endpoint_auth_method::client_secret_basic:
    case token_endpoint_auth_method::client_secret_post:
    case token_endpoint_auth_method::client_secret_jwt: break;
    }
    return "";
}

result<token_endpoint_auth_method>
method_to_register(const discovery& found, const client_profile& profile)
{
    using method = token_endpoint_auth_method;
    const auto& server = found.server;
    const auto ordered = found.provider ? found.provider->auth_method() : std::nullopt;
    const method preferred = ordered.value_or(profile.auth_method());
    const auto lack = missing_means(preferred, profile);
    if (!lack.empty())
    {
        std::string message("The method is ");
        message.append(name_of(preferred)).append(", but ").append(lack).append(".");
        if (!ordered)
            return wrong_profile(message);
        failure none(errc::token_endpoint_auth_method_not_supported);
        none.message(message);
        return none;
    }
    if (ordered)
        return preferred;

    // A method whose signatures the server does not take is of no use there.
    auto usable = usable_auth_methods(profile);
    const auto& algorithms = server.token_endpoint_auth_signing_alg_values_supported;
    const auto keep_if_taken = [&](method m, std::string_view algorithm) {
        if (algorithms && !algorithms->empty() && !contains(*algorithms, algorithm))
            usable.erase(std::remove(usable.begin(), usable.end(), m), usable.end());
    };
    keep_if_taken(method::client_secret_jwt, "HS256");
    if (!profile.key().empty())
        keep_if_taken(method::private_key_jwt, name_of(profile.key().algorithm()));
    const bool good = std::find(usable.begin(), usable.end(), preferred) != usable.end();
    const auto& supported = server.token_endpoint_auth_methods_supported;
    if (!good && (!supported || supported->empty()))
    {
        failure none(errc::token_endpoint_auth_method_not_supported);
        none.message("The authorization server does not take the algorithm that the client would "
                     "sign its assertions with.");
        return none;
    }
    return choose_auth_method(supported, good ? preferred : usable.front(), usable);
}

} // namespace detail
} // namespace asioauth
