// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Application: a text with context from anywhere.
//
// Any URL can be added as context: it is fetched. Where its host wants a login, the user is told so,
// with the name and the picture of the provider; after the login the same fetch succeeds.
//
// It is for one person at this machine: what was added is kept for as long as the program runs, and
// shown to whoever is signed in. Lesson 10 has a hub for the users of a site.
//
//     context_editor [--port N] [--store FILE] [--no-browser]

#include "support/web_application.hpp"

#include <asioauth/describe.hpp>
#include <asioauth/url.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;

using asioauth::http_response;
using asioauth::hub_request;
using asioauth::hub_user;
using example::html;
using respond = asioauth::hub_server_settings::respond;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_shown = 4'000;
constexpr std::size_t most_items = 50;

/// One piece of context.
struct item
{
    asioauth::url where;
    std::string text;
    std::string problem;
    bool needs_login = false;
    asioauth::provider_profile provider;
};

class application
{
public:
    explicit application(asioauth::client& client)
        : client_(client)
        , strand_(asio::make_strand(client.get_executor()))
    {}

    void begin(const asioauth::hub& hub) { hub_ = hub; }

    void answer(hub_request request, const hub_user& user, respond done)
    {
        asio::co_spawn(
            strand_, page_for(std::move(request), user.id(), done), example::answer_anyway(done)
        );
    }

private:
    asio::awaitable<void> page_for(hub_request request, std::string user, respond done)
    {
        if (request.target() == "/style.css")
            co_return done(example::style_sheet());
        if (request.target() == "/" && request.method() == "GET")
            co_return done(editor(""));
        if (request.target() == "/add" && request.method() == "POST")
        {
            std::string typed = example::form_value(request, "url");
            auto where = asioauth::url::parse(typed);
            if (!where)
                co_return done(editor(where.error().code().message()));
            if (items_.size() >= most_items)
                co_return done(editor("There is no room for more."));
            item fresh;
            fresh.where = *where;
            items_.push_back(std::make_shared<item>(std::move(fresh)));
            co_await fetch(items_.back(), user);
            co_return done(example::see_other("/"));
        }
        if (request.target() == "/again" && request.method() == "POST")
        {
            for (const auto& i : std::vector(items_))
            {
                if (i->needs_login || !i->problem.empty())
                    co_await fetch(i, user);
            }
            co_return done(example::see_other("/"));
        }
        done(example::page(404, "Not here", "<p><a href=\"/\">Back</a></p>\n"));
    }

    // With the login that the user has there, if there is one; otherwise without.
    asio::awaitable<void> fetch(std::shared_ptr<item> i, std::string user)
    {
        i->needs_login = false;
        i->problem.clear();
        auto [ec, session] = co_await session_for(i->where, user);
        if (ec == asioauth::errc::login_required)
        {
            i->needs_login = true;
            auto [no, provider] =
                co_await asioauth::async_describe(client_, i->where.str(), as_tuple);
            if (!no)
                i->provider = provider;
            co_return;
        }
        if (ec)
        {
            i->problem = ec.message();
            co_return;
        }
        asioauth::diagnostics info;
        asioauth::http_request request(asioauth::request_kind::resource, "GET", i->where);
        request.field("Accept", "text/plain, text/markdown, application/json, text/html;q=0.5");
        auto [failed, response] = co_await session.async_send(std::move(request), info, as_tuple);
        if (failed == asioauth::condition::login_required)
            i->needs_login = true;
        else if (failed)
            i->problem = asioauth::describe(failed, info);
        else if (!response.is_success())
            i->problem = "The server answers with status " + std::to_string(response.status());
        else
            i->text = asioauth::presentable(response.body(), most_shown);
    }

    asio::awaitable<std::pair<asioauth::error_code, asioauth::session>>
    session_for(asioauth::url where, std::string user)
    {
        auto [ec, all] = co_await hub_->async_list(user, as_tuple);
        if (ec)
            co_return std::pair(ec, asioauth::session());
        if (const auto* login = closest_login(all, where))
        {
            auto [failed, session] = co_await hub_->async_open(user, login->id, as_tuple);
            co_return std::pair(failed, session);
        }
        asioauth::login_params without(where.str());
        without.silent(true);
        auto [failed, session] = co_await client_.async_login(without, as_tuple);
        co_return std::pair(failed, session);
    }

    // Of the logins that are good for this address, the one with the longest path: the others may be
    // for something else at the same host.
    static const asioauth::hub_integration*
    closest_login(const std::vector<asioauth::hub_integration>& all, const asioauth::url& where)
    {
        const asioauth::hub_integration* out = nullptr;
        for (const auto& i : all)
        {
            if (i.status == asioauth::integration_status::login_required)
                continue;
            if (i.resource == where)
                return &i;
            const bool closer =
                out == nullptr || i.resource.path().size() > out->resource.path().size();
            if (closer && asioauth::covers(i.resource, where))
                out = &i;
        }
        return out;
    }

    http_response editor(const std::string& wrong) const
    {
        std::string content;
        if (!wrong.empty())
            content += "<p role=\"alert\">" + html(wrong) + "</p>\n";
        content += "<form method=\"post\" action=\"/add\">\n<label for=\"url\">Add any address as "
                   "context</label>\n<input id=\"url\" name=\"url\" required placeholder=\""
                   "https://\">\n<button>Add</button>\n</form>\n";
        bool waits = false;
        for (const auto& i : items_)
        {
            content += "<section>\n<h2>" + html(i->where.without_query()) + "</h2>\n";
            if (i->needs_login)
            {
                waits = true;
                content += login_wanted(*i);
            }
            else if (!i->problem.empty())
            {
                waits = true;
                content += "<p>" + html(i->problem) + "</p>\n";
            }
            else
                content += "<pre>" + html(i->text) + "</pre>\n";
            content += "</section>\n";
        }
        if (waits)
            content += "<form method=\"post\" action=\"/again\">\n<button>Try again</button>\n"
                       "</form>\n";
        return example::page(wrong.empty() ? 200 : 400, "Context", content);
    }

    static std::string login_wanted(const item& i)
    {
        const auto& who = i.provider;
        std::string out = "<p>";
        if (!who.icon.empty())
            out += "<img alt=\"\" src=\"data:" + who.icon_type + ";base64,"
                + asioauth::base64_encode(who.icon) + "\">";
        out += "<strong>" + html(who.title.empty() ? i.where.host() : who.title) + "</strong> ("
            + html(i.where.host()) + ") wants you to log in.";
        if (!who.description.empty())
            out += " " + html(who.description);
        return out + "</p>\n<p><a href=\"/hub/?url=" + html(asioauth::form_encode(i.where.str()))
            + "\">Log in</a></p>\n";
    }

    asioauth::client& client_;
    asio::strand<asioauth::client::executor_type> strand_; // of everything here
    std::optional<asioauth::hub> hub_;
    std::vector<std::shared_ptr<item>> items_;
};

} // namespace

int main(int argc, char** argv)
{
    return example::serve(
        argc,
        argv,
        "context_editor",
        [](asioauth::client& client, asioauth::hub_server_settings& settings) {
            auto app = std::make_shared<application>(client);
            settings.pages([app](hub_request request, const hub_user& user, respond done) {
                app->answer(std::move(request), user, std::move(done));
            });
            settings.hub([](asioauth::hub_settings& hub) {
                // Codes are not to be in the address of a page that somebody may copy.
                hub.home("/", "Context").form_post(true);
            });
            return app;
        }
    );
}
