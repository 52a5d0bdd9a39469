// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What is odd at more than one provider.

#include "quirks/providers.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(any_provider)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* html = "<!DOCTYPE html><html><body>502 CANARY-page</body></html>";

class login_at_odd
{
public:
    login_at_odd() : user(at) {}

    odd at;
    visitor user;
};

http_response json_200(std::string body)
{
    return json_answer(200, std::move(body));
}

} // namespace

BOOST_AUTO_TEST_CASE(odd_answers_with_tokens_are_tokens)
{
    class row
    {
    public:
        const char* what;
        http_response answer;
        bool refreshable;
        bool ends;
    };
    const row rows[] = {
        {"nulls",
         json_200(
             R"({"access_token":"CANARY-odd","token_type":"Bearer","expires_in":null,"refresh_token":null,"scope":null,"id_token":null})"
         ),
         false,
         false},
        {"empty strings",
         json_200(
             R"({"access_token":"CANARY-odd","token_type":"Bearer","expires_in":"","refresh_token":"","scope":"","id_token":""})"
         ),
         false,
         false},
        {"a number as a string",
         json_200(
             R"({"access_token":"CANARY-odd","token_type":"bearer","expires_in":"3600","refresh_token":"CANARY-r"})"
         ),
         true,
         true},
        {"a fraction",
         json_200(R"({"access_token":"CANARY-odd","token_type":"bearer","expires_in":3600.5})"),
         false,
         true},
        {"no type",
         json_200(R"({"access_token":"CANARY-odd","expires_in":3600,"refresh_token":"CANARY-r"})"),
         true,
         true},
        {"a null for the type",
         json_200(R"({"access_token":"CANARY-odd","token_type":null,"expires_in":3600})"),
         false,
         true},
        {"a charset",
         answered(
             200,
             "application/json;charset=UTF-8",
             R"({"access_token":"CANARY-odd","token_type":"Bearer","expires_in":3600})"
         ),
         false,
         true},
        {"capitals and a charset",
         answered(
             200,
             "Application/JSON; Charset=\"utf-8\"",
             R"({"access_token":"CANARY-odd","token_type":"BEARER","expires_in":3600})"
         ),
         false,
         true},
        {"JSON under the name of text",
         answered(
             200,
             "text/plain; charset=utf-8",
             R"({"access_token":"CANARY-odd","token_type":"Bearer","expires_in":3600})"
         ),
         false,
         true},
    };
    for (const row& one : rows)
    {
        BOOST_TEST_CONTEXT(one.what)
        {
            login_at_odd run;
            run.at.token_answer = one.answer;
            const auto r = run.user.log_in();
            BOOST_TEST(told(r) == "ok");
            BOOST_REQUIRE(r);
            BOOST_TEST(r->tokens.access_token.reveal() == "CANARY-odd");
            BOOST_TEST(r->tokens.refresh_token.empty() == !one.refreshable);
            BOOST_TEST(r->tokens.expires_at.has_value() == one.ends);
            BOOST_TEST(r->tokens.scope == "files:read");
            run.at.token_answer.reset();
            if (one.refreshable)
                run.at.refresh_token = "CANARY-r";
            const auto later = run.user.return_after(std::chrono::hours(2));
            if (one.refreshable || !one.ends)
                BOOST_TEST(told(later) == "ok");
            else
                BOOST_TEST(later.error().code() == errc::login_required);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_with_tokens_ends_in_a_typed_error)
{
    class row
    {
    public:
        const char* what;
        http_response answer;
        errc code;
    };
    const row rows[] = {
        {"a page", answered(502, "text/html", html), errc::http_status_unexpected},
        {"a page of success", answered(200, "text/html", html), errc::content_type_not_json},
        {"a page called JSON", json_200(html), errc::json_malformed},
        {"nothing", json_200(""), errc::json_malformed},
        {"an empty object", json_200("{}"), errc::json_member_missing},
        {"a null for the token",
         json_200(R"({"access_token":null,"token_type":"Bearer"})"),
         errc::json_member_missing},
        {"an empty token",
         json_200(R"({"access_token":"","token_type":"Bearer"})"),
         errc::json_member_missing},
        {"a list", json_200(R"(["CANARY"])"), errc::json_wrong_type},
        {"another type",
         json_200(R"({"access_token":"CANARY-odd","token_type":"mac"})"),
         errc::token_type_not_supported},
        {"an error of success",
         json_200(R"({"error":"access_denied","access_token":"CANARY-odd"})"),
         errc::access_denied},
    };
    for (const row& one : rows)
    {
        BOOST_TEST_CONTEXT(one.what)
        {
            login_at_odd run;
            run.at.token_answer = one.answer;
            const auto r = run.user.log_in();
            BOOST_REQUIRE(!r);
            BOOST_TEST(r.error().code() == one.code);
            BOOST_TEST(told(r).find("<html") == std::string::npos, told(r));
            BOOST_TEST(run.at.complaints.empty());
            BOOST_TEST(run.user.w.browser_saw.has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(nulls_and_empty_strings_in_metadata_count_as_absent)
{
    for (const char* value : {"null", "\"\""})
    {
        BOOST_TEST_CONTEXT(value)
        {
            login_at_odd run;
            for (const char* name :
                 {"revocation_endpoint",
                  "jwks_uri",
                  "userinfo_endpoint",
                  "device_authorization_endpoint",
                  "pushed_authorization_request_endpoint",
                  "service_documentation",
                  "scopes_supported",
                  "grant_types_supported",
                  "response_modes_supported",
                  "mtls_endpoint_aliases",
                  "authorization_response_iss_parameter_supported",
                  "client_id_metadata_document_supported"})
                run.at.metadata_members += ",\"" + std::string(name) + "\":" + value;
            run.at.resource_document = R"({"resource":")" + run.at.resource
                + R"(","authorization_servers":[")" + run.at.listed + R"("],"scopes_supported":)"
                + value + R"(,"resource_name":)" + value + R"(,"resource_documentation":)" + value
                + R"(,"bearer_methods_supported":)" + value + "}";
            run.at.registration_members = R"(,"client_secret":)" + std::string(value)
                + R"(,"client_secret_expires_at":)" + (value[0] == 'n' ? "null" : "0")
                + R"(,"token_endpoint_auth_method":)" + value + R"(,"scope":)" + value
                + R"(,"registration_client_uri":)" + value + R"(,"client_uri":)" + value;
            BOOST_TEST(told(run.user.log_in()) == "ok");
            BOOST_TEST(told(run.user.return_after(std::chrono::hours(2))) == "ok");
            BOOST_TEST(run.at.complaints.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_page_in_place_of_metadata_is_passed_over)
{
    for (const int status : {200, 404})
    {
        BOOST_TEST_CONTEXT(status)
        {
            login_at_odd run;
            const auto page = [status](const http_request&) {
                return result<http_response>(answered(status, "text/html; charset=utf-8", html));
            };
            run.user.w.on("GET", run.at.metadata_url, page);
            run.at.metadata_url = run.at.issuer + "/.well-known/openid-configuration";
            run.at.serve(run.user.w);
            BOOST_TEST(told(run.user.log_in()) == "ok");
        }
    }
}

BOOST_AUTO_TEST_CASE(pages_in_place_of_all_metadata_end_without_a_browser)
{
    login_at_odd run;
    for (const char* name :
         {"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"})
    {
        run.user.w.on("GET", run.at.issuer + name, [](const http_request&) {
            return result<http_response>(answered(200, "text/html", html));
        });
    }
    const auto r = run.user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::content_type_not_json);
    BOOST_TEST(told(r).find("<html") == std::string::npos, told(r));
    BOOST_TEST(run.user.w.opened.empty());
}

BOOST_AUTO_TEST_CASE(a_page_in_place_of_a_registration_ends_without_a_browser)
{
    login_at_odd run;
    for (const int status : {200, 201, 500, 503})
    {
        BOOST_TEST_CONTEXT(status)
        {
            run.user.w.on("POST", run.at.registration_url, [status](const http_request&) {
                return result<http_response>(answered(status, "text/html", html));
            });
            const auto r = run.user.log_in();
            BOOST_REQUIRE(!r);
            BOOST_TEST(
                r.error().code()
                == (status < 300 ? errc::content_type_not_json : errc::http_status_unexpected)
            );
            BOOST_TEST(run.user.w.opened.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(resource_metadata_that_names_no_authorization_server_is_refused)
{
    for (const char* servers : {"[]", "null"})
    {
        BOOST_TEST_CONTEXT(servers)
        {
            login_at_odd run;
            run.at.resource_document = R"({"resource":")" + run.at.resource
                + R"(","authorization_servers":)" + servers + "}";
            const auto r = run.user.log_in();
            BOOST_REQUIRE(!r);
            BOOST_TEST(r.error().code() == errc::authorization_server_missing);
            BOOST_TEST(run.user.w.opened.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_page_in_place_of_a_refreshed_token_keeps_the_login)
{
    login_at_odd run;
    BOOST_TEST(told(run.user.log_in()) == "ok");
    for (const int status : {200, 502})
    {
        BOOST_TEST_CONTEXT(status)
        {
            run.user.w.on("POST", run.at.token_url, [status](const http_request&) {
                return result<http_response>(answered(status, "text/html", html));
            });
            const auto r = run.user.return_after(std::chrono::hours(2));
            BOOST_REQUIRE(!r);
            BOOST_TEST((r.error().code() != condition::login_required));
        }
    }
    run.at.serve(run.user.w);
    BOOST_TEST(told(run.user.return_after(std::chrono::hours(2))) == "ok");
    BOOST_TEST(run.at.issued == 2);
}

BOOST_AUTO_TEST_SUITE_END()
