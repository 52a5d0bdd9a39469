// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/tls_session_fixture.hpp"
#include "support/openssl_objects.hpp"
#include "transport/connection.hpp"
#include "transport/stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth {
namespace {

using namespace testing;
using detail::stream;
namespace asio = boost::asio;

constexpr std::size_t much = std::size_t{16} << 20; // more than sockets hold

// --- A server whose bytes the test sends itself ----------------------------------------------

class server_in_memory
{
public:
    explicit server_in_memory(int version) : context_(asio::ssl::context::tls_server)
    {
        SSL_CTX* const ctx = context_.native_handle();
        const auto id = test_pki::get().good();
        SSL_CTX_use_certificate(ctx, id.certificate.get());
        SSL_CTX_use_PrivateKey(ctx, id.key.get());
        SSL_CTX_set_max_proto_version(ctx, version);
        ssl_.reset(SSL_new(ctx));
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_accept_state(ssl_.get());
    }

    /// What it reads after the client has sent this; it shakes hands on the way.
    std::string take(std::string_view bytes)
    {
        BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
        char text[4096];
        const int n = SSL_read(ssl_.get(), text, sizeof(text));
        return {text, static_cast<std::size_t>(std::max(n, 0))};
    }

    void write(std::string_view text)
    {
        SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    }

    /// What it has to send.
    std::string out()
    {
        BIO* const out = SSL_get_wbio(ssl_.get());
        std::string bytes(BIO_ctrl_pending(out), '\0');
        BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
        return bytes;
    }

private:
    struct deleter
    {
        void operator()(SSL* s) const noexcept { SSL_free(s); }
    };

    asio::ssl::context context_;
    std::unique_ptr<SSL, deleter> ssl_;
};

// Answers one request, byte by byte, and no more than so many of them.
void drip(peer& p, int version, std::size_t most = std::string::npos)
{
    server_in_memory server(version);
    std::string request;
    const auto flush = [&] {
        for (const char c : server.out())
        {
            if (most-- == 0 || !p.write({&c, 1}))
            {
                return false;
            }
        }
        return true;
    };
    while (request.find("\r\n\r\n") == std::string::npos)
    {
        char bytes[4096];
        error_code ec;
        const auto n = p.socket().read_some(asio::buffer(bytes), ec);
        request += server.take({bytes, n});
        if (ec || !flush())
        {
            return;
        }
    }
    server.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    flush();
}

BOOST_FIXTURE_TEST_SUITE(tls_in_pieces, http_client_fixture)

BOOST_AUTO_TEST_CASE(bytes_that_arrive_one_by_one_make_the_same_response)
{
    for (const int version : both_versions)
    {
        loopback_server server([&](peer& p) {
            drip(p, version);
            p.read_to_end();
        });
        const auto target = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
        BOOST_TEST(get(target).body() == "ok");
    }
}

BOOST_AUTO_TEST_CASE(handshake_that_is_cut_anywhere_is_a_tls_failure)
{
    for (const int version : both_versions)
        for (const bool reset : {false, true})
            for (const std::size_t most : {0U, 1U, 5U, 6U, 100U, 127U, 128U, 400U})
                BOOST_TEST_CONTEXT(version << " " << reset << " " << most)
                {
                    loopback_server server([&](peer& p) {
                        drip(p, version, most);
                        if (reset)
                        {
                            p.reset();
                        }
                    });
                    const auto target = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
                    const auto o = get(target);
                    BOOST_TEST(name_of(o.code()) == name_of(errc::tls_failed));
                    BOOST_TEST((o.code() == condition::unreachable));
                    BOOST_TEST(o.message().find("handshake failed: ") != std::string::npos);
                }
}

BOOST_AUTO_TEST_CASE(errors_of_others_between_any_two_steps_are_not_ours)
{
    for (const int version : both_versions)
    {
        loopback_server server(test_pki::get().good(), options(version), answer_all);
        for (int i = 0; i != 2; ++i)
        {
            const auto o = start(request(server.url()));
            do
            {
                ERR_raise(ERR_LIB_USER, 7);
                io.restart();
            } while (io.run_one() != 0 && o->calls == 0);
            BOOST_TEST(o->body() == "ok");
            ERR_clear_error();
        }
        BOOST_TEST(server.accepted() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(keys_that_change_in_the_middle_of_a_response_are_followed)
{
    for (const int type : {SSL_KEY_UPDATE_REQUESTED, SSL_KEY_UPDATE_NOT_REQUESTED})
    {
        loopback_server server(test_pki::get().good(), [type](peer& p) {
            while (!p.read_request().empty())
            {
                p.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nold");
                p.write(SSL_key_update(p.ssl(), type) == 1 ? "new" : "bad");
            }
        });
        // The next request tells whether the server can read what the client sends.
        for (int i = 0; i != 3; ++i)
        {
            BOOST_TEST(get(server.url()).body() == "oldnew");
        }
        BOOST_TEST(server.accepted() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(renegotiation_is_declined_and_the_response_read)
{
    const auto o = options(TLS1_2_VERSION);
    loopback_server server(test_pki::get().good(), o, [](peer& p) {
        p.read_request();
        const bool asked = SSL_renegotiate(p.ssl()) == 1 && SSL_do_handshake(p.ssl()) == 1;
        p.respond(asked ? "ok" : "not asked");
        p.read_to_end();
    });
    BOOST_TEST(get(server.url()).body() == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

// --- The stream alone ------------------------------------------------------------------------

struct tls_stream_fixture
{
    static std::shared_ptr<asio::ssl::context> context()
    {
        const auto trust = detail::load_trust_store({}, {test_pki::get().ca_file()});
        return std::make_shared<asio::ssl::context>(
            detail::make_tls_context(trust.value().get(), tls_identity()).value()
        );
    }

    std::shared_ptr<stream> connect(const loopback_server& to)
    {
        auto s = std::make_shared<stream>(detail::home_executor::of(io.get_executor()));
        s->socket().connect({asio::ip::address_v4::loopback(), to.port()});
        BOOST_REQUIRE(s->start_tls(ours->native_handle()).has_value());
        return s;
    }

    std::shared_ptr<stream> shake_hands(const loopback_server& with)
    {
        auto s = connect(with);
        std::optional<error_code> ended;
        s->async_handshake([&ended, s](error_code ec) { ended = ec; });
        BOOST_TEST(!ended); // never inside
        run();
        BOOST_REQUIRE(ended);
        BOOST_TEST(!ended->failed());
        return s;
    }

    struct transfer
    {
        std::optional<error_code> ended;
        std::size_t n = 0;
    };

    static std::shared_ptr<transfer> write(const std::shared_ptr<stream>& s, std::string_view text)
    {
        auto t = std::make_shared<transfer>();
        s->async_write(asio::buffer(text), [t, s](error_code ec, std::size_t n) {
            t->ended = ec;
            t->n = n;
        });
        BOOST_TEST(!t->ended);
        return t;
    }

    static std::shared_ptr<transfer>
    read(const std::shared_ptr<stream>& s, asio::mutable_buffer space)
    {
        auto t = std::make_shared<transfer>();
        s->async_read_some(space, [t, s](error_code ec, std::size_t n) {
            t->ended = ec;
            t->n = n;
        });
        BOOST_TEST(!t->ended);
        return t;
    }

    void run()
    {
        io.restart();
        io.run();
    }

    // Until the other side, which does not read, has as much as it takes.
    void run_until_full(stream& s)
    {
        pollfd p{s.socket().native_handle(), POLLOUT, 0};
        do
        {
            io.restart();
            io.poll();
        } while (::poll(&p, 1, 0) != 0);
    }

    asio::io_context io;
    std::shared_ptr<asio::ssl::context> ours = context();
};

BOOST_FIXTURE_TEST_SUITE(tls_stream, tls_stream_fixture)

BOOST_AUTO_TEST_CASE(stream_is_not_quiet_while_a_part_of_a_record_was_not_read)
{
    gate done;
    loopback_server server(test_pki::get().good(), [&](peer& p) {
        p.write("first and second");
        done.wait(); // nothing comes after
    });
    const auto s = shake_hands(server);
    std::array<char, 64> space{};
    const auto first = read(s, asio::buffer(space.data(), 5));
    run();
    BOOST_TEST(first->n == 5U);
    BOOST_TEST(!s->is_quiet());
    const auto rest = read(s, asio::buffer(space));
    run();
    BOOST_TEST(rest->n == 11U);
    BOOST_TEST(s->is_quiet());
    done.open();
}

BOOST_AUTO_TEST_CASE(record_is_read_in_as_many_pieces_as_are_asked_for)
{
    const std::string all(16'000, 'x');
    gate done;
    loopback_server server(test_pki::get().good(), [&](peer& p) {
        p.write(all);
        done.wait(); // nothing comes after
    });
    const auto s = shake_hands(server);
    std::string got;
    while (got.size() != all.size())
    {
        char piece[100];
        const auto t = read(s, asio::buffer(piece));
        run();
        BOOST_REQUIRE(t->ended);
        BOOST_REQUIRE(!t->ended->failed());
        got.append(piece, t->n);
    }
    BOOST_TEST((got == all));
    done.open();
}

BOOST_AUTO_TEST_CASE(write_waits_for_a_peer_that_does_not_read_and_goes_on_when_it_does)
{
    gate reads;
    std::atomic<std::size_t> arrived = 0;
    loopback_server server(test_pki::get().good(), [&](peer& p) {
        reads.wait();
        arrived = p.read_to_end().size();
        p.send_close_notify();
    });
    const auto s = shake_hands(server);
    const std::string text(much, 'x');
    const auto t = write(s, text);
    run_until_full(*s);
    BOOST_TEST(!t->ended);
    reads.open();
    run();
    BOOST_REQUIRE(t->ended);
    BOOST_TEST(!t->ended->failed());
    BOOST_TEST(t->n == much);
    s->socket().shutdown(asio::socket_base::shutdown_send);
    char byte = 0;
    const auto end = read(s, asio::buffer(&byte, 1));
    run();
    BOOST_TEST((*end->ended == asio::error::eof));
    BOOST_TEST(arrived == much);
}

BOOST_AUTO_TEST_CASE(read_goes_on_while_a_write_waits)
{
    gate writes;
    gate reads;
    loopback_server server(test_pki::get().good(), [&](peer& p) {
        writes.wait();
        p.write("first");
        reads.wait();
        p.read_to_end();
    });
    const auto s = shake_hands(server);
    const std::string text(much, 'x');
    const auto out = write(s, text);
    run_until_full(*s);
    char space[100];
    const auto in = read(s, asio::buffer(space));
    writes.open();
    while (!in->ended)
    {
        io.run_one();
    }
    BOOST_TEST((std::string_view(space, in->n) == "first"));
    BOOST_TEST(!out->ended);
    reads.open();
    run();
    BOOST_TEST(out->n == much);
}

// A signal would end this program.
BOOST_AUTO_TEST_CASE(peer_that_goes_away_ends_a_write_with_an_error_and_without_a_signal)
{
    for (const bool reset : {false, true})
    {
        gate goes;
        loopback_server server(test_pki::get().good(), [&](peer& p) {
            goes.wait();
            if (reset)
            {
                p.reset();
            }
        });
        const auto s = shake_hands(server);
        const std::string text(much, 'x');
        const auto t = write(s, text);
        run_until_full(*s);
        goes.open();
        run();
        BOOST_TEST(t->ended->failed());
        BOOST_TEST(!detail::is_tls_failure(*t->ended));
        char space[10];
        const auto end = read(s, asio::buffer(space));
        run();
        BOOST_TEST(end->ended->failed());
    }
}

BOOST_AUTO_TEST_CASE(end_is_proper_only_if_the_peer_has_signed_it)
{
    for (const bool proper : {true, false})
    {
        loopback_server server(test_pki::get().good(), [proper](peer& p) {
            p.write("x");
            if (proper)
            {
                p.send_close_notify();
            }
        });
        const auto s = shake_hands(server);
        const error_code expected =
            proper ? error_code(asio::error::eof) : asio::ssl::error::stream_truncated;
        char space[10];
        const auto first = read(s, asio::buffer(space));
        run();
        BOOST_TEST(first->n == 1U);
        for (int i = 0; i != 2; ++i)
        {
            const auto end = read(s, asio::buffer(space));
            run();
            BOOST_TEST((*end->ended == expected));
            BOOST_TEST(end->n == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(close_ends_what_is_pending)
{
    gate done;
    loopback_server server(test_pki::get().good(), [&](peer&) { done.wait(); });
    const auto s = shake_hands(server);
    const std::string text(much, 'x');
    const auto out = write(s, text);
    char space[10];
    const auto in = read(s, asio::buffer(space));
    run_until_full(*s);
    s->close();
    run();
    BOOST_TEST((*out->ended == operation_aborted()));
    BOOST_TEST((*in->ended == operation_aborted()));
    const auto late = read(s, asio::buffer(space));
    run();
    BOOST_TEST(late->ended->failed());
    BOOST_TEST(!detail::is_tls_failure(*late->ended));
    done.open();
}

BOOST_AUTO_TEST_CASE(handler_that_is_destroyed_in_the_middle_of_a_handshake_takes_the_stream_along)
{
    using counted_ssl = openssl_objects<CRYPTO_EX_INDEX_SSL>;
    counted_ssl::now();
    gate silent;
    loopback_server server([&](peer& p) {
        char byte = 0;
        error_code ec;
        p.socket().read_some(asio::buffer(&byte, 1), ec);
        silent.wait();
    });
    const auto watch = std::make_shared<int>(0);
    const int before = counted_ssl::now();
    {
        asio::io_context other;
        const auto s = std::make_shared<stream>(detail::home_executor::of(other.get_executor()));
        s->socket().connect({asio::ip::address_v4::loopback(), server.port()});
        BOOST_REQUIRE(s->start_tls(ours->native_handle()).has_value());
        s->async_handshake([watch, s](error_code) { ++*watch; });
        other.poll();
        BOOST_TEST(counted_ssl::now() == before + 1);
    }
    BOOST_TEST(*watch == 0);
    BOOST_TEST(watch.use_count() == 1);
    BOOST_TEST(counted_ssl::now() == before);
    silent.open();
}

BOOST_AUTO_TEST_SUITE_END()

// --- What is held while nothing happens ------------------------------------------------------

BOOST_AUTO_TEST_SUITE(connection_buffers)

BOOST_AUTO_TEST_CASE(room_is_small_until_a_read_has_filled_it)
{
    asio::io_context io;
    detail::connection c(detail::home_executor::of(io.get_executor()));
    BOOST_TEST(c.buffer().capacity() == 0U);
    const auto first = c.room().size();
    BOOST_TEST(first <= 4096U);
    c.arrived(first);
    c.buffer().consume(first);
    BOOST_TEST(c.room().size() > first);
    c.arrived(1);
    c.buffer().consume(1);
    BOOST_TEST(c.room().size() == first);
    BOOST_TEST(c.buffer().capacity() == first);
}

BOOST_AUTO_TEST_CASE(what_has_arrived_survives_rest_and_nothing_else_is_held)
{
    asio::io_context io;
    detail::connection c(detail::home_executor::of(io.get_executor()));
    static_cast<char*>(c.room().data())[0] = 'x';
    c.arrived(1);
    c.rest();
    BOOST_TEST(c.buffer().size() == 1U);
    BOOST_TEST(static_cast<const char*>(c.buffer().data().data())[0] == 'x');
    c.buffer().consume(1);
    c.rest();
    BOOST_TEST(c.buffer().capacity() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
