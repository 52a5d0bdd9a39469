// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr std::string_view redirect = "https://app.example/cb?tenant=1";

pending_authorization pending(bool iss_required = false)
{
    pending_authorization out;
    out.issuer = "https://as.example";
    out.iss_required = iss_required;
    out.client_id = "client-1";
    out.redirect_uri = redirect;
    out.state = "CANARY-state";
    out.code_verifier = secret("CANARY-verifier");
    return out;
}

result<secret>
read(std::string_view parameters, bool iss_required = false, std::string_view posted_to = redirect)
{
    return read_callback_form(
        posted_to, "state=CANARY-state" + std::string(parameters), pending(iss_required)
    );
}

std::string code_of(const result<secret>& r)
{
    return r ? std::string(r->reveal()) : outcome(r);
}

} // namespace

BOOST_AUTO_TEST_SUITE(callback_form)

// covers C-9207-1 C-9207-3 C-9207-4 C-9207-5
BOOST_AUTO_TEST_CASE(form_by_the_four_rows_of_the_iss_table_gives_the_code)
{
    constexpr std::string_view iss = "&iss=https%3A%2F%2Fas.example";
    BOOST_TEST(code_of(read("&code=c1" + std::string(iss), true)) == "c1");
    BOOST_TEST(code_of(read("&code=c1", true)) == "issuer_parameter_missing");
    BOOST_TEST(code_of(read("&code=c1" + std::string(iss), false)) == "c1");
    BOOST_TEST(code_of(read("&code=c1", false)) == "c1");
    for (const auto other : {"", "https%3A%2F%2Fas.example%2F", "https%3A%2F%2Fevil.example"})
    {
        const auto got = read(
            "&code=CANARY&error=access_denied&error_description=HARMFUL&iss=" + std::string(other)
        );
        BOOST_TEST(outcome(got) == "issuer_parameter_mismatch", other);
        BOOST_TEST(!has(all_text(got), canary), other);
        BOOST_TEST(!has(all_text(got), "HARMFUL"), other);
    }
}

BOOST_AUTO_TEST_CASE(form_is_checked_in_the_order_of_a_redirect)
{
    const auto of = [](std::string_view body) {
        return outcome(read_callback_form(redirect, body, pending(true)));
    };
    BOOST_TEST(of("code=%zz&state=x&state=x") == "callback_invalid");
    BOOST_TEST(of("code=c&state=x&state=x") == "callback_parameter_duplicated");
    BOOST_TEST(of("code=c&error=access_denied") == "state_missing");
    BOOST_TEST(of("code=c&state=x&error=access_denied") == "state_mismatch");
    BOOST_TEST(of("code=c&state=CANARY-state&error=access_denied") == "issuer_parameter_missing");
    const std::string good = "state=CANARY-state&iss=https%3A%2F%2Fas.example";
    BOOST_TEST(of(good + "&code=c&error=access_denied") == "access_denied");
    BOOST_TEST(of(good) == "code_missing");
    BOOST_TEST(of(good + "&code=a%0Ab") == "callback_invalid");
    BOOST_TEST(of(good + "&code=a") == "ok");
    BOOST_TEST(of("") == "state_missing");
}

BOOST_AUTO_TEST_CASE(form_at_another_place_is_refused)
{
    for (const auto place :
         {"https://app.example/cb",
          "https://app.example/cb?",
          "https://app.example/cb?tenant=2",
          "https://app.example/cb?tenant=1&x=2",
          "https://app.example/cb?tenant=1&code=c",
          "https://app.example/cb?tenant=1&state=CANARY-state",
          "https://app.example/other?tenant=1",
          "http://app.example/cb?tenant=1",
          "https://evil.example/cb?tenant=1"})
        BOOST_TEST(
            outcome(read("&code=c1", false, place)) == "callback_redirect_uri_mismatch", place
        );
    BOOST_TEST(outcome(read("&code=c1", false, "/cb?tenant=1")) == "callback_invalid");
    BOOST_TEST(
        outcome(read_callback_form(redirect, "state=x&code=c", pending_authorization()))
        == "callback_redirect_uri_mismatch"
    );
}

// covers C-9207-9
BOOST_AUTO_TEST_CASE(parameters_twice_in_a_form_are_refused)
{
    for (const auto parameters :
         {"&code=c1&code=c2",
          "&code=c1&state=CANARY-state",
          "&code=c1&iss=a&iss=a",
          "&error=&error=x"})
        BOOST_TEST(outcome(read(parameters)) == "callback_parameter_duplicated", parameters);
    BOOST_TEST(code_of(read("&code=c1&x=1&x=2")) == "c1");
}

// covers C-21-20
BOOST_AUTO_TEST_CASE(form_of_any_size_is_refused_or_read_without_showing_it)
{
    BOOST_TEST(code_of(read("&code=c1&id_token=" + std::string(32 * 1024, 'a'))) == "c1");
    const auto huge = read("&code=CANARY&x=" + std::string(64 * 1024, 'a'));
    BOOST_TEST(outcome(huge) == "callback_invalid");
    BOOST_TEST(!has(all_text(huge), canary));
    BOOST_TEST(outcome(read("&code=" + std::string(4097, 'a'))) == "callback_invalid");
}

BOOST_AUTO_TEST_CASE(state_of_a_form_is_decoded_and_empty_unless_there_is_exactly_one)
{
    BOOST_TEST(state_of_form("code=c&state=a%20b+c") == "a b c");
    BOOST_TEST(state_of_form("state=a&state=a") == "");
    BOOST_TEST(state_of_form("state=a&x=%") == "");
    BOOST_TEST(state_of_form("State=a") == "");
    BOOST_TEST(state_of_form("") == "");
    BOOST_TEST(state_of_form("state=a&x=" + std::string(64 * 1024, 'a')) == "");
}

BOOST_AUTO_TEST_SUITE_END()
