// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/tls_sessions.hpp"

#include "net/tls_session_fixture.hpp"
#include "transport/connection.hpp"
#include "transport/tls_context.hpp"
#include "transport/tls_resumption.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <openssl/conf.h>
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth {
namespace {

using namespace testing;
using detail::pool_key;
using detail::tls_resumption;
using detail::tls_session;
using detail::tls_sessions;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

// --- Without the store's care ----------------------------------------------------------------

// Connections without a client around them, which can be given what no client gives them.
struct bare_fixture
{
    static tls_sessions::context context()
    {
        const auto trust = detail::load_trust_store({}, {test_pki::get().ca_file()});
        return std::make_shared<ssl::context>(
            detail::make_tls_context(trust.value().get(), tls_identity()).value()
        );
    }

    // One request, with a session of the key if there is one.
    result<std::string> fetch(std::string_view peer)
    {
        const auto c =
            std::make_shared<detail::connection>(detail::home_executor::of(io.get_executor()));
        c->socket().connect({asio::ip::address_v4::loopback(), server.port()});
        const auto target = url::parse(peer).value();
        c->make_secure(ours, target, store, key, tls_resumption::mode::offer).value();
        auto ended = error_code(errc::invalid_argument);
        c->async_handshake([&ended, c](error_code ec) { ended = ec; });
        run();
        BOOST_TEST(!ended.failed());
        if (const auto checked = c->check_peer(target); !checked)
        {
            return checked.error();
        }
        const std::string request = "GET / HTTP/1.1\r\n\r\n";
        std::string response(1000, '\0');
        c->async_write(asio::buffer(request), [c](error_code, std::size_t) {});
        c->async_read_some(asio::buffer(response), [&, c](error_code, std::size_t n) {
            response.resize(n);
        });
        run();
        return response.substr(response.find("\r\n\r\n") + 4);
    }

    void run()
    {
        io.restart();
        io.run();
    }

    asio::io_context io;
    loopback_server server{test_pki::get().good(), options(TLS1_3_VERSION), answer_how};
    std::shared_ptr<tls_sessions> store =
        std::make_shared<tls_sessions>(&std::chrono::system_clock::now, tls_sessions::settings());
    pool_key key{url::parse("https://localhost/").value(), address_policy(), tls_identity()};
    tls_sessions::context ours = context();
};

BOOST_FIXTURE_TEST_SUITE(tls_bare_sessions, bare_fixture)

BOOST_AUTO_TEST_CASE(name_is_proven_by_the_certificate_of_a_resumed_session_too)
{
    server.become(test_pki::get().good(), options(TLS1_3_VERSION, "ours", 2));
    BOOST_TEST(fetch("https://localhost/").value() == "fresh");
    BOOST_TEST(fetch("https://127.0.0.1/").value() == "resumed");
    BOOST_TEST(fetch("https://good.example/").value() == "resumed");
    BOOST_TEST(store->size() > 1U);
    BOOST_TEST((fetch("https://other.example/").error().code() == errc::tls_host_mismatch));
    BOOST_TEST(store->size() == 0U); // the others are gone as well
    BOOST_TEST(fetch("https://localhost/").value() == "fresh");
    BOOST_TEST((fetch("https://127.0.0.2/").error().code() == errc::tls_host_mismatch));
}

BOOST_AUTO_TEST_CASE(session_of_another_context_is_refused_by_openssl_too)
{
    const auto other = context();
    for (const auto& c : {ours, other})
    {
        BOOST_TEST(fetch("https://localhost/").value() == "fresh");
        const auto f = store->take(key, ours);
        ssl::stream<asio::ip::tcp::socket> s(io, *c);
        s.lowest_layer().connect({asio::ip::address_v4::loopback(), server.port()});
        BOOST_TEST(SSL_set_session(s.native_handle(), f.session.get()) == 1);
        error_code ec;
        s.handshake(ssl::stream_base::client, ec);
        BOOST_TEST(ec.failed() == (c != ours));
        BOOST_TEST(SSL_session_reused(s.native_handle()) == 1);
        if (!ec)
        {
            // What arrives for a stream that is not one of ours is nobody's.
            char response[1000];
            asio::write(s, asio::buffer("GET / HTTP/1.1\r\n\r\n", 18));
            BOOST_TEST(s.read_some(asio::buffer(response)) != 0U);
            BOOST_TEST(store->size() == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(session_of_tls_1_3_is_given_out_once)
{
    for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION})
    {
        const bool once = version == TLS1_3_VERSION;
        server.become(test_pki::get().good(), options(version));
        BOOST_TEST(fetch("https://localhost/").value() == "fresh");
        BOOST_TEST(store->size() == 1U);
        BOOST_TEST((store->take(key, ours).session != nullptr));
        BOOST_TEST(store->size() == (once ? 0U : 1U));
        BOOST_TEST((store->take(key, ours).session == nullptr) == once);
    }
}

BOOST_AUTO_TEST_CASE(connection_may_outlive_the_store_of_its_sessions)
{
    const std::weak_ptr<tls_sessions> weak = store;
    BOOST_TEST(fetch("https://localhost/").value() == "fresh");
    const auto c =
        std::make_shared<detail::connection>(detail::home_executor::of(io.get_executor()));
    c->socket().connect({asio::ip::address_v4::loopback(), server.port()});
    const auto target = url::parse("https://localhost/").value();
    c->make_secure(ours, target, store, key, tls_resumption::mode::offer).value();
    store.reset();
    BOOST_TEST(weak.expired());
    c->async_handshake([c](error_code ec) { BOOST_TEST(!ec.failed()); });
    run();
    BOOST_TEST(c->check_peer(target).has_value());
    std::string response(1000, '\0');
    c->async_write(asio::buffer("GET / HTTP/1.1\r\n\r\n", 18), [c](error_code, std::size_t) {});
    c->async_read_some(asio::buffer(response), [&, c](error_code, std::size_t n) {
        response.resize(n);
    });
    run();
    BOOST_TEST(response.ends_with("resumed"));
}

// As a file would that is named in OPENSSL_CONF or is the system's.
void configure_openssl(const std::string& lines)
{
    const auto text = "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n" + lines;
    const bio_ptr in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const std::unique_ptr<CONF, decltype(&NCONF_free)> conf(NCONF_new(nullptr), &NCONF_free);
    BOOST_REQUIRE(NCONF_load_bio(conf.get(), in.get(), nullptr) == 1);
    BOOST_REQUIRE(CONF_modules_load(conf.get(), nullptr, 0) > 0);
}

BOOST_AUTO_TEST_CASE(configuration_of_openssl_does_not_take_forward_secrecy_from_resumption)
{
    configure_openssl("Options = AllowNoDHEKEX\nMinProtocol = TLSv1\n");
    const ssl::context plain(ssl::context::tls_client);
    const auto weak = [](const ssl::context& c) {
        auto* const ctx = const_cast<ssl::context&>(c).native_handle();
        return (SSL_CTX_get_options(ctx) & SSL_OP_ALLOW_NO_DHE_KEX) != 0;
    };
    BOOST_TEST(weak(plain)); // it has an effect
    BOOST_TEST(!weak(*context()));
    configure_openssl("MinProtocol = TLSv1.2\n");
}

BOOST_AUTO_TEST_CASE(neither_compression_nor_renegotiation_is_allowed)
{
    const auto c = context();
    const auto options = SSL_CTX_get_options(c->native_handle());
    BOOST_TEST((options & SSL_OP_NO_COMPRESSION) != 0U);
    BOOST_TEST((options & SSL_OP_NO_RENEGOTIATION) != 0U);
}

BOOST_AUTO_TEST_SUITE_END()

// --- The store -------------------------------------------------------------------------------

struct store_fixture
{
    using time_point = tls_sessions::time_point;

    static tls_sessions::context context()
    {
        const detail::trust_store trust(X509_STORE_new());
        return std::make_shared<ssl::context>(
            detail::make_tls_context(trust.get(), tls_identity()).value()
        );
    }

    static pool_key key(std::string_view target)
    {
        return {url::parse(target).value(), address_policy(), tls_identity()};
    }

    // One as it comes from a server, but for its secrets.
    tls_session session(int version, long life = 3600) const
    {
        tls_session s(SSL_SESSION_new());
        const unsigned char id[] = "id";
        SSL_SESSION_set_protocol_version(s.get(), version);
        SSL_SESSION_set1_id(s.get(), id, 2);
        SSL_SESSION_set_time(s.get(), std::chrono::system_clock::to_time_t(now));
        SSL_SESSION_set_timeout(s.get(), life);
        return s;
    }

    void put(const std::string& target, tls_session s)
    {
        subject.put(key(target), ours, std::move(s), now + 1h);
    }

    bool has(const std::string& target)
    {
        return subject.take(key(target), ours).session != nullptr;
    }

    time_point now = std::chrono::system_clock::from_time_t(1'800'000'000);
    tls_sessions subject{[this] { return now; }, {2, 3}};
    tls_sessions::context ours = context();
};

BOOST_FIXTURE_TEST_SUITE(tls_sessions_, store_fixture)

BOOST_AUTO_TEST_CASE(session_is_of_the_context_that_it_was_made_with)
{
    put("https://a.example/", session(TLS1_2_VERSION));
    const auto other = context();
    BOOST_TEST(!subject.take(key("https://a.example/"), other).session);
    BOOST_TEST(has("https://a.example/x"));
    BOOST_TEST(subject.size() == 1U);
    // When the context goes, its sessions are of use to nobody.
    ours = other;
    BOOST_TEST(!has("https://a.example/"));
    BOOST_TEST(subject.size() == 0U);
}

BOOST_AUTO_TEST_CASE(session_is_found_with_an_equal_key_only)
{
    const auto there = url::parse("https://a.example:8443/").value();
    const auto alice = client_named("alice");
    const address_policy policy;
    const pool_key whole(there, policy, alice);
    subject.put(whole, ours, session(TLS1_2_VERSION), now + 1h);
    const pool_key others[] = {
        pool_key(url::parse("https://b.example:8443/").value(), policy, alice),
        pool_key(url::parse("https://a.example:8444/").value(), policy, alice),
        pool_key(there, address_policy().allow_loopback(), alice),
        pool_key(there, address_policy().allow_private_network("10.0.0.0/8"), alice),
        pool_key(there, policy, tls_identity()),
        pool_key(there, policy, client_named("alice")),
    };
    for (const auto& k : others)
    {
        BOOST_TEST(!subject.take(k, ours).session);
    }
    BOOST_TEST(subject.take(pool_key(there, policy, alice), ours).session);
}

BOOST_AUTO_TEST_CASE(session_that_ends_at_once_or_has_ended_is_not_found)
{
    put("https://a.example/", session(TLS1_3_VERSION)); // has no lifetime of the server's: 0
    BOOST_TEST(!has("https://a.example/"));
    put("https://a.example/", session(TLS1_2_VERSION, 600));
    BOOST_TEST(has("https://a.example/"));
    now += 599s;
    BOOST_TEST(has("https://a.example/"));
    now += 1s;
    BOOST_TEST(!has("https://a.example/"));
    BOOST_TEST(subject.size() == 0U);
}

BOOST_AUTO_TEST_CASE(session_that_openssl_calls_spoilt_is_not_found)
{
    auto s = session(TLS1_2_VERSION);
    SSL_SESSION* const spoilt = s.get();
    put("https://a.example/", std::move(s));
    SSL_CTX_remove_session(ours->native_handle(), spoilt);
    BOOST_TEST(!has("https://a.example/"));
    BOOST_TEST(subject.size() == 0U);
}

BOOST_AUTO_TEST_CASE(newest_session_is_found_first_and_the_oldest_goes_first)
{
    for (const int life : {100, 200, 300})
    {
        put("https://a.example/", session(TLS1_2_VERSION, life));
    }
    BOOST_TEST(subject.size() == 2U);
    const auto f = subject.take(key("https://a.example/"), ours);
    BOOST_REQUIRE(f.session);
    BOOST_TEST(SSL_SESSION_get_timeout(f.session.get()) == 300);
    put("https://b.example/", session(TLS1_2_VERSION));
    put("https://c.example/", session(TLS1_2_VERSION));
    BOOST_TEST(subject.size() == 3U);
    now += 201s; // what is left is the newest
    BOOST_TEST(has("https://a.example/"));
}

BOOST_AUTO_TEST_CASE(of_many_sessions_each_is_found_by_its_key_until_its_end)
{
    tls_sessions many{[this] { return now; }, {2, 100}};
    const auto target = [](int i) { return "https://h" + std::to_string(i) + ".example/"; };
    for (int i = 0; i != 60; ++i)
    {
        many.put(key(target(i)), ours, session(TLS1_2_VERSION, 100 + i), now + 1h);
    }
    BOOST_TEST(many.size() == 60U);
    // Each is asked for in the moment in which it ends, before others are.
    now += 99s;
    for (int i = 0; i <= 30; ++i)
    {
        now += 1s;
        BOOST_TEST(!many.take(key(target(i)), ours).session);
    }
    for (int i = 31; i != 60; ++i)
    {
        const auto f = many.take(key(target(i)), ours);
        BOOST_REQUIRE(f.session);
        BOOST_TEST(SSL_SESSION_get_timeout(f.session.get()) == 100 + i);
    }
    BOOST_TEST(many.size() == 29U);
    // Those that have ended go while others are asked for.
    now += 1h;
    for (int i = 0; i != 4; ++i)
    {
        BOOST_TEST(!many.take(key("https://other.example/"), ours).session);
    }
    BOOST_TEST(many.size() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_of_one_key)
{
    put("https://a.example/", session(TLS1_2_VERSION));
    put("https://a.example/", session(TLS1_2_VERSION));
    put("https://b.example/", session(TLS1_2_VERSION));
    subject.forget(key("https://a.example/"));
    BOOST_TEST(!has("https://a.example/"));
    BOOST_TEST(has("https://b.example/"));
}

BOOST_AUTO_TEST_CASE(closed_store_keeps_nothing)
{
    put("https://a.example/", session(TLS1_2_VERSION));
    subject.close();
    BOOST_TEST(subject.size() == 0U);
    put("https://a.example/", session(TLS1_2_VERSION));
    BOOST_TEST(subject.size() == 0U);
    subject.shun(key("https://a.example/"));
    BOOST_TEST(subject.size() == 0U);
}

BOOST_AUTO_TEST_CASE(store_without_room_for_a_key_keeps_nothing)
{
    tls_sessions none{[this] { return now; }, {0, 3}};
    none.put(key("https://a.example/"), ours, session(TLS1_2_VERSION), now + 1h);
    BOOST_TEST(none.size() == 0U);
    BOOST_TEST(!none.take(key("https://a.example/"), ours).session);
}

BOOST_AUTO_TEST_CASE(key_that_is_shunned_takes_no_session_for_some_time)
{
    put("https://a.example/", session(TLS1_2_VERSION));
    subject.shun(key("https://a.example/"));
    BOOST_TEST(!has("https://a.example/"));
    put("https://a.example/", session(TLS1_2_VERSION));
    BOOST_TEST(!has("https://a.example/"));
    put("https://b.example/", session(TLS1_2_VERSION));
    BOOST_TEST(has("https://b.example/"));
    now += tls_sessions::max_age;
    put("https://a.example/", session(TLS1_2_VERSION));
    BOOST_TEST(has("https://a.example/"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
