// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "support/certificates.hpp"
#include "support/loopback_server.hpp"

#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace asioauth {
namespace {

using namespace testing;

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(proxy_events)

// catches D-15
BOOST_AUTO_TEST_CASE(password_of_a_proxy_is_in_no_event)
{
    const auto is_silent = [](const std::string& text) {
        return !has(text, "canary-7x") && !has(text, "YW5uYTpjYW5hcnkt");
    };
    boost::asio::io_context io;
    loopback_server refusing([&refusing](peer& p) {
        refusing.log(p.read_request());
        p.write("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n");
    });
    std::string told;
    auto here =
        proxy_settings::parse("http://anna:canary-7x@127.0.0.1:" + std::to_string(refusing.port()));
    client_settings all;
    all.http(http_client_settings().proxy(std::move(here.value())));
    all.on_event([&](const event& e) { told.append(e.text).append(e.url).append("\n"); });
    client subject(io.get_executor(), all);
    diagnostics why;
    error_code how;
    subject.async_discover(
        discover_params("https://good.example/mcp"),
        why,
        [&](error_code ec, const discovery&) { how = ec; }
    );
    io.run();
    BOOST_TEST((how == errc::proxy_authentication_required));
    BOOST_TEST(has(refusing.log().front(), "YW5uYTpjYW5hcnkt"));
    BOOST_TEST(has(told, "good.example"));
    BOOST_TEST(is_silent(told));
    BOOST_TEST(is_silent(describe(how, why)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
