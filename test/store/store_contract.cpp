// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/stores.hpp"
#include "support/store_in_front.hpp"

#include <asioauth/memory_store.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

namespace {

namespace asio = boost::asio;
namespace test = asioauth::test;

using namespace asioauth;
using testing::store_checks;
using testing::store_maker;

std::shared_ptr<store> memory(const asio::any_io_executor& ex)
{
    return std::make_shared<memory_store>(ex);
}

const test::store_registration memory_registered("memory_store", [] {
    return test::one_object(memory);
});

// --- Stores that break one promise each -------------------------------------------------------

// A commit that does not look at the generation.
class careless_commit final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override
    {
        auto again = key;
        behind->async_load(
            again,
            [this,
             key = std::move(key),
             expected,
             next,
             value = std::move(value),
             h = std::move(h)](result<stored_record> r) mutable {
                const auto now = r.has_value() ? r->at : expected;
                behind->async_commit(
                    std::move(key), now, std::max(next, now + 1), std::move(value), std::move(h)
                );
            }
        );
    }
};

// A take that gives a record away and keeps it.
class keeping_take final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_take(record_key key, take_guard guard, load_handler h) override
    {
        behind->async_load(
            std::move(key),
            [guard = std::move(guard), h = std::move(h)](result<stored_record> r) mutable {
                const auto& v = r.value().value;
                if (r->at != 0 && (v.issuer != guard.issuer || v.binding != guard.binding))
                    std::move(h)(failure(errc::store_guard_refused));
                else
                    std::move(h)(std::move(r));
            }
        );
    }
};

// A take that looks first and deletes afterwards: right for one caller, wrong for two. Before it
// deletes it waits for others to look, so that it is caught however threads are scheduled.
class slow_take final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_take(record_key key, take_guard guard, load_handler h) override
    {
        auto again = key;
        if (guard.issuer != "forged" && guard.binding != "forged")
        {
            const std::lock_guard lock(mutex_);
            ++looks_[key.id];
            looked_.notify_all();
        }
        behind->async_load(
            std::move(again),
            [this, key = std::move(key), guard = std::move(guard), h = std::move(h)](
                result<stored_record> r
            ) mutable {
                const auto& v = r.value().value;
                if (r->at == 0)
                    return std::move(h)(stored_record());
                if (v.issuer != guard.issuer || v.binding != guard.binding)
                    return std::move(h)(failure(errc::store_guard_refused));
                {
                    std::unique_lock lock(mutex_);
                    looked_.wait_for(lock, std::chrono::milliseconds(100), [&] {
                        return looks_[key.id] > 1;
                    });
                }
                behind->async_commit(
                    std::move(key),
                    r->at,
                    0,
                    std::nullopt,
                    [r = std::move(r), h = std::move(h)](const result<generation>&) mutable {
                        std::move(h)(std::move(r));
                    }
                );
            }
        );
    }

private:
    std::mutex mutex_;
    std::condition_variable looked_;
    std::map<std::string, int> looks_;
};

// Guards that are looked at by half, or not at all.
class half_guard : public test::store_in_front
{
public:
    half_guard(std::shared_ptr<store> s, bool issuer, bool binding)
        : store_in_front(std::move(s))
        , issuer_(issuer)
        , binding_(binding)
    {}

    void async_take(record_key key, take_guard guard, load_handler h) override
    {
        auto again = key;
        behind->async_load(
            std::move(again),
            [this, key = std::move(key), guard = std::move(guard), h = std::move(h)](
                result<stored_record> r
            ) mutable {
                if (!issuer_)
                    guard.issuer = r.value().value.issuer;
                if (!binding_)
                    guard.binding = r.value().value.binding;
                behind->async_take(std::move(key), std::move(guard), std::move(h));
            }
        );
    }

private:
    bool issuer_;
    bool binding_;
};

// A forged take is refused but the record is gone.
class burning_guard final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_take(record_key key, take_guard guard, load_handler h) override
    {
        auto again = key;
        behind->async_take(
            std::move(again),
            std::move(guard),
            [this, key = std::move(key), h = std::move(h)](result<stored_record> r) mutable {
                if (!r.has_error())
                    return std::move(h)(std::move(r));
                behind->async_load(
                    key,
                    [this, key, r = std::move(r), h = std::move(h)](result<stored_record> found
                    ) mutable {
                        behind->async_commit(
                            key,
                            found.value().at,
                            0,
                            std::nullopt,
                            [r = std::move(r),
                             h = std::move(h)](const result<generation>&) mutable {
                                std::move(h)(std::move(r));
                            }
                        );
                    }
                );
            }
        );
    }
};

// Everybody's fence is 1; those who hold the lease do not notice.
class same_fence final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) override
    {
        behind->async_lease(
            std::move(key),
            std::move(owner),
            ttl,
            [this, h = std::move(h)](result<lease> r) mutable {
                if (r.has_value() && r->acquired)
                    real_ = std::exchange(r->fence, 1);
                std::move(h)(std::move(r));
            }
        );
    }

    void async_release_lease(
        record_key key, std::string owner, std::uint64_t /*fence*/, done_handler h
    ) override
    {
        behind->async_release_lease(std::move(key), std::move(owner), real_, std::move(h));
    }

private:
    std::atomic<std::uint64_t> real_{0};
};

// Keeps records for two hours longer than they say.
class late_expiry final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_load(record_key key, load_handler h) override
    {
        behind->async_load(std::move(key), put_back(std::move(h)));
    }

    void async_take(record_key key, take_guard guard, load_handler h) override
    {
        behind->async_take(std::move(key), std::move(guard), put_back(std::move(h)));
    }

    void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override
    {
        if (value && value->expires_at)
            *value->expires_at += std::chrono::hours(2);
        behind->async_commit(std::move(key), expected, next, std::move(value), std::move(h));
    }

private:
    static load_handler put_back(load_handler h)
    {
        return [h = std::move(h)](result<stored_record> r) mutable {
            if (r.has_value() && r->value.expires_at)
                *r->value.expires_at -= std::chrono::hours(2);
            std::move(h)(std::move(r));
        };
    }
};

// Everybody gets the lease, each under a name of the store's own.
class generous_lease final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) override
    {
        key.id += owner;
        behind->async_lease(std::move(key), std::move(owner), ttl, std::move(h));
    }
};

// Leases that last for ever, and those that are given for nothing.
class odd_time final : public test::store_in_front
{
public:
    odd_time(
        std::shared_ptr<store> s, std::chrono::milliseconds least, std::chrono::milliseconds most
    )
        : store_in_front(std::move(s))
        , least_(least)
        , most_(most)
    {}

    void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) override
    {
        behind->async_lease(
            std::move(key), std::move(owner), std::clamp(ttl, least_, most_), std::move(h)
        );
    }

private:
    std::chrono::milliseconds least_;
    std::chrono::milliseconds most_;
};

// A renewal takes a free lease too.
class eager_renewal final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_renew_lease(
        record_key key,
        std::string owner,
        std::uint64_t /*fence*/,
        std::chrono::milliseconds ttl,
        lease_handler h
    ) override
    {
        behind->async_lease(std::move(key), std::move(owner), ttl, std::move(h));
    }
};

class blind_lister final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_list(record_filter filter, list_handler h) override
    {
        record_filter other;
        other.limit(filter.limit());
        if (filter.after())
            other.after(*filter.after());
        behind->async_list(std::move(other), std::move(h));
    }
};

class endless_lister final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_list(record_filter filter, list_handler h) override
    {
        behind->async_list(std::move(filter.limit(1'000)), std::move(h));
    }
};

class unordered_lister final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_list(record_filter filter, list_handler h) override
    {
        behind->async_list(
            std::move(filter),
            [h = std::move(h)](result<std::vector<listed_record>> r) mutable {
                std::reverse(r.value().begin(), r.value().end());
                std::move(h)(std::move(r));
            }
        );
    }
};

class eager_eraser final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_erase(record_filter filter, count_handler h) override
    {
        record_filter other;
        if (filter.user())
            other.user(*filter.user());
        behind->async_erase(std::move(other), std::move(h));
    }
};

// What changes a record on its way in.
class altered_record final : public test::store_in_front
{
public:
    using alter = void (*)(record_key&, std::optional<record>&);

    altered_record(std::shared_ptr<store> s, alter a) : store_in_front(std::move(s)), alter_(a) {}

    void async_load(record_key key, load_handler h) override
    {
        std::optional<record> none;
        alter_(key, none);
        behind->async_load(std::move(key), std::move(h));
    }

    void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override
    {
        alter_(key, value);
        behind->async_commit(std::move(key), expected, next, std::move(value), std::move(h));
    }

private:
    alter alter_;
};

// Generations that do not grow are moved up silently, and answers are not the ones asked for.
class helpful_generation final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override
    {
        behind->async_commit(
            std::move(key), expected, std::max(next, expected + 1), std::move(value), std::move(h)
        );
    }
};

// The answer is given inside the function.
class hasty_load final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_load(record_key /*key*/, load_handler h) override { std::move(h)(stored_record()); }
};

class dropping_load final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_load(record_key /*key*/, load_handler h) override
    {
        const load_handler dropped = std::move(h);
    }
};

class throwing_load final : public test::store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_load(record_key /*key*/, load_handler /*h*/) override
    {
        throw std::runtime_error("no way");
    }
};

template <class Broken, class... Arguments>
test::checked_store::storage broken(Arguments... arguments)
{
    return [=] {
        return test::one_object([=](const asio::any_io_executor& ex) {
            return std::make_shared<Broken>(memory(ex), arguments...);
        });
    };
}

using alter = altered_record::alter;

std::vector<test::checked_store> broken_stores()
{
    using std::chrono::hours;
    using std::chrono::milliseconds;
    std::vector<test::checked_store> out;
    out.emplace_back("a commit that does not compare", broken<careless_commit>());
    out.emplace_back("a take that does not delete", broken<keeping_take>());
    out.emplace_back("a take in two steps", broken<slow_take>());
    out.emplace_back("a guard that is ignored", broken<half_guard>(false, false));
    out.emplace_back("a guard by issuer only", broken<half_guard>(true, false));
    out.emplace_back("a guard by binding only", broken<half_guard>(false, true));
    out.emplace_back("a guard that burns the record", broken<burning_guard>());
    out.emplace_back("a lease whose fence does not grow", broken<same_fence>());
    out.emplace_back("an expiry that comes late", broken<late_expiry>());
    out.emplace_back("a lease for everybody", broken<generous_lease>());
    out.emplace_back("a lease that does not run out", broken<odd_time>(hours(1), hours(2)));
    out.emplace_back(
        "a lease that runs out at once", broken<odd_time>(milliseconds(1), milliseconds(1))
    );
    out.emplace_back("a renewal that takes what is free", broken<eager_renewal>());
    out.emplace_back("a lister that ignores the filter", broken<blind_lister>());
    out.emplace_back("a lister that ignores the limit", broken<endless_lister>());
    out.emplace_back("a lister without order", broken<unordered_lister>());
    out.emplace_back("an eraser that looks at the user only", broken<eager_eraser>());
    out.emplace_back("a generation that is moved up", broken<helpful_generation>());
    out.emplace_back("a handler inside the function", broken<hasty_load>());
    out.emplace_back("a handler that is dropped", broken<dropping_load>());
    out.emplace_back("a function that throws", broken<throwing_load>());
    out.emplace_back(
        "an expiry that is ignored",
        broken<altered_record>(alter([](record_key& /*key*/, std::optional<record>& v) {
            if (v)
                v->expires_at.reset();
        }))
    );
    out.emplace_back(
        "an expiry in whole seconds",
        broken<altered_record>(alter([](record_key& /*key*/, std::optional<record>& v) {
            if (v && v->expires_at)
                v->expires_at = std::chrono::floor<std::chrono::seconds>(*v->expires_at);
        }))
    );
    out.emplace_back(
        "a document cut at NUL",
        broken<altered_record>(alter([](record_key& /*key*/, std::optional<record>& v) {
            if (v)
                v->document =
                    secret(v->document.reveal().substr(0, v->document.reveal().find('\0')));
        }))
    );
    out.emplace_back(
        "identifiers without case",
        broken<altered_record>(alter([](record_key& key, std::optional<record>& /*v*/) {
            for (char& c : key.id)
                c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        }))
    );
    out.emplace_back(
        "identifiers without trailing spaces",
        broken<altered_record>(alter([](record_key& key, std::optional<record>& /*v*/) {
            key.id.erase(key.id.find_last_not_of(' ') + 1);
        }))
    );
    out.emplace_back(
        "identifiers of at most 4 KiB",
        broken<altered_record>(alter([](record_key& key, std::optional<record>& /*v*/) {
            key.id.resize(std::min<std::size_t>(key.id.size(), 4'096));
        }))
    );
    out.emplace_back(
        "kinds in one place",
        broken<altered_record>(alter([](record_key& key, std::optional<record>& /*v*/) {
            key.kind = record_kind::grant;
        }))
    );
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_contract)

BOOST_AUTO_TEST_CASE(every_registered_store_keeps_every_promise)
{
    BOOST_TEST(!test::checked_stores().empty());
    for (const auto& checked : test::checked_stores())
    {
        const auto make = checked.make();
        for (const auto& check : store_checks())
        {
            BOOST_TEST_CONTEXT(checked.name << ": " << check.name())
            BOOST_TEST(check.run(make) == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(every_broken_store_is_caught)
{
    for (const auto& b : broken_stores())
    {
        const auto make = b.make();
        bool caught = false;
        for (const auto& check : store_checks())
        {
            if (const auto wrong = check.run(make); !wrong.empty())
            {
                BOOST_TEST_MESSAGE(b.name << ": " << check.name() << ": " << wrong);
                caught = true;
                break;
            }
        }
        BOOST_TEST(caught, b.name << " was not caught");
    }
}

BOOST_AUTO_TEST_CASE(checks_clean_up_after_themselves)
{
    const auto make = test::one_object(memory);
    for (const auto& check : store_checks())
        BOOST_TEST(check.run(make) == "");
    test::running_context context;
    testing::detail::store_handle handle(make);
    const auto left = handle.list(record_filter());
    BOOST_TEST(left.value().empty());
}

BOOST_AUTO_TEST_CASE(names_of_checks_are_unique)
{
    std::map<std::string_view, int> names;
    for (const auto& check : store_checks())
    {
        ++names[check.name()];
        BOOST_TEST(!check.promise().empty());
    }
    BOOST_TEST(names.size() == store_checks().size());
    BOOST_TEST(names.size() >= 35U);
}

BOOST_AUTO_TEST_SUITE_END()
