// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

// What keeps one record from being taken for another, and what is believed of a record.
BOOST_AUTO_TEST_SUITE(stored_records)

using namespace asioauth;
using namespace asioauth::test;

namespace {

using detail::grant_key;

constexpr const char* where = "https://mcp.example/mcp";

result<grant> logged_in(world& w, login_params params = login_params(where))
{
    return *w.run(detail::login(std::move(params), plain_settings()));
}

// The record of a login with one text in it replaced by another.
record changed(const record& from, std::string_view what, std::string_view by)
{
    std::string text(from.document.reveal());
    const auto at = text.find(what);
    BOOST_REQUIRE(at != std::string::npos);
    text.replace(at, what.size(), by);
    record out = from;
    out.document = secret(text);
    return out;
}

record good_record()
{
    world w;
    add_provider(w);
    return make_record(logged_in(w).value());
}

} // namespace

BOOST_AUTO_TEST_CASE(keys_of_two_different_tuples_are_never_one)
{
    const token_grant code;
    BOOST_TEST((grant_key("a\nb", "c", code) != grant_key("a", "b\nc", code)));
    BOOST_TEST((grant_key("a%0Ab", "c", code) != grant_key("a\nb", "c", code)));
    BOOST_TEST((grant_key("a", "c", code) != grant_key("b", "c", code)));
    BOOST_TEST((grant_key("a", "b", code) != grant_key("a", "c", code)));

    const client_profile profile;
    const std::string uri = "https://app.example/callback";
    BOOST_TEST(
        (registration_key("https://a.example", profile, uri)
         != registration_key("https://b.example", profile, uri))
    );
    const redirect_target target;
    BOOST_TEST(
        (registration_key("https://a.example", profile, target)
         != registration_key("https://b.example", profile, target))
    );
}

BOOST_AUTO_TEST_CASE(a_record_of_another_version_is_not_read)
{
    const record good = good_record();
    BOOST_REQUIRE(read_grant_record(good));
    for (const auto* version : {R"("version":1)", R"("version":0)", R"("version":"2")"})
    {
        const auto read = read_grant_record(changed(good, R"("version":2)", version));
        BOOST_REQUIRE(!read);
        BOOST_TEST((read.error().code() == errc::store_record_invalid));
    }
}

BOOST_AUTO_TEST_CASE(a_record_without_what_a_login_needs_is_not_read)
{
    const record good = good_record();
    for (const auto* name : {"requested", "token_endpoint", "access_token"})
    {
        const std::string member = '"' + std::string(name) + "\":";
        const auto read = read_grant_record(changed(good, member, "\"other\":"));
        BOOST_REQUIRE(!read);
        BOOST_TEST((read.error().code() == errc::store_record_invalid));
    }
}

BOOST_AUTO_TEST_CASE(a_record_opens_this_machine_only_to_a_login_of_this_machine)
{
    const record good = good_record();
    BOOST_TEST(!read_grant_record(good)->found.policy.loopback_allowed());
    const auto local = changed(
        good, R"("requested":"https://mcp.example/)", R"("requested":"http://127.0.0.1:9/)"
    );
    BOOST_TEST(read_grant_record(local)->found.policy.loopback_allowed());
}

BOOST_AUTO_TEST_CASE(a_record_that_lies_under_another_users_name_is_not_used)
{
    world first;
    add_provider(first);
    login_params alice(where);
    alice.user("alice");
    const auto hers = logged_in(first, alice);
    BOOST_REQUIRE(hers);
    world second;
    second.records[grant_key("bob", where, token_grant())] =
        first.records.at(grant_key("alice", where, token_grant()));
    login_params bob(where);
    bob.user("bob").silent(true);
    const auto r = logged_in(second, bob);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::login_required);
}

BOOST_AUTO_TEST_SUITE_END()
