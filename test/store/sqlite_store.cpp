// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/sqlite_fixture.hpp"
#include "store/stores.hpp"

#include <asioauth/local_client.hpp>
#include <asioauth/memory_store.hpp>

#include <memory>
#include <thread>

namespace asioauth::test {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

// A variable of the environment, as it was before at the end.
class environment
{
public:
    environment(const char* name, const char* value) : name_(name)
    {
        if (const char* before = std::getenv(name))
            before_ = before;
        set(value);
    }
    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;
    ~environment() { set(before_ ? before_->c_str() : nullptr); }

private:
    void set(const char* value) const
    {
        if (value != nullptr)
            ::setenv(name_, value, 1);
        else
            ::unsetenv(name_);
    }

    const char* name_;
    std::optional<std::string> before_;
};

class fixture
{
public:
    // As another process would see it.
    void reopen()
    {
        s.reset();
        s.emplace(file);
    }

    temporary_folder folder;
    std::filesystem::path file = folder.path / "logins.sqlite";
    std::optional<asked_store> s{std::in_place, file};
};

record expiring(std::string_view text, system_clock::duration from_now)
{
    auto r = document(text);
    r.expires_at = std::chrono::floor<milliseconds>(system_clock::now() + from_now);
    return r;
}

std::vector<std::string> ids(const std::vector<listed_record>& l)
{
    std::vector<std::string> out;
    for (const auto& r : l)
        out.push_back(r.key.id);
    return out;
}

using texts = std::vector<std::string>;

const store_registration registered("sqlite_store", [] {
    const auto folder = std::make_shared<temporary_folder>();
    return [folder](const boost::asio::any_io_executor& ex) {
        const auto file = folder->path / "logins.sqlite";
        return std::make_shared<sqlite_store>(ex, sqlite_settings().path(file.string()));
    };
});

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_settings_)

BOOST_AUTO_TEST_CASE(the_default_path_is_in_the_data_folder_of_the_user)
{
    const environment own("HOME", "/u");
    {
        const environment data("XDG_DATA_HOME", "/data");
        BOOST_TEST(sqlite_settings::default_path() == "/data/asioauth/logins.sqlite");
        BOOST_TEST(sqlite_settings().path() == "/data/asioauth/logins.sqlite");
    }
    for (const char* unusable : {static_cast<const char*>(nullptr), "", "relative"})
    {
        const environment data("XDG_DATA_HOME", unusable);
        BOOST_TEST(sqlite_settings::default_path() == "/u/.local/share/asioauth/logins.sqlite");
    }
}

BOOST_AUTO_TEST_CASE(without_a_home_there_is_no_default_and_the_store_says_so)
{
    const environment own("HOME", nullptr);
    const environment data("XDG_DATA_HOME", nullptr);
    BOOST_TEST(sqlite_settings::default_path().empty());
    asked_store s{std::filesystem::path()};
    const auto r = s.load(key("a"));
    BOOST_TEST(r.error().code() == make_error_code(errc::store_unavailable));
    BOOST_TEST(r.error().info().message().find("HOME") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_local_client_keeps_logins_in_the_file_of_the_user_unless_told_otherwise)
{
    const temporary_folder folder;
    const environment data("XDG_DATA_HOME", folder.path.c_str());
    const std::string key(64, 'a');
    const environment sealed_with("ASIOAUTH_STORE_KEY", key.c_str());
    const auto file = folder.path / "asioauth" / "logins.sqlite";
    const auto outcome_of_a_silent_login = [](const client_settings& settings) {
        boost::asio::io_context io;
        local_client client(io.get_executor(), settings);
        error_code how;
        client.async_login(
            login_params("https://mcp.example/mcp").silent(true),
            [&](const error_code& ec, const session&) { how = ec; }
        );
        io.run();
        return how;
    };
    client_settings told;
    told.store(std::make_shared<memory_store>(boost::asio::system_executor()));
    BOOST_TEST((outcome_of_a_silent_login(told) == errc::login_required));
    BOOST_TEST(!std::filesystem::exists(file));
    BOOST_TEST((outcome_of_a_silent_login(client_settings()) == errc::login_required));
    BOOST_TEST(std::filesystem::exists(file));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sqlite_records, fixture)

BOOST_AUTO_TEST_CASE(what_was_written_is_there_when_the_file_is_opened_again)
{
    record r = document(std::string_view("octets \0 \xff", 10), "u", "https://as.example");
    r.binding = "b";
    r.expires_at = std::chrono::floor<milliseconds>(system_clock::now() + hours(1));
    BOOST_TEST(s->commit(key("a"), 0, 17, r).value() == 17U);
    reopen();
    const auto got = s->load(key("a")).value();
    BOOST_TEST(got.at == 17U);
    BOOST_TEST((got.value == r));
    BOOST_TEST(s->load(key("a", record_kind::registration)).value().at == 0U);
    BOOST_TEST(s->load(key("b")).value().at == 0U);
}

BOOST_AUTO_TEST_CASE(an_empty_record_is_read_as_it_was_written)
{
    s->commit(key(""), 0, 1, record()).value();
    const auto got = s->load(key("")).value();
    BOOST_TEST(got.at == 1U);
    BOOST_TEST((got.value == record()));
}

BOOST_AUTO_TEST_CASE(a_document_of_a_megabyte_is_read_as_it_was_written)
{
    const std::string big(1'000'000, 'x');
    s->commit(key("a"), 0, 1, document(big)).value();
    BOOST_TEST((s->load(key("a")).value().value == document(big)));
}

BOOST_AUTO_TEST_CASE(only_one_of_two_who_read_the_same_can_write)
{
    s->commit(key("a"), 0, 5, document("one")).value();
    BOOST_TEST(s->commit(key("a"), 5, 6, document("two")).value() == 6U);
    for (const generation seen : {0U, 5U, 7U})
    {
        BOOST_TEST(
            s->commit(key("a"), seen, 9, document("three")).error().code()
            == make_error_code(errc::store_conflict)
        );
        BOOST_TEST(
            s->commit(key("a"), seen, 0, std::nullopt).error().code()
            == make_error_code(errc::store_conflict)
        );
    }
    BOOST_TEST(
        s->commit(key("b"), 5, 6, document("x")).error().code()
        == make_error_code(errc::store_conflict)
    );
    BOOST_TEST((s->load(key("a")).value().value == document("two")));
}

BOOST_AUTO_TEST_CASE(a_generation_that_does_not_grow_or_does_not_fit_is_refused)
{
    s->commit(key("a"), 0, 5, document("one")).value();
    for (const generation next : {generation(5), generation(4), generation(1) << 63U})
    {
        BOOST_TEST(
            s->commit(key("a"), 5, next, document("two")).error().code()
            == make_error_code(errc::invalid_argument)
        );
    }
    const generation last = (generation(1) << 63U) - 1;
    BOOST_TEST(s->commit(key("a"), 5, last, document("two")).value() == last);
    BOOST_TEST(s->load(key("a")).value().at == last);
}

BOOST_AUTO_TEST_CASE(a_deletion_leaves_generation_0)
{
    s->commit(key("a"), 0, 5, document("one")).value();
    BOOST_TEST(s->commit(key("a"), 5, 0, std::nullopt).value() == 0U);
    BOOST_TEST(s->load(key("a")).value().at == 0U);
    BOOST_TEST(s->commit(key("a"), 0, 0, std::nullopt).value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_record_is_taken_once_and_only_by_whom_the_guard_allows)
{
    auto r = document("pending", {}, "https://as.example");
    r.binding = "browser";
    s->commit(key("a"), 0, 5, r).value();
    BOOST_TEST(
        s->take(key("a"), {"https://as.example", "other"}).error().code()
        == make_error_code(errc::store_guard_refused)
    );
    BOOST_TEST(
        s->take(key("a"), {"https://other.example", "browser"}).error().code()
        == make_error_code(errc::store_guard_refused)
    );
    const auto got = s->take(key("a"), {"https://as.example", "browser"}).value();
    BOOST_TEST(got.at == 5U);
    BOOST_TEST((got.value == r));
    BOOST_TEST(s->take(key("a"), {"https://as.example", "browser"}).value().at == 0U);
    BOOST_TEST(s->load(key("a")).value().at == 0U);
}

BOOST_AUTO_TEST_CASE(an_expired_record_counts_as_gone_everywhere)
{
    const auto gone = [&] { return expiring("old", -milliseconds(1)); };
    s->commit(key("a"), 0, 5, gone()).value();
    BOOST_TEST(s->load(key("a")).value().at == 0U);
    BOOST_TEST(s->take(key("a")).value().at == 0U);
    BOOST_TEST(s->list().value().empty());
    BOOST_TEST(s->erase({}).value() == 0U);
    s->commit(key("b"), 0, 5, gone()).value();
    BOOST_TEST(
        s->commit(key("b"), 5, 6, document("x")).error().code()
        == make_error_code(errc::store_conflict)
    );
    BOOST_TEST(s->commit(key("b"), 0, 3, document("new")).value() == 3U);
    BOOST_TEST((s->load(key("b")).value().value == document("new")));
}

BOOST_AUTO_TEST_CASE(expired_records_are_removed_by_whoever_writes_next)
{
    s->commit(key("a"), 0, 5, expiring("old", hours(1))).value();
    s->commit(key("b"), 0, 5, expiring("current", hours(1))).value();
    sql(file, "UPDATE records SET expires_at = 1 WHERE id = 'a'");
    reopen();
    s->commit(key("c"), 0, 5, document("x")).value();
    BOOST_TEST(sql(file, "SELECT count(*) FROM records WHERE id = 'a'") == 0);
    BOOST_TEST(sql(file, "SELECT count(*) FROM records") == 2);
}

BOOST_AUTO_TEST_CASE(a_listing_is_ordered_by_kind_and_identifier_and_goes_on_where_it_ended)
{
    for (const char* id : {"b", "a", "B", "\xc3\xa4", "aa"})
        s->commit(key(id), 0, 1, document(id)).value();
    s->commit(key("z", record_kind::registration), 0, 1, document("z")).value();
    s->commit(key("0", record_kind::pending_login), 0, 1, document("0")).value();
    BOOST_TEST(
        ids(s->list().value()) == (texts{"z", "B", "a", "aa", "b", "\xc3\xa4", "0"}),
        boost::test_tools::per_element()
    );
    texts by_two;
    record_filter f;
    f.limit(2);
    for (;;)
    {
        const auto part = s->list(f).value();
        if (part.empty())
            break;
        BOOST_TEST(part.size() <= 2U);
        f.after(part.back().key);
        for (const auto& id : ids(part))
            by_two.push_back(id);
    }
    BOOST_TEST(
        by_two == (texts{"z", "B", "a", "aa", "b", "\xc3\xa4", "0"}),
        boost::test_tools::per_element()
    );
}

BOOST_AUTO_TEST_CASE(a_filter_lists_and_erases_what_it_says_and_nothing_else)
{
    s->commit(key("1"), 0, 1, document("x", "u", "i")).value();
    s->commit(key("2"), 0, 1, document("x", "u", "j")).value();
    s->commit(key("3"), 0, 1, document("x", "v", "i")).value();
    s->commit(key("4", record_kind::registration), 0, 1, document("x", "", "i")).value();
    const auto listed = [&](const record_filter& f) { return ids(s->list(f).value()); };
    using f = record_filter;
    const auto each = boost::test_tools::per_element();
    BOOST_TEST(listed(f().user("u")) == (texts{"1", "2"}), each);
    BOOST_TEST(listed(f().issuer("i")) == (texts{"4", "1", "3"}), each);
    BOOST_TEST(listed(f().user("u").issuer("i")) == (texts{"1"}), each);
    BOOST_TEST(listed(f().user("")) == (texts{"4"}), each);
    BOOST_TEST(listed(f().kind(record_kind::grant).issuer("i")) == (texts{"1", "3"}), each);
    BOOST_TEST(listed(f().user("u").after(key("1"))) == (texts{"2"}), each);
    BOOST_TEST(listed(f().user("nobody")).empty());

    BOOST_TEST(s->erase(f().user("u").issuer("j").limit(1)).value() == 1U);
    BOOST_TEST(s->erase(f().issuer("i").kind(record_kind::grant)).value() == 2U);
    BOOST_TEST(listed({}) == (texts{"4"}), each);
    BOOST_TEST(s->erase({}).value() == 1U);
    BOOST_TEST(listed({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sqlite_leases, fixture)

BOOST_AUTO_TEST_CASE(a_lease_is_held_by_one_until_it_is_given_back)
{
    const auto first = s->acquire(key("a"), "me", milliseconds(60'000)).value();
    BOOST_TEST(first.acquired);
    BOOST_TEST(first.fence > 0U);
    BOOST_TEST((first.remaining == milliseconds(60'000)));
    const auto other = s->acquire(key("a"), "other", milliseconds(60'000)).value();
    BOOST_TEST(!other.acquired);
    BOOST_TEST(other.fence == 0U);
    BOOST_TEST((other.remaining > milliseconds(0) && other.remaining <= milliseconds(60'000)));
    const auto again = s->acquire(key("a"), "me", milliseconds(90'000)).value();
    BOOST_TEST(again.acquired);
    BOOST_TEST(again.fence == first.fence);
    BOOST_TEST(s->acquire(key("b"), "other", milliseconds(1'000)).value().acquired);

    BOOST_TEST(!s->release(key("a"), "me", first.fence + 1).has_error());
    BOOST_TEST(!s->release(key("a"), "other", first.fence).has_error());
    BOOST_TEST(!s->acquire(key("a"), "other", milliseconds(1)).value().acquired);
    BOOST_TEST(!s->release(key("a"), "me", first.fence).has_error());
    BOOST_TEST(s->acquire(key("a"), "other", milliseconds(60'000)).value().acquired);
}

BOOST_AUTO_TEST_CASE(fences_grow_although_the_lease_was_given_back_and_the_file_closed)
{
    std::uint64_t last = 0;
    for (int i = 0; i < 5; ++i)
    {
        const auto l = s->acquire(key("a"), "me", milliseconds(60'000)).value();
        BOOST_TEST(l.fence > last);
        last = l.fence;
        BOOST_TEST(!s->release(key("a"), "me", last).has_error());
        reopen();
    }
}

BOOST_AUTO_TEST_CASE(a_lease_that_has_run_out_is_free_and_cannot_be_renewed)
{
    const auto l = s->acquire(key("a"), "me", milliseconds(60'000)).value();
    sql(file, "UPDATE leases SET until_ms = 1");
    BOOST_TEST(!s->renew(key("a"), "me", l.fence, milliseconds(60'000)).value().acquired);
    const auto next = s->acquire(key("a"), "other", milliseconds(60'000)).value();
    BOOST_TEST(next.acquired);
    BOOST_TEST(next.fence > l.fence);
    BOOST_TEST(!s->renew(key("a"), "me", l.fence, milliseconds(60'000)).value().acquired);
}

BOOST_AUTO_TEST_CASE(a_lease_is_renewed_by_its_owner_with_its_fence_only)
{
    const auto l = s->acquire(key("a"), "me", milliseconds(1'000)).value();
    BOOST_TEST(!s->renew(key("a"), "other", l.fence, milliseconds(60'000)).value().acquired);
    BOOST_TEST(!s->renew(key("a"), "me", l.fence + 1, milliseconds(60'000)).value().acquired);
    BOOST_TEST(!s->renew(key("b"), "me", l.fence, milliseconds(60'000)).value().acquired);
    const auto kept = s->renew(key("a"), "me", l.fence, milliseconds(600'000)).value();
    BOOST_TEST(kept.acquired);
    BOOST_TEST(kept.fence == l.fence);
    const auto other = s->acquire(key("a"), "other", milliseconds(1)).value();
    BOOST_TEST((other.remaining > milliseconds(300'000)));
}

BOOST_AUTO_TEST_CASE(after_the_clock_went_back_a_lease_lasts_once_more_and_no_longer)
{
    s->acquire(key("a"), "me", milliseconds(60'000)).value();
    // As if it had been given a year from now.
    sql(file, "UPDATE leases SET until_ms = until_ms + 31536000000");
    const auto other = s->acquire(key("a"), "other", milliseconds(1)).value();
    BOOST_TEST(!other.acquired);
    BOOST_TEST((other.remaining == milliseconds(60'000)));
    const std::int64_t now =
        std::chrono::floor<milliseconds>(system_clock::now().time_since_epoch()).count();
    BOOST_TEST(sql(file, "SELECT until_ms FROM leases") <= now + 60'000);
}

BOOST_AUTO_TEST_CASE(a_lease_of_no_length_is_refused_and_one_of_any_length_is_given)
{
    for (const int ttl : {0, -1})
    {
        BOOST_TEST(
            s->acquire(key("a"), "me", milliseconds(ttl)).error().code()
            == make_error_code(errc::invalid_argument)
        );
        BOOST_TEST(
            s->renew(key("a"), "me", 1, milliseconds(ttl)).error().code()
            == make_error_code(errc::invalid_argument)
        );
    }
    BOOST_TEST(s->acquire(key("a"), "me", milliseconds::max()).value().acquired);
    BOOST_TEST(!s->acquire(key("a"), "other", milliseconds(1)).value().acquired);
}

BOOST_AUTO_TEST_CASE(a_lease_outlives_the_process_that_asked_for_it)
{
    s->acquire(key("a"), "me", milliseconds(60'000)).value();
    reopen();
    BOOST_TEST(!s->acquire(key("a"), "other", milliseconds(1)).value().acquired);
}

// A counter that began anew would give a fence twice.
BOOST_AUTO_TEST_CASE(without_the_counter_of_leases_none_is_given_and_the_file_is_damaged)
{
    const auto held = s->acquire(key("a"), "me", milliseconds(60'000)).value();
    s->commit(key("a"), 0, 1, document("x")).value();
    sql(file, "DELETE FROM fences");
    reopen();
    const auto r = s->acquire(key("b"), "me", milliseconds(60'000));
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST(r.error().code() == make_error_code(errc::store_corrupt));
    BOOST_TEST(r.error().info().message().find(file.string()) != std::string::npos);
    BOOST_TEST(sql(file, "SELECT count(*) FROM leases") == 1);
    // What needs no new fence goes on.
    BOOST_TEST(s->renew(key("a"), "me", held.fence, milliseconds(60'000)).value().acquired);
    BOOST_TEST(s->load(key("a")).value().at == 1U);
    sql(file, "INSERT INTO fences VALUES (1, 7)");
    BOOST_TEST(s->acquire(key("b"), "me", milliseconds(60'000)).value().fence == 8U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sqlite_lifetime, fixture)

BOOST_AUTO_TEST_CASE(operations_are_completed_although_the_store_was_destroyed)
{
    int completed = 0;
    for (int i = 0; i < 20; ++i)
    {
        s->store->async_commit(key(std::to_string(i)), 0, 1, document("x"), [&](auto r) {
            completed += r.has_value() ? 1 : 0;
        });
    }
    s->store.reset();
    s->io.run();
    BOOST_TEST(completed == 20);
    BOOST_TEST(sql(file, "SELECT count(*) FROM records") == 20);
}

BOOST_AUTO_TEST_CASE(the_context_has_work_until_the_handler_was_invoked)
{
    std::optional<std::thread::id> where;
    s->store->async_load(key("a"), [&](const auto&) { where = std::this_thread::get_id(); });
    BOOST_TEST(!where);
    s->io.run(); // does not return before
    BOOST_TEST((where == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(handlers_are_destroyed_uninvoked_if_the_context_goes_first)
{
    const auto alive = std::make_shared<int>(0);
    auto io = std::make_unique<boost::asio::io_context>();
    std::optional<sqlite_store> store(
        std::in_place, io->get_executor(), sqlite_settings().path(file.string())
    );
    for (int i = 0; i < 50; ++i)
        store->async_load(key("a"), [alive](const auto&) { ++*alive; });
    io->stop();
    io->run();
    io.reset();
    BOOST_TEST(*alive == 0);
    BOOST_TEST(alive.use_count() == 1);
    store.reset();
}

BOOST_AUTO_TEST_CASE(a_handler_may_destroy_the_store_and_start_the_next_operation_in_another)
{
    bool done = false;
    s->store->async_commit(key("a"), 0, 1, document("x"), [&](const auto&) {
        s->store.emplace(s->io.get_executor(), sqlite_settings().path(file.string()));
        s->store->async_load(key("a"), [&](const auto& r) { done = r.value().at == 1; });
    });
    s->io.run();
    BOOST_TEST(done);
}

BOOST_AUTO_TEST_CASE(a_relative_path_stays_where_it_was_when_the_store_was_made)
{
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path);
    asked_store here("relative.sqlite");
    std::filesystem::current_path(before);
    here.commit(key("a"), 0, 1, document("x")).value();
    BOOST_TEST(std::filesystem::exists(folder.path / "relative.sqlite"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asioauth::test
