// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/certificate_jwk.hpp"

#include "jose_fixture.hpp"
#include "support/certificates.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;
using testing::certificate_options;
using testing::make_identity;

BOOST_AUTO_TEST_SUITE(certificate_jwk)

namespace {

// The base64 text between the lines that begin and end a block.
std::string body_of(std::string_view pem)
{
    const auto begin = pem.find('\n') + 1;
    std::string out(pem.substr(begin, pem.find("-----END") - begin));
    std::erase(out, '\n');
    return out;
}

result<boost::json::object> of(std::string_view chain)
{
    return detail::certificate_jwk(tls_identity(chain, secret("not looked at")));
}

std::string message_of(const result<boost::json::object>& got)
{
    BOOST_TEST(outcome(got) == "key_invalid");
    return got ? "" : got.error().info().message();
}

// A certificate of this key, which nobody has signed.
std::string certificate_of(EVP_PKEY* key)
{
    BOOST_REQUIRE(key != nullptr);
    auto made = make_identity(certificate_options());
    BOOST_REQUIRE(X509_set_pubkey(made.certificate.get(), key) == 1);
    return made.certificate_pem();
}

constexpr std::string_view unreadable =
    "The client certificate is no PEM certificate that can be read.";
constexpr std::string_view unsupported =
    "The key of the client certificate is of a kind that is not supported.";

} // namespace

BOOST_AUTO_TEST_CASE(key_of_the_certificate_is_told_with_the_certificate)
{
    const auto pem = make_identity(certificate_options()).certificate_pem();
    const auto got = of(pem);
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(text_of(got->at("kty")) == "EC");
    BOOST_TEST(text_of(got->at("crv")) == "P-256");
    BOOST_TEST(text_of(got->at("use")) == "sig");
    BOOST_TEST(got->at("x5c").as_array().size() == 1U);
    BOOST_TEST(text_of(got->at("x5c").as_array().front()) == body_of(pem));
    BOOST_TEST(got->size() == 6U);
    BOOST_TEST(!got->contains("d"));
}

BOOST_AUTO_TEST_CASE(every_kind_of_key_that_signs_can_be_in_a_certificate)
{
    for (const jws_algorithm a :
         {jws_algorithm::rs256, jws_algorithm::es384, jws_algorithm::es512, jws_algorithm::eddsa})
    {
        const signing_key key = key_for(a);
        const auto got = of(certificate_of(key.shared()->key.get()));
        BOOST_REQUIRE_MESSAGE(got.has_value(), name_of(a));
        auto bare = read_object(key.bare_public_jwk());
        for (const auto& member : bare)
            BOOST_TEST((got->at(member.key()) == member.value()), member.key());
    }
}

BOOST_AUTO_TEST_CASE(chain_is_told_in_its_order_and_the_first_has_the_key)
{
    certificate_options authority;
    authority.is_ca = true;
    const auto root = make_identity(authority);
    const auto leaf = make_identity(certificate_options(), &root);
    const auto got = of("text in front\n" + leaf.certificate_pem() + "\n" + root.certificate_pem());
    BOOST_REQUIRE(got.has_value());
    const auto& chain = got->at("x5c").as_array();
    BOOST_REQUIRE(chain.size() == 2U);
    BOOST_TEST(text_of(chain[0]) == body_of(leaf.certificate_pem()));
    BOOST_TEST(text_of(chain[1]) == body_of(root.certificate_pem()));
    const auto alone = of(leaf.certificate_pem());
    BOOST_TEST((got->at("x") == alone->at("x")));
    // Other blocks are passed over.
    const auto with_key = of(leaf.key_pem() + leaf.certificate_pem());
    BOOST_REQUIRE(with_key.has_value());
    BOOST_TEST((with_key->at("x5c") == alone->at("x5c")));
}

BOOST_AUTO_TEST_CASE(chain_ends_where_it_cannot_be_read_or_is_long_enough)
{
    const auto pem = make_identity(certificate_options()).certificate_pem();
    std::string endless;
    for (int i = 0; i != 20; ++i)
        endless += pem;
    BOOST_TEST(of(endless)->at("x5c").as_array().size() == 16U);
    BOOST_TEST(of(pem + pem.substr(0, pem.size() / 2))->at("x5c").as_array().size() == 1U);
}

BOOST_AUTO_TEST_CASE(text_without_a_certificate_is_refused)
{
    const auto made = make_identity(certificate_options());
    const auto pem = made.certificate_pem();
    BOOST_TEST(message_of(detail::certificate_jwk({})) == "There is no client certificate.");
    BOOST_TEST(message_of(of("")) == unreadable);
    BOOST_TEST(message_of(of("CANARY")) == unreadable);
    BOOST_TEST(message_of(of(made.key_pem())) == unreadable);
    BOOST_TEST(message_of(of(pem.substr(0, pem.size() / 2))) == unreadable);
    BOOST_TEST(message_of(of(pem.substr(0, 40) + "!" + pem.substr(40))) == unreadable);
}

BOOST_AUTO_TEST_CASE(key_that_no_algorithm_uses_is_refused)
{
    using detail::openssl_ptr;
    const openssl_ptr<EVP_PKEY> curve(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1"));
    BOOST_TEST(message_of(of(certificate_of(curve.get()))) == unsupported);
    const openssl_ptr<EVP_PKEY> ed448(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
    BOOST_TEST(message_of(of(certificate_of(ed448.get()))) == unsupported);
    const openssl_ptr<EVP_PKEY> small(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024})
    );
    BOOST_TEST(message_of(of(certificate_of(small.get()))) == unsupported);
}

BOOST_AUTO_TEST_SUITE_END()
