// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/http_client_fixture.hpp"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <atomic>
#include <fstream>
#include <string>
#include <utility>

namespace asioauth {
namespace {

using namespace testing;

struct tls_fixture : http_client_fixture
{
    // What a client that trusts the test authority says about a server with this certificate.
    outcome against(const identity& id, std::string_view host = "localhost")
    {
        loopback_server server(id, answer_all);
        return get(server.url("/", host));
    }

    outcome against(const certificate_options& o, std::string_view host = "localhost")
    {
        return against(test_pki::get().leaf(o), host);
    }
};

BOOST_FIXTURE_TEST_SUITE(tls, tls_fixture)

BOOST_AUTO_TEST_CASE(certificate_of_a_trusted_authority_is_accepted)
{
    BOOST_TEST(against(test_pki::get().good()).body() == "ok");
}

BOOST_AUTO_TEST_CASE(certificate_is_checked_for_address_literals)
{
    BOOST_TEST(against(test_pki::get().good(), "127.0.0.1").body() == "ok");
    auto o = test_pki::good_options();
    o.alternative_names = "IP:127.0.0.2,DNS:127.0.0.1";
    o.common_name = "127.0.0.1";
    BOOST_TEST((against(o, "127.0.0.1").code() == errc::tls_host_mismatch));
}

// covers C-21-1 C-9728-8 C-8414-2 C-7591-5
BOOST_AUTO_TEST_CASE(wrong_host_is_refused)
{
    for (const auto* const names :
         {"DNS:other.example",
          "DNS:localhost.evil.example",
          "DNS:*.example",
          "DNS:*",
          "DNS:loc*",
          "DNS:l*t",
          "IP:127.0.0.1",
          "DNS:sub.localhost"})
    {
        BOOST_TEST_CONTEXT(names)
        {
            auto o = test_pki::good_options();
            o.alternative_names = names;
            const auto got = against(o);
            BOOST_TEST((got.code() == errc::tls_host_mismatch));
            BOOST_TEST(got.message().find("mismatch") != std::string::npos);
        }
    }
}

// covers C-21-1 C-9728-8 C-8414-2 C-7591-5 C-6750-1 C-21-18
// catches D-15
BOOST_AUTO_TEST_CASE(no_kind_of_request_is_sent_to_a_server_that_is_not_who_it_should_be)
{
    auto options = test_pki::good_options();
    options.alternative_names = "DNS:other.example";
    const auto misnamed = test_pki::get().leaf(options);
    const auto self_signed = make_identity(test_pki::good_options());
    for (const bool known : {true, false})
    {
        std::atomic<std::size_t> bytes = 0;
        loopback_server server(known ? misnamed : self_signed, [&](peer& p) {
            bytes += p.read_request().size();
        });
        for (const auto kind :
             {request_kind::probe,
              request_kind::metadata,
              request_kind::registration,
              request_kind::token,
              request_kind::resource})
        {
            auto r = post(server.url("/", "localhost"), kind);
            r.authorization(secret("Bearer t"));
            const auto expected = known ? errc::tls_host_mismatch : errc::tls_certificate_untrusted;
            BOOST_TEST((send(r).code() == expected));
        }
        BOOST_TEST(bytes == 0U);
    }
}

BOOST_AUTO_TEST_CASE(common_name_alone_is_refused)
{
    auto o = test_pki::good_options();
    o.alternative_names = "";
    BOOST_TEST((against(o).code() == errc::tls_host_mismatch));
}

BOOST_AUTO_TEST_CASE(wildcard_covers_one_label)
{
    auto o = test_pki::good_options();
    o.alternative_names = "DNS:*.sub.localhost";
    BOOST_TEST(against(o, "a.sub.localhost").body() == "ok");
    BOOST_TEST((against(o, "a.b.sub.localhost").code() == errc::tls_host_mismatch));
    BOOST_TEST((against(o, "sub.localhost").code() == errc::tls_host_mismatch));
}

BOOST_AUTO_TEST_CASE(nul_in_a_name_is_refused)
{
    auto id = test_pki::get().good();
    // The extension is taken apart and put together again with a NUL in the middle of the name.
    auto o = test_pki::good_options();
    o.alternative_names = "DNS:localhostX.evil.example";
    id = make_identity(o, &test_pki::get().ca());
    auto* const names = static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(id.certificate.get(), NID_subject_alt_name, nullptr, nullptr)
    );
    GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, 0);
    std::string text = "localhost";
    text += '\0';
    text += ".evil.example";
    ASN1_STRING_set(name->d.dNSName, text.data(), static_cast<int>(text.size()));
    X509_add1_ext_i2d(id.certificate.get(), NID_subject_alt_name, names, 0, X509V3_ADD_REPLACE);
    GENERAL_NAMES_free(names);
    X509_sign(id.certificate.get(), test_pki::get().ca().key.get(), EVP_sha256());
    BOOST_TEST((against(id).code() == errc::tls_host_mismatch));
}

BOOST_AUTO_TEST_CASE(expired_and_future_certificates_are_refused)
{
    auto o = test_pki::good_options();
    o.valid_from_days = -10;
    o.valid_to_days = -1;
    const auto expired = against(o);
    BOOST_TEST((expired.code() == errc::tls_certificate_untrusted));
    BOOST_TEST(expired.message().find("expired") != std::string::npos);
    o.valid_from_days = 1;
    o.valid_to_days = 10;
    BOOST_TEST((against(o).code() == errc::tls_certificate_untrusted));
}

BOOST_AUTO_TEST_CASE(self_signed_certificate_is_refused)
{
    const auto got = against(make_identity(test_pki::good_options()));
    BOOST_TEST((got.code() == errc::tls_certificate_untrusted));
    BOOST_TEST(got.message().find("self") != std::string::npos);
}

// covers C-21-1
// catches D-15
BOOST_AUTO_TEST_CASE(unknown_authority_is_refused)
{
    auto options = test_pki::ca_options();
    options.common_name = "another authority";
    const auto other = make_identity(options);
    BOOST_TEST(
        (against(make_identity(test_pki::good_options(), &other)).code()
         == errc::tls_certificate_untrusted)
    );
    // One of the same name with another key.
    const auto impostor = make_identity(test_pki::ca_options());
    BOOST_TEST(
        (against(make_identity(test_pki::good_options(), &impostor)).code()
         == errc::tls_certificate_untrusted)
    );
}

BOOST_AUTO_TEST_CASE(leaf_cannot_act_as_an_authority)
{
    const auto middle = test_pki::get().good();
    const auto id = make_identity(test_pki::good_options(), &middle);
    loopback_server::tls_options o;
    o.adjust = [&](boost::asio::ssl::context& c) {
        X509_up_ref(middle.certificate.get());
        SSL_CTX_add_extra_chain_cert(c.native_handle(), middle.certificate.get());
    };
    loopback_server server(id, o, answer_all);
    BOOST_TEST((get(server.url("/", "localhost")).code() == errc::tls_certificate_untrusted));
}

BOOST_AUTO_TEST_CASE(client_certificate_of_a_purpose_is_refused)
{
    auto o = test_pki::good_options();
    o.extended_key_usage = "clientAuth";
    BOOST_TEST((against(o).code() == errc::tls_certificate_untrusted));
}

BOOST_AUTO_TEST_CASE(weak_key_and_weak_signature_are_refused)
{
    auto o = test_pki::good_options();
    o.rsa_bits = 1024;
    BOOST_TEST((against(o).code() == errc::tls_certificate_untrusted));
    o = test_pki::good_options();
    o.sha1 = true;
    BOOST_TEST((against(o).code() == errc::tls_certificate_untrusted));
}

// covers C-21-2
BOOST_AUTO_TEST_CASE(old_protocol_versions_are_refused)
{
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION})
    {
        loopback_server::tls_options o;
        o.max_version = version;
        loopback_server server(test_pki::get().good(), o, answer_all);
        BOOST_TEST((get(server.url()).code() == errc::tls_failed));
    }
}

// covers C-21-2
BOOST_AUTO_TEST_CASE(tls_1_2_and_1_3_are_accepted)
{
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        loopback_server::tls_options o;
        o.max_version = version;
        loopback_server server(test_pki::get().good(), o, answer_all);
        BOOST_TEST(get(server.url()).body() == "ok");
        BOOST_TEST(get(server.url()).body() == "ok");
        BOOST_TEST(server.accepted() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(ciphers_without_authentication_or_encryption_are_refused)
{
    for (const auto* const ciphers : {"NULL:@SECLEVEL=0", "aNULL:@SECLEVEL=0"})
    {
        loopback_server::tls_options o;
        o.max_version = TLS1_2_VERSION;
        o.ciphers = ciphers;
        loopback_server server(test_pki::get().good(), o, answer_all);
        BOOST_TEST((get(server.url()).code() == errc::tls_failed));
    }
}

BOOST_AUTO_TEST_CASE(host_name_is_sent_as_sni_and_an_address_is_not)
{
    std::string seen = "nothing";
    loopback_server server(test_pki::get().good(), [&](peer& p) {
        while (!p.read_request().empty())
        {
            p.respond("<" + p.server_name() + ">");
        }
    });
    BOOST_TEST(get(server.url("/", "localhost")).body() == "<localhost>");
    BOOST_TEST(get(server.url("/", "a.localhost")).body() == "<a.localhost>");
    BOOST_TEST(get(server.url("/", "127.0.0.1")).body() == "<>");
}

BOOST_AUTO_TEST_CASE(http_1_1_is_offered_and_another_choice_refused)
{
    std::string offered;
    loopback_server::tls_options o;
    const auto choose = [](SSL*,
                           const unsigned char** out,
                           unsigned char* size,
                           const unsigned char* in,
                           unsigned in_size,
                           void* arg) {
        *static_cast<std::string*>(arg) = std::string(reinterpret_cast<const char*>(in), in_size);
        static unsigned char const h2[] = {'h', '2'};
        *out = h2;
        *size = 2;
        return SSL_TLSEXT_ERR_OK;
    };
    o.adjust = [&](boost::asio::ssl::context& c) {
        SSL_CTX_set_alpn_select_cb(c.native_handle(), choose, &offered);
    };
    loopback_server server(test_pki::get().good(), o, answer_all);
    BOOST_TEST((get(server.url()).code() == errc::tls_failed));
    BOOST_TEST(offered == "\x08http/1.1");
}

BOOST_AUTO_TEST_CASE(plain_text_on_a_tls_port_is_refused)
{
    loopback_server server([](peer& p) {
        p.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        p.read_to_end();
    });
    const auto target = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
    BOOST_TEST((get(target).code() == errc::tls_failed));
}

BOOST_AUTO_TEST_CASE(connection_that_ends_in_the_handshake_is_refused)
{
    loopback_server server([](peer& p) {
        char byte = 0;
        boost::system::error_code ec;
        p.socket().read_some(boost::asio::buffer(&byte, 1), ec);
    });
    const auto target = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
    BOOST_TEST((get(target).code() == errc::tls_failed));
}

BOOST_AUTO_TEST_CASE(tls_on_a_plain_port_is_refused)
{
    loopback_server server(test_pki::get().good(), answer_all);
    const auto target = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    const auto code = get(target).code();
    BOOST_TEST((code == errc::http_framing_invalid || code == errc::connection_lost));
}

BOOST_AUTO_TEST_CASE(missing_trust_store_fails_closed)
{
    http_client_fixture other;
    other.settings = http_client_settings();
    other.hooks.trust = {{"/nonexistent"}, {"/nonexistent/bundle.pem"}};
    loopback_server server(test_pki::get().good(), answer_all);
    BOOST_TEST((other.get(server.url()).code() == errc::tls_trust_store_unavailable));
}

BOOST_AUTO_TEST_CASE(missing_authority_file_fails_closed_and_is_named)
{
    settings.add_ca_file("/nonexistent/corp.pem");
    loopback_server server(test_pki::get().good(), answer_all);
    const auto o = get(server.url());
    BOOST_TEST((o.code() == errc::tls_trust_store_unavailable));
    BOOST_TEST(o.message().find("/nonexistent/corp.pem") != std::string::npos);
}

// What OpenSSL had no memory for it may lack without a word.
BOOST_AUTO_TEST_CASE(after_a_refusal_the_authorities_are_read_anew_but_not_again_and_again)
{
    const auto authority_of = [](std::string name) {
        auto options = test_pki::ca_options();
        options.common_name = std::move(name);
        return make_identity(options);
    };
    const identity authorities[] = {authority_of("0"), authority_of("1"), authority_of("2")};
    loopback_server::tls_options no_cipher;
    no_cipher.max_version = TLS1_2_VERSION;
    no_cipher.ciphers = "NULL:@SECLEVEL=0";
    loopback_server in_vain(test_pki::get().good(), no_cipher, answer_all);
    loopback_server unknown(make_identity(test_pki::good_options(), &authorities[0]), answer_all);
    for (auto* const refused : {&in_vain, &unknown})
    {
        const temporary_file trusted(authorities[1].certificate_pem());
        http_client_fixture other;
        other.settings.add_ca_file(trusted.path());
        const auto reaches = [&](const identity& authority) {
            loopback_server server(make_identity(test_pki::good_options(), &authority), answer_all);
            return other.get(server.url()).body() == "ok";
        };
        BOOST_TEST(reaches(authorities[1]));
        std::ofstream(trusted.path()) << authorities[2].certificate_pem();
        BOOST_TEST(reaches(authorities[1]));

        BOOST_TEST(other.get(refused->url()).code() != error_code());
        BOOST_TEST(reaches(authorities[2]));

        std::ofstream(trusted.path()) << authorities[1].certificate_pem();
        BOOST_TEST(other.get(refused->url()).code() != error_code());
        BOOST_TEST(!reaches(authorities[1]));
        BOOST_TEST(reaches(authorities[2]));
    }
}

BOOST_AUTO_TEST_CASE(roots_of_the_system_are_found_and_do_not_trust_the_test_authority)
{
    http_client_fixture other;
    other.settings = http_client_settings();
    loopback_server server(test_pki::get().good(), answer_all);
    BOOST_TEST((other.get(server.url()).code() == errc::tls_certificate_untrusted));
}

// covers C-9700-14
BOOST_AUTO_TEST_CASE(environment_changes_nothing)
{
    ::setenv("SSL_CERT_FILE", test_pki::get().ca_file().c_str(), 1);
    ::setenv("HTTPS_PROXY", "http://127.0.0.1:1", 1);
    http_client_fixture other;
    other.settings = http_client_settings();
    loopback_server server(test_pki::get().good(), answer_all);
    BOOST_TEST((other.get(server.url()).code() == errc::tls_certificate_untrusted));
    ::unsetenv("SSL_CERT_FILE");
    ::unsetenv("HTTPS_PROXY");
}

BOOST_AUTO_TEST_CASE(errors_left_behind_by_others_are_not_ours)
{
    ERR_raise(ERR_LIB_USER, 7);
    BOOST_TEST(against(test_pki::get().good()).body() == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
