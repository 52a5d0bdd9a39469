// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/client.hpp>
#include <asioauth/hub_server.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(hub_mount)

using namespace asioauth;
namespace asio = boost::asio;

namespace {

class fixture
{
public:
    result<void> listen_at(std::string_view mount)
    {
        hub_server server(subject, hub_server_settings().mount(mount));
        return server.listen();
    }

    asio::io_context io;
    client subject{
        io.get_executor(),
        client_settings().store(std::make_shared<memory_store>(io.get_executor()))};
};

} // namespace

BOOST_AUTO_TEST_CASE(a_mount_that_is_no_path_is_refused)
{
    fixture f;
    for (const char* wrong :
         {"hub",
          "/a?b",
          "/a#b",
          "/a b",
          "/a//b",
          "/a/../b",
          "/./a",
          "/a%2fb",
          "/a\r\nb",
          "/start",
          "/start/",
          "http://evil.example",
          "//evil.example"})
    {
        const auto r = f.listen_at(wrong);
        BOOST_REQUIRE_MESSAGE(!r, wrong);
        BOOST_TEST((r.error().code() == errc::invalid_argument), wrong);
        BOOST_TEST((r.error().code() == condition::usage), wrong);
        BOOST_TEST(r.error().info().message().find("/integrations") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(slashes_at_the_end_of_a_mount_count_for_nothing)
{
    fixture f;
    for (const char* good : {"", "/", "//", "/hub", "/hub/", "/hub//", "/a/b-c_d.e~f/", "/starts"})
        BOOST_TEST(f.listen_at(good).has_value(), good);
    BOOST_TEST(hub_server_settings().mount("/hub//").mount() == "/hub");
    BOOST_TEST(hub_server_settings().mount("/").mount().empty());
}

BOOST_AUTO_TEST_SUITE_END()
