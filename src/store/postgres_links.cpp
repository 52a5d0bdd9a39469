// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How the pool opens its connections, rests them and gives them up.

#include "store/postgres_pool.hpp"
#include "transport/kept_post.hpp"

#include <boost/asio/post.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::chrono::seconds longest_rest(60);
constexpr std::chrono::seconds purge_interval(60);

// From half of it to all of it, so that those who failed together do not come back together.
milliseconds jittered(milliseconds v)
{
    unsigned char octet = 0;
    if (RAND_bytes(&octet, 1) != 1)
        return v;
    return v / 2 + v * octet / 510;
}

} // namespace

// The one used last is the likeliest to be alive.
postgres_pool::link_ptr postgres_pool::idle_link()
{
    link_ptr best;
    for (auto at = links_.begin(); at != links_.end();)
    {
        const auto l = *at++;
        if (!l->is_open || l->is_busy)
            continue;
        if (l->is_stale || clock::now() - l->connection->used_at() > longest_rest
            || !l->connection->is_quiet())
            drop(l);
        else if (!best || best->connection->used_at() < l->connection->used_at())
            best = l;
    }
    return best;
}

void postgres_pool::open_links() noexcept
{
    auto opening = static_cast<std::size_t>(
        std::count_if(links_.begin(), links_.end(), [](const auto& l) { return !l->is_open; })
    );
    const auto limit = static_cast<std::size_t>(settings_.connections());
    // While the server is away one at a time has a look.
    const std::size_t wanted =
        failures_ != 0 ? std::min<std::size_t>(queue_.size(), 1) : queue_.size();
    while (!closed_ && opening < wanted && links_.size() < limit)
    {
        if (clock::now() < not_before_)
            return wait_before_opening();
        open();
        ++opening;
    }
}

void postgres_pool::wait_before_opening() noexcept
{
    if (backoff_ || queue_.empty())
        return;
    try
    {
        backoff_.emplace(home_);
        backoff_->expires_at(not_before_);
        backoff_->async_wait([self = shared_from_this()](const error_code& ec) {
            if (ec)
                return;
            self->backoff_.reset();
            self->pump();
        });
    }
    catch (const std::bad_alloc&)
    {
        backoff_.reset(); // who waits has a deadline, or somebody else comes
    }
}

void postgres_pool::open() noexcept
{
    link_ptr l;
    try
    {
        l = std::make_shared<link>();
        links_.push_back(l);
        arm(l, settings_.connect_timeout());
        look_up(l);
    }
    catch (const std::bad_alloc&)
    {
        note_failed(l, failure(errc::out_of_memory), false);
    }
}

void postgres_pool::look_up(const link_ptr& l)
{
    const auto names = target_->names();
    l->lookups_left = names.size();
    if (names.empty())
    {
        // Not within the caller's loops: it may fail at once.
        post_kept(home_, [self = shared_from_this(), l] {
            if (l->deadline)
                self->take_step(l, nullptr, [&] { self->dial(l); });
        });
        return;
    }
    l->lookups.reserve(names.size()); // none is begun that is not noted
    for (const auto& name : names)
    {
        l->lookups.push_back(resolver_->start(
            name,
            [self = shared_from_this(),
             l,
             name](const error_code& ec, const resolver::addresses& found) {
                if (!l->deadline)
                    return; // it was given up
                self->take_step(l, nullptr, [&] {
                    auto& known = l->book[name];
                    for (const auto& a : found)
                        known.push_back(a.to_string());
                    if (ec || found.empty())
                        l->book.erase(name);
                    if (--l->lookups_left == 0)
                        self->dial(l);
                });
            }
        ));
    }
}

void postgres_pool::dial(const link_ptr& l)
{
    auto c = target_->start(l->book, rotation_);
    if (!c)
    {
        open_failed(l, unavailable("The name of the database server cannot be resolved."), false);
        return;
    }
    l->connection = std::make_shared<postgres_connection>(home_, std::move(c));
    l->connection->connect([self = shared_from_this(),
                            l](const std::optional<std::string>& problem) {
        self->take_step(l, nullptr, [&] {
            if (problem)
            {
                self->open_failed(l, unavailable(self->target_->presentable(*problem)), false);
                return;
            }
            self->arm(l, self->settings_.operation_timeout());
            self->check_tables(l);
        });
    });
}

void postgres_pool::check_tables(const link_ptr& l)
{
    l->connection->execute(
        postgres_statement(sql_.version),
        [self = shared_from_this(), l](const postgres_answer& a) {
            self->take_step(l, nullptr, [&] { self->version_answered(l, a); });
        }
    );
}

void postgres_pool::version_answered(const link_ptr& l, const postgres_answer& a)
{
    if (a.is_lost())
    {
        open_failed(l, unavailable("The connection to the database was lost."), false);
    }
    else if (!a.is_good())
    {
        if (a.state() == "42P01" && settings_.create_schema() && !l->has_created)
            create_tables(l);
        else
            open_failed(l, failure_of(a), false);
    }
    else if (a.rows() != 1 || a.is_null(0, 0) || a.number(0, 0) < 1)
    {
        open_failed(
            l,
            failure(errc::store_corrupt)
                .where(stage::store)
                .message("The table asioauth_schema does not say which version this is."),
            false
        );
    }
    else if (a.number(0, 0) > postgres_sql::known_version)
    {
        open_failed(l, failure(errc::store_version_newer).where(stage::store), false);
    }
    else
    {
        opened(l);
    }
}

void postgres_pool::create_tables(const link_ptr& l)
{
    l->has_created = true;
    l->connection->execute(
        postgres_statement(sql_.create),
        [self = shared_from_this(), l](const postgres_answer& a) {
            self->take_step(l, nullptr, [&] {
                if (a.is_lost())
                    self->open_failed(
                        l, unavailable("The connection to the database was lost."), false
                    );
                else if (!a.is_good())
                    self->open_failed(l, failure_of(a), false);
                else
                    self->check_tables(l);
            });
        }
    );
}

void postgres_pool::opened(const link_ptr& l)
{
    l->deadline.reset();
    l->is_open = true;
    failures_ = 0;
    not_before_ = clock::time_point();
    pump();
}

void postgres_pool::open_failed(const link_ptr& l, const failure& f, bool by_time) noexcept
{
    note_failed(l, f, by_time);
    pump();
}

void postgres_pool::note_failed(const link_ptr& l, const failure& f, bool by_time) noexcept
{
    if (l)
        drop(l);
    if (by_time)
        ++rotation_; // the first address may lead nowhere
    const auto shift = std::min<std::size_t>(failures_++, 5);
    const milliseconds pause(std::min(50 << shift, 1'000));
    not_before_ = clock::now() + jittered(pause);
    if (!links_.empty())
        return;
    auto waiting = std::exchange(queue_, {});
    for (; !waiting.empty(); waiting.pop_front())
    {
        const auto& op = waiting.front();
        op->waits_ = false;
        finish(op, f);
    }
}

// Idle again, after a look whether there is something to clean up.
void postgres_pool::rest(const link_ptr& l)
{
    if (clock::now() < next_purge_)
    {
        l->is_busy = false;
        pump();
        return;
    }
    next_purge_ = clock::now() + purge_interval / 2 + jittered(purge_interval);
    arm(l, settings_.operation_timeout());
    l->connection->execute(
        postgres_statement(sql_.purge),
        [self = shared_from_this(), l](const postgres_answer& a) {
            l->deadline.reset();
            l->is_busy = false;
            if (a.is_lost())
                self->drop(l);
            self->pump();
        }
    );
}

void postgres_pool::arm(const link_ptr& l, milliseconds time)
{
    l->deadline.emplace(home_);
    l->deadline->expires_after(time);
    l->deadline->async_wait([self = shared_from_this(), l](const error_code& ec) {
        if (ec || !l->deadline)
            return;
        if (l->is_open)
        {
            self->drop(l); // while cleaning up
            self->pump();
            return;
        }
        self->open_failed(l, unavailable("The database did not answer in time."), true);
    });
}

void postgres_pool::drop(const link_ptr& l) noexcept
{
    // The list's own may be what `l` refers to.
    const auto keep_alive = l; // NOLINT(performance-unnecessary-copy-initialization)
    l->deadline.reset();
    for (const auto ticket : l->lookups)
        resolver_->abandon(ticket);
    l->lookups.clear();
    if (l->connection)
        l->connection->close();
    l->operation.reset();
    links_.remove(keep_alive);
}

void postgres_pool::drop_idle() noexcept
{
    for (auto at = links_.begin(); at != links_.end();)
    {
        const auto l = *at++;
        if (l->is_open && !l->is_busy)
            drop(l);
        else
            l->is_stale = true; // one that is just being opened may have met the old state, too
    }
}

} // namespace asioauth::detail
