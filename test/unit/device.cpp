// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "grant_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using std::chrono::seconds;

constexpr std::string_view from = "https://as.example/device";

result<device_authorization>
read(std::string_view json, const discovery& found = full_discovery(), int status = 200)
{
    return read_device_authorization_response(
        json_response(status, json, from), found, moment_of_test
    );
}

// A good answer, in which one member is another one or (empty) not there.
result<device_authorization> read_with(
    std::string_view member, std::string_view value, const discovery& found = full_discovery()
)
{
    boost::json::object json{
        {"device_code", "CANARY-device"},
        {"user_code", "WDJB-MJHT"},
        {"verification_uri", "https://as.example/go"},
        {"expires_in", 1800},
    };
    if (value.empty())
        json.erase(member);
    else
        json[member] = boost::json::parse(value);
    const auto got = read(boost::json::serialize(json), found);
    BOOST_TEST(!has(all_text(got), canary), member);
    return got;
}

long interval_of(std::string_view value)
{
    const auto got = read_with("interval", value);
    return got ? static_cast<long>(got->interval.count()) : -1;
}

long lifetime_of(std::string_view value)
{
    const auto got = read_with("expires_in", value);
    return got ? static_cast<long>((got->expires_at - moment_of_test) / seconds(1)) : -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(device)

BOOST_AUTO_TEST_CASE(device_authorization_request_names_client_scope_and_resource)
{
    const auto request = make_device_authorization_request(
        full_discovery(), client_of(method::none), "a b", stamp()
    );
    BOOST_TEST(request->target().str() == from);
    BOOST_TEST(sent(request, "client_id") == "client-1");
    BOOST_TEST(sent(request, "scope") == "a b");
    BOOST_TEST(sent(request, "resource") == "https://mcp.example/mcp");
    BOOST_TEST(parse_form(body_of(request))->size() == 3u);
}

BOOST_AUTO_TEST_CASE(device_token_request_carries_the_device_code)
{
    device_authorization device;
    device.device_code = secret("CANARY-device");
    const auto request =
        make_device_token_request(full_discovery(), client_of(method::none), device, stamp());
    BOOST_TEST(request->target().str() == "https://as.example/token");
    BOOST_TEST(sent(request, "grant_type") == "urn:ietf:params:oauth:grant-type:device_code");
    BOOST_TEST(sent(request, "device_code") == "CANARY-device");
    BOOST_TEST(sent(request, "client_id") == "client-1");
    BOOST_TEST(sent(request, "resource") == "https://mcp.example/mcp");
    BOOST_TEST(parse_form(body_of(request))->size() == 4u);
    BOOST_TEST(
        outcome(make_device_token_request(
            full_discovery(), client_of(method::none), device_authorization(), stamp()
        ))
        == "invalid_argument"
    );
}

BOOST_AUTO_TEST_CASE(answer_of_the_rfc_is_read)
{
    const auto got = read(R"({"device_code":"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
        "user_code":"WDJB-MJHT","verification_uri":"https://example.com/device",
        "verification_uri_complete":"https://example.com/device?user_code=WDJB-MJHT",
        "expires_in":1800,"interval":7,"message":"go there"})");
    BOOST_REQUIRE_EQUAL(outcome(got), "ok");
    BOOST_TEST(got->device_code.reveal() == "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS");
    BOOST_TEST(got->user_code == "WDJB-MJHT");
    BOOST_TEST(got->verification_uri.str() == "https://example.com/device");
    BOOST_TEST(
        got->verification_uri_complete.str() == "https://example.com/device?user_code=WDJB-MJHT"
    );
    BOOST_TEST((got->expires_at == moment_of_test + seconds(1800)));
    BOOST_TEST((got->interval == seconds(7)));
}

BOOST_AUTO_TEST_CASE(draft_spelling_of_the_page_is_understood)
{
    const auto got = read(R"({"device_code":"d","user_code":"u","expires_in":"1800",
        "verification_url":"https://www.google.com/device"})");
    BOOST_REQUIRE_EQUAL(outcome(got), "ok");
    BOOST_TEST(got->verification_uri.str() == "https://www.google.com/device");
    const auto both = read(R"({"device_code":"d","user_code":"u","expires_in":1800,
        "verification_uri":"https://a.example/","verification_url":"javascript:x"})");
    BOOST_TEST(both->verification_uri.str() == "https://a.example/");
}

BOOST_AUTO_TEST_CASE(page_that_is_no_safe_web_address_is_refused)
{
    for (const auto page :
         {R"("http://as.example/go")",
          R"("javascript:alert")",
          R"("file:///etc/passwd")",
          R"("https://u:p@as.example/")",
          R"("https://127.0.0.1/go")",
          R"("http://localhost/go")",
          R"("as.example/go")",
          R"("https://as.example/$(calc) x")"})
        BOOST_TEST(outcome(read_with("verification_uri", page)) == "endpoint_insecure", page);
    for (const auto page : {"", "null", R"("")"})
        BOOST_TEST(outcome(read_with("verification_uri", page)) == "json_member_missing", page);
    BOOST_TEST(outcome(read_with("verification_uri", "7")) == "json_wrong_type");
    BOOST_TEST(outcome(read_with("verification_uri", R"("https://as.example/#/go")")) == "ok");
    auto local = full_discovery();
    local.policy.allow_loopback();
    BOOST_TEST(
        outcome(read_with("verification_uri", R"("http://127.0.0.1:80/go")", local)) == "ok"
    );
    BOOST_TEST(
        outcome(read_with("verification_uri", R"("http://as.example/go")", local))
        == "endpoint_insecure"
    );
}

BOOST_AUTO_TEST_CASE(page_with_the_code_in_it_is_left_out_where_it_is_unsafe)
{
    const auto complete = [](std::string_view value) {
        const auto got = read_with("verification_uri_complete", value);
        return got ? got->verification_uri_complete.str() : outcome(got);
    };
    BOOST_TEST(complete(R"("https://as.example/go?c=x")") == "https://as.example/go?c=x");
    for (const auto page :
         {"", "7", R"("")", R"("http://as.example/")", R"("javascript:x")", R"("https://[::1]/")"})
        BOOST_TEST(complete(page) == "", page);
}

BOOST_AUTO_TEST_CASE(code_that_the_user_could_not_read_is_refused)
{
    const auto of = [](const std::string& code) {
        return outcome(read_with("user_code", boost::json::serialize(boost::json::value(code))));
    };
    BOOST_TEST(of("ABC 123") == "ok");
    BOOST_TEST(of(std::string(64, 'A')) == "ok");
    BOOST_TEST(of(std::string(65, 'A')) == "token_response_invalid");
    BOOST_TEST(of("AB\nCD") == "token_response_invalid");
    BOOST_TEST(of("AB\x1b[31m") == "token_response_invalid");
    BOOST_TEST(of("AB\xe2\x80\xae") == "token_response_invalid");
    BOOST_TEST(outcome(read_with("user_code", "")) == "json_member_missing");
    BOOST_TEST(outcome(read_with("user_code", "12345")) == "json_wrong_type");
}

BOOST_AUTO_TEST_CASE(device_code_that_no_form_could_carry_is_refused)
{
    const auto of = [](const std::string& code) {
        return outcome(read_with("device_code", boost::json::serialize(boost::json::value(code))));
    };
    BOOST_TEST(of(std::string(4096, 'A')) == "ok");
    BOOST_TEST(of(std::string(4097, 'A')) == "token_response_invalid");
    BOOST_TEST(of("CANARY\r\n") == "token_response_invalid");
    BOOST_TEST(outcome(read_with("device_code", "")) == "json_member_missing");
}

BOOST_AUTO_TEST_CASE(interval_is_five_seconds_unless_given_and_never_out_of_bounds)
{
    BOOST_TEST(interval_of("") == 5);
    BOOST_TEST(interval_of("null") == 5);
    BOOST_TEST(interval_of("1") == 1);
    BOOST_TEST(interval_of("\"10\"") == 10);
    BOOST_TEST(interval_of("300") == 300);
    for (const auto value : {"0", "-1", "-9223372036854775808", "0.5"})
        BOOST_TEST(interval_of(value) == 1, value);
    for (const auto value : {"301", "1e300", "18446744073709551615"})
        BOOST_TEST(interval_of(value) == 300, value);
    BOOST_TEST(outcome(read_with("interval", "[]")) == "json_wrong_type");
}

BOOST_AUTO_TEST_CASE(lifetime_is_required_and_a_day_at_most)
{
    BOOST_TEST(lifetime_of("600") == 600);
    BOOST_TEST(lifetime_of("86400") == 86400);
    for (const auto value : {"86401", "1e300", "18446744073709551615"})
        BOOST_TEST(lifetime_of(value) == 86400, value);
    BOOST_TEST(lifetime_of("-5") == 0);
    BOOST_TEST(outcome(read_with("expires_in", "")) == "json_member_missing");
    BOOST_TEST(outcome(read_with("expires_in", "null")) == "json_member_missing");
    BOOST_TEST(outcome(read_with("expires_in", "{}")) == "json_wrong_type");
}

BOOST_AUTO_TEST_CASE(refused_device_authorization_is_a_typed_error)
{
    for (const int status : {200, 400, 401})
    {
        const auto got =
            read(R"({"error":"invalid_scope","error_description":"no"})", full_discovery(), status);
        BOOST_TEST(outcome(got) == "invalid_scope");
        BOOST_TEST(got.error().info().http_status() == status);
        BOOST_TEST(got.error().info().url() == from);
    }
    BOOST_TEST(outcome(read("CANARY", full_discovery(), 500)) == "http_status_unexpected");
    BOOST_TEST(!has(all_text(read("CANARY", full_discovery(), 500)), canary));
    http_response page(200, "<html>");
    page.field("Content-Type", "text/html").from(make_url(from));
    BOOST_TEST(
        outcome(read_device_authorization_response(page, full_discovery(), moment_of_test))
        == "content_type_not_json"
    );
}

BOOST_AUTO_TEST_CASE(errors_to_go_on_after_have_codes_of_their_own)
{
    for (const auto name : {"authorization_pending", "slow_down", "expired_token", "access_denied"})
    {
        const auto got = read_token_response(
            json_response(
                400, R"({"error":")" + std::string(name) + "\"}", "https://as.example/token"
            ),
            "",
            moment_of_test
        );
        BOOST_TEST(outcome(got) == name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
