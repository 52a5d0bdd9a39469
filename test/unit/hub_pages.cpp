// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the pages of a hub say of an integration, in each state that it may be in.

#include "hub/page_parts.hpp"
#include "hub/pages.hpp"
#include "hub/site.hpp"

#include <asioauth/hub_settings.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth {
namespace {

using detail::integration;
using detail::integration_problem;
using detail::integration_state;
using detail::page_notice;

constexpr std::string_view hostile = R"("><script>alert('x')</script>&amp;)";
constexpr std::string_view harmless =
    "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;";

class pages
{
public:
    std::string list(const std::vector<integration>& all) const
    {
        return list_page(view_, all, "", page_notice());
    }
    std::string preview(const integration& i, const page_notice& n = page_notice()) const
    {
        return preview_page(view_, i, n);
    }
    std::string of(const integration& i, const page_notice& n = page_notice()) const
    {
        return integration_page(view_, i, n);
    }
    std::string leaving(const integration& i, const url& where) const
    {
        return leaving_page(view_, i, where);
    }
    std::string popup(const integration& i) const { return popup_page(view_, i); }

    const std::chrono::system_clock::time_point now =
        std::chrono::system_clock::time_point(std::chrono::hours(500'000));

private:
    const detail::hub_site site_{hub_settings("https://app.example/hub")};
    const hub_user user_ = hub_user("alice").name("Alice");
    const detail::page_view view_{site_, user_, "form-token", now};
};

integration known()
{
    integration i;
    i.id = "0123456789abcdef0123456789abcdef";
    i.user = "alice";
    i.resource = *url::parse("https://mcp.example/mcp?key=1");
    i.name = "Example";
    i.issuer = "https://as.example/tenant";
    return i;
}

integration connected(const pages& at)
{
    integration i = known();
    i.state = integration_state::connected;
    i.connected_at = at.now - std::chrono::hours(2);
    return i;
}

integration_problem problem()
{
    integration_problem p;
    p.stage = "token";
    p.code = "token_refused";
    p.message = "It said no.";
    p.hint = "Ask again.";
    p.said = std::string(hostile);
    return p;
}

bool has(std::string_view page, std::string_view what)
{
    return page.find(what) != std::string_view::npos;
}

// How often, since a second button of the same name is one too many.
std::size_t count(std::string_view page, std::string_view what)
{
    std::size_t n = 0;
    for (auto at = page.find(what); at != std::string_view::npos; at = page.find(what, at + 1))
        ++n;
    return n;
}

BOOST_AUTO_TEST_SUITE(hub_pages)

BOOST_AUTO_TEST_CASE(list_says_what_there_is)
{
    const pages at;
    BOOST_TEST(has(at.list({}), "You have none yet."));
    auto second = connected(at);
    second.name = std::string(hostile);
    const auto page = at.list({known(), second});
    BOOST_TEST(has(page, "<span class=\"count\">2</span>"));
    BOOST_TEST(has(page, "Not connected yet"));
    BOOST_TEST(has(page, ">Connected<"));
    BOOST_TEST(has(page, harmless));
    BOOST_TEST(!has(page, "<script>alert"));
    BOOST_TEST(has(page, "value=\"form-token\""));
}

BOOST_AUTO_TEST_CASE(preview_says_who_it_is_and_what_it_asks_for)
{
    const pages at;
    auto i = known();
    auto page = at.preview(i);
    BOOST_TEST(has(page, "https://mcp.example/mcp<"));
    BOOST_TEST(!has(page, "key=1")); // a query may have a secret
    BOOST_TEST(has(page, "as.example"));
    BOOST_TEST(has(page, "Do what the server allows by default"));
    BOOST_TEST(has(page, "Rely on the two addresses."));
    BOOST_TEST(has(page, "Log in and connect"));

    i.scope = "files.read files.write";
    page = at.preview(i, page_notice("Not so.", "Try this."));
    BOOST_TEST(has(page, "files.read"));
    BOOST_TEST(!has(page, "allows by default"));
    BOOST_TEST(has(page, "Not so."));
    BOOST_TEST(has(page, "Try this."));

    i.issuer = "https://mcp.example";
    BOOST_TEST(!has(at.preview(i), "Rely on the two addresses."));

    i.needs_login = false;
    page = at.preview(i);
    BOOST_TEST(has(page, "None is needed."));
    BOOST_TEST(!has(page, "You log in at"));
    BOOST_TEST(has(page, ">Connect<"));
}

BOOST_AUTO_TEST_CASE(server_that_registers_nobody_is_given_a_client_first)
{
    const pages at;
    auto i = known();
    i.needs_client = true;
    auto page = at.preview(i);
    BOOST_TEST(has(page, "Register a client first"));
    BOOST_TEST(count(page, "Log in and connect") == 1U);
    i.client_id = "mine";
    page = at.preview(i);
    BOOST_TEST(!has(page, "Register a client first"));
    BOOST_TEST(count(page, "Log in and connect") == 1U);
    i.client_id.clear();
    i.needs_login = false;
    BOOST_TEST(has(at.preview(i), "Register a client first"));
}

BOOST_AUTO_TEST_CASE(connected_one_has_tools_and_a_way_to_be_used)
{
    const pages at;
    auto i = connected(at);
    auto page = at.of(i);
    BOOST_TEST(has(page, "They are not listed yet."));
    BOOST_TEST(has(page, "List the tools<"));
    BOOST_TEST(has(page, "https://app.example/hub/use/" + i.id));
    BOOST_TEST(has(page, "Log in as somebody else"));
    BOOST_TEST(!has(page, "id=\"todo\""));
    BOOST_TEST(!has(page, "It may"));

    i.tools_at = at.now;
    BOOST_TEST(has(at.of(i), "It has none."));
    i.tools_note = "It is no MCP server.";
    page = at.of(i);
    BOOST_TEST(has(page, "It is no MCP server."));
    BOOST_TEST(!has(page, "It has none."));

    i.tools_note.clear();
    i.granted_scope = "files.read";
    detail::integration_tool tool;
    tool.name = "search";
    i.tools.push_back(tool);
    tool.title = std::string(hostile);
    tool.description = std::string(1000, 'd');
    i.tools.push_back(tool);
    page = at.of(i);
    BOOST_TEST(has(page, "<strong dir=\"auto\">search</strong></li>"));
    BOOST_TEST(has(page, "<code>search</code>")); // what the other is called in programs
    BOOST_TEST(has(page, harmless));
    BOOST_TEST(!has(page, std::string(400, 'd')));
    BOOST_TEST(has(page, "It may"));
    BOOST_TEST(has(page, "List the tools again"));
    BOOST_TEST(!has(page, "more tools"));

    i.tools.resize(100, tool);
    page = at.of(i);
    BOOST_TEST(has(page, "more tools</summary>"));
    BOOST_TEST(count(page, "<code>search</code>") == 99U);
}

BOOST_AUTO_TEST_CASE(one_without_a_login_offers_none)
{
    const pages at;
    auto i = connected(at);
    i.needs_login = false;
    auto page = at.of(i);
    BOOST_TEST(!has(page, "Logged in at"));
    BOOST_TEST(!has(page, "Log in as somebody else"));
    BOOST_TEST(has(page, "It is removed from your list."));
    i.state = integration_state::failed;
    i.problem = problem();
    page = at.of(i);
    BOOST_TEST(has(page, "Try again"));
    BOOST_TEST(!has(page, "Log in again"));
    i.connected_at.reset();
    page = at.of(i);
    BOOST_TEST(has(page, "Try again"));
    BOOST_TEST(!has(page, "id=\"tools\""));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_with_what_to_do)
{
    const pages at;
    auto i = connected(at);
    i.state = integration_state::failed;
    i.problem = problem();
    auto page = at.of(i);
    BOOST_TEST(has(page, "Something went wrong"));
    BOOST_TEST(has(page, "It said no."));
    BOOST_TEST(has(page, "Ask again."));
    BOOST_TEST(has(page, harmless));
    BOOST_TEST(!has(page, "<script>alert"));
    BOOST_TEST(has(page, "<code>token_refused</code> at <code>token</code>"));
    BOOST_TEST(has(page, "Try again"));
    BOOST_TEST(has(page, "Log in again"));

    i.problem.said.clear();
    i.problem.hint.clear();
    i.problem.stage = "none";
    page = at.of(i);
    BOOST_TEST(!has(page, "The server says"));
    BOOST_TEST(has(page, "<code>token_refused</code></p>"));

    i.connected_at.reset(); // it has never worked
    page = at.of(i);
    BOOST_TEST(!has(page, "Try again"));
    BOOST_TEST(has(page, "Log in again"));

    i.state = integration_state::login_required;
    i.problem = integration_problem();
    page = at.of(i);
    BOOST_TEST(has(page, "You have to log in again"));
    BOOST_TEST(!has(page, "For whoever helps you"));
}

BOOST_AUTO_TEST_CASE(login_that_ends_is_told_before_it_does)
{
    const pages at;
    auto i = connected(at);
    i.ends_at = at.now + std::chrono::hours(24 * 300);
    auto page = at.of(i);
    BOOST_TEST(has(page, "Login ends"));
    BOOST_TEST(!has(page, "The login ends soon"));
    i.ends_at = at.now + std::chrono::minutes(1);
    BOOST_TEST(has(at.of(i), "The login ends soon"));
    i.ends_at = at.now;
    BOOST_TEST(has(at.of(i), "You have to log in again"));
}

BOOST_AUTO_TEST_CASE(permission_that_is_missing_is_named)
{
    const pages at;
    auto i = connected(at);
    i.state = integration_state::more_needed;
    i.granted_scope = "files.read";
    i.needed_scope = "files.read files.delete";
    i.needed_by = "tools/call remove";
    auto page = at.of(i);
    BOOST_TEST(has(page, "More permission is needed"));
    BOOST_TEST(has(page, "tools/call remove"));
    const auto todo = page.substr(page.find("More permission"), 700);
    BOOST_TEST(has(todo, "files.delete"));
    BOOST_TEST(!has(todo, "files.read"));
    BOOST_TEST(has(page, "Allow it"));

    i.needed_by.clear();
    i.needed_scope.clear();
    page = at.of(i);
    BOOST_TEST(has(page, "What was tried last needs something that you have not allowed yet.</p>"));
}

BOOST_AUTO_TEST_CASE(pages_on_the_way_name_where_they_lead)
{
    const pages at;
    auto i = known();
    i.name = std::string(hostile);
    const auto page = at.leaving(i, *url::parse("https://as.example/authorize?a=1&b=2"));
    BOOST_TEST(has(page, "<strong dir=\"ltr\">as.example</strong>"));
    BOOST_TEST(has(page, "href=\"https://as.example/authorize?a=1&amp;b=2\" rel=\"noreferrer\""));
    BOOST_TEST(has(page, harmless));
    BOOST_TEST(has(at.popup(i), harmless));
}

BOOST_AUTO_TEST_CASE(what_the_server_says_of_a_failure_is_quoted_as_text)
{
    const pages at;
    failure f(errc::invalid_request);
    f.server_message(hostile);
    auto page = at.preview(known(), page_notice(f));
    BOOST_TEST(has(page, "<div class=\"notice\" id=\"notice\" role=\"alert\">"));
    BOOST_TEST(has(page, "The server says: <q dir=\"auto\">" + std::string(harmless)));
    BOOST_TEST(!has(page, "<script>alert"));
    page = at.preview(known(), page_notice(failure(errc::invalid_request)));
    BOOST_TEST(has(page, "id=\"notice\""));
    BOOST_TEST(!has(page, "<q dir="));
    // One that says nothing is no box.
    BOOST_TEST(!has(at.preview(known(), page_notice("", "Try this.")), "id=\"notice\""));
    BOOST_TEST(!has(at.preview(known(), page_notice("Not so.", "")), "<p></p>"));
}

BOOST_AUTO_TEST_CASE(many_scopes_are_counted_behind_the_first_ones)
{
    const pages at;
    auto i = known();
    const auto asks_for = [&](int n) {
        i.scope.clear();
        for (int k = 0; k != n; ++k)
            i.scope += (k == 0 ? "area" : " area") + std::to_string(k);
        return at.preview(i);
    };
    // One that is left over is shown sooner than counted.
    auto page = asks_for(9);
    BOOST_TEST(!has(page, "<details class=\"more\"><summary>and"));
    BOOST_TEST(has(page, "<code>area8</code>"));
    page = asks_for(10);
    const auto more = page.find("<details class=\"more\"><summary>and 2 more</summary>");
    BOOST_REQUIRE(more != std::string::npos);
    BOOST_TEST(page.find("<code>area7</code>") < more);
    BOOST_TEST(page.find("<code>area8</code>") > more);
    BOOST_TEST(has(page, "<code>area9</code>"));
    for (int k = 0; k != 10; ++k)
        BOOST_TEST(count(page, "<code>area" + std::to_string(k) + "</code>") == 1U);
}

BOOST_AUTO_TEST_CASE(without_a_picture_there_is_the_first_letter_or_digit_of_the_name)
{
    const pages at;
    auto i = known();
    const std::string before = "<span class=\"icon letter\" aria-hidden=\"true\">";
    const std::pair<const char*, const char*> letters[] = {
        {"Example", "E"},
        {"zebra", "z"},
        {"  files", "f"},
        {"(7up)", "7"},
        {"@[`{A", "A"},
        {"\u00e4rger", "\u00e4"},
        {"- \u65e5\u672c", "\u65e5"},
        {"\U0001f600 faces", "\U0001f600"},
        {"...", "?"},
        {"<&>", "?"},
        {"", "?"}};
    for (const auto& [name, letter] : letters)
    {
        i.name = name;
        BOOST_TEST(has(at.preview(i), before + letter + "</span>"), name);
    }
    i.icon = "picture";
    const auto page = at.preview(i);
    BOOST_TEST(!has(page, before));
    BOOST_TEST(has(page, "src=\"/hub/icons/picture\""));
}

BOOST_AUTO_TEST_CASE(address_that_is_none_is_shown_as_it_is)
{
    const pages at;
    auto i = known();
    i.issuer = std::string(hostile); // of a record that somebody else has written
    const auto page = at.preview(i);
    BOOST_TEST(has(page, harmless));
    BOOST_TEST(!has(page, "<script>alert"));
    BOOST_TEST(has(page, "Rely on the two addresses."));
    BOOST_TEST(detail::host_of("https://as.example:8443/tenant?x#y") == "as.example:8443");
    BOOST_TEST(detail::host_of("as.example") == "as.example");
    BOOST_TEST(detail::host_of("") == "");
}

BOOST_AUTO_TEST_CASE(links_of_a_provider_are_https_or_none)
{
    const pages at;
    auto i = known();
    BOOST_TEST(!has(at.preview(i), "class=\"links\""));
    i.website = "http://example/";
    i.tos = "javascript:alert(1)";
    BOOST_TEST(!has(at.preview(i), "class=\"links\""));
    i.policy = "https://example/privacy?a&b";
    const auto page = at.preview(i);
    BOOST_TEST(has(page, "href=\"https://example/privacy?a&amp;b\""));
    BOOST_TEST(has(page, ">Privacy policy</a>"));
    BOOST_TEST(!has(page, ">Website</a>"));
    BOOST_TEST(!has(page, "javascript:"));
}

BOOST_AUTO_TEST_CASE(stage_of_a_problem_is_named_where_there_is_one)
{
    const pages at;
    auto i = connected(at);
    i.state = integration_state::failed;
    i.problem = problem();
    BOOST_TEST(has(at.of(i), "</code> at <code>token</code>"));
    for (const char* stage : {"", "none"})
    {
        i.problem.stage = stage;
        const auto page = at.of(i);
        BOOST_TEST(has(page, "<code>token_refused</code></p>"), stage);
        BOOST_TEST(!has(page, "</code> at <code>"), stage);
    }
}

BOOST_AUTO_TEST_CASE(message_page_says_what_there_is_and_where_to_go_on)
{
    const detail::hub_site site{hub_settings("https://app.example/hub")};
    const auto bare = message_page(site, "Not connected", page_notice());
    BOOST_TEST(has(bare, "<h1>Not connected</h1>\n<div class=\"choices\">"));
    BOOST_TEST(has(bare, "<a class=\"button\" data-back href=\"/hub/\">Back to the list</a>"));
    BOOST_TEST(!has(bare, "Try again"));
    page_notice notice("It said no.", "Ask again.");
    notice.said = std::string(hostile);
    const auto full = message_page(site, "Not connected", notice, "/hub/integrations/x?a&b");
    BOOST_TEST(has(full, "It said no."));
    BOOST_TEST(has(full, "Ask again."));
    BOOST_TEST(has(full, "The server says: <q dir=\"auto\">" + std::string(harmless)));
    BOOST_TEST(has(full, "href=\"/hub/integrations/x?a&amp;b\">Try again</a>"));
    BOOST_TEST(has(full, "<a data-back href=\"/hub/\">Back to the list</a>"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
