// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "jose_fixture.hpp"

#include <asioauth/protocol/dpop.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using time_point = std::chrono::system_clock::time_point;

request_stamp stamp_at(std::chrono::milliseconds since_epoch, std::uint8_t random = 7)
{
    return request_stamp(time_point(since_epoch), octets(random));
}

const request_stamp stamp = stamp_at(std::chrono::milliseconds(1'562'262'616'999));

boost::json::object claims_for(
    std::string_view target,
    std::string_view nonce = "",
    const secret& access_token = secret(),
    const request_stamp& when = stamp
)
{
    const auto key = key_for(jws_algorithm::eddsa);
    const auto proof = make_dpop_proof(key, "POST", make_url(target), when, nonce, access_token);
    return read_object(decoded_part(proof.value(), 1));
}

http_response refused(int status, std::string_view body, std::string_view challenge = "")
{
    http_response out(status, std::string(body));
    out.field("DPoP-Nonce", "n-1").from(make_url("https://as.example/token"));
    if (!challenge.empty())
        out.field("WWW-Authenticate", challenge);
    return out;
}

constexpr std::string_view nonce_error = R"({"error":"use_dpop_nonce"})";

} // namespace

BOOST_AUTO_TEST_SUITE(dpop)

BOOST_AUTO_TEST_CASE(proof_for_an_authorization_server_says_what_is_asked_where_and_when)
{
    for (const jws_algorithm a : all_algorithms)
    {
        const signing_key key = key_for(a).key_id("not shown");
        const auto proof = make_dpop_proof(
            key, "POST", make_url("https://server.example.com/token"), stamp, "", secret()
        );
        BOOST_REQUIRE_MESSAGE(proof.has_value(), outcome(proof));
        BOOST_TEST(
            decoded_part(*proof, 0)
            == R"({"typ":"dpop+jwt","alg":")" + std::string(name_of(a)) + R"(","jwk":)"
                + key.bare_public_jwk() + "}"
        );
        BOOST_TEST(
            decoded_part(*proof, 1)
            == R"({"jti":")" + base64url_encode(std::string(32, '\x07'))
                + R"(","htm":"POST","htu":"https://server.example.com/token","iat":1562262616})"
        );
        // Whoever checks it takes the key out of the header.
        const auto jwk = boost::json::serialize(header_of(*proof).at("jwk"));
        const auto set = jwk_set::parse(joined(R"({"keys":[)", jwk, "]}"));
        BOOST_TEST(outcome(verify_jwt(*proof, *set)) == "ok", name_of(a));
    }
}

BOOST_AUTO_TEST_CASE(proof_for_a_resource_names_the_hash_that_rfc_9449_prints)
{
    const auto claims = claims_for(
        "https://resource.example.org/protectedresource",
        "",
        secret("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU")
    );
    BOOST_TEST(text_of(claims.at("ath")) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    BOOST_TEST(!claims.contains("nonce"));
    BOOST_TEST(!claims_for("https://a.example/").contains("ath"));
}

BOOST_AUTO_TEST_CASE(nonce_is_repeated_as_it_was_given)
{
    const auto claims = claims_for("https://a.example/", "eyJ7S_zG.eyJH0-Z.HX4w-7v'\"");
    BOOST_TEST(text_of(claims.at("nonce")) == "eyJ7S_zG.eyJH0-Z.HX4w-7v'\"");
    BOOST_TEST(!claims_for("https://a.example/").contains("nonce"));
}

BOOST_AUTO_TEST_CASE(target_is_written_as_on_the_wire_without_query_and_fragment)
{
    for (const auto& [target, wanted] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"https://a.example", "https://a.example/"},
             {"https://a.example/", "https://a.example/"},
             {"https://a.example?code=CANARY", "https://a.example/"},
             {"https://a.example/mcp?x=CANARY#y", "https://a.example/mcp"},
             {"https://a.example/mcp#CANARY", "https://a.example/mcp"},
             {"https://A.Example:443/Mcp/%7eb/", "https://a.example/Mcp/%7eb/"},
             {"https://a.example:8443/a//b", "https://a.example:8443/a//b"},
             {"http://[::1]:8080/a", "http://[::1]:8080/a"},
             {"http://127.0.0.1:80/a", "http://127.0.0.1/a"}})
        BOOST_TEST(text_of(claims_for(target).at("htu")) == wanted, target);
}

BOOST_AUTO_TEST_CASE(proofs_differ_by_their_random_octets_and_time)
{
    const auto at = [](std::chrono::milliseconds when, std::uint8_t random) {
        return claims_for("https://a.example/", "", secret(), stamp_at(when, random));
    };
    using std::chrono::milliseconds;
    BOOST_TEST((at(milliseconds(0), 1).at("jti") != at(milliseconds(0), 2).at("jti")));
    BOOST_TEST(at(milliseconds(1999), 1).at("iat").as_int64() == 1);
    BOOST_TEST(at(milliseconds(-1), 1).at("iat").as_int64() == -1);
}

BOOST_AUTO_TEST_CASE(proof_without_a_key_is_refused)
{
    const auto got = make_dpop_proof(
        signing_key(), "GET", make_url("https://a.example/"), stamp, "", secret("CANARY")
    );
    BOOST_TEST(outcome(got) == "key_invalid");
    BOOST_TEST(!has(all_text(got), canary));
}

BOOST_AUTO_TEST_CASE(nonce_of_a_response_is_taken_only_if_it_is_one)
{
    const auto nonce = [](std::vector<std::string> values) {
        http_response response(200, "");
        for (const std::string& v : values)
            response.field("dpop-nonce", v);
        return dpop_nonce_of(response);
    };
    std::string all;
    for (char c = 0x21; c != 0x7f; ++c)
    {
        if (c != '"' && c != '\\')
            all += c;
    }
    BOOST_TEST(nonce({all}) == all);
    BOOST_TEST(nonce({std::string(2048, 'a')}).size() == 2048u);
    BOOST_TEST(nonce({}).empty());
    BOOST_TEST(nonce({""}).empty());
    BOOST_TEST(nonce({"a", "b"}).empty());
    BOOST_TEST(nonce({"a", "a"}).empty());
    BOOST_TEST(nonce({std::string(2049, 'a')}).empty());
    for (const std::string_view bad :
         {"a b", "a\"", "\\", "a\x01", "a\x7f", "a\t", "\xc3\xa4", "a\r\nb"})
        BOOST_TEST(nonce({std::string(bad)}).empty(), bad);
    BOOST_TEST(nonce({std::string("a\0b", 3)}).empty());
}

BOOST_AUTO_TEST_CASE(refusals_that_ask_for_a_nonce_are_recognised_by_either_server)
{
    // RFC 9449 sections 8 and 9
    BOOST_TEST(wants_dpop_nonce(refused(400, nonce_error)));
    BOOST_TEST(wants_dpop_nonce(refused(401, nonce_error)));
    BOOST_TEST(wants_dpop_nonce(
        refused(401, "", R"(DPoP error="use_dpop_nonce", error_description="wants a nonce")")
    ));
    BOOST_TEST(wants_dpop_nonce(
        refused(401, "not JSON", R"(Bearer realm="a", dpop algs="ES256", error="use_dpop_nonce")")
    ));
}

BOOST_AUTO_TEST_CASE(other_refusals_do_not_ask_for_a_nonce)
{
    for (const int status : {200, 302, 403, 404, 500})
    {
        const std::string_view challenge = R"(DPoP error="use_dpop_nonce")";
        BOOST_TEST(!wants_dpop_nonce(refused(status, nonce_error, challenge)), status);
    }
    for (const std::string_view body :
         {"",
          "{}",
          "use_dpop_nonce",
          R"({"error":"invalid_dpop_proof"})",
          R"({"error":["use_dpop_nonce"]})",
          R"({"error":"USE_DPOP_NONCE"})",
          R"({"error":"use_dpop_nonce","error":"x"})",
          R"({"error_description":"use_dpop_nonce"})"})
        BOOST_TEST(!wants_dpop_nonce(refused(400, body)), body);
    for (const std::string_view challenge :
         {R"(DPoP)",
          R"(DPoP error="invalid_token")",
          R"(Bearer error="use_dpop_nonce")",
          R"(DPoP realm="use_dpop_nonce", Bearer error="use_dpop_nonce")"})
        BOOST_TEST(!wants_dpop_nonce(refused(401, "", challenge)), challenge);
    // A resource that refuses the token as such says so with 401, a challenge with 400 is none.
    BOOST_TEST(!wants_dpop_nonce(refused(400, "", R"(DPoP error="use_dpop_nonce")")));
    // Without a nonce to use, trying again leads nowhere.
    BOOST_TEST(!wants_dpop_nonce(http_response(400, std::string(nonce_error))));
    BOOST_TEST(!wants_dpop_nonce(refused(400, nonce_error).field("DPoP-Nonce", "n-2")));
    http_response unusable(400, std::string(nonce_error));
    unusable.field("DPoP-Nonce", "a b");
    BOOST_TEST(!wants_dpop_nonce(unusable));
}

BOOST_AUTO_TEST_CASE(credentials_name_the_scheme)
{
    BOOST_TEST(make_dpop_credentials(secret("a.b~c")).reveal() == "DPoP a.b~c");
}

BOOST_AUTO_TEST_SUITE_END()
