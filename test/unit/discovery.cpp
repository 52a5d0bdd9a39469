// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/metadata_rules.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/mcp.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(discovery_)

namespace {

url parsed(std::string_view text)
{
    result<url> r = url::parse(text);
    BOOST_REQUIRE_MESSAGE(r.has_value(), text);
    return *r;
}

std::string show(const std::vector<candidate>& plan)
{
    std::string out;
    for (const candidate& c : plan)
    {
        out += out.empty() ? "" : " ";
        out += name_of(c.kind);
        out += '=';
        out += c.where.str();
    }
    return out;
}

http_response json_response(std::string_view body, int status = 200)
{
    http_response r(status, std::string(body));
    r.field("Content-Type", "application/json")
        .from(*url::parse("https://h/.well-known/oauth-protected-resource/mcp"));
    return r;
}

result<resource_metadata> read(
    std::string_view body,
    std::string_view asked = "https://h/mcp",
    const address_policy& policy = address_policy()
)
{
    return read_resource_metadata(json_response(body), parsed(asked), policy);
}

std::string_view outcome(const result<resource_metadata>& r)
{
    return r ? std::string_view("success") : name_of(r.error().code());
}

std::string document(std::string_view resource)
{
    return R"({"authorization_servers":["https://as"],"resource":")" + std::string(resource)
        + "\"}";
}

// A correct document in which one member is replaced, or added, by JSON text.
std::string with_member(std::string_view name, std::string_view json)
{
    std::string text = "{\"" + std::string(name) + "\":" + std::string(json);
    if (name != "resource")
    {
        text += R"(,"resource":"https://h/mcp")";
    }
    if (name != "authorization_servers")
    {
        text += R"(,"authorization_servers":["https://as"])";
    }
    return text + "}";
}

class row
{
public:
    std::string_view text;
    std::string_view outcome;
};

} // namespace

// covers C-MCP-1, C-9728-1
BOOST_AUTO_TEST_CASE(
    resource_metadata_is_looked_for_in_the_challenge_then_below_the_path_then_at_the_root
)
{
    class plan_row
    {
    public:
        std::string_view resource;
        std::string_view header;
        std::string_view plan;
    };
    const plan_row rows[] = {
        {"https://h/mcp",
         "",
         "path_well_known=https://h/.well-known/oauth-protected-resource/mcp "
         "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"https://h/public/mcp",
         "",
         "path_well_known=https://h/.well-known/oauth-protected-resource/public/mcp "
         "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"https://h/mcp/",
         "",
         "path_well_known=https://h/.well-known/oauth-protected-resource/mcp "
         "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"https://h", "", "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"https://h/", "", "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"https://H:8443/mcp#f",
         "",
         "path_well_known=https://h:8443/.well-known/oauth-protected-resource/mcp "
         "root_well_known=https://h:8443/.well-known/oauth-protected-resource"},
        {"https://h/mcp?t=1",
         "",
         "path_well_known=https://h/.well-known/oauth-protected-resource/mcp?t=1 "
         "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"https://h?t=1",
         "",
         "path_well_known=https://h/.well-known/oauth-protected-resource?t=1 "
         "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"https://h/mcp",
         "https://h/meta",
         "challenge=https://h/meta "
         "path_well_known=https://h/.well-known/oauth-protected-resource/mcp "
         "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"https://h/mcp",
         "https://h/.well-known/oauth-protected-resource",
         "challenge=https://h/.well-known/oauth-protected-resource "
         "path_well_known=https://h/.well-known/oauth-protected-resource/mcp"},
        {"https://h/mcp",
         "https://h/.well-known/oauth-protected-resource/mcp",
         "challenge=https://h/.well-known/oauth-protected-resource/mcp "
         "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"https://h",
         "https://other:8443/meta?x=1",
         "challenge=https://other:8443/meta?x=1 "
         "root_well_known=https://h/.well-known/oauth-protected-resource"},
        {"http://localhost:3000",
         "http://127.0.0.1:4000/meta",
         "challenge=http://127.0.0.1:4000/meta "
         "root_well_known=http://localhost:3000/.well-known/oauth-protected-resource"},
        {"http://localhost:3000",
         "https://remote/meta",
         "challenge=https://remote/meta "
         "root_well_known=http://localhost:3000/.well-known/oauth-protected-resource"},
    };
    for (const plan_row& r : rows)
    {
        std::vector<std::string> notes;
        BOOST_TEST(show(plan_resource_metadata(parsed(r.resource), r.header, &notes)) == r.plan);
        BOOST_TEST(notes.empty());
    }
}

// covers C-MCP-20, V10, V4
BOOST_AUTO_TEST_CASE(challenge_of_a_remote_resource_leads_nowhere_but_to_a_remote_https_url)
{
    for (const std::string_view header :
         {"http://h/meta",
          "http://localhost/meta",
          "https://localhost/meta",
          "https://127.0.0.1/meta",
          "https://[::1]/meta",
          "https://x.localhost/meta",
          "https://2130706433/meta",
          "https://h/meta#f",
          "https://user@h/meta",
          "//h/meta",
          "/meta",
          "javascript:alert(1)",
          "data:application/json,{}",
          "file:///etc/passwd",
          "ftp://h/meta",
          "https://<region>.h/meta",
          "https://h/a b",
          " https://h/meta"})
    {
        std::vector<std::string> notes;
        const auto plan = plan_resource_metadata(parsed("https://h"), header, &notes);
        BOOST_TEST(
            show(plan) == "root_well_known=https://h/.well-known/oauth-protected-resource", header
        );
        BOOST_TEST(notes.size() == 1U, header);
        BOOST_TEST(plan_resource_metadata(parsed("https://h"), header).size() == 1U);
    }
    std::vector<std::string> notes;
    BOOST_TEST(
        plan_resource_metadata(parsed("http://127.0.0.1:1"), "http://remote/meta", &notes).size()
        == 1U
    );
    BOOST_TEST(
        notes.at(0)
        == "The metadata address in the server's challenge is not an https address: "
           "\"http://remote/meta\"."
    );
}

// covers C-8414-3
BOOST_AUTO_TEST_CASE(server_metadata_is_looked_for_in_the_order_of_mcp)
{
    const row rows[] = {
        {"https://auth.example.com",
         "oauth_path_insert=https://auth.example.com/.well-known/oauth-authorization-server "
         "oidc_path_append=https://auth.example.com/.well-known/openid-configuration"},
        {"https://auth.example.com/",
         "oauth_path_insert=https://auth.example.com/.well-known/oauth-authorization-server "
         "oidc_path_append=https://auth.example.com/.well-known/openid-configuration"},
        {"https://auth.example.com/tenant1",
         "oauth_path_insert=https://auth.example.com/.well-known/oauth-authorization-server/"
         "tenant1 "
         "oidc_path_insert=https://auth.example.com/.well-known/openid-configuration/tenant1 "
         "oidc_path_append=https://auth.example.com/tenant1/.well-known/openid-configuration"},
        {"https://auth.example.com/a/b/",
         "oauth_path_insert=https://auth.example.com/.well-known/oauth-authorization-server/a/b "
         "oidc_path_insert=https://auth.example.com/.well-known/openid-configuration/a/b "
         "oidc_path_append=https://auth.example.com/a/b/.well-known/openid-configuration"},
        {"http://localhost:9000/x",
         "oauth_path_insert=http://localhost:9000/.well-known/oauth-authorization-server/x "
         "oidc_path_insert=http://localhost:9000/.well-known/openid-configuration/x "
         "oidc_path_append=http://localhost:9000/x/.well-known/openid-configuration"},
    };
    for (const row& r : rows)
    {
        BOOST_TEST(show(plan_server_metadata(parsed(r.text))) == r.outcome);
    }
}

// covers V6
BOOST_AUTO_TEST_CASE(candidates_stay_at_the_origin_of_what_they_are_made_from)
{
    constexpr std::string_view pieces[] = {
        "/", "@", "evil", ":", "..", "%2f", "%40", "?", "&", "x", "//"};
    std::uint32_t noise = 17;
    for (int round = 0; round != 5000; ++round)
    {
        std::string text = "https://h:8443/";
        for (int i = 0; i != round % 7; ++i)
        {
            noise = noise * 1664525U + 1013904223U;
            text += pieces[(noise >> 16U) % std::size(pieces)];
        }
        const result<url> u = url::parse(text);
        if (!u)
        {
            continue;
        }
        for (const candidate& c : plan_resource_metadata(*u, ""))
        {
            BOOST_TEST(same_origin(c.where, *u), c.where.str());
        }
        for (const candidate& c : plan_server_metadata(*u))
        {
            BOOST_TEST(same_origin(c.where, *u), c.where.str());
        }
    }
}

// covers C-8414-4, C-MCP-10
BOOST_AUTO_TEST_CASE(issuer_is_an_https_url_without_query_and_fragment)
{
    for (const std::string_view text :
         {"https://as", "https://as/", "https://as/tenant", "https://as:8443/x/", "HTTPS://AS"})
    {
        BOOST_TEST(issuer_url(text, address_policy()).has_value(), text);
    }
    for (const std::string_view text :
         {"",
          "as",
          "http://as",
          "https://as?x",
          "https://as/?",
          "https://as#x",
          "https://as/#",
          "https://user@as",
          "https://as.",
          "https://127.1",
          "https://localhost",
          "https://127.0.0.1/x",
          "https://[::1]",
          "http://localhost:1",
          "javascript:alert(1)",
          "file://localhost/x",
          "https://as/{tenantid}/v2.0",
          "https://<AS>/"})
    {
        const auto r = issuer_url(text, address_policy());
        BOOST_TEST((!r && r.error().code() == make_error_code(errc::issuer_invalid)), text);
    }
    const address_policy local = address_policy().allow_loopback();
    BOOST_TEST(issuer_url("http://localhost:1", local).has_value());
    BOOST_TEST(issuer_url("http://127.0.0.1/x", local).has_value());
    BOOST_TEST(issuer_url("https://[::1]", local).has_value());
    BOOST_TEST(issuer_url("https://as", local).has_value());
    BOOST_TEST(!issuer_url("http://as", local).has_value());
    BOOST_TEST(!issuer_url("file://localhost/x", local).has_value());
    BOOST_TEST(!issuer_url("http://10.0.0.1", local).has_value());
}

BOOST_AUTO_TEST_CASE(metadata_request_is_a_get_for_json_with_the_protocol_version)
{
    const http_request r =
        make_metadata_request(parsed("http://localhost/x"), address_policy().allow_loopback());
    BOOST_TEST((r.kind() == request_kind::metadata));
    BOOST_TEST(r.method() == "GET");
    BOOST_TEST(r.target().str() == "http://localhost/x");
    BOOST_TEST(r.field("Accept") == "application/json");
    BOOST_TEST(r.field("MCP-Protocol-Version") == mcp::latest_version);
    BOOST_TEST(r.policy().loopback_allowed());
    BOOST_TEST(r.body().empty());
    BOOST_TEST(r.authorization().empty());
    BOOST_TEST(check_request(r).has_value());
}

// covers C-9728-3, C-9728-4, C-9728-7, V32
BOOST_AUTO_TEST_CASE(document_for_another_resource_is_refused)
{
    class resource_row
    {
    public:
        std::string_view asked;
        std::string_view resource;
        std::string_view outcome;
    };
    const resource_row rows[] = {
        {"https://h/mcp", "https://h/mcp", "success"},
        {"https://H/mcp", "https://h/mcp", "success"},
        {"https://h:443/mcp", "https://h/mcp", "success"},
        {"https://h/mcp#f", "https://h/mcp", "success"},
        {"https://h/mcp?x=1", "https://h/mcp?x=1", "success"},
        {"https://h/mcp?x=1", "https://h/mcp", "success"},
        {"https://h/mcp", "https://h", "success"},
        {"https://h/mcp", "https://h/", "success"},
        {"https://h/a/mcp", "https://h/a", "success"},
        {"https://h/a/mcp", "https://h/a/", "success"},
        {"https://h", "https://h/", "success"},
        {"https://h/", "https://h", "success"},
        {"https://h/", "https://h/", "success"},
        {"https://h/mcp/", "https://h/mcp/", "success"},
        {"https://h/a%2fb",
         "https://h/a%2fb",
         "success"}, // equal, though nothing can be its parent
        {"http://localhost:3000/mcp", "http://localhost:3000/mcp", "success"},
        {"https://h/mcp", "https://g/mcp", "resource_mismatch"},
        {"https://h/mcp", "https://h.evil/mcp", "resource_mismatch"},
        {"https://h/mcp", "http://h/mcp", "resource_mismatch"},
        {"https://h/mcp", "https://h:444/mcp", "resource_mismatch"},
        {"https://h/mcp", "https://h/MCP", "resource_mismatch"},
        {"https://h/mcp", "https://h/mcp/", "resource_mismatch"},
        {"https://h/mcp", "https://h/mc", "resource_mismatch"},
        {"https://h/mcp", "https://h/mcp2", "resource_mismatch"},
        {"https://h/mcp", "https://h/mcp/x", "resource_mismatch"},
        {"https://h/mcp", "https://h/%6dcp", "resource_mismatch"},
        {"https://h/mcp", "https://h/mcp?x=1", "resource_mismatch"},
        {"https://h/mcp", "https://h/mcp?", "resource_mismatch"},
        {"https://h/mcp", "https://h/x/../mcp", "resource_mismatch"},
        {"https://h/a/../b", "https://h/a", "resource_mismatch"},
        {"https://h", "https://h//", "resource_mismatch"},
        {"https://h/caf%C3%A9", "https://h/cafe%CC%81", "resource_mismatch"},
        {"http://localhost:3000/mcp", "http://127.0.0.1:3000/mcp", "resource_mismatch"},
        {"https://h/mcp", "https://h/mcp#f", "resource_metadata_invalid"},
        {"https://h/mcp", "https://h/mcp#", "resource_metadata_invalid"},
        {"https://h/mcp", "https://x@h/mcp", "resource_metadata_invalid"},
        {"https://h/mcp", "https://h./mcp", "resource_metadata_invalid"},
        {"https://h/mcp", "/mcp", "resource_metadata_invalid"},
        {"https://h/mcp", "h/mcp", "resource_metadata_invalid"},
        {"https://h/mcp", "urn:mcp", "resource_metadata_invalid"},
        {"https://h/mcp", "javascript:alert(1)", "resource_metadata_invalid"},
        {"https://h/mcp", "file:///mcp", "resource_metadata_invalid"},
        {"https://h/mcp", "https://h/{mcp}", "resource_metadata_invalid"},
    };
    for (const resource_row& r : rows)
    {
        const auto got = read(document(r.resource), r.asked);
        BOOST_TEST(outcome(got) == r.outcome, r.asked << " " << r.resource);
        if (got)
        {
            BOOST_TEST(got->resource == r.resource);
        }
        else
        {
            BOOST_TEST((got.error().code() == condition::untrusted));
        }
    }
}

// Who owns a path of a host must not get tokens for all of it.
// covers C-9728-3
BOOST_AUTO_TEST_CASE(only_a_document_of_the_host_itself_names_a_parent)
{
    class place_row
    {
    public:
        std::string_view from;
        bool names_parents;
    };
    const place_row rows[] = {
        {"https://h/.well-known/oauth-protected-resource", true},
        {"https://h/.well-known/oauth-protected-resource/u/m", true},
        {"https://h/u/m/prm.json", false},
        {"https://h/u/m/.well-known/oauth-protected-resource", false},
        {"https://h/.well-known/oauth-protected-resource2", false},
        {"https://h/.well-known/other", false},
        {"https://g/.well-known/oauth-protected-resource", false},
        {"https://h:444/.well-known/oauth-protected-resource", false},
        {"https://evil.example/m.json", false},
    };
    const url asked = parsed("https://h/u/m");
    for (const place_row& r : rows)
    {
        const auto outcome_from = [&](std::string_view resource, bool redirected) {
            http_response response = json_response(document(resource));
            response.from(parsed(redirected ? "https://h/elsewhere" : r.from));
            const url place = redirected ? parsed(r.from) : url();
            return outcome(read_resource_metadata(response, asked, address_policy(), place));
        };
        const std::string_view expected = r.names_parents ? "success" : "resource_mismatch";
        for (const bool redirected : {false, true})
        {
            BOOST_TEST_CONTEXT(r.from << (redirected ? " redirected" : ""))
            {
                BOOST_TEST(outcome_from("https://h", redirected) == expected);
                BOOST_TEST(outcome_from("https://h/u", redirected) == expected);
                BOOST_TEST(outcome_from("https://h/u/m", redirected) == "success");
            }
        }
    }
    http_response elsewhere = json_response(document("https://h/u/m"));
    elsewhere.from(parsed("https://evil.example/m.json"));
    BOOST_TEST(
        outcome(read_resource_metadata(elsewhere, parsed("https://h/u/m/"), address_policy()))
        == "success"
    );
    // A response that does not say where it is from is nobody's.
    http_response unknown = json_response(document("https://h"));
    unknown.from(url());
    BOOST_TEST(
        outcome(read_resource_metadata(unknown, asked, address_policy())) == "resource_mismatch"
    );
}

BOOST_AUTO_TEST_CASE(resource_as_typed_is_accepted_byte_for_byte)
{
    BOOST_TEST(outcome(read(document("https://H:443/mcp"), "https://H:443/mcp")) == "success");
    BOOST_TEST(
        read(document("https://H:443/mcp"), "https://H:443/mcp")->resource == "https://H:443/mcp"
    );
}

// covers C-9728-2
BOOST_AUTO_TEST_CASE(only_a_json_answer_with_status_200_is_read)
{
    const std::string body = document("https://h/mcp");
    for (const int status : {0, 100, 201, 204, 301, 302, 400, 401, 403, 404, 410, 500, 503, 999})
    {
        const auto r = read_resource_metadata(
            json_response(body, status), parsed("https://h/mcp"), address_policy()
        );
        BOOST_TEST(outcome(r) == "resource_metadata_not_found");
        BOOST_TEST(r.error().info().http_status() == status);
        BOOST_TEST(r.error().info().url() == "https://h/.well-known/oauth-protected-resource/mcp");
        BOOST_TEST((r.error().info().where() == stage::resource_metadata));
    }
    http_response html(200, "<!doctype html>");
    html.field("Content-Type", "text/html");
    const auto r = read_resource_metadata(html, parsed("https://h/mcp"), address_policy());
    BOOST_TEST(outcome(r) == "content_type_not_json");
    BOOST_TEST((r.error().info().where() == stage::resource_metadata));
    BOOST_TEST(outcome(read("not json")) == "json_malformed");
    BOOST_TEST(outcome(read("[]")) == "json_wrong_type");
    BOOST_TEST(outcome(read(R"({"resource":"a","resource":"b"})")) == "json_member_duplicated");
}

BOOST_AUTO_TEST_CASE(every_member_of_a_wrong_type_is_refused_or_left_out)
{
    class member_row
    {
    public:
        std::string_view member;
        std::string_view json;
        std::string_view outcome;
    };
    const member_row rows[] = {
        {"resource", "null", "json_member_missing"},
        {"resource", "\"\"", "json_member_missing"},
        {"resource", "1", "json_wrong_type"},
        {"resource", "[\"https://h/mcp\"]", "json_wrong_type"},
        {"resource", "{}", "json_wrong_type"},
        {"authorization_servers", "null", "authorization_server_missing"},
        {"authorization_servers", "[]", "authorization_server_missing"},
        {"authorization_servers", "\"https://as\"", "json_wrong_type"},
        {"authorization_servers", "{}", "json_wrong_type"},
        {"authorization_servers", "[{\"issuer\":\"https://as\"}]", "json_wrong_type"},
        {"authorization_servers", "[null]", "json_wrong_type"},
        {"authorization_servers", "[\"https://as\",1]", "json_wrong_type"},
        {"authorization_servers", "[\"\"]", "issuer_invalid"},
        {"authorization_servers", "[\"http://as\"]", "issuer_invalid"},
        {"authorization_servers", "[\"javascript:alert(1)\"]", "issuer_invalid"},
        {"authorization_servers", "[\"https://localhost\"]", "issuer_invalid"},
        {"authorization_servers", "[\"http://127.0.0.1\",\"file:///x\"]", "issuer_invalid"},
        {"scopes_supported", "null", "success"},
        {"scopes_supported", "[]", "success"},
        {"scopes_supported", "\"a b\"", "success"},
        {"scopes_supported", "[1]", "success"},
        {"scopes_supported", "{}", "success"},
        {"bearer_methods_supported", "\"header\"", "success"},
        {"dpop_signing_alg_values_supported", "{}", "success"},
        {"dpop_bound_access_tokens_required", "1", "success"},
        {"tls_client_certificate_bound_access_tokens", "[]", "success"},
        {"resource_policy_uri", "{}", "success"},
        {"resource_tos_uri", "1", "success"},
        {"resource_name", "1", "success"},
        {"resource_documentation", "[]", "success"},
        {"signed_metadata",
         "\"not.a.jwt\"",
         "success"}, // covers C-9728-5: ignored, not half-trusted
        {"unknown", "{\"a\":[1,2]}", "success"},
        {"jwks_uri", "\"javascript:x\"", "success"}, // nothing reads it
    };
    for (const member_row& r : rows)
    {
        BOOST_TEST(
            outcome(read(with_member(r.member, r.json))) == r.outcome, r.member << " " << r.json
        );
    }
    BOOST_TEST(outcome(read("{}")) == "json_member_missing");
    BOOST_TEST(outcome(read(R"({"resource":"https://h/mcp"})")) == "authorization_server_missing");
}

BOOST_AUTO_TEST_CASE(usable_authorization_servers_are_kept_once_each_in_order)
{
    const auto r = read(with_member(
        "authorization_servers",
        R"(["http://dev","https://b/x","https://a","https://b/x","https://a/","https://u@c","https://[::1]"])"
    ));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(
        (r->authorization_servers
         == std::vector<std::string>{"https://b/x", "https://a", "https://a/"})
    );
    std::string many = "[\"https://a0\"";
    for (int i = 1; i != 20; ++i)
    {
        many += ",\"https://a" + std::to_string(i) + "x\"";
    }
    const auto capped = read(with_member("authorization_servers", many + "]"));
    BOOST_TEST(capped->authorization_servers.size() == limits::authorization_servers);
}

BOOST_AUTO_TEST_CASE(of_servers_that_cannot_be_used_the_first_one_is_told)
{
    const auto told = [](std::string_view servers) {
        const auto r = read(with_member("authorization_servers", std::string(servers)));
        BOOST_TEST(outcome(r) == "issuer_invalid");
        return r ? std::string() : r.error().info().message();
    };
    BOOST_TEST(told(R"(["http://dev"])") != told(R"(["https://u@c"])"));
    BOOST_TEST(told(R"(["http://dev","https://u@c"])") == told(R"(["http://dev"])"));
    BOOST_TEST(told(R"(["https://u@c","http://dev"])") == told(R"(["https://u@c"])"));
}

BOOST_AUTO_TEST_CASE(names_differ_by_a_root_slash_only_where_the_slash_is_the_whole_path)
{
    using detail::differ_by_root_slash;
    BOOST_TEST(differ_by_root_slash("https://h", "https://h/"));
    BOOST_TEST(differ_by_root_slash("https://h:1/", "https://h:1"));
    for (const std::string name :
         {"https://h/", "https://h/a", "https://h?a", "https://h#a", "h", ""})
        BOOST_TEST(!differ_by_root_slash(name, name + "/"), name);
    BOOST_TEST(!differ_by_root_slash("https://h", "https://h"));
    BOOST_TEST(!differ_by_root_slash("https://h", "https://g/"));
    BOOST_TEST(!differ_by_root_slash("https://h", "https://hx"));
}

// covers C-MCP-16
BOOST_AUTO_TEST_CASE(loopback_authorization_server_needs_the_policy)
{
    std::string const body = R"({"resource":"http://localhost:3000/mcp",)"
                             R"("authorization_servers":["http://localhost:9000"]})";
    BOOST_TEST(
        outcome(read(body, "http://localhost:3000/mcp", address_policy().allow_loopback()))
        == "success"
    );
    BOOST_TEST(outcome(read(body, "http://localhost:3000/mcp")) == "issuer_invalid");
}

BOOST_AUTO_TEST_CASE(optional_members_are_read_and_made_safe_to_show)
{
    const auto r =
        read(R"({"resource":"https://h/mcp","authorization_servers":["https://as"],)"
             R"("scopes_supported":["a","b:c","a","with blank","q\"","","\u00fc","d/e"],)"
             R"("resource_name":"My\u202eName\n","resource_documentation":"https://h/docs?x=1"})");
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST((*r->scopes_supported == std::vector<std::string>{"a", "b:c", "d/e"}));
    BOOST_TEST(r->resource_name == "MyName ");
    BOOST_TEST(r->resource_documentation == "https://h/docs?x=1");
    BOOST_TEST((r->found == provenance::none));
    BOOST_TEST(!read(document("https://h/mcp"))->scopes_supported.has_value());
    // covers V4: a link is https or nothing
    for (const std::string_view link :
         {"javascript:alert(1)", "http://h", "data:text/html,x", "docs"})
    {
        const std::string json = "\"" + std::string(link) + "\"";
        BOOST_TEST(read(with_member("resource_documentation", json))->resource_documentation.empty()
        );
        BOOST_TEST(read(with_member("resource_policy_uri", json))->resource_policy_uri.empty());
        BOOST_TEST(read(with_member("resource_tos_uri", json))->resource_tos_uri.empty());
    }
}

BOOST_AUTO_TEST_CASE(what_a_resource_says_about_tokens_is_read)
{
    const auto r = read(
        R"({"resource":"https://h/mcp","authorization_servers":["https://as"],)"
        R"("bearer_methods_supported":["header"],"dpop_signing_alg_values_supported":["ES256"],)"
        R"("dpop_bound_access_tokens_required":true,)"
        R"("tls_client_certificate_bound_access_tokens":true,)"
        R"("resource_policy_uri":"https://h/policy","resource_tos_uri":"https://h/tos"})"
    );
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST((*r->bearer_methods_supported == std::vector<std::string>{"header"}));
    BOOST_TEST((*r->dpop_signing_alg_values_supported == std::vector<std::string>{"ES256"}));
    BOOST_TEST(r->dpop_bound_access_tokens_required);
    BOOST_TEST(r->tls_client_certificate_bound_access_tokens);
    BOOST_TEST(r->resource_policy_uri == "https://h/policy");
    BOOST_TEST(r->resource_tos_uri == "https://h/tos");
    BOOST_TEST(r->notes.empty());
    const auto bare = read(document("https://h/mcp"));
    BOOST_TEST(!bare->dpop_bound_access_tokens_required);
    BOOST_TEST(!bare->tls_client_certificate_bound_access_tokens);
    BOOST_TEST(!bare->bearer_methods_supported.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_left_out_of_a_resource_document_is_noted)
{
    class note_row
    {
    public:
        std::string_view member;
        std::string_view json;
        std::string_view noted;
    };
    const note_row rows[] = {
        {"scopes_supported", R"(["a",1])", "\"scopes_supported\""},
        {"scopes_supported", "\"a b\"", "\"scopes_supported\""},
        {"bearer_methods_supported", "{}", "\"bearer_methods_supported\""},
        {"dpop_bound_access_tokens_required", "1", "\"dpop_bound_access_tokens_required\""},
        {"authorization_servers", R"(["http://dev","https://as"])", "http://dev"},
    };
    for (const note_row& row : rows)
    {
        const auto r = read(with_member(row.member, row.json));
        BOOST_REQUIRE_MESSAGE(r.has_value(), row.member);
        BOOST_REQUIRE_MESSAGE(r->notes.size() == 1U, row.member);
        BOOST_TEST(r->notes[0].find(row.noted) != std::string::npos, r->notes[0]);
    }
    BOOST_TEST(
        (*read(with_member("scopes_supported", R"(["a",1])"))->scopes_supported
         == std::vector<std::string>{"a"})
    );
}

// covers C-MCP-5, C-MCP-6, C-9728-9, C-9700-10, C-21-19
BOOST_AUTO_TEST_CASE(scope_is_the_callers_then_the_challenges_then_the_resources_then_none)
{
    discovery found;
    BOOST_TEST(select_scope(found, "").empty());
    found.resource_document.emplace();
    BOOST_TEST(select_scope(found, "").empty());
    found.resource_document->scopes_supported.emplace();
    BOOST_TEST(select_scope(found, "").empty());
    found.resource_document->scopes_supported = {"r1", "r2"};
    found.server.scopes_supported = {
        "s1"}; // those of the authorization server are for all resources
    BOOST_TEST(select_scope(found, "") == "r1 r2");
    found.challenged_scope = "c1 c2";
    BOOST_TEST(select_scope(found, "") == "c1 c2");
    found.challenged_scope = "  c1   c2 c1 \"x\" ";
    BOOST_TEST(select_scope(found, "") == "c1 c2");
    found.challenged_scope = "  ";
    BOOST_TEST(select_scope(found, "") == "r1 r2");
    found.challenged_scope = "c1";
    BOOST_TEST(select_scope(found, "e1 e2") == "e1 e2");
}

// covers C-MCP-5, C-MCP-6
BOOST_AUTO_TEST_CASE(
    offline_access_is_added_where_the_server_advertises_it_and_something_is_asked_for
)
{
    discovery found;
    found.server.scopes_supported = {"r1", "offline_access"};
    BOOST_TEST(select_scope(found, "").empty());
    found.resource_document.emplace();
    found.resource_document->scopes_supported = {"r1"};
    BOOST_TEST(select_scope(found, "") == "r1 offline_access");
    BOOST_TEST(select_scope(found, "e1") == "e1");
    found.challenged_scope = "c1";
    BOOST_TEST(select_scope(found, "") == "c1 offline_access");
    found.challenged_scope = "offline_access c1";
    BOOST_TEST(select_scope(found, "") == "offline_access c1");

    found.provider.emplace("https://as.example");
    BOOST_TEST(select_scope(found, "") == "offline_access c1");
    found.provider->omit_offline_access(true);
    BOOST_TEST(select_scope(found, "") == "c1");
    BOOST_TEST(select_scope(found, "e1 offline_access") == "e1 offline_access");

    found.provider.reset();
    found.challenged_scope = "c1";
    found.server.scopes_supported = {"r1", "Offline_access"};
    BOOST_TEST(select_scope(found, "") == "c1");
    found.server.scopes_supported.reset();
    BOOST_TEST(select_scope(found, "") == "c1");
}

BOOST_AUTO_TEST_CASE(names_are_those_of_the_enumerations)
{
    BOOST_TEST(name_of(provenance::none) == "none");
    BOOST_TEST(name_of(provenance::challenge) == "challenge");
    BOOST_TEST(name_of(provenance::oidc_path_append) == "oidc_path_append");
    BOOST_TEST(name_of(provenance::default_endpoints) == "default_endpoints");
    for (int p = 0; p <= static_cast<int>(provenance::policy); ++p)
    {
        BOOST_TEST(!name_of(static_cast<provenance>(p)).empty());
    }
    BOOST_TEST(name_of(login_support::none) == "none");
    BOOST_TEST(name_of(login_support::available) == "available");
    BOOST_TEST(name_of(login_support::required) == "required");
    BOOST_TEST(name_of(static_cast<provenance>(99)).empty());
    BOOST_TEST(name_of(static_cast<login_support>(99)).empty());
}

// Documents as providers serve them.
BOOST_AUTO_TEST_CASE(documents_of_providers_are_read)
{
    class provider_row
    {
    public:
        std::string_view asked;
        std::string_view body;
        std::string_view outcome;
    };
    const provider_row rows[] = {
        {"https://mcp.canva.com/mcp",
         R"({"resource":"https://mcp.canva.com","authorization_servers":["https://mcp.canva.com"],"scopes_supported":["profile:read","design:meta:read"],"bearer_methods_supported":["header"]})",
         "success"},
        {"https://mcp.box.com",
         R"({"resource":"https://mcp.box.com/","authorization_servers":["https://account.box.com/"],"bearer_methods_supported":["header"]})",
         "success"},
        {"https://compute.googleapis.com/mcp",
         R"({"resource":"https://compute.googleapis.com/mcp","authorization_servers":["https://accounts.google.com/"],"scopes_supported":["https://www.googleapis.com/auth/compute"]})",
         "success"},
        {"https://mcp.stripe.com",
         R"({"resource":"https://mcp.stripe.com","authorization_servers":["https://access.stripe.com/mcp"]})",
         "success"},
        {"https://hf.co/mcp",
         R"({"resource":"https://huggingface.co/mcp","authorization_servers":["https://huggingface.co"]})",
         "resource_mismatch"},
        {"https://mcp.example.com/mcp",
         R"({"resource":"https://mcp.example.com/mcp","authorization_servers":["https://<ENVIRONMENT_URL>/resources/<ID>"]})",
         "issuer_invalid"},
        {"https://mcp.example.com/mcp",
         R"({"resource":"https://mcp.example.com/mcp","authorization_servers":[{"issuer":"https://as.example.com"}]})",
         "json_wrong_type"},
    };
    for (const provider_row& r : rows)
    {
        http_response response = json_response(r.body);
        const url asked = parsed(r.asked);
        response.from(parsed(asked.origin() + "/.well-known/oauth-protected-resource"));
        const auto got = read_resource_metadata(response, asked, address_policy());
        BOOST_TEST(outcome(got) == r.outcome, r.asked);
    }
}

BOOST_AUTO_TEST_SUITE_END()
