// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// An internet for the library's own HTTP client: names with addresses that a test chooses, a record
// of every address that a connection is attempted to, and one TLS server behind all that are public.

#include "support/certificates.hpp"
#include "transport/http_client_impl.hpp"

#include <asioauth/transport.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::testing {

/// A request as a server sees it, and what it answers.
class served_request
{
public:
    std::string method;
    std::string host;
    std::string target;
    std::string body;
};

class served_response
{
public:
    int status = 404;
    std::string fields; // each with its line end
    std::string body;
    bool closes = false;
};

/// A TLS server on the loopback and on the test's own event loop: no thread, nothing that waits.
class tls_site : public std::enable_shared_from_this<tls_site>
{
public:
    using tcp = boost::asio::ip::tcp;
    using handler = std::function<served_response(const served_request&)>;

    tls_site(boost::asio::io_context& io, const identity& who, handler h)
        : context_(boost::asio::ssl::context::tls_server)
        , acceptor_(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0))
        , handler_(std::move(h))
    {
        SSL_CTX_use_certificate(context_.native_handle(), who.certificate.get());
        SSL_CTX_use_PrivateKey(context_.native_handle(), who.key.get());
    }

    void start()
    {
        acceptor_.async_accept([self = shared_from_this()](error_code ec, tcp::socket s) {
            if (ec)
                return;
            s.set_option(tcp::no_delay(true), ec);
            std::make_shared<session>(std::move(s), self)->start();
            self->start();
        });
    }

    void stop()
    {
        error_code ignored;
        acceptor_.close(ignored);
    }

    tcp::endpoint where() const { return acceptor_.local_endpoint(); }

private:
    class session : public std::enable_shared_from_this<session>
    {
    public:
        session(tcp::socket s, std::shared_ptr<tls_site> site)
            : site_(std::move(site))
            , stream_(std::move(s), site_->context_)
        {}

        void start()
        {
            stream_.async_handshake(
                boost::asio::ssl::stream_base::server,
                [self = shared_from_this()](error_code ec) {
                    if (!ec)
                        self->read();
                }
            );
        }

    private:
        void read()
        {
            stream_.async_read_some(
                boost::asio::buffer(bytes_),
                [self = shared_from_this()](error_code ec, std::size_t n) {
                    if (ec)
                        return;
                    self->in_.append(self->bytes_, n);
                    self->take();
                }
            );
        }

        void take()
        {
            const auto end = in_.find("\r\n\r\n");
            if (end == std::string::npos)
                return read();
            std::size_t size = end + 4;
            if (const auto length = value_of("Content-Length"); !length.empty())
                size += std::stoul(length);
            if (in_.size() < size)
                return read();
            served_request r;
            r.method = in_.substr(0, in_.find(' '));
            r.target = in_.substr(r.method.size() + 1);
            r.target.resize(r.target.find(' '));
            r.host = value_of("Host");
            r.host.resize(std::min(r.host.find(':'), r.host.size()));
            r.body = in_.substr(end + 4, size - end - 4);
            in_.erase(0, size);
            answer(site_->handler_(r));
        }

        std::string value_of(std::string_view name) const
        {
            const auto at = in_.find("\r\n" + std::string(name) + ": ");
            if (at == std::string::npos)
                return {};
            const auto begin = at + name.size() + 4;
            return in_.substr(begin, in_.find("\r\n", begin) - begin);
        }

        void answer(const served_response& r)
        {
            out_ = "HTTP/1.1 " + std::to_string(r.status)
                + " X\r\nContent-Length: " + std::to_string(r.body.size()) + "\r\n" + r.fields
                + (r.closes ? "Connection: close\r\n\r\n" : "\r\n") + r.body;
            boost::asio::async_write(
                stream_,
                boost::asio::buffer(out_),
                [self = shared_from_this()](error_code ec, std::size_t) {
                    if (!ec)
                        self->read();
                }
            );
        }

        const std::shared_ptr<tls_site> site_;
        boost::asio::ssl::stream<tcp::socket> stream_;
        std::string in_;
        std::string out_;
        char bytes_[4096] = {};
    };

    boost::asio::ssl::context context_;
    tcp::acceptor acceptor_;
    handler handler_;
};

/// What names mean. Asked by the workers of the resolver, which may outlive everything else.
class name_service
{
public:
    using addresses = detail::resolver::addresses;

    /// The answers to the next lookups of this name; the last one stays.
    void set(const std::string& name, std::deque<addresses> answers)
    {
        const std::lock_guard lock(mutex_);
        answers_[name] = std::move(answers);
    }

    /// What every other name means.
    void set_others(addresses a)
    {
        const std::lock_guard lock(mutex_);
        others_ = std::move(a);
    }

    void forget(const std::string& name)
    {
        const std::lock_guard lock(mutex_);
        answers_.erase(name);
        asked_.erase(name);
    }

    error_code look_up(const std::string& name, addresses& found)
    {
        const std::lock_guard lock(mutex_);
        const auto known = answers_.find(name);
        ++asked_[name];
        if (known == answers_.end())
        {
            found = others_;
        }
        else
        {
            found = known->second.front();
            if (known->second.size() > 1)
                known->second.pop_front();
        }
        return found.empty() ? make_error_code(errc::name_not_resolved) : error_code();
    }

    /// How often a name was looked up.
    std::size_t asked(const std::string& name) const
    {
        const std::lock_guard lock(mutex_);
        const auto at = asked_.find(name);
        return at == asked_.end() ? 0 : at->second;
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::deque<addresses>> answers_;
    addresses others_;
    std::map<std::string, std::size_t> asked_;
};

/// The HTTP client with its hooks, for several clients one after the other.
class hooked_transport final : public transport
{
public:
    hooked_transport(
        const boost::asio::any_io_executor& ex,
        const http_client_settings& settings,
        detail::network_hooks hooks
    )
        : impl_(std::make_shared<http_client::impl>(ex, settings, std::move(hooks)))
    {}
    hooked_transport(const hooked_transport&) = delete;
    hooked_transport& operator=(const hooked_transport&) = delete;
    ~hooked_transport() override { impl_->close(); }

    void async_send(http_request request, handler h) override
    {
        impl_->async_send(std::move(request), std::move(h));
    }

    void close() override {} // by the first of them that goes

private:
    std::shared_ptr<http_client::impl> impl_;
};

/// All of it together.
class public_world
{
public:
    using ip_address = boost::asio::ip::address;
    using tcp = boost::asio::ip::tcp;

    // Public addresses, all of them: an address that is not one of these is forbidden.
    static inline const ip_address home = boost::asio::ip::make_address("93.184.216.34");
    static inline const ip_address guest = boost::asio::ip::make_address("93.184.216.36");
    static inline const ip_address nobody = boost::asio::ip::make_address("93.184.216.99");

    public_world()
    {
        certificate_options o;
        o.common_name = "world";
        o.alternative_names = "DNS:mcp.example,DNS:as.example,DNS:*.guest.example";
        site_ = std::make_shared<tls_site>(
            io, test_pki::get().leaf(o), [this](const served_request& r) { return serve(r); }
        );
        site_->start();
        // Bound and not listening: whoever connects is refused, and nobody else gets the port.
        closed_.open(tcp::v4());
        closed_.bind(tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));

        names->set("mcp.example", {{home}});
        names->set("as.example", {{home}});
        settings.add_ca_file(test_pki::get().ca_file());
        settings.name_cache_time(std::chrono::milliseconds(0)); // each test of rebinding is asked
        hooks.lookup = [n = names](const std::string& host, name_service::addresses& found) {
            return n->look_up(host, found);
        };
        hooks.route = [this](const tcp::endpoint& e) { return connecting(e); };
        // The roots of the system are of no use here, and reading them takes time.
        hooks.trust = {};
    }
    public_world(const public_world&) = delete;
    public_world& operator=(const public_world&) = delete;
    ~public_world()
    {
        network_.reset();
        site_->stop();
        io.restart();
        io.poll();
    }

    /// What everybody who is public answers.
    std::function<served_response(const served_request&)> serve;

    const std::shared_ptr<hooked_transport>& network()
    {
        if (!network_)
            network_ = std::make_shared<hooked_transport>(io.get_executor(), settings, hooks);
        return network_;
    }

    /// Connections that nobody uses any more are not there for the next test.
    void new_network() { network_.reset(); }

    /// Run an operation to its end. @param start is given a handler `void(error_code, T)`
    template <class T, class Start>
    std::pair<error_code, T> run(Start start)
    {
        struct
        {
            bool done = false;
            error_code ec;
            T value;
        } out;
        start([&out](error_code ec, T v) {
            out.done = true;
            out.ec = ec;
            out.value = std::move(v);
        });
        io.restart();
        while (!out.done && io.run_one() != 0)
        {}
        return {out.ec, std::move(out.value)};
    }

    boost::asio::io_context io;
    http_client_settings settings;
    detail::network_hooks hooks;
    std::shared_ptr<name_service> names = std::make_shared<name_service>();

    /// Every address that was about to be connected to.
    std::vector<ip_address> dialled;
    std::size_t connections = 0; ///< in all
    std::size_t forbidden = 0;   ///< of these, to addresses that are not public

    bool has_dialled(const ip_address& a) const
    {
        return std::find(dialled.begin(), dialled.end(), a) != dialled.end();
    }

private:
    // The last thing before connect(). What is forbidden and comes here all the same is counted and
    // led to where nobody listens.
    tcp::endpoint connecting(const tcp::endpoint& e)
    {
        ++connections;
        dialled.push_back(e.address());
        if (e.address() == home || e.address() == guest)
            return site_->where();
        if (e.address() != nobody)
            ++forbidden;
        return closed_.local_endpoint();
    }

    std::shared_ptr<tls_site> site_;
    tcp::socket closed_{io};
    std::shared_ptr<hooked_transport> network_;
};

} // namespace asioauth::testing
