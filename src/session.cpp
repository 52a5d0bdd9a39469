// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "client_core.hpp"
#include "session_state.hpp"

#include <asioauth/session.hpp>

namespace asioauth {

session::executor_type session::get_executor() const
{
    return state_->core()->executor();
}

const std::string& session::resource() const noexcept
{
    return state_->resource();
}

const url& session::requested() const noexcept
{
    return state_->requested();
}

const std::string& session::issuer() const noexcept
{
    return state_->issuer();
}

std::string session::client_id() const
{
    return state_->granted()->client.client_id;
}

registration session::client_registration() const
{
    return state_->granted()->client;
}

discovery session::found() const
{
    return state_->granted()->found;
}

bool session::has_token() const noexcept
{
    return !state_->granted()->tokens.access_token.empty();
}

token_set session::tokens() const
{
    return state_->granted()->tokens;
}

std::string session::scope() const
{
    return state_->granted()->tokens.scope;
}

std::optional<std::chrono::system_clock::time_point> session::expires_at() const noexcept
{
    return state_->granted()->tokens.expires_at;
}

std::shared_ptr<detail::client_core> session::core() const noexcept
{
    return state_->core();
}

namespace detail {

flow<session> open_session(std::shared_ptr<client_core> core, login_params params)
{
    auto granted = co_await login(params, core->flows());
    if (!granted)
        co_return granted.error();
    // A step-up is a login of the same kind, which must not be forced by what this one was.
    session out(std::make_shared<const session_state>(
        std::move(core), std::move(*granted), std::move(params)
    ));
    co_return out;
}

} // namespace detail
} // namespace asioauth
