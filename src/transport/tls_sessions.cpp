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
    drop_ended(key);
    const auto home = buckets_.find(key);
    if (home == buckets_.end())
    {
        return {};
    }
    auto& same = home->second;
    const auto place = std::find_if(same.begin(), same.end(), [&](const entry_list::iterator i) {
        return i->session && i->made_with.lock() == made_with;
    });
    if (place == same.end())
    {
        return {};
    }
    const auto at = *place;
    found f{nullptr, at->until};
    if (is_tls_1_3(at->session.get()))
    {
        f.session = std::move(at->session);
        drop(at);
        return f;
    }
    if (SSL_SESSION_up_ref(at->session.get()) == 1)
    {
        f.session.reset(at->session.get());
    }
    entries_.splice(entries_.begin(), entries_, at);
    std::rotate(same.begin(), place, std::next(place));
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
    drop_ended(key);
    if (const auto home = buckets_.find(key); home != buckets_.end())
    {
        const auto& same = home->second;
        if (!same.front()->session)
        {
            return; // shunned
        }
        if (same.size() >= settings_.per_key)
        {
            drop(same.back());
        }
    }
    try
    {
        until = std::min(until, end_of(s.get()));
        insert(key, entry{nullptr, made_with, std::move(s), until});
    }
    catch (const std::exception&)
    {
        return; // out of memory: there will be others
    }
}

void tls_sessions::forget(const pool_key& key) noexcept
{
    drop_if(key, [](const entry& e) { return e.session != nullptr; });
}

void tls_sessions::shun(const pool_key& key) noexcept
{
    drop_if(key, [](const entry&) { return true; });
    if (closed_)
    {
        return;
    }
    try
    {
        insert(key, entry{nullptr, {}, nullptr, now() + max_age});
    }
    catch (const std::exception&)
    {
        return; // out of memory: it is found out again
    }
}

void tls_sessions::close() noexcept
{
    closed_ = true;
    buckets_.clear();
    entries_.clear();
}

void tls_sessions::insert(const pool_key& key, entry e)
{
    entry_list made;
    made.push_front(std::move(e));
    const auto home = buckets_.try_emplace(key).first;
    made.front().key = &home->first;
    try
    {
        home->second.insert(home->second.begin(), made.begin());
    }
    catch (const std::exception&)
    {
        if (home->second.empty())
        {
            buckets_.erase(home);
        }
        throw;
    }
    entries_.splice(entries_.begin(), made);
    if (entries_.size() > settings_.total)
    {
        drop(std::prev(entries_.end()));
    }
}

void tls_sessions::drop(entry_list::iterator at) noexcept
{
    const auto home = buckets_.find(*at->key);
    std::erase(home->second, at);
    if (home->second.empty())
    {
        buckets_.erase(home);
    }
    entries_.erase(at);
}

template <class Predicate>
void tls_sessions::drop_if(const pool_key& key, Predicate unwanted) noexcept
{
    const auto home = buckets_.find(key);
    if (home == buckets_.end())
    {
        return;
    }
    entry_list gone;
    std::erase_if(home->second, [&](const entry_list::iterator i) {
        const bool goes = unwanted(*i);
        if (goes)
        {
            gone.splice(gone.end(), entries_, i);
        }
        return goes;
    });
    if (home->second.empty())
    {
        buckets_.erase(home);
    }
}

// Nothing of this key is left that has ended. The others' turn comes so often that of many only a few
// are looked at for each use, and of few all.
void tls_sessions::drop_ended(const pool_key& key) noexcept
{
    constexpr std::size_t looked_at = 16;
    const auto now = now_();
    if (++uses_ * looked_at < entries_.size())
    {
        return drop_if(key, [now](const entry& e) { return has_ended(e, now); });
    }
    uses_ = 0;
    for (auto i = entries_.begin(); i != entries_.end();)
    {
        const auto at = i++;
        if (has_ended(*at, now))
        {
            drop(at);
        }
    }
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
