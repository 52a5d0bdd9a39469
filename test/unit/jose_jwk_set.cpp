// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "jose_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr std::string_view from = "https://as.example/jwks";

std::size_t usable(std::string_view keys)
{
    return jwk_set::parse(joined(R"({"keys":[)", keys, "]}")).value().size();
}

std::string key_with(std::string_view members)
{
    return joined(rfc7515_p256_public, members, "}");
}

} // namespace

BOOST_AUTO_TEST_SUITE(jose_jwk_set)

BOOST_AUTO_TEST_CASE(key_sets_are_read_with_what_else_they_hold)
{
    const auto set = jwk_set::parse(joined(
        R"({"issuer":"x","keys":[)",
        key_with(R"(,"kid":"a","use":"sig","alg":"ES256","x5c":["AA=="],"x5t":"q","nbf":1)"),
        ",",
        joined(rfc7515_rsa_public, R"(,"kid":"b","key_ops":["verify","sign"]})"),
        ",",
        joined(rfc8037_public, R"(,"kid":null,"use":null,"alg":null,"key_ops":null})"),
        "]}"
    ));
    BOOST_REQUIRE_MESSAGE(set.has_value(), outcome(set));
    BOOST_TEST(set->size() == 3u);
    BOOST_TEST(!set->empty());
    BOOST_TEST(set->has("a"));
    BOOST_TEST(set->has("b"));
    BOOST_TEST(!set->has("c"));
    BOOST_TEST(!set->has(""));
    BOOST_TEST(jwk_set().empty());
    BOOST_TEST(jwk_set::parse(R"({"keys":[]})")->empty());
}

BOOST_AUTO_TEST_CASE(documents_that_are_no_key_set_are_refused)
{
    for (const auto& [text, wanted] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"", "json_malformed"},
             {"<html>", "json_malformed"},
             {"[]", "json_wrong_type"},
             {"{}", "json_member_missing"},
             {R"({"keys":{}})", "json_wrong_type"},
             {R"({"keys":null})", "json_wrong_type"},
             {R"({"keys":[],"keys":[]})", "json_member_duplicated"},
             {R"({"keys":[{"kty":"EC","kty":"RSA"}]})", "json_member_duplicated"}})
        BOOST_TEST(outcome(jwk_set::parse(text)) == wanted, text);
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_be_used_are_left_out_and_the_others_kept)
{
    const std::string good = key_with("");
    const std::string x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const auto with_x = [&](std::string_view other) {
        std::string out = good;
        return out.replace(out.find(x), x.size(), other);
    };
    const auto rsa_of = [](std::size_t octets, char fill = '\xff') {
        return R"({"kty":"RSA","e":"AQAB","n":")" + base64url_encode(std::string(octets, fill))
            + R"("})";
    };
    const auto without_exponent = rfc7515_rsa_public.substr(0, rfc7515_rsa_public.rfind("\"e\""));
    BOOST_TEST(usable(rsa_of(256)) == 1u);
    BOOST_TEST(usable(rsa_of(1024)) == 1u);
    BOOST_TEST(usable(joined(without_exponent, R"("e":"Aw"})")) == 1u);
    for (const auto& [what, key] : std::vector<std::pair<std::string_view, std::string>>{
             {"no object", "1"},
             {"empty", "{}"},
             {"no type", R"({"crv":"P-256"})"},
             {"type not a string", R"({"kty":1})"},
             {"symmetric", R"({"kty":"oct","k":"AAAA"})"},
             {"unknown type", R"({"kty":"LMS","x":"AAAA"})"},
             {"unknown curve", R"({"kty":"OKP","crv":"X25519","x":")" + x + R"("})"},
             {"curve not a string", R"({"kty":"OKP","crv":1,"x":")" + x + R"("})"},
             {"Ed25519 too long", R"({"kty":"OKP","crv":"Ed25519","x":")" + x + "AAAA\"}"},
             {"Ed25519 too short", R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})"},
             {"off the curve", with_x("A" + x.substr(1))},
             {"zero", with_x(std::string(43, 'A'))},
             {"x above the field", with_x(std::string(42, '_') + "8")},
             {"x short", with_x(x.substr(4))},
             {"x empty", with_x("")},
             {"x very long", with_x(std::string(10'000, 'A'))},
             {"x not base64url", with_x("*" + x.substr(1))},
             {"for encryption", key_with(R"(,"use":"enc")")},
             {"use not a string", key_with(R"(,"use":["sig"])")},
             {"for wrapping", key_with(R"(,"key_ops":["wrapKey"])")},
             {"for signing only", key_with(R"(,"key_ops":["sign"])")},
             {"operations not a list", key_with(R"(,"key_ops":"verify")")},
             {"other curve's algorithm", key_with(R"(,"alg":"ES384")")},
             {"no signature algorithm", key_with(R"(,"alg":"ECDH-ES")")},
             {"MAC", key_with(R"(,"alg":"HS256")")},
             {"algorithm not a string", key_with(R"(,"alg":1)")},
             {"id not a string", key_with(R"(,"kid":1)")},
             {"RSA of 1024 bits", rsa_of(128)},
             {"RSA of 2040 bits", rsa_of(255)},
             {"RSA of 8200 bits", rsa_of(1025)},
             {"RSA exponent too long", joined(without_exponent, R"("e":"AQAAAAAAAAAB"})")},
             {"RSA even modulus", rsa_of(256, '\xfe')},
             {"RSA exponent 1", joined(without_exponent, R"("e":"AQ"})")},
             {"RSA exponent 2", joined(without_exponent, R"("e":"Ag"})")},
             {"RSA exponent 0", joined(without_exponent, R"("e":"AA"})")},
             {"RSA without modulus", R"({"kty":"RSA","e":"AQAB"})"},
             {"RSA without exponent", joined(without_exponent, R"("f":"AQAB"})")},
         })
    {
        BOOST_TEST(usable(key) == 0u, what);
        BOOST_TEST(usable(joined(good, ",", key, ",", good)) == 2u, what);
    }
}

BOOST_AUTO_TEST_CASE(private_members_are_not_looked_at)
{
    BOOST_TEST(usable(key_with(R"(,"d":"CANARY!")")) == 1u);
    BOOST_TEST(usable(joined(rfc7515_rsa_public, R"(,"d":1,"p":"CANARY","oth":[]})")) == 1u);
}

BOOST_AUTO_TEST_CASE(no_more_keys_are_kept_than_a_set_may_have)
{
    std::string many = key_with("");
    for (int i = 0; i != 200; ++i)
        many.append(",").append(key_with(""));
    BOOST_TEST(usable(many) == 128u);
}

BOOST_AUTO_TEST_CASE(request_for_a_key_set_carries_no_credential)
{
    const auto request =
        make_jwks_request(make_url(from), address_policy().allow_private_network("10.0.0.0/8"));
    BOOST_TEST(request.method() == "GET");
    BOOST_TEST((request.kind() == request_kind::metadata));
    BOOST_TEST(request.target().str() == from);
    BOOST_TEST(request.field("Accept") == "application/jwk-set+json, application/json");
    BOOST_TEST(request.authorization().empty());
    BOOST_TEST((request.policy() == address_policy().allow_private_network("10.0.0.0/8")));
}

BOOST_AUTO_TEST_CASE(response_with_a_key_set_is_read_whatever_its_type_says)
{
    const std::string body = joined(R"({"keys":[)", key_with(""), "]}");
    for (const std::string_view type :
         {"application/jwk-set+json", "application/json", "text/plain", "application/octet-stream"})
    {
        http_response response(200, body);
        response.field("Content-Type", type).from(make_url(from));
        BOOST_TEST(read_jwks_response(response).value().size() == 1u, type);
    }
}

BOOST_AUTO_TEST_CASE(response_without_a_key_set_is_refused_and_says_where_from)
{
    for (const auto& [status, body, wanted] :
         std::vector<std::tuple<int, std::string_view, std::string_view>>{
             {404, "gone\x01", "http_status_unexpected"},
             {500, R"({"error":"server_error"})", "http_status_unexpected"},
             {204, "", "http_status_unexpected"},
             {302, "", "http_status_unexpected"},
             {200, "<html>", "json_malformed"},
             {200, "{}", "json_member_missing"}})
    {
        const auto got = read_jwks_response(json_response(status, body, from));
        BOOST_TEST(outcome(got) == wanted, status);
        const failure f = got.error();
        BOOST_TEST(f.info().url() == from);
        BOOST_TEST(f.info().http_status() == status);
        BOOST_TEST(!has(all_text(got), "\x01"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
