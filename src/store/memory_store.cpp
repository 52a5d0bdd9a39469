// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/kept_post.hpp"

#include <asioauth/memory_store.hpp>

#include <algorithm>
#include <map>
#include <mutex>

namespace asioauth {

namespace asio = boost::asio;

class memory_store::impl
{
public:
    explicit impl(asio::any_io_executor e) : ex(std::move(e)) {}

    result<stored_record> load(const record_key& key)
    {
        const std::lock_guard lock(mutex_);
        const auto at = living(key);
        return at == records_.end() ? stored_record() : at->second;
    }

    result<generation> commit(
        const record_key& key, generation expected, generation next, std::optional<record>&& value
    )
    {
        const std::lock_guard lock(mutex_);
        const auto at = living(key);
        if ((at == records_.end() ? 0 : at->second.at) != expected)
            return failure(errc::store_conflict).where(stage::store);
        if (!value)
        {
            if (at != records_.end())
                records_.erase(at);
            return generation(0);
        }
        if (next <= expected)
            return failure(errc::invalid_argument).where(stage::store);
        const auto end_of = [](const auto& r) { return end_of_record(r.second); };
        if (at == records_.end()
            && !room_in(records_, std::chrono::system_clock::now(), first_record_ends_, end_of))
            return failure(errc::store_full).where(stage::store);
        auto& stored = at != records_.end() ? at->second : records_[key];
        stored.value = std::move(*value);
        first_record_ends_ = std::min(first_record_ends_, end_of_record(stored));
        stored.at = next;
        return next;
    }

    result<stored_record> take(const record_key& key, const take_guard& guard)
    {
        const std::lock_guard lock(mutex_);
        const auto at = living(key);
        if (at == records_.end())
            return stored_record();
        const record& r = at->second.value;
        if (r.issuer != guard.issuer || r.binding != guard.binding)
            return failure(errc::store_guard_refused).where(stage::store);
        stored_record out = std::move(at->second);
        records_.erase(at);
        return out;
    }

    result<lease>
    acquire(const record_key& key, const std::string& owner, std::chrono::milliseconds ttl)
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        const auto it = leases_.find(key);
        const bool taken = it != leases_.end() && it->second.until > now;
        lease out;
        if (taken && it->second.owner != owner)
        {
            out.remaining = std::chrono::ceil<std::chrono::milliseconds>(it->second.until - now);
            return out;
        }
        const auto end_of = [](const auto& l) { return l.second.until; };
        if (it == leases_.end() && !room_in(leases_, now, first_lease_ends_, end_of))
            return failure(errc::store_full).where(stage::store);
        auto& held = leases_[key];
        if (!taken)
            held.fence = ++last_fence_;
        held.owner = owner;
        held.until = end_of_lease(now, ttl);
        first_lease_ends_ = std::min(first_lease_ends_, held.until);
        out.acquired = true;
        out.fence = held.fence;
        out.remaining = ttl;
        return out;
    }

    result<lease> renew(
        const record_key& key,
        const std::string& owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl
    )
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        const auto it = leases_.find(key);
        lease out;
        if (it == leases_.end() || it->second.until <= now)
            return out;
        if (it->second.owner != owner || it->second.fence != fence)
        {
            out.remaining = std::chrono::ceil<std::chrono::milliseconds>(it->second.until - now);
            return out;
        }
        it->second.until = end_of_lease(now, ttl);
        first_lease_ends_ = std::min(first_lease_ends_, it->second.until);
        out.acquired = true;
        out.fence = fence;
        out.remaining = ttl;
        return out;
    }

    result<void> release(const record_key& key, const std::string& owner, std::uint64_t fence)
    {
        const std::lock_guard lock(mutex_);
        const auto it = leases_.find(key);
        if (it != leases_.end() && it->second.owner == owner && it->second.fence == fence)
            leases_.erase(it);
        return {};
    }

    result<std::vector<listed_record>> list(const record_filter& filter) const
    {
        const std::lock_guard lock(mutex_);
        std::vector<listed_record> out;
        auto it = filter.after() ? records_.upper_bound(*filter.after()) : records_.begin();
        for (; it != records_.end() && out.size() < filter.limit(); ++it)
        {
            if (matches(*it, filter) && !expired(it->second))
                out.emplace_back(it->first, it->second);
        }
        return out;
    }

    result<std::uint64_t> erase(const record_filter& filter)
    {
        const std::lock_guard lock(mutex_);
        return std::erase_if(records_, [&](const auto& r) { return matches(r, filter); });
    }

    // What was done cannot be undone, so that there is memory for the answer before it is.
    template <class Handler, class Work>
    void answer(Handler h, Work work) const
    {
        using result_type = decltype(work());
        struct answered
        {
            Handler h;
            result_type r;

            void operator()() { std::move(h)(std::move(r)); }
        };
        detail::room_to_post room(sizeof(answered));
        result_type r = work();
        room.post(ex, answered{std::move(h), std::move(r)});
    }

    const asio::any_io_executor ex;

private:
    using records = std::map<record_key, stored_record>;

    static constexpr std::size_t most = 65'536;

    class held_lease
    {
    public:
        std::string owner;
        std::uint64_t fence = 0;
        std::chrono::steady_clock::time_point until;
    };

    using wall_time = std::chrono::system_clock::time_point;
    using steady_time = std::chrono::steady_clock::time_point;

    static wall_time end_of_record(const stored_record& r)
    {
        return r.value.expires_at.value_or(wall_time::max());
    }

    // Milliseconds go further than the clock.
    static steady_time end_of_lease(steady_time now, std::chrono::milliseconds ttl)
    {
        constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 3650);
        return now + std::min(ttl, longest);
    }

    static bool expired(const stored_record& r)
    {
        return end_of_record(r) <= std::chrono::system_clock::now();
    }

    static bool matches(const records::value_type& r, const record_filter& filter)
    {
        return (!filter.kind() || r.first.kind == *filter.kind())
            && (!filter.user() || r.second.value.user == *filter.user())
            && (!filter.issuer() || r.second.value.issuer == *filter.issuer());
    }

    // Make room by dropping what has run out; false if there is none. All are looked at only if the
    // first can have ended, so that a full store is as quick as another.
    template <class Map, class Time, class EndOf>
    static bool room_in(Map& m, Time now, Time& first_ends, EndOf end_of)
    {
        if (m.size() < most)
            return true;
        if (now < first_ends)
            return false;
        first_ends = Time::max();
        std::erase_if(m, [&](const auto& i) {
            const Time end = end_of(i);
            if (end > now)
                first_ends = std::min(first_ends, end);
            return end <= now;
        });
        return m.size() < most;
    }

    records::iterator living(const record_key& key)
    {
        const auto at = records_.find(key);
        if (at == records_.end() || !expired(at->second))
            return at;
        records_.erase(at);
        return records_.end();
    }

    mutable std::mutex mutex_;
    records records_;
    std::map<record_key, held_lease> leases_;
    // Or sooner.
    wall_time first_record_ends_ = wall_time::max();
    steady_time first_lease_ends_ = steady_time::max();
    std::uint64_t last_fence_ = 0;
};

memory_store::memory_store(asio::any_io_executor ex) : impl_(std::make_unique<impl>(std::move(ex)))
{}

memory_store::~memory_store() = default;

void memory_store::async_load(record_key key, load_handler h)
{
    impl_->answer(std::move(h), [&] { return impl_->load(key); });
}

void memory_store::async_commit(
    record_key key,
    generation expected,
    generation next,
    std::optional<record> value,
    commit_handler h
)
{
    impl_->answer(std::move(h), [&] {
        return impl_->commit(key, expected, next, std::move(value));
    });
}

void memory_store::async_take(record_key key, take_guard guard, load_handler h)
{
    impl_->answer(std::move(h), [&] { return impl_->take(key, guard); });
}

void memory_store::async_lease(
    record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
)
{
    impl_->answer(std::move(h), [&] { return impl_->acquire(key, owner, ttl); });
}

void memory_store::async_renew_lease(
    record_key key,
    std::string owner,
    std::uint64_t fence,
    std::chrono::milliseconds ttl,
    lease_handler h
)
{
    impl_->answer(std::move(h), [&] { return impl_->renew(key, owner, fence, ttl); });
}

void memory_store::async_release_lease(
    record_key key, std::string owner, std::uint64_t fence, done_handler h
)
{
    impl_->answer(std::move(h), [&] { return impl_->release(key, owner, fence); });
}

void memory_store::async_list(record_filter filter, list_handler h)
{
    impl_->answer(std::move(h), [&] { return impl_->list(filter); });
}

void memory_store::async_erase(record_filter filter, count_handler h)
{
    impl_->answer(std::move(h), [&] { return impl_->erase(filter); });
}

} // namespace asioauth
