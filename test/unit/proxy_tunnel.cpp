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

BOOST_AUTO_TEST_CASE(refusal_says_who_refused_and_what_can_be_done)
{
    const auto answer = [](std::string_view proxy, std::string_view text) {
        const auto settings = proxy_settings::parse(proxy).value();
        detail::tunnel_reader subject(settings);
        detail::receive_buffer b(detail::response_reader::buffer_size);
        boost::asio::buffer_copy(b.prepare(text.size()), boost::asio::buffer(text));
        b.commit(text.size());
        const auto open = subject.take(b, text.size());
        return open ? "" : open.error().info().message();
    };
    constexpr std::string_view anybody = "http://proxy.example:3128";
    constexpr std::string_view anna = "http://anna:b@proxy.example:3128";
    const auto wanted = [](std::string_view challenges) {
        return "HTTP/1.1 407 No\r\n" + std::string(challenges) + "\r\n";
    };
    const std::string who = "The proxy proxy.example:3128 ";
    for (const auto* const basic :
         {"Proxy-Authenticate: Basic realm=\"a\"\r\n",
          "proxy-authenticate: BASIC\r\n",
          "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: basic realm=a\r\n",
          "Proxy-Authenticate: Digest realm=\"a\", Basic realm=\"b\"\r\n"})
    {
        BOOST_TEST(answer(anybody, wanted(basic)) == who + "wants a user name and password.");
        BOOST_TEST(
            answer(anna, wanted(basic)) == who + "does not accept the user name and password."
        );
    }
    for (const auto* const other :
         {"",
          "Proxy-Authenticate: Negotiate\r\n",
          "Proxy-Authenticate: NotBasic\r\n",
          "WWW-Authenticate: Basic realm=\"a\"\r\n"})
    {
        BOOST_TEST(
            answer(anna, wanted(other)) == who + "does not offer Basic authentication.", other
        );
    }
    BOOST_TEST(
        answer(anna, "HTTP/1.1 401 No\r\n\r\n")
        == who + "does not accept the user name and password."
    );
    BOOST_TEST(
        answer(anybody, "HTTP/1.1 401 No\r\n\r\n") == who + "wants a user name and password."
    );
    BOOST_TEST(answer(anybody, "HTTP/1.1 300 X\r\n\r\n") == who + "answered with status 300.");
    BOOST_TEST(answer(anybody, "HTTP/1.1 101 X\r\n\r\n") == who + "answered with status 101.");
    BOOST_TEST(
        answer(anybody, "HTTP/1.1 200 OK\r\n\r\nx")
        == "What proxy.example:3128 answered has something behind it, where the server cannot have "
           "spoken yet."
    );
}

BOOST_AUTO_TEST_CASE(answer_may_be_put_off_so_often_and_no_more)
{
    std::string answer;
    for (int i = 0; i != limits::interim_responses; ++i)
        answer += "HTTP/1.1 100 C\r\n\r\n";
    const std::string ok = "HTTP/1.1 299 OK\r\n\r\n";
    BOOST_TEST(read_any_way(answer + ok) == "tunnel");
    BOOST_TEST(read_any_way(answer + "HTTP/1.1 199 C\r\n\r\n" + ok) == "proxy_response_invalid 0");
}

BOOST_AUTO_TEST_CASE(proxy_that_closes_without_an_answer_is_named)
{
    const auto proxy = proxy_settings::parse("http://anna:canary@proxy.example:3128").value();
    const auto lost = detail::tunnel_reader(proxy).end();
    BOOST_TEST((lost.code() == errc::connection_lost));
    BOOST_TEST(
        lost.info().message()
        == "The proxy proxy.example:3128 closed the connection without an answer."
    );
    BOOST_TEST(!lost.info().hint().empty());
}

BOOST_AUTO_TEST_CASE(credentials_are_in_the_request_for_a_tunnel_if_there_are_any)
{
    const auto written = [](std::string_view address) {
        const auto proxy = proxy_settings::parse(address).value();
        detail::request_bytes out;
        detail::assign_tunnel_request(out, "a.example:443", proxy, "agent/1");
        return std::string(out.view());
    };
    const std::string head = "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n"
                             "User-Agent: agent/1\r\n";
    BOOST_TEST(written("http://proxy.example:3128") == head + "\r\n");
    BOOST_TEST(
        written("http://anna:b@proxy.example:3128")
        == head + "Proxy-Authorization: Basic YW5uYTpi\r\n\r\n"
    );
}

BOOST_AUTO_TEST_CASE(tunnel_leads_only_where_the_policy_lets_it)
{
    const auto why_not = [](const address_policy& policy, std::string_view target) {
        const auto guard = detail::address_guard::make(policy).value();
        const auto checked = detail::check_tunnel(guard, url::parse(target).value());
        return checked ? std::string() : checked.error().info().message();
    };
    const address_policy usual;
    for (const auto* const target :
         {"https://a.example/",
          "https://a.xn--p1ai/",
          "https://locals/x",
          "https://a.corporation/",
          "https://93.184.216.34/",
          "https://[2606:4700::1111]/"})
    {
        const bool has_dot_or_address = std::string_view(target) != "https://locals/x";
        BOOST_TEST(why_not(usual, target).empty() == has_dot_or_address, target);
    }
    for (const auto* const host :
         {"localhost",
          "intranet",
          "a.local",
          "a.internal",
          "db.home.arpa",
          "a.svc",
          "10.0.0.1",
          "169.254.169.254",
          "127.0.0.1"})
    {
        const auto target = "https://" + std::string(host) + "/";
        BOOST_TEST(
            why_not(usual, target)
            == "The address of " + std::string(host) + " is not one that this request may reach."
        );
    }
    const auto company = address_policy().allow_private_network("10.0.0.0/8");
    BOOST_TEST(why_not(company, "https://10.0.0.1/").empty());
    BOOST_TEST(!why_not(company, "https://192.168.0.1/").empty());
    // Where names lead is for the proxy to say then.
    BOOST_TEST(why_not(company, "https://intranet/").empty());
    BOOST_TEST(why_not(company, "https://a.local/").empty());
}

BOOST_AUTO_TEST_CASE(what_comes_with_the_answer_of_a_proxy_is_never_taken_for_the_server)
{
    BOOST_TEST(read("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK", 8192) == "proxy_response_invalid 0");
    BOOST_TEST(read("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 8192) == "tunnel");
    BOOST_TEST(
        read("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\n\r\n ", 8192) == "proxy_response_invalid 0"
    );
    // A proxy that goes over to another protocol is none.
    BOOST_TEST(read_any_way("HTTP/1.1 101 S\r\n\r\n") == "proxy_refused 101");
    BOOST_TEST(read_any_way("HTTP/1.1 299 OK\r\n\r\n") == "tunnel");
    BOOST_TEST(read_any_way("HTTP/1.1 300 No\r\n\r\n") == "proxy_refused 300");
}

BOOST_AUTO_TEST_CASE(name_that_a_lax_reader_takes_for_an_address_is_not_asked_for)
{
    const auto guard = detail::address_guard::make(address_policy()).value();
    for (const auto* const host : {"", ".", "a", "a.", "a.example.", "a.1", "0x7f.1", "127.0.0.1"})
        BOOST_TEST(!guard.allows_name(host), host);
    for (const auto* const host : {"a.b", ".b", "1.a", "a.b1", "a.z"})
        BOOST_TEST(guard.allows_name(host), host);
}

BOOST_AUTO_TEST_SUITE_END()
