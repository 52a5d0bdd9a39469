// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a client and a session remember beside what is stored: it never grows without end.

#include "flow/flow_memory.hpp"

#include "flow/session_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>

using namespace asioauth;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(flow_memory)

namespace {

const std::chrono::steady_clock::time_point start{seconds(1000)};

detail::grant granted_at(generation at, std::string_view token)
{
    detail::grant out;
    out.at = at;
    out.tokens.access_token = secret(token);
    return out;
}

std::string token_of(const detail::session_memory& m)
{
    return std::string(m.granted()->tokens.access_token.reveal());
}

} // namespace

BOOST_AUTO_TEST_CASE(of_names_that_peers_choose_only_the_newest_are_remembered)
{
    detail::short_memory<std::string, 3> memory;
    for (const char* name : {"a", "b", "c"})
        memory.put(name, std::string("of ") + name);
    // What is known already drives nobody out, and counts as new.
    memory.put("a", "anew");
    BOOST_REQUIRE(memory.find("b") != nullptr);
    BOOST_TEST(*memory.find("b") == "of b");
    memory.put("d", "of d");
    BOOST_TEST(memory.find("b") == nullptr);
    BOOST_REQUIRE(memory.find("a") != nullptr);
    BOOST_TEST(*memory.find("a") == "anew");
    BOOST_TEST(memory.find("c") != nullptr);
    BOOST_TEST(memory.find("d") != nullptr);
    memory.forget("a");
    BOOST_TEST(memory.find("a") == nullptr);
    memory.put("e", "of e");
    BOOST_TEST(memory.find("c") != nullptr); // there was room
}

BOOST_AUTO_TEST_CASE(nonces_of_more_servers_than_are_remembered_drive_the_oldest_out)
{
    detail::flow_memory memory;
    for (int i = 0; i != 300; ++i)
        memory.dpop_nonces.put("https://" + std::to_string(i) + ".example", std::to_string(i));
    BOOST_TEST(memory.dpop_nonces.find("https://43.example") == nullptr);
    BOOST_REQUIRE(memory.dpop_nonces.find("https://44.example") != nullptr);
    BOOST_TEST(*memory.dpop_nonces.find("https://299.example") == "299");
}

BOOST_AUTO_TEST_CASE(pause_of_a_grant_ends_with_its_time_and_its_failures_are_counted)
{
    detail::renewal_pauses pauses;
    BOOST_TEST(!pauses.find("a", start).has_value());
    BOOST_TEST(pauses.failures("a") == 0);
    pauses.put("a", start + seconds(10), failure(errc::connect_failed));
    pauses.put("a", start + seconds(20), failure(errc::temporarily_unavailable));
    BOOST_TEST(pauses.failures("a") == 2);
    const auto why = pauses.find("a", start + seconds(19));
    BOOST_REQUIRE(why.has_value());
    BOOST_TEST((why->code() == errc::temporarily_unavailable));
    BOOST_TEST(!pauses.find("a", start + seconds(20)).has_value());
    BOOST_TEST(!pauses.find("b", start).has_value());
    pauses.forget("a");
    BOOST_TEST(pauses.failures("a") == 0);
}

BOOST_AUTO_TEST_CASE(pauses_of_more_grants_than_are_remembered_are_given_up)
{
    constexpr int most = 65'536;
    detail::renewal_pauses pauses;
    const failure why(errc::connect_failed);
    for (int i = 0; i != most; ++i)
        pauses.put(std::to_string(i), start, why);
    // One that is known already makes nobody go.
    pauses.put("7", start, why);
    BOOST_TEST(pauses.failures("7") == 2);
    BOOST_TEST(pauses.failures("0") == 1);
    pauses.put("one more", start, why);
    BOOST_TEST(pauses.failures("one more") == 1);
    BOOST_TEST(pauses.failures("0") == 0);
    BOOST_TEST(pauses.failures("7") == 0);
}

BOOST_AUTO_TEST_CASE(news_of_a_session_are_not_replaced_by_what_was_loaded_before_them)
{
    detail::session_memory session(granted_at(3, "third"), login_params("https://mcp.example/mcp"));
    session.replace(granted_at(2, "second"));
    BOOST_TEST(token_of(session) == "third");
    session.replace(granted_at(3, "third again"));
    BOOST_TEST(token_of(session) == "third again");
    session.replace(granted_at(4, "fourth"));
    BOOST_TEST(token_of(session) == "fourth");
    // What could not be stored is newer than all that is.
    session.replace(granted_at(0, "not stored"));
    BOOST_TEST(token_of(session) == "not stored");
}

BOOST_AUTO_TEST_CASE(operations_that_a_user_was_sent_for_are_counted_apart_and_not_without_end)
{
    detail::session_memory session(granted_at(1, "t"), login_params("https://mcp.example/mcp"));
    BOOST_TEST(session.count_step_up("call a") == 1);
    BOOST_TEST(session.count_step_up("call a") == 2);
    BOOST_TEST(session.count_step_up("call b") == 1);
    for (int i = 0; i != 254; ++i)
        BOOST_TEST(session.count_step_up(std::to_string(i)) == 1);
    // As many as there may be: the known ones are still counted.
    BOOST_TEST(session.count_step_up("call a") == 3);
    BOOST_TEST(session.count_step_up("one more") == 1);
    BOOST_TEST(session.count_step_up("call a") == 1);
    BOOST_TEST(session.count_step_up("one more") == 2);
}

BOOST_AUTO_TEST_CASE(elevations_that_were_refused_are_remembered_and_not_without_end)
{
    detail::session_memory session(granted_at(1, "t"), login_params("https://mcp.example/mcp"));
    BOOST_TEST(!session.was_refused("a"));
    session.remember_refusal("a");
    for (int i = 0; i != 255; ++i)
        session.remember_refusal(std::to_string(i));
    BOOST_TEST(session.was_refused("a"));
    BOOST_TEST(session.was_refused("254"));
    BOOST_TEST(!session.was_refused("255"));
    session.remember_refusal("255");
    BOOST_TEST(session.was_refused("255"));
    BOOST_TEST(!session.was_refused("a"));
}

BOOST_AUTO_TEST_SUITE_END()
