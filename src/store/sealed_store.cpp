// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/reply_to.hpp"
#include "store/seal.hpp"

#include <asioauth/sealed_store.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <new>
#include <type_traits>
#include <utility>

namespace asioauth {

namespace asio = boost::asio;

namespace {

using ring = std::shared_ptr<const key_ring>;
using ring_handler = asio::any_completion_handler<void(const result<ring>&)>;

constexpr std::chrono::seconds between_questions(10);
constexpr std::chrono::seconds time_to_seal_anew(10);
constexpr int most_attempts = 4;

using detail::reply_to;

// A record that is being sealed anew. It is answered whatever becomes of that.
class anew
{
public:
    explicit anew(const reply_to<stored_record>& to) : reply(to) {}

    void answer() { reply(std::move(opened)); }

    const reply_to<stored_record> reply;
    std::string owner;
    std::uint64_t fence = 0;
    ring keys;
    record_key place;
    int attempt = 0;
    stored_record opened;
};

using anew_ptr = std::shared_ptr<anew>;

} // namespace

class sealed_store::impl : public std::enable_shared_from_this<impl>
{
public:
    using load_reply = reply_to<stored_record>;
    using commit_reply = reply_to<generation>;
    using list_reply = reply_to<std::vector<listed_record>>;

    impl(std::shared_ptr<store> b, std::shared_ptr<key_source> k)
        : behind(std::move(b))
        , keys_(std::move(k))
    {}

    void load(record_key key, bool may_seal_anew, const load_reply& reply)
    {
        with_keys(
            reply,
            [self = shared_from_this(), key = std::move(key), may_seal_anew, reply](
                const result<ring>& r
            ) mutable {
                if (!r)
                    return reply(r.error());
                self->load_with(*r, key, may_seal_anew ? 1 : most_attempts, reply);
            }
        );
    }

    void commit(
        record_key key,
        generation expected,
        generation next,
        record value,
        const commit_reply& reply
    )
    {
        with_keys(
            reply,
            [self = shared_from_this(),
             key = std::move(key),
             expected,
             next,
             value = std::move(value),
             reply](const result<ring>& r) mutable {
                if (!r)
                    return reply(r.error());
                self->commit_with(
                    (*r)->active(), std::move(key), expected, next, std::move(value), reply
                );
            }
        );
    }

    void take(const record_key& key, take_guard guard, const load_reply& reply)
    {
        load(
            key,
            false,
            load_reply(reply.step([self = shared_from_this(),
                                   key = record_key(key),
                                   guard = std::move(guard),
                                   reply](result<stored_record> r) mutable {
                if (!r || r->at == 0)
                    return reply(std::move(r));
                auto asked = key;
                auto taken = [keys = self->known(), self, key = std::move(key), reply](
                                 result<stored_record> t
                             ) {
                    if (t && t->at != 0)
                        t = detail::opened_surely(std::move(*t), key, *keys, *self->known());
                    reply(std::move(t));
                };
                static_assert(std::is_nothrow_move_constructible_v<decltype(taken)>);
                self->behind->async_take(std::move(asked), std::move(guard), std::move(taken));
            }))
        );
    }

    void list(record_filter filter, const list_reply& reply)
    {
        with_keys(
            reply,
            [self = shared_from_this(), filter = std::move(filter), reply](const result<ring>& r
            ) mutable {
                if (!r)
                    return reply(r.error());
                self->behind->async_list(
                    std::move(filter),
                    reply.step([self, seen = *r, reply](result<std::vector<listed_record>> l) {
                        if (!l)
                            return reply(std::move(l));
                        self->listed(seen, std::move(*l), reply);
                    })
                );
            }
        );
    }

    const std::shared_ptr<store> behind;

private:
    ring known() const
    {
        const std::lock_guard lock(mutex_);
        return ring_;
    }

    // The keys as they are remembered, at once if there are any.
    template <class T, class Step>
    void with_keys(const reply_to<T>& reply, Step step)
    {
        {
            std::unique_lock lock(mutex_);
            if (!ring_)
                return ask(std::move(lock), reply.step(std::move(step)));
        }
        step(result<ring>(known()));
    }

    // What the source has by now, for who has met a key that is not in `seen`.
    template <class T, class Step>
    void with_newer_keys(const ring& seen, const reply_to<T>& reply, Step step)
    {
        {
            std::unique_lock lock(mutex_);
            if (!waiting_.empty())
                return ask(std::move(lock), reply.step(std::move(step)));
            const auto now = std::chrono::steady_clock::now();
            if (ring_ == seen && (!asked_again_ || now - *asked_again_ >= between_questions))
            {
                ring_handler h = reply.step(std::move(step));
                asked_again_ = now;
                return ask(std::move(lock), std::move(h));
            }
        }
        step(result<ring>(known()));
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
            auto where = std::make_shared<std::atomic<asking>>(asking::begins);
            keys_->async_keys(question(shared_from_this(), where));
            if (where->exchange(asking::has_begun) == asking::was_dropped)
                throw std::bad_alloc();
        }
        catch (...)
        {
            auto waiting = taken();
            {
                const std::lock_guard again(mutex_);
                asked_again_.reset(); // there was no answer
            }
            if (!waiting.empty())
                waiting.pop_front(); // whose call this is: it hears of it by the exception
            try
            {
                tell(waiting, failure(errc::internal_error));
            }
            catch (...)
            {
                throw std::bad_alloc(); // what others throw is not for this one
            }
            throw;
        }
    }

    std::list<ring_handler> taken() noexcept
    {
        const std::lock_guard lock(mutex_);
        return std::exchange(waiting_, {});
    }

    // Everybody, though one may throw.
    static void tell(std::list<ring_handler>& waiting, const result<ring>& answer)
    {
        std::exception_ptr thrown;
        for (auto& h : waiting)
        {
            try
            {
                std::move(h)(answer);
            }
            catch (...)
            {
                thrown = std::current_exception();
            }
        }
        if (thrown)
            std::rethrow_exception(thrown);
    }

    // Of a question: whether who asks is still inside the function.
    enum class asking
    {
        begins,
        has_begun,
        was_dropped,
    };

    // A source may drop a question when its context goes. Who waits holds this object, which holds
    // who waits: they go as well. While the function is being called they are for who calls it.
    class question
    {
    public:
        question(std::shared_ptr<impl> of, std::shared_ptr<std::atomic<asking>> where) noexcept
            : of_(std::move(of))
            , where_(std::move(where))
        {}
        question(question&&) noexcept = default;
        question& operator=(question&&) = delete;
        ~question()
        {
            if (of_ && where_->exchange(asking::was_dropped) == asking::has_begun)
                of_->taken();
        }

        void operator()(result<key_ring> r)
        {
            const auto of = std::move(of_);
            of->answered(std::move(r));
        }

    private:
        std::shared_ptr<impl> of_;
        std::shared_ptr<std::atomic<asking>> where_;
    };

    void answered(result<key_ring> r)
    {
        result<ring> answer = failure(errc::out_of_memory);
        try
        {
            if (r)
                answer = std::make_shared<const key_ring>(std::move(*r));
            else
                answer = failure(r.error()).where(stage::store);
        }
        catch (const std::bad_alloc&)
        {
            answer = failure(errc::out_of_memory);
        }
        std::list<ring_handler> waiting;
        {
            const std::lock_guard lock(mutex_);
            if (answer)
                ring_ = *answer;
            waiting.swap(waiting_);
        }
        tell(waiting, answer);
    }

    void listed(const ring& seen, std::vector<listed_record> all, const list_reply& reply)
    {
        const bool all_known = std::all_of(all.begin(), all.end(), [&](const auto& i) {
            const auto id = detail::key_id_of(i.stored.value.document);
            return !id || seen->find(*id) != nullptr;
        });
        auto finish = [self = shared_from_this(), all = std::move(all), reply](const result<ring>& r
                      ) mutable {
            const ring keys = r ? *r : self->known();
            for (auto& i : all)
            {
                auto document = detail::unseal(i.stored, i.key, *keys);
                if (!document && document.error().code() == errc::out_of_memory)
                    return reply(document.error());
                i.stored.value.document = document ? std::move(*document) : secret();
            }
            reply(std::move(all));
        };
        if (all_known)
            finish(seen);
        else
            with_newer_keys(seen, reply, std::move(finish));
    }

    void load_with(ring keys, const record_key& key, int attempt, const load_reply& reply)
    {
        behind->async_load(
            key,
            reply.step([self = shared_from_this(),
                        keys = std::move(keys),
                        key = record_key(key),
                        attempt,
                        reply](result<stored_record> r) mutable {
                if (!r || r->at == 0)
                    return reply(std::move(r));
                const auto id = detail::key_id_of(r->value.document);
                if (!id || keys->find(*id) != nullptr)
                    return self->loaded(std::move(keys), key, attempt, std::move(*r), reply);
                const auto seen = keys;
                self->with_newer_keys(
                    seen,
                    reply,
                    [self,
                     keys = std::move(keys),
                     key = std::move(key),
                     attempt,
                     r = std::move(*r),
                     reply](const result<ring>& newer) mutable {
                        if (newer)
                            keys = *newer;
                        self->loaded(std::move(keys), key, attempt, std::move(r), reply);
                    }
                );
            })
        );
    }

    void loaded(
        ring keys,
        const record_key& place,
        int attempt,
        stored_record stored,
        const load_reply& reply
    )
    {
        const auto id = std::string(detail::key_id_of(stored.value.document).value_or(""));
        auto r = detail::opened(std::move(stored), place, *keys);
        if (!r || id == keys->active().id() || attempt >= most_attempts)
            return reply(std::move(r));
        anew_ptr a;
        try
        {
            a = std::make_shared<anew>(reply);
            a->place = place;
        }
        catch (const std::bad_alloc&)
        {
            return reply(std::move(r));
        }
        a->keys = std::move(keys);
        a->attempt = attempt;
        a->opened = std::move(*r);
        try
        {
            seal_anew(a);
        }
        catch (const std::bad_alloc&)
        {
            if (!reply.is_pending())
                throw;
            a->answer();
        }
    }

    // Under the record's lease: who holds it has read the record and is about to commit, and must
    // not lose that to a change which changes nothing.
    void seal_anew(const anew_ptr& a)
    {
        const auto random = detail::random_octets(16);
        if (!random)
            return a->answer();
        a->owner = "seal-" + detail::hex_of(random->reveal());
        behind->async_lease(
            a->place,
            a->owner,
            time_to_seal_anew,
            a->reply.step_or(
                [self = shared_from_this(), a](const result<lease>& l) {
                    if (!l || !l->acquired)
                        return a->answer();
                    a->fence = l->fence;
                    self->seal_anew_under_lease(a);
                },
                [self = shared_from_this(), a] { self->let_go(a, false); }
            )
        );
    }

    void seal_anew_under_lease(const anew_ptr& a)
    {
        auto value = a->opened.value;
        commit_with(
            a->keys->active(),
            a->place,
            a->opened.at,
            next_generation(a->opened.at, std::chrono::system_clock::now()),
            std::move(value),
            commit_reply([self = shared_from_this(), a](const result<generation>& done) {
                if (done)
                    a->opened.at = *done;
                self->let_go(a, !done && done.error().code() == errc::store_conflict);
            })
        );
    }

    // Waited for, so that who comes next does not find a lease that nobody needs.
    void let_go(const anew_ptr& a, bool conflict)
    {
        try
        {
            behind->async_release_lease(
                a->place,
                a->owner,
                a->fence,
                a->reply.step_or(
                    [self = shared_from_this(), a, conflict](const result<void>& /*released*/) {
                        if (conflict)
                            self->load_with(a->keys, a->place, a->attempt + 1, a->reply);
                        else
                            a->answer();
                    },
                    [a] { a->answer(); }
                )
            );
        }
        catch (const std::bad_alloc&)
        {
            a->answer(); // the lease runs out
        }
    }

    void commit_with(
        const sealing_key& key,
        record_key place,
        generation expected,
        generation next,
        record value,
        const commit_reply& reply
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
                [reply, e = sealed.error()](const result<stored_record>&) { reply(e); }
            );
            return;
        }
        value.document = std::move(*sealed);
        behind->async_commit(std::move(place), expected, next, std::move(value), reply);
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
    impl_->load(std::move(key), true, impl::load_reply(std::move(h)));
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
        impl_->commit(
            std::move(key), expected, next, std::move(*value), impl::commit_reply(std::move(h))
        );
    else
        impl_->behind->async_commit(std::move(key), expected, next, std::nullopt, std::move(h));
}

void sealed_store::async_take(record_key key, take_guard guard, load_handler h)
{
    impl_->take(key, std::move(guard), impl::load_reply(std::move(h)));
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
    impl_->list(std::move(filter), impl::list_reply(std::move(h)));
}

void sealed_store::async_erase(record_filter filter, count_handler h)
{
    impl_->behind->async_erase(std::move(filter), std::move(h));
}

} // namespace asioauth
