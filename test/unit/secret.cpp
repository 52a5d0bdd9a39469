// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/kept_memory.hpp"
#include "unit/watched_memory.hpp"

#include <asioauth/redirect.hpp>
#include <asioauth/secret.hpp>

#include <boost/test/unit_test.hpp>

#include <concepts>
#include <cstddef>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(secret_)

namespace {

template <class T>
concept printable = requires(std::ostream& os, const T& v)
{
    os << v;
};

static_assert(!printable<secret>);
static_assert(!std::convertible_to<secret, std::string>);
static_assert(!std::convertible_to<secret, std::string_view>);
static_assert(!std::convertible_to<std::string, secret>);

} // namespace

BOOST_AUTO_TEST_CASE(secret_owns_a_copy_and_reveals_it)
{
    std::string text = "s3cr3t";
    const secret s(text);
    text = "xxxxxx";
    BOOST_TEST(s.reveal() == "s3cr3t");
    BOOST_TEST(s.size() == 6U);
    BOOST_TEST(!s.empty());
    BOOST_TEST(secret().empty());
    BOOST_TEST(secret("").reveal().empty());
    BOOST_TEST(secret(std::string_view("a\0b", 3)).size() == 3U);
}

BOOST_AUTO_TEST_CASE(copies_are_independent_and_moved_from_is_empty)
{
    secret a("alpha");
    secret b = a;
    BOOST_TEST((b.reveal().data() != a.reveal().data()));
    secret c = std::move(a);
    BOOST_TEST(c.reveal() == "alpha");
    BOOST_TEST(a.empty()); // NOLINT(bugprone-use-after-move)
    BOOST_TEST(a.reveal().empty());
    a = b;
    BOOST_TEST(a.reveal() == "alpha");
    b = secret("beta");
    BOOST_TEST(b.reveal() == "beta");
    secret& self = b;
    b = self;
    b = std::move(self);
    BOOST_TEST(b.reveal() == "beta");
}

BOOST_AUTO_TEST_CASE(secret_that_goes_leaves_nothing_in_its_memory)
{
    // Longer than what is kept to be used again.
    const std::string text(20'000, 's');
    const std::string nothing(16, '\0');
    {
        const secret s(text);
        test::watch(s.reveal().data());
    }
    BOOST_TEST(test::has_gone());
    BOOST_TEST((test::last_content() == nothing));

    secret other(text);
    test::watch(other.reveal().data());
    other = secret("another");
    BOOST_TEST(test::has_gone());
    BOOST_TEST((test::last_content() == nothing));
}

BOOST_AUTO_TEST_CASE(memory_of_a_secret_that_is_kept_is_wiped_before_anybody_gets_it)
{
    const std::string text(600, 's');
    const char* place = nullptr;
    {
        const secret s(text);
        place = s.reveal().data();
    }
    void* const next = detail::kept_memory::take(text.size());
    // Another block where nothing is kept, as with a sanitizer.
    if (next == place)
    {
        const std::string_view left(static_cast<const char*>(next), text.size());
        BOOST_TEST(left.find('s') == std::string_view::npos);
    }
    detail::kept_memory::give(next, text.size());
}

BOOST_AUTO_TEST_CASE(comparison_sees_every_byte_and_the_size)
{
    BOOST_TEST((secret("abc") == secret("abc")));
    BOOST_TEST((secret() == secret("")));
    BOOST_TEST((secret("abc") != secret("abd")));
    BOOST_TEST((secret("abc") != secret("xbc")));
    BOOST_TEST((secret("abc") != secret("ab")));
    BOOST_TEST((secret("abc") != secret("abcd")));
    BOOST_TEST((secret("\x80") != secret("\x7f")));
}

BOOST_AUTO_TEST_CASE(wiped_string_is_empty_and_its_bytes_are_gone)
{
    std::string text(200, 's');
    const char* const bytes = text.data();
    const std::size_t capacity = text.capacity();
    text.resize(50); // leaves most of the longer secret behind its end
    wipe(text);
    BOOST_TEST(text.empty());
    BOOST_REQUIRE((text.data() == bytes && text.capacity() == capacity));
    BOOST_TEST(std::string_view(bytes, capacity).find('s') == std::string_view::npos);
    std::string nothing;
    wipe(nothing);
    BOOST_TEST(nothing.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(redirect_)

BOOST_AUTO_TEST_CASE(redirect_is_answered_exactly_once)
{
    int answers = 0;
    error_code last;
    const auto record = [&](const login_outcome& outcome) {
        ++answers;
        last = outcome.code();
    };
    {
        redirect r("http://127.0.0.1/callback?code=x", record);
        r.reply(login_outcome());
        r.reply(login_outcome(errc::state_mismatch));
    }
    BOOST_TEST(answers == 1);
    BOOST_TEST(!last.failed());
}

BOOST_AUTO_TEST_CASE(redirect_destroyed_unanswered_tells_that_the_login_was_aborted)
{
    int answers = 0;
    error_code last;
    const auto record = [&](const login_outcome& outcome) {
        ++answers;
        last = outcome.code();
    };
    {
        redirect a("u", record);
        redirect b(std::move(a));
        BOOST_TEST(answers == 0);
        BOOST_TEST(b.url() == "u");
    }
    BOOST_TEST(answers == 1);
    BOOST_TEST((last == condition::cancelled));
    {
        redirect a("first", record);
        a = redirect("second", record);
        BOOST_TEST(answers == 2);
        BOOST_TEST(a.url() == "second");
        redirect& self = a;
        a = std::move(self);
        BOOST_TEST(answers == 2);
    }
    BOOST_TEST(answers == 3);
}

BOOST_AUTO_TEST_CASE(texts_are_equal_in_constant_time_only_byte_for_byte_and_in_length)
{
    BOOST_TEST(equal_in_constant_time("", ""));
    BOOST_TEST(equal_in_constant_time("abc", "abc"));
    BOOST_TEST(!equal_in_constant_time("abc", "abd"));
    BOOST_TEST(!equal_in_constant_time("xbc", "abc"));
    BOOST_TEST(!equal_in_constant_time("abc", "ab"));
    BOOST_TEST(!equal_in_constant_time("", "a"));
}

BOOST_AUTO_TEST_CASE(redirect_without_a_browser_can_be_answered_and_destroyed)
{
    redirect nobody("pasted", nullptr);
    nobody.reply(login_outcome());
    BOOST_TEST(nobody.url() == "pasted");
    BOOST_TEST(redirect().url().empty());
}

BOOST_AUTO_TEST_CASE(exception_from_an_answer_does_not_leave_the_destructor)
{
    bool called = false;
    {
        const redirect r("u", [&called](const login_outcome&) {
            called = true;
            throw std::runtime_error("browser is gone");
        });
    }
    BOOST_TEST(called);
}

BOOST_AUTO_TEST_SUITE_END()
