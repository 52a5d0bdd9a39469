// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// TLS on a socket, call by call: both ends are in one thread, so that each step is known.

#include "transport/tls_channel.hpp"

#include "support/certificates.hpp"
#include "transport/stream.hpp"
#include "transport/tls_context.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>
#include <poll.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using detail::tls_channel;
using testing::test_pki;
using want = tls_channel::want;

struct ssl_free
{
    void operator()(SSL* p) const noexcept { SSL_free(p); }
    void operator()(SSL_CTX* p) const noexcept { SSL_CTX_free(p); }
};

// Asio's own wait does not, if the socket does not block.
template <class Socket>
void until_readable(Socket& s)
{
    pollfd one{s.native_handle(), POLLIN, 0};
    BOOST_REQUIRE(::poll(&one, 1, 10'000) == 1);
}

struct both_ends
{
    both_ends()
    {
        tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
        client.connect(acceptor.local_endpoint());
        acceptor.accept(server);
        client.non_blocking(true);
        server.non_blocking(true);
        const auto id = test_pki::get().good();
        SSL_CTX_use_certificate(server_context.get(), id.certificate.get());
        SSL_CTX_use_PrivateKey(server_context.get(), id.key.get());
        SSL_CTX_set_mode(server_context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
        other.reset(SSL_new(server_context.get()));
        SSL_set_fd(other.get(), server.native_handle());
        SSL_set_accept_state(other.get());
    }

    // Until both sides are done.
    void shake_hands()
    {
        BOOST_TEST(detail::set_peer_name(subject.ssl(), url::parse("https://localhost").value())
                       .has_value());
        error_code ec;
        for (int i = 0; i != 1000 && SSL_is_init_finished(other.get()) == 0; ++i)
        {
            const auto wanted = subject.handshake(ec);
            BOOST_TEST((wanted == want::readable || wanted == want::nothing));
            BOOST_REQUIRE(!ec.failed());
            SSL_do_handshake(other.get());
        }
        BOOST_TEST((subject.handshake(ec) == want::nothing));
        BOOST_TEST(!ec.failed());
    }

    // All that has arrived at the server.
    std::string received()
    {
        std::string out;
        std::array<char, 16 * 1024> bytes{};
        for (;;)
        {
            const int n = SSL_read(other.get(), bytes.data(), static_cast<int>(bytes.size()));
            if (n <= 0)
                return out;
            out.append(bytes.data(), static_cast<std::size_t>(n));
        }
    }

    // The next octets at the client, for which it may have to wait on the socket.
    std::pair<std::string, error_code> read()
    {
        std::array<char, 100> space{};
        std::size_t n = 0;
        error_code ec;
        while (subject.read(asio::buffer(space), n, ec) == want::readable)
            until_readable(client);
        return {std::string(space.data(), n), ec};
    }

    static asio::ssl::context make_context()
    {
        const auto trust = detail::load_trust_store({}, {test_pki::get().ca_file()});
        return detail::make_tls_context(trust.value().get(), tls_identity()).value();
    }

    asio::io_context io;
    detail::tcp_socket client{detail::home_executor::of(io.get_executor())};
    tcp::socket server{io};
    asio::ssl::context context = make_context();
    std::unique_ptr<SSL_CTX, ssl_free> server_context{SSL_CTX_new(TLS_server_method())};
    std::unique_ptr<SSL, ssl_free> other;
    tls_channel subject{client, context.native_handle()};
};

BOOST_FIXTURE_TEST_SUITE(tls_channel_, both_ends)

BOOST_AUTO_TEST_CASE(write_that_finds_no_room_waits_for_it_and_loses_nothing)
{
    shake_hands();
    std::string all(16 * 1024 * 1024, 'a'); // more than any socket holds
    for (std::size_t i = 0; i < all.size(); i += 1000)
        all[i] = static_cast<char>('b' + i / 1000 % 20);
    asio::const_buffer rest = asio::buffer(all);
    error_code ec;
    std::string arrived;
    bool was_full = false;
    while (rest.size() != 0)
    {
        const auto before = rest.size();
        const auto wanted = subject.write(rest, ec);
        BOOST_REQUIRE(!ec.failed());
        BOOST_REQUIRE((wanted == (rest.size() == 0 ? want::nothing : want::writable)));
        if (rest.size() == before)
        {
            was_full = true;
            arrived += received();
        }
    }
    BOOST_TEST(was_full);
    while (arrived.size() != all.size())
    {
        until_readable(server);
        arrived += received();
    }
    BOOST_TEST((arrived == all));
}

BOOST_AUTO_TEST_CASE(read_waits_until_something_has_come)
{
    shake_hands();
    std::array<char, 10> space{};
    std::size_t n = 7;
    error_code ec;
    // The tickets of the handshake are no data.
    while (SSL_has_pending(subject.ssl()) != 0)
        subject.read(asio::buffer(space), n, ec);
    BOOST_TEST((subject.read(asio::buffer(space), n, ec) == want::readable));
    BOOST_TEST(n == 0U);
    BOOST_TEST(!ec.failed());
    BOOST_TEST((subject.wait_for_peer() == want::readable));
    BOOST_TEST(SSL_write(other.get(), "abc", 3) == 3);
    BOOST_TEST(read().first == "abc");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_had_by_the_next_read)
{
    shake_hands();
    const std::string text(150, 'a');
    BOOST_TEST(SSL_write(other.get(), text.data(), 150) == 150);
    BOOST_TEST(read().first.size() == 100U);
    BOOST_TEST(subject.has_pending());
    subject.rest(); // what has come is kept
    BOOST_TEST(read().first.size() == 50U);
    BOOST_TEST(!subject.has_pending());
}

BOOST_AUTO_TEST_CASE(end_that_the_peer_has_signed_is_told_from_any_other)
{
    {
        both_ends signed_end;
        signed_end.shake_hands();
        SSL_shutdown(signed_end.other.get());
        BOOST_TEST((signed_end.read().second == asio::error::eof));
    }
    shake_hands();
    server.close();
    const auto cut = read().second;
    BOOST_TEST((cut == asio::ssl::error::stream_truncated || cut == asio::error::connection_reset));
}

BOOST_AUTO_TEST_CASE(error_of_the_socket_is_the_error_of_the_call)
{
    shake_hands();
    client.close();
    asio::const_buffer rest = asio::buffer("abc", 3);
    error_code ec;
    BOOST_TEST((subject.write(rest, ec) == want::nothing));
    BOOST_TEST((ec == asio::error::bad_descriptor));
    BOOST_TEST(rest.size() == 3U);
}

BOOST_AUTO_TEST_CASE(peer_that_speaks_no_tls_is_an_error_of_tls)
{
    error_code ec;
    BOOST_TEST((subject.handshake(ec) == want::readable));
    asio::write(server, asio::buffer(std::string_view("HTTP/1.1 400 Bad Request\r\n\r\n")));
    until_readable(client);
    BOOST_TEST((subject.handshake(ec) == want::nothing));
    BOOST_TEST(detail::is_tls_failure(ec));
    BOOST_TEST((detail::handshake_failure(subject.ssl(), ec).code() == errc::tls_failed));
}

BOOST_AUTO_TEST_CASE(socket_that_is_closed_begins_no_tls_and_is_not_quiet)
{
    detail::stream closed(detail::home_executor::of(io.get_executor()));
    BOOST_TEST(!closed.is_quiet());
    const auto started = closed.start_tls(context.native_handle());
    BOOST_REQUIRE(!started.has_value());
    BOOST_TEST((started.error().code() == errc::tls_failed));
    BOOST_TEST(started.error().info().message().starts_with("TLS cannot be started: "));
    BOOST_TEST(closed.ssl() == nullptr);
    closed.rest(); // there is nothing to rest
}

BOOST_AUTO_TEST_CASE(stream_is_quiet_until_something_comes_or_the_other_side_goes)
{
    for (const bool goes : {false, true})
    {
        tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
        detail::stream s(detail::home_executor::of(io.get_executor()));
        s.socket().connect(acceptor.local_endpoint());
        tcp::socket peer = acceptor.accept();
        BOOST_TEST(s.is_quiet());
        BOOST_TEST(s.is_quiet());
        if (goes)
            peer.close();
        else
            asio::write(peer, asio::buffer("x", 1));
        until_readable(s.socket());
        BOOST_TEST(!s.is_quiet());
        s.close();
        BOOST_TEST(!s.is_quiet());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
