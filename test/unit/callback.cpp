// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr std::string_view redirect = "http://127.0.0.1:8123/callback";
constexpr std::string_view state = "CANARY-state";
constexpr std::string_view issuer = "https://as.example";

pending_authorization pending(bool iss_required, std::string_view uri = redirect)
{
    pending_authorization out;
    out.issuer = issuer;
    out.iss_required = iss_required;
    out.client_id = "client-1";
    out.redirect_uri = uri;
    out.resource = "https://mcp.example/mcp";
    out.state = state;
    out.code_verifier = secret("CANARY-verifier");
    return out;
}

// A redirect with the right state and these further parameters.
std::string back(std::string_view parameters)
{
    return std::string(redirect) + "?state=" + std::string(state) + std::string(parameters);
}

result<secret> read(std::string_view parameters, bool iss_required = false)
{
    return read_callback(back(parameters), pending(iss_required));
}

std::string code_of(const result<secret>& r)
{
    return r ? std::string(r->reveal()) : outcome(r);
}

} // namespace

BOOST_AUTO_TEST_SUITE(callback)

// covers C-9207-1 C-9207-4 C-9207-5
// catches D-12
BOOST_AUTO_TEST_CASE(callback_by_the_four_rows_of_the_iss_table_gives_the_code)
{
    constexpr std::string_view iss = "&iss=https%3A%2F%2Fas.example";
    BOOST_TEST(code_of(read("&code=c1" + std::string(iss), true)) == "c1");
    BOOST_TEST(code_of(read("&code=c1", true)) == "issuer_parameter_missing");
    BOOST_TEST(code_of(read("&code=c1" + std::string(iss), false)) == "c1");
    BOOST_TEST(code_of(read("&code=c1", false)) == "c1");
}

// covers C-9207-6
// catches D-14
BOOST_AUTO_TEST_CASE(error_callback_goes_by_the_same_four_rows)
{
    constexpr std::string_view denied = "&error=access_denied&error_description=the+user+said+no";
    constexpr std::string_view iss = "&iss=https%3A%2F%2Fas.example";
    BOOST_TEST(outcome(read(std::string(denied) + std::string(iss), true)) == "access_denied");
    BOOST_TEST(outcome(read(denied, true)) == "issuer_parameter_missing");
    BOOST_TEST(outcome(read(std::string(denied) + std::string(iss), false)) == "access_denied");
    BOOST_TEST(outcome(read(denied, false)) == "access_denied");
    const auto info = read(denied).error().info();
    BOOST_TEST(info.server_error() == "access_denied");
    BOOST_TEST(info.server_message() == "the user said no");
    BOOST_TEST((info.where() == stage::callback));
}

// covers C-9207-2 C-9207-3 C-9207-4 C-9207-6 C-9728-7
BOOST_AUTO_TEST_CASE(every_near_miss_of_the_issuer_is_refused_and_its_error_text_is_not_shown)
{
    constexpr std::string_view near_misses[] = {
        "",                                // empty
        "https://evil.example",            // another
        "https://AS.example",              // host case
        "HTTPS://as.example",              // scheme case
        "https://as.example:443",          // default port
        "https://as.example/",             // trailing slash
        "https://as.exampl%65",            // percent-encoding
        "https://as.example/.",            // dot segments
        "https://as.example/a/..",         //
        "https://as.example//",            //
        "https://as.example.",             // trailing dot
        "https://as.example?",             // empty query
        "https://as.example#",             // empty fragment
        " https://as.example",             // white space
        "https://as.example ",             //
        "https://as.example\n",            //
        "https://as.exampl",               // prefix
        "https://as.example.evil.example", // suffix
        "http://as.example",               // scheme
        "https://u@as.example",            // user information
        "as.example",                      //
        "https://\xc3\xa1s.example",       // composed and decomposed
        "https://a\xcc\x81s.example",      //
    };
    for (const auto iss : near_misses)
    {
        for (const bool required : {false, true})
        {
            const std::string parameter = "&iss=" + form_encode(iss);
            BOOST_TEST(
                outcome(read("&code=CANARY" + parameter, required)) == "issuer_parameter_mismatch",
                iss
            );
            BOOST_TEST(!has(all_text(read("&code=CANARY" + parameter, required)), canary), iss);
            const auto refused = read(
                "&error=access_denied&error_description=HARMFUL&error_uri=https%3A%2F%2Fe"
                    + parameter,
                required
            );
            BOOST_TEST(outcome(refused) == "issuer_parameter_mismatch", iss);
            BOOST_TEST(refused.error().info().server_error() == "", iss);
            BOOST_TEST(refused.error().info().server_message() == "", iss);
            BOOST_TEST(!has(all_text(refused), "HARMFUL"), iss);
            BOOST_TEST(!has(all_text(refused), "access_denied"), iss);
        }
    }
    const auto missing = read("&error=access_denied&error_description=HARMFUL", true);
    BOOST_TEST(outcome(missing) == "issuer_parameter_missing");
    BOOST_TEST(!has(all_text(missing), "HARMFUL"));
}

// catches D-12
BOOST_AUTO_TEST_CASE(issuer_with_unusual_spelling_is_compared_as_it_is)
{
    auto kept = pending(true);
    kept.issuer = "https://AS.example:443/a%2Fb/";
    BOOST_TEST(
        code_of(read_callback(back("&code=c1&iss=" + form_encode(kept.issuer)), kept)) == "c1"
    );
    BOOST_TEST(
        code_of(read_callback(back("&code=c1&iss=https://as.example/a%2Fb/"), kept))
        == "issuer_parameter_mismatch"
    );
    kept.issuer.clear();
    BOOST_TEST(
        code_of(read_callback(back("&code=c1&iss=https://as.example"), kept))
        == "issuer_parameter_mismatch"
    );
}

// covers C-9700-2 C-8252-6 C-21-5
BOOST_AUTO_TEST_CASE(callback_without_the_right_state_is_refused)
{
    const auto of = [](std::string_view query) {
        return outcome(read_callback(std::string(redirect) + std::string(query), pending(false)));
    };
    BOOST_TEST(of("") == "state_missing");
    BOOST_TEST(of("?") == "state_missing");
    BOOST_TEST(of("?code=c1") == "state_missing");
    BOOST_TEST(of("?code=c1&state=") == "state_missing");
    BOOST_TEST(of("?code=c1&state") == "state_missing");
    BOOST_TEST(of("?code=c1&State=CANARY-state") == "state_missing");
    BOOST_TEST(of("?code=c1&state=x") == "state_mismatch");
    BOOST_TEST(of("?code=c1&state=CANARY-stat") == "state_mismatch");
    BOOST_TEST(of("?code=c1&state=CANARY-statee") == "state_mismatch");
    BOOST_TEST(of("?code=c1&state=canary-state") == "state_mismatch");
    BOOST_TEST(of("?code=c1&state=CANARY-state%00") == "state_mismatch");
    BOOST_TEST(of("?error=access_denied") == "state_missing");
    BOOST_TEST(of("?error=access_denied&state=x") == "state_mismatch");
}

BOOST_AUTO_TEST_CASE(login_that_recorded_nothing_accepts_no_callback)
{
    BOOST_TEST(
        outcome(
            read_callback("http://127.0.0.1:8123/callback?code=c&state=x", pending_authorization())
        )
        == "callback_redirect_uri_mismatch"
    );
    auto kept = pending(false);
    kept.state.clear();
    BOOST_TEST(
        outcome(read_callback("http://127.0.0.1:8123/callback?code=c&state=", kept))
        == "state_missing"
    );
    BOOST_TEST(
        outcome(read_callback("http://127.0.0.1:8123/callback?code=c&state=x", kept))
        == "state_mismatch"
    );
}

// covers C-9207-6 C-9700-18
BOOST_AUTO_TEST_CASE(failure_of_a_forged_callback_shows_none_of_its_parameters)
{
    for (const auto query :
         {"?code=CANARY&state=CANARY&error=CANARY&error_description=CANARY&iss=x",
          "?code=CANARY&code=CANARY&state=CANARY-state",
          "?code=CANARY&error_description=CANARY",
          "?code=CANARY%zz",
          "?code=CANARY&state=CANARY-state&iss=x",
          "?code=CANARY%0a&state=CANARY-state",
          "?state=CANARY-state&x=CANARY"})
    {
        const auto got = read_callback(std::string(redirect) + query, pending(false));
        BOOST_TEST(outcome(got) != "ok", query);
        BOOST_TEST(!has(all_text(got), canary), query);
    }
    BOOST_TEST(!has(
        all_text(read_callback("http://evil.example/callback?code=CANARY", pending(false))), canary
    ));
    BOOST_TEST(!has(all_text(read_callback("CANARY", pending(false))), canary));
}

// covers C-8252-7 C-UPD-4 C-9700-3
BOOST_AUTO_TEST_CASE(callback_at_another_uri_is_refused)
{
    for (const auto place :
         {"http://127.0.0.1:8123/callback/",
          "http://127.0.0.1:8123/Callback",
          "http://127.0.0.1:8123/callbac",
          "http://127.0.0.1:8123/callback/as2",
          "http://127.0.0.1:8123/./callback",
          "http://127.0.0.1:8123/c%61llback",
          "http://127.0.0.1:8124/callback",
          "http://127.0.0.1/callback",
          "http://localhost:8123/callback",
          "https://127.0.0.1:8123/callback",
          "HTTP://127.0.0.1:8123/callback",
          "http://127.0.0.1:8123",
          "http://evil.example/callback",
          "http://127.0.0.1:8123/callback;x"})
    {
        const auto got =
            read_callback(std::string(place) + "?code=c&state=CANARY-state", pending(false));
        BOOST_TEST(outcome(got) == "callback_redirect_uri_mismatch", place);
    }
}

BOOST_AUTO_TEST_CASE(callback_that_is_no_url_is_refused)
{
    for (const auto text :
         {"",
          "code=c&state=CANARY-state",
          "/callback?code=c&state=CANARY-state",
          "?code=c&state=CANARY-state",
          "http://127.0.0.1:8123/callback?code=c d&state=CANARY-state",
          "http://u:p@127.0.0.1:8123/callback?code=c",
          "http://127.0.0.1:8123/callback?code=c\r\n&state=CANARY-state",
          "javascript:alert(1)"})
        BOOST_TEST(outcome(read_callback(text, pending(false))) == "callback_invalid", text);
    BOOST_TEST(
        outcome(read_callback(back("&code=" + std::string(9000, 'a')), pending(false)))
        == "callback_invalid"
    );
}

BOOST_AUTO_TEST_CASE(query_of_the_redirect_uri_comes_first_and_does_not_count)
{
    const auto kept = pending(false, "https://app.example/cb?tenant=1&x=%20");
    const auto of = [&](std::string_view query) {
        return code_of(read_callback("https://app.example/cb" + std::string(query), kept));
    };
    BOOST_TEST(of("?tenant=1&x=%20&code=c1&state=CANARY-state") == "c1");
    BOOST_TEST(
        of("?code=c1&state=CANARY-state&tenant=1&x=%20") == "callback_redirect_uri_mismatch"
    );
    BOOST_TEST(of("?code=c1&state=CANARY-state") == "callback_redirect_uri_mismatch");
    BOOST_TEST(
        of("?tenant=2&x=%20&code=c1&state=CANARY-state") == "callback_redirect_uri_mismatch"
    );
    BOOST_TEST(of("?tenant=1&x=+&code=c1&state=CANARY-state") == "callback_redirect_uri_mismatch");
    BOOST_TEST(of("?tenant=1&x=%20code=c1&state=CANARY-state") == "callback_redirect_uri_mismatch");
    BOOST_TEST(
        of("?tenant=1&x=%201&code=c1&state=CANARY-state") == "callback_redirect_uri_mismatch"
    );
    BOOST_TEST(of("?tenant=1&x=%20") == "state_missing");
    BOOST_TEST(of("?tenant=1&x=%20&") == "state_missing");
}

BOOST_AUTO_TEST_CASE(slash_that_a_browser_adds_to_an_empty_path_is_accepted)
{
    const auto kept = pending(false, "https://app.example");
    BOOST_TEST(
        code_of(read_callback("https://app.example/?code=c1&state=CANARY-state", kept)) == "c1"
    );
    BOOST_TEST(
        code_of(read_callback("https://app.example?code=c1&state=CANARY-state", kept)) == "c1"
    );
    BOOST_TEST(
        code_of(read_callback("https://app.example//?code=c1&state=CANARY-state", kept))
        == "callback_redirect_uri_mismatch"
    );
}

// covers C-9700-9
BOOST_AUTO_TEST_CASE(fragment_is_ignored)
{
    BOOST_TEST(code_of(read("&code=c1#_=_")) == "c1");
    BOOST_TEST(code_of(read("#code=c1&access_token=CANARY")) == "code_missing");
    BOOST_TEST(
        code_of(read_callback(std::string(redirect) + "#code=c1&state=CANARY-state", pending(false))
        )
        == "state_missing"
    );
    BOOST_TEST(code_of(read("&code=c1#&code=c2&state=x")) == "c1");
}

// covers C-9207-9
BOOST_AUTO_TEST_CASE(duplicated_parameters_are_refused)
{
    for (const auto parameters :
         {"&code=c1&code=c1",
          "&code=c1&code=c2",
          "&code=c1&c%6fde=c2",
          "&code=c1&state=CANARY-state",
          "&code=c1&iss=https://as.example&iss=https://as.example",
          "&error=x&error=y",
          "&error=x&error_description=a&error_description=b",
          "&error=x&error_uri=a&error_uri=b",
          "&code=&code=c1",
          "&code=c1&code"})
        BOOST_TEST(outcome(read(parameters)) == "callback_parameter_duplicated", parameters);
    BOOST_TEST(code_of(read("&code=c1&x=1&x=2&session_state=a&session_state=b")) == "c1");
}

// covers C-21-14
BOOST_AUTO_TEST_CASE(unknown_parameters_are_ignored)
{
    BOOST_TEST(
        code_of(read("&code=c1&scope=a+b&session_state=x&Code=c2&CODE=c3&id_token=y&access_token=z")
        )
        == "c1"
    );
}

BOOST_AUTO_TEST_CASE(malformed_percent_encoding_is_refused)
{
    for (const auto parameters :
         {"&code=%", "&code=%4", "&code=%zz", "&code=c1&x=%", "&%=1&code=c1", "&code=%u0041"})
        BOOST_TEST(outcome(read(parameters)) == "callback_invalid", parameters);
}

// covers C-21-20
BOOST_AUTO_TEST_CASE(code_is_form_decoded_and_must_be_printable_and_of_bounded_length)
{
    BOOST_TEST(code_of(read("&code=a%2Fb%2Bc%3D")) == "a/b+c=");
    BOOST_TEST(code_of(read("&code=4/0AX4XfWh")) == "4/0AX4XfWh");
    BOOST_TEST(code_of(read("&code=" + std::string(4096, 'a'))) == std::string(4096, 'a'));
    BOOST_TEST(code_of(read("&code=" + std::string(4097, 'a'))) == "callback_invalid");
    for (const auto value : {"a%0ab", "a%00b", "a%0d%0aX", "%c3%a9", "%7f", "%1b"})
        BOOST_TEST(outcome(read("&code=" + std::string(value))) == "callback_invalid", value);
}

BOOST_AUTO_TEST_CASE(missing_code_is_refused)
{
    BOOST_TEST(outcome(read("")) == "code_missing");
    BOOST_TEST(outcome(read("&code=")) == "code_missing");
    BOOST_TEST(outcome(read("&code")) == "code_missing");
    BOOST_TEST(outcome(read("&error=&error_description=x")) == "code_missing");
}

BOOST_AUTO_TEST_CASE(error_wins_over_code)
{
    const auto got = read("&code=CANARY&error=server_error");
    BOOST_TEST(outcome(got) == "server_error");
    BOOST_TEST(!has(all_text(got), canary));
}

BOOST_AUTO_TEST_CASE(error_names_are_mapped_and_their_text_is_cleaned)
{
    for (const auto name :
         {"invalid_request",
          "unauthorized_client",
          "access_denied",
          "unsupported_response_type",
          "invalid_scope",
          "server_error",
          "temporarily_unavailable",
          "invalid_target"})
        BOOST_TEST(outcome(read("&error=" + std::string(name))) == name);
    for (const auto name :
         {"made_up_error", "login_required", "state_mismatch", "Access_Denied", "%20"})
        BOOST_TEST(outcome(read("&error=" + std::string(name))) == "unknown_oauth_error", name);
    const auto info = read(
                          "&error=access_denied&error_description=%1b%5B31mred%e2%80%ae%00"
                          + std::string(3000, 'x')
    )
                          .error()
                          .info();
    BOOST_TEST(info.server_message().starts_with("[31mredxxx"));
    BOOST_TEST(info.server_message().size() <= 512u);
}

// covers C-9207-2 C-9700-18 (V34: what a forged callback leaves behind)
BOOST_AUTO_TEST_CASE(genuine_callback_after_a_forged_one_still_succeeds)
{
    const auto kept = pending(true);
    BOOST_TEST(
        outcome(read_callback(back("&code=evil&iss=https://evil.example"), kept))
        == "issuer_parameter_mismatch"
    );
    BOOST_TEST(code_of(read_callback(back("&code=c1&iss=https://as.example"), kept)) == "c1");
}

BOOST_AUTO_TEST_CASE(request_and_callback_fit_together)
{
    auto found = sample_discovery();
    found.server.authorization_response_iss_parameter_supported = true;
    const auto request =
        make_authorization_request(
            found, sample_client(), redirect, authorization_options(), octets(1), octets(2), {}
        )
            .value();
    const std::string came = std::string(redirect) + "?code=c1&iss=" + form_encode(issuer)
        + "&state=" + value_of(request.where.query(), "state");
    BOOST_TEST(code_of(read_callback(came, request.pending)) == "c1");
    BOOST_TEST(state_of(came) == request.pending.state);
}

BOOST_AUTO_TEST_CASE(state_of_a_redirect_is_decoded_and_empty_unless_there_is_exactly_one)
{
    BOOST_TEST(state_of("http://h/cb?code=c&state=a%20b+c") == "a b c");
    BOOST_TEST(state_of("http://h/cb?state=a#state=b") == "a");
    BOOST_TEST(state_of("http://h/cb?state=a&state=a") == "");
    BOOST_TEST(state_of("http://h/cb?state=a&x=%") == "");
    BOOST_TEST(state_of("http://h/cb?State=a") == "");
    BOOST_TEST(state_of("http://h/cb#?state=a") == "");
    BOOST_TEST(state_of("http://h/cb") == "");
    BOOST_TEST(state_of("") == "");
}

BOOST_AUTO_TEST_CASE(redirect_uri_that_is_no_web_address_accepts_no_callback)
{
    // Nobody can have been sent there, whatever a record says.
    for (const auto kept : {"com.example.app:/cb", "com.example.app:", "no URL", ""})
    {
        for (const auto came : {"https://app.example/", "https://app.example"})
            BOOST_TEST(
                code_of(read_callback(
                    std::string(came) + "?code=c1&state=CANARY-state", pending(false, kept)
                )) == "callback_redirect_uri_mismatch",
                kept << " " << came
            );
        BOOST_TEST(
            code_of(read_callback(
                std::string(kept) + "?code=c1&state=CANARY-state", pending(false, kept)
            )) == "callback_invalid",
            kept
        );
    }
}

BOOST_AUTO_TEST_CASE(only_a_lone_slash_may_be_added_to_an_empty_path)
{
    const auto of = [](std::string_view kept, std::string_view came) {
        return code_of(
            read_callback(std::string(came) + "?code=c1&state=CANARY-state", pending(false, kept))
        );
    };
    BOOST_TEST(of("https://app.example:8443", "https://app.example:8443/") == "c1");
    BOOST_TEST(
        of("https://app.example/", "https://app.example") == "callback_redirect_uri_mismatch"
    );
    BOOST_TEST(
        of("https://app.example/cb", "https://app.example/cb/") == "callback_redirect_uri_mismatch"
    );
    BOOST_TEST(
        of("https://app.example", "https://app.exampl/") == "callback_redirect_uri_mismatch"
    );
    BOOST_TEST(
        of("https://app.example", "https://app.example/a") == "callback_redirect_uri_mismatch"
    );
}

BOOST_AUTO_TEST_SUITE_END()
