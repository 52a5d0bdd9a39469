// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/store.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <exception>
#include <functional>
#include <future>
#include <latch>
#include <list>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>

namespace asioauth::testing::detail {

using store_maker = std::function<std::shared_ptr<store>(boost::asio::any_io_executor)>;

// --- What was expected, and what came ---------------------------------------------------------

class check_failed : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

[[noreturn]] inline void fail(std::string_view what)
{
    throw check_failed(std::string(what));
}

inline void expect(bool holds, std::string_view what)
{
    if (!holds)
        fail(what);
}

inline std::string text_of(bool b)
{
    return b ? "yes" : "no";
}

inline std::string text_of(std::uint64_t n)
{
    return std::to_string(n);
}

inline std::string text_of(std::chrono::milliseconds n)
{
    return std::to_string(n.count()) + " ms";
}

// A document may be long, and may be a secret of whoever tests their store with real data.
inline std::string text_of(const std::string& s)
{
    return s.size() <= 80 ? "'" + s + "'" : std::to_string(s.size()) + " octets";
}

template <class T>
void expect_equal(const T& came, const T& expected, std::string_view what)
{
    if (!(came == expected))
        fail(std::string(what) + ": expected " + text_of(expected) + ", came " + text_of(came));
}

template <class T>
T value_of(result<T> r, std::string_view what)
{
    if (r.has_error())
        fail(
            std::string(what) + ": expected a success, came "
            + describe(r.error().code(), r.error().info())
        );
    if constexpr (!std::is_void_v<T>)
        return std::move(*r);
}

template <class T>
void expect_error(const result<T>& r, errc expected, std::string_view what)
{
    const std::string wanted = std::string(what) + ": expected " + std::string(name_of(expected));
    if (!r.has_error())
        fail(wanted + ", came a success");
    if (r.error().code() != expected)
        fail(wanted + ", came " + describe(r.error().code(), r.error().info()));
}

inline void
expect_stored(const stored_record& came, generation at, const record& value, std::string_view what)
{
    const std::string of(what);
    expect_equal(came.at, at, of + ", the generation");
    expect_equal(came.value.user, value.user, of + ", the user");
    expect_equal(came.value.issuer, value.issuer, of + ", the issuer");
    expect_equal(came.value.binding, value.binding, of + ", the binding");
    expect_equal<std::uint64_t>(
        came.value.document.size(), value.document.size(), of + ", the document's octets"
    );
    expect(came.value.document == value.document, of + ", the document: expected what was stored");
    expect_equal(
        came.value.expires_at.has_value(), value.expires_at.has_value(), of + ", whether it expires"
    );
    if (value.expires_at)
    {
        const auto milliseconds = [](const auto& t) {
            return std::chrono::floor<std::chrono::milliseconds>(t->time_since_epoch());
        };
        expect_equal(
            milliseconds(came.value.expires_at), milliseconds(value.expires_at), of + ", expires_at"
        );
    }
}

inline void expect_absent(const stored_record& came, std::string_view what)
{
    expect_equal<generation>(came.at, 0, std::string(what) + ", the generation");
}

// --- A handle on the storage ------------------------------------------------------------------

/// One store with an io_context and a thread of its own, as one process would have; each function
/// waits for the answer.
class store_handle
{
public:
    explicit store_handle(const store_maker& make)
        : work_(context_.get_executor())
        , store_(make(context_.get_executor()))
        , thread_([this] { context_.run(); })
    {}

    store_handle(const store_handle&) = delete;
    store_handle& operator=(const store_handle&) = delete;

    ~store_handle()
    {
        store_.reset();
        work_.reset();
        context_.stop();
        thread_.join();
    }

    result<stored_record> load(const record_key& key)
    {
        return wait<result<stored_record>>("async_load", [&](store& s, auto h) {
            s.async_load(key, std::move(h));
        });
    }

    result<generation> commit(
        const record_key& key,
        generation expected,
        generation next,
        const std::optional<record>& value
    )
    {
        return wait<result<generation>>("async_commit", [&](store& s, auto h) {
            s.async_commit(key, expected, next, value, std::move(h));
        });
    }

    result<stored_record> take(const record_key& key, const take_guard& guard)
    {
        return wait<result<stored_record>>("async_take", [&](store& s, auto h) {
            s.async_take(key, guard, std::move(h));
        });
    }

    result<lease>
    acquire(const record_key& key, const std::string& owner, std::chrono::milliseconds ttl)
    {
        return wait<result<lease>>("async_lease", [&](store& s, auto h) {
            s.async_lease(key, owner, ttl, std::move(h));
        });
    }

    result<lease> renew(
        const record_key& key,
        const std::string& owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl
    )
    {
        return wait<result<lease>>("async_renew_lease", [&](store& s, auto h) {
            s.async_renew_lease(key, owner, fence, ttl, std::move(h));
        });
    }

    result<void> release(const record_key& key, const std::string& owner, std::uint64_t fence)
    {
        return wait<result<void>>("async_release_lease", [&](store& s, auto h) {
            s.async_release_lease(key, owner, fence, std::move(h));
        });
    }

    result<std::vector<listed_record>> list(const record_filter& filter)
    {
        return wait<result<std::vector<listed_record>>>("async_list", [&](store& s, auto h) {
            s.async_list(filter, std::move(h));
        });
    }

    result<std::uint64_t> erase(const record_filter& filter)
    {
        return wait<result<std::uint64_t>>("async_erase", [&](store& s, auto h) {
            s.async_erase(filter, std::move(h));
        });
    }

private:
    class answer_state
    {
    public:
        std::thread::id initiator;
        bool initiating = false; // of use on the initiator's thread only
    };

    // The operation is started on the handle's own thread, as a program would do it: a handler
    // that comes at once is seen even if the store means to hand it over to that thread.
    template <class Answer, class Start>
    Answer wait(std::string_view name, Start start)
    {
        std::promise<Answer> promise;
        auto answer = promise.get_future();
        std::promise<void> started;
        auto has_started = started.get_future();
        const auto state = std::make_shared<answer_state>();
        boost::asio::post(
            context_,
            [this, name, &start, state, promise = std::move(promise), started = std::move(started)](
            ) mutable {
                state->initiator = std::this_thread::get_id();
                state->initiating = true;
                try
                {
                    start(*store_, [name, state, promise = std::move(promise)](Answer a) mutable {
                        if (std::this_thread::get_id() == state->initiator && state->initiating)
                            promise.set_exception(std::make_exception_ptr(check_failed(
                                std::string(name)
                                + ": expected that the handler is invoked later, came"
                                  " an invocation inside the function"
                            )));
                        else
                            promise.set_value(std::move(a));
                    });
                    state->initiating = false;
                    started.set_value();
                }
                catch (...)
                {
                    started.set_exception(std::current_exception());
                }
            }
        );
        try
        {
            has_started.get();
            if (answer.wait_for(std::chrono::seconds(30)) != std::future_status::ready)
                fail(std::string(name) + ": expected an answer within 30 s, came none");
            return answer.get();
        }
        catch (const check_failed&)
        {
            throw;
        }
        catch (const std::future_error&)
        {
            fail(std::string(name) + ": expected an answer, came none: the handler was dropped");
        }
        catch (const std::exception& e)
        {
            fail(std::string(name) + ": expected no exception, came " + e.what());
        }
    }

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::shared_ptr<store> store_;
    std::thread thread_;
};

// --- The bench of one check -------------------------------------------------------------------

/// Gives out handles and names that nobody else uses, and removes what was stored under them.
class store_bench
{
public:
    explicit store_bench(store_maker make) : make_(std::move(make))
    {
        std::random_device random;
        std::array<char, 9> piece{};
        for (int i = 0; i != 4; ++i)
        {
            constexpr std::string_view digits = "0123456789abcdef";
            auto bits = static_cast<std::uint32_t>(random());
            for (int j = 0; j != 8; ++j, bits >>= 4U)
                piece.at(static_cast<std::size_t>(j)) = digits[bits & 15U];
            prefix_ += piece.data();
        }
    }

    store_bench(const store_bench&) = delete;
    store_bench& operator=(const store_bench&) = delete;

    store_handle& handle(std::size_t which = 0)
    {
        while (handles_.size() <= which)
            handles_.push_back(std::make_unique<store_handle>(make_));
        return *handles_[which];
    }

    /// A text that is unique in the world and ends like this.
    std::string name(std::string_view end) const { return prefix_ + "-" + std::string(end); }

    record_key key(std::string_view end = "key", record_kind kind = record_kind::grant)
    {
        return keys_.emplace_back(kind, name(end));
    }

    record value(std::string_view document = "a document") const
    {
        record r;
        r.document = secret(document);
        r.user = name("user");
        r.issuer = "https://" + name("issuer") + ".example";
        r.binding = name("binding");
        return r;
    }

    static take_guard guard_of(const record& r) { return {r.issuer, r.binding}; }

    /// Store a new record.
    void put(const record_key& key, const record& value, generation at = 1)
    {
        expect_equal(
            value_of(handle().commit(key, 0, at, value), "storing a new record"),
            at,
            "the answer to storing a new record"
        );
    }

    stored_record get(const record_key& key)
    {
        return value_of(handle().load(key), "loading a record");
    }

    /// Do this at once on so many threads, each with a handle of its own.
    void in_parallel(std::size_t threads, const std::function<void(store_handle&, std::size_t)>& f)
    {
        handle(threads - 1);
        std::latch start(static_cast<std::ptrdiff_t>(threads));
        std::vector<std::exception_ptr> failures(threads);
        std::list<std::thread> running;
        for (std::size_t i = 0; i != threads; ++i)
            running.emplace_back([&, i] {
                start.arrive_and_wait();
                try
                {
                    f(*handles_[i], i);
                }
                catch (...)
                {
                    failures[i] = std::current_exception();
                }
            });
        for (auto& t : running)
            t.join();
        for (const auto& e : failures)
            if (e)
                std::rethrow_exception(e);
    }

    /// Ask again and again until it holds; a store's clock is waited for in no other way.
    static void poll(std::string_view what, const std::function<bool()>& holds)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!holds())
        {
            if (std::chrono::steady_clock::now() > end)
                fail(std::string(what) + ": expected within 10 s, came nothing");
            pause(std::chrono::milliseconds(5));
        }
    }

    static void pause(std::chrono::milliseconds time)
    {
        boost::asio::io_context context;
        boost::asio::steady_timer(context, time).wait();
    }

    /// Remove everything. Failures do not matter any more.
    void clean_up() noexcept
    {
        try
        {
            for (const auto& key : keys_)
                if (const auto r = handle().load(key); r.has_value() && r->at != 0)
                    static_cast<void>(handle().commit(key, r->at, 0, std::nullopt));
        }
        catch (...)
        {
            return;
        }
    }

private:
    store_maker make_;
    std::string prefix_;
    std::vector<std::unique_ptr<store_handle>> handles_;
    std::list<record_key> keys_;
};

} // namespace asioauth::testing::detail
