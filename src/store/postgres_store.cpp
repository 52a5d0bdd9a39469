// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/postgres_pool.hpp"
#include "transport/sure_answer.hpp"

#include <asioauth/postgres_store.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <limits>
#include <new>
#include <utility>

namespace asioauth {

namespace asio = boost::asio;
using detail::postgres_answer;
using detail::postgres_operation;
using detail::postgres_pool;
using detail::postgres_statement;
using effect = detail::postgres_operation::effect;

namespace {

constexpr generation largest_generation = std::numeric_limits<std::int64_t>::max();

template <class T>
class operation final : public postgres_operation
{
public:
    using handler = asio::any_completion_handler<void(result<T>)>;
    /// Whether it is a repetition makes a difference to some statements and answers.
    using make = std::function<postgres_statement(bool is_repeated)>;
    /// Nothing if the statement has to be sent once more.
    using read = std::function<std::optional<result<T>>(const postgres_answer&, bool is_repeated)>;

    operation(effect e, const asio::any_io_executor& ex, handler h, make m, read r)
        : postgres_operation(e)
        , answer_(std::make_shared<answer>(ex, std::move(h)))
        , make_(std::move(m))
        , read_(std::move(r))
    {}

    auto cancellation_slot() const
    {
        return asio::get_associated_cancellation_slot(answer_->handler());
    }

private:
    using answer = detail::sure_answer<result<T>, handler>;

    postgres_statement statement() const override { return make_(is_repeated()); }

    bool answered(const postgres_answer& a) override
    {
        auto r = read_(a, is_repeated());
        if (!r)
            return false;
        complete(std::move(*r));
        return true;
    }

    void fail(failure f) noexcept override { complete(std::move(f)); }

    void drop() noexcept override { const auto dropped = std::move(answer_); }

    // What is in the cancellation slot stays there: it does nothing any more, and clearing it could
    // meet a cancellation on another thread.
    void complete(result<T> r) noexcept
    {
        if (const auto to = std::move(answer_))
            to->give(std::move(r));
    }

    std::shared_ptr<answer> answer_; // until it is over
    make make_;
    read read_;
};

bool is_text(std::string_view v)
{
    return v.find('\0') == std::string_view::npos;
}

bool are_text(std::initializer_list<std::string_view> list)
{
    return std::all_of(list.begin(), list.end(), is_text);
}

failure bad_argument(std::string_view message)
{
    return failure(errc::invalid_argument).where(stage::store).message(message);
}

failure bad_text()
{
    return bad_argument("A text has a NUL octet in it, which the database cannot keep.");
}

std::string digest_of(std::string_view id)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(id.data(), id.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
    return {digest.begin(), digest.begin() + size};
}

/// A statement about one record or lease.
postgres_statement about(const record_key& key, const std::string& sql)
{
    postgres_statement out(sql);
    out.number(static_cast<int>(key.kind)).octets(digest_of(key.id));
    return out;
}

constexpr std::chrono::milliseconds longest_lease = std::chrono::hours(24 * 3650);

void add_expiry(postgres_statement& s, const record& r)
{
    if (!r.expires_at)
    {
        s.null();
        return;
    }
    const auto since = r.expires_at->time_since_epoch();
    s.number(std::chrono::floor<std::chrono::milliseconds>(since).count());
}

// The columns of a record begin with its generation.
stored_record read_record(const postgres_answer& a, int row, int column)
{
    using time = std::chrono::system_clock::time_point;
    stored_record out;
    out.at = static_cast<generation>(a.number(row, column));
    out.value.document = secret(a.text(row, column + 1));
    out.value.user = a.text(row, column + 2);
    out.value.issuer = a.text(row, column + 3);
    out.value.binding = a.text(row, column + 4);
    if (!a.is_null(row, column + 5))
    {
        // The clock ends where the database's number does not.
        constexpr auto last = std::chrono::floor<std::chrono::milliseconds>(time::duration::max());
        const std::chrono::milliseconds since(
            std::clamp(a.number(row, column + 5), -last.count(), last.count())
        );
        out.value.expires_at = time(since);
    }
    return out;
}

std::optional<result<lease>> read_lease(const postgres_answer& a)
{
    lease out;
    if (a.rows() == 0)
        return out;
    out.acquired = a.number(0, 0) == 1;
    out.fence = static_cast<std::uint64_t>(a.number(0, 1));
    out.remaining = std::chrono::milliseconds(a.number(0, 2));
    return out;
}

failure unknown()
{
    return failure(errc::store_outcome_unknown)
        .where(stage::store)
        .message("The record was changed by others since.");
}

// What a repetition that finds neither its own work nor the state it expects has to say. Once more,
// first: an earlier copy that has just ended may not have been visible yet.
class second_look
{
public:
    std::optional<result<generation>> operator()()
    {
        if (!std::exchange(taken_, true))
            return std::nullopt;
        return unknown();
    }

private:
    bool taken_ = false;
};

bool is_usable(const record_filter& f)
{
    return are_text(
        {f.user().value_or(""), f.issuer().value_or(""), f.after() ? f.after()->id : std::string()}
    );
}

void add_filter(postgres_statement& s, const record_filter& f)
{
    if (f.kind())
        s.number(static_cast<int>(*f.kind()));
    else
        s.null();
    s.text_or_null(f.user()).text_or_null(f.issuer());
}

} // namespace

class postgres_store::impl
{
public:
    impl(asio::any_io_executor ex, const postgres_settings& settings)
        : pool(postgres_pool::make(std::move(ex), settings))
    {}

    template <class T>
    void
    run(effect e,
        typename operation<T>::handler h,
        typename operation<T>::make m,
        typename operation<T>::read r) const
    {
        const auto op = std::make_shared<operation<T>>(
            e, pool->executor(), std::move(h), std::move(m), std::move(r)
        );
        if (auto slot = op->cancellation_slot(); slot.is_connected())
        {
            // It may outlive the execution context, so that nothing of the context's may be in it.
            slot.assign([weak_pool = std::weak_ptr(pool),
                         weak = std::weak_ptr<postgres_operation>(op)](asio::cancellation_type) {
                const auto p = weak_pool.lock();
                const auto o = weak.lock();
                if (p && o)
                    p->cancel(o);
            });
        }
        pool->start(op);
    }

    template <class Handler>
    void refuse(Handler h, failure f) const
    {
        asio::post(pool->executor(), [h = std::move(h), f = std::move(f)]() mutable {
            std::move(h)(std::move(f));
        });
    }

    const detail::postgres_sql& sql() const noexcept { return pool->sql(); }

    void write(record_key key, generation expected, generation next, record value, commit_handler h)
        const;
    void remove(record_key key, generation expected, commit_handler h) const;

    const std::shared_ptr<postgres_pool> pool;
};

postgres_store::postgres_store(asio::any_io_executor ex, postgres_settings settings)
    : impl_(std::make_shared<impl>(std::move(ex), settings))
{}

postgres_store::~postgres_store()
{
    impl_->pool->close();
}

void postgres_store::async_load(record_key key, load_handler h)
{
    if (!is_text(key.id))
    {
        impl_->refuse(std::move(h), bad_text());
        return;
    }
    impl_->run<stored_record>(
        effect::none,
        std::move(h),
        [key, &sql = impl_->sql()](bool) { return about(key, sql.load); },
        [](const postgres_answer& a, bool) -> std::optional<result<stored_record>> {
            return a.rows() == 0 ? stored_record() : read_record(a, 0, 0);
        }
    );
}

void postgres_store::async_commit(
    record_key key,
    generation expected,
    generation next,
    std::optional<record> value,
    commit_handler h
)
{
    if (!is_text(key.id) || (value && !are_text({value->user, value->issuer, value->binding})))
    {
        impl_->refuse(std::move(h), bad_text());
        return;
    }
    if (expected > largest_generation || (value && (next <= expected || next > largest_generation)))
    {
        impl_->refuse(std::move(h), bad_argument("A generation is out of range."));
        return;
    }
    if (value)
        impl_->write(std::move(key), expected, next, std::move(*value), std::move(h));
    else
        impl_->remove(std::move(key), expected, std::move(h));
}

void postgres_store::impl::write(
    record_key key, generation expected, generation next, record value, commit_handler h
) const
{
    auto make = [key = std::move(key), expected, next, value = std::move(value), &sql = sql()](
                    bool is_repeated
                ) {
        const auto& text = expected == 0 ? (is_repeated ? sql.insert_again : sql.insert)
                                         : (is_repeated ? sql.update_again : sql.update);
        auto s = about(key, text);
        s.number(static_cast<std::int64_t>(next)).octets(value.document.reveal());
        s.text(value.user).text(value.issuer).text(value.binding);
        add_expiry(s, value);
        if (expected == 0)
            s.text(key.id);
        else
            s.number(static_cast<std::int64_t>(expected));
        return s;
    };
    auto read = [next, look = second_look()](
                    const postgres_answer& a, bool is_repeated
                ) mutable -> std::optional<result<generation>> {
        if (a.rows() != 0)
            return next;
        if (is_repeated)
            return look();
        return failure(errc::store_conflict).where(stage::store);
    };
    run<generation>(effect::repeatable, std::move(h), std::move(make), std::move(read));
}

void postgres_store::impl::remove(record_key key, generation expected, commit_handler h) const
{
    if (expected == 0)
    {
        run<generation>(
            effect::none,
            std::move(h),
            [key, &sql = sql()](bool) { return about(key, sql.absent); },
            [](const postgres_answer& a, bool) -> std::optional<result<generation>> {
                if (a.rows() != 0)
                    return generation(0);
                return failure(errc::store_conflict).where(stage::store);
            }
        );
        return;
    }
    const auto token = detail::random_token();
    if (token.empty())
    {
        refuse(std::move(h), failure(errc::entropy_unavailable).where(stage::store));
        return;
    }
    auto make = [key, expected, token, &sql = sql()](bool) {
        auto s = about(key, sql.remove);
        s.text(token).number(static_cast<std::int64_t>(expected));
        return s;
    };
    auto read = [look = second_look()](
                    const postgres_answer& a, bool is_repeated
                ) mutable -> std::optional<result<generation>> {
        if (a.rows() != 0)
            return generation(0);
        if (is_repeated)
            return look();
        return failure(errc::store_conflict).where(stage::store);
    };
    run<generation>(effect::repeatable, std::move(h), std::move(make), std::move(read));
}

void postgres_store::async_take(record_key key, take_guard guard, load_handler h)
{
    if (!are_text({key.id, guard.issuer, guard.binding}))
    {
        impl_->refuse(std::move(h), bad_text());
        return;
    }
    const auto token = detail::random_token();
    if (token.empty())
    {
        impl_->refuse(std::move(h), failure(errc::entropy_unavailable).where(stage::store));
        return;
    }
    auto make = [key, guard, token, &sql = impl_->sql()](bool) {
        auto s = about(key, sql.take);
        s.text(token).text(guard.issuer).text(guard.binding);
        return s;
    };
    auto read = [](const postgres_answer& a, bool) -> std::optional<result<stored_record>> {
        if (a.rows() == 0)
            return stored_record();
        switch (a.number(0, 0))
        {
        case 0: return read_record(a, 0, 1);
        case 1: return failure(errc::store_guard_refused).where(stage::store);
        case 2: return std::nullopt;
        default: return unknown();
        }
    };
    impl_->run<stored_record>(effect::repeatable, std::move(h), std::move(make), std::move(read));
}

void postgres_store::async_lease(
    record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
)
{
    if (!are_text({key.id, owner}))
    {
        impl_->refuse(std::move(h), bad_text());
        return;
    }
    if (ttl <= ttl.zero())
    {
        impl_->refuse(std::move(h), bad_argument("A lease has to last for some time."));
        return;
    }
    auto make = [key, owner, ttl, &sql = impl_->sql()](bool) {
        auto s = about(key, sql.lease);
        s.text(owner).number(std::min(ttl, longest_lease).count());
        return s;
    };
    // Without a row, or with one that has run out, somebody came in between.
    auto read = [](const postgres_answer& a, bool) -> std::optional<result<lease>> {
        if (a.rows() == 0 || a.number(0, 2) <= 0)
            return std::nullopt;
        return read_lease(a);
    };
    impl_->run<lease>(effect::repeatable, std::move(h), std::move(make), std::move(read));
}

void postgres_store::async_renew_lease(
    record_key key,
    std::string owner,
    std::uint64_t fence,
    std::chrono::milliseconds ttl,
    lease_handler h
)
{
    if (!are_text({key.id, owner}))
    {
        impl_->refuse(std::move(h), bad_text());
        return;
    }
    if (ttl <= ttl.zero() || fence > largest_generation)
    {
        impl_->refuse(std::move(h), bad_argument("A lease has to last for some time."));
        return;
    }
    auto make = [key, owner, fence, ttl, &sql = impl_->sql()](bool) {
        auto s = about(key, sql.renew);
        s.text(owner).number(std::min(ttl, longest_lease).count());
        s.number(static_cast<std::int64_t>(fence));
        return s;
    };
    impl_->run<lease>(
        effect::repeatable,
        std::move(h),
        std::move(make),
        [](const postgres_answer& a, bool) { return read_lease(a); }
    );
}

void postgres_store::async_release_lease(
    record_key key, std::string owner, std::uint64_t fence, done_handler h
)
{
    if (!are_text({key.id, owner}))
    {
        impl_->refuse(std::move(h), bad_text());
        return;
    }
    auto make = [key, owner, fence, &sql = impl_->sql()](bool) {
        auto s = about(key, sql.release);
        s.text(owner).number(static_cast<std::int64_t>(std::min(fence, largest_generation)));
        return s;
    };
    impl_->run<void>(
        effect::repeatable,
        std::move(h),
        std::move(make),
        [](const postgres_answer&, bool) -> std::optional<result<void>> { return result<void>(); }
    );
}

void postgres_store::async_list(record_filter filter, list_handler h)
{
    if (!is_usable(filter))
    {
        impl_->refuse(std::move(h), bad_text());
        return;
    }
    using records = std::vector<listed_record>;
    auto make = [filter, &sql = impl_->sql()](bool) {
        postgres_statement s(sql.list);
        add_filter(s, filter);
        if (filter.after())
            s.number(static_cast<int>(filter.after()->kind)).text(filter.after()->id);
        else
            s.null().null();
        s.number(static_cast<std::int64_t>(filter.limit()));
        return s;
    };
    auto read = [](const postgres_answer& a, bool) -> std::optional<result<records>> {
        records out;
        for (int row = 0; row < a.rows(); ++row)
        {
            const auto kind = static_cast<record_kind>(a.number(row, 0));
            out.emplace_back(record_key(kind, std::string(a.text(row, 1))), read_record(a, row, 2));
        }
        return out;
    };
    impl_->run<records>(effect::none, std::move(h), std::move(make), std::move(read));
}

void postgres_store::async_erase(record_filter filter, count_handler h)
{
    if (!is_usable(filter))
    {
        impl_->refuse(std::move(h), bad_text());
        return;
    }
    auto make = [filter, &sql = impl_->sql()](bool) {
        postgres_statement s(sql.erase);
        add_filter(s, filter);
        return s;
    };
    // The number would be wrong after a repetition.
    impl_->run<std::uint64_t>(
        effect::unrepeatable,
        std::move(h),
        std::move(make),
        [](const postgres_answer& a, bool) -> std::optional<result<std::uint64_t>> {
            return static_cast<std::uint64_t>(a.number(0, 0));
        }
    );
}

} // namespace asioauth
