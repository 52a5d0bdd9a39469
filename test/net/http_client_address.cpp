// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/http_client_fixture.hpp"
#include "net/refusing_port.hpp"
#include "net/silent_listener.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

struct address_fixture : http_client_fixture
{
    // Every name has these addresses; each call takes the next list, the last one stays.
    std::shared_ptr<std::vector<std::vector<std::string>>> answers =
        std::make_shared<std::vector<std::vector<std::string>>>();
    std::vector<std::string> dialled;

    address_fixture()
    {
        settings.name_cache_time(std::chrono::milliseconds(0));
        hooks.lookup =
            [a = answers](const std::string&, detail::resolver::addresses& found) -> error_code {
            for (const auto& text : a->front())
            {
                found.push_back(make_address(text));
            }
            if (a->size() > 1)
            {
                a->erase(a->begin());
            }
            return found.empty() ? make_error_code(errc::name_not_resolved) : error_code();
        };
    }

    // Addresses that passed the policy lead to this port of 127.0.0.1.
    void lead_to(std::uint16_t port)
    {
        hooks.route = [this, port](const tcp::endpoint& e) {
            dialled.push_back(e.address().to_string());
            return tcp::endpoint(boost::asio::ip::address_v4::loopback(), port);
        };
    }

    static http_request public_request(std::string_view target)
    {
        return http_request(request_kind::metadata, "GET", url::parse(target).value());
    }
};

std::string on_port(std::string_view host, std::uint16_t port)
{
    return "https://" + std::string(host) + ":" + std::to_string(port) + "/";
}

BOOST_FIXTURE_TEST_SUITE(http_client_address, address_fixture)

// covers C-9728-12 C-MCP-17
BOOST_AUTO_TEST_CASE(loopback_is_not_reached_without_permission)
{
    loopback_server trap(answer_all);
    answers->push_back({"127.0.0.1"});
    for (const auto* const host :
         {"127.0.0.1",
          "127.0.0.2",
          "localhost",
          "a.localhost",
          "[::1]",
          "[::ffff:127.0.0.1]",
          "0.0.0.0",
          "[::]",
          "[64:ff9b::7f00:1]",
          "inside.example"})
    {
        BOOST_TEST_CONTEXT(host)
        {
            BOOST_TEST(
                (send(public_request(on_port(host, trap.port()))).code() == errc::address_blocked)
            );
        }
    }
    // The permission is for hosts that are loopback by name, whatever the DNS says about others.
    BOOST_TEST((get(on_port("inside.example", trap.port())).code() == errc::address_blocked));
    BOOST_TEST((get(on_port("0.0.0.0", trap.port())).code() == errc::address_blocked));
    BOOST_TEST((get(on_port("[::ffff:127.0.0.1]", trap.port())).code() == errc::address_blocked));
    BOOST_TEST(trap.connections_so_far() == 0U);
}

BOOST_AUTO_TEST_CASE(every_kind_and_method_is_guarded)
{
    loopback_server trap(answer_all);
    for (const auto kind :
         {request_kind::probe,
          request_kind::metadata,
          request_kind::registration,
          request_kind::token,
          request_kind::resource})
    {
        http_request r(kind, "POST", url::parse(on_port("127.0.0.1", trap.port())).value());
        BOOST_TEST((send(r).code() == errc::address_blocked));
    }
    BOOST_TEST(trap.connections_so_far() == 0U);
}

BOOST_AUTO_TEST_CASE(message_does_not_tell_what_the_name_resolved_to)
{
    answers->push_back({"10.11.12.13"});
    const auto o = send(public_request("https://inside.example/"));
    BOOST_TEST((o.code() == errc::address_blocked));
    BOOST_TEST(o.message().find("inside.example") != std::string::npos);
    BOOST_TEST(o.message().find("10.11") == std::string::npos);
}

// covers C-9728-12 C-MCP-17
BOOST_AUTO_TEST_CASE(only_public_addresses_of_a_mixed_answer_are_dialled)
{
    const testing::refusing_port nobody;
    lead_to(nobody.number());
    answers->push_back(
        {"127.0.0.1", "93.184.216.34", "10.0.0.1", "::1", "2606:4700::1111", "169.254.169.254"}
    );
    BOOST_TEST((send(public_request("https://mixed.example/")).code() == errc::connect_failed));
    BOOST_TEST((dialled == std::vector<std::string>{"93.184.216.34", "2606:4700::1111"}));
}

BOOST_AUTO_TEST_CASE(name_that_turns_private_is_refused)
{
    loopback_server server(test_pki::get().good(), [](peer& p) {
        p.read_request();
        p.respond("ok", "Connection: close\r\n");
    });
    lead_to(server.port());
    answers->push_back({"93.184.216.34"});
    answers->push_back({"192.168.0.1"});
    BOOST_TEST(send(public_request("https://good.example/")).body() == "ok");
    BOOST_TEST((send(public_request("https://good.example/")).code() == errc::address_blocked));
    BOOST_TEST((dialled == std::vector<std::string>{"93.184.216.34"}));
    BOOST_TEST(server.connections_so_far() == 1U);
}

BOOST_AUTO_TEST_CASE(private_network_is_reached_only_if_named)
{
    loopback_server server(test_pki::get().good(), answer_all);
    lead_to(server.port());
    answers->push_back({"10.1.2.3"});
    auto r = public_request("https://good.example/");
    BOOST_TEST((send(r).code() == errc::address_blocked));
    r.policy(address_policy().allow_private_network("10.2.0.0/16"));
    BOOST_TEST((send(r).code() == errc::address_blocked));
    r.policy(address_policy().allow_private_network("10.1.0.0/16"));
    BOOST_TEST(send(r).body() == "ok");
    r.policy(address_policy());
    BOOST_TEST((send(r).code() == errc::address_blocked)); // the idle connection is not this one's
}

BOOST_AUTO_TEST_CASE(missing_name_fails_closed)
{
    answers->push_back({});
    const auto o = send(public_request("https://missing.example/"));
    BOOST_TEST((o.code() == errc::name_not_resolved));
    BOOST_TEST(o.message().find("missing.example") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(answer_with_many_addresses_is_tried_in_part)
{
    lead_to(1);
    answers->emplace_back();
    for (int i = 1; i != 200; ++i)
    {
        answers->front().push_back("93.184.216." + std::to_string(i));
    }
    BOOST_TEST((send(public_request("https://many.example/")).code() == errc::connect_failed));
    BOOST_TEST(dialled.size() == 6U);
}

BOOST_AUTO_TEST_CASE(name_is_looked_up_again_after_its_addresses_have_not_answered)
{
    const silent_listener mute(io);
    settings.name_cache_time(std::chrono::hours(1)).connect_timeout(std::chrono::milliseconds(20));
    answers->push_back({"93.184.216.34"});
    answers->push_back({"93.184.216.35"});
    lead_to(mute.at().port());
    const auto target = "https://moved.example/";
    BOOST_TEST((send(public_request(target)).code() == errc::connect_timeout));
    BOOST_TEST((send(public_request(target)).code() == errc::connect_timeout));
    BOOST_REQUIRE(dialled.size() == 2U);
    BOOST_TEST(dialled[1] == "93.184.216.35");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
