// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Authorization-server metadata. A line with the issuer that was asked for, then the document.

// max_len: 16384
// dictionaries: json metadata url

#include "fuzz/fuzz.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/registration.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

namespace json = boost::json;
using list = std::optional<std::vector<std::string>>;

constexpr std::array endpoints = {
    std::pair("authorization_endpoint", &server_metadata::authorization_endpoint),
    std::pair("token_endpoint", &server_metadata::token_endpoint),
    std::pair("registration_endpoint", &server_metadata::registration_endpoint),
    std::pair("revocation_endpoint", &server_metadata::revocation_endpoint),
    std::pair("introspection_endpoint", &server_metadata::introspection_endpoint),
    std::pair("jwks_uri", &server_metadata::jwks_uri),
    std::pair(
        "pushed_authorization_request_endpoint",
        &server_metadata::pushed_authorization_request_endpoint
    ),
    std::pair("device_authorization_endpoint", &server_metadata::device_authorization_endpoint),
    std::pair("userinfo_endpoint", &server_metadata::userinfo_endpoint),
};

constexpr std::array lists = {
    std::pair("scopes_supported", &server_metadata::scopes_supported),
    std::pair("grant_types_supported", &server_metadata::grant_types_supported),
    std::pair(
        "token_endpoint_auth_methods_supported",
        &server_metadata::token_endpoint_auth_methods_supported
    ),
    std::pair(
        "token_endpoint_auth_signing_alg_values_supported",
        &server_metadata::token_endpoint_auth_signing_alg_values_supported
    ),
    std::pair(
        "request_object_signing_alg_values_supported",
        &server_metadata::request_object_signing_alg_values_supported
    ),
    std::pair(
        "id_token_signing_alg_values_supported",
        &server_metadata::id_token_signing_alg_values_supported
    ),
    std::pair(
        "dpop_signing_alg_values_supported", &server_metadata::dpop_signing_alg_values_supported
    ),
    std::pair("response_modes_supported", &server_metadata::response_modes_supported),
    std::pair("protected_resources", &server_metadata::protected_resources),
};

constexpr std::array flags = {
    std::pair(
        "authorization_response_iss_parameter_supported",
        &server_metadata::authorization_response_iss_parameter_supported
    ),
    std::pair(
        "client_id_metadata_document_supported",
        &server_metadata::client_id_metadata_document_supported
    ),
    std::pair(
        "require_pushed_authorization_requests",
        &server_metadata::require_pushed_authorization_requests
    ),
    std::pair("require_signed_request_object", &server_metadata::require_signed_request_object),
    std::pair(
        "tls_client_certificate_bound_access_tokens",
        &server_metadata::tls_client_certificate_bound_access_tokens
    ),
};

constexpr std::array pages = {
    std::pair("service_documentation", &server_metadata::service_documentation),
    std::pair("op_policy_uri", &server_metadata::op_policy_uri),
    std::pair("op_tos_uri", &server_metadata::op_tos_uri),
    std::pair("logo_uri", &server_metadata::logo_uri),
};

// The document that says what was read.
std::string written(const server_metadata& m)
{
    json::object o;
    o["issuer"] = m.issuer;
    o["code_challenge_methods_supported"] = json::array({"S256"});
    for (const auto& [name, place] : endpoints)
    {
        if (!(m.*place).empty())
            o[name] = (m.*place).str();
    }
    json::object aliases;
    for (const auto& [name, where] : m.mtls_endpoint_aliases)
        aliases[name] = where.str();
    if (!aliases.empty())
        o["mtls_endpoint_aliases"] = std::move(aliases);
    for (const auto& [name, place] : lists)
    {
        if (m.*place)
            o[name] = json::array((m.*place)->begin(), (m.*place)->end());
    }
    for (const auto& [name, place] : flags)
        o[name] = m.*place;
    for (const auto& [name, place] : pages)
    {
        if (!(m.*place).empty())
            o[name] = m.*place;
    }
    return json::serialize(o);
}

void check_place(const url& u, const address_policy& policy)
{
    check(!u.has_fragment(), "an endpoint has no fragment");
    check(u.is_https() || u.host_is_loopback(), "an endpoint is asked over TLS");
    check(
        policy.loopback_allowed() || !u.host_is_loopback(),
        "a remote server does not lead to this machine"
    );
}

void check_document(const server_metadata& m, std::string_view issuer, const address_policy& policy)
{
    check(
        m.issuer == issuer
            || (m.issuer_slash_tolerated && m.issuer.size() - issuer.size() + 1 <= 2),
        "a document is of the issuer that was asked for"
    );
    check(issuer_url(m.issuer, policy).has_value(), "an issuer is an issuer");
    check(!m.token_endpoint.empty(), "there is a token endpoint");
    for (const auto& [name, place] : endpoints)
    {
        if (!(m.*place).empty())
            check_place(m.*place, policy);
    }
    for (const auto& [name, where] : m.mtls_endpoint_aliases)
        check_place(where, policy);
    for (const auto& [name, place] : lists)
        check(!(m.*place) || (m.*place)->size() <= limits::list_elements, "a list is not too long");
    for (const auto& [name, place] : pages)
        check((m.*place).empty() || url::parse(m.*place)->is_https(), "a page for people is https");
    for (const auto& note : m.notes)
        fuzz::check_presentable(note, 2048);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    http_response response = in.response("https://as.example/.well-known/x");
    const std::string issuer(in.line());
    response.body(std::string(in.rest()));
    const auto parsed = url::parse(issuer);
    const address_policy policy =
        address_policy().allow_loopback(parsed && parsed->host_is_loopback());

    fuzz::meter meter;
    const auto found = read_server_metadata(response, issuer, policy);
    meter.check_linear(size, 512, 64 * 1024);
    if (!found)
    {
        fuzz::check_failure(found.error());
        return 0;
    }
    check(response.status() == 200, "metadata comes with status 200");
    check_document(*found, issuer, policy);

    http_response again(200, written(*found));
    again.field("Content-Type", "application/json").from(response.from());
    const auto second = read_server_metadata(again, issuer, policy);
    check(second.has_value(), "what was read can be read again");
    check_equal(written(*second), written(*found), "what was read is read as the same again");
    check(second->notes.empty(), "nothing that was kept has to be left out");

    // What a registration would be asked for with.
    discovery d;
    d.requested = url::parse("https://mcp.example/mcp").value();
    d.resource = d.requested.str();
    d.server = *found;
    client_profile profile;
    profile.client_name("Fuzz").add_redirect_uri("http://127.0.0.1:8123/callback");
    const auto request = make_registration_request(d, profile);
    if (!request)
    {
        fuzz::check_failure(request.error());
        return 0;
    }
    check(check_request(*request).has_value(), "a request can be sent");
    check(
        request->target() == found->registration_endpoint, "a client is registered at its server"
    );
    return 0;
}
