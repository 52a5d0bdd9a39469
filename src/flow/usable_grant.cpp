// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"
#include "flow/session_memory.hpp"

namespace asioauth::detail {
namespace {

failure login_needed(const grant& with)
{
    failure out(errc::login_required);
    out.where(stage::token).url(with.found.requested.without_query());
    return out;
}

constexpr std::chrono::seconds any(0);

// A flow of its own, since its frame is as large as it is rarely needed.
// @param good the server has not refused the token
flow<std::shared_ptr<const grant>> renewed_grant(
    const std::shared_ptr<session_memory>& session,
    std::shared_ptr<const grant> with,
    std::chrono::seconds min_ttl,
    bool good,
    const flow_settings& settings
)
{
    // What was got may end while a store that is away keeps it waiting: then another is got, once.
    // What ends as fast as it comes is as good as any that this server has.
    constexpr std::chrono::seconds fast(1);
    for (bool again = false;; again = true)
    {
        auto begun = co_await act::now();
        if (!begun)
            co_return begun.error();
        auto fresh = co_await renew(*with, session->params(), !good, min_ttl, settings);
        const bool renewed = fresh && !fresh->tokens.access_token.empty();
        if (renewed)
        {
            // Before anything can come between: it may be nowhere else.
            session->replace(std::move(*fresh));
            with = session->granted();
        }
        auto time = co_await act::now();
        if (renewed)
        {
            const bool over = time && with->tokens.expires_within(any, time->wall)
                && time->steady - begun->steady > fast;
            if (again || !over)
                co_return with;
            good = true;
            min_ttl = any;
            continue;
        }
        if (!time)
            co_return fresh ? time.error() : fresh.error();
        if (!fresh && fresh.error().code() == errc::invalid_client)
        {
            auto forgotten = co_await forget_client_of(*with, *settings.memory);
            if (!forgotten)
                co_return forgotten.error();
            fresh = grant();
        }
        // Nothing is lost as long as the old token lasts, unless nobody waits any more or the user
        // has logged out meanwhile.
        const bool over = !fresh
            && (fresh.error().code() == condition::cancelled
                || fresh.error().code() == errc::login_required);
        const bool lasts = good && !with->tokens.expires_within(any, time->wall);
        if (lasts && !over && !session->logged_out())
            co_return with;
        if (!fresh)
            co_return fresh.error();
        co_return login_needed(*with);
    }
}

} // namespace

flow<std::shared_ptr<const grant>> usable_grant(
    const std::shared_ptr<session_memory>& session,
    std::chrono::seconds min_ttl,
    const secret& refused,
    const flow_settings& settings
)
{
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
    co_return co_await renewed_grant(session, std::move(with), min_ttl, good, settings);
}

flow<access_token> fresh_token(
    const std::shared_ptr<session_memory>& session,
    std::chrono::seconds min_ttl,
    const secret& refused,
    const flow_settings& settings
)
{
    auto with = co_await usable_grant(session, min_ttl, refused, settings);
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
