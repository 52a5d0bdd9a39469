// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <asioauth/protocol/pkce.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr std::string_view unreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

// RFC 7636 appendix B.
constexpr random_octets rfc_octets = {116, 24,  223, 180, 151, 153, 224, 37,  79,  250, 96,
                                      125, 216, 173, 187, 186, 22,  212, 37,  77,  105, 214,
                                      191, 240, 91,  88,  5,   88,  83,  132, 141, 121};

} // namespace

BOOST_AUTO_TEST_SUITE(pkce)

// covers C-9700-8 C-21-13
BOOST_AUTO_TEST_CASE(verifier_and_challenge_of_the_rfc_example_are_equal)
{
    const secret verifier = make_code_verifier(rfc_octets);
    BOOST_TEST(verifier.reveal() == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    BOOST_TEST(make_code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

BOOST_AUTO_TEST_CASE(challenge_of_nothing_is_the_digest_of_nothing)
{
    BOOST_TEST(make_code_challenge(secret()) == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

// covers C-21-13
BOOST_AUTO_TEST_CASE(verifier_and_state_have_43_unreserved_characters)
{
    for (unsigned fill = 0; fill < 256; ++fill)
    {
        const auto random = octets(static_cast<std::uint8_t>(fill));
        const secret verifier = make_code_verifier(random);
        BOOST_TEST(verifier.size() == 43u);
        BOOST_TEST(verifier.reveal().find_first_not_of(unreserved) == std::string_view::npos);
        BOOST_TEST(make_state(random).size() == 43u);
        BOOST_TEST(make_state(random).find_first_not_of(unreserved) == std::string::npos);
    }
}

// covers C-9700-6 C-8252-6
BOOST_AUTO_TEST_CASE(a_hundred_thousand_values_from_the_system_are_all_different)
{
    std::set<random_octets> seen;
    for (int i = 0; i < 100000; ++i)
    {
        const auto random = system_entropy();
        BOOST_REQUIRE(random.has_value());
        if (!seen.insert(*random).second)
            BOOST_FAIL("a value came twice");
    }
    BOOST_TEST(seen.size() == 100000u);
}

BOOST_AUTO_TEST_CASE(different_octets_make_different_values_in_every_position)
{
    std::set<std::string> states;
    states.insert(make_state(random_octets()));
    for (std::size_t i = 0; i < 32; ++i)
    {
        random_octets random{};
        random[i] = 1;
        states.insert(make_state(random));
    }
    BOOST_TEST(states.size() == 33u);
}

BOOST_AUTO_TEST_SUITE_END()
