// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/seal.hpp"

#include <asioauth/sealed_store.hpp>

#include <algorithm>
#include <exception>
#include <list>
#include <mutex>
#include <utility>

namespace asioauth {

namespace asio = boost::asio;

namespace {

using ring = std::shared_ptr<const key_ring>;
using ring_handler = asio::any_completion_handler<void(const result<ring>&)>;

constexpr std::chrono::seconds between_questions(10);
constexpr std::chrono::seconds time_to_seal_anew(10);
constexpr int most_attempts = 4;

} // namespace

class sealed_store::impl : public std::enable_shared_from_this<impl>
{
public:
    impl(std::shared_ptr<store> b, std::shared_ptr<key_source> k)
        : behind(std::move(b))
        , keys_(std::move(k))
    {}

    // The keys as they are remembered, at once if there are any.
    void with_keys(ring_handler h)
    {
        {
            std::unique_lock lock(mutex_);
            if (!ring_)
                return ask(std::move(lock), std::move(h));
        }
        std::move(h)(known());
    }

    // What the source has by now, for who has met a key that is not in `seen`.
    void with_newer_keys(const ring& seen, ring_handler h)
    {
        {
            std::unique_lock lock(mutex_);
            if (!waiting_.empty())
                return ask(std::move(lock), std::move(h));
            const auto now = std::chrono::steady_clock::now();
            if (ring_ == seen && (!asked_again_ || now - *asked_again_ >= between_questions))
            {
                asked_again_ = now;
                return ask(std::move(lock), std::move(h));
            }
        }
        std::move(h)(known());
    }

    void load(record_key key, bool may_seal_anew, load_handler h)
    {
        auto self = shared_from_this();
        with_keys([self, key = std::move(key), may_seal_anew, reply = std::move(h)](
                      const result<ring>& r
                  ) mutable {
            if (!r)
                return std::move(reply)(r.error());
            self->load_with(
                *r, std::move(key), may_seal_anew ? 1 : most_attempts, std::move(reply)
            );
        });
    }

    void
    commit(record_key key, generation expected, generation next, record value, commit_handler h)
    {
        auto self = shared_from_this();
        with_keys([self,
                   key = std::move(key),
                   expected,
                   next,
                   value = std::move(value),
                   reply = std::move(h)](const result<ring>& r) mutable {
            if (!r)
                return std::move(reply)(r.error());
            self->commit_with(
                (*r)->active(), std::move(key), expected, next, std::move(value), std::move(reply)
            );
        });
    }

    void take(record_key key, take_guard guard, load_handler h)
    {
        auto self = shared_from_this();
        auto again = key;
        load(
            std::move(again),
            false,
            [self, key = std::move(key), guard = std::move(guard), reply = std::move(h)](
                result<stored_record> r
            ) mutable {
                if (!r || r->at == 0)
                    return std::move(reply)(std::move(r));
                auto place = key;
                self->behind->async_take(
                    std::move(key),
                    std::move(guard),
                    [self,
                     place = std::move(place),
                     reply = std::move(reply)](result<stored_record> taken) mutable {
                        if (taken && taken->at != 0)
                            taken = opened(std::move(*taken), place, self->known());
                        std::move(reply)(std::move(taken));
                    }
                );
            }
        );
    }

    void list(record_filter filter, list_handler h)
    {
        auto self = shared_from_this();
        with_keys([self, filter = std::move(filter), reply = std::move(h)](const result<ring>& r
                  ) mutable {
            if (!r)
                return std::move(reply)(r.error());
            self->behind->async_list(
                std::move(filter),
                [self, seen = *r, reply = std::move(reply)](result<std::vector<listed_record>> l
                ) mutable {
                    if (!l)
                        return std::move(reply)(std::move(l));
                    const bool all_known = std::all_of(l->begin(), l->end(), [&](const auto& i) {
                        const auto id = detail::key_id_of(i.stored.value.document);
                        return !id || seen->find(*id) != nullptr;
                    });
                    auto finish = [self,
                                   l = std::move(l),
                                   reply = std::move(reply)](const result<ring>& keys) mutable {
                        open_all(*l, keys ? *keys : self->known());
                        std::move(reply)(std::move(l));
                    };
                    if (all_known)
                        finish(seen);
                    else
                        self->with_newer_keys(seen, std::move(finish));
                }
            );
        });
    }

    const std::shared_ptr<store> behind;

private:
    ring known() const
    {
        const std::lock_guard lock(mutex_);
        return ring_;
    }

    // Who asks while a question is out waits for its answer.
    void ask(std::unique_lock<std::mutex> lock, ring_handler h)
    {
        const bool first = waiting_.empty();
        waiting_.push_back(std::move(h));
        if (!first)
            return;
        lock.unlock();
        try
        {
            keys_->async_keys(question(shared_from_this()));
        }
        catch (...)
        {
            auto waiting = taken();
            if (!waiting.empty())
                waiting.pop_front(); // whose call this is: it hears of it by the exception
            for (auto& other : waiting)
                std::move(other)(failure(errc::internal_error).where(stage::store));
            throw;
        }
    }

    std::list<ring_handler> taken() noexcept
    {
        const std::lock_guard lock(mutex_);
        return std::exchange(waiting_, {});
    }

    // A source may drop a question when its context goes. Who waits holds this object, which holds
    // who waits: they go as well.
    class question
    {
    public:
        explicit question(std::shared_ptr<impl> of)
            : of_(std::move(of))
            , exceptions_(std::uncaught_exceptions())
        {}
        question(question&&) noexcept = default;
        question& operator=(question&&) = delete;
        ~question()
        {
            if (of_ && std::uncaught_exceptions() == exceptions_)
                of_->taken();
        }

        void operator()(result<key_ring> r)
        {
            const auto of = std::move(of_);
            of->answered(std::move(r));
        }

    private:
        std::shared_ptr<impl> of_;
        int exceptions_;
    };

    void answered(result<key_ring> r)
    {
        std::list<ring_handler> waiting;
        result<ring> answer = failure();
        {
            const std::lock_guard lock(mutex_);
            if (r)
                answer = ring_ = std::make_shared<const key_ring>(std::move(*r));
            else
                answer = failure(r.error()).where(stage::store);
            waiting.swap(waiting_);
        }
        for (auto& h : waiting)
            std::move(h)(answer);
    }

    static result<stored_record>
    opened(stored_record stored, const record_key& place, const ring& keys)
    {
        auto document = detail::unseal(stored, place, *keys);
        if (!document)
            return document.error();
        stored.value.document = std::move(*document);
        return stored;
    }

    static void open_all(std::vector<listed_record>& all, const ring& keys)
    {
        for (auto& i : all)
        {
            auto document = detail::unseal(i.stored, i.key, *keys);
            i.stored.value.document = document ? std::move(*document) : secret();
        }
    }

    void load_with(ring keys, record_key key, int attempt, load_handler h)
    {
        auto self = shared_from_this();
        auto place = key;
        behind->async_load(
            std::move(key),
            [self, keys = std::move(keys), place = std::move(place), attempt, reply = std::move(h)](
                result<stored_record> r
            ) mutable {
                if (!r || r->at == 0)
                    return std::move(reply)(std::move(r));
                const auto id = detail::key_id_of(r->value.document);
                if (!id || keys->find(*id) != nullptr)
                    return self->loaded(
                        std::move(keys), std::move(place), attempt, std::move(*r), std::move(reply)
                    );
                const auto seen = keys;
                self->with_newer_keys(
                    seen,
                    [self,
                     keys = std::move(keys),
                     place = std::move(place),
                     attempt,
                     r = std::move(*r),
                     reply = std::move(reply)](const result<ring>& newer) mutable {
                        if (newer)
                            keys = *newer;
                        self->loaded(
                            std::move(keys),
                            std::move(place),
                            attempt,
                            std::move(r),
                            std::move(reply)
                        );
                    }
                );
            }
        );
    }

    void loaded(ring keys, record_key place, int attempt, stored_record stored, load_handler h)
    {
        const auto id = std::string(detail::key_id_of(stored.value.document).value_or(""));
        auto r = opened(std::move(stored), place, keys);
        if (!r || id == keys->active().id() || attempt >= most_attempts)
            return std::move(h)(std::move(r));
        seal_anew(std::move(keys), std::move(place), attempt, std::move(*r), std::move(h));
    }

    // Under the record's lease: who holds it has read the record and is about to commit, and must
    // not lose that to a change which changes nothing.
    void seal_anew(ring keys, record_key place, int attempt, stored_record r, load_handler h)
    {
        const auto random = detail::random_octets(16);
        if (!random)
            return std::move(h)(std::move(r));
        const auto owner = "seal-" + detail::hex_of(random->reveal());
        auto self = shared_from_this();
        auto key = place;
        behind->async_lease(
            std::move(key),
            owner,
            time_to_seal_anew,
            [self,
             owner,
             keys = std::move(keys),
             place = std::move(place),
             attempt,
             r = std::move(r),
             reply = std::move(h)](const result<lease>& l) mutable {
                if (!l || !l->acquired)
                    return std::move(reply)(std::move(r));
                self->seal_anew_under(
                    l->fence,
                    owner,
                    std::move(keys),
                    std::move(place),
                    attempt,
                    std::move(r),
                    std::move(reply)
                );
            }
        );
    }

    void seal_anew_under(
        std::uint64_t fence,
        std::string owner,
        ring keys,
        record_key place,
        int attempt,
        stored_record r,
        load_handler h
    )
    {
        auto self = shared_from_this();
        const auto next = next_generation(r.at, std::chrono::system_clock::now());
        const auto& active = keys->active();
        auto key = place;
        auto value = r.value;
        const auto expected = r.at;
        commit_with(
            active,
            std::move(key),
            expected,
            next,
            std::move(value),
            [self,
             fence,
             owner = std::move(owner),
             keys,
             place = std::move(place),
             attempt,
             r = std::move(r),
             reply = std::move(h)](const result<generation>& done) mutable {
                // Waited for, so that who comes next does not find a lease that nobody needs.
                auto leased = place;
                const bool conflict = !done && done.error().code() == errc::store_conflict;
                if (done)
                    r.at = *done;
                self->behind->async_release_lease(
                    std::move(leased),
                    std::move(owner),
                    fence,
                    [self,
                     conflict,
                     keys = std::move(keys),
                     place = std::move(place),
                     attempt,
                     r = std::move(r),
                     reply = std::move(reply)](const result<void>& /*released*/) mutable {
                        if (conflict)
                            self->load_with(
                                std::move(keys), std::move(place), attempt + 1, std::move(reply)
                            );
                        else
                            std::move(reply)(std::move(r));
                    }
                );
            }
        );
    }

    void commit_with(
        const sealing_key& key,
        record_key place,
        generation expected,
        generation next,
        record value,
        commit_handler h
    )
    {
        // What a store keeps are whole milliseconds.
        if (value.expires_at)
            value.expires_at = std::chrono::floor<std::chrono::milliseconds>(*value.expires_at);
        auto sealed = detail::seal(value, place, next, key);
        if (!sealed)
        {
            // By way of the store behind, which knows where its handlers run and when they must not.
            behind->async_load(
                std::move(place),
                [h = std::move(h), e = sealed.error()](const result<stored_record>&) mutable {
                    std::move(h)(e);
                }
            );
            return;
        }
        value.document = std::move(*sealed);
        behind->async_commit(std::move(place), expected, next, std::move(value), std::move(h));
    }

    const std::shared_ptr<key_source> keys_;
    mutable std::mutex mutex_;
    ring ring_;
    std::optional<std::chrono::steady_clock::time_point> asked_again_;
    std::list<ring_handler> waiting_; // while a question is out
};

sealed_store::sealed_store(std::shared_ptr<store> behind, std::shared_ptr<key_source> keys)
    : impl_(std::make_shared<impl>(std::move(behind), std::move(keys)))
{}

sealed_store::~sealed_store() = default;

void sealed_store::async_load(record_key key, load_handler h)
{
    impl_->load(std::move(key), true, std::move(h));
}

void sealed_store::async_commit(
    record_key key,
    generation expected,
    generation next,
    std::optional<record> value,
    commit_handler h
)
{
    if (value)
        impl_->commit(std::move(key), expected, next, std::move(*value), std::move(h));
    else
        impl_->behind->async_commit(std::move(key), expected, next, std::nullopt, std::move(h));
}

void sealed_store::async_take(record_key key, take_guard guard, load_handler h)
{
    impl_->take(std::move(key), std::move(guard), std::move(h));
}

void sealed_store::async_lease(
    record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
)
{
    impl_->behind->async_lease(std::move(key), std::move(owner), ttl, std::move(h));
}

void sealed_store::async_renew_lease(
    record_key key,
    std::string owner,
    std::uint64_t fence,
    std::chrono::milliseconds ttl,
    lease_handler h
)
{
    impl_->behind->async_renew_lease(std::move(key), std::move(owner), fence, ttl, std::move(h));
}

void sealed_store::async_release_lease(
    record_key key, std::string owner, std::uint64_t fence, done_handler h
)
{
    impl_->behind->async_release_lease(std::move(key), std::move(owner), fence, std::move(h));
}

void sealed_store::async_list(record_filter filter, list_handler h)
{
    impl_->list(std::move(filter), std::move(h));
}

void sealed_store::async_erase(record_filter filter, count_handler h)
{
    impl_->behind->async_erase(std::move(filter), std::move(h));
}

} // namespace asioauth
