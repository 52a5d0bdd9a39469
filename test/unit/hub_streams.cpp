// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a user of a hub has under way, and the streams that are handed through: they are counted, and
// ended with their integration.

#include "hub/paced_stream.hpp"
#include "hub/relayed_stream.hpp"
#include "hub/user_places.hpp"

#include <asioauth/body_stream.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(hub_streams)

using namespace asioauth;
using detail::user_places;
namespace asio = boost::asio;

namespace {

/// Says at once what it is told to, on the executor of whoever asks.
class told_stream final : public body_stream
{
public:
    void async_read_some(handler h) override
    {
        has_executor =
            static_cast<bool>(asio::get_associated_executor(h, asio::any_completion_executor()));
        ++reads;
        std::move(h)(next);
    }
    void close() override { ++closed; }

    result<std::string> next = std::string("text");
    bool has_executor = false;
    int reads = 0;
    int closed = 0;
};

class fixture
{
public:
    std::shared_ptr<body_stream> open(const std::string& id = "one", std::size_t most = 1)
    {
        inner = std::make_shared<told_stream>();
        return detail::relayed(*places, inner, "anna", id, most);
    }

    bool is_full(std::size_t most = 1) const { return places->is_full("anna", most); }

    static result<std::string> read(body_stream& from)
    {
        std::optional<result<std::string>> got;
        from.async_read_some([&](result<std::string> r) { got.emplace(std::move(r)); });
        BOOST_REQUIRE(got);
        return *got;
    }

    std::shared_ptr<user_places> places = std::make_shared<user_places>();
    std::shared_ptr<told_stream> inner;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(places_are_of_one_user_and_last_as_long_as_they_are_held, fixture)
{
    auto first = places->take("anna", 2);
    auto second = places->take("anna", 2);
    BOOST_TEST((first && second));
    BOOST_TEST((places->take("anna", 2) == nullptr));
    BOOST_TEST((places->take("berta", 2) != nullptr));
    BOOST_TEST((places->take("anna", 3) != nullptr));
    BOOST_TEST(places->is_full("anna", 2));
    BOOST_TEST(!places->is_full("anna", 3));
    BOOST_TEST((places->take("anna", 0) == nullptr));
    first.reset();
    BOOST_TEST((places->take("anna", 2) != nullptr));
    // They may outlive what they are of.
    places.reset();
    second.reset();
}

BOOST_FIXTURE_TEST_CASE(what_is_about_an_integration_is_ended_and_nothing_else, fixture)
{
    int one = 0;
    int two = 0;
    int hers = 0;
    const auto a = places->take("anna", 9, "one", [&] { ++one; });
    const auto b = places->take("anna", 9, "two", [&] { ++two; });
    const auto c = places->take("berta", 9, "one", [&] { ++hers; });
    const auto nothing_to_end = places->take("anna", 9, "one");
    std::shared_ptr<user_places::place> ends_itself;
    ends_itself = places->take("anna", 9, "one", [&] { ends_itself.reset(); });
    places->end_all("anna", "one");
    BOOST_TEST(one == 1);
    BOOST_TEST(two == 0);
    BOOST_TEST(hers == 0);
    BOOST_TEST((ends_itself == nullptr));
    places->end_all("anna", "three");
    places->end_all("clara", "one");
    BOOST_TEST(one == 1);
}

BOOST_FIXTURE_TEST_CASE(stream_keeps_its_place_until_it_has_ended, fixture)
{
    auto s = open();
    BOOST_REQUIRE(s);
    BOOST_TEST(is_full());
    BOOST_TEST((detail::relayed(*places, inner, "anna", "one", 1) == nullptr));
    BOOST_TEST(read(*s).value() == "text");
    BOOST_TEST(is_full());
    // A second reader is refused, which ends nothing.
    inner->next = failure(errc::invalid_argument);
    BOOST_TEST(read(*s).error().code() == make_error_code(errc::invalid_argument));
    BOOST_TEST(is_full());
    inner->next = std::string();
    BOOST_TEST(read(*s).value() == "");
    BOOST_TEST(!is_full());

    s = open();
    inner->next = failure(errc::connection_lost);
    BOOST_TEST(read(*s).error().code() == make_error_code(errc::connection_lost));
    BOOST_TEST(!is_full());

    s = open();
    s->close();
    BOOST_TEST(inner->closed == 1);
    BOOST_TEST(!is_full());

    s = open();
    BOOST_TEST(is_full());
    s.reset();
    BOOST_TEST(!is_full());
}

BOOST_FIXTURE_TEST_CASE(handler_without_an_executor_leaves_it_to_the_stream, fixture)
{
    const auto s = open();
    BOOST_TEST(read(*s).value() == "text");
    BOOST_TEST(!inner->has_executor);
    asio::io_context io;
    std::string got;
    s->async_read_some(asio::bind_executor(io.get_executor(), [&](result<std::string> r) {
        got = r.value();
    }));
    BOOST_TEST(inner->has_executor);
    BOOST_TEST(inner->reads == 2);
    BOOST_TEST(got == "text");
}

BOOST_FIXTURE_TEST_CASE(stream_of_an_integration_is_closed_as_long_as_it_is_there, fixture)
{
    const auto s = open("one", 9);
    const auto of_one = inner;
    const auto t = open("two", 9);
    const auto of_two = inner;
    places->end_all("anna", "one");
    BOOST_TEST(of_one->closed == 1);
    BOOST_TEST(of_two->closed == 0);
}

BOOST_AUTO_TEST_CASE(paced_stream_waits_for_what_is_said_and_not_for_who_takes_it)
{
    asio::io_context io;
    boost::beast::tcp_stream to(io);
    const auto inner = std::make_shared<told_stream>();
    detail::paced_stream paced(inner, to, std::chrono::seconds(30));
    BOOST_TEST(fixture::read(paced).value() == "text");
    // On the executor of the connection, whose timer it sets.
    BOOST_TEST(inner->has_executor);
    inner->next = failure(errc::connection_lost);
    BOOST_TEST(fixture::read(paced).error().code() == make_error_code(errc::connection_lost));
    paced.close();
    BOOST_TEST(inner->closed == 1);
}

BOOST_AUTO_TEST_SUITE_END()
