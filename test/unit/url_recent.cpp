// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/url.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(url_recent)

namespace {

url parsed(const std::string& text)
{
    result<url> r = url::parse(text);
    BOOST_REQUIRE_MESSAGE(r.has_value(), text);
    return *r;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_text_that_was_just_read_is_not_read_again_unless_there_may_be_secrets_in_it)
{
    const auto is_shared = [](const std::string& text) {
        return parsed(text).str().data() == parsed(text).str().data();
    };
    const url first = parsed("https://host.example/once-more");
    BOOST_TEST((parsed("https://host.example/once-more").str().data() == first.str().data()));
    BOOST_TEST(is_shared("http://[2001:db8::1]:8080/"));
    const url with_query = parsed("https://host.example/once-more?code=c0de");
    BOOST_TEST((parsed(with_query.str()).str().data() != with_query.str().data()));
    const url with_fragment = parsed("https://host.example/once-more#t0ken");
    BOOST_TEST((parsed(with_fragment.str()).str().data() != with_fragment.str().data()));
    const url long_one = parsed("https://host.example/" + std::string(300, 'a'));
    BOOST_TEST((parsed(long_one.str()).str().data() != long_one.str().data()));

    bool same_elsewhere = true;
    std::thread other([&] {
        const auto there = url::parse("https://host.example/once-more");
        same_elsewhere = !there || there->str().data() == first.str().data() || !(*there == first);
    });
    other.join();
    BOOST_TEST(!same_elsewhere);
}

BOOST_AUTO_TEST_CASE(whatever_was_read_before_each_text_is_its_own_url)
{
    for (int round = 0; round != 2; ++round)
    {
        for (int i = 0; i != 1'000; ++i)
        {
            const std::string host = "h" + std::to_string(i % 250) + ".example";
            const std::string path = "/p" + std::to_string(i % 125);
            const url u = parsed("https://" + host + path);
            BOOST_TEST(u.str() == "https://" + host + path);
            BOOST_TEST(u.host() == host);
            BOOST_TEST(u.path() == path);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
