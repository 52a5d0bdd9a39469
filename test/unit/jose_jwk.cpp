// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/jose_jwk.hpp"

#include "base/json_reader.hpp"
#include "jose_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace asioauth;
using namespace asioauth::test;
using detail::jwk_members;
using detail::key_kind;

BOOST_AUTO_TEST_SUITE(jose_jwk)

namespace {

result<jwk_members> read(std::string_view text)
{
    return jwk_members::read_private(text);
}

jwk_members public_members(std::string_view text)
{
    return jwk_members::of(detail::json_object::parse(text).value().raw());
}

detail::openssl_ptr<EVP_PKEY> public_half(std::string_view jwk)
{
    return std::move(detail::load_public_key(public_members(jwk)).value().value);
}

EVP_PKEY* raw(const signing_key& key)
{
    return key.shared()->key.get();
}

const signing_key& key_of(key_kind kind)
{
    static const std::vector<signing_key> keys = [] {
        std::vector<signing_key> out;
        for (const key_kind k :
             {key_kind::rsa, key_kind::p256, key_kind::p384, key_kind::p521, key_kind::ed25519})
            out.push_back(key_for(detail::default_algorithm(k)));
        return out;
    }();
    return keys.at(static_cast<std::size_t>(kind));
}

constexpr std::array all_kinds{
    key_kind::rsa, key_kind::p256, key_kind::p384, key_kind::p521, key_kind::ed25519};

} // namespace

BOOST_AUTO_TEST_CASE(members_are_taken_from_strings_alone)
{
    for (const auto* const value :
         {"true",
          "false",
          "null",
          "7",
          "-7",
          "18446744073709551615",
          "-9223372036854775808",
          "1.5",
          "-1e300",
          "[]",
          "{}",
          "[\"CANARY\"]",
          "[true,false,null,1,18446744073709551615,1e2]",
          R"({"kty":"CANARY","d":"CANARY"})"})
    {
        for (const auto* const name : {"kty", "crv", "x", "n", "d", "p", "qi", "use"})
        {
            const auto got =
                read("{\"" + std::string(name) + "\":" + value + R"(,"y":"kept","kid":"k"})");
            BOOST_REQUIRE_MESSAGE(got.has_value(), name << " " << value);
            const auto& [kty, crv, use, n, e, x] =
                std::tie(got->kty, got->crv, got->use, got->n, got->e, got->x);
            BOOST_TEST((kty + crv + use + n + e + x).empty(), name << " " << value);
            BOOST_TEST(got->d.empty());
            BOOST_TEST(got->p.empty());
            BOOST_TEST(got->qi.empty());
            BOOST_TEST(got->y == "kept");
            BOOST_TEST(got->kid.value_or("") == "k");
        }
        const auto named =
            read("{\"kid\":" + std::string(value) + ",\"alg\":" + std::string(value) + "}");
        BOOST_REQUIRE(named.has_value());
        BOOST_TEST(!named->kid.has_value());
        BOOST_TEST(!named->alg.has_value());
    }
}

BOOST_AUTO_TEST_CASE(names_and_values_may_be_written_with_escapes)
{
    const auto got =
        read(R"({"\u006bty":"\u0045C","\u0064":"a\u0062c","k\u0069d":"\ud83d\ude00"})");
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->kty == "EC");
    BOOST_TEST(got->d.reveal() == "abc");
    BOOST_TEST(got->kid.value_or("") == "\xf0\x9f\x98\x80");
    // However it is written, it is the same member.
    BOOST_TEST(outcome(read(R"({"d":"a","\u0064":"b"})")) == "key_invalid");
}

BOOST_AUTO_TEST_CASE(long_values_are_read_whole)
{
    const std::string n(20'000, 'n');
    const std::string d(20'000, 'd');
    const auto got = read(R"({"n":")" + n + R"(","d":")" + d + R"("})");
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->n == n);
    BOOST_TEST(got->d.reveal() == d);
}

BOOST_AUTO_TEST_CASE(members_below_the_first_level_mean_nothing)
{
    const auto got =
        read(R"({"a":{"d":"x","kty":"x","oth":[],"key_ops":["x"]},"b":["x",{"d":"x","d":"y"}],)"
             R"("kty":"EC","d":"own"})");
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->kty == "EC");
    BOOST_TEST(got->d.reveal() == "own");
    BOOST_TEST(!got->more_primes);
    BOOST_TEST(!got->key_ops.has_value());
}

BOOST_AUTO_TEST_CASE(operations_are_a_list_of_strings)
{
    const auto operations = [](std::string_view json) {
        const auto text = R"({"key_ops":)" + std::string(json) + "}";
        const auto listed = [](const jwk_members& m) {
            if (!m.key_ops)
                return std::string("(any)");
            std::string out;
            for (const auto& one : *m.key_ops)
                out += one + ";";
            return out;
        };
        const auto as_private = listed(read(text).value());
        BOOST_TEST(listed(public_members(text)) == as_private, json);
        return as_private;
    };
    BOOST_TEST(operations("[]").empty());
    BOOST_TEST(operations(R"(["sign"])") == "sign;");
    BOOST_TEST(operations(R"(["sign",7,null,true,1.5,"verify"])") == "sign;verify;");
    BOOST_TEST(operations(R"([["sign"],{"a":"sign"}])").empty());
    BOOST_TEST(operations(R"("sign")") == "(any)");
    BOOST_TEST(operations(R"({"a":"sign"})") == "(any)");
    BOOST_TEST(operations("null") == "(any)");
}

BOOST_AUTO_TEST_CASE(use_and_operations_have_to_allow_what_is_done)
{
    const auto may = [](std::string_view text) {
        const auto members = read(text).value();
        return std::string(members.may("sign") ? "sign " : "")
            + (members.may("verify") ? "verify" : "");
    };
    BOOST_TEST(may("{}") == "sign verify");
    BOOST_TEST(may(R"({"use":"sig"})") == "sign verify");
    BOOST_TEST(may(R"({"use":"enc"})").empty());
    BOOST_TEST(may(R"({"use":"sig","key_ops":["sign"]})") == "sign ");
    BOOST_TEST(may(R"({"key_ops":["deriveKey","verify"]})") == "verify");
    BOOST_TEST(may(R"({"use":"enc","key_ops":["sign","verify"]})").empty());
}

BOOST_AUTO_TEST_CASE(more_primes_are_a_list)
{
    BOOST_TEST(read(R"({"oth":[]})")->more_primes);
    BOOST_TEST(read(R"({"oth":[{"r":"a","d":"b","t":"c"}]})")->more_primes);
    for (const auto* const value : {"\"x\"", "{}", "7", "null"})
        BOOST_TEST(!read(R"({"oth":)" + std::string(value) + "}")->more_primes, value);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_object_is_refused_without_a_trace_of_it)
{
    for (const auto* const text :
         {"",
          " ",
          "null",
          "true",
          "7",
          "\"CANARY\"",
          "[]",
          "[{}]",
          "{",
          R"({"d":"CANARY)",
          R"({"d":"CANARY"} x)",
          R"({"d":"CANARY",})",
          R"({"d":"CANARY"/**/})",
          R"({"d":1,"a":CANARY})",
          R"({"a":[[[[1]]]],"d":"CANARY"})"})
    {
        const auto got = read(text);
        BOOST_TEST(outcome(got) == "key_invalid", text);
        BOOST_TEST(has(all_text(got), "The JWK is not a JSON object."), text);
        BOOST_TEST(!has(all_text(got), canary), text);
    }
    BOOST_TEST(outcome(read(R"({"a":[[[1]]]})")) == "ok");
    BOOST_TEST(has(all_text(read(R"({"a":1,"a":2})")), "A member of the JWK occurs twice."));
}

BOOST_AUTO_TEST_CASE(private_members_of_a_public_key_are_not_looked_at)
{
    const auto got = public_members(R"({"kty":"RSA","n":"a","e":"b","d":"x","p":"y","oth":[]})");
    BOOST_TEST(got.kty == "RSA");
    BOOST_TEST(got.n == "a");
    BOOST_TEST(got.e == "b");
    BOOST_TEST(got.d.empty());
    BOOST_TEST(got.p.empty());
    BOOST_TEST(!got.more_primes);
}

BOOST_AUTO_TEST_CASE(public_keys_are_written_as_they_were_read)
{
    for (const key_kind kind : all_kinds)
    {
        const auto& key = key_of(kind);
        const auto jwk = key.bare_public_jwk();
        auto loaded = detail::load_public_key(public_members(jwk));
        BOOST_REQUIRE(loaded.has_value());
        BOOST_TEST((loaded->kind == kind));
        BOOST_TEST((detail::kind_of(loaded->value.get()) == kind));
        BOOST_TEST(detail::is_sound(loaded->value.get(), kind));
        BOOST_TEST(detail::write_bare_jwk(loaded->value.get(), kind).value_or("") == jwk);
    }
}

BOOST_AUTO_TEST_CASE(public_half_has_no_private_members_to_write)
{
    for (const key_kind kind : all_kinds)
    {
        const auto half = public_half(key_of(kind).bare_public_jwk());
        BOOST_TEST(!detail::write_private_members(half.get(), kind).has_value());
        BOOST_TEST(detail::write_private_members(raw(key_of(kind)), kind).has_value());
    }
}

BOOST_AUTO_TEST_CASE(key_is_not_written_as_one_of_another_kind)
{
    for (const key_kind kind : all_kinds)
    {
        for (const key_kind other : all_kinds)
        {
            // What fits into a wider curve is for the caller to know.
            if (kind == other || (kind == key_kind::p256 && other != key_kind::rsa)
                || (kind == key_kind::p384 && other == key_kind::p521))
                continue;
            BOOST_TEST(!detail::write_bare_jwk(raw(key_of(kind)), other).has_value());
        }
    }
    BOOST_TEST(!detail::write_private_members(raw(key_of(key_kind::p521)), key_kind::p256));
    BOOST_TEST(!detail::write_private_members(raw(key_of(key_kind::p256)), key_kind::ed25519));
    BOOST_TEST(!detail::write_private_members(raw(key_of(key_kind::p256)), key_kind::rsa));
    BOOST_TEST(!detail::write_private_members(raw(key_of(key_kind::rsa)), key_kind::p256));
}

BOOST_AUTO_TEST_CASE(kind_of_a_key_is_known_by_either_name_of_its_curve_and_of_no_other)
{
    const auto kind = [](const char* type, const char* curve) {
        const detail::openssl_ptr<EVP_PKEY> made(
            curve == nullptr ? EVP_PKEY_Q_keygen(nullptr, nullptr, type)
                             : EVP_PKEY_Q_keygen(nullptr, nullptr, type, curve)
        );
        BOOST_REQUIRE(made != nullptr);
        return detail::kind_of(made.get());
    };
    BOOST_TEST((kind("EC", "P-256") == key_kind::p256));
    BOOST_TEST((kind("EC", "prime256v1") == key_kind::p256));
    BOOST_TEST((kind("EC", "P-384") == key_kind::p384));
    BOOST_TEST((kind("EC", "secp384r1") == key_kind::p384));
    BOOST_TEST((kind("EC", "P-521") == key_kind::p521));
    BOOST_TEST((kind("EC", "secp521r1") == key_kind::p521));
    BOOST_TEST((kind("ED25519", nullptr) == key_kind::ed25519));
    for (const char* other : {"secp256k1", "P-224", "brainpoolP256r1"})
        BOOST_TEST(!kind("EC", other).has_value(), other);
    for (const char* other : {"ED448", "X25519", "X448"})
        BOOST_TEST(!kind(other, nullptr).has_value(), other);
}

BOOST_AUTO_TEST_CASE(key_signs_with_no_algorithm_of_another_kind)
{
    for (const key_kind kind : all_kinds)
    {
        const auto& own = detail::traits_of(detail::default_algorithm(kind));
        const auto& key = key_of(kind);
        const auto signature = detail::sign_octets(raw(key), own, "text");
        BOOST_REQUIRE(signature.has_value());
        BOOST_TEST(detail::signature_fits(raw(key), own, "text", *signature));
        BOOST_TEST(!detail::signature_fits(raw(key), own, "other", *signature));
        BOOST_TEST(!detail::signature_fits(raw(key), own, "text", *signature + 'x'));
        BOOST_TEST(!detail::signature_fits(raw(key), own, "text", ""));
        for (const key_kind other : all_kinds)
        {
            // Ed25519 names no digest, and every other kind of key has a usual one.
            if (kind == other || other == key_kind::ed25519)
                continue;
            const auto& traits = detail::traits_of(detail::default_algorithm(other));
            BOOST_TEST(!detail::signature_fits(raw(key), traits, "text", *signature));
        }
    }
    const auto sign = [](key_kind kind, jws_algorithm a) {
        return detail::sign_octets(raw(key_of(kind)), detail::traits_of(a), "text").has_value();
    };
    BOOST_TEST(!sign(key_kind::p256, jws_algorithm::rs256));
    BOOST_TEST(!sign(key_kind::p256, jws_algorithm::ps256));
    BOOST_TEST(!sign(key_kind::p521, jws_algorithm::es256)); // its numbers are too wide
    BOOST_TEST(!sign(key_kind::rsa, jws_algorithm::es256));
    BOOST_TEST(!sign(key_kind::ed25519, jws_algorithm::rs256));
    BOOST_TEST(!sign(key_kind::ed25519, jws_algorithm::es256));
}

BOOST_AUTO_TEST_CASE(public_half_verifies_and_cannot_sign)
{
    for (const key_kind kind : all_kinds)
    {
        const auto& traits = detail::traits_of(detail::default_algorithm(kind));
        const auto half = public_half(key_of(kind).bare_public_jwk());
        const auto signature = detail::sign_octets(raw(key_of(kind)), traits, "text");
        BOOST_TEST(detail::signature_fits(half.get(), traits, "text", signature.value()));
        BOOST_TEST(!detail::sign_octets(half.get(), traits, "text").has_value());
    }
}

BOOST_AUTO_TEST_CASE(kinds_have_the_sizes_and_names_of_the_standards)
{
    BOOST_TEST(detail::coordinate_size(key_kind::rsa) == 0U);
    BOOST_TEST(detail::curve_name(key_kind::rsa).empty());
    BOOST_TEST(detail::coordinate_size(key_kind::p256) == 32U);
    BOOST_TEST(detail::curve_name(key_kind::p256) == "P-256");
    BOOST_TEST(detail::coordinate_size(key_kind::p384) == 48U);
    BOOST_TEST(detail::curve_name(key_kind::p384) == "P-384");
    BOOST_TEST(detail::coordinate_size(key_kind::p521) == 66U);
    BOOST_TEST(detail::curve_name(key_kind::p521) == "P-521");
    BOOST_TEST(detail::coordinate_size(key_kind::ed25519) == 32U);
    BOOST_TEST(detail::curve_name(key_kind::ed25519) == "Ed25519");
    BOOST_TEST(detail::coordinate_size(static_cast<key_kind>(99)) == 0U);
    BOOST_TEST(detail::curve_name(static_cast<key_kind>(99)).empty());
}

BOOST_AUTO_TEST_CASE(algorithm_that_is_asked_for_may_be_the_one_that_the_key_names)
{
    const auto named = p256_private_jwk(R"(,"alg":"ES256")");
    BOOST_TEST(outcome(signing_key::from_jwk(named, jws_algorithm::es256)) == "ok");
    const auto rsa = rsa_private_jwk(R"(,"alg":"PS256")");
    BOOST_TEST(
        (signing_key::from_jwk(rsa, jws_algorithm::ps256)->algorithm() == jws_algorithm::ps256)
    );
    BOOST_TEST(outcome(signing_key::from_jwk(rsa, jws_algorithm::rs256)) == "key_invalid");
}

BOOST_AUTO_TEST_CASE(public_key_with_any_mistake_is_refused)
{
    const auto refused = [](std::string_view jwk) {
        const auto got = detail::load_public_key(public_members(jwk));
        return got ? std::string("taken") : got.error().info().message();
    };
    const std::string ed = joined(rfc8037_public, "}");
    BOOST_TEST(refused(ed) == "taken");
    BOOST_TEST(refused(R"({"kty":"OKP","crv":"Ed25519"})").starts_with("The public half"));
    BOOST_TEST(
        refused(R"({"kty":"OKP","crv":"X25519","x":"AA"})").starts_with("The key is of a type")
    );
    BOOST_TEST(
        refused(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})").starts_with("A coordinate")
    );
    BOOST_TEST(refused(R"({"kty":"EC"})").starts_with("The key is of a type"));
    BOOST_TEST(refused(R"({"kty":"RSA","n":"AQAB"})").starts_with("A member of the RSA key"));
    BOOST_TEST(refused(R"({"kty":"RSA","e":"AQAB"})").starts_with("A member of the RSA key"));
    BOOST_TEST(refused(R"({"kty":"RSA","n":"A","e":"AQAB"})").starts_with("A member of the RSA key")
    );
    BOOST_TEST(refused(R"({"kty":"RSA","n":"AQAA","e":"AQAB"})").starts_with("Modulus or exponent")
    );
    // An exponent of 65 bits.
    BOOST_TEST(refused(joined(
                           rfc7515_rsa_public.substr(0, rfc7515_rsa_public.rfind("AQAB")),
                           "AQAAAAAAAAAB\"}"
                       ))
                   .starts_with("Modulus or exponent"));
    BOOST_TEST(refused(R"({"kty":"RSA","n":"AQAB","e":"AQAB"})").starts_with("The RSA key has not")
    );
}

BOOST_AUTO_TEST_SUITE_END()
