// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a program gets of its own hub: the integrations of a user, and their sessions.

#include "hub_server_fixture.hpp"

#include <asioauth/hub.hpp>
#include <asioauth/session.hpp>

#include <future>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(hub_for_programs)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* user = "local"; // of a hub_server

class program
{
public:
    program() : own_(*at.subject, hub_settings(at.origin)) {}

    std::vector<hub_integration> list(const std::string& of = user)
    {
        std::promise<std::vector<hub_integration>> got;
        own_.async_list(of, [&](error_code ec, std::vector<hub_integration> all) {
            BOOST_TEST(!ec);
            got.set_value(std::move(all));
        });
        return got.get_future().get();
    }

    std::pair<error_code, session> opened(const std::string& id, const std::string& of = user)
    {
        std::promise<std::pair<error_code, session>> got;
        own_.async_open(of, id, [&](error_code ec, session s) {
            got.set_value({ec, std::move(s)});
        });
        return got.get_future().get();
    }

    error_code cannot_open(const std::string& id, const std::string& of = user)
    {
        return opened(id, of).first;
    }

    served at;

private:
    hub own_;
};

} // namespace

BOOST_AUTO_TEST_CASE(list_has_what_its_user_has_connected)
{
    program p;
    BOOST_TEST(p.list().empty());
    const auto open_one = p.at.connected();
    const auto looked_at = p.at.added(); // not connected
    auto all = p.list();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].id == open_one);
    BOOST_TEST(all[0].resource.str() == "https://open.example/mcp");
    BOOST_TEST((all[0].status == integration_status::connected));
    BOOST_TEST(all[0].issuer.empty());
    BOOST_TEST(all[0].page == p.at.origin + "/integrations/" + open_one);

    p.at.log_in(looked_at);
    all = p.list();
    BOOST_REQUIRE(all.size() == 2U);
    const auto& second = all[0].id == looked_at ? all[0] : all[1];
    BOOST_TEST(second.id == looked_at);
    BOOST_TEST(second.issuer == "https://as.example");
    BOOST_TEST(p.list("somebody else").empty());
}

BOOST_AUTO_TEST_CASE(session_of_an_integration_sends_with_its_token)
{
    program p;
    const auto id = p.at.added();
    BOOST_TEST(p.cannot_open(id) == errc::login_required); // not connected yet
    p.at.log_in(id);
    p.at.network->on("GET https://mcp.example/mcp/used", [](const http_request& r) {
        return test::json(200, std::string(r.authorization().reveal()));
    });
    const auto [wrong, s] = p.opened(id);
    BOOST_REQUIRE(!wrong);
    std::promise<std::string> got;
    s.async_send(
        http_request(request_kind::resource, "GET", *url::parse("https://mcp.example/mcp/used")),
        [&](error_code ec, const http_response& r) {
            BOOST_TEST(!ec);
            got.set_value(r.body());
        }
    );
    const auto answer = got.get_future().get();
    BOOST_TEST(answer.starts_with("Bearer "), answer);
}

BOOST_AUTO_TEST_CASE(one_of_another_user_is_as_if_there_were_none)
{
    program p;
    const auto id = p.at.connected();
    BOOST_TEST(!p.cannot_open(id));
    BOOST_TEST(p.cannot_open(id, "somebody else") == errc::login_required);
    BOOST_TEST(p.cannot_open("0123456789abcdef0123456789abcdef") == errc::login_required);
    BOOST_TEST(p.cannot_open("../" + id) == errc::login_required);
}

BOOST_AUTO_TEST_CASE(list_has_the_tools_as_they_were_listed_last)
{
    program p;
    p.at.network->on("POST https://open.example/mcp", [](const http_request& r) {
        const std::string body(r.body().reveal());
        if (body.find("\"server/discover\"") != std::string::npos)
            return test::json(
                200, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}})"
            );
        if (body.find("\"initialize\"") != std::string::npos)
            return test::json(
                200,
                R"({"jsonrpc":"2.0","id":2,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"files","version":"1"}}})"
            );
        if (body.find("\"tools/list\"") != std::string::npos)
            return test::json(
                200,
                R"({"jsonrpc":"2.0","id":3,"result":{"tools":[{"name":"read","title":"Read","description":"Reads a file."},{"name":"write"}]}})"
            );
        return test::json(202, "");
    });
    const auto id = p.at.connected();
    const auto listed = p.at.ask(
        p.at.request("POST", "/integrations/" + id + "/tools", p.at.json + "Content-Length: 0\r\n")
    );
    BOOST_TEST(listed.status == 200, listed.body);
    const auto all = p.list();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].name == "files");
    BOOST_REQUIRE(all[0].tools.size() == 2U);
    BOOST_TEST(all[0].tools[0].name == "read");
    BOOST_TEST(all[0].tools[0].title == "Read");
    BOOST_TEST(all[0].tools[0].description == "Reads a file.");
    BOOST_TEST(all[0].tools[1].name == "write");
    BOOST_TEST(all[0].tools[1].description == "");
}

BOOST_AUTO_TEST_SUITE_END()
