// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "net/http_client_fixture.hpp"

#include <asioauth/body_stream.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::testing {

/// How a read of a stream ended.
struct reading
{
    int calls = 0;
    result<std::string> value = failure(errc::invalid_argument);

    error_code code() const { return value ? error_code() : value.error().code(); }
    std::string octets() const { return value ? *value : "failed: " + code().message(); }
};

inline const std::string event_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
inline const std::string chunked_head = event_head + "Transfer-Encoding: chunked\r\n\r\n";

inline std::string chunk(std::string_view octets)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string size;
    for (auto n = octets.size(); n != 0; n /= 16)
    {
        size.insert(size.begin(), digits[n % 16]);
    }
    return (size.empty() ? "0" : size) + "\r\n" + std::string(octets) + "\r\n";
}

struct stream_fixture : http_client_fixture
{
    static http_request stream_request(std::string_view target, std::string_view method = "GET")
    {
        auto r = request(target, request_kind::resource, method);
        r.stream_events(true);
        return r;
    }

    /// The stream of a response, of which nothing has been read and for which nothing is pending.
    std::shared_ptr<body_stream> open(http_request r)
    {
        const auto o = send(std::move(r));
        BOOST_TEST(o.body() == "");
        BOOST_REQUIRE(o.value);
        BOOST_REQUIRE(o.value->events());
        return o.value->events();
    }

    std::shared_ptr<body_stream> open(std::string_view target)
    {
        return open(stream_request(target));
    }

    static std::shared_ptr<reading> start_read(body_stream& s)
    {
        return start_read(s, boost::asio::cancellation_slot());
    }

    static std::shared_ptr<reading> start_read(body_stream& s, boost::asio::cancellation_slot slot)
    {
        auto o = std::make_shared<reading>();
        auto done = [o](result<std::string> v) {
            ++o->calls;
            o->value = std::move(v);
        };
        if (slot.is_connected())
        {
            s.async_read_some(boost::asio::bind_cancellation_slot(slot, std::move(done)));
        }
        else
        {
            s.async_read_some(std::move(done));
        }
        BOOST_TEST(o->calls == 0); // never inside async_read_some
        return o;
    }

    reading read(body_stream& s)
    {
        const auto o = start_read(s);
        run();
        BOOST_TEST(o->calls == 1);
        return *o;
    }

    /// Read until the end or an error, which is in `last`.
    std::string read_all(body_stream& s, reading& last)
    {
        std::string all;
        for (;;)
        {
            last = read(s);
            if (!last.value || last.value->empty())
            {
                return all;
            }
            BOOST_REQUIRE(last.value->size() <= std::size_t{16} * 1024);
            all += *last.value;
        }
    }

    /// The whole of a stream that ends regularly.
    std::string read_all(body_stream& s)
    {
        reading last;
        const auto all = read_all(s, last);
        BOOST_TEST(last.octets() == "");
        return all;
    }
};

} // namespace asioauth::testing
