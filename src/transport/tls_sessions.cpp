// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/tls_sessions.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace asioauth::detail {
namespace {

using time_point = tls_sessions::time_point;

bool is_tls_1_3(const SSL_SESSION* s) noexcept
{
    return SSL_SESSION_get_protocol_version(s) >= TLS1_3_VERSION;
}

time_point start_of(const SSL_SESSION* s) noexcept
{
#if OPENSSL_VERSION_PREREQ(3, 3)
    return std::chrono::system_clock::from_time_t(SSL_SESSION_get_time_ex(s));
#else
    return std::chrono::system_clock::from_time_t(SSL_SESSION_get_time(s));
#endif
}

// What both sides want to have it kept for. Before TLS 1.3 a server that says 0 says nothing, since
// then that it is not to be kept.
time_point end_of(const SSL_SESSION* s) noexcept
{
    std::chrono::seconds life(SSL_SESSION_get_timeout(s));
    const auto hint = SSL_SESSION_get_ticket_lifetime_hint(s);
    if (hint != 0 || is_tls_1_3(s))
    {
        life = std::min(life, std::chrono::seconds(hint));
    }
    return start_of(s) + life;
}

std::size_t ticket_size(const SSL_SESSION* s) noexcept
{
    const unsigned char* bytes = nullptr;
    std::size_t size = 0;
    SSL_SESSION_get0_ticket(s, &bytes, &size);
    return size;
}

} // namespace

tls_sessions::tls_sessions(clock now, settings s) : now_(std::move(now)), settings_(s) {}

tls_sessions::~tls_sessions() = default;

tls_sessions::found tls_sessions::take(const pool_key& key, const context& made_with)
{
    drop_ended();
    const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) {
        return e.session && e.key == key && e.made_with.lock() == made_with;
    });
    if (at == entries_.end())
    {
        return {};
    }
    found f{nullptr, at->until};
    if (is_tls_1_3(at->session.get()))
    {
        f.session = std::move(at->session);
        entries_.erase(at);
        return f;
    }
    if (SSL_SESSION_up_ref(at->session.get()) == 1)
    {
        f.session.reset(at->session.get());
    }
    entries_.splice(entries_.begin(), entries_, at);
    return f;
}

void tls_sessions::put(
    const pool_key& key, const context& made_with, tls_session s, time_point until
) noexcept
{
    if (closed_ || settings_.per_key == 0 || ticket_size(s.get()) > max_ticket)
    {
        return;
    }
    drop_ended();
    std::size_t same = 0;
    auto oldest = entries_.end();
    for (auto i = entries_.begin(); i != entries_.end(); ++i)
    {
        if (i->key == key)
        {
            if (!i->session)
            {
                return; // shunned
            }
            ++same;
            oldest = i;
        }
    }
    if (same >= settings_.per_key)
    {
        entries_.erase(oldest);
    }
    try
    {
        until = std::min(until, end_of(s.get()));
        insert(entry{key, made_with, std::move(s), until});
    }
    catch (const std::exception&)
    {
        return; // out of memory: there will be others
    }
}

void tls_sessions::forget(const pool_key& key) noexcept
{
    entries_.remove_if([&](const entry& e) { return e.session && e.key == key; });
}

void tls_sessions::shun(const pool_key& key) noexcept
{
    forget(key);
    if (closed_)
    {
        return;
    }
    try
    {
        insert(entry{key, {}, nullptr, now() + max_age});
    }
    catch (const std::exception&)
    {
        return; // out of memory: it is found out again
    }
}

void tls_sessions::close() noexcept
{
    closed_ = true;
    entries_.clear();
}

void tls_sessions::insert(entry e)
{
    entries_.push_front(std::move(e));
    if (entries_.size() > settings_.total)
    {
        entries_.pop_back();
    }
}

void tls_sessions::drop_ended() noexcept
{
    const auto now = now_();
    entries_.remove_if([&](const entry& e) { return has_ended(e, now); });
}

// A session from the future is one from before the clock was put back.
bool tls_sessions::has_ended(const entry& e, time_point now) noexcept
{
    if (now >= e.until)
    {
        return true;
    }
    const auto* const s = e.session.get();
    return s != nullptr
        && (e.made_with.expired() || now < start_of(s) || SSL_SESSION_is_resumable(s) != 1);
}

} // namespace asioauth::detail
