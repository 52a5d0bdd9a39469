// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A login in the hands of a program: what its session says of it, its tokens for other libraries,
// and its end.

#include "support/mock_ports.hpp"

#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>
#include <asioauth/token_provider.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

BOOST_AUTO_TEST_SUITE(token_providers)

using namespace asioauth;
using namespace asioauth::test;
namespace asio = boost::asio;

namespace {

class logged_in
{
public:
    logged_in()
    {
        add_provider(*network);
        network->on("POST https://as.example/token", [this](const http_request&) {
            const std::string n = std::to_string(++issued);
            http_response out(
                status,
                status == 200
                    ? R"({"access_token":"CANARY-)" + n + R"(","refresh_token":"CANARY-refresh-)"
                        + n + R"(","token_type":"Bearer","expires_in":3600})"
                    : refusal
            );
            out.field("Content-Type", "application/json");
            return result<http_response>(std::move(out));
        });
        client_settings s;
        s.transport(network).listener(user).user_agent(user).store(kept);
        subject.emplace(io.get_executor(), s);
        subject->async_login("https://mcp.example/mcp", [&](error_code ec, session got) {
            BOOST_TEST(!ec);
            mine = std::move(got);
        });
        io.run();
        BOOST_REQUIRE(mine.has_token());
    }

    void run()
    {
        io.restart();
        io.run();
    }

    result<access_token> replaced(const char* refused)
    {
        std::optional<result<access_token>> got;
        make_token_provider(mine)->async_replace_token(
            secret(refused), [&](result<access_token> t) { got.emplace(std::move(t)); }
        );
        BOOST_TEST(!got.has_value()); // never inside the function
        run();
        return got.value();
    }

    asio::io_context io;
    std::shared_ptr<mock_transport> network = std::make_shared<mock_transport>(io.get_executor());
    std::shared_ptr<mock_user> user = std::make_shared<mock_user>(io.get_executor());
    std::shared_ptr<memory_store> kept = std::make_shared<memory_store>(io.get_executor());
    std::optional<client> subject;
    session mine;
    int status = 200;
    int issued = 0;
    std::string refusal;
};

} // namespace

BOOST_AUTO_TEST_CASE(session_says_whose_login_it_is_and_until_when)
{
    const auto before = std::chrono::system_clock::now();
    logged_in at;
    const auto after = std::chrono::system_clock::now();
    BOOST_TEST(at.mine.client_id() == at.mine.client_registration().client_id);
    BOOST_TEST(!at.mine.client_id().empty());
    BOOST_TEST(at.mine.issuer() == "https://as.example");
    BOOST_REQUIRE(at.mine.expires_at().has_value());
    BOOST_TEST((*at.mine.expires_at() >= before + std::chrono::seconds(3600)));
    BOOST_TEST((*at.mine.expires_at() <= after + std::chrono::seconds(3600)));
}

BOOST_AUTO_TEST_CASE(token_that_was_refused_is_replaced_once_for_all_who_had_it)
{
    logged_in at;
    const auto second = at.replaced("CANARY-1");
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(second->credentials().reveal() == "Bearer CANARY-2");
    const auto same = at.replaced("CANARY-1");
    BOOST_TEST(same.value().credentials().reveal() == "Bearer CANARY-2");
    BOOST_TEST(at.issued == 2);
}

BOOST_AUTO_TEST_CASE(failure_comes_with_its_diagnostics)
{
    logged_in at;
    at.status = 400;
    at.refusal = R"({"error":"invalid_grant","error_description":"It has ended."})";
    const auto none = at.replaced("CANARY-1");
    BOOST_TEST(none.error().code() == errc::login_required);
    BOOST_TEST((none.error().info().where() == stage::token));
    BOOST_TEST(none.error().info().url() == "https://mcp.example/mcp");
}

BOOST_AUTO_TEST_CASE(failure_without_diagnostics_is_the_same_code)
{
    logged_in at;
    at.status = 400;
    at.refusal = R"({"error":"invalid_grant"})";
    std::optional<error_code> ended;
    at.mine.async_replace_token(secret("CANARY-1"), [&](error_code ec, access_token t) {
        BOOST_TEST(!t);
        ended = ec;
    });
    at.run();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST((*ended == errc::login_required));
}

BOOST_AUTO_TEST_CASE(who_has_logged_out_has_to_log_in)
{
    logged_in at;
    std::optional<error_code> ended;
    at.mine.async_logout(logout_params(), [&](error_code ec, logout_outcome) { ended = ec; });
    at.run();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(!*ended);
    at.mine.async_token(std::chrono::seconds(30), [&](error_code ec, access_token t) {
        BOOST_TEST(!t);
        ended = ec;
    });
    at.run();
    BOOST_TEST((*ended == errc::login_required));
}

BOOST_AUTO_TEST_SUITE_END()
