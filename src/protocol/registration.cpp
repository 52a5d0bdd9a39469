// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "protocol/json_access.hpp"

#include <asioauth/protocol/registration.hpp>

namespace asioauth {

client_profile& client_profile::add_redirect_uri(std::string_view v)
{
    redirect_uris_.emplace_back(v);
    return *this;
}

client_profile& client_profile::add_contact(std::string_view v)
{
    contacts_.emplace_back(v);
    return *this;
}

client_profile& client_profile::add_grant_type(std::string_view v)
{
    grant_types_.emplace_back(v);
    return *this;
}

client_profile& client_profile::localized(
    std::string_view member, std::string_view language, std::string_view value
)
{
    localized_.emplace_back(std::string(member) + "#" + std::string(language), value);
    return *this;
}

client_profile& client_profile::extension(std::string_view member, std::string_view json)
{
    extensions_.emplace_back(member, json);
    return *this;
}

registration::registration(
    std::string_view issuer_, std::string_view client_id_, secret client_secret_
)
    : issuer(issuer_)
    , client_id(client_id_)
    , client_secret(std::move(client_secret_))
    , source(registration_source::pre_registered)
{
    if (!client_secret.empty())
        auth_method = token_endpoint_auth_method::client_secret_basic;
}

registration::registration(std::string_view issuer_, std::string_view client_id_, signing_key key_)
    : issuer(issuer_)
    , client_id(client_id_)
    , auth_method(token_endpoint_auth_method::private_key_jwt)
    , key(std::move(key_))
    , source(registration_source::pre_registered)
{}

registration::registration(
    std::string_view issuer_,
    std::string_view client_id_,
    tls_identity identity_,
    token_endpoint_auth_method method
)
    : issuer(issuer_)
    , client_id(client_id_)
    , auth_method(method)
    , identity(std::move(identity_))
    , source(registration_source::pre_registered)
{}

bool registration::expired(std::chrono::system_clock::time_point now) const noexcept
{
    return client_secret_expires_at && *client_secret_expires_at <= now;
}

registration_source choose_registration_source(
    const discovery& found, bool pre_registered, bool metadata_document
) noexcept
{
    if (pre_registered)
        return registration_source::pre_registered;
    if (metadata_document && found.server.client_id_metadata_document_supported)
        return registration_source::metadata_document;
    return found.server.registration_endpoint.empty() ? registration_source::none
                                                      : registration_source::dynamic;
}

std::string_view application_type_for(const std::vector<std::string>& redirect_uris)
{
    if (redirect_uris.empty())
        return "web";
    for (const auto& uri : redirect_uris)
    {
        const auto colon = uri.find(':');
        if (colon == std::string::npos || colon == 0)
            return "web";
        const std::string scheme = detail::lower_case(std::string_view(uri).substr(0, colon));
        if (scheme != "http" && scheme != "https")
            continue;
        const auto parsed = url::parse(uri);
        if (!parsed || !parsed->host_is_loopback())
            return "web";
    }
    return "native";
}

result<url> check_redirect_uri(std::string_view uri)
{
    auto parsed = url::parse(uri);
    if (!parsed)
        return failure(errc::redirect_uri_invalid)
            .message("The redirect URI cannot be used: " + parsed.error().code().message());
    const bool secure = parsed->is_https() || parsed->host_is_loopback();
    if (secure && !parsed->has_fragment())
        return parsed;
    return failure(errc::redirect_uri_invalid)
        .url(parsed->without_query())
        .message(
            secure ? "A redirect URI must not have a fragment."
                   : "A redirect URI must be https, or http on a loopback host."
        );
}

} // namespace asioauth
