// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/client_certificate_fixture.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ui.h>

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;

constexpr int both_versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

struct client_certificate_fixture : http_client_fixture
{
    static http_request as(tls_identity who, std::string_view target)
    {
        auto r = request(target);
        r.identity(std::move(who));
        return r;
    }

    // What a request ends in whose identity cannot be used; no server must have heard of it.
    outcome refused(std::string_view certificates, std::string_view key)
    {
        const auto server = server_that_asks();
        const auto o = send(as(tls_identity(certificates, secret(key)), server->url()));
        BOOST_TEST(server->connections_so_far() == 0U);
        if (!o.value)
        {
            const auto text = describe(o.code(), o.value.error().info());
            BOOST_TEST(text.find("PRIVATE") == std::string::npos);
            BOOST_TEST((key.size() < 100 || text.find(key.substr(60, 20)) == std::string::npos));
        }
        return o;
    }
};

std::string pem_of(const std::function<int(BIO*)>& write)
{
    const bio_ptr out(BIO_new(BIO_s_mem()));
    BOOST_REQUIRE(write(out.get()) == 1);
    char* data = nullptr;
    const long size = BIO_ctrl(out.get(), BIO_CTRL_INFO, 0, static_cast<void*>(&data));
    return {data, static_cast<std::size_t>(size)};
}

// Notes whether OpenSSL has asked anybody anything while the object lived.
class watched_terminal
{
public:
    watched_terminal() : method_(UI_create_method("watched")), before_(UI_get_default_method())
    {
        asked_ = false;
        UI_method_set_opener(method_, [](UI*) {
            asked_ = true;
            return 0;
        });
        UI_set_default_method(method_);
    }
    watched_terminal(const watched_terminal&) = delete;
    watched_terminal& operator=(const watched_terminal&) = delete;

    ~watched_terminal()
    {
        UI_set_default_method(before_);
        UI_destroy_method(method_);
    }

    static bool was_asked() { return asked_; }

private:
    static inline std::atomic<bool> asked_ = false;
    UI_METHOD* method_;
    const UI_METHOD* before_;
};

BOOST_FIXTURE_TEST_SUITE(tls_client_certificate, client_certificate_fixture)

BOOST_AUTO_TEST_CASE(certificate_is_shown_to_a_server_that_demands_one)
{
    const auto alice = client_named("alice");
    for (const int version : both_versions)
    {
        const auto server =
            server_that_asks(SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, version);
        BOOST_TEST(send(as(alice, server->url())).body() == "alice 0");
        BOOST_TEST(send(as(alice, server->url())).body() == "alice 0");
    }
}

BOOST_AUTO_TEST_CASE(certificate_of_an_rsa_key_is_shown)
{
    auto o = client_options("rsa");
    o.rsa_bits = 2048;
    const auto server = server_that_asks();
    const auto who = tls_identity_of(test_pki::get().leaf(o));
    BOOST_TEST(send(as(who, server->url())).body() == "rsa 0");
}

BOOST_AUTO_TEST_CASE(certificates_of_the_chain_are_shown_with_it)
{
    auto options = test_pki::ca_options();
    options.common_name = "authority in the middle";
    const auto middle = test_pki::get().leaf(options);
    const auto leaf = make_identity(client_options("grandchild"), &middle);
    const auto server = server_that_asks();
    const tls_identity whole(
        leaf.certificate_pem() + middle.certificate_pem(), secret(leaf.key_pem())
    );
    BOOST_TEST(send(as(whole, server->url())).body() == "grandchild 0");
    BOOST_TEST((send(as(tls_identity_of(leaf), server->url())).code() == errc::tls_failed));
}

BOOST_AUTO_TEST_CASE(chain_is_not_completed_from_the_authorities_that_the_client_trusts)
{
    auto options = test_pki::ca_options();
    options.common_name = "authority in the middle";
    const auto middle = test_pki::get().leaf(options);
    const temporary_file trusted(middle.certificate_pem());
    settings.add_ca_file(trusted.path());
    const auto who = tls_identity_of(make_identity(client_options("grandchild"), &middle));
    const auto server = server_that_asks();
    BOOST_TEST((send(as(who, server->url())).code() == errc::tls_failed));
}

BOOST_AUTO_TEST_CASE(missing_certificate_is_a_tls_failure)
{
    for (const int version : both_versions)
    {
        const auto server =
            server_that_asks(SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, version);
        const auto o = get(server->url());
        BOOST_TEST((o.code() == errc::tls_failed));
        BOOST_TEST((o.code() == condition::unreachable));
        BOOST_TEST(o.message().find("alert") != std::string::npos);
        if (version == TLS1_3_VERSION)
        {
            BOOST_TEST(o.message().find("certificate required") != std::string::npos);
            BOOST_REQUIRE(!o.value);
            BOOST_TEST(o.value.error().info().hint().find("certificate") != std::string::npos);
        }
    }
}

// In TLS 1.3 the request is on its way before the server has looked at the certificate, and a long
// one meets a closed connection.
BOOST_AUTO_TEST_CASE(missing_certificate_is_a_tls_failure_however_long_the_request)
{
    const auto server = server_that_asks();
    for (const std::size_t size : {0U, 100U, 20'000U, 200'000U, 4'000'000U})
        for (int i = 0; i != 10; ++i)
            BOOST_TEST_CONTEXT(size)
            {
                auto r = request(server->url(), request_kind::token, "POST");
                r.body("text/plain", secret(std::string(size, 'x')));
                const auto o = send(r);
                BOOST_TEST((o.code() == errc::tls_failed));
                BOOST_TEST(o.message().find("certificate required") != std::string::npos);
            }
}

BOOST_AUTO_TEST_CASE(certificate_that_the_server_does_not_accept_is_a_tls_failure)
{
    auto old = client_options("late");
    old.valid_from_days = -10;
    old.valid_to_days = -1;
    auto purpose = client_options("server");
    purpose.extended_key_usage = "serverAuth";
    const identity bad[] = {
        make_identity(client_options("stranger")),
        test_pki::get().leaf(old),
        test_pki::get().leaf(purpose)};
    for (const int version : both_versions)
    {
        const auto server =
            server_that_asks(SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, version);
        for (const auto& id : bad)
        {
            BOOST_TEST((send(as(tls_identity_of(id), server->url())).code() == errc::tls_failed));
        }
    }
}

BOOST_AUTO_TEST_CASE(certificate_is_not_shown_to_a_server_that_does_not_ask)
{
    loopback_server server(test_pki::get().good(), answer_with_name);
    BOOST_TEST(send(as(client_named("alice"), server.url())).body() == "nobody 0");
}

BOOST_AUTO_TEST_CASE(server_is_verified_as_without_a_certificate)
{
    auto o = test_pki::good_options();
    o.alternative_names = "DNS:other.example";
    loopback_server server(test_pki::get().leaf(o), answer_with_name);
    const auto got = send(as(client_named("alice"), server.url("/", "localhost")));
    BOOST_TEST((got.code() == errc::tls_host_mismatch));
}

BOOST_AUTO_TEST_CASE(certificate_over_plain_http_is_refused)
{
    loopback_server server(answer_all);
    const auto o = send(as(client_named("alice"), server.url()));
    BOOST_TEST((o.code() == errc::url_scheme_not_allowed));
    BOOST_TEST((o.code() == condition::usage));
    BOOST_TEST(o.message().find("certificate") != std::string::npos);
    BOOST_TEST(server.connections_so_far() == 0U);
    BOOST_TEST(get(server.url()).body() == "ok");
}

BOOST_AUTO_TEST_CASE(certificate_is_not_taken_along_to_another_origin)
{
    const auto other = server_that_asks();
    const auto location = other->url();
    loopback_server server(test_pki::get().good(), [&](peer& p) {
        p.read_request();
        p.write("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n");
    });
    BOOST_TEST((send(as(client_named("alice"), server.url())).code() == errc::redirect_refused));
    BOOST_TEST(other->connections_so_far() == 0U);
}

BOOST_AUTO_TEST_CASE(key_of_another_certificate_is_refused)
{
    const auto alice = client_leaf("alice");
    auto rsa = client_options("rsa");
    rsa.rsa_bits = 2048;
    for (const auto& other : {client_leaf("bob"), test_pki::get().leaf(rsa)})
    {
        const auto o = refused(alice.certificate_pem(), other.key_pem());
        BOOST_TEST((o.code() == errc::key_invalid));
        BOOST_TEST((o.code() == condition::usage));
        BOOST_TEST(o.message().find("does not belong") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(encrypted_key_is_refused_without_asking_for_a_passphrase)
{
    const auto alice = client_leaf("alice");
    EVP_PKEY* const key = alice.key.get();
    const unsigned char word[] = {'w', 'o', 'r', 'd'};
    const std::string encrypted[] = {
        pem_of([&](BIO* out) {
            return PEM_write_bio_PKCS8PrivateKey(
                out, key, EVP_aes_256_cbc(), "word", 4, nullptr, nullptr
            );
        }),
        pem_of([&](BIO* out) {
            return PEM_write_bio_PrivateKey_traditional(
                out, key, EVP_aes_256_cbc(), word, 4, nullptr, nullptr
            );
        }),
    };
    // Certificates can be encrypted too, if only by who wants to see us asking.
    const auto encrypted_certificate = pem_of([&](BIO* out) {
        return PEM_ASN1_write_bio(
            [](const void* c, unsigned char** der) {
                return i2d_X509(static_cast<const X509*>(c), der);
            },
            PEM_STRING_X509,
            out,
            alice.certificate.get(),
            EVP_aes_256_cbc(),
            word,
            4,
            nullptr,
            nullptr
        );
    });
    const watched_terminal terminal;
    BOOST_TEST((refused(encrypted_certificate, alice.key_pem()).code() == errc::key_invalid));
    const auto chain = alice.certificate_pem() + encrypted_certificate;
    BOOST_TEST((refused(chain, alice.key_pem()).code() == errc::key_invalid));
    BOOST_TEST(!watched_terminal::was_asked());
    for (const auto& pem : encrypted)
    {
        const auto o = refused(alice.certificate_pem(), pem);
        BOOST_TEST((o.code() == errc::key_invalid));
        BOOST_TEST(o.message().find("encrypted") != std::string::npos);
        BOOST_TEST(!watched_terminal::was_asked());
    }
    // The watch does see what it is there for.
    const bio_ptr in(BIO_new_mem_buf(encrypted[0].data(), static_cast<int>(encrypted[0].size())));
    BOOST_TEST(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr) == nullptr);
    BOOST_TEST(watched_terminal::was_asked());
    ERR_clear_error();
}

BOOST_AUTO_TEST_CASE(certificates_and_keys_that_cannot_be_read_are_refused)
{
    const auto alice = client_leaf("alice");
    const auto certificate = alice.certificate_pem();
    const auto key = alice.key_pem();
    auto weak = client_options("weak");
    weak.rsa_bits = 1024;
    const auto weak_id = test_pki::get().leaf(weak);
    auto sha1 = client_options("sha1");
    sha1.sha1 = true;
    const auto sha1_id = test_pki::get().leaf(sha1);
    const auto public_key =
        pem_of([&](BIO* out) { return PEM_write_bio_PUBKEY(out, alice.key.get()); });
    auto damaged = certificate;
    damaged[damaged.size() / 2] = '!';
    std::string many = certificate;
    for (int i = 0; i != 11; ++i)
    {
        many += certificate;
    }
    const std::pair<std::string, std::string> bad[] = {
        {"", key},
        {certificate, ""},
        {"x", "x"},
        {key, key},
        {certificate, certificate},
        {certificate, public_key},
        {damaged, key},
        {certificate + damaged, key},
        {certificate, key.substr(0, key.size() / 2)},
        {certificate, std::string(1000, '\0')},
        {certificate + std::string(100'000, 'x'), key},
        {certificate, key + std::string(100'000, 'x')},
        {many, key},
        {weak_id.certificate_pem(), weak_id.key_pem()},
#if !OPENSSL_VERSION_PREREQ(3, 4)
        // Newer ones leave it to the server.
        {sha1_id.certificate_pem(), sha1_id.key_pem()},
#endif
    };
    int n = 0;
    for (const auto& [c, k] : bad)
        BOOST_TEST_CONTEXT(n++)
        {
            const auto o = refused(c, k);
            BOOST_TEST(name_of(o.code()) == name_of(errc::key_invalid));
            BOOST_TEST(!o.message().empty());
        }
}

BOOST_AUTO_TEST_CASE(refused_identity_leaves_the_client_usable)
{
    const auto server = server_that_asks();
    const auto alice = client_leaf("alice");
    const auto key = client_leaf("bob").key_pem();
    const tls_identity wrong(alice.certificate_pem(), secret(key));
    BOOST_TEST((send(as(wrong, server->url())).code() == errc::key_invalid));
    BOOST_TEST(send(as(tls_identity_of(alice), server->url())).body() == "alice 0");
    BOOST_TEST((send(as(wrong, server->url())).code() == errc::key_invalid));
}

BOOST_AUTO_TEST_CASE(no_error_is_left_in_the_queue_of_openssl)
{
    const auto server = server_that_asks();
    const auto check = [](const outcome&) { BOOST_TEST(ERR_peek_error() == 0U); };
    check(send(as(client_named("alice"), server->url())));
    check(get(server->url()));
    check(send(as(tls_identity_of(make_identity(client_options("stranger"))), server->url())));
    check(send(as(tls_identity("x", secret("y")), server->url())));
    loopback_server strange(make_identity(test_pki::good_options()), answer_all);
    check(send(as(client_named("alice"), strange.url())));
    http_client_fixture system;
    system.settings = http_client_settings();
    check(system.get(strange.url()));
    http_client_fixture missing;
    missing.settings.add_ca_file("/nonexistent/corp.pem");
    check(missing.get(server->url()));
    ERR_raise(ERR_LIB_USER, 7);
    BOOST_TEST(send(as(client_named("carol"), server->url())).body().starts_with("carol"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
