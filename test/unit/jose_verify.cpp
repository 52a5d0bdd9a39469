// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "jose_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/err.h>
#include <openssl/rsa.h>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using algorithms = std::vector<jws_algorithm>;

jwk_set one_key(std::string_view public_members, std::string_view more = "")
{
    return jwk_set::parse(joined(R"({"keys":[)", public_members, more, "}]}")).value();
}

std::string verify(std::string_view token, const jwk_set& keys, const algorithms& allowed = {})
{
    return outcome(verify_jwt(token, keys, allowed));
}

std::string changed(std::string_view token, std::size_t at)
{
    std::string out(token);
    out[at] = out[at] == 'A' ? 'B' : 'A';
    return out;
}

std::string changed_signature(std::string_view token)
{
    return changed(token, token.rfind('.') + 5);
}

// A key for P-256 whose id and restrictions are these.
signing_key key_named(std::string_view id)
{
    return signing_key::generate(jws_algorithm::es256).value().key_id(id);
}

} // namespace

BOOST_AUTO_TEST_SUITE(jose_verify)

BOOST_AUTO_TEST_CASE(tokens_of_the_standards_are_accepted_and_changed_ones_refused)
{
    for (const auto& [token, key] : std::vector<std::pair<std::string_view, std::string_view>>{
             {rfc7515_rs256, rfc7515_rsa_public}, {rfc7515_es256, rfc7515_p256_public}})
    {
        const auto keys = one_key(key);
        const auto got = verify_jwt(token, keys);
        BOOST_REQUIRE_MESSAGE(got.has_value(), outcome(got));
        BOOST_TEST(got->claims == rfc7515_claims);
        BOOST_TEST(got->key_id.empty());
        BOOST_TEST(got->typ.empty());
        BOOST_TEST(verify(changed_signature(token), keys) == "jwt_signature_invalid");
        BOOST_TEST(verify(changed(token, token.find('.') + 5), keys) == "jwt_signature_invalid");
    }
    // These sign something else than JSON, which is only seen once the signature fits.
    const auto es512 = one_key(rfc7515_p521_public);
    BOOST_TEST(verify(rfc7515_es512, es512) == "jwt_malformed");
    BOOST_TEST(verify(changed_signature(rfc7515_es512), es512) == "jwt_signature_invalid");
    const auto eddsa = one_key(rfc8037_public);
    const std::string token = joined(rfc8037_signed, ".", rfc8037_signature);
    BOOST_TEST(verify(token, eddsa) == "jwt_malformed");
    BOOST_TEST(verify(changed_signature(token), eddsa) == "jwt_signature_invalid");
}

BOOST_AUTO_TEST_CASE(proof_that_rfc_9449_prints_is_accepted_with_its_key)
{
    const std::string_view proof =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0"
        "VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10"
        "NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjo"
        "iUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ."
        "2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
    const auto keys = one_key(R"({"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)"
                              R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256")");
    const auto got = verify_jwt(proof, keys);
    BOOST_REQUIRE_MESSAGE(got.has_value(), outcome(got));
    BOOST_TEST(got->typ == "dpop+jwt");
    BOOST_TEST(text_of(read_object(got->claims).at("jti")) == "-BwC3ESc6acc2lTc");
}

BOOST_AUTO_TEST_CASE(every_algorithm_verifies_its_own_tokens_only)
{
    std::vector<signing_key> keys;
    for (const jws_algorithm a : all_algorithms)
        keys.push_back(key_for(a).key_id(name_of(a)));
    const auto set = set_of(keys);
    BOOST_TEST(set.size() == keys.size());
    for (const signing_key& key : keys)
    {
        const std::string name(key.key_id());
        const auto token = sign_jwt(key, "at+jwt", R"({"a":1})").value();
        const auto got = verify_jwt(token.reveal(), set);
        BOOST_REQUIRE_MESSAGE(got.has_value(), name + outcome(got));
        BOOST_TEST((got->algorithm == key.algorithm()));
        BOOST_TEST(got->key_id == name);
        BOOST_TEST(got->typ == "at+jwt");
        BOOST_TEST(got->claims == R"({"a":1})");
        BOOST_TEST(verify(changed_signature(token.reveal()), set) == "jwt_signature_invalid", name);
        // Under the name of every other algorithm the same signature is worth nothing.
        for (const signing_key& other : keys)
        {
            if (other == key)
                continue;
            const std::string header = R"({"alg":")" + other.key_id() + R"(","kid":")";
            for (const std::string& id : {name, other.key_id()})
                BOOST_TEST(verify(token_with(key, header + id + R"("})"), set) != "ok", name);
        }
    }
}

BOOST_AUTO_TEST_CASE(tokens_without_a_signature_or_with_a_mac_are_refused)
{
    const auto key = key_named("k");
    const auto set = set_of({key});
    for (const std::string_view name :
         {"none", "None", "nOnE", "HS256", "HS384", "HS512", "es256", "ES256K", "RSA1_5", "A"})
    {
        const std::string header = R"({"alg":")" + std::string(name) + R"("})";
        BOOST_TEST(verify(token_with(key, header), set) == "jwt_algorithm_not_allowed", name);
        const std::string bare = base64url_encode(header) + ".e30.";
        BOOST_TEST(verify(bare, set) == "jwt_algorithm_not_allowed", name);
    }
    // The classic: the public key as the secret of a MAC.
    const auto mac = sign_jwt(secret(key.public_jwk()), "JWT", "{}").value();
    BOOST_TEST(verify(mac.reveal(), set) == "jwt_algorithm_not_allowed");
    BOOST_TEST(verify(token_with(key, R"({"alg":"ES256"})").substr(0, 28) + ".e30.", set) != "ok");
}

BOOST_AUTO_TEST_CASE(only_allowed_algorithms_are_accepted)
{
    const auto key = key_named("k");
    const auto token = sign_jwt(key, "JWT", "{}").value();
    const auto set = set_of({key});
    BOOST_TEST(verify(token.reveal(), set, {jws_algorithm::es256}) == "ok");
    BOOST_TEST(verify(token.reveal(), set, {jws_algorithm::rs256, jws_algorithm::es256}) == "ok");
    BOOST_TEST(
        verify(token.reveal(), set, {jws_algorithm::rs256, jws_algorithm::es384})
        == "jwt_algorithm_not_allowed"
    );
}

BOOST_AUTO_TEST_CASE(headers_that_cannot_be_relied_on_are_refused)
{
    const auto key = key_named("k");
    const auto set = set_of({key});
    BOOST_TEST(verify(token_with(key, R"({"alg":"ES256"})"), set) == "ok");
    BOOST_TEST(verify(token_with(key, R"( {"x":[1,{}],"alg":"ES256","cty":1} )"), set) == "ok");
    for (const std::string_view header :
         {R"({})",
          R"([])",
          R"("ES256")",
          R"({"alg":"ES256")",
          R"({"alg":"ES256"}{})",
          R"({"alg":null})",
          R"({"alg":""})",
          R"({"alg":["ES256"]})",
          R"({"alg":"none","alg":"ES256"})",
          R"({"alg":"ES256","alg":"ES256"})",
          R"({"alg":"ES256","kid":1})",
          R"({"alg":"ES256","kid":["k"]})",
          R"({"alg":"ES256","typ":{}})",
          R"({"alg":"ES256","crit":["exp"],"exp":1})",
          R"({"alg":"ES256","crit":[]})",
          R"({"alg":"ES256","crit":null})",
          R"({"alg":"ES256","b64":true})",
          R"({"alg":"ES256","b64":false,"crit":["b64"]})",
          "{\"alg\":\"ES256\",\"kid\":\"\xff\"}",
          "\xef\xbb\xbf{\"alg\":\"ES256\"}"})
        BOOST_TEST(verify(token_with(key, header), set) == "jwt_malformed", header);
}

BOOST_AUTO_TEST_CASE(keys_inside_of_a_token_are_not_used)
{
    const auto ours = key_named("");
    const auto theirs = key_named("");
    const auto embedded = sign_jwt(theirs, "JWT", "{}", true).value();
    BOOST_TEST(verify(embedded.reveal(), set_of({ours})) == "jwt_signature_invalid");
    BOOST_TEST(verify(embedded.reveal(), jwk_set()) == "jwt_key_not_found");
    BOOST_TEST(verify(sign_jwt(ours, "JWT", "{}", true)->reveal(), set_of({ours})) == "ok");
    for (const std::string_view member : {"jku", "x5u"})
    {
        const std::string header =
            R"({"alg":"ES256",")" + std::string(member) + R"(":"https://evil.example/"})";
        BOOST_TEST(verify(token_with(theirs, header), set_of({ours})) == "jwt_signature_invalid");
        BOOST_TEST(verify(token_with(ours, header), set_of({ours})) == "ok");
    }
}

BOOST_AUTO_TEST_CASE(text_that_is_no_compact_token_is_refused)
{
    const auto key = key_named("k");
    const auto set = set_of({key});
    const std::string good(sign_jwt(key, "JWT", "{}")->reveal());
    const auto dot = good.rfind('.');
    const std::vector<std::string> bad{
        "",
        ".",
        "..",
        "...",
        "opaque",
        good.substr(0, dot),
        good + ".",
        good + ".a",
        "." + good,
        good + "=",
        good + " ",
        good + "\n",
        " " + good,
        good.substr(0, dot + 1) + "A",
        good.substr(0, dot + 1) + "+" + good.substr(dot + 2),
        good.substr(good.find('.')),
        std::string(65536, 'a') + good,
        std::string(70'000, '.')};
    for (const std::string& token : bad)
        BOOST_TEST(verify(token, set) == "jwt_malformed", token.substr(0, 40));
    // 86 characters carry 64 octets and 4 bits; another spelling of the same octets is no signature.
    std::string other_spelling = good;
    other_spelling.back() = other_spelling.back() == 'A' ? 'B' : static_cast<char>(good.back() + 1);
    BOOST_TEST(verify(other_spelling, set) == "jwt_malformed");
    for (const std::string_view claims :
         {"", "[]", "1", "{", R"({"a":1,"a":2})", "{\"a\":\"\xff\"}"})
        BOOST_TEST(verify(token_with(key, R"({"alg":"ES256"})", claims), set) == "jwt_malformed");
}

BOOST_AUTO_TEST_CASE(token_that_is_too_large_is_refused_although_it_is_signed)
{
    const auto key = key_named("k");
    const auto with_claim_of = [&](std::size_t size) {
        const auto token = sign_jwt(key, "JWT", R"({"a":")" + std::string(size, 'a') + "\"}");
        return verify(token->reveal(), set_of({key}));
    };
    BOOST_TEST(with_claim_of(40'000) == "ok");
    BOOST_TEST(with_claim_of(60'000) == "jwt_malformed");
}

BOOST_AUTO_TEST_CASE(signatures_of_a_wrong_size_are_refused)
{
    for (const jws_algorithm a : all_algorithms)
    {
        const auto key = key_for(a);
        const auto set = set_of({key});
        const std::string token(sign_jwt(key, "JWT", "{}")->reveal());
        const auto dot = token.rfind('.') + 1;
        const auto signature = base64url_decode(token.substr(dot)).value();
        const auto with = [&](std::string_view s) {
            return verify(token.substr(0, dot) + base64url_encode(s), set);
        };
        BOOST_TEST(with(signature) == "ok");
        BOOST_TEST(with("") == "jwt_signature_invalid");
        BOOST_TEST(with(signature.substr(1)) == "jwt_signature_invalid");
        BOOST_TEST(with(signature.substr(0, signature.size() - 1)) == "jwt_signature_invalid");
        BOOST_TEST(with('\0' + signature) == "jwt_signature_invalid");
        BOOST_TEST(with(signature + '\0') == "jwt_signature_invalid");
        BOOST_TEST(with(std::string(signature.size(), '\0')) == "jwt_signature_invalid");
        BOOST_TEST(with(std::string(signature.size(), '\xff')) == "jwt_signature_invalid");
    }
}

// OpenSSL takes such a one.
BOOST_AUTO_TEST_CASE(signature_without_its_leading_zero_is_refused)
{
    const auto key = key_for(jws_algorithm::ps256);
    const auto set = set_of({key});
    for (int tries = 0; tries != 20'000; ++tries)
    {
        const std::string token(sign_jwt(key, "JWT", "{}")->reveal());
        const auto dot = token.rfind('.') + 1;
        const auto signature = base64url_decode(token.substr(dot)).value();
        if (signature.front() != '\0')
            continue; // its salt is random
        BOOST_TEST(verify(token, set) == "ok");
        BOOST_TEST(
            verify(token.substr(0, dot) + base64url_encode(signature.substr(1)), set)
            == "jwt_signature_invalid"
        );
        return;
    }
    BOOST_ERROR("no signature began with a zero");
}

BOOST_AUTO_TEST_CASE(pss_salt_has_to_be_as_long_as_the_digest)
{
    const auto key = key_for(jws_algorithm::ps256);
    const std::string text = base64url_encode(R"({"alg":"PS256"})") + ".e30";
    for (const int salt : {0, 20, 32, 48, 222})
    {
        const detail::openssl_ptr<EVP_MD_CTX> md(EVP_MD_CTX_new());
        EVP_PKEY_CTX* context = nullptr;
        std::string out(256, '\0');
        std::size_t size = out.size();
        auto* const at = reinterpret_cast<unsigned char*>(out.data());
        const auto* const in = reinterpret_cast<const unsigned char*>(text.data());
        BOOST_REQUIRE(
            EVP_DigestSignInit(md.get(), &context, EVP_sha256(), nullptr, key.shared()->key.get())
            == 1
        );
        BOOST_REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0);
        BOOST_REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt) > 0);
        BOOST_REQUIRE(EVP_DigestSign(md.get(), at, &size, in, text.size()) == 1);
        BOOST_TEST(
            verify(text + "." + base64url_encode(out), set_of({key}))
                == (salt == 32 ? "ok" : "jwt_signature_invalid"),
            salt
        );
    }
}

BOOST_AUTO_TEST_CASE(key_id_chooses_among_the_keys)
{
    const auto a = key_named("a");
    const auto b = key_named("b");
    const auto bare = key_named("");
    const auto as = [](const signing_key& key, std::string_view id) {
        return std::string(sign_jwt(signing_key(key).key_id(id), "JWT", "{}")->reveal());
    };
    const auto both = set_of({a, b});
    BOOST_TEST(verify(as(a, "a"), both) == "ok");
    BOOST_TEST(verify(as(a, ""), both) == "ok");
    BOOST_TEST(verify(as(b, ""), both) == "ok");
    BOOST_TEST(verify(as(a, "b"), both) == "jwt_signature_invalid");
    BOOST_TEST(verify(as(a, "A"), both) == "jwt_key_not_found");
    BOOST_TEST(verify(as(a, "c"), both) == "jwt_key_not_found");
    BOOST_TEST(verify(as(bare, ""), both) == "jwt_signature_invalid");
    const auto mixed = set_of({a, bare});
    BOOST_TEST(verify(as(bare, "c"), mixed) == "ok");
    // A key without an id failed, but the one that the token names was never there.
    BOOST_TEST(verify(as(b, "b"), mixed) == "jwt_key_not_found");
    BOOST_TEST(verify(as(a, "a"), set_of({b, signing_key(b).key_id("a"), a})) == "ok");
    BOOST_TEST(verify(as(a, "a"), jwk_set()) == "jwt_key_not_found");
    const auto missing = verify_jwt(as(a, "other id"), both);
    BOOST_TEST(has(all_text(missing), "other id"));
}

BOOST_AUTO_TEST_CASE(no_more_keys_are_tried_than_a_token_is_worth)
{
    const auto ours = key_named("");
    const auto token = sign_jwt(ours, "JWT", "{}").value();
    std::vector<signing_key> keys(31, key_named(""));
    keys.push_back(ours);
    BOOST_TEST(verify(token.reveal(), set_of(keys)) == "ok");
    // Those that do not fit do not count.
    keys.insert(keys.begin(), 40, key_for(jws_algorithm::eddsa));
    BOOST_TEST(verify(token.reveal(), set_of(keys)) == "ok");
    keys.insert(keys.begin(), key_named(""));
    BOOST_TEST(verify(token.reveal(), set_of(keys)) == "jwt_signature_invalid");
    // The key that the token names comes first, wherever it stands.
    keys.push_back(key_named("k"));
    BOOST_TEST(verify(sign_jwt(keys.back(), "JWT", "{}")->reveal(), set_of(keys)) == "ok");
}

BOOST_AUTO_TEST_CASE(keys_verify_only_what_they_are_for)
{
    const auto rs = key_for(jws_algorithm::rs256).key_id("");
    const auto ps = key_for(jws_algorithm::ps256).key_id("");
    const std::string rs_token(sign_jwt(rs, "JWT", "{}")->reveal());
    const std::string ps_token(sign_jwt(ps, "JWT", "{}")->reveal());
    const auto free = one_key(rfc7515_rsa_public);
    BOOST_TEST(verify(rs_token, free) == "ok");
    BOOST_TEST(verify(ps_token, free) == "ok");
    const auto bound = one_key(rfc7515_rsa_public, R"(,"alg":"PS256")");
    BOOST_TEST(verify(rs_token, bound) == "jwt_key_not_found");
    BOOST_TEST(verify(ps_token, bound) == "ok");
    const auto es = key_named("");
    BOOST_TEST(verify(token_with(es, R"({"alg":"ES256"})"), free) == "jwt_key_not_found");
    BOOST_TEST(verify(token_with(es, R"({"alg":"ES384"})"), set_of({es})) == "jwt_key_not_found");
    const auto ed = one_key(rfc8037_public, R"(,"alg":"Ed25519")");
    auto ed_key = signing_key::from_jwk(secret(joined(rfc8037_public, rfc8037_d, "}")));
    BOOST_TEST(verify(sign_jwt(ed_key->key_id(""), "JWT", "{}")->reveal(), ed) == "ok");
    BOOST_TEST(verify(token_with(*ed_key, R"({"alg":"Ed25519"})"), ed) == "ok");
}

BOOST_AUTO_TEST_CASE(openssl_error_queue_is_clean_after_a_refusal)
{
    ERR_clear_error();
    const auto key = key_named("k");
    static_cast<void>(verify(changed_signature(sign_jwt(key, "", "{}")->reveal()), set_of({key})));
    static_cast<void>(verify(changed_signature(rfc7515_rs256), one_key(rfc7515_rsa_public)));
    BOOST_TEST(ERR_peek_error() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
