// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "jose_fixture.hpp"
#include "protocol/jose_jwk.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstring>

using namespace asioauth;
using namespace asioauth::test;
using detail::openssl_ptr;

namespace {

openssl_ptr<EVP_PKEY> fresh(const char* type, const char* curve = nullptr, std::size_t bits = 2048)
{
    const std::string_view kind(type);
    EVP_PKEY* key = kind == "EC"  ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, curve)
        : kind.starts_with("RSA") ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, bits)
                                  : EVP_PKEY_Q_keygen(nullptr, nullptr, type);
    BOOST_REQUIRE(key != nullptr);
    return openssl_ptr<EVP_PKEY>(key);
}

std::string content(BIO* memory)
{
    char* at = nullptr;
    const long size = BIO_get_mem_data(memory, &at);
    return std::string(at, static_cast<std::size_t>(size));
}

enum class form
{
    pkcs8,
    traditional,
    public_half
};

secret pem_of(EVP_PKEY* key, form f = form::pkcs8, const char* password = nullptr)
{
    const openssl_ptr<BIO> memory(BIO_new(BIO_s_mem()));
    const EVP_CIPHER* cipher = password != nullptr ? EVP_aes_128_cbc() : nullptr;
    const auto* word = reinterpret_cast<const unsigned char*>(password);
    const int length = password != nullptr ? static_cast<int>(std::strlen(password)) : 0;
    int done = 0;
    if (f == form::public_half)
        done = PEM_write_bio_PUBKEY(memory.get(), key);
    else if (f == form::traditional)
        done = PEM_write_bio_PrivateKey_traditional(
            memory.get(), key, cipher, word, length, nullptr, nullptr
        );
    else
        done = PEM_write_bio_PKCS8PrivateKey(
            memory.get(), key, cipher, password, length, nullptr, nullptr
        );
    BOOST_REQUIRE(done == 1);
    return secret(content(memory.get()));
}

// How a key from PEM signs, or what is wrong.
std::string read_pem(const secret& pem, std::optional<jws_algorithm> a = std::nullopt)
{
    const auto key = signing_key::from_pem(pem, a);
    return key ? std::string(name_of(key->algorithm())) : outcome(key);
}

std::string read_jwk(std::string_view jwk, std::optional<jws_algorithm> a = std::nullopt)
{
    const auto key = signing_key::from_jwk(secret(jwk), a);
    return key ? std::string(name_of(key->algorithm())) : outcome(key);
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    const auto at = text.find(what);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

std::string p256_jwk(std::string_view more = "")
{
    return std::string(p256_private_jwk(more).reveal());
}

std::string thumbprint_of(std::string_view public_jwk)
{
    const auto members =
        detail::jwk_members::of(detail::json_object::parse(public_jwk).value().raw());
    const auto loaded = detail::load_public_key(members);
    BOOST_REQUIRE(loaded.has_value());
    const auto bare = detail::write_bare_jwk(loaded->value.get(), loaded->kind);
    return base64url_encode(detail::digest_of("SHA256", bare.value()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(jose_key)

BOOST_AUTO_TEST_CASE(every_algorithm_has_its_name_and_no_other_is_known)
{
    for (const jws_algorithm a : all_algorithms)
        BOOST_TEST((jws_algorithm_from_name(name_of(a)) == a), name_of(a));
    BOOST_TEST((jws_algorithm_from_name("Ed25519") == jws_algorithm::eddsa));
    for (const std::string_view name :
         {"",
          "none",
          "None",
          "NONE",
          "HS256",
          "HS384",
          "HS512",
          "rs256",
          "es256",
          "RS1",
          "ES256K",
          "EDDSA",
          "Ed448",
          "RSA-OAEP",
          "RS256 ",
          "dir"})
        BOOST_TEST(!jws_algorithm_from_name(name).has_value(), name);
}

BOOST_AUTO_TEST_CASE(generated_keys_are_of_the_kind_their_algorithm_needs)
{
    for (const auto& [algorithm, members] : std::vector<std::pair<jws_algorithm, std::string_view>>{
             {jws_algorithm::es256, R"({"crv":"P-256","kty":"EC","x":")"},
             {jws_algorithm::es384, R"({"crv":"P-384","kty":"EC","x":")"},
             {jws_algorithm::es512, R"({"crv":"P-521","kty":"EC","x":")"},
             {jws_algorithm::eddsa, R"({"crv":"Ed25519","kty":"OKP","x":")"},
             {jws_algorithm::rs256, R"({"e":"AQAB","kty":"RSA","n":")"}})
    {
        const auto key = signing_key::generate(algorithm);
        BOOST_REQUIRE(key.has_value());
        BOOST_TEST((key->algorithm() == algorithm));
        BOOST_TEST(key->bare_public_jwk().starts_with(members), key->bare_public_jwk());
        BOOST_TEST(key->key_id() == key->thumbprint());
        BOOST_TEST(key->thumbprint().size() == 43u);
        if (algorithm == jws_algorithm::rs256)
        {
            BOOST_TEST(EVP_PKEY_get_bits(key->shared()->key.get()) == 3072);
            continue;
        }
        const auto other = signing_key::generate(algorithm);
        BOOST_TEST(other->thumbprint() != key->thumbprint());
    }
}

BOOST_AUTO_TEST_CASE(pem_of_every_form_is_read)
{
    for (const auto& [curve, name] : std::vector<std::pair<const char*, std::string_view>>{
             {"P-256", "ES256"}, {"P-384", "ES384"}, {"P-521", "ES512"}})
    {
        const auto key = fresh("EC", curve);
        BOOST_TEST(read_pem(pem_of(key.get())) == name);
        BOOST_TEST(read_pem(pem_of(key.get(), form::traditional)) == name);
    }
    const auto rsa = fresh("RSA");
    BOOST_TEST(read_pem(pem_of(rsa.get())) == "RS256");
    BOOST_TEST(read_pem(pem_of(rsa.get(), form::traditional)) == "RS256");
    BOOST_TEST(read_pem(pem_of(rsa.get()), jws_algorithm::ps384) == "PS384");
    BOOST_TEST(read_pem(pem_of(fresh("ED25519").get())) == "EdDSA");
    // `openssl ecparam -genkey` writes the parameters in front of the key.
    const auto ec = fresh("EC", "P-256");
    const std::string parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    const auto both = joined(parameters, pem_of(ec.get(), form::traditional).reveal());
    BOOST_TEST(read_pem(secret(both)) == "ES256");
    // Text around the block is allowed by RFC 7468 section 2 and common in practice.
    const auto amid = joined("Bag Attributes: x\n", pem_of(ec.get()).reveal(), "\nend\n");
    BOOST_TEST(read_pem(secret(amid)) == "ES256");
}

BOOST_AUTO_TEST_CASE(pem_that_holds_no_usable_private_key_is_refused)
{
    const auto ec = fresh("EC", "P-256");
    const auto pem = pem_of(ec.get());
    BOOST_TEST(read_pem(secret()) == "key_invalid");
    BOOST_TEST(read_pem(secret("CANARY no pem")) == "key_invalid");
    BOOST_TEST(read_pem(secret(std::string(65 * 1024, 'a'))) == "key_invalid");
    BOOST_TEST(read_pem(secret(pem.reveal().substr(0, pem.size() / 2))) == "key_invalid");
    BOOST_TEST(read_pem(pem_of(ec.get(), form::public_half)) == "key_invalid");
    BOOST_TEST(read_pem(pem_of(fresh("RSA", nullptr, 1024).get())) == "key_invalid");
    BOOST_TEST(read_pem(pem_of(fresh("RSA", nullptr, 2040).get())) == "key_invalid");
    BOOST_TEST(read_pem(pem_of(fresh("EC", "secp256k1").get())) == "key_invalid");
    BOOST_TEST(read_pem(pem_of(fresh("EC", "P-224").get())) == "key_invalid");
    BOOST_TEST(read_pem(pem_of(fresh("X25519").get())) == "key_invalid");
    BOOST_TEST(read_pem(pem_of(fresh("ED448").get())) == "key_invalid");
    // Wrong kind or curve for the algorithm.
    BOOST_TEST(read_pem(pem, jws_algorithm::es384) == "key_invalid");
    BOOST_TEST(read_pem(pem, jws_algorithm::eddsa) == "key_invalid");
    BOOST_TEST(read_pem(pem, jws_algorithm::rs256) == "key_invalid");
    BOOST_TEST(read_pem(pem_of(fresh("RSA").get()), jws_algorithm::es256) == "key_invalid");
}

BOOST_AUTO_TEST_CASE(encrypted_pem_is_refused_without_asking_for_a_password)
{
    const auto key = fresh("EC", "P-256");
    for (const form f : {form::pkcs8, form::traditional})
    {
        const auto got = signing_key::from_pem(pem_of(key.get(), f, "sesame"));
        BOOST_TEST(outcome(got) == "key_invalid");
        BOOST_TEST(has(all_text(got), "The key is encrypted"), all_text(got));
    }
}

BOOST_AUTO_TEST_CASE(private_jwk_brings_algorithm_and_key_id_along)
{
    const auto key = signing_key::from_jwk(p256_private_jwk(R"(,"kid":"k \" 1","alg":"ES256")"));
    BOOST_REQUIRE(key.has_value());
    BOOST_TEST((key->algorithm() == jws_algorithm::es256));
    BOOST_TEST(key->key_id() == "k \" 1");
    const auto plain = signing_key::from_jwk(p256_private_jwk());
    BOOST_TEST(plain->key_id() == plain->thumbprint());
    BOOST_TEST(signing_key::from_jwk(p256_private_jwk(R"(,"kid":"")"))->key_id().empty());
    BOOST_TEST(read_jwk(rsa_private_jwk().reveal()) == "RS256");
    BOOST_TEST(read_jwk(rsa_private_jwk(R"(,"alg":"PS512")").reveal()) == "PS512");
    BOOST_TEST(read_jwk(rsa_private_jwk().reveal(), jws_algorithm::ps256) == "PS256");
    BOOST_TEST(read_jwk(joined(rfc8037_public, rfc8037_d, "}")) == "EdDSA");
    BOOST_TEST(read_jwk(joined(rfc8037_public, rfc8037_d, R"(,"alg":"Ed25519"})")) == "EdDSA");
    BOOST_TEST(read_jwk(joined(rfc7515_p521_public, rfc7515_p521_d, "}")) == "ES512");
    BOOST_TEST(
        read_jwk(p256_jwk(R"(,"use":"sig","key_ops":["sign"],"x5c":["a"],"iat":1)")) == "ES256"
    );
    // RFC 7518 section 6.3.2: the primes only make it faster.
    BOOST_TEST(read_jwk(joined(rfc7515_rsa_public, rfc7515_rsa_d, "}")) == "RS256");
}

BOOST_AUTO_TEST_CASE(private_jwk_with_any_mistake_is_refused)
{
    const std::string good = p256_jwk();
    const std::string rsa(rsa_private_jwk().reveal());
    const std::string ed = joined(rfc8037_public, rfc8037_d, "}");
    const std::string x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const std::string d = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
    const std::vector<std::pair<std::string_view, std::string>> bad{
        {"empty", ""},
        {"no JSON", "{"},
        {"no object", "[]"},
        {"a string", "\"CANARY\""},
        {"something behind", good + "{}"},
        {"a member twice", p256_jwk(R"(,"d":"x")")},
        {"empty object", "{}"},
        {"public half only", joined(rfc7515_p256_public, "}")},
        {"symmetric", R"({"kty":"oct","k":"Q0FOQVJZ"})"},
        {"other type", replaced(good, "\"EC\"", "\"ec\"")},
        {"other curve", replaced(good, "P-256", "P-384")},
        {"unknown curve", replaced(good, "P-256", "secp256k1")},
        {"curve of another type", replaced(good, "\"EC\"", "\"OKP\"")},
        {"off the curve", replaced(good, x, "A" + x.substr(1))},
        {"x too short", replaced(good, x, x.substr(4))},
        {"x too long", replaced(good, x, "AAAA" + x)},
        {"x padded", replaced(good, x, x + "=")},
        {"x not base64url", replaced(good, x, "+" + x.substr(1))},
        {"x with bits left over", replaced(good, x, x.substr(0, 42) + "V")},
        {"no y", replaced(good, "\"y\"", "\"z\"")},
        {"d of another key", replaced(good, d, "A" + d.substr(1))},
        {"d too short", replaced(good, d, d.substr(4))},
        {"d zero", replaced(good, d, std::string(43, 'A'))},
        {"d above the order", replaced(good, d, std::string(42, '_') + "8")},
        {"other algorithm", p256_jwk(R"(,"alg":"ES384")")},
        {"algorithm of another type", p256_jwk(R"(,"alg":"RS256")")},
        {"no signature algorithm", p256_jwk(R"(,"alg":"ECDH-ES")")},
        {"algorithm none", p256_jwk(R"(,"alg":"none")")},
        {"for encryption", p256_jwk(R"(,"use":"enc")")},
        {"for verifying only", p256_jwk(R"(,"key_ops":["verify"])")},
        {"for nothing", p256_jwk(R"(,"key_ops":[])")},
        {"Ed25519 halves of two keys", replaced(ed, "nWGx", "nWGy")},
        {"Ed25519 too short", replaced(ed, "nWGx", "")},
        {"Ed25519 d too long", replaced(ed, "yuf2A", "yuf2AAAA")},
        {"Ed25519 x too long", replaced(ed, "cHURo", "cHURoAAA")},
        {"Ed448", replaced(ed, "Ed25519", "Ed448")},
        {"RSA d of another key",
         replaced(joined(rfc7515_rsa_public, rfc7515_rsa_d, "}"), "Eq5xpGnN", "Eq5xpGnO")},
        {"RSA n of another key", replaced(rsa, "ofgWCuLj", "ofgWCuLk")},
        {"RSA without e", replaced(rsa, "\"e\"", "\"f\"")},
        {"RSA e even", replaced(rsa, "AQAB", "AQAA")},
        {"RSA e 1", replaced(rsa, "AQAB", "AQ")},
        {"RSA some primes", replaced(rsa, "\"qi\"", "\"qj\"")},
        {"RSA more primes", std::string(rsa_private_jwk(R"(,"oth":[])").reveal())},
        {"RSA small", R"({"kty":"RSA","n":"1Q","e":"AQAB","d":"AQ"})"},
        {"RSA n far too long",
         R"({"kty":"RSA","n":")" + std::string(8000, 'a') + R"(","e":"AQAB","d":"AQ"})"},
        {"very long", p256_jwk(",\"z\":\"" + std::string(70'000, 'a') + "\"")},
        {"very deep", p256_jwk(",\"z\":" + std::string(1000, '[') + std::string(1000, ']'))},
    };
    for (const auto& [what, jwk] : bad)
    {
        const auto got = signing_key::from_jwk(secret(jwk));
        BOOST_TEST(outcome(got) == "key_invalid", what);
        BOOST_TEST(!has(all_text(got), d), what);
        BOOST_TEST(!has(all_text(got), canary), what);
    }
    BOOST_TEST(read_jwk(good, jws_algorithm::es384) == "key_invalid");
    BOOST_TEST(read_jwk(p256_jwk(R"(,"alg":"ES256")"), jws_algorithm::es384) == "key_invalid");
    BOOST_TEST(read_jwk(rsa, jws_algorithm::eddsa) == "key_invalid");
}

BOOST_AUTO_TEST_CASE(kept_keys_come_back_as_they_were)
{
    for (const jws_algorithm a : all_algorithms)
    {
        const signing_key key = key_for(a);
        const auto again = signing_key::from_jwk(key.private_jwk());
        BOOST_REQUIRE_MESSAGE(again.has_value(), outcome(again));
        BOOST_TEST((*again == key), name_of(a));
        BOOST_TEST((again->private_jwk() == key.private_jwk()));
    }
    signing_key key = signing_key::generate(jws_algorithm::eddsa).value();
    key.key_id("\"quoted\" and \x01");
    BOOST_TEST((signing_key::from_jwk(key.private_jwk()).value() == key));
    key.key_id("");
    BOOST_TEST((signing_key::from_jwk(key.private_jwk()).value() == key));
    const auto without_primes =
        signing_key::from_jwk(secret(joined(rfc7515_rsa_public, rfc7515_rsa_d, "}")));
    BOOST_TEST((signing_key::from_jwk(without_primes->private_jwk()).value() == *without_primes));
}

BOOST_AUTO_TEST_CASE(coordinates_keep_their_leading_zeros)
{
    // Every 256th coordinate begins with a zero octet; this key's d has 31 octets, and P-521
    // numbers nearly always begin with one.
    const auto ec = signing_key::from_jwk(secret(joined(rfc7515_p521_public, rfc7515_p521_d, "}")));
    const auto kept = read_object(ec->private_jwk().reveal());
    for (const char* name : {"x", "y", "d"})
    {
        BOOST_TEST(base64url_decode(text_of(kept.at(name)))->size() == 66u, name);
        BOOST_TEST(has(joined(rfc7515_p521_public, rfc7515_p521_d), text_of(kept.at(name))));
    }
    for (int i = 0; i != 300; ++i)
    {
        const auto key = signing_key::generate(jws_algorithm::es256).value();
        const auto jwk = read_object(key.private_jwk().reveal());
        for (const char* name : {"x", "y", "d"})
            BOOST_REQUIRE(base64url_decode(text_of(jwk.at(name)))->size() == 32u);
    }
}

BOOST_AUTO_TEST_CASE(public_jwk_has_key_id_algorithm_and_use_but_nothing_private)
{
    for (const jws_algorithm a : all_algorithms)
    {
        signing_key key = key_for(a);
        key.key_id("k\"1");
        const auto jwk = read_object(key.public_jwk());
        BOOST_TEST(text_of(jwk.at("kid")) == "k\"1");
        BOOST_TEST(text_of(jwk.at("alg")) == name_of(a));
        BOOST_TEST(text_of(jwk.at("use")) == "sig");
        for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "k"})
            BOOST_TEST(!jwk.contains(name), name);
        const auto bare = read_object(key.bare_public_jwk());
        BOOST_TEST(bare.size() == jwk.size() - 3);
        key.key_id("");
        BOOST_TEST(!read_object(key.public_jwk()).contains("kid"));
    }
}

BOOST_AUTO_TEST_CASE(thumbprints_are_those_that_the_standards_print)
{
    // RFC 8037 appendix A.3
    const auto ed = signing_key::from_jwk(secret(joined(rfc8037_public, rfc8037_d, "}")));
    BOOST_TEST(ed->thumbprint() == rfc8037_thumbprint);
    // RFC 7638 section 3.1
    BOOST_TEST(
        thumbprint_of(
            R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zw)"
            R"(u1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lq)"
            R"(t7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajr)"
            R"(n1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-)"
            R"(csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})"
        )
        == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
    // RFC 9449 section 6.1
    BOOST_TEST(
        thumbprint_of(R"({"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)"
                      R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"})")
        == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    );
}

BOOST_AUTO_TEST_CASE(keys_are_equal_only_with_the_same_algorithm_and_key_id)
{
    const auto one = signing_key::from_jwk(rsa_private_jwk()).value();
    BOOST_TEST((one == signing_key::from_jwk(rsa_private_jwk()).value()));
    BOOST_TEST((one != signing_key::from_jwk(rsa_private_jwk(), jws_algorithm::ps256).value()));
    BOOST_TEST((one != signing_key(one).key_id("other")));
    BOOST_TEST((one != signing_key::generate(jws_algorithm::rs256).value()));
    BOOST_TEST((one != signing_key()));
    BOOST_TEST((signing_key() == signing_key()));
    BOOST_TEST(signing_key().empty());
    BOOST_TEST(!one.empty());
}

BOOST_AUTO_TEST_CASE(jwk_set_lists_the_public_halves)
{
    BOOST_TEST(make_jwk_set({}) == R"({"keys":[]})");
    const signing_key a = key_for(jws_algorithm::es256);
    const signing_key b = key_for(jws_algorithm::eddsa);
    BOOST_TEST(
        make_jwk_set({a, signing_key(), b})
        == R"({"keys":[)" + a.public_jwk() + "," + b.public_jwk() + "]}"
    );
}

BOOST_AUTO_TEST_CASE(openssl_error_queue_is_left_as_it_was)
{
    ERR_clear_error();
    static_cast<void>(read_pem(secret("no pem")));
    static_cast<void>(read_pem(pem_of(fresh("EC", "P-256").get(), form::pkcs8, "sesame")));
    static_cast<void>(read_jwk(replaced(p256_jwk(), "f83O", "f83P")));
    static_cast<void>(read_jwk(replaced(p256_jwk(), "jpsQ", "jpsR")));
    BOOST_TEST(ERR_peek_error() == 0u);
    // What somebody else left there is still theirs to find.
    ERR_raise(ERR_LIB_USER, 7);
    static_cast<void>(read_pem(secret("no pem")));
    BOOST_TEST(ERR_GET_REASON(ERR_peek_last_error()) == 7);
    ERR_clear_error();
}

BOOST_AUTO_TEST_SUITE_END()
