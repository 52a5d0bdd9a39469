// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// An authorization server and its resource on one loopback port, for many processes at once: refresh
// tokens rotate, one that comes twice ends its family, and everything is counted.

#include <asioauth/protocol/form.hpp>
#include <asioauth/url.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace asioauth::bars {

namespace asio = boost::asio;
namespace http = boost::beast::http;

class rotating_server
{
public:
    class settings
    {
    public:
        settings() = default;

        std::chrono::milliseconds latency{0}; ///< of a token request; half of it before it is done
        /// A token is over as soon as so many have come with it, or after `barrier` from the first.
        int together = 1;
        std::chrono::milliseconds barrier{60'000};
        int rounds = 0; ///< tokens of this number are good for ever
        /// The token before the last is taken once more, as long as the last was not used: what
        /// providers call a grace period.
        bool grace = false;
        int lifetime = 3'600;
    };

    explicit rotating_server(settings s)
        : settings_(s)
        , acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0})
        , work_(asio::make_work_guard(io_))
    {
        origin_ = "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
        asio::co_spawn(io_, accept(), asio::detached);
        thread_ = std::thread([this] { io_.run(); });
    }
    rotating_server(const rotating_server&) = delete;
    rotating_server& operator=(const rotating_server&) = delete;
    ~rotating_server()
    {
        io_.stop();
        thread_.join();
    }

    std::string resource() const { return origin_ + "/mcp"; }
    const std::string& origin() const { return origin_; }

    /// What a browser is redirected to when its user agrees at this authorization URL.
    std::string approve(const url& where)
    {
        const std::lock_guard lock(mutex_);
        std::map<std::string, std::string> asked;
        const auto fields = parse_form(where.query());
        for (const auto& f : *fields)
            asked[f.first] = f.second;
        const std::string code = "code-" + std::to_string(++codes_made_);
        codes_[code] = asked["redirect_uri"];
        return asked["redirect_uri"] + "?code=" + code + "&state=" + form_encode(asked["state"])
            + "&iss=" + form_encode(origin_);
    }

    // How often.
    std::atomic<int> registrations = 0;
    std::atomic<int> exchanges = 0;
    std::atomic<int> refreshes = 0;        ///< of a token that had not come before
    std::atomic<int> replays = 0;          ///< graciously
    std::atomic<int> families_revoked = 0; ///< because a token came twice
    std::atomic<int> refused = 0;          ///< tokens of families that are over

private:
    using request_type = http::request<http::string_body>;
    using response_type = http::response<http::string_body>;

    class family
    {
    public:
        int current = 1;
        bool current_used = false; ///< at the resource
        bool over = false;
        int expired = 0; ///< access tokens up to this one
        int waiting = 0;
        std::shared_ptr<asio::steady_timer> together;
    };

    asio::awaitable<void> accept()
    {
        for (;;)
        {
            auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
            auto stream = std::make_shared<boost::beast::tcp_stream>(std::move(socket));
            asio::co_spawn(io_, serve(stream), asio::detached);
        }
    }

    asio::awaitable<void> serve(std::shared_ptr<boost::beast::tcp_stream> stream)
    {
        boost::beast::flat_buffer buffer;
        boost::system::error_code ec;
        auto token = asio::redirect_error(asio::use_awaitable, ec);
        for (;;)
        {
            request_type request;
            co_await http::async_read(*stream, buffer, request, token);
            if (ec)
                co_return;
            response_type response = co_await answer(request);
            response.keep_alive(request.keep_alive());
            response.prepare_payload();
            co_await http::async_write(*stream, response, token);
            if (ec || !response.keep_alive())
                co_return;
        }
    }

    static response_type json(http::status status, std::string body)
    {
        response_type out(status, 11);
        out.set(http::field::content_type, "application/json");
        out.set(http::field::cache_control, "no-store");
        out.body() = std::move(body);
        return out;
    }

    asio::awaitable<response_type> answer(const request_type& request)
    {
        const std::string target(request.target());
        if (target == "/.well-known/oauth-protected-resource/mcp")
            co_return json(
                http::status::ok,
                R"({"resource":")" + resource() + R"(","authorization_servers":[")" + origin_
                    + R"("]})"
            );
        if (target == "/.well-known/oauth-authorization-server")
            co_return json(http::status::ok, metadata());
        if (target == "/register")
        {
            ++registrations;
            std::string body = request.body();
            body.insert(1, R"("client_id":"client",)");
            co_return json(http::status::created, std::move(body));
        }
        if (target == "/token")
        {
            co_await pause(settings_.latency / 2);
            auto out = token(request.body());
            co_await pause(settings_.latency / 2);
            co_return out;
        }
        if (target == "/mcp")
            co_return co_await resource_answer(request);
        co_return json(http::status::not_found, "{}");
    }

    static asio::awaitable<void> pause(std::chrono::milliseconds t)
    {
        asio::steady_timer timer(co_await asio::this_coro::executor, t);
        co_await timer.async_wait(asio::use_awaitable);
    }

    std::string metadata() const
    {
        return R"({"issuer":")" + origin_ + R"(","authorization_endpoint":")" + origin_
            + R"(/authorize","token_endpoint":")" + origin_ + R"(/token","registration_endpoint":")"
            + origin_
            + R"(/register","response_types_supported":["code"],"code_challenge_methods_supported":["S256"],"token_endpoint_auth_methods_supported":["none"],"authorization_response_iss_parameter_supported":true})";
    }

    // Family and number of a token: X-FAMILY-NUMBER.
    static std::optional<std::pair<int, int>> parts(const std::string& token)
    {
        const auto first = token.find('-');
        const auto last = token.rfind('-');
        if (first == std::string::npos || last == first)
            return std::nullopt;
        return std::pair(
            std::stoi(token.substr(first + 1, last - first - 1)), std::stoi(token.substr(last + 1))
        );
    }

    response_type issue(int id, int number) const
    {
        const std::string which = std::to_string(id) + "-" + std::to_string(number);
        return json(
            http::status::ok,
            R"({"access_token":"A-)" + which + R"(","refresh_token":"R-)" + which
                + R"(","token_type":"Bearer","expires_in":)" + std::to_string(settings_.lifetime)
                + "}"
        );
    }

    response_type refuse()
    {
        ++refused;
        return json(http::status::bad_request, R"({"error":"invalid_grant"})");
    }

    response_type token(const std::string& body)
    {
        const std::lock_guard lock(mutex_);
        std::map<std::string, std::string> form;
        const auto fields = parse_form(body);
        for (const auto& f : *fields)
            form[f.first] = f.second;
        if (form["grant_type"] == "authorization_code")
        {
            if (codes_.erase(form["code"]) == 0)
                return refuse();
            ++exchanges;
            const int id = ++families_made_;
            families_[id] = family();
            return issue(id, 1);
        }
        const auto which = parts(form["refresh_token"]);
        if (!which || families_.count(which->first) == 0)
            return refuse();
        family& f = families_[which->first];
        if (f.over)
            return refuse();
        if (which->second == f.current)
        {
            ++refreshes;
            ++f.current;
            f.current_used = false;
            f.waiting = 0;
            return issue(which->first, f.current);
        }
        if (settings_.grace && which->second + 1 == f.current && !f.current_used)
        {
            ++replays;
            return issue(which->first, f.current);
        }
        f.over = true;
        ++families_revoked;
        return refuse();
    }

    static response_type unauthorised(const std::string& more)
    {
        auto out = json(http::status::unauthorized, "{}");
        out.set(http::field::www_authenticate, "Bearer " + more);
        return out;
    }

    asio::awaitable<response_type> resource_answer(const request_type& request)
    {
        const std::string field(request[http::field::authorization]);
        const auto which = field.starts_with("Bearer A-") ? parts(field.substr(7)) : std::nullopt;
        if (!which)
            co_return unauthorised(
                R"(resource_metadata=")" + origin_ + R"(/.well-known/oauth-protected-resource/mcp")"
            );
        std::shared_ptr<asio::steady_timer> together;
        {
            const std::lock_guard lock(mutex_);
            family& f = families_[which->first];
            if (which->second == f.current)
                f.current_used = true;
            if (settings_.rounds != 0 && which->second > settings_.rounds)
                co_return json(http::status::ok, R"({"done":true})");
            if (settings_.rounds == 0 && which->second == f.current)
                co_return json(
                    http::status::ok, R"({"family":)" + std::to_string(which->first) + "}"
                );
            if (which->second < f.current || which->second <= f.expired)
                co_return unauthorised(R"(error="invalid_token")");
            if (f.waiting++ == 0)
                f.together = std::make_shared<asio::steady_timer>(io_, settings_.barrier);
            together = f.together;
            if (f.waiting >= settings_.together)
            {
                f.expired = which->second;
                together->expires_after(std::chrono::seconds(0)); // for who comes later, too
            }
        }
        boost::system::error_code ec;
        co_await together->async_wait(asio::redirect_error(asio::use_awaitable, ec));
        {
            const std::lock_guard lock(mutex_);
            family& f = families_[which->first];
            f.expired = std::max(f.expired, which->second);
        }
        co_return unauthorised(R"(error="invalid_token")");
    }

    settings settings_;
    asio::io_context io_{1};
    asio::ip::tcp::acceptor acceptor_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::string origin_;
    std::mutex mutex_;
    std::map<std::string, std::string> codes_;
    std::map<int, family> families_;
    int codes_made_ = 0;
    int families_made_ = 0;
    std::thread thread_;
};

} // namespace asioauth::bars
