// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "registration_fixture.hpp"

#include <asioauth/protocol/jose.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using names = std::vector<std::string>;
using method = token_endpoint_auth_method;

result<http_request> make(const client_profile& profile)
{
    return make_registration_request(sample_discovery(), profile);
}

boost::json::object made(const client_profile& profile)
{
    return body_of(make(profile));
}

// A profile of a service that has nobody to send anywhere.
client_profile service()
{
    client_profile out;
    out.client_name("Acme Service").add_grant_type("client_credentials");
    return out;
}

std::string keys_of(const boost::json::object& body)
{
    return boost::json::serialize(body.at("jwks").as_object().at("keys"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(registration_metadata)

// covers C-7591-1
BOOST_AUTO_TEST_CASE(every_member_of_rfc_7591_is_sent_as_the_profile_says)
{
    const auto body = made(sample_profile()
                               .client_uri("https://acme.example/")
                               .logo_uri("http://acme.example/l.png")
                               .tos_uri("https://acme.example/tos#de")
                               .policy_uri("https://acme.example/policy")
                               .software_id("id-1")
                               .software_version("1.2")
                               .software_statement("e30.e30.c2ln")
                               .scope("a b")
                               .add_contact("ops@acme.example")
                               .add_contact("Jane <jane@acme.example>")
                               .jwks_uri("https://acme.example/jwks"));
    BOOST_TEST(text_of(body, "client_uri") == R"("https://acme.example/")");
    BOOST_TEST(text_of(body, "logo_uri") == R"("http://acme.example/l.png")");
    BOOST_TEST(text_of(body, "tos_uri") == R"("https://acme.example/tos#de")");
    BOOST_TEST(text_of(body, "policy_uri") == R"("https://acme.example/policy")");
    BOOST_TEST(text_of(body, "software_id") == R"("id-1")");
    BOOST_TEST(text_of(body, "software_version") == R"("1.2")");
    BOOST_TEST(text_of(body, "software_statement") == R"("e30.e30.c2ln")");
    BOOST_TEST(text_of(body, "scope") == R"("a b")");
    BOOST_TEST(text_of(body, "contacts") == R"(["ops@acme.example","Jane <jane@acme.example>"])");
    BOOST_TEST(text_of(body, "jwks_uri") == R"("https://acme.example/jwks")");
    BOOST_TEST(text_of(body, "jwks") == "(absent)");
    BOOST_TEST(text_of(body, "client_secret") == "(absent)");
    BOOST_TEST(text_of(body, "client_id") == "(absent)");
}

BOOST_AUTO_TEST_CASE(members_in_languages_carry_their_tag)
{
    const auto body = made(sample_profile()
                               .localized("client_name", "ja-Jpan-JP", "\xe3\x82\xaf\xe3\x83\xa9")
                               .localized("client_name", "de", "Agent")
                               .localized("tos_uri", "fr", "https://acme.example/fr"));
    BOOST_TEST(text_of(body, "client_name") == R"("Acme Agent")");
    BOOST_TEST(text_of(body, "client_name#ja-Jpan-JP") == "\"\xe3\x82\xaf\xe3\x83\xa9\"");
    BOOST_TEST(text_of(body, "client_name#de") == R"("Agent")");
    BOOST_TEST(text_of(body, "tos_uri#fr") == R"("https://acme.example/fr")");
}

BOOST_AUTO_TEST_CASE(members_in_languages_that_cannot_be_are_refused)
{
    for (const auto& [member, language, value] :
         std::vector<std::tuple<std::string, std::string, std::string>>{
             {"client_name", "", "x"},
             {"client_name", "deutsch_", "x"},
             {"client_name", "de#at", "x"},
             {"client_name", "de", ""},
             {"client_name", "de", "a\nb"},
             {"client_name", "de", "\xff"},
             {"client_uri", "de", "nonsense"},
             {"logo_uri", "de", "javascript:alert(1)"},
             {"scope", "de", "a"},
             {"", "de", "a"},
             {"client_name#fr", "de", "a"}})
        BOOST_TEST(
            outcome(make(sample_profile().localized(member, language, value)))
                == "invalid_client_metadata",
            member + "#" + language + ": " + value
        );
    // Tags that differ in case only are one language.
    BOOST_TEST(
        outcome(make(
            sample_profile().localized("client_name", "de", "a").localized("client_name", "DE", "b")
        ))
        == "invalid_client_metadata"
    );
}

BOOST_AUTO_TEST_CASE(addresses_that_no_browser_should_open_are_refused)
{
    for (const auto uri :
         {"javascript:alert(1)",
          "JavaScript:alert(1)",
          "data:text/html,x",
          "file:///etc/passwd",
          "ftp://acme.example/",
          "https://user:pw@acme.example/",
          "https://acme.example/a b",
          "https://acme.example/\xc3\xa9",
          "//acme.example/",
          "acme.example"})
    {
        const auto named = [&](client_profile p) { return outcome(make(p)); };
        BOOST_TEST(named(sample_profile().client_uri(uri)) == "invalid_client_metadata", uri);
        BOOST_TEST(named(sample_profile().logo_uri(uri)) == "invalid_client_metadata", uri);
        BOOST_TEST(named(sample_profile().tos_uri(uri)) == "invalid_client_metadata", uri);
        BOOST_TEST(named(sample_profile().policy_uri(uri)) == "invalid_client_metadata", uri);
        BOOST_TEST(named(sample_profile().jwks_uri(uri)) == "invalid_client_metadata", uri);
    }
    // Where keys come from must not be open to whoever is on the way.
    BOOST_TEST(
        outcome(make(sample_profile().jwks_uri("http://acme.example/jwks")))
        == "invalid_client_metadata"
    );
    BOOST_TEST(
        outcome(make(sample_profile().jwks_uri("https://acme.example/jwks#a")))
        == "invalid_client_metadata"
    );
    BOOST_TEST(outcome(make(sample_profile().jwks_uri("http://127.0.0.1:8/jwks"))) == "ok");
}

BOOST_AUTO_TEST_CASE(text_that_cannot_be_sent_is_refused_and_named)
{
    const auto refused = make(sample_profile().client_name("Acme\xff"));
    BOOST_TEST(outcome(refused) == "invalid_client_metadata");
    BOOST_TEST(has(refused.error().info().message(), "client_name"));
    BOOST_TEST((refused.error().info().where() == stage::registration));
    BOOST_TEST(refused.error().info().url() == "https://as.example/register");
    const std::string with_nul("a\0b", 3);
    for (const auto& profile :
         {sample_profile().client_name("a\tb"),
          sample_profile().client_name(with_nul),
          sample_profile().software_id("\xc3"),
          sample_profile().software_version("1\x7f"),
          sample_profile().add_contact(""),
          sample_profile().add_contact("a\r\nb"),
          sample_profile().scope("a\"b"),
          sample_profile().scope("a\\b"),
          sample_profile().scope("a\nb"),
          sample_profile().scope("\xc3\xa9"),
          sample_profile().application_type("a b"),
          sample_profile().add_grant_type(""),
          sample_profile().add_grant_type("authorization code"),
          sample_profile().software_statement("e30.e30"),
          sample_profile().software_statement("e30.e30.c2ln.x"),
          sample_profile().software_statement("e30.e30.c2l=")})
        BOOST_TEST(outcome(make(profile)) == "invalid_client_metadata");
    BOOST_TEST(outcome(make(sample_profile().client_name("\xe2\x9c\x93 \"Acme\" \\ <b>"))) == "ok");
}

BOOST_AUTO_TEST_CASE(extension_members_are_sent_as_they_are)
{
    const auto body = made(sample_profile()
                               .extension("subject_type", "\"public\"")
                               .extension("default_max_age", "60")
                               .extension("default_acr_values", R"(["a", {"b": null}])")
                               .extension("id_token_signed_response_alg", "\"ES256\""));
    BOOST_TEST(text_of(body, "subject_type") == R"("public")");
    BOOST_TEST(text_of(body, "default_max_age") == "60");
    BOOST_TEST(text_of(body, "default_acr_values") == R"(["a",{"b":null}])");
    BOOST_TEST(text_of(body, "id_token_signed_response_alg") == R"("ES256")");
}

BOOST_AUTO_TEST_CASE(extension_that_is_the_librarys_own_member_is_refused)
{
    for (const auto name :
         {"redirect_uris",
          "token_endpoint_auth_method",
          "grant_types",
          "response_types",
          "client_name",
          "client_name#ja",
          "client_uri",
          "logo_uri#de",
          "scope",
          "contacts",
          "tos_uri",
          "policy_uri",
          "jwks",
          "jwks_uri",
          "software_id",
          "software_version",
          "application_type",
          "software_statement",
          "client_id",
          "client_secret",
          "",
          "a\nb",
          "\xff",
          "tls_client_auth_san_dns",
          "dpop_bound_access_tokens",
          "client_id_issued_at",
          "client_secret_expires_at",
          "registration_access_token",
          "registration_client_uri",
          "request_object_signing_alg",
          "token_endpoint_auth_signing_alg",
          "tls_client_certificate_bound_access_tokens"})
        BOOST_TEST(
            outcome(make(sample_profile().extension(name, "\"x\""))) == "invalid_client_metadata",
            name
        );
    BOOST_TEST(
        outcome(make(sample_profile().extension("x", "1").extension("x", "2")))
        == "invalid_client_metadata"
    );
}

BOOST_AUTO_TEST_CASE(extension_that_is_no_json_value_is_refused)
{
    for (const auto json :
         {"",
          "x",
          "{",
          "1 2",
          "\"\xff\"",
          "1,\"scope\":\"all\"",
          "1}",
          "/**/1",
          "'a'",
          "[1,]",
          R"({"a":1,"a":2})",
          "1e999",
          "NaN"})
        BOOST_TEST(
            outcome(make(sample_profile().extension("x", json))) == "invalid_client_metadata", json
        );
}

// covers C-7591-7
BOOST_AUTO_TEST_CASE(application_type_of_the_profile_wins_over_the_inferred_one)
{
    BOOST_TEST(text_of(made(sample_profile()), "application_type") == R"("native")");
    BOOST_TEST(
        text_of(made(sample_profile().application_type("web")), "application_type") == R"("web")"
    );
    BOOST_TEST(text_of(made(service()), "application_type") == R"("web")");
    BOOST_TEST(application_type_for({}) == "web");
}

BOOST_AUTO_TEST_CASE(client_without_the_code_grant_needs_no_redirect_uri)
{
    const auto body = made(service());
    BOOST_TEST(text_of(body, "redirect_uris") == "(absent)");
    BOOST_TEST(text_of(body, "grant_types") == R"(["client_credentials"])");
    BOOST_TEST(text_of(body, "response_types") == "[]");
    BOOST_TEST(
        outcome(make(service().add_grant_type("authorization_code"))) == "redirect_uri_invalid"
    );
    BOOST_TEST(
        outcome(make(service().add_redirect_uri("http://app.example/cb"))) == "redirect_uri_invalid"
    );
}

BOOST_AUTO_TEST_CASE(grant_types_that_are_named_replace_the_default)
{
    const auto body = made(sample_profile()
                               .add_grant_type("authorization_code")
                               .add_grant_type("urn:ietf:params:oauth:grant-type:token-exchange"));
    BOOST_TEST(
        text_of(body, "grant_types")
        == R"(["authorization_code","urn:ietf:params:oauth:grant-type:token-exchange"])"
    );
    BOOST_TEST(text_of(body, "response_types") == R"(["code"])");
}

BOOST_AUTO_TEST_CASE(public_half_of_the_key_is_registered_and_nothing_else_of_it)
{
    const auto profile = sample_profile().key(sample_key()).auth_method(method::private_key_jwt);
    const auto body = made(profile);
    BOOST_TEST(text_of(body, "token_endpoint_auth_method") == R"("private_key_jwt")");
    BOOST_TEST(text_of(body, "token_endpoint_auth_signing_alg") == R"("ES256")");
    BOOST_TEST(text_of(body, "jwks_uri") == "(absent)");
    const auto& keys = body.at("jwks").as_object().at("keys").as_array();
    BOOST_REQUIRE(keys.size() == 1u);
    BOOST_TEST(jwk_set::parse(text_of(body, "jwks")).value().has(sample_key().key_id()));
    const auto& key = keys.at(0).as_object();
    BOOST_TEST(text_of(key, "kty") == R"("EC")");
    BOOST_TEST(text_of(key, "kid") == "\"" + sample_key().key_id() + "\"");
    BOOST_TEST(text_of(key, "d") == "(absent)");
}

BOOST_AUTO_TEST_CASE(key_that_is_published_elsewhere_is_not_registered)
{
    const auto body = made(sample_profile()
                               .key(sample_key())
                               .jwks_uri("https://acme.example/jwks")
                               .auth_method(method::private_key_jwt));
    BOOST_TEST(text_of(body, "jwks_uri") == R"("https://acme.example/jwks")");
    BOOST_TEST(text_of(body, "jwks") == "(absent)");
    BOOST_TEST(text_of(body, "token_endpoint_auth_signing_alg") == R"("ES256")");
}

BOOST_AUTO_TEST_CASE(algorithm_of_request_objects_is_registered_only_where_they_will_be_used)
{
    const auto profile = sample_profile().key(sample_key());
    const auto registered = [&](const discovery& found) {
        return text_of(
            body_of(make_registration_request(found, profile)), "request_object_signing_alg"
        );
    };
    auto found = sample_discovery();
    BOOST_TEST(registered(found) == "(absent)");
    found.server.require_signed_request_object = true;
    BOOST_TEST(registered(found) == R"("ES256")");
    found.server.request_object_signing_alg_values_supported = names{"PS256"};
    BOOST_TEST(registered(found) == "(absent)");
    found.server.require_signed_request_object = false;
    found.server.request_object_signing_alg_values_supported = names{"none", "ES256"};
    BOOST_TEST(registered(found) == R"("ES256")");
    BOOST_TEST(
        text_of(
            body_of(make_registration_request(found, sample_profile())),
            "request_object_signing_alg"
        )
        == "(absent)"
    );
}

BOOST_AUTO_TEST_CASE(client_of_a_certification_authority_registers_one_name_of_its_certificate)
{
    for (const auto member :
         {"tls_client_auth_subject_dn",
          "tls_client_auth_san_dns",
          "tls_client_auth_san_uri",
          "tls_client_auth_san_ip",
          "tls_client_auth_san_email"})
    {
        const auto request = make(sample_profile()
                                      .identity(sample_identity())
                                      .certificate_name(member, "CN=acme,O=\"A\"")
                                      .auth_method(method::tls_client_auth));
        const auto body = body_of(request);
        BOOST_TEST(text_of(body, "token_endpoint_auth_method") == R"("tls_client_auth")");
        BOOST_TEST(text_of(body, member) == R"("CN=acme,O=\"A\"")");
        BOOST_TEST(text_of(body, "jwks") == "(absent)");
        BOOST_TEST((request->identity() == sample_identity()));
    }
    BOOST_TEST(
        outcome(make(sample_profile()
                         .identity(sample_identity())
                         .certificate_name("tls_client_auth_san", "a")
                         .auth_method(method::tls_client_auth)))
        == "invalid_client_metadata"
    );
    BOOST_TEST(
        outcome(
            make(sample_profile().identity(sample_identity()).auth_method(method::tls_client_auth))
        )
        == "invalid_client_metadata"
    );
    BOOST_TEST(
        outcome(make(sample_profile()
                         .certificate_name("tls_client_auth_san_dns", "a")
                         .auth_method(method::tls_client_auth)))
        == "invalid_client_metadata"
    );
}

BOOST_AUTO_TEST_CASE(self_signed_certificate_is_registered_as_a_key)
{
    const auto request = make(sample_profile()
                                  .identity(sample_identity())
                                  .auth_method(method::self_signed_tls_client_auth));
    const auto body = body_of(request);
    BOOST_TEST(text_of(body, "token_endpoint_auth_method") == R"("self_signed_tls_client_auth")");
    const auto& keys = body.at("jwks").as_object().at("keys").as_array();
    BOOST_REQUIRE(keys.size() == 1u);
    const auto& key = keys.at(0).as_object();
    BOOST_TEST(text_of(key, "kty") == R"("EC")");
    BOOST_TEST(text_of(key, "crv") == R"("P-256")");
    BOOST_TEST(text_of(key, "d") == "(absent)");
    // The certificate is what stands between the lines of the PEM file.
    std::string pem = sample_identity().certificate_chain();
    pem.erase(0, pem.find('\n'));
    pem.erase(pem.find("-----END"));
    std::erase(pem, '\n');
    BOOST_TEST(text_of(key, "x5c") == boost::json::serialize(boost::json::array{pem}));
    BOOST_TEST(jwk_set::parse(text_of(body, "jwks")).value().size() == 1u);
    BOOST_TEST((request->identity() == sample_identity()));
}

BOOST_AUTO_TEST_CASE(rsa_certificate_is_registered_with_its_chain)
{
    testing::certificate_options options;
    options.rsa_bits = 2048;
    const auto leaf = testing::test_pki::get().leaf(options);
    const tls_identity identity(
        leaf.certificate_pem() + testing::test_pki::get().ca().certificate_pem(),
        secret(leaf.key_pem())
    );
    const auto body =
        made(sample_profile().identity(identity).auth_method(method::self_signed_tls_client_auth));
    const auto& key = body.at("jwks").as_object().at("keys").as_array().at(0).as_object();
    BOOST_TEST(text_of(key, "kty") == R"("RSA")");
    BOOST_TEST(key.at("x5c").as_array().size() == 2u);
}

BOOST_AUTO_TEST_CASE(certificate_that_cannot_be_read_is_key_invalid)
{
    testing::certificate_options small;
    small.rsa_bits = 1024;
    for (const auto& pem :
         {std::string(),
          std::string("nonsense"),
          std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
          testing::make_identity(small).certificate_pem()})
        BOOST_TEST(
            outcome(make(sample_profile()
                             .identity(tls_identity(pem, secret("CANARY")))
                             .auth_method(method::self_signed_tls_client_auth)))
                == "key_invalid",
            pem
        );
}

BOOST_AUTO_TEST_CASE(tokens_are_bound_where_the_profile_asks_for_it)
{
    const auto plain = made(sample_profile().identity(sample_identity()));
    BOOST_TEST(text_of(plain, "dpop_bound_access_tokens") == "(absent)");
    BOOST_TEST(text_of(plain, "tls_client_certificate_bound_access_tokens") == "(absent)");
    BOOST_TEST(
        text_of(made(sample_profile().dpop_bound_access_tokens(true)), "dpop_bound_access_tokens")
        == "true"
    );
    const auto request =
        make(sample_profile().identity(sample_identity()).certificate_bound_access_tokens(true));
    BOOST_TEST(text_of(body_of(request), "tls_client_certificate_bound_access_tokens") == "true");
    BOOST_TEST((request->identity() == sample_identity()));
    BOOST_TEST(
        outcome(make(sample_profile().certificate_bound_access_tokens(true)))
        == "invalid_client_metadata"
    );
}

BOOST_AUTO_TEST_CASE(certificate_is_not_shown_to_a_server_that_is_not_to_know_it)
{
    const auto request = make(sample_profile().identity(sample_identity()));
    BOOST_TEST(request.value().identity().empty());
}

BOOST_AUTO_TEST_CASE(initial_access_token_is_sent_as_bearer_token_and_shown_nowhere)
{
    const auto request =
        make_registration_request(sample_discovery(), sample_profile(), secret("CANARY-1"));
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST(request->authorization().reveal() == "Bearer CANARY-1");
    BOOST_TEST(!has(request->body().reveal(), canary));
    for (const auto text : {"CANARY x", "CANARY\r\nX: y", "CANARY\xc3\xa9"})
    {
        const auto refused =
            make_registration_request(sample_discovery(), sample_profile(), secret(text));
        BOOST_TEST(outcome(refused) == "invalid_argument");
        BOOST_TEST(!has(all_text(refused), canary));
    }
}

BOOST_AUTO_TEST_CASE(key_and_certificate_are_registered_side_by_side)
{
    const auto body = made(sample_profile()
                               .key(sample_key())
                               .identity(sample_identity())
                               .certificate_name("tls_client_auth_san_dns", "acme.example")
                               .auth_method(method::self_signed_tls_client_auth));
    BOOST_TEST(text_of(body, "tls_client_auth_san_dns") == "(absent)");
    BOOST_TEST(body.at("jwks").as_object().at("keys").as_array().size() == 2u);
    BOOST_TEST(text_of(body, "token_endpoint_auth_signing_alg") == "(absent)");
    BOOST_TEST(!has(keys_of(body), "\"d\""));
}

BOOST_AUTO_TEST_SUITE_END()
