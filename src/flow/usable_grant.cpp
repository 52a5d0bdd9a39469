// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"
#include "flow/session_memory.hpp"

#include <algorithm>

namespace asioauth::detail {
namespace {

// Another attempt soon may end better: the network, a server that is down or wants to be left alone.
// The store has a pause of its own.
bool may_pass(const failure& f)
{
    const int status = f.info().http_status();
    return f.code() == condition::unreachable || f.code() == errc::temporarily_unavailable
        || f.code() == errc::server_error || status >= 500 || status == 408 || status == 429;
}

// One second, then twice as long each time, at most a minute; what the server asks for if that is
// longer, at most an hour.
std::chrono::seconds pause_after(int failures, const failure& f)
{
    constexpr int most_doublings = 6;
    constexpr std::chrono::seconds longest(60);
    constexpr std::chrono::seconds longest_asked(3'600);
    const std::chrono::seconds own(1 << std::min(failures - 1, most_doublings));
    const auto asked = f.info().retry_after().value_or(std::chrono::seconds(0));
    return std::max(std::min(own, longest), std::min(asked, longest_asked));
}

failure login_needed(const grant& with)
{
    failure out(errc::login_required);
    out.where(stage::token).url(with.found.requested.without_query());
    return out;
}

} // namespace

flow<std::shared_ptr<const grant>> usable_grant(
    std::shared_ptr<session_memory> session,
    std::chrono::seconds min_ttl,
    secret refused,
    flow_settings settings
)
{
    constexpr std::chrono::seconds any(0);
    std::shared_ptr<const grant> with = session->granted();
    if (session->logged_out())
        co_return login_needed(*with);
    if (with->tokens.access_token.empty())
        co_return with;
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    const bool good = !(with->tokens.access_token == refused);
    if (good && !with->tokens.expires_within(min_ttl, time->wall))
        co_return with;
    const bool lasts = good && !with->tokens.expires_within(any, time->wall);
    if (const auto paused = session->paused(time->steady))
    {
        if (lasts)
            co_return with;
        co_return *paused;
    }

    auto fresh = co_await renew(*with, session->params(), !good, settings);
    if (fresh && !fresh->tokens.access_token.empty())
    {
        session->replace(std::move(*fresh));
        std::shared_ptr<const grant> newest = session->granted();
        co_return newest;
    }
    if (!fresh && fresh.error().code() == errc::invalid_client)
    {
        auto forgotten = co_await forget_client_of(*with);
        if (!forgotten)
            co_return forgotten.error();
        fresh = grant();
    }
    if (!fresh && may_pass(fresh.error()))
    {
        const int failures = session->failures_in_a_row() + 1;
        session->pause(time->steady + pause_after(failures, fresh.error()), fresh.error());
    }
    // Nothing is lost as long as the old token lasts, unless nobody waits any more.
    const bool cancelled = !fresh && fresh.error().code() == condition::cancelled;
    if (lasts && !cancelled)
        co_return with;
    if (!fresh)
        co_return fresh.error();
    co_return login_needed(*with);
}

flow<access_token> fresh_token(
    std::shared_ptr<session_memory> session,
    std::chrono::seconds min_ttl,
    secret refused,
    flow_settings settings
)
{
    auto with =
        co_await usable_grant(std::move(session), min_ttl, std::move(refused), std::move(settings));
    if (!with)
        co_return with.error();
    co_return token_of(**with);
}

access_token token_of(const grant& g)
{
    access_token out;
    out.value = g.tokens.access_token;
    out.kind = g.tokens.kind;
    out.scope = g.tokens.scope;
    out.expires_at = g.tokens.expires_at;
    if (out.kind == token_kind::dpop)
        out.dpop_key = g.tokens.dpop_key;
    return out;
}

} // namespace asioauth::detail
