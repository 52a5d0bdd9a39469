// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// For tests of programs that use the library: a network and a user that do what a test says. Both are
// ports of the client's; nothing is sent and no browser is opened.

#pragma once

#include <asioauth/protocol/form.hpp>
#include <asioauth/transport.hpp>
#include <asioauth/user_agent.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

// [scripted_network]
/// Answers by method and URL; 404 to everything else.
class scripted_network final : public asioauth::transport
{
public:
    using answer = std::function<
        asioauth::result<asioauth::http_response>(const asioauth::http_request& request)>;

    explicit scripted_network(boost::asio::any_io_executor ex) : ex_(std::move(ex)) {}

    void on(const std::string& method_and_url, answer a)
    {
        answers_[method_and_url] = std::move(a);
    }
    void on(const std::string& method_and_url, int status, const std::string& json)
    {
        answers_[method_and_url] = [status, json](const asioauth::http_request&) {
            asioauth::http_response out(status, json);
            out.field("Content-Type", "application/json");
            return asioauth::result<asioauth::http_response>(std::move(out));
        };
    }

    void async_send(asioauth::http_request request, handler h) override
    {
        const auto known = answers_.find(request.method() + " " + request.target().str());
        asioauth::result<asioauth::http_response> out = asioauth::http_response(404, "");
        if (known != answers_.end())
            out = known->second(request);
        asked_.push_back(std::move(request));
        boost::asio::post(ex_, [h = std::move(h), out = std::move(out)]() mutable {
            std::move(h)(std::move(out));
        });
    }

    void close() override {} // nothing is ever under way

    /// Every request that was sent.
    const std::vector<asioauth::http_request>& asked() const noexcept { return asked_; }

private:
    const boost::asio::any_io_executor ex_;
    std::map<std::string, answer> answers_;
    std::vector<asioauth::http_request> asked_;
};
// [scripted_network]

// [scripted_user]
/// A user who comes back from the authorization server by pasting the URL at which the browser ended.
class scripted_user final : public asioauth::user_agent
{
public:
    /// @param brings what the server adds to the redirect URI, such as `code=c`; `state` goes along
    scripted_user(boost::asio::any_io_executor ex, std::string brings)
        : ex_(std::move(ex))
        , brings_(std::move(brings))
    {}

    void async_ask_redirect_url(pasted_handler h) override
    {
        // It waits until the page was opened; any cancellation ends that.
        waiting_ = std::make_shared<pasted_handler>(std::move(h));
        auto slot = boost::asio::get_associated_cancellation_slot(*waiting_);
        if (slot.is_connected())
            slot.assign([this](boost::asio::cancellation_type) {
                paste(asioauth::failure(asioauth::operation_aborted()));
            });
    }

    void async_open(asioauth::url where, opened_handler h) override
    {
        boost::asio::post(ex_, [h = std::move(h)]() mutable {
            std::move(h)(asioauth::result<void>());
        });
        std::map<std::string, std::string> sent;
        if (const auto fields = asioauth::parse_form(where.query()))
            sent.insert(fields->begin(), fields->end());
        paste(
            sent["redirect_uri"] + "?" + brings_ + "&state=" + asioauth::form_encode(sent["state"])
        );
    }

private:
    void paste(asioauth::result<std::string> what)
    {
        if (const auto h = std::exchange(waiting_, nullptr))
            boost::asio::post(ex_, [h, what = std::move(what)]() mutable {
                std::move (*h)(std::move(what));
            });
    }

    const boost::asio::any_io_executor ex_;
    const std::string brings_;
    std::shared_ptr<pasted_handler> waiting_;
};
// [scripted_user]

} // namespace example
