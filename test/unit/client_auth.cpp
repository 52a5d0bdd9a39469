// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <asioauth/protocol/client_auth.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using names = std::vector<std::string>;
using method = token_endpoint_auth_method;

std::string chosen(const std::optional<names>& supported, method preferred)
{
    const auto got = choose_auth_method(supported, preferred);
    return got ? std::string(name_of(*got)) : outcome(got);
}

std::string basic(std::string_view id, std::string_view password)
{
    return std::string(make_basic_credentials(id, secret(password)).reveal());
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_auth)

BOOST_AUTO_TEST_CASE(method_names_survive_a_round_trip)
{
    for (const auto m :
         {method::none,
          method::client_secret_basic,
          method::client_secret_post,
          method::client_secret_jwt,
          method::private_key_jwt,
          method::tls_client_auth,
          method::self_signed_tls_client_auth})
        BOOST_TEST((auth_method_from_name(name_of(m)) == m));
    BOOST_TEST(name_of(method::client_secret_basic) == "client_secret_basic");
}

BOOST_AUTO_TEST_CASE(unknown_and_misspelt_method_names_are_no_method)
{
    for (const auto name :
         {"",
          "None",
          "CLIENT_SECRET_BASIC",
          "windows_client_authentication",
          "private_key",
          "none "})
        BOOST_TEST(!auth_method_from_name(name), name);
}

BOOST_AUTO_TEST_CASE(preferred_method_is_chosen_where_the_server_says_nothing)
{
    BOOST_TEST(chosen(std::nullopt, method::none) == "none");
    BOOST_TEST(chosen(std::nullopt, method::client_secret_post) == "client_secret_post");
    BOOST_TEST(chosen(names(), method::none) == "none");
}

BOOST_AUTO_TEST_CASE(preferred_method_is_chosen_where_the_server_lists_it)
{
    BOOST_TEST(
        chosen(names{"client_secret_post", "none"}, method::client_secret_post)
        == "client_secret_post"
    );
    BOOST_TEST(chosen(names{"client_secret_basic", "none"}, method::none) == "none");
}

BOOST_AUTO_TEST_CASE(another_method_is_chosen_in_a_fixed_order_where_the_preferred_one_is_not_listed
)
{
    BOOST_TEST(
        chosen(names{"client_secret_post", "client_secret_basic"}, method::none)
        == "client_secret_basic"
    );
    BOOST_TEST(chosen(names{"client_secret_post"}, method::none) == "client_secret_post");
    BOOST_TEST(chosen(names{"private_key_jwt", "none"}, method::client_secret_basic) == "none");
}

BOOST_AUTO_TEST_CASE(server_that_takes_no_method_of_ours_is_refused)
{
    const auto got = choose_auth_method(names{"private_key_jwt", "tls_client_auth"}, method::none);
    BOOST_TEST(outcome(got) == "token_endpoint_auth_method_not_supported");
    BOOST_TEST(has(all_text(got), "private_key_jwt, tls_client_auth"));
}

// covers C-9700-12
BOOST_AUTO_TEST_CASE(client_with_a_key_uses_it_before_a_secret_where_the_server_takes_it)
{
    const std::vector<method> usable = {
        method::private_key_jwt,
        method::tls_client_auth,
        method::client_secret_basic,
        method::client_secret_post,
        method::none};
    const auto of = [&](const names& supported) {
        return name_of(choose_auth_method(supported, method::private_key_jwt, usable).value());
    };
    BOOST_TEST(of(names{"client_secret_basic", "none", "private_key_jwt"}) == "private_key_jwt");
    BOOST_TEST(of(names{"client_secret_basic", "none", "tls_client_auth"}) == "tls_client_auth");
    BOOST_TEST(of(names{"client_secret_post", "none"}) == "client_secret_post");
    BOOST_TEST(of(names{"none"}) == "none");
    BOOST_TEST(
        outcome(choose_auth_method(names{"client_secret_jwt"}, method::private_key_jwt, usable))
        == "token_endpoint_auth_method_not_supported"
    );
}

BOOST_AUTO_TEST_CASE(methods_are_told_apart_by_what_they_need)
{
    for (const auto m : {method::tls_client_auth, method::self_signed_tls_client_auth})
        BOOST_TEST((uses_client_certificate(m) && !uses_client_secret(m)), name_of(m));
    for (const auto m :
         {method::client_secret_basic, method::client_secret_post, method::client_secret_jwt})
        BOOST_TEST((uses_client_secret(m) && !uses_client_certificate(m)), name_of(m));
    for (const auto m : {method::none, method::private_key_jwt})
        BOOST_TEST((!uses_client_secret(m) && !uses_client_certificate(m)), name_of(m));
}

// The example of RFC 6749 section 2.3.1.
BOOST_AUTO_TEST_CASE(basic_credentials_of_the_rfc_example_are_equal)
{
    BOOST_TEST(
        basic("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw")
        == "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"
    );
}

// covers C-21-8
// catches D-7
BOOST_AUTO_TEST_CASE(basic_credentials_are_form_encoded_before_they_are_joined)
{
    // Each right-hand side is the text that must be inside the base64.
    BOOST_TEST(basic("a:b", "c") == "Basic " + base64_encode("a%3Ab:c"));
    BOOST_TEST(basic("a", "p%q") == "Basic " + base64_encode("a:p%25q"));
    BOOST_TEST(basic("a", "p+q") == "Basic " + base64_encode("a:p%2Bq"));
    BOOST_TEST(basic("a", "p q") == "Basic " + base64_encode("a:p+q"));
    BOOST_TEST(
        basic("https://c.example/id", "x")
        == "Basic " + base64_encode("https%3A%2F%2Fc.example%2Fid:x")
    );
    BOOST_TEST(basic("\xc3\xa9", "\xe2\x82\xac") == "Basic " + base64_encode("%C3%A9:%E2%82%AC"));
}

BOOST_AUTO_TEST_CASE(basic_credentials_of_nothing_are_a_lone_colon)
{
    BOOST_TEST(basic("", "") == "Basic Og==");
}

BOOST_AUTO_TEST_SUITE_END()
