// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "grant_fixture.hpp"
#include "protocol/derived_value.hpp"
#include "protocol/secret_form.hpp"

#include <asioauth/protocol/dpop.hpp>

#include <boost/test/unit_test.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <set>

using namespace asioauth;
using namespace asioauth::test;

namespace {

result<http_request> make(
    const registration& client,
    const discovery& found = full_discovery(),
    server_endpoint which = server_endpoint::token,
    secret_fields fields = {}
)
{
    return make_authenticated_request(found, client, which, std::move(fields), stamp());
}

secret_fields one(std::string_view name, std::string_view value)
{
    secret_fields out;
    out.emplace_back(name, secret(value));
    return out;
}

std::string assertion_of(const result<http_request>& request)
{
    return sent(request, "client_assertion");
}

std::string audience_of(const result<http_request>& request)
{
    return claim(claims_of(assertion_of(request)), "aud");
}

discovery with_aliases()
{
    discovery out = full_discovery();
    for (const auto& maker : every_maker())
        out.server.mtls_endpoint_aliases.emplace_back(
            name_of(maker.which),
            make_url("https://mtls.as.example/" + std::string(name_of(maker.which)))
        );
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(authenticated_request)

// covers C-21-7 C-7009-1
BOOST_AUTO_TEST_CASE(every_request_authenticates_the_client_in_exactly_one_way)
{
    for (const auto& maker : every_maker())
    {
        for (const method m : every_method)
        {
            if (m == method::none && maker.name == "client credentials")
                continue;
            const auto request = maker.make(full_discovery(), client_of(m));
            BOOST_TEST_CONTEXT(maker.name << ", " << name_of(m))
            {
                BOOST_REQUIRE_EQUAL(outcome(request), "ok");
                const auto shown = [&](std::string_view name) {
                    return sent(request, name) != "(0 times)";
                };
                BOOST_TEST(!request->authorization().empty() == (m == method::client_secret_basic));
                BOOST_TEST(shown("client_secret") == (m == method::client_secret_post));
                const bool asserts = m == method::client_secret_jwt || m == method::private_key_jwt;
                BOOST_TEST(shown("client_assertion") == asserts);
                BOOST_TEST(shown("client_assertion_type") == asserts);
                BOOST_TEST(!request->identity().empty() == uses_client_certificate(m));
                const bool named =
                    m != method::client_secret_basic || maker.name == "pushed request";
                BOOST_TEST(sent(request, "client_id") == (named ? "client-1" : "(0 times)"));
            }
        }
    }
}

// covers C-21-9 C-7009-1
BOOST_AUTO_TEST_CASE(every_request_is_a_post_whose_parameters_occur_once_and_have_a_value)
{
    for (const auto& maker : every_maker())
    {
        for (const method m : every_method)
        {
            if (m == method::none && maker.name == "client credentials")
                continue;
            auto found = full_discovery();
            found.policy.allow_private_network("10.0.0.0/8");
            const auto request = maker.make(found, client_of(m));
            BOOST_TEST_CONTEXT(maker.name << ", " << name_of(m))
            {
                BOOST_REQUIRE_EQUAL(outcome(request), "ok");
                BOOST_TEST(request->method() == "POST");
                BOOST_TEST((request->kind() == request_kind::token));
                BOOST_TEST(request->field("Content-Type") == "application/x-www-form-urlencoded");
                BOOST_TEST(request->field("Accept") == "application/json");
                BOOST_TEST((request->policy() == found.policy));
                BOOST_TEST((request->target() == endpoint_of(found, client_of(m), maker.which)));
                BOOST_TEST(!request->target().has_query());
                std::set<std::string> names;
                const auto fields = parse_form(body_of(request));
                for (const auto& [name, value] : fields.value())
                {
                    BOOST_TEST(names.insert(name).second, name);
                    BOOST_TEST(!value.empty(), name);
                }
                BOOST_TEST(outcome(check_request(*request)) == "ok");
            }
        }
    }
}

// covers C-21-22 C-MCP-4
BOOST_AUTO_TEST_CASE(every_request_goes_to_the_server_that_knows_the_client_and_to_no_other)
{
    for (const auto& maker : every_maker())
    {
        for (const auto other :
             {"", "https://as.example/", "https://AS.example", "https://e.example"})
        {
            auto client = client_of(method::client_secret_post);
            client.issuer = other;
            const auto got = maker.make(full_discovery(), client);
            BOOST_TEST(outcome(got) == "registration_issuer_mismatch", maker.name);
            BOOST_TEST(!has(all_text(got), canary), maker.name);
            auto found = full_discovery();
            found.server.issuer = other;
            BOOST_TEST(outcome(maker.make(found, client_of(method::none))) != "ok", maker.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(request_to_an_endpoint_that_the_server_does_not_have_is_refused)
{
    discovery bare;
    bare.server.issuer = issuer;
    bare.resource = "https://mcp.example/mcp";
    bare.server.authorization_endpoint = make_url("https://as.example/authorize");
    for (const auto& maker : every_maker())
    {
        const auto got = maker.make(bare, client_of(method::client_secret_basic));
        BOOST_TEST(outcome(got) == "endpoint_missing", maker.name);
        BOOST_TEST(has(all_text(got), name_of(maker.which)), maker.name);
        BOOST_TEST(!has(all_text(got), canary), maker.name);
    }
    BOOST_TEST(
        outcome(make_jwt_bearer_request(bare, registration(), secret("j"), "", stamp()))
        == "endpoint_missing"
    );
}

BOOST_AUTO_TEST_CASE(client_that_lacks_the_means_of_its_method_is_refused)
{
    for (const method m : every_method)
    {
        auto client = sample_client();
        client.auth_method = m;
        const auto got = make(client);
        BOOST_TEST(
            outcome(got) == (m == method::none ? "ok" : "client_information_required"), name_of(m)
        );
        auto nameless = client_of(m);
        nameless.client_id.clear();
        BOOST_TEST(outcome(make(nameless)) == "client_information_required", name_of(m));
        BOOST_TEST(!has(all_text(make(nameless)), canary), name_of(m));
    }
    BOOST_TEST(
        has(all_text(make([] {
                auto client = sample_client();
                client.auth_method = method::private_key_jwt;
                return client;
            }())),
            "no key")
    );
}

BOOST_AUTO_TEST_CASE(credentials_and_parameters_given_twice_are_refused)
{
    const auto client = client_of(method::client_secret_post);
    const auto with = [&](secret_fields fields) {
        const auto got = make(client, full_discovery(), server_endpoint::token, std::move(fields));
        BOOST_TEST(!has(all_text(got), canary));
        return outcome(got);
    };
    for (const auto name :
         {"client_secret", "client_assertion", "client_assertion_type", "Client_Secret"})
        BOOST_TEST(with(one(name, canary)) == "reserved_parameter", name);
    BOOST_TEST(with(one("client_id", "CANARY")) == "reserved_parameter");
    BOOST_TEST(with(one("client_id", "client-1")) == "ok");
    BOOST_TEST(with(one("Client_ID", "client-1")) == "reserved_parameter");
    BOOST_TEST(with(one("", canary)) == "invalid_argument");
    for (const auto second : {"scope", "SCOPE"})
    {
        auto twice = one("scope", canary);
        twice.emplace_back(second, secret("b"));
        BOOST_TEST(with(twice) == "invalid_argument", second);
    }
}

// covers C-21-8
BOOST_AUTO_TEST_CASE(form_of_secrets_is_encoded_as_any_other_form)
{
    const std::string text = "a b+c&d=e%/\xc3\xa9?\xe2\x82\xac:~*-._\r\n";
    for (std::size_t size = 0; size <= text.size(); ++size)
    {
        const auto part = std::string_view(text).substr(0, size);
        detail::secret_form form;
        form.add("x", part);
        form.add("y", "1");
        BOOST_TEST(form.content().reveal() == "x=" + form_encode(part) + "&y=1");
    }
    const auto request =
        make(client_of(method::none), full_discovery(), server_endpoint::token, one("a&b", "c d"));
    BOOST_TEST(has(body_of(request), "a%26b=c+d"));
}

// covers C-UPD-1 C-9700-12
BOOST_AUTO_TEST_CASE(assertion_says_who_the_client_is_to_one_server_for_a_minute)
{
    const auto request = make(client_of(method::private_key_jwt));
    BOOST_TEST(
        sent(request, "client_assertion_type")
        == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    const auto token = verified(assertion_of(request));
    BOOST_REQUIRE(token.has_value());
    BOOST_TEST((token->algorithm == jws_algorithm::es256));
    BOOST_TEST(token->key_id == test_key().key_id());
    const auto claims = boost::json::parse(token->claims).as_object();
    BOOST_TEST(claim(claims, "iss") == "client-1");
    BOOST_TEST(claim(claims, "sub") == "client-1");
    BOOST_TEST(claims.at("aud").is_string());
    BOOST_TEST(claim(claims, "aud") == issuer);
    BOOST_TEST(claim(claims, "iat") == "1700000000");
    BOOST_TEST(claim(claims, "exp") == "1700000060");
    BOOST_TEST(claim(claims, "jti").size() == 43u);
    BOOST_TEST(claims.size() == 6u);
}

// covers C-UPD-1 (V40: a server that names an honest one's endpoint as its own)
BOOST_AUTO_TEST_CASE(assertion_is_for_the_issuer_wherever_its_metadata_sends_it)
{
    for (const auto& maker : every_maker())
    {
        for (const method m : {method::private_key_jwt, method::client_secret_jwt})
        {
            auto client = client_of(m);
            client.issuer = "https://evil.example";
            auto found = full_discovery();
            found.server.issuer = "https://evil.example";
            if (maker.name == "code")
                continue; // the login began elsewhere: refused before
            const auto request = maker.make(found, client);
            BOOST_TEST(request->target().host() == "as.example", maker.name);
            BOOST_TEST(audience_of(request) == "https://evil.example", maker.name);
        }
    }
}

// covers C-UPD-1
BOOST_AUTO_TEST_CASE(assertion_is_for_the_endpoint_where_there_is_no_metadata_or_a_policy_says_so)
{
    const auto client = client_of(method::private_key_jwt);
    auto guessed = full_discovery();
    guessed.server.found = provenance::default_endpoints;
    BOOST_TEST(audience_of(make(client, guessed)) == "https://as.example/token");
    auto special = full_discovery();
    special.provider = policy().assertion_audience_is_endpoint(true);
    BOOST_TEST(audience_of(make(client, special)) == "https://as.example/token");
    BOOST_TEST(
        audience_of(make(client, special, server_endpoint::revocation))
        == "https://as.example/revoke"
    );
    special.provider = policy();
    special.server.found = provenance::oauth_path_insert;
    BOOST_TEST(audience_of(make(client, special)) == issuer);
}

BOOST_AUTO_TEST_CASE(assertion_of_each_request_has_an_identifier_of_its_own)
{
    const auto client = client_of(method::private_key_jwt);
    const auto jti = [&](std::uint8_t fill) {
        return claim(
            claims_of(make_client_assertion(client, issuer, stamp(fill)).value().reveal()), "jti"
        );
    };
    BOOST_TEST(jti(1) == jti(1));
    BOOST_TEST(jti(1) != jti(2));
    // Nor is it what another part of the same request makes of the same octets: there are servers
    // with one table for all kinds of tokens, and the second would be a replay.
    const auto proof = make_dpop_proof(
        test_key(), "POST", make_url("https://as.example/token"), stamp(1), "", secret()
    );
    BOOST_TEST(jti(1) != claim(claims_of(proof.value()), "jti"));
    BOOST_TEST(jti(1) != detail::derived_value("request", octets(1)));
    BOOST_TEST(jti(1) != make_state(octets(1)));
    BOOST_TEST(detail::derived_value("a", octets(1)) != detail::derived_value("b", octets(1)));
}

BOOST_AUTO_TEST_CASE(shared_secret_signs_the_assertion_and_is_not_sent)
{
    const auto client = client_of(method::client_secret_jwt);
    const auto request = make(client);
    const std::string token = assertion_of(request);
    const auto dot = token.rfind('.');
    BOOST_REQUIRE(dot != std::string::npos);
    const auto key = client.client_secret.reveal();
    const auto signed_part = std::string_view(token).substr(0, dot);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(
        EVP_sha256(),
        key.data(),
        static_cast<int>(key.size()),
        reinterpret_cast<const unsigned char*>(signed_part.data()),
        signed_part.size(),
        mac,
        &size
    );
    BOOST_TEST(
        token.substr(dot + 1)
        == base64url_encode(std::string_view(reinterpret_cast<const char*>(mac), size))
    );
    BOOST_TEST(claim(claims_of(token), "aud") == issuer);
    BOOST_TEST(!has(body_of(request), canary));
    BOOST_TEST(!verified(token).has_value());
}

BOOST_AUTO_TEST_CASE(assertion_that_cannot_be_made_is_refused)
{
    const auto of = [](const registration& client, std::string_view audience = issuer) {
        const auto got = make_client_assertion(client, audience, stamp());
        BOOST_TEST(!has(all_text(got), canary));
        return outcome(got);
    };
    BOOST_TEST(of(client_of(method::private_key_jwt)) == "ok");
    BOOST_TEST(of(client_of(method::private_key_jwt), "") == "invalid_argument");
    for (const method m : {method::none, method::client_secret_basic, method::tls_client_auth})
        BOOST_TEST(of(client_of(m)) == "invalid_argument", name_of(m));
    for (const method m : {method::private_key_jwt, method::client_secret_jwt})
    {
        auto client = sample_client();
        client.auth_method = m;
        BOOST_TEST(of(client) == "client_information_required", name_of(m));
        client = client_of(m);
        client.client_id.clear();
        BOOST_TEST(of(client) == "client_information_required", name_of(m));
    }
}

BOOST_AUTO_TEST_CASE(certificate_is_shown_at_the_endpoints_that_are_made_for_it)
{
    const auto found = with_aliases();
    for (const auto& maker : every_maker())
    {
        for (const method m : {method::tls_client_auth, method::self_signed_tls_client_auth})
        {
            const auto request = maker.make(found, client_of(m));
            BOOST_TEST(request->target().host() == "mtls.as.example", maker.name);
            BOOST_TEST((request->identity() == test_identity()), maker.name);
        }
        if (maker.name != "client credentials")
        {
            const auto without = maker.make(found, client_of(method::none));
            BOOST_TEST(without->target().host() == "as.example", maker.name);
            BOOST_TEST(without->identity().empty(), maker.name);
        }
        // A server need not have any of them.
        const auto ordinary = maker.make(full_discovery(), client_of(method::tls_client_auth));
        BOOST_TEST(ordinary->target().host() == "as.example", maker.name);
        BOOST_TEST((ordinary->identity() == test_identity()), maker.name);
    }
}

BOOST_AUTO_TEST_CASE(certificate_that_tokens_are_bound_to_is_shown_by_any_method)
{
    for (const method m : every_method)
    {
        auto client = client_of(m);
        client.identity = test_identity();
        const auto request = make(client, with_aliases());
        BOOST_TEST((request->identity() == test_identity()), name_of(m));
        BOOST_TEST(request->target().host() == "mtls.as.example", name_of(m));
        BOOST_TEST(
            !request->authorization().empty() == (m == method::client_secret_basic), name_of(m)
        );
    }
}

BOOST_AUTO_TEST_CASE(method_that_a_policy_asks_for_is_used_where_the_client_has_the_means)
{
    auto found = full_discovery();
    auto client = client_of(method::client_secret_basic);
    found.provider = policy().auth_method(method::client_secret_post);
    BOOST_TEST(make(client, found)->authorization().empty());
    BOOST_TEST(has(sent(make(client, found), "client_secret"), canary));
    found.provider = policy().auth_method(method::private_key_jwt);
    BOOST_TEST(!make(client, found)->authorization().empty());
    client.key = test_key();
    BOOST_TEST(make(client, found)->authorization().empty());
    BOOST_TEST(verified(assertion_of(make(client, found))).has_value());
    found.provider = policy().auth_method(method::none);
    BOOST_TEST(make(client, found)->authorization().empty());
    BOOST_TEST(sent(make(client, found), "client_assertion") == "(0 times)");
    // The method says nothing of a client that has nothing to show.
    found.provider = policy().auth_method(method::client_secret_post);
    BOOST_TEST(sent(make(client_of(method::none), found), "client_secret") == "(0 times)");
}

BOOST_AUTO_TEST_CASE(names_of_endpoints_are_those_of_the_metadata)
{
    BOOST_TEST(name_of(server_endpoint::token) == "token_endpoint");
    BOOST_TEST(
        name_of(server_endpoint::pushed_authorization_request)
        == "pushed_authorization_request_endpoint"
    );
    BOOST_TEST(name_of(server_endpoint::device_authorization) == "device_authorization_endpoint");
    BOOST_TEST(name_of(server_endpoint::revocation) == "revocation_endpoint");
    BOOST_TEST(name_of(server_endpoint::introspection) == "introspection_endpoint");
}

// covers C-8707-1 C-8707-2 C-9728-10
BOOST_AUTO_TEST_CASE(every_request_for_a_token_names_the_same_resource)
{
    const auto asks_for_a_token = [](const request_maker& maker) {
        return maker.which == server_endpoint::token
            || maker.which == server_endpoint::device_authorization
            || maker.which == server_endpoint::pushed_authorization_request;
    };
    for (const auto& maker : every_maker())
    {
        const auto request = maker.make(full_discovery(), client_of(method::client_secret_basic));
        BOOST_TEST(
            sent(request, "resource")
                == (asks_for_a_token(maker) ? "https://mcp.example/mcp" : "(0 times)"),
            maker.name
        );
    }
}

// covers C-8707-1
BOOST_AUTO_TEST_CASE(policy_leaves_the_resource_out_or_replaces_it_everywhere)
{
    auto omitting = full_discovery();
    omitting.provider = policy().resource(resource_indicator::omit);
    auto replacing = full_discovery();
    replacing.provider = policy().replacement_resource("api://other");
    for (const auto& maker : every_maker())
    {
        // The code request asks for what was agreed, the identity provider for the target.
        if (maker.which == server_endpoint::revocation
            || maker.which == server_endpoint::introspection || maker.name == "code"
            || maker.name == "identity assertion")
            continue;
        const auto client = client_of(method::client_secret_basic);
        BOOST_TEST(sent(maker.make(omitting, client), "resource") == "(0 times)", maker.name);
        BOOST_TEST(sent(maker.make(replacing, client), "resource") == "api://other", maker.name);
    }
}

// covers C-8707-1
BOOST_AUTO_TEST_CASE(resource_that_is_no_absolute_uri_is_never_asked_for)
{
    for (const auto resource : {"", "mcp.example", "/mcp", "https://mcp.example/#f"})
    {
        auto found = full_discovery();
        found.resource = resource;
        for (const auto& maker : every_maker())
        {
            const bool asks = maker.name == "refresh" || maker.name == "client credentials"
                || maker.name == "JWT bearer" || maker.name == "device token"
                || maker.name == "device authorization" || maker.name == "pushed request";
            if (asks)
                BOOST_TEST(
                    outcome(maker.make(found, client_of(method::client_secret_basic)))
                        == "invalid_argument",
                    maker.name
                );
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
