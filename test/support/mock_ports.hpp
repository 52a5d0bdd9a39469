// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Ports for tests of the interpreter: a network, a listener and a user without sockets, on any
// executor.

#include "support/flow_world.hpp"
#include "support/parked.hpp"

#include <asioauth/redirect_listener.hpp>
#include <asioauth/transport.hpp>
#include <asioauth/user_agent.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace asioauth::test {

/// Canned answers by method and URL; one of them can be held back.
class mock_transport final : public transport
{
public:
    using responder = std::function<result<http_response>(const http_request&)>;

    explicit mock_transport(boost::asio::any_io_executor ex) : executor_(std::move(ex)) {}

    void on(const std::string& key, responder r) { answers_[key] = std::move(r); }

    /// Do not answer this one until release().
    void hold(const std::string& key)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        held_key_ = key;
    }
    std::function<void()> on_held;

    void release()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (auto& h : held_)
            h.second->complete(answer(h.first));
        held_.clear();
    }

    void async_send(http_request request, handler h) override
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++sent;
        auto waiting = std::make_shared<parked<result<http_response>>>(executor_, std::move(h));
        const std::string key = request.method() + " " + request.target().str();
        if (key == held_key_)
        {
            waiting->listen_for_cancellation();
            held_.emplace_back(std::move(request), waiting);
            if (on_held)
                on_held();
            return;
        }
        waiting->complete(answer(request));
    }

    void close() override
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        closed = true;
        for (auto& h : held_)
            h.second->complete(failure(operation_aborted()));
        held_.clear();
    }

    int sent = 0;
    bool closed = false;

private:
    result<http_response> answer(const http_request& request)
    {
        const auto it = answers_.find(request.method() + " " + request.target().str());
        if (it == answers_.end())
            return http_response(404, "");
        return it->second(request);
    }

    boost::asio::any_io_executor executor_;
    std::mutex mutex_;
    std::map<std::string, responder> answers_;
    std::string held_key_;
    std::list<std::pair<http_request, std::shared_ptr<parked<result<http_response>>>>> held_;
};

/// A listener and a user in one: who opens a URL is redirected with a code at once, unless told to
/// stay away.
class mock_user final
    : public redirect_listener
    , public user_agent
{
public:
    explicit mock_user(boost::asio::any_io_executor ex) : executor_(std::move(ex)) {}

    bool stays_away = false;
    std::function<void()> on_open;
    int pages = 0;
    error_code last_page;

    result<std::string> reserve(const redirect_target& target) override
    {
        return "http://" + target.host() + ":40123" + target.path();
    }

    void
    async_wait(std::string redirect_uri, std::string state, redirect_listener::handler h) override
    {
        auto waiting = std::make_shared<parked<result<redirect>>>(executor_, std::move(h));
        waiting->listen_for_cancellation();
        waits_[state] = {redirect_uri, waiting};
    }

    void close() override
    {
        for (auto& w : waits_)
            w.second.second->complete(failure(operation_aborted()));
        waits_.clear();
        for (auto& w : pastes_)
            w->complete(failure(operation_aborted()));
        pastes_.clear();
    }

    void async_open(url where, opened_handler h) override
    {
        auto waiting = std::make_shared<parked<result<void>>>(executor_, std::move(h));
        waiting->complete(result<void>());
        opened_ = std::move(where);
        if (on_open)
            on_open();
        if (!stays_away)
            approve();
    }

    /// Come back from the page that was opened last.
    void approve()
    {
        std::string state;
        const auto fields = parse_form(opened_.query());
        for (const auto& f : *fields)
        {
            if (f.first == "state")
                state = f.second;
        }
        const auto it = waits_.find(state);
        if (it == waits_.end())
            return;
        redirect r(
            it->second.first + "?code=c&iss=https%3A%2F%2Fas.example&state=" + form_encode(state),
            [this](const login_outcome& outcome) {
                ++pages;
                last_page = outcome.code();
            }
        );
        it->second.second->complete(std::move(r));
        waits_.erase(it);
    }

    void async_ask_redirect_url(pasted_handler h) override
    {
        auto waiting = std::make_shared<parked<result<std::string>>>(executor_, std::move(h));
        waiting->listen_for_cancellation();
        pastes_.push_back(waiting);
    }

private:
    boost::asio::any_io_executor executor_;
    std::map<std::string, std::pair<std::string, std::shared_ptr<parked<result<redirect>>>>> waits_;
    std::list<std::shared_ptr<parked<result<std::string>>>> pastes_;
    url opened_;
};

/// A response with that document.
inline result<http_response> json(int status, std::string body)
{
    http_response r(status, std::move(body));
    r.field("Content-Type", "application/json");
    return r;
}

/// The provider of flow_world.hpp, on a mock transport.
inline void add_provider(mock_transport& t)
{
    const auto always = [](std::string document) {
        return [document](const http_request&) { return json(200, document); };
    };
    t.on("GET https://mcp.example/mcp", challenge_401);
    t.on(
        "GET https://mcp.example/.well-known/oauth-protected-resource/mcp",
        always(resource_document)
    );
    t.on("GET https://as.example/.well-known/oauth-authorization-server", always(server_document));
    t.on("POST https://as.example/register", register_client);
    t.on("POST https://as.example/token", always(token_document));
}

} // namespace asioauth::test
