// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "support/certificates.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace asioauth::testing {

/// One accepted connection, as a script sees it. Calls block; they fail softly when the connection
/// is gone.
class peer
{
public:
    using tcp = boost::asio::ip::tcp;

    peer(tcp::socket s, std::size_t number) : socket_(std::move(s)), number_(number) {}

    /// Counted from 0.
    std::size_t number() const noexcept { return number_; }
    /// The name that the client asked for with SNI; empty if it did not.
    const std::string& server_name() const noexcept { return server_name_; }
    /// The ticket of the session that the client wanted to resume; empty if it wanted none.
    const std::string& offered_ticket() const noexcept { return offered_ticket_; }

    /// Null without TLS.
    SSL* ssl() noexcept { return tls_ ? tls_->native_handle() : nullptr; }

    bool start_tls(boost::asio::ssl::context& context)
    {
        tls_.emplace(socket_, context);
        SSL_set_ex_data(ssl(), place_in_ssl(), this);
        boost::system::error_code ec;
        tls_->handshake(boost::asio::ssl::stream_base::server, ec);
        if (ec)
        {
            return false;
        }
        const char* const name =
            SSL_get_servername(tls_->native_handle(), TLSEXT_NAMETYPE_host_name);
        server_name_ = name != nullptr ? name : "";
        return true;
    }

    /// Read one request, head and body. Empty at the end of the connection.
    std::string read_request()
    {
        while (pending_.find("\r\n\r\n") == std::string::npos)
        {
            if (!read_more())
            {
                return {};
            }
        }
        const std::size_t head = pending_.find("\r\n\r\n") + 4;
        std::size_t body = 0;
        if (const auto at = pending_.find("Content-Length: "); at < head)
        {
            body = std::stoul(pending_.substr(at + 16));
        }
        while (pending_.size() < head + body)
        {
            if (!read_more())
            {
                return {};
            }
        }
        std::string request = pending_.substr(0, head + body);
        pending_.erase(0, head + body);
        return request;
    }

    /// Everything until the client closes.
    std::string read_to_end()
    {
        while (read_more())
        {}
        return std::exchange(pending_, {});
    }

    bool write(std::string_view text)
    {
        boost::system::error_code ec;
        if (tls_)
        {
            boost::asio::write(*tls_, boost::asio::buffer(text), ec);
        }
        else
        {
            boost::asio::write(socket_, boost::asio::buffer(text), ec);
        }
        return !ec;
    }

    /// A 200 with this body and a Content-Length.
    bool respond(std::string_view body, std::string_view more_fields = {})
    {
        return write(
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"
            + std::string(more_fields) + "\r\n" + std::string(body)
        );
    }

    /// End the TLS stream the proper way.
    void send_close_notify()
    {
        // The blocking shutdown waits for the client's answer, so it is cut short from the other
        // side.
        boost::system::error_code ec;
        socket_.shutdown(tcp::socket::shutdown_receive, ec);
        tls_->shutdown(ec);
    }

    void close()
    {
        boost::system::error_code ec;
        socket_.shutdown(tcp::socket::shutdown_both, ec);
    }

    /// Close with a reset when the script returns.
    void reset()
    {
        boost::system::error_code ec;
        socket_.set_option(boost::asio::socket_base::linger(true, 0), ec);
    }

    tcp::socket& socket() noexcept { return socket_; }

    /// For SSL_CTX_set_client_hello_cb().
    static int look_at_hello(SSL* s, int*, void*)
    {
        auto& ticket = static_cast<peer*>(SSL_get_ex_data(s, place_in_ssl()))->offered_ticket_;
        const unsigned char* bytes = nullptr;
        std::size_t size = 0;
        if (SSL_client_hello_get0_ext(s, TLSEXT_TYPE_session_ticket, &bytes, &size) == 1)
        {
            ticket.assign(bytes, bytes + size);
        }
        // Two octets for the size of the list, two for that of its first element.
        if (SSL_client_hello_get0_ext(s, TLSEXT_TYPE_psk, &bytes, &size) == 1 && size > 4)
        {
            const std::size_t first = std::size_t{bytes[2]} * 256 + bytes[3];
            ticket.assign(bytes + 4, bytes + 4 + std::min(size - 4, first));
        }
        return SSL_CLIENT_HELLO_SUCCESS;
    }

private:
    static int place_in_ssl()
    {
        static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
        return index;
    }

    bool read_more()
    {
        char bytes[4096];
        boost::system::error_code ec;
        const std::size_t n = tls_ ? tls_->read_some(boost::asio::buffer(bytes), ec)
                                   : socket_.read_some(boost::asio::buffer(bytes), ec);
        pending_.append(bytes, n);
        return !ec;
    }

    tcp::socket socket_;
    std::size_t number_;
    std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
    std::string server_name_;
    std::string offered_ticket_;
    std::string pending_;
};

/// Something that a script waits for and a test gives, or the other way round.
class gate
{
public:
    void open()
    {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

    void wait()
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

/// A server on a loopback port that runs a script for every connection, each on a thread of its
/// own.
class loopback_server
{
public:
    using script = std::function<void(peer&)>;
    using tcp = boost::asio::ip::tcp;

    /// What a TLS server of a test differs in.
    struct tls_options
    {
        int max_version = 0;
        std::string ciphers;
        /// What tickets are made with: servers with the same accept those of one another. Empty for
        /// keys of the server's own.
        std::string ticket_keys;
        std::function<void(boost::asio::ssl::context&)> adjust;
    };

    /// Plain.
    explicit loopback_server(script s) : script_(std::move(s)) { start(); }

    /// TLS.
    loopback_server(const identity& id, script s) : loopback_server(id, tls_options(), std::move(s))
    {}

    loopback_server(const identity& id, const tls_options& o, script s)
        : script_(std::move(s))
        , tls_(make_context(id, o))
    {
        start();
    }

    loopback_server(const loopback_server&) = delete;
    loopback_server& operator=(const loopback_server&) = delete;

    ~loopback_server()
    {
        stopping_ = true;
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
        accepting_.join();
        {
            const std::lock_guard lock(mutex_);
            for (const int fd : open_)
            {
                ::shutdown(fd, SHUT_RDWR);
            }
        }
        for (auto& t : threads_)
        {
            t.join();
        }
    }

    std::uint16_t port() const { return port_; }

    std::string url(std::string_view path = "/", std::string_view host = "127.0.0.1") const
    {
        return (tls_ ? "https://" : "http://") + std::string(host) + ":" + std::to_string(port_)
            + std::string(path);
    }

    /// Meet connections from now on as another server would. It was a TLS server before.
    void become(const identity& id, const tls_options& o)
    {
        auto made = make_context(id, o);
        const std::lock_guard lock(mutex_);
        tls_ = std::move(made);
    }

    std::size_t accepted() const noexcept { return accepted_; }
    /// Handshakes that resumed a session.
    std::size_t resumed() const noexcept { return resumed_; }

    /// How many connections were made before this call. Exact: connections are accepted in order,
    /// and this makes one itself and waits for it.
    std::size_t connections_so_far()
    {
        boost::asio::io_context io;
        tcp::socket s(io);
        s.connect(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port_));
        std::unique_lock lock(mutex_);
        const auto mark = s.local_endpoint().port();
        std::size_t before = 0;
        seen_changed_.wait(lock, [&] {
            for (before = 0; before != seen_.size(); ++before)
            {
                if (seen_[before] == mark)
                {
                    return true;
                }
            }
            return false;
        });
        return before;
    }

    /// Every request that scripts logged, in order.
    std::vector<std::string> log() const
    {
        const std::lock_guard lock(mutex_);
        return log_;
    }

    void log(std::string text)
    {
        const std::lock_guard lock(mutex_);
        log_.push_back(std::move(text));
    }

private:
    static std::shared_ptr<boost::asio::ssl::context>
    make_context(const identity& id, const tls_options& o)
    {
        auto made =
            std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
        SSL_CTX* const ctx = made->native_handle();
        SSL_CTX_set_security_level(ctx, 0);
        SSL_CTX_use_certificate(ctx, id.certificate.get());
        SSL_CTX_use_PrivateKey(ctx, id.key.get());
        SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(ctx, o.max_version);
        SSL_CTX_set_cipher_list(ctx, o.ciphers.empty() ? "ALL:@SECLEVEL=0" : o.ciphers.c_str());
        SSL_CTX_set_client_hello_cb(ctx, &peer::look_at_hello, nullptr);
        if (!o.ticket_keys.empty())
        {
            std::string keys(80, 'k');
            keys.replace(0, o.ticket_keys.size(), o.ticket_keys);
            SSL_CTX_ctrl(ctx, SSL_CTRL_SET_TLSEXT_TICKET_KEYS, 80, keys.data());
        }
        if (o.adjust)
        {
            o.adjust(*made);
        }
        return made;
    }

    void start()
    {
        acceptor_ = bound_to_new_port();
        acceptor_.listen(1024);
        port_ = acceptor_.local_endpoint().port();
        accepting_ = std::thread([this] { accept(); });
    }

    // What a client remembers of a server must not meet another one at its place, which happens once
    // in some thousand servers.
    tcp::acceptor bound_to_new_port()
    {
        static std::mutex mutex;
        static std::set<std::uint16_t> used;
        const std::lock_guard lock(mutex);
        constexpr std::size_t enough = 64; // nearly all were used
        std::list<tcp::acceptor> passed_over;
        for (;;)
        {
            tcp::acceptor a(io_, tcp::v4());
            a.bind(tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
            if (used.insert(a.local_endpoint().port()).second || passed_over.size() == enough)
                return a;
            passed_over.push_back(std::move(a));
        }
    }

    void accept()
    {
        for (;;)
        {
            boost::system::error_code ec;
            tcp::endpoint from;
            tcp::socket s = acceptor_.accept(io_, from, ec);
            if (ec || stopping_)
            {
                return;
            }
            // What a script has written has left when the call returns; tests rely on that.
            s.set_option(tcp::no_delay(true), ec);
            const std::lock_guard lock(mutex_);
            seen_.push_back(from.port());
            seen_changed_.notify_all();
            open_.push_back(s.native_handle());
            const auto at = std::prev(open_.end());
            auto p = std::make_shared<peer>(std::move(s), accepted_++);
            threads_.emplace_back([this, p = std::move(p), at, tls = tls_]() mutable {
                if (!tls || p->start_tls(*tls))
                {
                    if (tls && SSL_session_reused(p->ssl()) != 0)
                    {
                        ++resumed_;
                    }
                    script_(*p);
                }
                const std::lock_guard inner(mutex_);
                open_.erase(at);
                p.reset();
            });
        }
    }

    script script_;
    std::shared_ptr<boost::asio::ssl::context> tls_;
    boost::asio::io_context io_;
    tcp::acceptor acceptor_{io_};
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::size_t> accepted_ = 0;
    std::atomic<std::size_t> resumed_ = 0;
    mutable std::mutex mutex_;
    std::condition_variable seen_changed_;
    std::vector<std::uint16_t> seen_;
    std::list<int> open_;
    std::vector<std::string> log_;
    std::list<std::thread> threads_;
    std::thread accepting_;
};

} // namespace asioauth::testing
