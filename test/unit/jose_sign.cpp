// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "jose_fixture.hpp"
#include "protocol/jose_key.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace asioauth;
using namespace asioauth::test;

namespace {

bool fits(const signing_key& key, std::string_view token)
{
    const auto dot = token.rfind('.');
    const auto signature = base64url_decode(token.substr(dot + 1));
    return signature
        && detail::signature_fits(
               key.shared()->key.get(),
               detail::traits_of(key.algorithm()),
               token.substr(0, dot),
               *signature
        );
}

} // namespace

BOOST_AUTO_TEST_SUITE(jose_sign)

BOOST_AUTO_TEST_CASE(every_algorithm_signs_what_it_then_accepts_and_nothing_else)
{
    for (const jws_algorithm a : all_algorithms)
    {
        const signing_key key = key_for(a);
        const auto token = sign_jwt(key, "JWT", R"({"a": 1})");
        BOOST_REQUIRE_MESSAGE(token.has_value(), outcome(token));
        std::string text(token->reveal());
        BOOST_TEST(std::count(text.begin(), text.end(), '.') == 2);
        BOOST_TEST(fits(key, text), name_of(a));
        BOOST_TEST(decoded_part(text, 1) == R"({"a": 1})");
        const auto dot = text.find('.');
        text[dot + 2] = text[dot + 2] == 'a' ? 'b' : 'a';
        BOOST_TEST(!fits(key, text), name_of(a));
    }
}

BOOST_AUTO_TEST_CASE(signatures_have_the_width_of_their_algorithm)
{
    for (const auto& [a, width] : std::vector<std::pair<jws_algorithm, std::size_t>>{
             {jws_algorithm::es256, 64},
             {jws_algorithm::es384, 96},
             {jws_algorithm::es512, 132},
             {jws_algorithm::eddsa, 64},
             {jws_algorithm::rs256, 256},
             {jws_algorithm::ps512, 256}})
    {
        const signing_key key = key_for(a);
        // Often enough that numbers with leading zeros occur, which OpenSSL writes shorter.
        for (int i = 0; i != 300; ++i)
        {
            const auto signature =
                detail::sign_octets(key.shared()->key.get(), detail::traits_of(a), "x");
            BOOST_REQUIRE(signature.value().size() == width);
            if (width == 256)
                break;
        }
    }
}

BOOST_AUTO_TEST_CASE(header_says_type_algorithm_and_key)
{
    signing_key key = key_for(jws_algorithm::es256);
    key.key_id("k\"1");
    BOOST_TEST(
        decoded_part(sign_jwt(key, "a\"b", "{}")->reveal(), 0)
        == R"({"typ":"a\"b","alg":"ES256","kid":"k\"1"})"
    );
    BOOST_TEST(
        decoded_part(sign_jwt(key, "", "{}")->reveal(), 0) == R"({"alg":"ES256","kid":"k\"1"})"
    );
    BOOST_TEST(
        decoded_part(sign_jwt(key, "dpop+jwt", "{}", true)->reveal(), 0)
        == R"({"typ":"dpop+jwt","alg":"ES256","jwk":)" + key.bare_public_jwk() + "}"
    );
    key.key_id("");
    BOOST_TEST(decoded_part(sign_jwt(key, "", "{}")->reveal(), 0) == R"({"alg":"ES256"})");
}

BOOST_AUTO_TEST_CASE(claims_that_are_no_json_object_are_not_signed)
{
    const signing_key key = key_for(jws_algorithm::es256);
    for (const std::string_view claims :
         {"", "[]", "1", "\"a\"", "{", "{}{}", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}", "null"})
    {
        BOOST_TEST(outcome(sign_jwt(key, "JWT", claims)) == "invalid_argument", claims);
        BOOST_TEST(outcome(sign_jwt(secret("s"), "JWT", claims)) == "invalid_argument", claims);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_signed_without_a_key)
{
    BOOST_TEST(outcome(sign_jwt(signing_key(), "JWT", "{}")) == "key_invalid");
    BOOST_TEST(outcome(sign_jwt(secret(), "JWT", "{}")) == "key_invalid");
}

BOOST_AUTO_TEST_CASE(ed25519_signature_is_the_one_of_rfc_8037)
{
    const auto key = signing_key::from_jwk(secret(joined(rfc8037_public, rfc8037_d, "}")));
    const auto signature = detail::sign_octets(
        key->shared()->key.get(), detail::traits_of(jws_algorithm::eddsa), rfc8037_signed
    );
    BOOST_TEST(base64url_encode(signature.value()) == rfc8037_signature);
}

BOOST_AUTO_TEST_CASE(rs256_signature_is_the_one_of_rfc_7515)
{
    const auto key = signing_key::from_jwk(rsa_private_jwk());
    const auto dot = rfc7515_rs256.rfind('.');
    const auto signature = detail::sign_octets(
        key->shared()->key.get(),
        detail::traits_of(jws_algorithm::rs256),
        rfc7515_rs256.substr(0, dot)
    );
    BOOST_TEST(base64url_encode(signature.value()) == rfc7515_rs256.substr(dot + 1));
}

BOOST_AUTO_TEST_CASE(hs256_mac_is_the_one_of_rfc_7515)
{
    const auto key = base64url_decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
    );
    const std::string head = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.";
    BOOST_TEST(
        base64url_encode(detail::hmac_sha256(*key, head + base64url_encode(rfc7515_claims)))
        == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    const auto token = sign_jwt(secret(*key), "JWT", rfc7515_claims);
    BOOST_TEST(decoded_part(token->reveal(), 0) == R"({"typ":"JWT","alg":"HS256"})");
    BOOST_TEST(decoded_part(token->reveal(), 1) == rfc7515_claims);
    const auto dot = token->reveal().rfind('.');
    BOOST_TEST(
        base64url_encode(detail::hmac_sha256(*key, token->reveal().substr(0, dot)))
        == token->reveal().substr(dot + 1)
    );
}

BOOST_AUTO_TEST_CASE(claims_are_read_without_a_check)
{
    BOOST_TEST(unverified_claims(rfc7515_es256).value() == rfc7515_claims);
    BOOST_TEST(
        unverified_claims("." + base64url_encode(R"({"exp":1})") + ".").value() == R"({"exp":1})"
    );
    for (const std::string& token :
         {std::string(),
          std::string("a.b"),
          std::string("a.e30"),
          std::string("a.e30.c.d"),
          std::string("a.e30=.c"),
          std::string("a.e31.c"),
          std::string("a.YQ.c"),
          std::string("opaque"),
          std::string(rfc7515_es512),
          "a." + base64url_encode(R"({"a":1,"a":2})") + ".c",
          "a." + base64url_encode("[]") + ".c",
          "a.e30." + std::string(65536, 'a')})
        BOOST_TEST(outcome(unverified_claims(token)) == "jwt_malformed", token.substr(0, 40));
}

BOOST_AUTO_TEST_SUITE_END()
