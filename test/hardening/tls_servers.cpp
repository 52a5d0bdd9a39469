// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A client with no setting but one more authority to trust: which servers it talks to. Each one that
// it must not is refused before the request is sent, with an error that says why and what to do.

#include "hardening/bad_certificates.hpp"
#include "hardening/bad_protocols.hpp"
#include "net/http_client_fixture.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/err.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace asioauth {
namespace {

using namespace testing;
namespace asio = boost::asio;

// Meets one server after the other, each as another client.
class meeting
{
public:
    meeting()
    {
        at_.emplace();
        // Names that are not of this machine have a public address, which leads to the server.
        at_->hooks.lookup = [](const std::string&, detail::resolver::addresses& found) {
            found.push_back(asio::ip::make_address("93.184.216.34"));
            return error_code();
        };
        at_->hooks.route = [this](const asio::ip::tcp::endpoint&) {
            return asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port_);
        };
        // The roots of the system are of no use here, and reading them takes time.
        at_->hooks.trust = {};
    }

    outcome with(loopback_server& server, std::string_view host)
    {
        port_ = server.port();
        auto r = http_client_fixture::request(
            "https://" + std::string(host) + ":" + std::to_string(port_) + "/"
        );
        r.policy(address_policy().allow_loopback(r.target().host_is_loopback()));
        return at_->send(std::move(r));
    }

    http_client_fixture& client() { return *at_; }

private:
    std::optional<http_client_fixture> at_;
    std::uint16_t port_ = 0;
};

class tally
{
public:
    std::size_t bad = 0;
    std::size_t refused = 0;
    std::size_t good = 0;
    std::size_t accepted = 0;
};

loopback_server::tls_options sends(const certificate_chain& chain)
{
    loopback_server::tls_options o;
    o.adjust = [chain](asio::ssl::context& c) {
        for (const auto& id : chain.rest())
            add_to_chain(c.native_handle(), *id);
    };
    return o;
}

// With an error of the right kind that a person can do something with, and before anything was said.
void check_refused(tally& t, const outcome& o, errc expected, std::size_t requests)
{
    ++t.bad;
    const bool refused = !o.value && o.code() == expected && requests == 0;
    t.refused += refused ? 1U : 0U;
    BOOST_TEST((o.code() == expected), "ended with " << o.code().message());
    BOOST_TEST(requests == 0U);
    if (o.value)
        return;
    BOOST_TEST((o.code() == condition::unreachable || o.code() == condition::untrusted));
    if (expected != errc::tls_timeout)
        BOOST_TEST(!o.message().empty());
    BOOST_TEST(!hint_for(expected).empty());
    BOOST_TEST(describe(o.code(), o.value.error().info()).size() > 40U);
}

BOOST_AUTO_TEST_SUITE(tls_servers)

// Counted by test/counts.sh.
BOOST_AUTO_TEST_CASE(there_are_enough_bad_servers)
{
    const std::size_t bad = bad_certificates().size() + bad_protocols().size();
    BOOST_TEST(bad >= 35U);
    std::printf("tls-bad-servers %zu\n", bad);
}

// covers C-21-1 C-21-2 C-9728-8 C-8414-2 C-7591-5
// catches D-15
BOOST_AUTO_TEST_CASE(no_bad_server_gets_a_request_and_every_good_one_does)
{
    tally t;
    for (const auto& c : bad_certificates())
    {
        BOOST_TEST_CONTEXT(c.name)
        {
            const auto chain = c.make();
            std::atomic<std::size_t> requests = 0;
            loopback_server server(chain.leaf(), sends(chain), [&](peer& p) {
                while (!p.read_request().empty())
                {
                    ++requests;
                    p.respond("ok");
                }
            });
            meeting m;
            check_refused(t, m.with(server, c.host), c.expected, requests);
        }
    }
    const auto good = test_pki::get().good();
    for (const auto& c : bad_protocols())
    {
        BOOST_TEST_CONTEXT(c.name)
        {
            std::atomic<std::size_t> requests = 0;
            const loopback_server::script count = [&](peer& p) {
                while (!p.read_request().empty())
                {
                    ++requests;
                    p.respond("ok");
                }
            };
            std::unique_ptr<loopback_server> server;
            if (c.raw)
                server = std::make_unique<loopback_server>(c.raw);
            else
                server = std::make_unique<loopback_server>(good, c.options, count);
            meeting m;
            if (c.expected == errc::tls_timeout)
                m.client().settings.tls_timeout(std::chrono::milliseconds(20));
            check_refused(t, m.with(*server, "localhost"), c.expected, requests);
        }
    }
    for (const auto& c : good_certificates())
    {
        BOOST_TEST_CONTEXT(c.name)
        {
            const auto chain = c.make();
            loopback_server server(chain.leaf(), sends(chain), answer_all);
            meeting m;
            const auto o = m.with(server, c.host);
            ++t.good;
            t.accepted += o.body() == "ok" ? 1U : 0U;
            BOOST_TEST(o.body() == "ok");
        }
    }
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        loopback_server::tls_options o;
        o.max_version = version;
        loopback_server server(good, o, answer_all);
        meeting m;
        ++t.good;
        const auto got = m.with(server, "localhost");
        t.accepted += got.body() == "ok" ? 1U : 0U;
        BOOST_TEST(got.body() == "ok");
    }
    BOOST_TEST(t.refused == t.bad);
    BOOST_TEST(t.accepted == t.good);
    std::printf(
        "tls: %zu of %zu bad servers refused, %zu of %zu good ones accepted\n",
        t.refused,
        t.bad,
        t.accepted,
        t.good
    );
}

// --- What can go wrong with a server that is good at first -----------------------------------

BOOST_AUTO_TEST_CASE(certificate_of_more_than_100_kib_is_refused)
{
    const auto id = forge(test_pki::good_options(), test_pki::get().ca(), [](X509* c) {
        add_raw_extension(c, "1.3.6.1.4.1.55555.1", false, std::string(300'000, 'x'));
    });
    loopback_server server(id, answer_all);
    meeting m;
    BOOST_TEST((m.with(server, "localhost").code() == errc::tls_failed));
}

BOOST_AUTO_TEST_CASE(session_of_one_origin_is_not_shown_to_another_with_the_same_keys)
{
    loopback_server::tls_options o;
    o.ticket_keys = "shared";
    std::string offered = "nothing";
    loopback_server first(test_pki::get().leaf(named("DNS:a.good.example")), o, answer_all);
    loopback_server second(test_pki::get().leaf(named("DNS:a.good.example")), o, [&](peer& p) {
        offered = p.offered_ticket();
        answer_all(p);
    });
    meeting m;
    BOOST_TEST(m.with(first, "a.good.example").body() == "ok");
    // Of another name, and with the certificate of the first: a resumed session would not show it.
    BOOST_TEST((m.with(second, "b.good.example").code() == errc::tls_host_mismatch));
    BOOST_TEST(second.resumed() == 0U);
    // Of the same name at another port.
    BOOST_TEST(m.with(second, "a.good.example").body() == "ok");
    BOOST_TEST(second.resumed() == 0U);
    BOOST_TEST(offered.empty());
}

BOOST_AUTO_TEST_CASE(server_that_turns_bad_is_refused_whatever_session_there_is)
{
    loopback_server::tls_options o;
    loopback_server server(test_pki::get().good(), o, [](peer& p) {
        p.read_request();
        p.respond("ok", "Connection: close\r\n");
    });
    meeting m;
    BOOST_TEST(m.with(server, "localhost").body() == "ok");
    server.become(test_pki::get().leaf(named("DNS:other.example")), o); // and other ticket keys
    BOOST_TEST((m.with(server, "localhost").code() == errc::tls_host_mismatch));
    server.become(make_identity(test_pki::good_options()), o);
    BOOST_TEST((m.with(server, "localhost").code() == errc::tls_certificate_untrusted));
}

BOOST_AUTO_TEST_CASE(renegotiation_is_not_taken_part_in)
{
    loopback_server::tls_options o;
    o.max_version = TLS1_2_VERSION;
    std::atomic<bool> renegotiated = false;
    loopback_server server(test_pki::get().good(), o, [&](peer& p) {
        p.read_request();
        SSL_renegotiate(p.ssl());
        SSL_do_handshake(p.ssl());
        ERR_clear_error();
        char byte = 0;
        renegotiated = SSL_read(p.ssl(), &byte, 1) > 0 || SSL_renegotiate_pending(p.ssl()) == 0;
        p.close();
    });
    meeting m;
    BOOST_TEST(!m.with(server, "localhost").value);
    BOOST_TEST(!renegotiated);
}

BOOST_AUTO_TEST_CASE(response_that_is_cut_without_the_end_of_the_stream_is_refused)
{
    loopback_server server(test_pki::get().good(), [](peer& p) {
        p.read_request();
        p.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":1}");
        p.close();
    });
    meeting m;
    BOOST_TEST((m.with(server, "localhost").code() == errc::connection_lost));
}

BOOST_AUTO_TEST_CASE(data_before_the_handshake_is_over_is_never_taken_for_a_response)
{
    loopback_server server([](peer& p) {
        p.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        asio::ssl::context c(asio::ssl::context::tls_server);
        const auto id = test_pki::get().good();
        SSL_CTX_use_certificate(c.native_handle(), id.certificate.get());
        SSL_CTX_use_PrivateKey(c.native_handle(), id.key.get());
        if (p.start_tls(c))
            p.read_request();
    });
    meeting m;
    BOOST_TEST((m.with(server, "localhost").code() == errc::tls_failed));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
