// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/proxy_tunnel.hpp"

#include "transport/response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(tunnel_reader_)

namespace {

// What is read of an answer that comes in pieces of this size.
std::string read(std::string_view answer, std::size_t piece)
{
    const auto proxy = proxy_settings::parse("http://proxy.example:3128").value();
    detail::tunnel_reader subject(proxy);
    detail::receive_buffer b(detail::response_reader::buffer_size);
    while (!answer.empty())
    {
        const auto n = std::min(piece, answer.size());
        boost::asio::buffer_copy(b.prepare(n), boost::asio::buffer(answer.data(), n));
        b.commit(n);
        answer.remove_prefix(n);
        const auto open = subject.take(b, n);
        if (!open)
            return std::string(name_of(static_cast<errc>(open.error().code().value()))) + ' '
                + std::to_string(open.error().info().http_status());
        if (*open)
            return b.size() == 0 && answer.empty() ? "tunnel" : "tunnel too early";
    }
    return "more";
}

std::string read_any_way(std::string_view answer)
{
    const auto whole = read(answer, 8192);
    for (std::size_t piece = 1; piece < answer.size() && piece < 100; ++piece)
        BOOST_TEST(read(answer, piece) == whole);
    return whole;
}

} // namespace

BOOST_AUTO_TEST_CASE(answer_reads_alike_however_it_is_cut)
{
    BOOST_TEST(read_any_way("HTTP/1.1 200 OK\r\n\r\n") == "tunnel");
    BOOST_TEST(read_any_way("HTTP/1.0 200 OK\r\nProxy-agent: a/1\r\n\r\n") == "tunnel");
    BOOST_TEST(read_any_way("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n") == "tunnel");
    BOOST_TEST(
        read_any_way("HTTP/1.1 407 No\r\nA: b\r\n\r\n") == "proxy_authentication_required 407"
    );
    BOOST_TEST(
        read_any_way("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 502 No\r\n\r\n") == "proxy_refused 502"
    );
    BOOST_TEST(read_any_way("HTTP/1.1 200 OK\r\nA\r\n\r\n") == "proxy_response_invalid 0");
    BOOST_TEST(read_any_way("HTTP/1.1 200 OK\r\nA: b\r\n") == "more");
    BOOST_TEST(read_any_way("ICY 200 OK\r\n\r\n") == "proxy_response_invalid 0");
}

BOOST_AUTO_TEST_CASE(all_that_comes_before_the_tunnel_has_one_limit)
{
    const std::string ok = "HTTP/1.1 200 OK\r\n\r\n";
    const auto padded = [](std::size_t size) {
        const std::string head = "HTTP/1.1 103 C\r\nA: ";
        return head + std::string(size - head.size() - 4, 'a') + "\r\n\r\n";
    };
    const auto most = limits::proxy_response - ok.size();
    BOOST_TEST(read(padded(most) + ok, 1000) == "tunnel");
    BOOST_TEST(read(padded(most + 1) + ok, 1000) == "proxy_response_invalid 0");
    BOOST_TEST(read(padded(most / 2) + padded(most / 2) + ok, 1000) == "tunnel");
    BOOST_TEST(
        read(padded(most / 2) + padded(most / 2 + 2) + ok, 1000) == "proxy_response_invalid 0"
    );
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_has_always_a_port)
{
    const auto end = [](std::string_view target) {
        return detail::tunnel_end(url::parse(target).value());
    };
    BOOST_TEST(end("https://a.example/") == "a.example:443");
    BOOST_TEST(end("https://A.example:8443/b") == "a.example:8443");
    BOOST_TEST(end("https://[2001:DB8::1]/") == "[2001:db8::1]:443");
    BOOST_TEST(
        detail::tunnel_end(boost::asio::ip::make_address("2001:db8::1"), 1) == "[2001:db8::1]:1"
    );
    BOOST_TEST(
        detail::tunnel_end(boost::asio::ip::make_address("192.0.2.1"), 65535) == "192.0.2.1:65535"
    );
}

BOOST_AUTO_TEST_SUITE_END()
