// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "http_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace example {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// Sessions outlive neither the io_context nor this: they hold it by shared_ptr, so the server
// object itself may go first.
struct http_server::shared_state
{
    shared_state(const http_limits& l, bool v) : limits(l), verbose(v) {}

    http_limits limits;
    bool verbose;
    handler_function handler;
    std::size_t connections = 0;
};

// One connection: read a request, hand it over, write the response, again.
class http_server::session : public std::enable_shared_from_this<session>
{
public:
    session(tcp::socket socket, std::shared_ptr<shared_state> state)
        : stream_(std::move(socket))
        , buffer_(state->limits.head + 16 * 1024)
        , state_(std::move(state))
    {
        ++state_->connections;
    }

    ~session() { --state_->connections; }

    session(const session&) = delete;
    session& operator=(const session&) = delete;

    void read()
    {
        summary_.clear();
        parser_.emplace();
        parser_->header_limit(state_->limits.head);
        parser_->body_limit(state_->limits.body);
        // One deadline for the whole request: a peer that drips bytes gains nothing.
        stream_.expires_after(state_->limits.read_time);
        http::async_read(
            stream_,
            buffer_,
            *parser_,
            [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); }
        );
    }

private:
    void on_read(error_code error)
    {
        started_ = std::chrono::steady_clock::now();
        if (error == http::error::body_limit)
            return refuse(http::status::payload_too_large);
        if (error == http::error::header_limit || error == http::error::buffer_overflow)
            return refuse(http::status::request_header_fields_too_large);
        if (error == http::error::end_of_stream)
            return linger();
        // Beast reports what it cannot parse in its own category; the rest is the network's.
        if (error.category() == make_error_code(http::error::bad_method).category() && error
            && error != http::error::partial_message)
            return refuse(http::status::bad_request);
        if (error)
            return;

        auto request = parser_->release();
        parser_.reset();
        keep_alive_ = request.keep_alive();
        head_only_ = request.method() == http::verb::head;
        if (state_->verbose)
            summary_ = describe(request);

        auto respond = [self = shared_from_this()](http_response response) {
            self->write(std::move(response));
        };
        try
        {
            state_->handler(std::move(request), std::move(respond));
        }
        catch (const std::exception& failure)
        {
            std::cerr << "internal error: " << failure.what() << '\n';
            refuse(http::status::internal_server_error);
        }
    }

    void refuse(http::status status)
    {
        keep_alive_ = false;
        if (summary_.empty())
            summary_ = "(unreadable request)";
        const auto reason = http::obsolete_reason(status);
        write(make_text(status, std::string(reason.data(), reason.size()) + '\n', "text/plain"));
    }

    void write(http_response response)
    {
        if (response_)
            return; // answered already: the first response counts
        if (state_->verbose)
        {
            const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::steady_clock::now() - started_
            );
            std::cerr << summary_ << " -> " << response.result_int() << " (" << spent.count()
                      << " ms)\n";
        }
        response_.emplace(std::move(response));
        response_->keep_alive(keep_alive_);
        response_->prepare_payload();
        // A response to HEAD has the length of the body and not the body.
        if (head_only_)
            response_->body().clear();
        stream_.expires_after(state_->limits.write_time);
        http::async_write(
            stream_,
            *response_,
            [self = shared_from_this()](error_code error, std::size_t) { self->on_write(error); }
        );
    }

    void on_write(error_code error)
    {
        response_.reset();
        if (error)
            return;
        if (!keep_alive_)
            return linger();
        read();
    }

    // Closing a socket with unread input makes the kernel send a reset, which can destroy a
    // response that is still on its way. So say "that was all", then read a little more.
    void linger()
    {
        error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        stream_.expires_after(std::chrono::seconds(2));
        drain();
    }

    void drain()
    {
        buffer_.clear();
        stream_.async_read_some(
            buffer_.prepare(8 * 1024),
            [self = shared_from_this()](error_code error, std::size_t size) {
                self->drained_ += size;
                if (!error && self->drained_ < 256 * 1024)
                    self->drain();
            }
        );
    }

    // The path only: a query may hold a code or a state. Anything but plain ASCII is masked.
    static std::string describe(const http_request& request)
    {
        const auto method = request.method_string();
        auto text = std::string(method.data(), method.size()) + ' ' + target_path(request);
        for (auto& c : text)
            if (c < ' ' || c > '~')
                c = '?';
        text.resize(std::min<std::size_t>(text.size(), 200));
        return text;
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    std::shared_ptr<shared_state> state_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::optional<http_response> response_;
    std::chrono::steady_clock::time_point started_;
    std::string summary_;
    std::size_t drained_ = 0;
    bool keep_alive_ = false;
    bool head_only_ = false;
};

// One listening socket.
class http_server::listener : public std::enable_shared_from_this<listener>
{
public:
    listener(asio::io_context& io, std::shared_ptr<shared_state> state)
        : acceptor_(io)
        , pause_(io)
        , state_(std::move(state))
    {}

    void open(const tcp::endpoint& endpoint, error_code& error)
    {
        acceptor_.open(endpoint.protocol(), error);
        if (!error)
            acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error && endpoint.protocol() == tcp::v6())
            acceptor_.set_option(asio::ip::v6_only(true), error);
        if (!error)
            acceptor_.bind(endpoint, error);
        if (!error)
            acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }

    unsigned short port() const { return acceptor_.local_endpoint().port(); }

    void accept()
    {
        acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
            self->on_accept(error, std::move(socket));
        });
    }

    void close()
    {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    }

private:
    void on_accept(error_code error, tcp::socket socket)
    {
        if (!acceptor_.is_open())
            return;
        if (error)
        {
            // Out of descriptors, most likely: trying again at once would only spin.
            pause_.expires_after(std::chrono::milliseconds(100));
            pause_.async_wait([self = shared_from_this()](error_code) {
                if (self->acceptor_.is_open())
                    self->accept();
            });
            return;
        }
        // Above the limit the socket is simply dropped; its destructor closes it.
        if (state_->connections < state_->limits.connections)
            std::make_shared<session>(std::move(socket), state_)->read();
        accept();
    }

    tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    std::shared_ptr<shared_state> state_;
};

http_server::http_server(asio::io_context& io, bool verbose, const http_limits& limits)
    : io_(io)
    , state_(std::make_shared<shared_state>(limits, verbose))
{}

http_server::~http_server()
{
    close();
}

unsigned short http_server::listen(unsigned short port)
{
    error_code error;
    // With port 0 the number that IPv4 picked may be taken on IPv6: then pick again.
    for (int attempt = 0; attempt < 16; ++attempt)
    {
        close();
        v4_ = std::make_shared<listener>(io_, state_);
        v4_->open({asio::ip::address_v4::loopback(), port}, error);
        if (error)
            break;
        v6_ = std::make_shared<listener>(io_, state_);
        v6_->open({asio::ip::address_v6::loopback(), v4_->port()}, error);
        if (!error)
            return v4_->port();
        v6_.reset();
        // Any failure but "somebody else is there" means a machine without IPv6, which is fine.
        // With somebody else there it is not: `localhost` would lead some clients to them.
        if (error != asio::error::address_in_use)
            return v4_->port();
        if (port != 0)
            break;
    }
    throw std::runtime_error(
        "cannot listen on port " + std::to_string(port) + ": " + error.message()
    );
}

void http_server::serve(handler_function handler)
{
    state_->handler = std::move(handler);
    if (v4_)
        v4_->accept();
    if (v6_)
        v6_->accept();
}

void http_server::close()
{
    if (v4_)
        v4_->close();
    if (v6_)
        v6_->close();
}

void run_until_signal(asio::io_context& io, http_server& server, unsigned short port)
{
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&io, &server](error_code error, int) {
        if (error)
            return;
        server.close();
        io.stop();
    });
    std::cout << "ready: http://localhost:" << port << std::endl;
    while (!io.stopped())
    {
        try
        {
            io.run();
        }
        catch (const std::exception& failure)
        {
            // A handler that answers later may throw outside of the session's own try block.
            std::cerr << "internal error: " << failure.what() << '\n';
        }
    }
}

} // namespace example
