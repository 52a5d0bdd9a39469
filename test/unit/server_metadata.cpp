// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "metadata_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace asioauth;
using namespace asioauth::test::metadata;

BOOST_AUTO_TEST_SUITE(server_metadata_)

namespace {

constexpr std::string_view url_members[] = {
    "authorization_endpoint",
    "token_endpoint",
    "registration_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "jwks_uri",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
    "userinfo_endpoint",
};

url server_metadata::*place_of(std::string_view member)
{
    url server_metadata::*const places[] = {
        &server_metadata::authorization_endpoint,
        &server_metadata::token_endpoint,
        &server_metadata::registration_endpoint,
        &server_metadata::revocation_endpoint,
        &server_metadata::introspection_endpoint,
        &server_metadata::jwks_uri,
        &server_metadata::pushed_authorization_request_endpoint,
        &server_metadata::device_authorization_endpoint,
        &server_metadata::userinfo_endpoint,
    };
    return places[std::find(std::begin(url_members), std::end(url_members), member) - url_members];
}

} // namespace

BOOST_AUTO_TEST_CASE(minimal_document_is_read)
{
    const auto r = read(document());
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->issuer == issuer);
    BOOST_TEST(r->authorization_endpoint.str() == "https://as.example/authorize");
    BOOST_TEST(r->token_endpoint.str() == "https://as.example/token");
    BOOST_TEST(r->registration_endpoint.empty());
    BOOST_TEST(r->revocation_endpoint.empty());
    BOOST_TEST(r->introspection_endpoint.empty());
    BOOST_TEST(r->jwks_uri.empty());
    BOOST_TEST(!r->scopes_supported.has_value());
    BOOST_TEST(!r->grant_types_supported.has_value());
    BOOST_TEST(!r->token_endpoint_auth_methods_supported.has_value());
    BOOST_TEST(!r->authorization_response_iss_parameter_supported);
    BOOST_TEST(!r->client_id_metadata_document_supported);
    BOOST_TEST(!r->issuer_slash_tolerated);
    BOOST_TEST((r->found == provenance::none));
}

BOOST_AUTO_TEST_CASE(every_member_of_a_full_document_is_read)
{
    document d;
    d.set("registration_endpoint", R"("https://reg.example/r?x=1")")
        .set("revocation_endpoint", R"("https://as.example/revoke")")
        .set("introspection_endpoint", R"("https://as.example/introspect")")
        .set("jwks_uri", R"("https://as.example/jwks")")
        .set("service_documentation", R"("https://as.example/docs")")
        .set("scopes_supported", R"(["a","b","bad scope"])")
        .set("grant_types_supported", R"(["authorization_code","refresh_token"])")
        .set("response_types_supported", R"(["code","code id_token"])")
        .set("token_endpoint_auth_methods_supported", R"(["none"])")
        .set("authorization_response_iss_parameter_supported", "true")
        .set("client_id_metadata_document_supported", "true")
        .set("op_policy_uri", R"("https://as.example/policy")")
        .set("op_tos_uri", R"("https://as.example/tos")")
        .set("signed_metadata", R"("not.a.jwt")")
        .set("unknown", R"({"x":[]})");
    const auto r = read(d);
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->registration_endpoint.str() == "https://reg.example/r?x=1");
    BOOST_TEST(r->revocation_endpoint.str() == "https://as.example/revoke");
    BOOST_TEST(r->introspection_endpoint.str() == "https://as.example/introspect");
    BOOST_TEST(r->jwks_uri.str() == "https://as.example/jwks");
    BOOST_TEST(r->service_documentation == "https://as.example/docs");
    BOOST_TEST((*r->scopes_supported == std::vector<std::string>{"a", "b"}));
    BOOST_TEST(r->grant_types_supported->size() == 2U);
    BOOST_TEST(r->token_endpoint_auth_methods_supported->at(0) == "none");
    BOOST_TEST(r->authorization_response_iss_parameter_supported);
    BOOST_TEST(r->client_id_metadata_document_supported);
    BOOST_TEST(r->op_policy_uri == "https://as.example/policy");
    BOOST_TEST(r->op_tos_uri == "https://as.example/tos");
    BOOST_TEST(r->notes.empty());
}

// covers C-8414-1, V30, V33
BOOST_AUTO_TEST_CASE(issuer_is_equal_byte_for_byte_but_for_a_lone_root_slash)
{
    class row
    {
    public:
        std::string_view expected;
        std::string_view issuer;
        std::string_view outcome;
        bool tolerated;
    };
    const row rows[] = {
        {"https://as.example", "https://as.example", "success", false},
        {"https://as.example/", "https://as.example/", "success", false},
        {"https://as.example/t/", "https://as.example/t/", "success", false},
        {"https://as.example:8443", "https://as.example:8443", "success", false},
        {"https://as.example", "https://as.example/", "success", true},
        {"https://as.example/", "https://as.example", "success", true},
        {"https://as.example:8443/", "https://as.example:8443", "success", true},
        {"https://as.example/t", "https://as.example/t/", "issuer_mismatch", false},
        {"https://as.example/t/", "https://as.example/t", "issuer_mismatch", false},
        {"https://as.example", "https://as.example//", "issuer_mismatch", false},
        {"https://as.example", "https://as.example/t", "issuer_mismatch", false},
        {"https://as.example/t", "https://as.example", "issuer_mismatch", false},
        {"https://as.example", "https://AS.example", "issuer_mismatch", false},
        {"https://as.example", "HTTPS://as.example", "issuer_mismatch", false},
        {"https://as.example", "https://as.example:443", "issuer_mismatch", false},
        {"https://as.example", "http://as.example", "issuer_mismatch", false},
        {"https://as.example", "https://as.example.evil", "issuer_mismatch", false},
        {"https://as.example", "https://evil.example", "issuer_mismatch", false},
        {"https://as.example", "https://as.example?", "issuer_mismatch", false},
        {"https://as.example", "https://as.example#", "issuer_mismatch", false},
        {"https://as.example", "https://as.example.", "issuer_mismatch", false},
        {"https://as.example", " https://as.example", "issuer_mismatch", false},
        {"https://as.example", "as.example", "issuer_mismatch", false},
        {"https://as.example/t", "https://as.example/%74", "issuer_mismatch", false},
        {"https://as.example/t", "https://as.example/T", "issuer_mismatch", false},
        {"https://good.example", "https://good.example@evil.example", "issuer_mismatch", false},
        {"https://attacker.example", "https://honest.example", "issuer_mismatch", false},
        {"https://login.example/common/v2.0",
         "https://login.example/{tenantid}/v2.0",
         "issuer_mismatch",
         false},
        {"https://as.example?x", "https://as.example?x", "issuer_invalid", false},
        {"http://as.example", "http://as.example", "issuer_invalid", false},
        {"https://localhost", "https://localhost", "issuer_invalid", false},
        {"urn:x", "urn:x", "issuer_invalid", false},
    };
    for (const row& r : rows)
    {
        const auto got = read(document().set("issuer", quoted(r.issuer)), r.expected);
        BOOST_TEST(outcome(got) == r.outcome, r.expected << " " << r.issuer);
        if (got)
        {
            BOOST_TEST(got->issuer == r.issuer);
            BOOST_TEST(got->issuer_slash_tolerated == r.tolerated);
        }
    }
}

BOOST_AUTO_TEST_CASE(issuer_is_required_and_a_string)
{
    BOOST_TEST(outcome(read(document().drop("issuer"))) == "json_member_missing");
    BOOST_TEST(outcome(read(document().set("issuer", "null"))) == "json_member_missing");
    BOOST_TEST(outcome(read(document().set("issuer", "\"\""))) == "json_member_missing");
    BOOST_TEST(outcome(read(document().set("issuer", "1"))) == "json_wrong_type");
    BOOST_TEST(
        outcome(read(document().set("issuer", R"(["https://as.example"])"))) == "json_wrong_type"
    );
    BOOST_TEST(
        outcome(read(document().drop("issuer").set("Issuer", quoted(issuer))))
        == "json_member_missing"
    );
}

// covers C-8414-1: nothing of a foreign document is looked at before its issuer
BOOST_AUTO_TEST_CASE(issuer_is_checked_first)
{
    document d;
    d.set("issuer", "\"https://evil.example\"").set("token_endpoint", "\"http://evil\"");
    BOOST_TEST(outcome(read(d)) == "issuer_mismatch");
}

// covers C-MCP-10, C-MCP-20, C-MCP-22, V4, V5
BOOST_AUTO_TEST_CASE(url_member_that_is_no_safe_https_url_is_refused_or_left_out)
{
    constexpr std::string_view bad[] = {
        "http://as.example/x",
        "http://localhost/x",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://as.example/x#f",
        "https://as.example/x#",
        "https://user:pass@as.example/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://as.example:99999/x",
        "https:as.example/x",
        "https:///x",
        "//as.example/x",
        "/x",
        "x",
        "as.example/x",
        " https://as.example/x",
        "https://as.example/a b",
        "https://as.example/$(calc)|x",
        "https://a$(calc)b/x",
        "https://as.example/`x`",
        "https://as.example/\\\"x",
        "https://as.example/{tenant}/x",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "java\\tscript:alert(1)",
        "\\u0001javascript:alert(1)",
        "javascript://as.example/%0aalert(1)",
        "data:text/html,x",
        "data:application/json;base64,e30=",
        "vbscript:x",
        "blob:https://as.example/x",
        "file:///etc/passwd",
        "file://localhost/x",
        "ftp://as.example/x",
        "ws://as.example/x",
        "wss://as.example/x",
        "gopher://as.example/x",
        "ldap://as.example/x",
        "intent://as.example/x",
        "ms-msdt:/x",
        "search-ms:x",
        "about:blank",
        "chrome://settings",
        "view-source:https://as.example/x",
        "filesystem:https://as.example/x",
        "jar:https://as.example!/x",
        "mailto:x@as.example",
        "tel:1",
        "urn:x",
        "\\\\\\\\server\\\\share",
        "--option",
    };
    for (const std::string_view member : url_members)
    {
        const bool required = member == url_members[0] || member == url_members[1];
        const std::string named = quoted(member);
        for (const std::string_view value : bad)
        {
            const auto r = read(document().set(member, quoted(value)));
            if (required)
            {
                BOOST_TEST(outcome(r) == "endpoint_insecure", member << " " << value);
                BOOST_TEST(has(r.error().info().message(), named));
                continue;
            }
            BOOST_REQUIRE_MESSAGE(r.has_value(), member << " " << value);
            BOOST_TEST((r.value().*place_of(member)).empty(), member << " " << value);
            BOOST_TEST(has(all_notes(r), named), member << " " << value);
        }
        for (std::string_view const json : {"1", "true", "[]", "{}", R"(["https://as.example/x"])"})
        {
            const auto r = read(document().set(member, json));
            BOOST_TEST(outcome(r) == (required ? "json_wrong_type" : "success"), member);
            BOOST_TEST((required || has(all_notes(r), named)), member);
        }
        const auto good = read(document().set(member, R"("https://other.example:8443/x?y=z")"));
        BOOST_REQUIRE(good.has_value());
        BOOST_TEST((good.value().*place_of(member)).str() == "https://other.example:8443/x?y=z");
        BOOST_TEST(good->notes.empty());
    }
}

BOOST_AUTO_TEST_CASE(missing_endpoint_is_an_error_only_where_a_login_needs_it)
{
    for (const std::string_view member : url_members)
    {
        const bool required = member == url_members[0] || member == url_members[1];
        const std::string_view expected = required ? "endpoint_missing" : "success";
        BOOST_TEST(outcome(read(document().drop(member))) == expected, member);
        BOOST_TEST(outcome(read(document().set(member, "null"))) == expected, member);
        BOOST_TEST(outcome(read(document().set(member, "\"\""))) == expected, member);
    }
}

// covers C-MCP-16
BOOST_AUTO_TEST_CASE(loopback_endpoints_need_the_policy)
{
    document d;
    d.set("issuer", R"("http://localhost:9000")")
        .set("authorization_endpoint", R"("http://localhost:9000/authorize")")
        .set("token_endpoint", R"("http://127.0.0.1:9000/token")")
        .set("registration_endpoint", R"("http://[::1]:9000/register")")
        .set("jwks_uri", R"("https://remote.example/jwks")");
    const address_policy local = address_policy().allow_loopback();
    BOOST_TEST(outcome(read(d.text(), "http://localhost:9000", local)) == "success");
    BOOST_TEST(outcome(read(d.text(), "http://localhost:9000")) == "issuer_invalid");
    BOOST_TEST(
        read(d.text(), "http://localhost:9000", local)->registration_endpoint.str()
        == "http://[::1]:9000/register"
    );
    d.set("token_endpoint", R"("http://remote.example/token")");
    BOOST_TEST(outcome(read(d.text(), "http://localhost:9000", local)) == "endpoint_insecure");
    d.set("token_endpoint", R"("file://localhost/token")");
    BOOST_TEST(outcome(read(d.text(), "http://localhost:9000", local)) == "endpoint_insecure");
}

// covers C-MCP-8, C-9700-8, C-9700-19, V35
BOOST_AUTO_TEST_CASE(pkce_with_s256_is_required)
{
    class row
    {
    public:
        std::string_view json;
        std::string_view outcome;
    };
    const row rows[] = {
        {R"(["S256"])", "success"},
        {R"(["plain","S256","S512"])", "success"},
        {R"(["plain"])", "pkce_not_supported"},
        {R"([])", "pkce_not_supported"},
        {R"(["s256"])", "pkce_not_supported"},
        {R"([" S256"])", "pkce_not_supported"},
        {R"(["S256 plain"])", "pkce_not_supported"},
        {R"(null)", "pkce_not_supported"},
        {R"("S256")", "json_wrong_type"},
        {R"({"S256":true})", "json_wrong_type"},
        {R"(["S256",1])", "json_wrong_type"},
        {R"(true)", "json_wrong_type"},
    };
    for (const row& r : rows)
    {
        BOOST_TEST(
            outcome(read(document().set("code_challenge_methods_supported", r.json))) == r.outcome,
            r.json
        );
    }
    BOOST_TEST(
        outcome(read(document().drop("code_challenge_methods_supported"))) == "pkce_not_supported"
    );
}

BOOST_AUTO_TEST_CASE(response_types_contain_code_where_they_are_listed)
{
    class row
    {
    public:
        std::string_view json;
        std::string_view outcome;
    };
    const row rows[] = {
        {R"(["code"])", "success"},
        {R"(["token","code"])", "success"},
        {"null", "success"},
        {"[]", "response_type_not_supported"},
        {R"(["token"])", "response_type_not_supported"},
        {R"(["code id_token"])", "response_type_not_supported"},
        {R"(["Code"])", "response_type_not_supported"},
        {R"(["code",1,null])", "success"},
        {R"("code")", "success"}, // tells as much as nothing
        {"[1]", "response_type_not_supported"},
    };
    for (const row& r : rows)
    {
        BOOST_TEST(
            outcome(read(document().set("response_types_supported", r.json))) == r.outcome, r.json
        );
    }
}

BOOST_AUTO_TEST_CASE(lists_and_booleans_of_a_wrong_type_are_left_out)
{
    class list_member
    {
    public:
        std::string_view name;
        std::optional<std::vector<std::string>> server_metadata::*place;
    };
    const list_member lists[] = {
        {"scopes_supported", &server_metadata::scopes_supported},
        {"grant_types_supported", &server_metadata::grant_types_supported},
        {"token_endpoint_auth_methods_supported",
         &server_metadata::token_endpoint_auth_methods_supported},
        {"token_endpoint_auth_signing_alg_values_supported",
         &server_metadata::token_endpoint_auth_signing_alg_values_supported},
        {"request_object_signing_alg_values_supported",
         &server_metadata::request_object_signing_alg_values_supported},
        {"id_token_signing_alg_values_supported",
         &server_metadata::id_token_signing_alg_values_supported},
        {"dpop_signing_alg_values_supported", &server_metadata::dpop_signing_alg_values_supported},
        {"response_modes_supported", &server_metadata::response_modes_supported},
        {"protected_resources", &server_metadata::protected_resources},
    };
    using strings = std::vector<std::string>;
    for (const list_member& member : lists)
    {
        const auto of = [&member](std::string_view json) {
            auto r = read(document().set(member.name, json));
            BOOST_REQUIRE_MESSAGE(r.has_value(), member.name << " " << json);
            return r;
        };
        BOOST_TEST((of(R"(["a","b"])").value().*member.place == strings{"a", "b"}), member.name);
        BOOST_TEST((of("[]").value().*member.place == strings()), member.name);
        BOOST_TEST(!(of("null").value().*member.place).has_value());
        BOOST_TEST(of(R"(["a"])")->notes.empty());
        for (const std::string_view json : {"\"a b\"", "{}", "true", "1"})
        {
            BOOST_TEST(!(of(json).value().*member.place).has_value(), member.name << " " << json);
            BOOST_TEST(has(all_notes(of(json)), quoted(member.name)), member.name << " " << json);
        }
        for (const std::string_view json : {R"(["a",1])", R"([null,"a"])", R"([["b"],"a"])"})
        {
            BOOST_TEST(
                (of(json).value().*member.place == strings{"a"}), member.name << " " << json
            );
            BOOST_TEST(has(all_notes(of(json)), quoted(member.name)), member.name << " " << json);
        }
    }
    class flag_member
    {
    public:
        std::string_view name;
        bool server_metadata::*place;
    };
    const flag_member flags[] = {
        {"authorization_response_iss_parameter_supported",
         &server_metadata::authorization_response_iss_parameter_supported},
        {"client_id_metadata_document_supported",
         &server_metadata::client_id_metadata_document_supported},
        {"require_pushed_authorization_requests",
         &server_metadata::require_pushed_authorization_requests},
        {"require_signed_request_object", &server_metadata::require_signed_request_object},
        {"tls_client_certificate_bound_access_tokens",
         &server_metadata::tls_client_certificate_bound_access_tokens},
    };
    for (const flag_member& member : flags)
    {
        for (const std::string_view json :
             {"true", "\"true\"", "false", "null", "\"false\"", "\"True\"", "1", "[]", "{}"})
        {
            const auto r = read(document().set(member.name, json));
            BOOST_REQUIRE_MESSAGE(r.has_value(), member.name << " " << json);
            const bool is_true = json == "true" || json == "\"true\"";
            BOOST_TEST((r.value().*member.place == is_true), member.name << " " << json);
            const bool is_odd = json == "\"True\"" || json == "1" || json == "[]" || json == "{}";
            BOOST_TEST(r->notes.empty() == !is_odd, member.name << " " << json);
        }
    }
    for (const std::string_view member : {"service_documentation", "op_policy_uri", "op_tos_uri"})
    {
        BOOST_TEST(outcome(read(document().set(member, "[]"))) == "success");
        const auto r = read(document().set(member, "\"javascript:x\""));
        BOOST_TEST(r->service_documentation.empty());
        BOOST_TEST(r->op_policy_uri.empty());
        BOOST_TEST(r->op_tos_uri.empty());
    }
}

BOOST_AUTO_TEST_CASE(endpoint_aliases_that_take_most_of_the_memory_of_a_document_are_read_or_refused
)
{
    std::set<std::string> outcomes;
    for (std::size_t members = 500; members <= 3000; members += 100)
    {
        std::string aliases = R"({"token_endpoint":"https://mtls.example/token")";
        for (std::size_t i = 0; i != members; ++i)
            aliases.append(R"(,"x)")
                .append(std::to_string(i))
                .append(R"(":"a text of some length")");
        const auto r = read(document().set("mtls_endpoint_aliases", aliases + "}"));
        outcomes.insert(std::string(outcome(r)));
        BOOST_TEST((!r || r->mtls_endpoint_aliases.size() == 1U));
    }
    BOOST_TEST(outcomes.size() == 2U);
    BOOST_TEST(outcomes.contains("success"));
}

BOOST_AUTO_TEST_CASE(endpoint_aliases_for_certificates_are_checked_like_endpoints)
{
    const auto r = read(document().set(
        "mtls_endpoint_aliases",
        R"({"token_endpoint":"https://mtls.example/token","userinfo_endpoint":"http://mtls.example",)"
        R"("revocation_endpoint":7,"introspection_endpoint":"","made_up_endpoint":"https://x.example",)"
        R"("device_authorization_endpoint":"https://localhost/d"})"
    ));
    BOOST_REQUIRE(r.has_value());
    BOOST_REQUIRE(r->mtls_endpoint_aliases.size() == 1U);
    BOOST_TEST(r->mtls_endpoint_aliases[0].first == "token_endpoint");
    BOOST_TEST(r->mtls_endpoint_aliases[0].second.str() == "https://mtls.example/token");
    BOOST_TEST(r->token_endpoint.str() == "https://as.example/token");
    for (const std::string_view named :
         {"userinfo_endpoint", "revocation_endpoint", "device_authorization_endpoint"})
    {
        BOOST_TEST(has(all_notes(r), named), named);
    }
    BOOST_TEST(!has(all_notes(r), "made_up"));
    for (const std::string_view json : {"[]", "1", "\"https://mtls.example\""})
    {
        const auto odd = read(document().set("mtls_endpoint_aliases", json));
        BOOST_TEST(outcome(odd) == "success", json);
        BOOST_TEST(odd->notes.size() == 1U, json);
    }
    BOOST_TEST(read(document().set("mtls_endpoint_aliases", "null"))->notes.empty());
}

// RFC 8414 section 2
BOOST_AUTO_TEST_CASE(server_without_redirects_needs_no_authorization_endpoint)
{
    const auto with_grants = [](std::string_view json) {
        return document()
            .drop("authorization_endpoint")
            .drop("code_challenge_methods_supported")
            .set("response_types_supported", "[]")
            .set("grant_types_supported", json);
    };
    for (const std::string_view json :
         {R"(["client_credentials"])",
          R"(["urn:ietf:params:oauth:grant-type:device_code","refresh_token"])",
          "[]"})
    {
        const auto r = read(with_grants(json));
        BOOST_REQUIRE_MESSAGE(r.has_value(), json);
        BOOST_TEST(r->authorization_endpoint.empty());
        BOOST_TEST(outcome(read(with_grants(json).drop("token_endpoint"))) == "endpoint_missing");
        BOOST_TEST(
            outcome(read(
                with_grants(json).set("authorization_endpoint", R"("https://as.example/authorize")")
            )) == "pkce_not_supported",
            json
        );
    }
    for (const std::string_view json :
         {R"(["client_credentials","authorization_code"])", R"(["implicit"])", "null", "{}"})
    {
        BOOST_TEST(outcome(read(with_grants(json))) == "endpoint_missing", json);
    }
}

BOOST_AUTO_TEST_CASE(only_a_json_answer_with_status_200_is_read)
{
    const std::string body = document().text();
    for (const int status : {0, 201, 204, 301, 400, 401, 403, 404, 405, 500, 503})
    {
        const auto r = read_server_metadata(json_response(body, status), issuer, address_policy());
        BOOST_TEST(outcome(r) == "server_metadata_not_found");
        BOOST_TEST(r.error().info().http_status() == status);
        BOOST_TEST((r.error().info().where() == stage::server_metadata));
        BOOST_TEST(!r.error().info().url().empty());
    }
    http_response html(200, body);
    html.field("Content-Type", "text/html");
    BOOST_TEST(
        outcome(read_server_metadata(html, issuer, address_policy())) == "content_type_not_json"
    );
    http_response packed = json_response(body);
    packed.field("Content-Encoding", "gzip");
    BOOST_TEST(
        outcome(read_server_metadata(packed, issuer, address_policy()))
        == "content_encoding_not_supported"
    );
    BOOST_TEST(outcome(read("[]")) == "json_wrong_type");
    BOOST_TEST(outcome(read("")) == "json_malformed");
    BOOST_TEST(outcome(read(body + "%")) == "json_malformed");
    // covers V41
    BOOST_TEST(
        outcome(read(R"({"issuer":"https://as.example","issuer":"https://evil"})"))
        == "json_member_duplicated"
    );
}

BOOST_AUTO_TEST_CASE(failure_says_which_issuer_was_found_and_which_was_asked)
{
    const auto r = read(document().set("issuer", "\"https://evil.example\""));
    BOOST_TEST(
        r.error().info().message()
        == "The metadata is of \"https://evil.example\", asked for was \"https://as.example\"."
    );
}

BOOST_AUTO_TEST_CASE(default_endpoints_are_at_the_origin_of_the_resource)
{
    const server_metadata m = default_server_metadata(*url::parse("https://H:443/mcp?x=1"));
    BOOST_TEST(m.issuer == "https://h");
    BOOST_TEST(m.authorization_endpoint.str() == "https://h/authorize");
    BOOST_TEST(m.token_endpoint.str() == "https://h/token");
    BOOST_TEST(m.registration_endpoint.str() == "https://h/register");
    BOOST_TEST(m.revocation_endpoint.empty());
    BOOST_TEST((m.found == provenance::default_endpoints));
    BOOST_TEST(!m.authorization_response_iss_parameter_supported);
    BOOST_TEST(!m.client_id_metadata_document_supported);
    BOOST_TEST(!m.token_endpoint_auth_methods_supported.has_value());
    BOOST_TEST(
        default_server_metadata(*url::parse("http://[::1]:3000")).token_endpoint.str()
        == "http://[::1]:3000/token"
    );
}

// Documents as providers serve them, shortened to the members that are read.
BOOST_AUTO_TEST_CASE(documents_of_providers_are_read)
{
    class provider_row
    {
    public:
        std::string_view expected;
        std::string_view body;
        std::string_view outcome;
    };
    const provider_row rows[] = {
        {"https://accounts.google.com/",
         R"({"issuer":"https://accounts.google.com","authorization_endpoint":"https://accounts.google.com/o/oauth2/v2/auth","token_endpoint":"https://oauth2.googleapis.com/token","revocation_endpoint":"https://oauth2.googleapis.com/revoke","jwks_uri":"https://www.googleapis.com/oauth2/v3/certs","response_types_supported":["code","token","none"],"code_challenge_methods_supported":["plain","S256"],"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"]})",
         "success"},
        {"https://github.com/login/oauth",
         R"({"issuer":"https://github.com/login/oauth","authorization_endpoint":"https://github.com/login/oauth/authorize","token_endpoint":"https://github.com/login/oauth/access_token","code_challenge_methods_supported":["S256"]})",
         "success"},
        {"https://mcp.sentry.dev",
         R"({"issuer":"https://mcp.sentry.dev","authorization_endpoint":"https://mcp.sentry.dev/oauth/authorize","token_endpoint":"https://mcp.sentry.dev/oauth/token","registration_endpoint":"https://mcp.sentry.dev/oauth/register","response_types_supported":["code"],"code_challenge_methods_supported":["plain","S256"],"authorization_response_iss_parameter_supported":true,"client_id_metadata_document_supported":true})",
         "success"},
        {"https://login.microsoftonline.com/common/v2.0",
         R"({"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","authorization_endpoint":"https://login.microsoftonline.com/common/oauth2/v2.0/authorize","token_endpoint":"https://login.microsoftonline.com/common/oauth2/v2.0/token"})",
         "issuer_mismatch"},
        {"https://slack.com",
         R"({"issuer":"https://slack.com","authorization_endpoint":"https://slack.com/openid/connect/authorize","token_endpoint":"https://slack.com/api/openid.connect.token","response_types_supported":["code"]})",
         "pkce_not_supported"},
        {"https://www.facebook.com",
         R"({"issuer":"https://www.facebook.com","authorization_endpoint":"https://facebook.com/dialog/oauth/","jwks_uri":"https://www.facebook.com/.well-known/oauth/openid/jwks/"})",
         "endpoint_missing"},
        {"https://mintlify.com",
         R"({"issuer":"https://mcp.mintlify.com","authorization_endpoint":"https://mcp.mintlify.com/authorize","token_endpoint":"https://mcp.mintlify.com/token","code_challenge_methods_supported":["S256"]})",
         "issuer_mismatch"},
        {"https://as.example/tenant",
         R"({"issuer":"https://as.example/tenant","authorization_endpoint":"http://127.0.0.5/from-remote","token_endpoint":"https://as.example/token","code_challenge_methods_supported":["S256"]})",
         "endpoint_insecure"},
    };
    for (const provider_row& r : rows)
    {
        BOOST_TEST(outcome(read(r.body, r.expected)) == r.outcome, r.expected);
    }
    BOOST_TEST(read(rows[0].body, rows[0].expected)->issuer_slash_tolerated);
}

BOOST_AUTO_TEST_SUITE_END()
