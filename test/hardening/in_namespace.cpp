// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The same claim as in ssrf.cpp, with nothing of the library replaced: real names, real sockets, and
// the kernel counts. Run by namespace.sh, where every address of the internet is this machine's.

#include "hardening/spellings.hpp"

#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
namespace asio = boost::asio;
using asio::ip::tcp;

boost::test_tools::assertion_result in_namespace(boost::unit_test::test_unit_id)
{
    return std::getenv("ASIOAUTH_IN_NAMESPACE") != nullptr;
}

// How many connections this network has begun since it is there: SYNs that the kernel has sent.
std::size_t connections_begun()
{
    std::ifstream in("/proc/net/snmp");
    std::vector<std::string> names;
    for (std::string line; std::getline(in, line);)
    {
        if (!line.starts_with("Tcp:"))
            continue;
        std::istringstream words(line);
        std::vector<std::string> all;
        for (std::string w; words >> w;)
            all.push_back(w);
        if (names.empty())
        {
            names = all;
            continue;
        }
        for (std::size_t i = 0; i != names.size(); ++i)
        {
            if (names[i] == "ActiveOpens")
                return std::stoul(all.at(i));
        }
    }
    BOOST_FAIL("the kernel does not count connections");
    return 0;
}

// Listens at every address, and ends what arrives.
class trap
{
public:
    trap(asio::io_context& io, std::uint16_t port) : acceptor_(io)
    {
        acceptor_.open(tcp::v6());
        acceptor_.set_option(asio::ip::v6_only(false));
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        acceptor_.bind({tcp::v6(), port});
        acceptor_.listen();
        accept();
    }

    std::size_t caught() const { return caught_; }

private:
    void accept()
    {
        acceptor_.async_accept([this](error_code ec, tcp::socket) {
            if (ec)
                return;
            ++caught_;
            accept();
        });
    }

    tcp::acceptor acceptor_;
    std::size_t caught_ = 0;
};

class fixture
{
public:
    error_code send(const std::string& target, request_kind kind)
    {
        auto parsed = url::parse(target);
        if (!parsed)
            return parsed.error();
        ++sent;
        const bool post = kind == request_kind::token || kind == request_kind::registration;
        http_request r(kind, post ? "POST" : "GET", *parsed);
        if (post)
            r.body("application/x-www-form-urlencoded", secret("a=b"));
        bool done = false;
        error_code out;
        network.async_send(std::move(r), [&](result<http_response> answer) {
            done = true;
            out = answer ? error_code() : answer.error().code();
        });
        until(done);
        return out;
    }

    error_code discover(const std::string& target)
    {
        ++sent;
        bool done = false;
        error_code out;
        subject.async_discover(
            discover_params(target).allow_loopback(false),
            [&](error_code ec, const discovery&) {
                done = true;
                out = ec;
            }
        );
        until(done);
        return out;
    }

    void until(const bool& done)
    {
        while (!done && io.run_one() != 0)
        {}
    }

    asio::io_context io;
    trap https{io, 443};
    trap http{io, 80};
    http_client network{io.get_executor()};
    client subject{io.get_executor()};
    std::size_t sent = 0;
};

constexpr request_kind kinds[] = {
    request_kind::probe,
    request_kind::metadata,
    request_kind::registration,
    request_kind::token,
    request_kind::resource,
    request_kind::page,
    request_kind::icon};

BOOST_AUTO_TEST_SUITE(ssrf_in_a_namespace, *boost::unit_test::precondition(&in_namespace))

BOOST_AUTO_TEST_CASE(no_syn_is_sent_to_an_address_that_is_not_public)
{
    fixture f;
    // That the trap is one: it catches who goes to a forbidden address, and is where the client comes
    // when it goes to a public one.
    const std::size_t at_first = connections_begun();
    for (const auto* const address : {"10.0.0.1", "169.254.169.254", "2001:db8::1"})
    {
        tcp::socket s(f.io);
        s.connect({asio::ip::make_address(address), 443});
    }
    BOOST_TEST(connections_begun() == at_first + 3);
    BOOST_TEST((f.send("https://public.example/", request_kind::probe) == errc::tls_failed));
    BOOST_TEST(connections_begun() == at_first + 4);
    f.io.poll();
    BOOST_TEST(f.https.caught() == 4U);

    const std::size_t before = connections_begun();
    f.sent = 0;
    const auto all = read_spellings();
    std::size_t names = 0;
    for (const auto& s : all)
    {
        const std::string name = "https://n" + std::to_string(++names) + ".forbidden.example";
        BOOST_TEST_CONTEXT(s.text << ", " << name)
        {
            for (const auto kind : kinds)
            {
                BOOST_TEST(f.send(s.text + "/", kind).failed());
                BOOST_TEST(f.send(name + "/", kind).failed());
            }
            BOOST_TEST(f.discover(s.text + "/").failed());
            BOOST_TEST(f.discover(name + "/").failed());
        }
    }
    f.io.poll();
    const std::size_t begun = connections_begun() - before;
    BOOST_TEST(begun == 0U);
    BOOST_TEST(f.https.caught() == 4U);
    BOOST_TEST(f.http.caught() == 0U);
    std::printf(
        "namespace: %zu spellings and names, %zu requests, %zu connections begun\n",
        2 * all.size(),
        f.sent,
        begun
    );
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
