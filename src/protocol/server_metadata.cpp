// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/metadata_rules.hpp"

#include <asioauth/protocol/discovery.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace asioauth {

namespace {

bool lists(const std::optional<std::vector<std::string>>& values, std::string_view wanted)
{
    return values && std::find(values->begin(), values->end(), wanted) != values->end();
}

class endpoint_member
{
public:
    std::string_view name;
    url server_metadata::*place;
    bool required;
};

// jwks_uri and introspection_endpoint are checked too, although only those who ask for them go
// there: a document that names an unsafe place is not to be trusted with the others.
constexpr std::array endpoint_members{
    endpoint_member{"authorization_endpoint", &server_metadata::authorization_endpoint, true},
    endpoint_member{"token_endpoint", &server_metadata::token_endpoint, true},
    endpoint_member{"registration_endpoint", &server_metadata::registration_endpoint, false},
    endpoint_member{"revocation_endpoint", &server_metadata::revocation_endpoint, false},
    endpoint_member{"introspection_endpoint", &server_metadata::introspection_endpoint, false},
    endpoint_member{"jwks_uri", &server_metadata::jwks_uri, false},
    endpoint_member{
        "pushed_authorization_request_endpoint",
        &server_metadata::pushed_authorization_request_endpoint,
        false},
    endpoint_member{
        "device_authorization_endpoint", &server_metadata::device_authorization_endpoint, false},
    endpoint_member{"userinfo_endpoint", &server_metadata::userinfo_endpoint, false},
};

result<void> read_endpoint(
    const detail::json_object& document,
    const endpoint_member& member,
    const address_policy& policy,
    server_metadata& out
)
{
    const result<std::string> text = document.optional_string(member.name);
    if (!text)
    {
        return text.error();
    }
    std::string what("Member \"");
    what += member.name;
    what += '"';
    if (text->empty())
    {
        if (member.required)
        {
            return failure(errc::endpoint_missing).message(what + " is missing.");
        }
        return {};
    }
    result<url> parsed =
        detail::secure_url(*text, policy.loopback_allowed(), errc::endpoint_insecure, what);
    if (!parsed)
    {
        return parsed.error();
    }
    out.*member.place = *std::move(parsed);
    return {};
}

result<void> read_issuer(
    const detail::json_object& document,
    std::string_view expected,
    const address_policy& policy,
    server_metadata& out
)
{
    result<std::string> issuer = document.string("issuer");
    if (!issuer)
    {
        return issuer.error();
    }
    if (*issuer != expected)
    {
        if (!detail::differ_by_root_slash(*issuer, expected))
        {
            return failure(errc::issuer_mismatch)
                .message(
                    "The metadata is of \"" + presentable(*issuer, 200) + "\", asked for was \""
                    + presentable(expected, 200) + "\"."
                );
        }
        out.issuer_slash_tolerated = true;
    }
    if (const result<url> checked = issuer_url(*issuer, policy); !checked)
    {
        return checked.error();
    }
    out.issuer = *std::move(issuer);
    return {};
}

result<void> read_capabilities(const detail::json_object& document, server_metadata& out)
{
    const auto challenges = document.optional_strings("code_challenge_methods_supported");
    if (!challenges)
    {
        return challenges.error();
    }
    if (!lists(*challenges, "S256"))
    {
        return failure(errc::pkce_not_supported)
            .message(
                *challenges ? "Member \"code_challenge_methods_supported\" does not list S256."
                            : "Member \"code_challenge_methods_supported\" is missing."
            );
    }
    const auto response_types = document.optional_strings("response_types_supported");
    if (!response_types)
    {
        return response_types.error();
    }
    if (*response_types && !lists(*response_types, "code"))
    {
        return failure(errc::response_type_not_supported)
            .message("Member \"response_types_supported\" does not list \"code\".");
    }

    const auto scopes = document.optional_strings("scopes_supported");
    auto grants = document.optional_strings("grant_types_supported");
    auto methods = document.optional_strings("token_endpoint_auth_methods_supported");
    const auto iss = document.optional_bool("authorization_response_iss_parameter_supported");
    const auto cimd = document.optional_bool("client_id_metadata_document_supported");
    if (!scopes || !grants || !methods)
    {
        return !scopes ? scopes.error() : !grants ? grants.error() : methods.error();
    }
    if (!iss || !cimd)
    {
        return !iss ? iss.error() : cimd.error();
    }
    out.scopes_supported = detail::scope_tokens(*scopes);
    out.grant_types_supported = *std::move(grants);
    out.token_endpoint_auth_methods_supported = *std::move(methods);
    out.authorization_response_iss_parameter_supported = *iss;
    out.client_id_metadata_document_supported = *cimd;
    return {};
}

url at_origin(const url& resource, std::string_view path)
{
    result<url> made = with_path(resource, path);
    return made ? *std::move(made) : url();
}

} // namespace

namespace detail {

bool is_endpoint_name(std::string_view name) noexcept
{
    return std::any_of(endpoint_members.begin(), endpoint_members.end(), [name](const auto& m) {
        return m.name == name;
    });
}

} // namespace detail

result<server_metadata> read_server_metadata(
    const http_response& response,
    std::string_view issuer,
    const address_policy& policy,
    const provider_policy* /*provider*/
)
{
    const auto located = [&response](failure f) {
        return f.where(stage::server_metadata)
            .url(response.from().str())
            .http_status(response.status());
    };
    if (response.status() != 200)
    {
        return located(errc::server_metadata_not_found);
    }
    const result<detail::json_object> document = detail::read_json_body(response);
    if (!document)
    {
        return located(document.error());
    }
    server_metadata out;
    if (const result<void> read = read_issuer(*document, issuer, policy, out); !read)
    {
        return located(read.error());
    }
    for (const endpoint_member& member : endpoint_members)
    {
        if (const result<void> read = read_endpoint(*document, member, policy, out); !read)
        {
            return located(read.error());
        }
    }
    if (const result<void> read = read_capabilities(*document, out); !read)
    {
        return located(read.error());
    }
    if (const result<std::string> page = document->optional_string("service_documentation"))
    {
        out.service_documentation = detail::display_url(*page);
    }
    return out;
}

server_metadata default_server_metadata(const url& resource)
{
    server_metadata out;
    out.issuer = resource.origin();
    out.authorization_endpoint = at_origin(resource, "/authorize");
    out.token_endpoint = at_origin(resource, "/token");
    out.registration_endpoint = at_origin(resource, "/register");
    out.found = provenance::default_endpoints;
    return out;
}

} // namespace asioauth
