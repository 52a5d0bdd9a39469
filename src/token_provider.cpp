// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/token_provider.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>

#include <utility>

namespace asioauth {
namespace {

namespace asio = boost::asio;

// Code and diagnostics become one result. Everything else is the caller's handler's.
class joined
{
public:
    using executor_type = asio::any_completion_executor;
    using cancellation_slot_type = asio::cancellation_slot;

    joined(token_provider::handler h, std::shared_ptr<diagnostics> info, const session& from)
        : handler_(std::make_shared<token_provider::handler>(std::move(h)))
        , info_(std::move(info))
        , executor_(asio::get_associated_executor(*handler_, executor_type(from.get_executor())))
    {}

    executor_type get_executor() const noexcept { return executor_; }
    cancellation_slot_type get_cancellation_slot() const noexcept
    {
        return asio::get_associated_cancellation_slot(*handler_);
    }

    void operator()(const error_code& ec, access_token token)
    {
        auto h = std::move(*handler_);
        if (ec)
            std::move(h)(failure(ec, std::move(*info_)));
        else
            std::move(h)(std::move(token));
    }

private:
    std::shared_ptr<token_provider::handler> handler_;
    std::shared_ptr<diagnostics> info_;
    executor_type executor_;
};

class provider_of_session final : public token_provider
{
public:
    explicit provider_of_session(session from) : session_(std::move(from)) {}

    void async_token(std::chrono::seconds min_ttl, handler h) override
    {
        auto info = std::make_shared<diagnostics>();
        session_.async_token(min_ttl, *info, joined(std::move(h), info, session_));
    }

    void async_replace_token(secret refused, handler h) override
    {
        auto info = std::make_shared<diagnostics>();
        session_.async_replace_token(
            std::move(refused), *info, joined(std::move(h), info, session_)
        );
    }

private:
    session session_;
};

} // namespace

std::shared_ptr<token_provider> make_token_provider(session from)
{
    return std::make_shared<provider_of_session>(std::move(from));
}

} // namespace asioauth
