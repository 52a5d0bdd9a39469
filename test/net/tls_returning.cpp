// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/tls_session_fixture.hpp"
#include "support/openssl_objects.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <utility>

namespace asioauth {
namespace {

using namespace testing;
using detail::tls_sessions;
using namespace std::chrono_literals;
namespace asio = boost::asio;

using counted_sessions = openssl_objects<CRYPTO_EX_INDEX_SSL_SESSION>;

// One that lets clients in with and without a certificate, and knows how to resume either.
loopback_server::tls_options asking(int version)
{
    return options(version, [](SSL_CTX* ctx) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_session_id_context(ctx, reinterpret_cast<const unsigned char*>("x"), 1);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), test_pki::get().ca().certificate.get());
    });
}

identity misnamed()
{
    auto o = test_pki::good_options();
    o.alternative_names = "DNS:other.example";
    return test_pki::get().leaf(o);
}

class returning_fixture : public http_client_fixture
{
public:
    returning_fixture()
    {
        hooks.wall_clock = [this] { return std::chrono::system_clock::now() + later; };
    }

    // Over a connection of its own.
    std::string fetch(http_request r)
    {
        client().connections().close_idle();
        auto o = send(std::move(r));
        client().connections().close_idle();
        return o.body();
    }

    std::string fetch(const std::string& target) { return fetch(request(target)); }

    std::string fetch_as(const tls_identity& who, const std::string& target)
    {
        auto r = request(target);
        r.identity(who);
        return fetch(std::move(r));
    }

    std::size_t kept() { return client().sessions()->size(); }

    std::chrono::minutes later{0};
};

BOOST_FIXTURE_TEST_SUITE(tls_returning_client, returning_fixture)

// --- Who resumes -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(returning_client_resumes)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), answer_how);
        BOOST_TEST(fetch(server.url()) == "fresh");
        for (int i = 0; i != 4; ++i)
        {
            BOOST_TEST(fetch(server.url()) == "resumed");
        }
        BOOST_TEST(server.resumed() == 4U);
        BOOST_TEST(server.accepted() == 5U);
    }
}

BOOST_AUTO_TEST_CASE(session_survives_a_server_that_closes_without_a_word)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), [](peer& p) {
            p.read_request();
            p.respond(how(p), "Connection: close\r\n");
        });
        BOOST_TEST(fetch(server.url()) == "fresh");
        BOOST_TEST(fetch(server.url()) == "resumed");
        BOOST_TEST(fetch(server.url()) == "resumed");
    }
}

BOOST_AUTO_TEST_CASE(other_port_never_sees_the_session)
{
    for (const int version : both_versions)
    {
        // Both would accept it.
        loopback_server one(test_pki::get().good(), options(version), answer_how);
        loopback_server two(test_pki::get().good(), options(version), answer_how);
        BOOST_TEST(fetch(one.url()) == "fresh");
        BOOST_TEST(fetch(two.url()) == "fresh");
        BOOST_TEST(fetch(one.url()) == "resumed");
        BOOST_TEST(fetch(two.url()) == "resumed");
    }
}

BOOST_AUTO_TEST_CASE(other_name_of_the_same_address_never_sees_the_session)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), answer_how);
        for (const auto* const expected : {"fresh", "resumed"})
        {
            for (const auto* const host : {"localhost", "a.localhost", "127.0.0.1"})
            {
                BOOST_TEST(fetch(server.url("/", host)) == expected);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(other_client_never_sees_the_session)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), answer_how);
        returning_fixture other;
        BOOST_TEST(fetch(server.url()) == "fresh");
        BOOST_TEST(other.fetch(server.url()) == "fresh");
        BOOST_TEST(fetch(server.url()) == "resumed");
        BOOST_TEST(other.fetch(server.url()) == "resumed");
    }
}

BOOST_AUTO_TEST_CASE(other_client_certificate_never_sees_the_session)
{
    const tls_identity who[] = {tls_identity(), client_named("alice"), client_named("bob")};
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), asking(version), [](peer& p) {
            while (!p.read_request().empty())
            {
                p.respond(shown_name(p) + " " + how(p));
            }
        });
        for (const auto* const expected : {"fresh", "resumed", "resumed"})
        {
            BOOST_TEST(fetch_as(who[0], server.url()) == std::string("nobody ") + expected);
            BOOST_TEST(fetch_as(who[1], server.url()) == std::string("alice ") + expected);
            BOOST_TEST(fetch_as(who[2], server.url()) == std::string("bob ") + expected);
        }
        // Another certificate of the same name.
        BOOST_TEST(fetch_as(client_named("alice"), server.url()) == "alice fresh");
    }
}

BOOST_AUTO_TEST_CASE(other_address_policy_never_sees_the_session)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), answer_how);
        auto wider = request(server.url());
        wider.policy(address_policy().allow_loopback().allow_private_network("10.0.0.0/8"));
        BOOST_TEST(fetch(server.url()) == "fresh");
        BOOST_TEST(fetch(wider) == "fresh");
        BOOST_TEST(fetch(server.url()) == "resumed");
        BOOST_TEST(fetch(wider) == "resumed");
    }
}

// --- What a session is worth -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(server_without_its_ticket_key_gets_a_whole_handshake)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), answer_how);
        BOOST_TEST(fetch(server.url()) == "fresh");
        server.become(test_pki::get().good(), options(version, "others"));
        BOOST_TEST(fetch(server.url()) == "refused");
        BOOST_TEST(fetch(server.url()) == "resumed");
        BOOST_TEST(server.accepted() == 3U);
    }
}

BOOST_AUTO_TEST_CASE(whole_handshake_after_a_refused_session_is_verified)
{
    const auto self_signed = make_identity(test_pki::good_options());
    const auto elsewhere = misnamed();
    for (const int version : both_versions)
    {
        std::atomic<std::size_t> bytes = 0;
        loopback_server server(test_pki::get().good(), options(version, "ours", 2), [&](peer& p) {
            bytes += p.offered_ticket().size();
            answer_how(p);
        });
        const auto url = server.url("/", "localhost");
        const auto failing = [&] {
            client().connections().close_idle();
            return get(url).code();
        };
        for (const bool named : {true, false})
        {
            const auto kept_elsewhere = kept();
            BOOST_TEST(fetch(url) == "fresh");
            const auto before = server.accepted();
            server.become(named ? self_signed : elsewhere, options(version, "others"));
            BOOST_TEST(
                (failing() == (named ? errc::tls_certificate_untrusted : errc::tls_host_mismatch))
            );
            // It was looked at and refused: no second attempt.
            BOOST_TEST(server.connections_so_far() == before + 1);
            // And what was known of the one before is forgotten, although there was another ticket.
            BOOST_TEST(kept() == kept_elsewhere);
            server.become(test_pki::get().good(), options(version, "ours", 2));
        }
        BOOST_TEST(fetch(url) == "fresh");
        BOOST_TEST(bytes == 0U);
    }
}

BOOST_AUTO_TEST_CASE(session_stands_for_the_certificate_that_it_was_made_with)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), answer_how);
        const auto url = server.url("/", "localhost");
        BOOST_TEST(fetch(url) == "fresh");
        // Only who has the key of the ticket can go on without showing the certificate.
        server.become(misnamed(), options(version));
        BOOST_TEST(fetch(url) == "resumed");
        later = 61min;
        client().connections().close_idle();
        BOOST_TEST((get(url).code() == errc::tls_host_mismatch));
        later = 0min;
    }
}

BOOST_AUTO_TEST_CASE(session_of_tls_1_3_is_used_once)
{
    std::atomic<int> ready = 0;
    gate both;
    loopback_server server(test_pki::get().good(), options(TLS1_3_VERSION), [&](peer& p) {
        if (p.number() != 0 && ++ready == 2)
        {
            both.open();
        }
        while (!p.read_request().empty())
        {
            p.respond(how(p));
        }
    });
    BOOST_TEST(fetch(server.url()) == "fresh");
    BOOST_TEST(kept() == 1U);
    const auto a = start(request(server.url()));
    const auto b = start(request(server.url()));
    run();
    both.wait(); // two connections, not one after the other
    const std::multiset<std::string> got{a->body(), b->body()};
    BOOST_TEST((got == std::multiset<std::string>{"fresh", "resumed"}));
}

BOOST_AUTO_TEST_CASE(session_of_tls_1_2_may_be_used_again)
{
    loopback_server server(test_pki::get().good(), options(TLS1_2_VERSION), answer_how);
    BOOST_TEST(fetch(server.url()) == "fresh");
    BOOST_TEST(kept() == 1U);
    const auto a = start(request(server.url()));
    const auto b = start(request(server.url()));
    run();
    BOOST_TEST(a->body() == "resumed");
    BOOST_TEST(b->body() == "resumed");
    BOOST_TEST(kept() == 1U);
}

// For SSL_CTX_set_tlsext_ticket_key_evp_cb(): every ticket is accepted and replaced by a new one.
int renew(
    SSL*, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int seal
)
{
    unsigned char key[32] = "0123456789abcdef0123456789abcde";
    char digest[] = "SHA256";
    std::fill(name, name + 16, static_cast<unsigned char>('n'));
    if (seal != 0)
    {
        std::fill(iv, iv + 16, static_cast<unsigned char>('i'));
    }
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, sizeof(key)),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    const bool done = EVP_MAC_CTX_set_params(mac, params) == 1
        && EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key, iv, seal) == 1;
    return done ? (seal != 0 ? 1 : 2) : -1;
}

BOOST_AUTO_TEST_CASE(renewed_ticket_takes_the_place_of_the_one_before)
{
    const auto o = options(TLS1_2_VERSION, [](SSL_CTX* ctx) {
        SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, &renew);
    });
    loopback_server server(test_pki::get().good(), o, answer_how);
    BOOST_TEST(fetch(server.url()) == "fresh");
    BOOST_TEST(fetch(server.url()) == "resumed");
    BOOST_TEST(fetch(server.url()) == "resumed");
    BOOST_TEST(kept() == 1U);
}

// RFC 7627 section 5.3
BOOST_AUTO_TEST_CASE(session_without_extended_master_secret_is_not_kept)
{
    const auto o = options(TLS1_2_VERSION, [](SSL_CTX* ctx) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
    });
    loopback_server server(test_pki::get().good(), o, answer_how);
    BOOST_TEST(fetch(server.url()) == "fresh");
    BOOST_TEST(fetch(server.url()) == "fresh");
    BOOST_TEST(kept() == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_as_early_data)
{
    const auto o = options(TLS1_3_VERSION, [](SSL_CTX* ctx) {
        SSL_CTX_set_max_early_data(ctx, 16384);
        SSL_CTX_set_recv_max_early_data(ctx, 16384);
        SSL_CTX_set_options(ctx, SSL_OP_NO_ANTI_REPLAY); // which wants sessions and not tickets
    });
    loopback_server server(test_pki::get().good(), o, [](peer& p) {
        const bool none = SSL_get_early_data_status(p.ssl()) == SSL_EARLY_DATA_NOT_SENT;
        p.read_request();
        p.respond(how(p) + (none ? "" : " early"));
    });
    BOOST_TEST(fetch(server.url()) == "fresh");
    BOOST_TEST(fetch(server.url()) == "resumed");
}

// --- How many, and how long ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sessions_of_one_key_are_bounded_and_do_not_drive_out_others)
{
    hooks.sessions = {3, 5};
    const auto good = test_pki::get().good();
    loopback_server modest(good, options(TLS1_3_VERSION), answer_how);
    loopback_server lavish(good, options(TLS1_3_VERSION, "ours", 40), answer_how);
    BOOST_TEST(fetch(modest.url()) == "fresh");
    BOOST_TEST(kept() == 1U);
    BOOST_TEST(fetch(lavish.url()) == "fresh");
    BOOST_TEST(kept() == 4U);
    BOOST_TEST(fetch(modest.url()) == "resumed");
    BOOST_TEST(fetch(lavish.url()) == "resumed");
}

BOOST_AUTO_TEST_CASE(session_used_least_lately_goes_first)
{
    hooks.sessions = {1, 2};
    const auto good = test_pki::get().good();
    for (const int version : both_versions)
    {
        loopback_server a(good, options(version), answer_how);
        loopback_server b(good, options(version), answer_how);
        loopback_server c(good, options(version), answer_how);
        BOOST_TEST(fetch(a.url()) == "fresh");
        BOOST_TEST(fetch(b.url()) == "fresh");
        BOOST_TEST(fetch(a.url()) == "resumed");
        BOOST_TEST(fetch(c.url()) == "fresh");
        BOOST_TEST(kept() == 2U);
        BOOST_TEST(fetch(a.url()) == "resumed");
        BOOST_TEST(fetch(b.url()) == "fresh");
    }
}

BOOST_AUTO_TEST_CASE(huge_ticket_is_not_kept)
{
    const auto o = options(TLS1_3_VERSION, [](SSL_CTX* ctx) {
        SSL_CTX_set_session_ticket_cb(
            ctx,
            [](SSL* s, void*) {
                const std::string much(tls_sessions::max_ticket, 'x');
                return SSL_SESSION_set1_ticket_appdata(
                    SSL_get_session(s), much.data(), much.size()
                );
            },
            nullptr,
            nullptr
        );
    });
    loopback_server server(test_pki::get().good(), o, answer_how);
    BOOST_TEST(fetch(server.url()) == "fresh");
    BOOST_TEST(kept() == 0U);
}

BOOST_AUTO_TEST_CASE(session_ends_an_hour_after_the_whole_handshake)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), answer_how);
        BOOST_TEST(fetch(server.url()) == "fresh");
        later = 30min;
        BOOST_TEST(fetch(server.url()) == "resumed");
        later = 59min;
        BOOST_TEST(fetch(server.url()) == "resumed");
        // Although the session of this hour is a younger one.
        later = 61min;
        BOOST_TEST(fetch(server.url()) == "fresh");
        later = 0min;
    }
}

BOOST_AUTO_TEST_CASE(session_ends_when_the_server_says)
{
    for (const int version : both_versions)
    {
        const auto o = options(version, [](SSL_CTX* ctx) { SSL_CTX_set_timeout(ctx, 600); });
        loopback_server server(test_pki::get().good(), o, answer_how);
        BOOST_TEST(fetch(server.url()) == "fresh");
        later = 9min;
        BOOST_TEST(fetch(server.url()) == "resumed");
        later = 11min;
        BOOST_TEST(fetch(server.url()) == "fresh");
        later = 0min;
    }
}

BOOST_AUTO_TEST_CASE(session_ends_with_the_certificate)
{
    auto id = test_pki::get().good();
    X509_gmtime_adj(X509_getm_notAfter(id.certificate.get()), 20 * 60);
    X509_sign(id.certificate.get(), test_pki::get().ca().key.get(), EVP_sha256());
    for (const int version : both_versions)
    {
        loopback_server server(id, options(version), answer_how);
        BOOST_TEST(fetch(server.url()) == "fresh");
        later = 10min;
        BOOST_TEST(fetch(server.url()) == "resumed");
        later = 21min;
        BOOST_TEST(fetch(server.url()) == "fresh");
        later = 0min;
    }
}

BOOST_AUTO_TEST_CASE(certificate_without_an_end_does_not_make_sessions_endless)
{
    auto id = test_pki::get().good();
    ASN1_TIME_set_string_X509(X509_getm_notAfter(id.certificate.get()), "99991231235959Z");
    X509_sign(id.certificate.get(), test_pki::get().ca().key.get(), EVP_sha256());
    loopback_server server(id, options(TLS1_3_VERSION), answer_how);
    BOOST_TEST(fetch(server.url()) == "fresh");
    BOOST_TEST(fetch(server.url()) == "resumed");
    later = 61min;
    BOOST_TEST(fetch(server.url()) == "fresh");
}

BOOST_AUTO_TEST_CASE(session_from_before_the_clock_was_put_back_is_not_used)
{
    loopback_server server(test_pki::get().good(), options(TLS1_3_VERSION), answer_how);
    BOOST_TEST(fetch(server.url()) == "fresh");
    later = -5min;
    BOOST_TEST(fetch(server.url()) == "fresh");
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_after_close)
{
    counted_sessions::now();
    const auto use = [] {
        http_client_fixture f;
        for (const int version : both_versions)
        {
            loopback_server server(test_pki::get().good(), options(version), answer_how);
            BOOST_TEST(f.get(server.url()).body() == "fresh");
            f.client().connections().close_idle();
        }
        BOOST_TEST(f.client().sessions()->size() == 2U);
        const int before = counted_sessions::now();
        f.client().close();
        BOOST_TEST(f.client().sessions()->size() == 0U);
        BOOST_TEST(counted_sessions::now() == before - 2);
    };
    use();
    const int before = counted_sessions::now();
    use();
    BOOST_TEST(counted_sessions::now() == before);
}

// --- When things go wrong --------------------------------------------------------------------

// OpenSSL's own servers are such if they ask for certificates and nobody named a context to them.
BOOST_AUTO_TEST_CASE(server_that_chokes_on_a_session_is_spared_it)
{
    for (const int version : both_versions)
    {
        const auto server = server_that_asks(SSL_VERIFY_PEER, version);
        const auto as = client_named("alice");
        BOOST_TEST(fetch_as(as, server->url()) == "alice 0");
        BOOST_TEST(kept() != 0U);
        BOOST_TEST(fetch_as(as, server->url()) == "alice 2"); // 1 did not come to a request
        BOOST_TEST(fetch_as(as, server->url()) == "alice 3");
        BOOST_TEST(fetch_as(as, server->url()) == "alice 4");
        BOOST_TEST(server->resumed() == 0U);
        later = 61min; // another chance
        BOOST_TEST(fetch_as(as, server->url()) == "alice 5");
        BOOST_TEST(fetch_as(as, server->url()) == "alice 7");
        later = 0min;
    }
}

BOOST_AUTO_TEST_CASE(server_that_always_fails_is_tried_twice_and_no_more)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), answer_how);
        BOOST_TEST(fetch(server.url()) == "fresh");
        server.become(test_pki::get().good(), options(version, [](SSL_CTX* ctx) {
                          SSL_CTX_set_client_hello_cb(
                              ctx, [](SSL*, int*, void*) { return SSL_CLIENT_HELLO_ERROR; }, nullptr
                          );
                      }));
        client().connections().close_idle();
        BOOST_TEST((get(server.url()).code() == errc::tls_failed));
        BOOST_TEST(server.connections_so_far() == 3U);
        server.become(test_pki::get().good(), options(version));
        BOOST_TEST(fetch(server.url()) == "fresh");
        BOOST_TEST(fetch(server.url()) == "resumed");
    }
}

BOOST_AUTO_TEST_CASE(connection_that_tls_breaks_takes_its_sessions_with_it)
{
    for (const int version : both_versions)
    {
        const auto o = options(version, "ours", 2);
        loopback_server server(test_pki::get().good(), o, [](peer& p) {
            if (p.number() == 0)
            {
                p.read_request();
                const char record[] = "\x17\x03\x03\0\x20nothing that anybody encrypted..";
                asio::write(p.socket(), asio::buffer(record, 5 + 32));
                p.read_to_end();
            }
            answer_how(p);
        });
        const auto kept_elsewhere = kept();
        BOOST_TEST((get(server.url()).code() == errc::tls_failed));
        BOOST_TEST(kept() == kept_elsewhere);
        BOOST_TEST(fetch(server.url()) == "fresh");
        BOOST_TEST(fetch(server.url()) == "resumed");
    }
}

BOOST_AUTO_TEST_CASE(handshake_that_is_given_up_takes_the_session_with_it)
{
    gate silent;
    std::function<void()> arrived; // called by the server, which is destroyed first
    loopback_server server(test_pki::get().good(), options(TLS1_2_VERSION), answer_how);
    BOOST_TEST(fetch(server.url()) == "fresh");
    BOOST_TEST(kept() == 1U);
    asio::cancellation_signal signal;
    arrived = [&] {
        asio::post(io, [&] { signal.emit(asio::cancellation_type::terminal); });
        silent.wait();
    };
    server.become(test_pki::get().good(), options(TLS1_2_VERSION, [&](SSL_CTX* ctx) {
                      SSL_CTX_set_client_hello_cb(
                          ctx,
                          [](SSL*, int*, void* a) {
                              (*static_cast<std::function<void()>*>(a))();
                              return SSL_CLIENT_HELLO_ERROR;
                          },
                          &arrived
                      );
                  }));
    const auto o = start(request(server.url()), signal.slot());
    run();
    silent.open();
    BOOST_TEST((o->code() == operation_aborted()));
    BOOST_TEST(kept() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
