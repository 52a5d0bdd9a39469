// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The whole of it: a client, a real server, the real reader.

#include "net/refusing_port.hpp"
#include "support/loopback_server.hpp"

#include <asioauth/client.hpp>
#include <asioauth/describe.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>

BOOST_AUTO_TEST_SUITE(describer_operations)

using namespace asioauth;
using namespace asioauth::testing;
using namespace std::string_literals;
namespace asio = boost::asio;

namespace {

const std::string gif = "GIF89a\1\0\1\0\0\0\0;"s;

// Answers by path; a body that is empty is never sent.
class site
{
public:
    std::map<std::string, std::pair<std::string, std::string>> places;
    loopback_server server{[this](peer& p) {
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            const auto path = r.substr(4, r.find(' ', 4) - 4);
            server.log(path);
            const auto found = places.find(path);
            if (found == places.end())
                p.write("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
            else if (found->second.second.empty())
                p.read_to_end();
            else
                p.respond(found->second.second, "Content-Type: " + found->second.first + "\r\n");
        }
    }};
};

class fixture
{
public:
    fixture()
    {
        client_settings s;
        s.store(std::make_shared<memory_store>(io.get_executor()));
        subject.emplace(io.get_executor(), s);
    }

    asio::io_context io;
    std::optional<client> subject;
    site at;
    int calls = 0;
    error_code ec;
    provider_profile profile;

    auto handler()
    {
        return [this](error_code e, provider_profile p) {
            ++calls;
            ec = e;
            profile = std::move(p);
        };
    }

    void describe(describe_params params)
    {
        async_describe(*subject, std::move(params), handler());
        BOOST_TEST(calls == 0); // never inside the initiating function
        io.run();
        BOOST_TEST(calls == 1);
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_provider_is_described_from_its_page)
{
    fixture f;
    f.at.places["/"] = {
        "text/html; charset=shift_jis",
        "<html><head><title>\x93\xfa\x96\x7b</title><meta name=description content='a &amp; b'>"
        "<link rel=icon href=/logo.svg><link rel=icon href=/missing.png sizes=64x64>"
        "<link rel='shortcut icon' href=/i.gif></head><body>"
            + std::string(300'000, 'x') + "</body></html>"};
    f.at.places["/i.gif"] = {"text/plain", gif};
    f.describe(describe_params(f.at.server.url("/mcp?a=b")).look_for_metadata(false));
    BOOST_TEST(!f.ec);
    BOOST_TEST(f.profile.host == "127.0.0.1");
    BOOST_TEST(f.profile.title == "\u65e5\u672c");
    BOOST_TEST(f.profile.description == "a & b");
    BOOST_TEST(f.profile.icon == gif);
    BOOST_TEST(f.profile.icon_type == "image/gif");
    const std::vector<std::string> asked{"/", "/missing.png", "/i.gif"};
    BOOST_TEST(f.at.server.log() == asked, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_provider_is_described_from_its_metadata_without_being_asked_to)
{
    fixture f;
    const std::string resource = f.at.server.url("/mcp");
    f.at.places["/"] = {"text/html", "<title>Page</title><meta name=description content=About>"};
    f.at.places["/.well-known/oauth-protected-resource/mcp"] = {
        "application/json",
        R"({"resource":")" + resource + R"(","authorization_servers":[")" + f.at.server.url("")
            + R"("],"resource_name":"Of the metadata"})"};
    f.describe(resource);
    BOOST_TEST(!f.ec);
    BOOST_TEST(f.profile.title == "Of the metadata");
    BOOST_TEST(f.profile.description == "About");
    BOOST_TEST(name_of(f.profile.title_source) == "resource_metadata");
}

BOOST_AUTO_TEST_CASE(a_host_that_says_nothing_has_a_profile_with_its_name)
{
    fixture f;
    f.describe(f.at.server.url("/mcp"));
    BOOST_TEST(!f.ec);
    BOOST_TEST(f.profile.host == "127.0.0.1");
    BOOST_TEST(f.profile.title.empty());
    BOOST_TEST(f.profile.icon.empty());
}

BOOST_AUTO_TEST_CASE(a_host_that_is_not_there_has_a_profile_too)
{
    fixture f;
    const testing::refusing_port nobody;
    f.describe(nobody.url("/mcp"));
    BOOST_TEST(!f.ec);
    BOOST_TEST(f.profile.host == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(this_machine_is_not_described_where_that_is_not_allowed)
{
    fixture f;
    f.at.places["/"] = {"text/html", "<title>Inside</title>"};
    f.describe(describe_params(f.at.server.url("/mcp")).allow_loopback(false));
    BOOST_TEST((f.ec == errc::url_scheme_not_allowed));
    BOOST_TEST(f.at.server.log().empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_never_answers_does_not_hold_the_profile_up)
{
    fixture f;
    f.at.places["/"] = {"text/html", "<title>a</title>"};
    f.at.places["/favicon.ico"] = {"image/gif", ""};
    f.describe(describe_params(f.at.server.url("/mcp")).timeout(std::chrono::milliseconds(300)));
    BOOST_TEST(!f.ec);
    BOOST_TEST(f.profile.icon.empty());
}

BOOST_AUTO_TEST_CASE(a_cancellation_ends_it)
{
    fixture f;
    f.at.places["/"] = {"text/html", ""};
    asio::cancellation_signal signal;
    async_describe(
        *f.subject,
        f.at.server.url("/mcp"),
        asio::bind_cancellation_slot(signal.slot(), f.handler())
    );
    while (f.at.server.log().empty())
        f.io.poll_one();
    signal.emit(asio::cancellation_type::total);
    f.io.run();
    BOOST_TEST(f.calls == 1);
    BOOST_TEST((f.ec == condition::cancelled));
    BOOST_TEST(f.profile.host.empty());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_url_is_told)
{
    fixture f;
    diagnostics info;
    async_describe(*f.subject, "http://mcp.example/", info, f.handler());
    f.io.run();
    BOOST_TEST(f.calls == 1);
    BOOST_TEST((f.ec == errc::url_scheme_not_allowed));
    BOOST_TEST(name_of(info.where()) == "description");
}

BOOST_AUTO_TEST_CASE(a_describer_outlives_its_client)
{
    fixture f;
    const describer d(*f.subject, &read_html_head);
    f.subject.reset();
    d.async_describe(f.at.server.url("/mcp"), f.handler());
    f.io.run();
    BOOST_TEST(f.calls == 1);
    BOOST_TEST((f.ec == errc::client_closed));
}

BOOST_AUTO_TEST_SUITE_END()
