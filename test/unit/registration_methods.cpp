// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/language_tag.hpp"
#include "registration_fixture.hpp"

#include <asioauth/protocol/provider_policy.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using names = std::vector<std::string>;
using method = token_endpoint_auth_method;

std::string usable(const client_profile& profile)
{
    std::string out;
    for (const auto m : usable_auth_methods(profile))
        out.append(out.empty() ? "" : " ").append(name_of(m));
    return out;
}

// What a request for this profile names, or the error.
std::string asked(const discovery& found, const client_profile& profile)
{
    const auto request = make_registration_request(found, profile);
    if (!request)
        return outcome(request);
    return std::string(body_of(request).at("token_endpoint_auth_method").as_string().c_str());
}

client_profile with_key(method m)
{
    return sample_profile().key(sample_key()).auth_method(m);
}

client_profile with_everything(method m)
{
    return with_key(m)
        .identity(sample_identity())
        .certificate_name("tls_client_auth_san_dns", "acme.example");
}

} // namespace

BOOST_AUTO_TEST_SUITE(registration_methods)

// covers C-8252-5
BOOST_AUTO_TEST_CASE(profile_without_key_is_a_public_client_first)
{
    BOOST_TEST(
        usable(sample_profile()) == "none client_secret_basic client_secret_post client_secret_jwt"
    );
    BOOST_TEST(
        usable(sample_profile().auth_method(method::client_secret_post))
        == "none client_secret_basic client_secret_post client_secret_jwt"
    );
}

// covers C-9700-12
BOOST_AUTO_TEST_CASE(profile_that_prefers_a_key_keeps_to_keys_before_secrets)
{
    BOOST_TEST(
        usable(with_key(method::private_key_jwt))
        == "private_key_jwt client_secret_basic client_secret_post client_secret_jwt none"
    );
    BOOST_TEST(
        usable(with_everything(method::tls_client_auth))
        == "private_key_jwt tls_client_auth self_signed_tls_client_auth client_secret_basic "
           "client_secret_post client_secret_jwt none"
    );
    BOOST_TEST(
        usable(with_key(method::none))
        == "none client_secret_basic client_secret_post client_secret_jwt private_key_jwt"
    );
    // A certificate without a name is of use only where it is registered itself.
    BOOST_TEST(
        usable(sample_profile().identity(sample_identity()))
        == "none client_secret_basic client_secret_post client_secret_jwt "
           "self_signed_tls_client_auth"
    );
}

// covers C-9700-12 C-8252-5
BOOST_AUTO_TEST_CASE(method_that_is_asked_for_is_one_that_the_server_takes)
{
    const auto prefers_key = with_key(method::private_key_jwt);
    BOOST_TEST(asked(sample_discovery(), prefers_key) == "private_key_jwt");
    BOOST_TEST(asked(listing({}), prefers_key) == "private_key_jwt");
    BOOST_TEST(asked(listing({"none", "private_key_jwt"}), prefers_key) == "private_key_jwt");
    BOOST_TEST(asked(listing({"none", "client_secret_post"}), prefers_key) == "client_secret_post");
    BOOST_TEST(asked(listing({"none"}), prefers_key) == "none");
    BOOST_TEST(asked(listing({"private_key_jwt"}), with_key(method::none)) == "private_key_jwt");
    BOOST_TEST(asked(listing({"client_secret_jwt"}), sample_profile()) == "client_secret_jwt");
    BOOST_TEST(
        asked(
            listing({"self_signed_tls_client_auth", "client_secret_basic"}),
            with_everything(method::tls_client_auth)
        )
        == "self_signed_tls_client_auth"
    );
    BOOST_TEST(
        asked(listing({"private_key_jwt", "tls_client_auth"}), sample_profile())
        == "token_endpoint_auth_method_not_supported"
    );
}

BOOST_AUTO_TEST_CASE(method_that_the_profile_has_no_means_for_is_refused_and_not_replaced)
{
    for (const auto m :
         {method::private_key_jwt, method::tls_client_auth, method::self_signed_tls_client_auth})
        BOOST_TEST(
            asked(listing({"none"}), sample_profile().auth_method(m)) == "invalid_client_metadata",
            name_of(m)
        );
}

BOOST_AUTO_TEST_CASE(key_whose_algorithm_the_server_does_not_take_is_not_used)
{
    auto found = listing({"private_key_jwt", "client_secret_basic"});
    found.server.token_endpoint_auth_signing_alg_values_supported = names{"RS256", "PS256"};
    BOOST_TEST(asked(found, with_key(method::private_key_jwt)) == "client_secret_basic");
    BOOST_TEST(
        asked(
            found,
            sample_profile()
                .key(sample_key(jws_algorithm::ps256))
                .auth_method(method::private_key_jwt)
        )
        == "private_key_jwt"
    );
    found.server.token_endpoint_auth_methods_supported = names{"private_key_jwt"};
    BOOST_TEST(asked(found, with_key(method::none)) == "token_endpoint_auth_method_not_supported");
    found.server.token_endpoint_auth_methods_supported.reset();
    BOOST_TEST(
        asked(found, with_key(method::private_key_jwt))
        == "token_endpoint_auth_method_not_supported"
    );
    BOOST_TEST(asked(found, with_key(method::none)) == "none");
    BOOST_TEST(
        asked(found, sample_profile().auth_method(method::client_secret_jwt))
        == "token_endpoint_auth_method_not_supported"
    );
}

BOOST_AUTO_TEST_CASE(policy_of_the_issuer_decides_on_the_method)
{
    auto found = listing({"none"});
    found.provider = provider_policy();
    BOOST_TEST(asked(found, sample_profile()) == "none");
    found.provider->auth_method(method::client_secret_post);
    BOOST_TEST(asked(found, sample_profile()) == "client_secret_post");
    found.provider->auth_method(method::private_key_jwt);
    BOOST_TEST(asked(found, sample_profile()) == "token_endpoint_auth_method_not_supported");
    BOOST_TEST(asked(found, with_key(method::none)) == "private_key_jwt");
}

// covers C-CIMD-6
BOOST_AUTO_TEST_CASE(way_to_become_a_client_is_chosen_in_the_order_of_the_specification)
{
    using source = registration_source;
    auto found = sample_discovery();
    const auto chosen = [&](bool pre, bool document) {
        return choose_registration_source(found, pre, document);
    };
    BOOST_TEST((chosen(true, true) == source::pre_registered));
    BOOST_TEST((chosen(false, true) == source::dynamic));
    BOOST_TEST((chosen(false, false) == source::dynamic));
    found.server.client_id_metadata_document_supported = true;
    BOOST_TEST((chosen(true, true) == source::pre_registered));
    BOOST_TEST((chosen(true, false) == source::pre_registered));
    BOOST_TEST((chosen(false, true) == source::metadata_document));
    BOOST_TEST((chosen(false, false) == source::dynamic));
    found.server.registration_endpoint = url();
    BOOST_TEST((chosen(false, true) == source::metadata_document));
    BOOST_TEST((chosen(false, false) == source::none));
    found.server.client_id_metadata_document_supported = false;
    BOOST_TEST((chosen(false, true) == source::none));
    BOOST_TEST((chosen(true, false) == source::pre_registered));
}

BOOST_AUTO_TEST_CASE(client_registered_by_hand_can_have_a_certificate)
{
    const registration ca("https://as.example", "c", sample_identity());
    BOOST_TEST(name_of(ca.auth_method) == "tls_client_auth");
    BOOST_TEST((ca.identity == sample_identity()));
    BOOST_TEST((ca.source == registration_source::pre_registered));
    BOOST_TEST(ca.client_secret.empty());
    const registration own(
        "https://as.example", "c", sample_identity(), method::self_signed_tls_client_auth
    );
    BOOST_TEST(name_of(own.auth_method) == "self_signed_tls_client_auth");
    const registration key("https://as.example", "c", sample_key());
    BOOST_TEST(name_of(key.auth_method) == "private_key_jwt");
    BOOST_TEST((key.key == sample_key()));
}

BOOST_AUTO_TEST_CASE(language_tags_are_told_from_other_text)
{
    for (const auto tag :
         {"de",
          "DE",
          "ja-Jpan-JP",
          "zh-Hant",
          "es-419",
          "sl-rozaj-biske",
          "de-CH-1996",
          "hy-Latn-IT-arevela",
          "zh-cmn-Hans-CN",
          "zh-min-nan",
          "en-a-myext-b-another",
          "de-CH-x-phonebk",
          "x-whatever",
          "x-a-b",
          "qaa-Qaaa-QM-x-southern",
          "abcd-Latn",
          "language"})
        BOOST_TEST(detail::is_language_tag(tag), tag);
    for (const auto text :
         {"",          "d",  "1",     "-de",       "de-",      "de--DE",           "de_DE",
          "de-DE-",    "x",  "x-",    "en-x",      "en-a",     "en-a-b",           "en-a-x",
          "languages", "d3", "de DE", "de-419-DE", "abcd-abc", "de-toolongsubtag", "i-klingon",
          "\xc3\xa9n"})
        BOOST_TEST(!detail::is_language_tag(text), text);
}

BOOST_AUTO_TEST_CASE(list_of_algorithms_that_is_empty_says_nothing)
{
    auto found = sample_discovery();
    const auto by_secret = sample_profile().auth_method(method::client_secret_jwt);
    for (const auto& algorithms : {names{}, names{"HS256", "ES256"}, names{"ES256", "HS256"}})
    {
        found.server.token_endpoint_auth_signing_alg_values_supported = algorithms;
        BOOST_TEST(asked(found, with_key(method::private_key_jwt)) == "private_key_jwt");
        BOOST_TEST(asked(found, by_secret) == "client_secret_jwt");
    }
    found.server.token_endpoint_auth_signing_alg_values_supported = names{"ES256"};
    found.server.token_endpoint_auth_methods_supported = names{};
    BOOST_TEST(asked(found, with_key(method::private_key_jwt)) == "private_key_jwt");
    BOOST_TEST(asked(found, by_secret) == "token_endpoint_auth_method_not_supported");
}

BOOST_AUTO_TEST_SUITE_END()
