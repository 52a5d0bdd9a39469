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
#include "transport/home_executor.hpp"
#ifdef ASIOAUTH_TEST_HAS_POSTGRES
#include "store/postgres_fixture.hpp"
#endif

#include <asioauth/memory_store.hpp>
#include <asioauth/sealed_store.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
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

// As a program has it that says nothing but where; the key comes from its environment.
class usual_place
{
public:
    usual_place() { ::setenv("ASIOAUTH_STORE_KEY", std::string(64, 'a').c_str(), 1); }
    usual_place(const usual_place&) = delete;
    usual_place& operator=(const usual_place&) = delete;
    ~usual_place() { ::unsetenv("ASIOAUTH_STORE_KEY"); }

    std::shared_ptr<store> open(const boost::asio::any_io_executor& ex) const
    {
        return open_sqlite(ex, at.settings);
    }

    file_place at;
};

// With a keyring that cannot be asked.
class keyring_place
{
public:
    std::shared_ptr<store> open(const boost::asio::any_io_executor& ex) const
    {
        keyring_settings s;
        s.library("libthere-is-none.so").fallback(file_keys(ex, (at.folder.path / "key").string()));
        return std::make_shared<sealed_store>(
            std::make_shared<sqlite_store>(ex, at.settings), keyring_keys(ex, std::move(s))
        );
    }

    file_place at;
};

// Another key is the active one each time: what is there is sealed anew.
class changing_place
{
public:
    std::shared_ptr<store> open(const boost::asio::any_io_executor& ex) const
    {
        return std::make_shared<sealed_store>(
            std::make_shared<sqlite_store>(ex, at.settings),
            callback_keys(ex, [this](key_source::handler h) { std::move(h)(ring()); })
        );
    }

    file_place at;

private:
    result<key_ring> ring() const
    {
        const failing_memory::uncounted mine;
        auto one = key_named("one", '1');
        auto other = key_named("other", '2');
        if (++asked_ % 2 == 0)
            std::swap(one, other);
        return key_ring::make(std::move(one), {std::move(other)});
    }

    mutable int asked_ = 0;
};

// In memory: one object, in one context.
class memory_place
{
public:
    std::shared_ptr<store> open(const boost::asio::any_io_executor&) const { return store_; }

    mutable boost::asio::io_context io;

private:
    std::shared_ptr<store> store_ = std::make_shared<memory_store>(io.get_executor());
};

// The same as a client makes it.
class home_place
{
public:
    std::shared_ptr<store> open(const boost::asio::any_io_executor&) const { return store_; }

    mutable boost::asio::io_context io;

private:
    std::shared_ptr<store> store_ =
        std::make_shared<memory_store>(detail::home_executor::serial(io.get_executor()));
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
        const auto seen = s.load(first);
        if (note("load", seen))
        {
            if (!is_mine(*seen))
                say("another document was read");
            known = seen->at; // it may have been sealed anew
        }
        const auto l = s.lease_of(second);
        if (note("lease", l) && l->acquired)
            note("release", s.release(second, l->fence));
        there = note("commit", s.commit(second, 0, 1, document("taken")));
        const auto taken = s.take(second);
        if (note("take", taken) && taken->at != 0 && taken->value.document.reveal() != "taken")
            say("something else was taken");
        if (there && taken && taken->at == 0)
            say("nothing was there to be taken");
        if (taken || taken.error().code() == errc::store_outcome_unknown)
            there = false;
        const auto all = s.list();
        if (note("list", all))
            for (const auto& one : *all)
                if (one.stored.value.document.empty())
                    say("a document that cannot be opened was listed");
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
        explicit opened(const life& l)
            : io_(context_of(l.place, own_))
            , store_(l.place.open(io_.get_executor()))
        {}

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
            bool inside = true;
            io_.restart();
            start([&](result<T> r) {
                if (inside)
                    throw std::logic_error("answered inside of the function");
                ++count;
                out.emplace(std::move(r));
            });
            inside = false;
            try
            {
                io_.run();
            }
            catch (const std::bad_alloc&)
            {
                throw std::logic_error("the program's run() has thrown");
            }
            if (count != 1)
                throw std::logic_error(std::to_string(count) + " answers");
            return std::move(*out);
        }

        template <class P>
        static boost::asio::io_context&
        context_of(const P& at, std::optional<boost::asio::io_context>& own)
        {
            if constexpr (requires { at.io; })
                return at.io;
            else
                return own.emplace();
        }

        std::optional<boost::asio::io_context> own_;
        boost::asio::io_context& io_;
        std::shared_ptr<store> store_;
    };

    template <class T>
    bool note(const char* question, const result<T>& r)
    {
        return said.note(question, r);
    }

    void say(const char* wrong)
    {
        const failing_memory::uncounted mine;
        if (said.wrong.empty())
            said.wrong = wrong;
    }

    // What is there may be what was said to be, or what may be for all that was said.
    bool is_mine(const stored_record& r) const
    {
        const auto text = r.at != 0 ? r.value.document.reveal() : std::string_view();
        return text == kept || (possible && text == *possible);
    }

    result<generation> change(opened& s)
    {
        last = std::max(last, known) + 1;
        const auto text = std::to_string(last);
        auto r = s.commit(first, known, last, document(text));
        note("change", r);
        if (r)
        {
            known = *r;
            kept = text;
        }
        else if (r.error().code() == errc::store_outcome_unknown)
            possible = text;
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
        if (!is_mine(*got))
            said.wrong = "another document is there; " + said.last;
        known = got->at;
        kept = got->at != 0 ? std::string(got->value.document.reveal()) : std::string();
        possible.reset();
    }

    Place place;
    // As long as those of the library, which are no small strings.
    record_key first = key("first-" + std::string(43, 'x'));
    record_key second = key("second-" + std::string(43, 'y'));
    bool there = false; // the second
    generation last = 0;
    generation known = 0;
    std::string kept; // the document
    std::optional<std::string> possible;
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

// Thousands of files are synchronised here, and whether that takes long is not the question.
class in_memory
{
public:
    in_memory()
    {
        if (std::filesystem::is_directory("/dev/shm"))
            ::setenv("TMPDIR", "/dev/shm", 1);
    }
    in_memory(const in_memory&) = delete;
    in_memory& operator=(const in_memory&) = delete;
    ~in_memory() { ::unsetenv("TMPDIR"); }
};

BOOST_FIXTURE_TEST_SUITE(failing_stores, in_memory)

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
    BOOST_TEST(each<life<usual_place>>(memory(), "store with a key in the environment", 3) > 50U);
    BOOST_TEST(each<life<keyring_place>>(memory(), "store without its keyring", 3) > 50U);
    BOOST_TEST(each<life<changing_place>>(memory(), "store with changing keys", 2) > 100U);
    BOOST_TEST(each<life<changing_place>>(openssl_memory(), "store with changing keys") > 20U);
    BOOST_TEST(each<life<memory_place>>(memory(), "store in memory") > 10U);
    BOOST_TEST(each<life<home_place>>(memory(), "store in memory of a client") > 10U);
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
