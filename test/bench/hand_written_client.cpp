// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a program can do that is written for this one purpose: a connection for each flow under way,
// callbacks, buffers that are used again, OpenSSL on the descriptor, and no deadline.
//
//   hand_written_client --port=N [--tls=1 --ca=FILE] [--flow=fixed|checked] [--fresh=1]
//                       [--resume=1] [--at-once=N] [--flows=N] [--origins=N] [--seconds=N]
//                       [--label=TEXT]
//
// --fresh=1: a connection for each flow. --resume=1: with the session of the one before.

#include "flows.hpp"
#include "measure.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <csignal>
#include <deque>
#include <memory>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace asioauth::bench; // NOLINT(google-build-using-namespace)
using asio::ip::tcp;
using boost::system::error_code;

struct ssl_free
{
    void operator()(SSL* p) const noexcept { SSL_free(p); }
    void operator()(SSL_SESSION* p) const noexcept { SSL_SESSION_free(p); }
};

using ssl_ptr = std::unique_ptr<SSL, ssl_free>;
using session_ptr = std::unique_ptr<SSL_SESSION, ssl_free>;

class place
{
public:
    place(const std::string& scheme, unsigned number, const std::string& port)
        : what(scheme, number, port)
        , where(asio::ip::make_address(what.address), static_cast<std::uint16_t>(std::stoul(port)))
    {}

    target what;
    tcp::endpoint where;
    session_ptr session;
};

int place_of_connection = 0;

int keep_session(SSL* ssl, SSL_SESSION* session)
{
    static_cast<place*>(SSL_get_ex_data(ssl, place_of_connection))->session.reset(session);
    return 1;
}

class world
{
public:
    world(asio::io_context& io, const arguments& given)
        : context(io)
        , measured(given)
        , secure(given.is("tls", "1"))
        , fresh(given.is("fresh", "1"))
        , resumes(given.is("resume", "1"))
    {
        for (unsigned i = 0, n = given.number("origins", 1); i != n; ++i)
            places.emplace_back(secure ? "https://" : "http://", i, given.text("port", "80"));
        if (!secure)
            return;
        tls.load_verify_file(given.text("ca", ""));
        tls.set_verify_mode(asio::ssl::verify_peer);
        SSL_CTX* const native = tls.native_handle();
        SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
        place_of_connection = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
        if (resumes)
        {
            SSL_CTX_set_session_cache_mode(
                native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL
            );
            SSL_CTX_sess_set_new_cb(native, keep_session);
        }
    }

    asio::io_context& context;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    meter measured;
    std::deque<place> places;
    std::size_t next = 0;
    const bool secure;
    const bool fresh;
    const bool resumes;
};

/// TCP, or OpenSSL on its descriptor.
class channel
{
public:
    explicit channel(asio::io_context& io) : socket_(io) {}

    bool is_open() const { return socket_.is_open(); }

    template <class Handler>
    void connect(world& w, place& p, Handler h)
    {
        socket_.async_connect(p.where, [this, &w, &p, h](error_code ec) {
            if (ec)
                return h(ec);
            socket_.set_option(tcp::no_delay(true), ec);
            if (!w.secure)
                return h(ec);
            socket_.native_non_blocking(true, ec);
            ssl_.reset(SSL_new(w.tls.native_handle()));
            SSL_set_fd(ssl_.get(), socket_.native_handle());
            SSL_set_ex_data(ssl_.get(), place_of_connection, &p);
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), p.what.address.c_str());
            if (w.resumes && p.session)
                SSL_set_session(ssl_.get(), p.session.get());
            attempt([this] { return SSL_connect(ssl_.get()); }, [h](error_code e, int) { h(e); });
        });
    }

    template <class Handler>
    void write(std::string_view text, Handler h)
    {
        if (!ssl_)
        {
            asio::async_write(
                socket_,
                asio::buffer(text.data(), text.size()),
                [h](error_code ec, std::size_t) { h(ec); }
            );
            return;
        }
        attempt(
            [this, text] {
                return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
            },
            [h](error_code ec, int) { h(ec); }
        );
    }

    template <class Handler>
    void read_some(std::span<char> space, Handler h)
    {
        if (!ssl_)
        {
            socket_.async_read_some(asio::buffer(space.data(), space.size()), h);
            return;
        }
        attempt(
            [this, space] {
                return SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size()));
            },
            [h](error_code ec, int n) { h(ec, static_cast<std::size_t>(n)); }
        );
    }

    void close()
    {
        // A session is of no further use if its connection was not shut down.
        if (ssl_)
            SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        ssl_.reset();
        error_code ec;
        socket_.close(ec);
    }

private:
    template <class Attempt, class Handler>
    void attempt(Attempt a, Handler h)
    {
        ERR_clear_error();
        const int n = a();
        if (n > 0)
            return h(error_code(), n);
        const int why = SSL_get_error(ssl_.get(), n);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
            return h(asio::error::connection_reset, 0);
        socket_.async_wait(
            why == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write,
            [this, a, h](error_code ec) {
                if (ec)
                    return h(ec, 0);
                attempt(a, h);
            }
        );
    }

    tcp::socket socket_;
    ssl_ptr ssl_;
};

/// Finds the end of an answer and nothing else.
class searching_reader
{
public:
    void begin() noexcept {}

    /// @return true if the answer is complete
    bool take(std::string_view text, answer& a)
    {
        const auto end = text.find("\r\n\r\n");
        if (end == std::string_view::npos)
            return false;
        a.head = text.substr(0, end + 2);
        std::size_t length = 0;
        for (const char c : between(a.head, "Content-Length: ", '\r'))
            length = length * 10 + static_cast<std::size_t>(c - '0');
        if (text.size() < end + 4 + length)
            return false;
        for (const char c : text.substr(9, 3))
            a.status = a.status * 10 + static_cast<unsigned>(c - '0');
        a.body = text.substr(end + 4, length);
        return true;
    }
};

/// Beast's grammar, and views into the buffer instead of containers.
class checking_reader
{
public:
    void begin() { parser_.emplace(); }

    bool take(std::string_view text, answer& a)
    {
        error_code ec;
        auto& p = *parser_;
        p.used += p.put(asio::buffer(text.data() + p.used, text.size() - p.used), ec);
        if (ec && ec != http::error::need_more)
            return true; // a status of 0 is never right
        if (!p.is_done())
            return false;
        a = p.found;
        return true;
    }

private:
    class parser final : public http::basic_parser<false>
    {
    public:
        parser()
        {
            eager(true);
            header_limit(8 * 1024);
            body_limit(64 * 1024);
        }

        answer found;
        std::size_t used = 0;

    private:
        using text = beast::string_view;

        static std::string_view view(text t) { return {t.data(), t.size()}; }

        void on_request_impl(http::verb, text, text, int, error_code&) override {}
        void on_response_impl(int status, text, int, error_code& ec) override
        {
            found.status = static_cast<unsigned>(status);
            ec = {};
        }
        void on_field_impl(http::field name, text, text value, error_code& ec) override
        {
            if (name == http::field::location)
                found.location = view(value);
            else if (name == http::field::www_authenticate)
                found.challenge = view(value);
            else if (name == http::field::content_type)
                found.content_type = view(value);
            ec = {};
        }
        void on_header_impl(error_code& ec) override { ec = {}; }
        void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& ec) override
        {
            ec = {};
        }
        // The pieces of a body lie side by side.
        std::size_t on_body_impl(text piece, error_code& ec) override
        {
            const auto* const from = found.body.empty() ? piece.data() : found.body.data();
            found.body = {from, found.body.size() + piece.size()};
            ec = {};
            return piece.size();
        }
        void on_chunk_header_impl(std::uint64_t, text, error_code& ec) override
        {
            ec = http::error::bad_chunk;
        }
        std::size_t on_chunk_body_impl(std::uint64_t, text, error_code& ec) override
        {
            ec = http::error::bad_chunk;
            return 0;
        }
        void on_finish_impl(error_code& ec) override { ec = {}; }
    };

    std::optional<parser> parser_;
};

template <class Flow, class Reader>
class user
{
public:
    user(world& w, std::function<void()> connected)
        : world_(w)
        , channel_(w.context)
        , connected_(std::move(connected))
    {}

    void begin()
    {
        since_ = meter::clock::now();
        place_ = &world_.places[world_.next++ % world_.places.size()];
        flow_.begin(place_->what);
        if (channel_.is_open())
            return send();
        channel_.connect(world_, *place_, [this](error_code ec) {
            if (auto next = std::exchange(connected_, nullptr))
                next();
            if (ec)
                return failed("connecting: " + ec.message());
            send();
        });
    }

private:
    void send()
    {
        out_.clear();
        flow_.append_to(out_);
        reader_.begin();
        held_ = 0;
        channel_.write(out_, [this](error_code ec) {
            if (ec)
                return failed("writing: " + ec.message());
            receive();
        });
    }

    void receive()
    {
        channel_.read_some(std::span(in_).subspan(held_), [this](error_code ec, std::size_t n) {
            if (ec)
                return failed("reading: " + ec.message());
            held_ += n;
            answer a;
            if (!reader_.take({in_.data(), held_}, a))
                return receive();
            if (!flow_.take(a))
                return failed("the answer is wrong");
            if (!flow_.done())
                return send();
            done();
        });
    }

    void done()
    {
        if (world_.fresh)
            channel_.close();
        if (world_.measured.flow_done(since_))
            return world_.context.stop();
        begin();
    }

    void failed(const std::string& what)
    {
        channel_.close();
        if (world_.measured.failed(what))
            return world_.context.stop();
        begin();
    }

    world& world_;
    channel channel_;
    std::function<void()> connected_;
    Flow flow_;
    Reader reader_;
    place* place_ = nullptr;
    meter::clock::time_point since_;
    std::size_t held_ = 0;
    std::array<char, 4096> in_{};
    std::string out_;
};

template <class Flow, class Reader>
int run(const arguments& given)
{
    asio::io_context io(1);
    world all(io, given);
    std::deque<user<Flow, Reader>> users;
    // Each that is connected lets another one in, so that the listener's queue does not overflow.
    std::function<void()> another = [&] {
        if (users.size() < all.measured.at_once())
            users.emplace_back(all, another).begin();
    };
    all.measured.begin();
    for (std::size_t i = 0; i != std::min<std::size_t>(all.measured.at_once(), 1024); ++i)
        another();
    asio::steady_timer limit(io, std::chrono::seconds(given.number("seconds", 120)));
    limit.async_wait([&](error_code) { io.stop(); });
    io.run();
    if (!all.measured.complete())
    {
        std::fprintf(stderr, "hand_written_client: only %zu flows\n", all.measured.done());
        return 1;
    }
    all.measured.print(given.text("label", "floor"));
    return all.measured.errors() == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    try
    {
        const arguments given(argc, argv);
        return given.is("flow", "checked") ? run<checked_flow, checking_reader>(given)
                                           : run<fixed_flow, searching_reader>(given);
    }
    catch (const std::exception& e)
    {
        std::fprintf(stderr, "hand_written_client: %s\n", e.what());
        return 1;
    }
}
