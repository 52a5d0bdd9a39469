// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "jose_fixture.hpp"

#include <asioauth/protocol/id_token.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace asioauth;
using namespace asioauth::test;
using std::chrono::seconds;

namespace {

namespace json = boost::json;
using time_point = std::chrono::system_clock::time_point;

const time_point now = time_point(seconds(1'700'000'000));

const signing_key& issuer_key()
{
    static const signing_key key = key_for(jws_algorithm::es256);
    return key;
}

const jwk_set& issuer_keys()
{
    static const jwk_set keys = set_of({issuer_key()});
    return keys;
}

id_token_expectations expected()
{
    id_token_expectations out;
    out.issuer = "https://as.example";
    out.client_id = "client-1";
    out.nonce = "CANARY-nonce";
    out.now = now;
    return out;
}

json::object good_claims()
{
    return {
        {"iss", "https://as.example"},
        {"sub", "user-7"},
        {"aud", "client-1"},
        {"exp", 1'700'000'300},
        {"iat", 1'700'000'000},
        {"nonce", "CANARY-nonce"}};
}

secret signed_token(const json::object& claims, std::string_view typ = "JWT")
{
    return sign_jwt(issuer_key(), typ, json::serialize(claims)).value();
}

result<id_token_claims>
read(const json::object& claims, const id_token_expectations& against = expected())
{
    return read_id_token(signed_token(claims), issuer_keys(), against);
}

// Good claims, with this one changed.
json::object with(std::string_view name, const json::value& value)
{
    json::object out = good_claims();
    out[name] = value;
    return out;
}

json::object without(std::string_view name)
{
    json::object out = good_claims();
    out.erase(name);
    return out;
}

// "ok", or the claim that is named as the reason.
std::string verdict(const result<id_token_claims>& got)
{
    if (got)
        return "ok";
    if (got.error().code() != errc::id_token_invalid)
        return outcome(got);
    const failure f = got.error();
    const std::string& message = f.info().message();
    const auto from = message.find('"') + 1;
    return message.substr(from, message.find('"', from) - from);
}

} // namespace

BOOST_AUTO_TEST_SUITE(id_token)

BOOST_AUTO_TEST_CASE(good_token_says_who_logged_in)
{
    json::object claims = good_claims();
    claims["name"] = "Ann\x01 \xe2\x80\xae Other";
    claims["email"] = "ann@example.com";
    claims["preferred_username"] = 7;
    const auto got = read(claims);
    BOOST_REQUIRE_MESSAGE(got.has_value(), verdict(got));
    BOOST_TEST(got->issuer == "https://as.example");
    BOOST_TEST(got->subject == "user-7");
    BOOST_TEST((got->expires_at == now + seconds(300)));
    BOOST_TEST(got->name == presentable("Ann\x01 \xe2\x80\xae Other"));
    BOOST_TEST(!has(got->name, "\x01"));
    BOOST_TEST(got->email == "ann@example.com");
    BOOST_TEST(got->preferred_username.empty());
    BOOST_TEST((read_object(got->claims) == claims));
}

BOOST_AUTO_TEST_CASE(token_with_any_claim_wrong_is_refused_and_the_claim_named)
{
    const json::string long_subject(256, 's');
    const json::array other_audiences{"other", "third"};
    const json::array both{"other", "client-1"};
    // Not in braces: compilers disagree on whether an array in an array's braces is a copy of it.
    json::array nested;
    nested.emplace_back(json::array{"client-1"});
    const std::vector<std::pair<std::string_view, json::object>> bad{
        {"iss", without("iss")},
        {"iss", with("iss", "")},
        {"iss", with("iss", nullptr)},
        {"iss", with("iss", json::array{"https://as.example"})},
        {"iss", with("iss", "https://as.example/")},
        {"iss", with("iss", "https://AS.example")},
        {"iss", with("iss", "https://as.example:443")},
        {"iss", with("iss", "http://as.example")},
        {"iss", with("iss", "https://as.example.evil.example")},
        {"sub", without("sub")},
        {"sub", with("sub", "")},
        {"sub", with("sub", 7)},
        {"sub", with("sub", long_subject)},
        {"aud", without("aud")},
        {"aud", with("aud", "")},
        {"aud", with("aud", "client-10")},
        {"aud", with("aud", "client-1 ")},
        {"aud", with("aud", "CLIENT-1")},
        {"aud", with("aud", 1)},
        {"aud", with("aud", json::array{})},
        {"aud", with("aud", other_audiences)},
        {"aud", with("aud", json::array{"client-1", 7})},
        {"aud", with("aud", nested)},
        {"aud", with("aud", json::object{{"client-1", true}})},
        {"azp", with("aud", both)},
        {"azp", with("azp", "other")},
        {"azp", with("azp", 1)},
        {"exp", without("exp")},
        {"exp", with("exp", nullptr)},
        {"exp", with("exp", "1700000300")},
        {"exp", with("exp", true)},
        {"exp", with("exp", 1'699'999'940)},
        {"exp", with("exp", 1'699'999'940.9)},
        {"exp", with("exp", 0)},
        {"exp", with("exp", -1)},
        {"exp", with("exp", -1e300)},
        {"exp", with("exp", std::numeric_limits<std::int64_t>::min())},
        {"iat", without("iat")},
        {"iat", with("iat", "1700000000")},
        {"iat", with("iat", 1'700'000'061)},
        {"iat", with("iat", 1'700'000'000'000)},
        {"iat", with("iat", std::numeric_limits<std::uint64_t>::max())},
        {"nbf", with("nbf", 1'700'000'061)},
        {"nbf", with("nbf", "1700000000")},
        {"nbf", with("nbf", 1e300)},
        {"nonce", without("nonce")},
        {"nonce", with("nonce", "")},
        {"nonce", with("nonce", 7)},
        {"nonce", with("nonce", "CANARY-nonc")},
        {"nonce", with("nonce", "CANARY-noncE")},
        {"nonce", with("nonce", "CANARY-nonce ")},
    };
    for (const auto& [claim, claims] : bad)
    {
        const auto got = read(claims);
        const std::string text = json::serialize(claims);
        BOOST_TEST(verdict(got) == claim, text);
        BOOST_TEST(!has(all_text(got), canary), text);
        BOOST_TEST((failure(got.error()).info().where() == stage::token));
    }
}

BOOST_AUTO_TEST_CASE(token_at_the_edge_of_what_is_allowed_is_accepted)
{
    json::object several = with("aud", json::array{"other", "client-1"});
    several["azp"] = "client-1";
    for (const json::object& claims :
         {several,
          with("aud", json::array{"client-1"}),
          with("azp", "client-1"),
          with("azp", nullptr),
          with("sub", json::string(255, 's')),
          with("exp", 1'699'999'941),
          with("exp", 1'700'000'300.5),
          with("exp", 1e300),
          with("exp", std::numeric_limits<std::uint64_t>::max()),
          with("iat", 1'700'000'060),
          with("iat", 0),
          with("iat", 1'700'000'060.9),
          with("nbf", 1'700'000'060),
          with("nbf", nullptr),
          with("unknown", json::array{1, 2})})
        BOOST_TEST(verdict(read(claims)) == "ok", json::serialize(claims));
}

BOOST_AUTO_TEST_CASE(clock_skew_is_what_the_caller_says)
{
    id_token_expectations strict = expected();
    strict.clock_skew = seconds(0);
    BOOST_TEST(verdict(read(good_claims(), strict)) == "ok");
    BOOST_TEST(verdict(read(with("exp", 1'700'000'000), strict)) == "exp");
    BOOST_TEST(verdict(read(with("exp", 1'700'000'001), strict)) == "ok");
    BOOST_TEST(verdict(read(with("iat", 1'700'000'001), strict)) == "iat");
    strict.clock_skew = seconds(-1000);
    BOOST_TEST(verdict(read(with("exp", 1'700'000'001), strict)) == "ok");
    strict.clock_skew = seconds::max();
    BOOST_TEST(verdict(read(with("exp", 1), strict)) == "ok");
    strict.now = time_point::max();
    strict.clock_skew = seconds(60);
    BOOST_TEST(verdict(read(good_claims(), strict)) == "exp");
}

BOOST_AUTO_TEST_CASE(nonce_is_not_asked_for_if_none_was_sent)
{
    id_token_expectations none = expected();
    none.nonce.clear();
    BOOST_TEST(verdict(read(good_claims(), none)) == "ok");
    BOOST_TEST(verdict(read(without("nonce"), none)) == "ok");
}

BOOST_AUTO_TEST_CASE(access_token_has_to_fit_the_hash_for_it)
{
    // The pair that OpenID Connect Core appendix A.3 prints, for RS256 and so SHA-256.
    id_token_expectations bound = expected();
    bound.access_token = secret("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    BOOST_TEST(verdict(read(with("at_hash", "77QmUPtjPfzWtF2AnpK9RQ"), bound)) == "ok");
    BOOST_TEST(verdict(read(good_claims(), bound)) == "ok");
    for (const json::value& wrong :
         {json::value("77QmUPtjPfzWtF2AnpK9RR"),
          json::value("77QmUPtjPfzWtF2AnpK9RQ=="),
          json::value("77QmUPtjPfzWtF2AnpK9R"),
          json::value(""),
          json::value(7)})
        BOOST_TEST(verdict(read(with("at_hash", wrong), bound)) == "at_hash");
    BOOST_TEST(verdict(read(with("at_hash", "anything"))) == "ok");
    // The other digests.
    for (const auto& [a, size] : std::vector<std::pair<jws_algorithm, std::size_t>>{
             {jws_algorithm::es384, 24},
             {jws_algorithm::es512, 32},
             {jws_algorithm::eddsa, 32},
             {jws_algorithm::ps256, 16}})
    {
        const auto key = key_for(a);
        const std::string digest =
            detail::digest_of(detail::traits_of(a).digest, bound.access_token.reveal());
        const std::string half = base64url_encode(std::string_view(digest).substr(0, size));
        const auto claims = json::serialize(with("at_hash", json::string(half)));
        const auto got = read_id_token(sign_jwt(key, "JWT", claims).value(), set_of({key}), bound);
        BOOST_TEST(verdict(got) == "ok", name_of(a));
    }
}

BOOST_AUTO_TEST_CASE(types_of_other_tokens_are_refused)
{
    for (const std::string_view typ :
         {"", "JWT", "jwt", "id_token+jwt", "application/id_token+jwt"})
        BOOST_TEST(
            outcome(read_id_token(signed_token(good_claims(), typ), issuer_keys(), expected()))
                == "ok",
            typ
        );
    for (const std::string_view typ :
         {"at+jwt", "AT+JWT", "application/at+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt"})
        BOOST_TEST(
            outcome(read_id_token(signed_token(good_claims(), typ), issuer_keys(), expected()))
                == "id_token_invalid",
            typ
        );
}

BOOST_AUTO_TEST_CASE(signature_is_checked_before_anything_is_believed)
{
    const std::string claims = json::serialize(good_claims());
    const auto outcome_of = [&](std::string_view token, const jwk_set& keys = issuer_keys()) {
        return outcome(read_id_token(secret(token), keys, expected()));
    };
    BOOST_TEST(outcome_of("") == "jwt_malformed");
    BOOST_TEST(outcome_of("CANARY") == "jwt_malformed");
    const auto good = signed_token(good_claims());
    BOOST_TEST(outcome_of(good.reveal(), jwk_set()) == "jwt_key_not_found");
    const auto other = signing_key::generate(jws_algorithm::es256).value();
    BOOST_TEST(outcome_of(good.reveal(), set_of({other})) == "jwt_key_not_found");
    const auto forged = sign_jwt(signing_key(other).key_id(issuer_key().key_id()), "JWT", claims);
    BOOST_TEST(outcome_of(forged->reveal()) == "jwt_signature_invalid");
    // HS256 with the client's secret is not supported, and says so.
    const auto mac = sign_jwt(secret("client secret"), "JWT", claims).value();
    BOOST_TEST(outcome_of(mac.reveal()) == "jwt_algorithm_not_allowed");
    const std::string unsigned_token =
        base64url_encode(R"({"alg":"none"})") + "." + base64url_encode(claims) + ".";
    BOOST_TEST(outcome_of(unsigned_token) == "jwt_algorithm_not_allowed");
    BOOST_TEST(outcome_of(token_with(issuer_key(), R"({"alg":"ES256"})", "[]")) == "jwt_malformed");
}

BOOST_AUTO_TEST_CASE(only_algorithms_that_were_agreed_on_are_accepted)
{
    id_token_expectations rsa_only = expected();
    rsa_only.algorithms = {jws_algorithm::rs256};
    BOOST_TEST(outcome(read(good_claims(), rsa_only)) == "jwt_algorithm_not_allowed");
    rsa_only.algorithms.push_back(jws_algorithm::es256);
    BOOST_TEST(outcome(read(good_claims(), rsa_only)) == "ok");
}

BOOST_AUTO_TEST_CASE(nothing_is_accepted_without_an_issuer_and_client_to_expect)
{
    id_token_expectations no_issuer = expected();
    no_issuer.issuer.clear();
    BOOST_TEST(outcome(read(with("iss", ""), no_issuer)) == "invalid_argument");
    id_token_expectations no_client = expected();
    no_client.client_id.clear();
    BOOST_TEST(outcome(read(with("aud", ""), no_client)) == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(client_may_stand_anywhere_among_the_audiences)
{
    for (const auto& all :
         {json::array{"client-1", "other"},
          json::array{"other", "client-1"},
          json::array{"client-1", "client-1"}})
    {
        json::object claims = with("aud", all);
        BOOST_TEST(verdict(read(claims)) == "azp");
        claims["azp"] = "client-1";
        BOOST_TEST(verdict(read(claims)) == "ok");
        claims["azp"] = "other";
        BOOST_TEST(verdict(read(claims)) == "azp");
        claims["azp"] = 7;
        BOOST_TEST(verdict(read(claims)) == "azp");
    }
    for (const json::value& wrong :
         {json::value(json::array{"client-1", 7}),
          json::value(json::array{}),
          json::value(json::array{"client-2"}),
          json::value(7),
          json::value(json::object{{"client-1", true}})})
        BOOST_TEST(verdict(read(with("aud", wrong))) == "aud", json::serialize(wrong));
}

BOOST_AUTO_TEST_CASE(claims_that_are_no_object_say_nothing)
{
    for (const std::string_view payload : {"[]", "7", "\"x\"", "", "{", "null"})
    {
        const auto token = token_with(issuer_key(), R"({"typ":"JWT","alg":"ES256"})", payload);
        const auto got = read_id_token(secret(token), issuer_keys(), expected());
        BOOST_TEST(!got.has_value(), payload);
        BOOST_TEST(outcome(got) != "id_token_invalid", payload);
        BOOST_TEST((got.error().info().where() == stage::token), payload);
    }
}

BOOST_AUTO_TEST_SUITE_END()
