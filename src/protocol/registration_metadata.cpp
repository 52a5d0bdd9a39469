// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/registration_metadata.hpp"

#include "base/ascii.hpp"
#include "base/json_reader.hpp"
#include "protocol/certificate_jwk.hpp"
#include "protocol/json_access.hpp"
#include "protocol/language_tag.hpp"
#include "protocol/oauth_error.hpp"
#include "protocol/registration_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace asioauth::detail {
namespace {

bool lists(const std::optional<std::vector<std::string>>& list, std::string_view value)
{
    return list && contains(*list, value);
}

boost::json::array
to_array(const std::vector<std::string>& list, const boost::json::storage_ptr& memory)
{
    boost::json::array out(memory);
    out.reserve(list.size());
    for (const auto& value : list)
        out.emplace_back(value);
    return out;
}

failure wrong_member(std::string_view name, std::string_view is)
{
    std::string text("Member \"");
    text.append(presentable(name, 64)).append("\" of the client profile ").append(is).append(".");
    return wrong_profile(text);
}

// Members that can be given in several languages (RFC 7591 section 2.2). All but the first are
// URLs.
constexpr std::array<std::string_view, 5> human_readable = {
    "client_name", "client_uri", "logo_uri", "tos_uri", "policy_uri"};

constexpr std::array<std::string_view, 5> certificate_names = {
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email"};

// What the profile has setters for, and what only a server can say.
constexpr std::array<std::string_view, 22> not_extensions = {
    "redirect_uris",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "request_object_signing_alg",
    "grant_types",
    "response_types",
    "application_type",
    "scope",
    "contacts",
    "jwks_uri",
    "jwks",
    "software_id",
    "software_version",
    "software_statement",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    "client_id",
    "client_secret",
    "client_id_issued_at",
    "client_secret_expires_at",
    "registration_access_token",
    "registration_client_uri"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Collects the members of a profile; the first mistake is what counts.
class metadata_builder
{
public:
    metadata_builder(const client_profile& profile, const boost::json::storage_ptr& memory)
        : profile_(profile)
        , body_(memory)
    {}

    void text(std::string_view name, std::string_view value)
    {
        if (value.empty())
            return;
        if (!is_text(value))
            refuse(name, "is not UTF-8, or has control characters");
        put(name, value);
    }

    void page(std::string_view name, std::string_view value)
    {
        if (!value.empty() && !is_display_url(value))
            refuse(name, "is not an http or https URL");
        text(name, value);
    }

    void flag(std::string_view name, bool value)
    {
        if (value)
            put(name, true);
    }

    template <class Value>
    void put(std::string_view name, Value&& value)
    {
        if (!body_.emplace(name, std::forward<Value>(value)).second)
            refuse(name, "is there twice");
    }

    boost::json::array array_of(const std::vector<std::string>& list) const
    {
        return to_array(list, body_.storage());
    }

    void refuse(failure why)
    {
        if (!wrong_)
            wrong_ = std::move(why);
    }

    void refuse(std::string_view name, std::string_view is) { refuse(wrong_member(name, is)); }

    void people();
    void software();
    void languages();
    void uses(const server_metadata* server);
    void keys(token_endpoint_auth_method method, const server_metadata* server);
    void certificate(token_endpoint_auth_method method);
    void extensions();

    result<boost::json::object> finish() &&
    {
        if (wrong_)
            return *wrong_;
        return std::move(body_);
    }

private:
    void redirects(bool needed);

    const client_profile& profile_;
    boost::json::object body_;
    std::optional<failure> wrong_;
};

void metadata_builder::people()
{
    text("client_name", profile_.client_name());
    page("client_uri", profile_.client_uri());
    page("logo_uri", profile_.logo_uri());
    page("tos_uri", profile_.tos_uri());
    page("policy_uri", profile_.policy_uri());
    for (const auto& contact : profile_.contacts())
    {
        if (contact.empty() || !is_text(contact))
            refuse("contacts", "has an element that is empty or not text");
    }
    if (!profile_.contacts().empty())
        put("contacts", array_of(profile_.contacts()));
}

void metadata_builder::software()
{
    text("software_id", profile_.software_id());
    text("software_version", profile_.software_version());
    if (!profile_.software_statement().empty() && !is_compact_jwt(profile_.software_statement()))
        refuse("software_statement", "is not a JWT in compact form");
    text("software_statement", profile_.software_statement());
}

void metadata_builder::languages()
{
    std::vector<std::string> seen;
    for (const auto& [name, value] : profile_.localized())
    {
        const auto hash = name.find('#');
        const std::string_view member = std::string_view(name).substr(0, hash);
        const std::string_view language = std::string_view(name).substr(hash + 1);
        if (!is_one_of(member, human_readable))
            return refuse(name, "is not one that is there in several languages");
        if (!is_language_tag(language))
            return refuse(name, "has no BCP 47 tag as its language");
        // Tags differ in more than the case of their letters or are the same.
        std::string tag = lower_case(name);
        if (contains(seen, tag))
            return refuse(name, "is there twice");
        seen.push_back(std::move(tag));
        if (value.empty())
            return refuse(name, "is empty");
        if (member == "client_name")
            text(name, value);
        else
            page(name, value);
    }
}

void metadata_builder::redirects(bool needed)
{
    const auto& uris = profile_.redirect_uris();
    if (uris.empty() && needed)
        refuse(
            failure(errc::redirect_uri_invalid).message("The client profile has no redirect URI.")
        );
    for (const auto& uri : uris)
    {
        const auto checked = check_redirect_uri(uri);
        if (!checked)
            refuse(checked.error());
    }
    if (!uris.empty())
        put("redirect_uris", array_of(uris));
}

void metadata_builder::uses(const server_metadata* server)
{
    const bool code = asks_for_code(profile_);
    redirects(code);
    std::vector<std::string> grants = profile_.grant_types();
    if (grants.empty())
    {
        grants.emplace_back("authorization_code");
        // As with authentication methods, an empty list says nothing.
        const auto* offered = server != nullptr && server->grant_types_supported
            ? &*server->grant_types_supported
            : nullptr;
        if (offered == nullptr || offered->empty() || contains(*offered, "refresh_token"))
            grants.emplace_back("refresh_token");
    }
    for (const auto& grant : grants)
    {
        if (grant.empty() || !is_visible_ascii(grant))
            refuse("grant_types", "has an element that is no name of a grant");
    }
    put("grant_types", array_of(grants));
    // Without the member a server would assume "code".
    put("response_types", code ? array_of({"code"}) : array_of({}));
    // Always sent: OpenID Connect servers take an absent value for "web" and then refuse loopback
    // redirect URIs.
    const std::string_view type = profile_.application_type().empty()
        ? application_type_for(profile_.redirect_uris())
        : std::string_view(profile_.application_type());
    if (!is_visible_ascii(type))
        refuse("application_type", "is not a word");
    put("application_type", type);
    if (!is_scope(profile_.scope()))
        refuse("scope", "has characters that no scope has");
    text("scope", profile_.scope());
}

void metadata_builder::keys(token_endpoint_auth_method method, const server_metadata* server)
{
    const auto& key = profile_.key();
    const bool self_signed = method == token_endpoint_auth_method::self_signed_tls_client_auth;
    if (!profile_.jwks_uri().empty())
    {
        if (!is_key_set_url(profile_.jwks_uri()))
            refuse("jwks_uri", "is not an https URL");
        text("jwks_uri", profile_.jwks_uri());
    }
    else if (!key.empty() || self_signed)
    {
        boost::json::array all;
        if (!key.empty())
        {
            auto jwk = json_object::parse(key.public_jwk());
            if (!jwk)
                return refuse(failure(errc::key_invalid));
            all.emplace_back(jwk->copy());
        }
        if (self_signed)
        {
            auto jwk = certificate_jwk(profile_.identity());
            if (!jwk)
                return refuse(jwk.error());
            all.emplace_back(*std::move(jwk));
        }
        boost::json::object set;
        set.emplace("keys", std::move(all));
        put("jwks", std::move(set));
    }

    if (method == token_endpoint_auth_method::private_key_jwt)
        put("token_endpoint_auth_signing_alg", name_of(key.algorithm()));
    else if (method == token_endpoint_auth_method::client_secret_jwt)
        put("token_endpoint_auth_signing_alg", "HS256");
    // Registered, it binds the client to this algorithm: said only where request objects will be
    // used, and only if the server has it.
    if (server != nullptr && !key.empty()
        && (lists(server->request_object_signing_alg_values_supported, name_of(key.algorithm()))
            || (server->require_signed_request_object
                && !server->request_object_signing_alg_values_supported)))
        put("request_object_signing_alg", name_of(key.algorithm()));
}

void metadata_builder::certificate(token_endpoint_auth_method method)
{
    const auto& member = profile_.certificate_name_member();
    if (!member.empty() || !profile_.certificate_name().empty())
    {
        if (!is_one_of(std::string_view(member), certificate_names))
            refuse(member, "is not a name that a certificate can have");
        if (method == token_endpoint_auth_method::tls_client_auth)
            text(member, profile_.certificate_name());
    }
    if (profile_.certificate_bound_access_tokens() && profile_.identity().empty())
        refuse(wrong_profile("Tokens cannot be bound to a certificate that is not there."));
    flag("tls_client_certificate_bound_access_tokens", profile_.certificate_bound_access_tokens());
    flag("dpop_bound_access_tokens", profile_.dpop_bound_access_tokens());
}

void metadata_builder::extensions()
{
    for (const auto& [name, json] : profile_.extensions())
    {
        const std::string_view member = std::string_view(name).substr(0, name.find('#'));
        if (name.empty() || !is_text(name))
            return refuse(name, "has no usable name");
        if (is_one_of(std::string_view(name), not_extensions) || is_one_of(member, human_readable)
            || is_one_of(std::string_view(name), certificate_names))
            return refuse(name, "is not for extensions");
        auto value = read_json_value(json);
        if (!value)
            return refuse(name, "is not valid JSON");
        put(name, *std::move(value));
    }
}

} // namespace

failure wrong_profile(std::string_view message)
{
    // Nothing was sent, so that the hint of the same error from a server would lead astray.
    failure out(errc::invalid_client_metadata);
    out.message(message).hint("Correct the client profile.");
    return out;
}

bool asks_for_code(const client_profile& profile)
{
    return profile.grant_types().empty() || contains(profile.grant_types(), "authorization_code");
}

result<boost::json::object> client_metadata(
    const client_profile& profile,
    token_endpoint_auth_method method,
    const server_metadata* server,
    const boost::json::storage_ptr& memory
)
{
    metadata_builder out(profile, memory);
    out.people();
    out.languages();
    out.uses(server);
    out.put("token_endpoint_auth_method", name_of(method));
    out.keys(method, server);
    out.certificate(method);
    out.software();
    out.extensions();
    return std::move(out).finish();
}

} // namespace asioauth::detail
