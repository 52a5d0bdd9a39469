// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr std::string_view redirect = "http://127.0.0.1:8123/callback";
constexpr std::string_view issuer = "https://as.example";

result<authorization_request> make(
    const discovery& found,
    const authorization_options& options = authorization_options(),
    const registration& client = sample_client(),
    std::string_view uri = redirect
)
{
    return make_authorization_request(found, client, uri, options, octets(1), octets(2), {});
}

std::string query_of(const result<authorization_request>& request)
{
    return std::string(request.value().where.query());
}

discovery with_endpoint(std::string_view endpoint)
{
    discovery out = sample_discovery();
    out.server.authorization_endpoint = make_url(endpoint);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(authorization)

// covers C-9700-5 C-9700-8 C-9700-9 C-21-4 C-21-13 C-8252-1 C-8707-1 C-9728-10
BOOST_AUTO_TEST_CASE(request_url_has_every_parameter_once)
{
    const auto request = make(sample_discovery(), authorization_options().scope("files:read a+b"));
    const auto query = query_of(request);
    BOOST_TEST(request->where.without_query() == "https://as.example/authorize");
    BOOST_TEST(value_of(query, "response_type") == "code");
    BOOST_TEST(value_of(query, "client_id") == "client-1");
    BOOST_TEST(value_of(query, "redirect_uri") == redirect);
    BOOST_TEST(value_of(query, "scope") == "files:read a+b");
    BOOST_TEST(value_of(query, "state") == make_state(octets(1)));
    BOOST_TEST(
        value_of(query, "code_challenge") == make_code_challenge(make_code_verifier(octets(2)))
    );
    BOOST_TEST(value_of(query, "code_challenge_method") == "S256");
    BOOST_TEST(value_of(query, "resource") == "https://mcp.example/mcp");
    BOOST_TEST(parse_form(query)->size() == 8u);
}

// covers C-9700-7
BOOST_AUTO_TEST_CASE(confidential_client_uses_pkce_too_and_sends_no_secret)
{
    auto client = sample_client();
    client.client_secret = secret(canary);
    client.auth_method = token_endpoint_auth_method::client_secret_post;
    const auto query = query_of(make(sample_discovery(), authorization_options(), client));
    BOOST_TEST(value_of(query, "code_challenge_method") == "S256");
    BOOST_TEST(!has(query, canary));
}

BOOST_AUTO_TEST_CASE(request_url_never_has_the_verifier)
{
    const auto request = make(sample_discovery());
    BOOST_TEST(!has(request->where.str(), request->pending.code_verifier.reveal()));
}

// covers C-9207-8 C-9700-4 C-9700-19
BOOST_AUTO_TEST_CASE(everything_the_callback_is_checked_against_is_recorded)
{
    auto found = sample_discovery();
    found.server.authorization_response_iss_parameter_supported = true;
    const auto kept = make(found, authorization_options().scope("a b")).value().pending;
    BOOST_TEST(kept.issuer == issuer);
    BOOST_TEST(kept.iss_required);
    BOOST_TEST(kept.client_id == "client-1");
    BOOST_TEST(kept.redirect_uri == redirect);
    BOOST_TEST(kept.resource == "https://mcp.example/mcp");
    BOOST_TEST(kept.scope == "a b");
    BOOST_TEST(kept.state == make_state(octets(1)));
    BOOST_TEST((kept.code_verifier == make_code_verifier(octets(2))));
    BOOST_TEST(!make(sample_discovery()).value().pending.iss_required);
}

// covers C-MCP-5 C-MCP-6
BOOST_AUTO_TEST_CASE(scope_is_left_out_where_nobody_names_one)
{
    const auto request = make(sample_discovery());
    BOOST_TEST(value_of(query_of(request), "scope") == "(0 times)");
    BOOST_TEST(request->pending.scope.empty());
    auto found = sample_discovery();
    found.challenged_scope = "from:challenge";
    BOOST_TEST(value_of(query_of(make(found)), "scope") == "from:challenge");
    BOOST_TEST(make(found)->pending.scope == "from:challenge");
}

// covers C-8707-2
// catches D-8
BOOST_AUTO_TEST_CASE(resource_is_sent_byte_for_byte)
{
    for (const auto resource :
         {"https://mcp.example", "https://mcp.example/", "https://mcp.example/a%2Fb/?x=1&y=2"})
    {
        auto found = sample_discovery();
        found.resource = resource;
        const auto request = make(found);
        BOOST_TEST(value_of(query_of(request), "resource") == resource);
        BOOST_TEST(request->pending.resource == resource);
    }
}

// covers C-8707-1
BOOST_AUTO_TEST_CASE(resource_that_is_no_absolute_uri_without_fragment_is_refused)
{
    for (const auto resource : {"", "mcp.example", "/mcp", "https://mcp.example/#f"})
    {
        auto found = sample_discovery();
        found.resource = resource;
        BOOST_TEST(outcome(make(found)) == "invalid_argument", resource);
    }
}

// catches D-9
BOOST_AUTO_TEST_CASE(query_of_the_endpoint_is_kept_once)
{
    const auto start = [](std::string_view endpoint) {
        const auto text = make(with_endpoint(endpoint)).value().where.str();
        return text.substr(0, text.find("response_type="));
    };
    BOOST_TEST(start("https://as.example/authorize") == "https://as.example/authorize?");
    BOOST_TEST(start("https://as.example/authorize?") == "https://as.example/authorize?");
    BOOST_TEST(
        start("https://as.example/authorize?p=B2C_1&x=%20%2B+")
        == "https://as.example/authorize?p=B2C_1&x=%20%2B+&"
    );
    BOOST_TEST(start("https://as.example/authorize?p=1&") == "https://as.example/authorize?p=1&");
    BOOST_TEST(start("https://as.example/authorize?flag") == "https://as.example/authorize?flag&");
    BOOST_TEST(start("https://as.example") == "https://as.example?");
}

BOOST_AUTO_TEST_CASE(endpoint_whose_query_would_double_a_parameter_is_refused)
{
    for (const auto query :
         {"client_id=evil",
          "p=1&redirect_uri=https%3A%2F%2Fevil.example",
          "response_type=token",
          "STATE=x",
          "code_challenge_method=plain",
          "resourc%65=x",
          "prompt=none"})
    {
        const auto got = make(
            with_endpoint("https://as.example/authorize?" + std::string(query)),
            authorization_options().extra("prompt", "consent")
        );
        BOOST_TEST(outcome(got) == "reserved_parameter", query);
    }
    BOOST_TEST(
        outcome(make(with_endpoint("https://as.example/authorize#f"))) == "url_has_fragment"
    );
    auto found = sample_discovery();
    found.server.authorization_endpoint = url();
    BOOST_TEST(outcome(make(found)) == "endpoint_missing");
}

BOOST_AUTO_TEST_CASE(extra_parameters_are_encoded_and_sent)
{
    const auto options = authorization_options()
                             .extra("prompt", "consent")
                             .extra("login_hint", "a&state=evil")
                             .extra("nonce", "n")
                             .extra("empty", "");
    const auto query = query_of(make(sample_discovery(), options));
    BOOST_TEST(value_of(query, "prompt") == "consent");
    BOOST_TEST(value_of(query, "login_hint") == "a&state=evil");
    BOOST_TEST(value_of(query, "nonce") == "n");
    BOOST_TEST(value_of(query, "empty") == "(0 times)");
    BOOST_TEST(value_of(query, "state") == make_state(octets(1)));
}

BOOST_AUTO_TEST_CASE(reserved_extra_parameters_are_refused_in_any_case)
{
    for (const auto name :
         {"response_type",
          "client_id",
          "redirect_uri",
          "scope",
          "state",
          "resource",
          "code_challenge",
          "code_challenge_method",
          "iss",
          "request",
          "request_uri",
          "response_mode",
          "dpop_jkt",
          "client_secret",
          "code",
          "code_verifier",
          "error",
          "error_description",
          "error_uri",
          "grant_type",
          "access_token",
          "refresh_token",
          "client_assertion",
          "client_assertion_type",
          "password",
          "State",
          "REDIRECT_URI"})
    {
        const auto got = make(sample_discovery(), authorization_options().extra(name, canary));
        BOOST_TEST(outcome(got) == "reserved_parameter", name);
        BOOST_TEST(!has(all_text(got), canary), name);
    }
}

// covers C-21-9
BOOST_AUTO_TEST_CASE(extra_parameter_named_twice_or_not_at_all_is_refused)
{
    BOOST_TEST(
        outcome(make(
            sample_discovery(), authorization_options().extra("prompt", "a").extra("prompt", "b")
        ))
        == "invalid_argument"
    );
    BOOST_TEST(
        outcome(make(
            sample_discovery(), authorization_options().extra("prompt", "a").extra("Prompt", "b")
        ))
        == "invalid_argument"
    );
    BOOST_TEST(
        outcome(make(sample_discovery(), authorization_options().extra("", "b")))
        == "invalid_argument"
    );
}

// covers C-MCP-4 C-9700-4
BOOST_AUTO_TEST_CASE(client_of_another_issuer_is_refused)
{
    for (const auto other :
         {"",
          "https://as.example/",
          "https://AS.example",
          "https://as.example:443",
          "https://evil.example"})
    {
        auto client = sample_client();
        client.issuer = other;
        BOOST_TEST(
            outcome(make(sample_discovery(), authorization_options(), client))
                == "registration_issuer_mismatch",
            other
        );
    }
    auto found = sample_discovery();
    auto client = sample_client();
    found.server.issuer.clear();
    client.issuer.clear();
    BOOST_TEST(
        outcome(make(found, authorization_options(), client)) == "registration_issuer_mismatch"
    );
}

BOOST_AUTO_TEST_CASE(client_without_identifier_is_refused)
{
    auto client = sample_client();
    client.client_id.clear();
    BOOST_TEST(
        outcome(make(sample_discovery(), authorization_options(), client))
        == "client_information_required"
    );
}

// covers C-9700-15 C-21-3
BOOST_AUTO_TEST_CASE(unsafe_or_unregistered_redirect_uri_is_refused)
{
    for (const auto uri :
         {"",
          "http://app.example/cb",
          "https://app.example/cb#f",
          "https://app.example/cb",
          "http://127.0.0.1:8123/other",
          "http://localhost:8123/callback",
          "http://127.0.0.1:8123/callback?x=1"})
        BOOST_TEST(
            outcome(make(sample_discovery(), authorization_options(), sample_client(), uri))
                == "redirect_uri_invalid",
            uri
        );
}

// RFC 8252 section 7.3: the port of a loopback redirect URI may differ from the registered one.
BOOST_AUTO_TEST_CASE(loopback_redirect_uri_on_another_port_is_accepted)
{
    BOOST_TEST(
        outcome(make(
            sample_discovery(),
            authorization_options(),
            sample_client(),
            "http://127.0.0.1:9999/callback"
        ))
        == "ok"
    );
    auto client = sample_client();
    client.redirect_uris = {"https://app.example:1/cb"};
    BOOST_TEST(
        outcome(
            make(sample_discovery(), authorization_options(), client, "https://app.example:2/cb")
        )
        == "redirect_uri_invalid"
    );
    client.redirect_uris.clear();
    BOOST_TEST(
        outcome(make(sample_discovery(), authorization_options(), client, "https://app.example/cb"))
        == "ok"
    );
}

BOOST_AUTO_TEST_CASE(redirect_uri_whose_query_could_be_taken_for_a_response_is_refused)
{
    auto client = sample_client();
    client.redirect_uris.clear();
    for (const auto uri :
         {"https://app.example/cb?code=x",
          "https://app.example/cb?a=1&state=x",
          "https://app.example/cb?i%73s=x",
          "https://app.example/cb?error=x",
          "https://app.example/cb?a=%zz"})
        BOOST_TEST(
            outcome(make(sample_discovery(), authorization_options(), client, uri))
                == "redirect_uri_invalid",
            uri
        );
    BOOST_TEST(
        outcome(make(
            sample_discovery(), authorization_options(), client, "https://app.example/cb?tenant=1"
        ))
        == "ok"
    );
}

BOOST_AUTO_TEST_CASE(same_octets_for_state_and_verifier_are_refused)
{
    const auto got = make_authorization_request(
        sample_discovery(),
        sample_client(),
        redirect,
        authorization_options(),
        octets(7),
        octets(7),
        {}
    );
    BOOST_TEST(outcome(got) == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(request_url_that_is_too_long_is_refused)
{
    BOOST_TEST(
        outcome(make(sample_discovery(), authorization_options().extra("x", std::string(9000, 'a')))
        )
        == "url_too_long"
    );
}

// covers C-9700-20
BOOST_AUTO_TEST_CASE(key_that_tokens_shall_be_bound_to_is_named)
{
    const std::string thumbprint(43, 'k');
    const auto request = make(sample_discovery(), authorization_options().dpop_jkt(thumbprint));
    BOOST_TEST(value_of(query_of(request), "dpop_jkt") == thumbprint);
    BOOST_TEST(value_of(query_of(make(sample_discovery())), "dpop_jkt") == "(0 times)");
    for (const auto& wrong :
         {std::string(42, 'k'),
          std::string(44, 'k'),
          std::string(42, 'k') + "=",
          std::string(43, '+')})
        BOOST_TEST(
            outcome(make(sample_discovery(), authorization_options().dpop_jkt(wrong)))
                == "invalid_argument",
            wrong
        );
}

BOOST_AUTO_TEST_CASE(answer_may_be_asked_for_as_query_or_form_and_in_no_other_way)
{
    for (const auto mode : {"query", "form_post"})
        BOOST_TEST(
            value_of(
                query_of(make(sample_discovery(), authorization_options().response_mode(mode))),
                "response_mode"
            ) == mode,
            mode
        );
    for (const auto mode : {"fragment", "query.jwt", "web_message", "Form_Post"})
        BOOST_TEST(
            outcome(make(sample_discovery(), authorization_options().response_mode(mode)))
                == "invalid_argument",
            mode
        );
    BOOST_TEST(value_of(query_of(make(sample_discovery())), "response_mode") == "(0 times)");
}

BOOST_AUTO_TEST_CASE(nonce_is_sent_and_recorded_with_openid_or_on_request)
{
    const auto nonce_of = [](const authorization_options& options) {
        const auto request = make(sample_discovery(), options);
        if (!request)
            return outcome(request);
        const auto nonce = value_of(query_of(request), "nonce");
        BOOST_TEST(request->pending.nonce == (nonce == "(0 times)" ? "" : nonce));
        return nonce;
    };
    const auto own = nonce_of(authorization_options().nonce(true));
    BOOST_TEST(own.size() == 43u);
    BOOST_TEST(own != make_state(octets(1)));
    BOOST_TEST(nonce_of(authorization_options().scope("a openid")) == own);
    BOOST_TEST(nonce_of(authorization_options().scope("a xopenid openid:x")) == "(0 times)");
    // Whoever reads the ID token may have a nonce of their own.
    BOOST_TEST(nonce_of(authorization_options().scope("openid").extra("nonce", "n")) == "n");
    BOOST_TEST(nonce_of(authorization_options().extra("nonce", "n")) == "n");
    BOOST_TEST(nonce_of(authorization_options().scope("openid").extra("nonce", "")) == "(0 times)");
    BOOST_TEST(
        nonce_of(authorization_options().nonce(true).extra("Nonce", "n")) == "reserved_parameter"
    );
    const auto other = make_authorization_request(
        sample_discovery(),
        sample_client(),
        redirect,
        authorization_options().nonce(true),
        octets(3),
        octets(2),
        {}
    );
    BOOST_TEST(other->pending.nonce != own);
}

BOOST_AUTO_TEST_CASE(policy_separates_scopes_in_the_url_and_not_in_the_record)
{
    auto found = sample_discovery();
    found.provider = provider_policy(issuer).scope_separator(",");
    const auto request = make(found, authorization_options().scope("a  b c"));
    BOOST_TEST(value_of(query_of(request), "scope") == "a,b,c");
    BOOST_TEST(
        request->pending.scope
        == make(sample_discovery(), authorization_options().scope("a  b c"))->pending.scope
    );
    BOOST_TEST(!has(request->pending.scope, ","));
    found.provider->scope_separator("");
    BOOST_TEST(
        value_of(query_of(make(found, authorization_options().scope("a b"))), "scope") == "a b"
    );
}

BOOST_AUTO_TEST_CASE(parameters_of_a_policy_are_sent_unless_the_caller_sets_them)
{
    auto found = sample_discovery();
    found.provider = provider_policy(issuer)
                         .add_authorization_parameter("access_type", "offline")
                         .add_authorization_parameter("prompt", "consent");
    BOOST_TEST(value_of(query_of(make(found)), "access_type") == "offline");
    BOOST_TEST(value_of(query_of(make(found)), "prompt") == "consent");
    const auto set = make(found, authorization_options().extra("Prompt", "login"));
    BOOST_TEST(value_of(query_of(set), "Prompt") == "login");
    BOOST_TEST(value_of(query_of(set), "prompt") == "(0 times)");
    BOOST_TEST(value_of(query_of(set), "access_type") == "offline");
    // An empty one is left out, and with it that of the policy.
    const auto none = make(found, authorization_options().extra("prompt", ""));
    BOOST_TEST(value_of(query_of(none), "prompt") == "(0 times)");
    found.provider = provider_policy(issuer).add_authorization_parameter("state", "x");
    BOOST_TEST(outcome(make(found)) == "reserved_parameter");
}

// covers C-8707-1
BOOST_AUTO_TEST_CASE(policy_leaves_the_resource_out_of_url_and_record_or_replaces_it_in_both)
{
    auto found = sample_discovery();
    found.provider = provider_policy(issuer).resource(resource_indicator::omit);
    BOOST_TEST(value_of(query_of(make(found)), "resource") == "(0 times)");
    BOOST_TEST(make(found)->pending.resource == "");
    found.provider = provider_policy(issuer).replacement_resource("api://other");
    BOOST_TEST(value_of(query_of(make(found)), "resource") == "api://other");
    BOOST_TEST(make(found)->pending.resource == "api://other");
}

BOOST_AUTO_TEST_CASE(parameters_beside_the_url_are_those_in_it)
{
    const auto request =
        make(sample_discovery(), authorization_options().scope("a b").extra("prompt", "login"));
    BOOST_TEST(form_encode(request->parameters) == query_of(request));
    BOOST_TEST(!request->push);
}

BOOST_AUTO_TEST_CASE(registered_loopback_uri_is_the_same_but_for_its_port)
{
    const auto with = [](std::vector<std::string> registered, std::string_view uri) {
        auto client = sample_client();
        client.redirect_uris = std::move(registered);
        return outcome(make(sample_discovery(), authorization_options(), client, uri));
    };
    constexpr std::string_view uri = "http://127.0.0.1:9999/callback?a=b";
    BOOST_TEST(with({std::string(uri)}, uri) == "ok");
    BOOST_TEST(with({"no URL", "com.example:/cb", "http://127.0.0.1/callback?a=b"}, uri) == "ok");
    BOOST_TEST(with({"http://[::1]/cb"}, "http://[::1]:1/cb") == "ok");
    for (const auto other :
         {"no URL",
          "com.example:/cb",
          "http://127.0.0.1/callback",
          "http://127.0.0.1/callback?a=c",
          "http://127.0.0.1/other?a=b",
          "http://localhost/callback?a=b",
          "https://127.0.0.1/callback?a=b",
          ""})
        BOOST_TEST(with({other}, uri) == "redirect_uri_invalid", other);
}

BOOST_AUTO_TEST_CASE(policy_without_a_separator_leaves_the_scope_as_it_is)
{
    const auto written = [](std::string_view separator) {
        auto found = sample_discovery();
        found.provider.emplace("https://as.example");
        found.provider->scope_separator(separator);
        return value_of(query_of(make(found, authorization_options().scope("a b  c"))), "scope");
    };
    const auto plain = value_of(
        query_of(make(sample_discovery(), authorization_options().scope("a b  c"))), "scope"
    );
    BOOST_TEST(written("") == plain);
    BOOST_TEST(written(" ") == plain);
    BOOST_TEST(written(",") == "a,b,c");
    BOOST_TEST(written(" + ") == "a + b + c");
}

BOOST_AUTO_TEST_CASE(thumbprint_of_a_key_has_43_characters_of_base64url)
{
    const auto with = [](const std::string& print) {
        return outcome(make(sample_discovery(), authorization_options().dpop_jkt(print)));
    };
    const std::string good = "azAZ09-_" + std::string(35, 'a');
    BOOST_TEST(with(good) == "ok");
    BOOST_TEST(with(good + "a") == "invalid_argument");
    BOOST_TEST(with(good.substr(1)) == "invalid_argument");
    for (const char c : {'+', '/', '=', '@', '[', '`', '{', ':', ' ', '.', '\x7f'})
        BOOST_TEST(with(c + good.substr(1)) == "invalid_argument", c);
}

BOOST_AUTO_TEST_SUITE_END()
