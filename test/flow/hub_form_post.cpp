// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Answers of authorization servers that come as forms (`response_mode=form_post`).

#include "hub_fixture.hpp"

BOOST_AUTO_TEST_SUITE(hub_form_post)

using namespace asioauth;
using namespace asioauth::test;

namespace {

hub_settings with_forms()
{
    return hub_settings("https://app.example/hub").form_post(true);
}

void offer_forms(world& w)
{
    std::string document = server_document;
    document.insert(1, R"("response_modes_supported":["query","form_post"],)");
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
}

form_fields answer_to(const url& left)
{
    return {
        {"code", "the-code"},
        {"state", parameter_of(left, "state")},
        {"iss", "https://as.example"},
    };
}

// As browsers send what a page of another site posts: nothing of ours comes with it.
seen posted_from_elsewhere(hub_app& at, form_fields form)
{
    const auto cookies = std::exchange(at.cookie_jar, {});
    auto out = at.ask(asking::post("/callback", std::move(form)).csrf(""), hub_user(""));
    BOOST_TEST(at.cookie_jar.empty());
    at.cookie_jar = cookies;
    return out;
}

// The form of a page, as its button sends it.
form_fields form_of_page(const seen& page)
{
    form_fields out;
    const std::string begin = R"(<input type="hidden" name=")";
    const std::string middle = R"(" value=")";
    const std::string& all = page.body();
    for (auto at = all.find(begin); at != std::string::npos; at = all.find(begin, at + 1))
    {
        const auto name = at + begin.size();
        const auto value = all.find(middle, name);
        const auto end = all.find('"', value + middle.size());
        out.emplace_back(
            all.substr(name, value - name),
            all.substr(value + middle.size(), end - value - middle.size())
        );
    }
    return out;
}

seen sent_on(hub_app& at, form_fields form, const hub_user& by)
{
    return at.ask(asking::post("/callback", std::move(form)).csrf(""), by);
}

} // namespace

BOOST_AUTO_TEST_CASE(an_answer_from_another_site_is_sent_once_more_from_ours)
{
    hub_app at(with_forms());
    offer_forms(at.w);
    const auto id = at.add();
    const auto left = at.leave(id);
    BOOST_TEST(parameter_of(left, "response_mode") == "form_post");

    const auto page = posted_from_elsewhere(at, answer_to(left));
    BOOST_TEST(page.status() == 200);
    BOOST_TEST(
        page.field("Content-Security-Policy").find("form-action 'self'") != std::string::npos
    );
    BOOST_TEST(page.says(R"(<form method="post" data-relay action="/hub/callback">)"));
    BOOST_TEST(page.says("Continue</button>"));
    BOOST_TEST(at.status_of(id) == "added");
    BOOST_TEST(at.grants.empty());

    const auto done = sent_on(at, form_of_page(page), at.anna);
    BOOST_TEST(done.status() == 303, done.body());
    BOOST_TEST(done.field("Location") == "/hub/integrations/" + id);
    BOOST_TEST(at.status_of(id) == "connected");
    // A second time there is nothing to finish.
    BOOST_TEST(sent_on(at, form_of_page(page), at.anna).status() != 303);
    BOOST_TEST(at.grants.size() == 1u);
}

BOOST_AUTO_TEST_CASE(only_a_server_that_says_so_is_asked_for_a_form)
{
    hub_app silent(with_forms());
    BOOST_TEST(parameter_of(silent.leave(silent.add()), "response_mode") == "");
    hub_app unasked;
    offer_forms(unasked.w);
    const auto left = unasked.leave(unasked.add());
    BOOST_TEST(parameter_of(left, "response_mode") == "");
    // What comes as a form all the same is an answer like any other.
    const auto page = posted_from_elsewhere(unasked, answer_to(left));
    BOOST_TEST(sent_on(unasked, form_of_page(page), unasked.anna).status() == 303);
}

BOOST_AUTO_TEST_CASE(a_refusal_in_a_form_is_told)
{
    hub_app at(with_forms());
    offer_forms(at.w);
    const auto id = at.add();
    const auto left = at.leave(id);
    const auto page = posted_from_elsewhere(
        at,
        {{"error", "access_denied"},
         {"error_description", "Not today."},
         {"state", parameter_of(left, "state")},
         {"iss", "https://as.example"}}
    );
    const auto told = sent_on(at, form_of_page(page), at.anna);
    BOOST_TEST(told.status() == 403);
    BOOST_TEST(told.says("Not today."));
    BOOST_TEST(told.says("/hub/integrations/" + id)); // where to try again
}

BOOST_AUTO_TEST_CASE(a_form_of_another_page_brings_nothing_else_along)
{
    hub_app at(with_forms());
    const auto page = posted_from_elsewhere(
        at,
        {{"code", "\"><script>alert(1)</script>"},
         {"state", "'&<x>"},
         {"csrf", "x"},
         {"name\"><b>", "y"}}
    );
    BOOST_TEST(page.status() == 200);
    BOOST_TEST(!page.says("<script>alert"));
    BOOST_TEST(!page.says("<x>"));
    BOOST_TEST(!page.says("name\""
                          "><b>"));
    BOOST_TEST(form_of_page(page).size() == 3u); // two of them, and the mark
    // Others than the callback take no form of another site.
    BOOST_TEST(
        at.ask(asking::post("/integrations", {{"url", resource_url}}).csrf(""), hub_user(""))
            .status()
        == 401
    );
    const asking long_one =
        asking("POST", "/callback")
            .text("application/x-www-form-urlencoded", "code=" + std::string(70'000, 'x'));
    BOOST_TEST(at.ask(long_one, hub_user("")).status() == 413);
}

BOOST_AUTO_TEST_CASE(a_form_that_cannot_be_read_or_has_nothing_of_an_answer_is_not_sent_on)
{
    hub_app at(with_forms());
    offer_forms(at.w);
    const auto left = at.leave(at.add());
    for (const std::string& body :
         {std::string("code=%zz&state=" + parameter_of(left, "state")),
          std::string("csrf=x&name=y"),
          std::string()})
    {
        const auto cookies = std::exchange(at.cookie_jar, {});
        const auto page = at.ask(
            asking("POST", "/callback").text("application/x-www-form-urlencoded", body),
            hub_user("")
        );
        at.cookie_jar = cookies;
        BOOST_TEST(page.status() == 401, body);
        BOOST_TEST(!page.says("data-relay"), body);
    }
    // None of them has spoiled anything.
    const auto page = posted_from_elsewhere(at, answer_to(left));
    BOOST_TEST(sent_on(at, form_of_page(page), at.anna).status() == 303);
}

BOOST_AUTO_TEST_CASE(an_answer_that_another_site_marks_as_sent_on_finishes_nothing)
{
    hub_app at(with_forms());
    offer_forms(at.w);
    const auto id = at.add();
    const auto left = at.leave(id);
    auto marked = answer_to(left);
    marked.emplace_back("relayed", "1");
    // Without cookies there is no user.
    BOOST_TEST(posted_from_elsewhere(at, marked).status() == 401);
    // Signed in, but in another browser.
    const auto cookies = std::exchange(at.cookie_jar, {});
    BOOST_TEST(sent_on(at, marked, at.anna).status() != 303);
    // Somebody else in this browser.
    at.cookie_jar = cookies;
    BOOST_TEST(sent_on(at, marked, hub_user("bert")).status() != 303);
    auto twice = marked;
    twice.emplace_back("code", "another");
    BOOST_TEST(sent_on(at, twice, at.anna).status() != 303);
    BOOST_TEST(at.grants.empty());
    BOOST_TEST(at.count(record_kind::pending_login) == 1);
    BOOST_TEST(sent_on(at, marked, at.anna).status() == 303);
}

BOOST_AUTO_TEST_SUITE_END()
