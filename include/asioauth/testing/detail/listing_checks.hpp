// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/testing/detail/record_checks.hpp>

#include <map>

namespace asioauth::testing::detail {

using shelf = std::map<record_key, record>;

// Twelve records: three kinds, two users, two issuers, with identifiers in no order.
inline shelf stored_shelf(store_bench& b)
{
    shelf out;
    int n = 0;
    for (const auto kind :
         {record_kind::pending_login, record_kind::registration, record_kind::grant})
        for (const std::string_view user : {"user b", "user a"})
            for (const std::string_view issuer : {"issuer b", "issuer a"})
            {
                record r = b.value("document " + std::to_string(++n));
                r.user = b.name(user);
                r.issuer = b.name(issuer);
                // Upper case sorts before lower case, and what is not ASCII behind both.
                constexpr std::array<std::string_view, 4> ends{"b", "B", "\xc3\xa4", "a"};
                const auto key = b.key(std::string(ends.at(static_cast<std::size_t>(n) % 4)), kind);
                b.put(key, r, static_cast<generation>(n));
                out.emplace(key, r);
            }
    return out;
}

inline shelf those_of(const shelf& all, const record_filter& f)
{
    shelf out;
    for (const auto& [key, r] : all)
        if ((!f.kind() || key.kind == *f.kind()) && (!f.user() || r.user == *f.user())
            && (!f.issuer() || r.issuer == *f.issuer()))
            out.emplace(key, r);
    return out;
}

inline void
expect_listed(const std::vector<listed_record>& came, const shelf& expected, std::string_view what)
{
    const std::string of(what);
    expect_equal<std::uint64_t>(came.size(), expected.size(), of + ", how many");
    auto it = expected.begin();
    for (const auto& listed : came)
    {
        expect_equal(listed.key.id, it->first.id, of + ", the identifier in its order");
        expect(listed.key == it->first, of + ": expected an order by kind");
        expect(listed.stored.at != 0, of + ": expected a generation");
        expect_stored(listed.stored, listed.stored.at, it->second, of);
        ++it;
    }
}

inline void a_listing_obeys_its_filter(store_bench& b)
{
    const auto all = stored_shelf(b);
    const auto user = b.name("user a");
    const auto issuer = b.name("issuer b");
    const auto see = [&](const record_filter& f, std::string_view what) {
        expect_listed(value_of(b.handle(1).list(f), what), those_of(all, f), what);
    };
    see(record_filter().user(user), "a listing by user");
    see(record_filter().issuer(issuer), "a listing by issuer");
    see(record_filter().user(user).issuer(issuer), "a listing by user and issuer");
    for (const auto kind :
         {record_kind::registration, record_kind::grant, record_kind::pending_login})
    {
        see(record_filter().kind(kind).user(user), "a listing by kind and user");
        see(record_filter().kind(kind).user(user).issuer(issuer), "a listing by everything");
    }
    see(record_filter().user(b.name("user")), "a listing of a user who has nothing");
    see(record_filter().user(b.name("user _")), "a listing of a user with a wildcard");
    see(record_filter().user(b.name("USER A")), "a listing of a user in another case");
}

inline void an_empty_filter_value_is_a_value(store_bench& b)
{
    record r = b.value();
    r.user.clear();
    const auto without = b.key("without");
    b.put(without, r);
    const auto with = b.key("with");
    record other = b.value();
    other.issuer = r.issuer;
    b.put(with, other);
    const auto listed =
        value_of(b.handle().list(record_filter().user("").issuer(r.issuer)), "listing");
    expect_listed(listed, shelf{{without, r}}, "a listing of those without a user");
}

// Every record of the storage, whoever else uses it.
inline void a_listing_without_filter_has_everything(store_bench& b)
{
    auto missing = stored_shelf(b);
    for (const bool by_kind : {false, true})
    {
        auto wanted = missing;
        if (by_kind)
            wanted = those_of(missing, record_filter().kind(record_kind::grant));
        std::optional<record_key> last;
        for (;;)
        {
            record_filter f;
            f.limit(1'000);
            if (by_kind)
                f.kind(record_kind::grant);
            if (last)
                f.after(*last);
            const auto page = value_of(b.handle().list(f), "listing");
            for (const auto& listed : page)
            {
                expect(!last || *last < listed.key, "a listing: expected a growing order");
                expect(
                    !by_kind || listed.key.kind == record_kind::grant,
                    "a listing by kind: expected that kind only"
                );
                last = listed.key;
                wanted.erase(listed.key);
            }
            if (page.size() < 1'000)
                break;
        }
        expect_equal<std::uint64_t>(wanted.size(), 0, "records missing in a listing of everything");
    }
}

inline void pages_cover_everything_once(store_bench& b)
{
    const auto all = stored_shelf(b);
    const auto user = b.name("user b");
    const auto wanted = those_of(all, record_filter().user(user));
    for (const std::size_t limit : {1U, 2U, 4U, 6U, 100U})
    {
        std::vector<listed_record> came;
        record_filter f;
        f.user(user).limit(limit);
        for (;;)
        {
            auto page = value_of(b.handle().list(f), "listing a page");
            const std::size_t left = wanted.size() - came.size();
            expect_equal<std::uint64_t>(page.size(), std::min(limit, left), "records of a page");
            if (page.empty())
                break;
            f.after(page.back().key);
            std::move(page.begin(), page.end(), std::back_inserter(came));
        }
        expect_listed(came, wanted, "all pages");
    }
}

inline void a_listing_goes_on_after_a_deleted_one(store_bench& b)
{
    auto all = those_of(stored_shelf(b), record_filter().user(b.name("user a")));
    record_filter f;
    f.user(b.name("user a")).limit(2);
    const auto page = value_of(b.handle().list(f), "listing a page");
    expect_equal<std::uint64_t>(page.size(), 2, "records of a page");
    const auto last = page.back();
    value_of(b.handle().commit(last.key, last.stored.at, 0, std::nullopt), "deleting");
    all.erase(page.front().key);
    all.erase(last.key);
    expect_listed(
        value_of(b.handle().list(f.after(last.key).limit(100)), "listing"), all, "the other pages"
    );
}

inline void expired_records_are_not_listed(store_bench& b)
{
    const auto gone = expiring(b.value("gone"), -an_hour);
    const auto living = expiring(b.value("living"), an_hour);
    b.put(b.key("1"), gone);
    b.put(b.key("2"), gone);
    const auto key = b.key("3");
    b.put(key, living);
    // Those that have expired take no room on the page either.
    const auto came =
        value_of(b.handle().list(record_filter().user(living.user).limit(1)), "listing");
    expect_listed(came, shelf{{key, living}}, "a listing with expired records");
}

inline void an_erasure_obeys_its_filter(store_bench& b)
{
    const auto user = b.name("user a");
    for (const auto& f :
         {record_filter().user(user),
          record_filter().user(user).limit(1),
          record_filter().issuer(b.name("issuer a")),
          record_filter().kind(record_kind::grant).user(user),
          record_filter().kind(record_kind::registration).user(user).issuer(b.name("issuer b"))})
    {
        const auto all = stored_shelf(b);
        const auto erased = those_of(all, f);
        expect_equal<std::uint64_t>(
            value_of(b.handle(1).erase(f), "erasing"), erased.size(), "how many were erased"
        );
        for (const auto& [key, r] : all)
        {
            const auto came = b.get(key);
            if (erased.contains(key))
            {
                expect_absent(came, "an erased record");
                continue;
            }
            expect_stored(came, came.at, r, "a record that was not to be erased");
            expect(came.at != 0, "a record that was not to be erased: expected it, came nothing");
            value_of(b.handle().commit(key, came.at, 0, std::nullopt), "deleting");
        }
        expect_equal<std::uint64_t>(
            value_of(b.handle().erase(f), "erasing again"), 0, "how many were erased again"
        );
    }
}

inline void an_erased_record_is_gone_for_good(store_bench& b)
{
    const auto key = b.key();
    const auto r = b.value();
    b.put(key, r, 5);
    value_of(b.handle(1).erase(record_filter().user(r.user)), "erasing");
    expect_error(
        b.handle().commit(key, 5, 6, r), errc::store_conflict, "an update of an erased record"
    );
    b.put(key, r, 7);
}

template <class Checks>
void add_listing_checks(Checks& out)
{
    constexpr std::string_view listing = "a listing";
    out.emplace_back(
        "a listing has what its filter says, in order", listing, a_listing_obeys_its_filter
    );
    out.emplace_back(
        "a filter by the empty user lists those without a user",
        listing,
        an_empty_filter_value_is_a_value
    );
    out.emplace_back(
        "a listing without a filter has everything, in order",
        listing,
        a_listing_without_filter_has_everything
    );
    out.emplace_back(
        "the pages of a listing have every record once", listing, pages_cover_everything_once
    );
    out.emplace_back(
        "a listing goes on after a record that was deleted",
        listing,
        a_listing_goes_on_after_a_deleted_one
    );
    out.emplace_back(
        "a record that has expired is not listed", listing, expired_records_are_not_listed
    );
    constexpr std::string_view erasing = "erasing";
    out.emplace_back(
        "an erasure erases what its filter says and nothing else",
        erasing,
        an_erasure_obeys_its_filter
    );
    out.emplace_back(
        "an erased record is gone for who still knows its generation",
        erasing,
        an_erased_record_is_gone_for_good
    );
}

} // namespace asioauth::testing::detail
