// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Keys and signatures for which OpenSSL gets no memory once, wherever it asks for some: that is never
// a signature that is wrong, or a key that is not to be used.

#include "faults/support/each_failure.hpp"
#include "faults/support/failing_crypto.hpp"
#include "protocol/jose_key.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace asioauth {
namespace {

using namespace test;

constexpr std::string_view text = "what is signed";

// @param works says whether all was as it should be
void in_want_of_memory(std::string_view what, const std::function<bool()>& works)
{
    BOOST_TEST_REQUIRE(!failing_crypto::came_too_late());
    BOOST_TEST_REQUIRE(works(), what); // what is made once for all is there now
    bool well = false;
    const auto once = [&] {
        well = true; // without memory it may throw
        well = works();
    };
    const auto fault = [&] { return std::string(well ? "" : "it is not as it should be"); };
    BOOST_TEST(each_failure(openssl_memory(), what, once, fault) > 0U, what);
}

BOOST_AUTO_TEST_SUITE(failing_signatures)

BOOST_AUTO_TEST_CASE(without_memory_nothing_is_said_of_a_signature_or_a_key)
{
    for (const auto algorithm :
         {jws_algorithm::es256,
          jws_algorithm::es384,
          jws_algorithm::es512,
          jws_algorithm::eddsa,
          jws_algorithm::rs256,
          jws_algorithm::ps256})
    {
        const auto& with = detail::traits_of(algorithm);
        const auto key = signing_key::generate(algorithm);
        BOOST_TEST_REQUIRE(key.has_value());
        EVP_PKEY* const raw = key->shared()->key.get();
        const auto signature = detail::sign_octets(raw, with, text);
        BOOST_TEST_REQUIRE(signature.has_value());
        const std::string name(with.name);

        in_want_of_memory(name + " signs", [&] {
            return detail::sign_octets(raw, with, text).has_value();
        });
        in_want_of_memory(name + " verifies", [&] {
            return detail::signature_fits(raw, with, text, *signature);
        });
        // However little memory there is, what does not fit never does.
        in_want_of_memory(name + " refuses", [&] {
            return !detail::signature_fits(raw, with, "something else", *signature);
        });
        if (algorithm != jws_algorithm::rs256 && algorithm != jws_algorithm::ps256) // takes long
            in_want_of_memory(name + " gets a key", [&] {
                const auto made = signing_key::generate(algorithm);
                return made.has_value() || made.error().code() == errc::out_of_memory;
            });
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
