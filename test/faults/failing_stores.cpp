// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Stores and key files of which one call to the system, or one allocation of C++'s, SQLite's or
// OpenSSL's, fails, whichever. What was said to be kept is kept, and every question is answered.

#include "faults/support/each_failure.hpp"
#include "faults/support/failing_calls.hpp"
#include "faults/support/failing_files.hpp"
#include "faults/support/failing_memory.hpp"
#include "faults/support/how_many.hpp"
#include "store/key_fixture.hpp"
#include "store/sqlite_fixture.hpp"
#ifdef ASIOAUTH_TEST_HAS_POSTGRES
#include "store/postgres_fixture.hpp"
#endif

#include <asioauth/sealed_store.hpp>

#include <cerrno>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace asioauth {
namespace {

using namespace test;

constexpr auto ttl = milliseconds(10'000);

fault_source files(int error)
{
    static int with = 0;
    with = error;
    return {
        "call",
        [](std::size_t n) { failing_files::fail_at(n, with); },
        failing_files::has_struck,
        failing_files::struck};
}

fault_source calls()
{
    return {"call", failing_calls::fail_at, failing_calls::has_struck, failing_calls::struck};
}

// What can be said of an answer at any time.
class answers
{
public:
    template <class T>
    bool note(const char* question, const result<T>& r)
    {
        if (r)
            return true;
        const failing_memory::uncounted mine;
        const auto code = r.error().code();
        last = std::string(question) + ": " + r.error().info().message();
        if (code != condition::storage && code != errc::out_of_memory
            && code != errc::entropy_unavailable && wrong.empty())
            wrong = std::string(question) + ": " + r.error().info().message();
        return false;
    }

    std::string wrong;
    std::string last; // failure
};

// Where a store is, for one life.
class file_place
{
public:
    file_place()
    {
        settings.path((folder.path / "asioauth/logins.sqlite").string())
            .busy_timeout(milliseconds(0));
    }

    // Sealed, with its keys in another file.
    std::shared_ptr<store> open(const boost::asio::any_io_executor& ex) const
    {
        return std::make_shared<sealed_store>(
            std::make_shared<sqlite_store>(ex, settings),
            file_keys(ex, (folder.path / "keys/sealing").string())
        );
    }

    temporary_folder folder;
    sqlite_settings settings;
};

#ifdef ASIOAUTH_TEST_HAS_POSTGRES
class server_place
{
public:
    std::shared_ptr<store> open(const boost::asio::any_io_executor& ex) const
    {
        return std::make_shared<postgres_store>(ex, tables.settings());
    }

    postgres_fixture tables;
};
#endif

// A store that is asked for everything.
template <class Place>
class life
{
public:
    // May be thrown out of at any time.
    void live()
    {
        opened s(*this);
        for (int i = 0; i < 2; ++i)
            change(s);
        note("load", s.load(first));
        const auto l = s.lease_of(second);
        if (note("lease", l) && l->acquired)
            note("release", s.release(second, l->fence));
        there = note("commit", s.commit(second, 0, 1, document("taken")));
        const auto taken = s.take(second);
        if (taken || taken.error().code() == errc::store_outcome_unknown)
            there = false;
        if (note("take", taken) && taken->at != 0 && taken->value.document.reveal() != "taken")
            said.wrong = "something else was taken";
        note("list", s.list());
        note("erase", s.erase());
    }

    // Nothing fails any more.
    std::string fault()
    {
        for (int i = 0; i < 2 && said.wrong.empty(); ++i)
        {
            opened s(*this);
            check(s);
            if (there && s.load(second).value().at == 0)
                said.wrong = "what was not given to anybody is gone; " + said.last;
            if (change(s).has_error())
                said.wrong = "it cannot be changed any more";
        }
        return said.wrong;
    }

private:
    // The store, asked one thing after the other.
    class opened
    {
    public:
        explicit opened(const life& l) : store_(l.place.open(io.get_executor())) {}

        result<stored_record> load(const record_key& k)
        {
            return wait<stored_record>([&](auto h) { store_->async_load(k, std::move(h)); });
        }
        result<generation>
        commit(const record_key& k, generation expected, generation next, const record& v)
        {
            return wait<generation>([&](auto h) {
                store_->async_commit(k, expected, next, v, std::move(h));
            });
        }
        result<stored_record> take(const record_key& k)
        {
            return wait<stored_record>([&](auto h) { store_->async_take(k, {}, std::move(h)); });
        }
        result<lease> lease_of(const record_key& k)
        {
            return wait<lease>([&](auto h) { store_->async_lease(k, "me", ttl, std::move(h)); });
        }
        result<void> release(const record_key& k, std::uint64_t fence)
        {
            return wait<void>([&](auto h) {
                store_->async_release_lease(k, "me", fence, std::move(h));
            });
        }
        result<std::vector<listed_record>> list()
        {
            return wait<std::vector<listed_record>>([&](auto h) {
                store_->async_list({}, std::move(h));
            });
        }
        result<std::uint64_t> erase()
        {
            const auto nobody = record_filter().user("nobody");
            return wait<std::uint64_t>([&](auto h) { store_->async_erase(nobody, std::move(h)); });
        }

    private:
        template <class T, class Start>
        result<T> wait(Start start)
        {
            std::optional<result<T>> out;
            int count = 0;
            io.restart();
            start([&](result<T> r) {
                ++count;
                out.emplace(std::move(r));
            });
            try
            {
                io.run();
            }
            catch (const std::bad_alloc&)
            {
                throw std::logic_error("the program's run() has thrown");
            }
            if (count != 1)
                throw std::logic_error(std::to_string(count) + " answers");
            return std::move(*out);
        }

        boost::asio::io_context io;

        std::shared_ptr<store> store_;
    };

    template <class T>
    bool note(const char* question, const result<T>& r)
    {
        return said.note(question, r);
    }

    result<generation> change(opened& s)
    {
        const generation next = last + 1;
        last = next;
        auto r = s.commit(first, known, next, document(std::to_string(next)));
        note("change", r);
        if (r)
            known = *r;
        else if (r.error().code() == errc::store_outcome_unknown)
            possible = next;
        return r;
    }

    void check(opened& s)
    {
        const auto got = s.load(first);
        if (!got)
        {
            said.wrong = "it cannot be read any more: " + got.error().info().message();
            return;
        }
        if (got->at != known && (possible == 0 || got->at != possible))
            said.wrong = "generation " + std::to_string(got->at) + " is there instead of "
                + std::to_string(known) + "; " + said.last;
        else if (got->at != 0 && got->value.document.reveal() != std::to_string(got->at))
            said.wrong = "another document is there";
        known = got->at;
        possible = 0;
    }

    Place place;
    record_key first = key("first");
    record_key second = key("second");
    bool there = false; // the second
    generation last = 0;
    generation known = 0;
    generation possible = 0;
    answers said;
};

// Keys in a file, which get one more.
class key_life
{
public:
    void live()
    {
        boost::asio::io_context io;
        const auto source = file_keys(io.get_executor(), path);
        for (int i = 0; i < 2; ++i)
        {
            ring("keys", [&] { return ask(*source, io); });
            const auto added = rotate_key_file(path);
            const failing_memory::uncounted mine;
            if (said.note("rotate", added))
                kept.insert(*added);
        }
        ring("existing keys", [&] { return ask(*source, io, true); });
    }

    std::string fault()
    {
        boost::asio::io_context io;
        const auto there = ask(*file_keys(io.get_executor(), path), io);
        if (!there)
            return "they cannot be read any more: " + there.error().info().message();
        for (const auto& id : kept)
            if (there->find(id) == nullptr)
                return "a key is gone";
        return said.wrong;
    }

private:
    template <class Ask>
    void ring(const char* question, Ask ask)
    {
        const auto r = ask();
        const failing_memory::uncounted mine;
        if (said.note(question, r))
            for (const auto& k : r->keys())
                kept.insert(k.id());
    }

    temporary_folder folder;
    std::string path = (folder.path / "keys/sealing").string();
    std::set<std::string> kept; // said to be there
    answers said;
};

template <class Life>
std::size_t each(const fault_source& source, std::string_view what, std::size_t step = 1)
{
    std::optional<Life> l(std::in_place);
    return each_failure(
        source,
        what,
        [&] { l->live(); },
        [&] {
            auto out = l->fault();
            l.emplace();
            return out;
        },
        all_of_them() ? 1 : step
    );
}

BOOST_AUTO_TEST_SUITE(failing_stores)

BOOST_AUTO_TEST_CASE(a_store_loses_nothing_whatever_call_fails)
{
    for (const int error : {EIO, EINTR, ENOSPC, EROFS, ELOOP, EEXIST, ENOENT})
        BOOST_TEST(
            each<life<file_place>>(files(error), "store, error " + std::to_string(error), 3) > 20U
        );
}

BOOST_AUTO_TEST_CASE(keys_are_not_lost_whatever_call_fails)
{
    for (const int error : {EIO, EINTR, ENOSPC, EROFS, ELOOP, EEXIST, ENOENT})
        BOOST_TEST(each<key_life>(files(error), "keys, error " + std::to_string(error)) > 20U);
}

BOOST_AUTO_TEST_CASE(a_store_loses_nothing_without_memory)
{
    BOOST_TEST(each<life<file_place>>(memory(), "store") > 100U);
    BOOST_TEST(each<life<file_place>>(sqlite_memory(), "store", 7) > 100U);
    BOOST_TEST(each<life<file_place>>(openssl_memory(), "store") > 20U);
}

#ifdef ASIOAUTH_TEST_HAS_POSTGRES
BOOST_AUTO_TEST_CASE(a_store_on_a_server_loses_nothing_whatever_fails)
{
    using on_server = life<server_place>;
    server(); // is the test's
    BOOST_TEST(each<on_server>(calls(), "store on a server", 3) > 5U);
    BOOST_TEST(each<on_server>(memory(), "store on a server", 5) > 50U);
}
#endif

BOOST_AUTO_TEST_CASE(keys_are_not_lost_without_memory)
{
    BOOST_TEST(each<key_life>(memory(), "keys") > 50U);
    BOOST_TEST(each<key_life>(openssl_memory(), "keys") > 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
