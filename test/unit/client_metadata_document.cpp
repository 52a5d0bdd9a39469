// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "registration_fixture.hpp"

#include <asioauth/protocol/client_metadata_document.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using names = std::vector<std::string>;
using method = token_endpoint_auth_method;

constexpr std::string_view where = "https://app.example/oauth/client.json";

result<std::string> made(const client_profile& profile)
{
    return make_client_metadata_document(where, profile);
}

boost::json::object members(const client_profile& profile)
{
    return boost::json::parse(made(profile).value()).as_object();
}

http_response served(std::string body, std::string_view type = "application/json")
{
    http_response out(200, std::move(body));
    out.field("Content-Type", type).from(make_url(where));
    return out;
}

// A good document with one member replaced or (by "") removed.
std::string with(std::string_view name, std::string_view json)
{
    auto document = members(sample_profile());
    document.erase(name);
    std::string text = boost::json::serialize(document);
    if (json.empty())
        return text;
    text.pop_back();
    return text + ",\"" + std::string(name) + "\":" + std::string(json) + "}";
}

std::string checked(const std::string& body)
{
    return outcome(check_client_metadata_document(where, served(body)));
}

discovery supporting(std::optional<names> methods = std::nullopt)
{
    auto out = sample_discovery();
    out.server.client_id_metadata_document_supported = true;
    out.server.token_endpoint_auth_methods_supported = std::move(methods);
    return out;
}

constexpr std::string_view invalid = "client_metadata_document_invalid";

} // namespace

BOOST_AUTO_TEST_SUITE(client_metadata_document)

// covers C-CIMD-1
BOOST_AUTO_TEST_CASE(url_that_can_be_an_identifier_is_taken)
{
    for (const auto text :
         {"https://app.example/client.json",
          "https://app.example/a/b/c",
          "https://app.example/client/",
          "https://app.example:8443/c",
          "https://app.example/.well-known/c",
          "https://app.example/a..b/...",
          "https://app.example/%2e%2e%2e",
          "https://App.Example/C"})
    {
        const auto got = check_client_metadata_url(text);
        BOOST_TEST(outcome(got) == "ok", text);
        if (got)
            BOOST_TEST(got->str() == text);
    }
}

// covers C-CIMD-1
BOOST_AUTO_TEST_CASE(url_that_cannot_be_an_identifier_is_refused)
{
    for (const auto text :
         {"",
          "client.json",
          "http://app.example/client.json",
          "http://localhost/client.json",
          "https://app.example",
          "https://app.example/",
          "https://app.example?x",
          "https://app.example/c?",
          "https://app.example/c?v=1",
          "https://app.example/c#",
          "https://app.example/c#f",
          "https://user@app.example/c",
          "https://user:pw@app.example/c",
          "https://app.example:/c",
          "https://app.example/./c",
          "https://app.example/a/../c",
          "https://app.example/a/..",
          "https://app.example/a/.",
          "https://app.example/..",
          "https://app.example/a/%2e%2E/c",
          "https://app.example/%2e/c",
          "https://app.example/a/.%2e/c",
          "https://app.example/a b",
          "https://app.example\\c",
          "javascript:alert(1)"})
        BOOST_TEST(outcome(check_client_metadata_url(text)) == invalid, text);
}

// covers C-CIMD-2
BOOST_AUTO_TEST_CASE(document_names_its_url_byte_for_byte_and_what_is_required)
{
    const auto document = members(sample_profile().client_uri("https://app.example").scope("a"));
    BOOST_TEST(text_of(document, "client_id") == R"("https://app.example/oauth/client.json")");
    BOOST_TEST(text_of(document, "client_name") == R"("Acme Agent")");
    BOOST_TEST(text_of(document, "redirect_uris") == R"(["http://127.0.0.1:8123/callback"])");
    BOOST_TEST(text_of(document, "token_endpoint_auth_method") == R"("none")");
    BOOST_TEST(text_of(document, "grant_types") == R"(["authorization_code","refresh_token"])");
    BOOST_TEST(text_of(document, "response_types") == R"(["code"])");
    BOOST_TEST(text_of(document, "client_uri") == R"("https://app.example")");
    BOOST_TEST(text_of(document, "application_type") == R"("native")");
    BOOST_TEST(checked(made(sample_profile()).value()) == "ok");
    const auto odd = make_client_metadata_document("https://App.example:443/C", sample_profile());
    BOOST_TEST(has(odd.value(), R"("client_id":"https://App.example:443/C")"));
}

// covers C-CIMD-2
BOOST_AUTO_TEST_CASE(document_without_name_or_redirect_uri_is_not_made)
{
    BOOST_TEST(outcome(made(sample_profile().client_name(""))) == invalid);
    client_profile nowhere;
    nowhere.client_name("Acme");
    BOOST_TEST(outcome(made(nowhere)) == "redirect_uri_invalid");
    BOOST_TEST(
        outcome(made(nowhere.add_redirect_uri("http://app.example/cb"))) == "redirect_uri_invalid"
    );
    BOOST_TEST(
        outcome(make_client_metadata_document("https://app.example/", sample_profile())) == invalid
    );
    const auto bad = made(sample_profile().logo_uri("javascript:x"));
    BOOST_TEST(outcome(bad) == invalid);
    BOOST_TEST(has(bad.error().info().message(), "logo_uri"));
}

// covers C-CIMD-3
BOOST_AUTO_TEST_CASE(document_has_neither_a_secret_nor_a_method_that_needs_one)
{
    for (const auto m :
         {method::client_secret_basic, method::client_secret_post, method::client_secret_jwt})
        BOOST_TEST(outcome(made(sample_profile().auth_method(m))) == invalid);
    for (const auto name : {"client_secret", "client_secret_expires_at"})
        BOOST_TEST(outcome(made(sample_profile().extension(name, "\"CANARY\""))) == invalid);
    BOOST_TEST(checked(with("client_secret", "\"CANARY\"")) == invalid);
    BOOST_TEST(checked(with("client_secret", "null")) == invalid);
    BOOST_TEST(checked(with("client_secret_expires_at", "0")) == invalid);
    for (const auto name :
         {"client_secret_basic", "client_secret_post", "client_secret_jwt", "client_secret_x"})
        BOOST_TEST(
            checked(with("token_endpoint_auth_method", "\"" + std::string(name) + "\"")) == invalid,
            name
        );
    // Left out, it would be client_secret_basic.
    BOOST_TEST(checked(with("token_endpoint_auth_method", "")) == invalid);
}

// covers C-CIMD-4
BOOST_AUTO_TEST_CASE(document_with_a_key_names_the_method_that_uses_it)
{
    const auto profile = sample_profile().key(sample_key());
    const auto document = members(profile);
    BOOST_TEST(text_of(document, "token_endpoint_auth_method") == R"("private_key_jwt")");
    BOOST_TEST(text_of(document, "token_endpoint_auth_signing_alg") == R"("ES256")");
    BOOST_TEST(document.at("jwks").as_object().at("keys").as_array().size() == 1u);
    BOOST_TEST(!has(made(profile).value(), "\"d\""));
    BOOST_TEST(checked(made(profile).value()) == "ok");
    auto elsewhere = profile;
    const auto linked = members(elsewhere.jwks_uri("https://app.example/jwks"));
    BOOST_TEST(text_of(linked, "jwks_uri") == R"("https://app.example/jwks")");
    BOOST_TEST(text_of(linked, "jwks") == "(absent)");
    BOOST_TEST(text_of(linked, "token_endpoint_auth_method") == R"("private_key_jwt")");
    BOOST_TEST(outcome(made(sample_profile().auth_method(method::private_key_jwt))) == invalid);
}

// covers C-CIMD-4
BOOST_AUTO_TEST_CASE(client_with_a_published_key_authenticates_with_it_everywhere)
{
    const auto profile = sample_profile().key(sample_key()).scope("a");
    for (const auto& methods :
         {std::optional<names>(),
          std::optional<names>(names{}),
          std::optional<names>({"none", "private_key_jwt"})})
    {
        const auto got = make_metadata_document_client(supporting(methods), where, profile);
        BOOST_TEST(method_of(got) == "private_key_jwt");
        BOOST_TEST((got->key == sample_key()));
        BOOST_TEST(got->client_secret.empty());
        BOOST_TEST(got->client_id == where);
        BOOST_TEST(got->issuer == "https://as.example");
        BOOST_TEST((got->source == registration_source::metadata_document));
        BOOST_TEST((got->redirect_uris == profile.redirect_uris()));
        BOOST_TEST(got->scope == "a");
    }
    const auto client = make_metadata_document_client(supporting(), where, profile);
    const auto refresh = make_refresh_token_request(
        supporting(), client.value(), secret("r"), "", request_stamp({}, octets(1))
    );
    const auto form = refresh.value().body().reveal();
    BOOST_TEST(value_of(form, "client_id") == where);
    const auto keys = jwk_set::parse(make_jwk_set({sample_key()}));
    BOOST_TEST(outcome(verify_jwt(value_of(form, "client_assertion"), keys.value())) == "ok");
    // Never as a public client, though the server would take that.
    BOOST_TEST(
        method_of(make_metadata_document_client(
            supporting(names{"none", "client_secret_basic"}), where, profile
        ))
        == "token_endpoint_auth_method_not_supported"
    );
    auto found = supporting(names{"private_key_jwt"});
    found.server.token_endpoint_auth_signing_alg_values_supported = names{"RS256"};
    BOOST_TEST(
        method_of(make_metadata_document_client(found, where, profile))
        == "token_endpoint_auth_method_not_supported"
    );
}

BOOST_AUTO_TEST_CASE(client_without_a_key_is_public)
{
    BOOST_TEST(
        method_of(make_metadata_document_client(supporting(), where, sample_profile())) == "none"
    );
    BOOST_TEST(
        method_of(make_metadata_document_client(
            supporting(names{"client_secret_basic", "private_key_jwt"}), where, sample_profile()
        ))
        == "token_endpoint_auth_method_not_supported"
    );
    const auto certified = make_metadata_document_client(
        supporting(names{"self_signed_tls_client_auth"}),
        where,
        sample_profile()
            .identity(sample_identity())
            .auth_method(method::self_signed_tls_client_auth)
    );
    BOOST_TEST(method_of(certified) == "self_signed_tls_client_auth");
    BOOST_TEST(!certified->identity.empty());
}

// covers C-CIMD-6
BOOST_AUTO_TEST_CASE(document_is_of_no_use_where_the_server_does_not_say_that_it_takes_them)
{
    BOOST_TEST(
        outcome(make_metadata_document_client(sample_discovery(), where, sample_profile()))
        == "registration_not_supported"
    );
    BOOST_TEST(
        outcome(make_metadata_document_client(
            supporting(), "https://app.example/c?x=1", sample_profile()
        ))
        == invalid
    );
    BOOST_TEST(
        outcome(make_metadata_document_client(
            supporting(), where, sample_profile().add_redirect_uri("http://app.example/cb")
        ))
        == "redirect_uri_invalid"
    );
    BOOST_TEST(
        outcome(make_metadata_document_client(
            supporting(), where, sample_profile().auth_method(method::client_secret_post)
        ))
        == invalid
    );
}

// covers C-CIMD-5
BOOST_AUTO_TEST_CASE(document_above_5_kilobytes_is_neither_made_nor_taken)
{
    const std::size_t rest = made(sample_profile().extension("x", "\"\"")).value().size();
    const auto filled = [&](std::size_t size) {
        return sample_profile().extension("x", "\"" + std::string(size - rest, 'a') + "\"");
    };
    BOOST_TEST(made(filled(5120)).value().size() == 5120u);
    BOOST_TEST(checked(made(filled(5120)).value()) == "ok");
    BOOST_TEST(outcome(made(filled(5121))) == invalid);
    BOOST_TEST(checked(made(filled(5120)).value() + " ") == invalid);
}

// covers C-CIMD-2
BOOST_AUTO_TEST_CASE(document_of_another_url_is_refused)
{
    for (const auto id :
         {R"("https://app.example/oauth/client.json/")",
          R"("https://APP.example/oauth/client.json")",
          R"("https://app.example:443/oauth/client.json")",
          R"("")",
          "null",
          "7"})
        BOOST_TEST(checked(with("client_id", id)) == invalid, id);
    BOOST_TEST(checked(with("client_id", "")) == invalid);
    BOOST_TEST(
        outcome(check_client_metadata_document(
            "http://app.example/oauth/client.json", served(made(sample_profile()).value())
        ))
        == invalid
    );
}

BOOST_AUTO_TEST_CASE(document_that_a_server_would_not_take_is_refused_with_the_reason)
{
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {"client_name", ""},
        {"client_name", "7"},
        {"redirect_uris", ""},
        {"redirect_uris", "[]"},
        {"redirect_uris", "\"https://a.example/\""},
        {"redirect_uris", R"(["http://a.example/cb"])"},
        {"redirect_uris", R"(["https://a.example/cb#f"])"},
        {"redirect_uris", R"x(["javascript:alert(1)"])x"},
        {"redirect_uris", R"(["myapp:/cb"])"},
        {"redirect_uris", R"(["com.example.app:"])"},
        {"redirect_uris", R"(["com.example.app:/cb#f"])"},
        {"redirect_uris", R"(["com.example.app:/c b"])"},
        {"client_uri", R"x("javascript:alert(1)")x"},
        {"logo_uri", R"("data:image/png;base64,x")"},
        {"tos_uri", "7"},
        {"token_endpoint_auth_method", R"("private_key_jwt")"},
        {"token_endpoint_auth_method", "7"},
        {"jwks_uri", R"("http://app.example/jwks")"},
        {"jwks", "{}"},
        {"jwks", R"({"keys":[]})"},
        {"jwks", R"({"keys":[7]})"},
        {"jwks", R"({"keys":{}})"},
        {"jwks", "[]"},
        {"jwks", R"({"keys":[{"kty":"EC","d":"CANARY"}]})"},
        {"jwks", R"({"keys":[{"kty":"oct","k":"CANARY"}]})"},
        {"jwks", R"({"keys":[{"kty":"RSA","qi":"CANARY"}]})"}};
    for (const auto& [name, json] : wrong)
    {
        const auto got = check_client_metadata_document(where, served(with(name, json)));
        BOOST_TEST(outcome(got) == invalid, name + ": " + json);
        if (!got)
        {
            BOOST_TEST(!got.error().info().message().empty());
            BOOST_TEST(!has(all_text(got), canary));
            BOOST_TEST(got.error().info().url() == where);
        }
    }
    auto both = with("jwks", R"({"keys":[{"kty":"EC"}]})");
    BOOST_TEST(checked(both) == "ok");
    both.pop_back();
    BOOST_TEST(checked(both + R"(,"jwks_uri":"https://app.example/jwks"})") == invalid);
    BOOST_TEST(checked(with("redirect_uris", R"(["com.example.app:/cb"])")) == "ok");
}

BOOST_AUTO_TEST_CASE(document_that_is_served_wrongly_is_refused)
{
    const auto good = made(sample_profile()).value();
    const auto outcome_of = [](const http_response& r) {
        return outcome(check_client_metadata_document(where, r));
    };
    BOOST_TEST(outcome_of(served(good)) == "ok");
    BOOST_TEST(outcome_of(served(good, "application/json; charset=utf-8")) == "ok");
    BOOST_TEST(outcome_of(served(good, "text/html")) == invalid);
    BOOST_TEST(outcome_of(served(good).status(404)) == invalid);
    BOOST_TEST(outcome_of(served(good).status(304)) == invalid);
    BOOST_TEST(outcome_of(served(good + "x")) == invalid);
    BOOST_TEST(outcome_of(served("")) == invalid);
    BOOST_TEST(outcome_of(served("[]")) == invalid);
    BOOST_TEST(outcome_of(http_response(200, good)) == invalid);
}

BOOST_AUTO_TEST_CASE(refusal_of_a_document_always_says_why)
{
    const auto good = made(sample_profile()).value();
    const auto why = [](const http_response& r) {
        const auto checked = check_client_metadata_document(where, r);
        BOOST_TEST(outcome(checked) == invalid);
        return checked ? std::string() : checked.error().info().message();
    };
    std::string twice = good;
    twice.insert(1, R"("client_name":"Another",)");
    for (const auto& r :
         {served(good).status(404),
          served(good, "text/html"),
          served(good).field("Content-Encoding", "gzip"),
          served(good).field("Content-Type", "text/html"),
          served(""),
          served("[]"),
          served("\xff"),
          served(twice),
          served(std::string(200, '['))})
        BOOST_TEST(!why(r).empty(), r.body());
}

BOOST_AUTO_TEST_CASE(segment_that_only_looks_like_dots_is_none)
{
    for (const auto segment :
         {"%2", "%", "%2f", "%3e", "%2e%2", "a.", ".a", "%2ea", "...", "%2E.."})
    {
        const auto text = "https://app.example/a/" + std::string(segment) + "/c";
        // Not every one of them is a URL.
        const auto got = check_client_metadata_url(text);
        if (url::parse(text))
            BOOST_TEST(outcome(got) == "ok", text);
        else
            BOOST_TEST(has(all_text(got), "cannot be used"), text);
    }
    for (const auto segment : {".", "..", "%2e", "%2E", "%2e.", ".%2E", "%2E%2e"})
    {
        const auto got =
            check_client_metadata_url("https://app.example/a/" + std::string(segment) + "/c");
        BOOST_TEST(outcome(got) == invalid, segment);
    }
}

BOOST_AUTO_TEST_CASE(private_use_scheme_is_the_reversed_name_of_a_domain)
{
    for (const auto uri :
         {"com.example.app:/cb", "COM.Example.App:/cb", "com.example+a-1:cb", "com.example:?x"})
        BOOST_TEST(checked(with("redirect_uris", "[\"" + std::string(uri) + "\"]")) == "ok", uri);
    for (const auto uri :
         {"com.example.app",
          ":/cb",
          "com.example.app:",
          "example:/cb",
          ".example:/cb",
          "1com.example:/cb",
          "-com.example:/cb",
          "com.ex_ample:/cb",
          "com.ex ample:/cb",
          "com.example:/cb#",
          "com.example:/\xc3\xa4"})
        BOOST_TEST(
            checked(with("redirect_uris", "[\"" + std::string(uri) + "\"]")) == invalid, uri
        );
}

BOOST_AUTO_TEST_CASE(document_with_a_key_may_be_written_in_either_way)
{
    const auto document = [](std::string_view more) {
        auto text = with("token_endpoint_auth_method", R"("private_key_jwt")");
        text.pop_back();
        return text + std::string(more) + "}";
    };
    BOOST_TEST(checked(document("")) == invalid);
    BOOST_TEST(checked(document(R"(,"jwks":{"keys":[{"kty":"EC"}]})")) == "ok");
    BOOST_TEST(checked(document(R"(,"jwks_uri":"https://app.example/jwks")")) == "ok");
    BOOST_TEST(checked(document(R"(,"jwks_uri":7)")) == invalid);
    for (const auto name : {"client_uri", "logo_uri", "tos_uri", "policy_uri", "jwks_uri"})
    {
        BOOST_TEST(checked(with(name, "\"\"")) == "ok", name);
        BOOST_TEST(checked(with(name, "null")) == "ok", name);
        BOOST_TEST(checked(with(name, "[]")) == invalid, name);
    }
    BOOST_TEST(checked(with("policy_uri", R"("http://app.example/p")")) == "ok");
}

BOOST_AUTO_TEST_CASE(algorithms_of_the_server_matter_to_a_client_with_a_key_alone)
{
    const auto client = [](std::optional<names> algorithms, const client_profile& profile) {
        auto found = supporting();
        found.server.token_endpoint_auth_signing_alg_values_supported = std::move(algorithms);
        return method_of(make_metadata_document_client(found, where, profile));
    };
    const auto with_key = sample_profile().key(sample_key());
    BOOST_TEST(client(std::nullopt, with_key) == "private_key_jwt");
    BOOST_TEST(client(names{}, with_key) == "private_key_jwt");
    BOOST_TEST(client(names{"RS256", "ES256"}, with_key) == "private_key_jwt");
    BOOST_TEST(client(names{"RS256"}, with_key) == "token_endpoint_auth_method_not_supported");
    BOOST_TEST(client(names{"RS256"}, sample_profile()) == "none");
}

BOOST_AUTO_TEST_CASE(certificate_is_shown_where_the_method_or_the_tokens_want_it)
{
    const auto shows = [](const client_profile& profile) {
        return !make_metadata_document_client(supporting(), where, profile)->identity.empty();
    };
    const auto certified = sample_profile().identity(sample_identity());
    BOOST_TEST(!shows(certified));
    auto bound = certified;
    BOOST_TEST(shows(bound.certificate_bound_access_tokens(true)));
    auto by_method = certified;
    BOOST_TEST(shows(by_method.auth_method(method::self_signed_tls_client_auth)));
}

BOOST_AUTO_TEST_SUITE_END()
