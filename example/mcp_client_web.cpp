// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Application: an MCP client in the browser.
//
// Add an MCP server by its URL, log in if it wants that, see its tools, call one. The hub does the
// first three; what is left for the program is this file. It calls tools through the hub, which adds
// the access token, refreshes it, and asks the user for more permission when a tool needs it.
//
// It is for one person at this machine; lesson 10 has a hub for the users of a site.
//
//     mcp_client_web [--port N] [--store FILE] [--no-browser]

#include "support/web_application.hpp"

#include <asioauth/protocol/mcp.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace mcp = asioauth::mcp;

using asioauth::http_request;
using asioauth::http_response;
using asioauth::hub_integration;
using asioauth::hub_request;
using asioauth::hub_user;
using example::html;
using respond = asioauth::hub_server_settings::respond;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view name = "mcp_client_web";
constexpr std::size_t most_octets = 1'000'000;

class application
{
public:
    explicit application(asioauth::client& client) : executor_(client.get_executor()) {}

    void begin(const asioauth::hub& hub) { hub_ = hub; }

    void answer(hub_request request, const hub_user& user, respond done)
    {
        asio::co_spawn(
            executor_, page_for(std::move(request), user.id(), done), example::answer_anyway(done)
        );
    }

private:
    asio::awaitable<void> page_for(hub_request request, std::string user, respond done)
    {
        if (request.target() == "/style.css")
            co_return done(example::style_sheet());
        if (request.method() == "POST" && request.target() == "/call")
        {
            auto shown = co_await call(request, user);
            co_return done(std::move(shown));
        }
        if (request.target() != "/")
            co_return done(example::page(404, "Not here", "<p><a href=\"/\">Back</a></p>\n"));
        auto shown = co_await list(user);
        done(std::move(shown));
    }

    asio::awaitable<http_response> list(std::string user)
    {
        auto [ec, all] = co_await hub_->async_list(user, as_tuple);
        if (ec)
            co_return not_listed(ec);
        std::string content = "<p><a href=\"/hub/\">Add an MCP server</a></p>\n";
        for (const auto& i : all)
        {
            content += "<section>\n<h2><a href=\"" + html(i.page) + "\">" + html(i.name)
                + "</a></h2>\n<p class=\"soft\">" + words_for(i.status) + "</p>\n";
            for (const auto& tool : i.tools)
                content += "<details>\n<summary>" + html(tool.name)
                    + "</summary>\n<form method=\"post\" action=\"/call\">\n"
                      "<input type=\"hidden\" name=\"id\" value=\""
                    + html(i.id) + "\">\n<input type=\"hidden\" name=\"tool\" value=\""
                    + html(tool.name)
                    + "\">\n<label>Arguments, as JSON <textarea name=\"arguments\" rows=\"2\">{}"
                      "</textarea></label>\n<button>Call</button>\n</form>\n</details>\n";
            content += "</section>\n";
        }
        co_return example::page(200, "MCP client", content);
    }

    static http_response not_listed(const asioauth::error_code& ec)
    {
        return example::page(503, "Out of order", "<p>" + html(ec.message()) + "</p>\n");
    }

    static std::string words_for(asioauth::integration_status status)
    {
        if (status == asioauth::integration_status::connected)
            return "Connected";
        if (status == asioauth::integration_status::expiring)
            return "Connected; its login ends soon";
        return "Needs you: see its page";
    }

    asio::awaitable<http_response> call(const hub_request& form, std::string user)
    {
        auto [ec, all] = co_await hub_->async_list(user, as_tuple);
        if (ec)
            co_return not_listed(ec);
        const std::string id = example::form_value(form, "id");
        for (const auto& i : all)
        {
            if (i.id != id)
                continue;
            auto shown = co_await call_at(
                i, user, example::form_value(form, "tool"), example::form_value(form, "arguments")
            );
            co_return shown;
        }
        co_return example::page(404, "Not here", "<p><a href=\"/\">Back</a></p>\n");
    }

    asio::awaitable<http_response>
    call_at(hub_integration i, std::string user, std::string tool, std::string arguments)
    {
        mcp::server_info server;
        auto hello =
            mcp::make_discover_request(asioauth::request_kind::resource, i.resource, name, "1", 1);
        auto response = co_await through_hub(i.id, user, std::move(hello));
        if (!response)
            co_return failed(response.error());
        if (response->status() == 403)
            co_return not_allowed(i);
        if (mcp::needs_initialize(*response, 1))
        {
            auto initialize = mcp::make_initialize_request(
                asioauth::request_kind::resource, i.resource, name, "1", 2
            );
            response = co_await through_hub(i.id, user, std::move(initialize));
            if (!response)
                co_return failed(response.error());
            auto info = mcp::read_initialize_response(*response, 2);
            if (!info)
                co_return failed(info.error());
            server = *info;
            auto ready = mcp::make_initialized_notification(i.resource, server);
            response = co_await through_hub(i.id, user, std::move(ready));
            if (!response)
                co_return failed(response.error());
        }
        else
        {
            auto info = mcp::read_discover_response(*response, 1);
            if (!info)
                co_return failed(info.error());
            server = *info;
        }
        auto request =
            mcp::make_tools_call_request(i.resource, server, tool, arguments, name, "1", 3);
        if (!request)
            co_return failed(request.error());
        response = co_await through_hub(i.id, user, std::move(*request));
        if (!response)
            co_return failed(response.error());
        if (response->status() == 403)
            co_return not_allowed(i);
        auto text = mcp::read_tools_call_response(*response, 3);
        if (!text)
            co_return failed(text.error());
        co_return example::page(
            200,
            "The tool says",
            "<pre id=\"result\">" + html(*text) + "</pre>\n<p><a href=\"/\">Back</a></p>\n"
        );
    }

    // The hub is a part of this program, so that no request leaves it on the way there.
    asio::awaitable<asioauth::result<http_response>>
    through_hub(std::string id, std::string user, http_request what)
    {
        hub_request request(what.method(), "/hub/use/" + id);
        for (const auto& f : what.fields())
            request.field(f.first, f.second);
        request.body(what.body());
        hub_user who(user);
        who.by_credential(true);
        auto [ec, response] = co_await hub_->async_handle(request, who, as_tuple);
        if (ec)
            co_return asioauth::failure(ec);
        // What goes on is read in full: these are answers to single requests. One that breaks off, or
        // never ends, is none.
        std::string body = response.body();
        if (const auto events = response.events())
        {
            for (;;)
            {
                auto [read] = co_await events->async_read(as_tuple);
                if (!read)
                    co_return read.error();
                if (read->empty())
                    break;
                body += *read;
                if (body.size() > most_octets)
                    co_return asioauth::failure(asioauth::errc::response_body_too_large);
            }
        }
        response.body(body);
        co_return response;
    }

    static http_response failed(const asioauth::failure& f)
    {
        return example::page(
            502,
            "This did not work",
            "<p>" + html(asioauth::describe(f.code(), f.info()))
                + "</p>\n<p><a href=\"/\">Back</a></p>\n"
        );
    }

    // The hub's page says what is needed, and has the button.
    static http_response not_allowed(const hub_integration& i)
    {
        return example::page(
            403,
            "Your permission is needed",
            "<p><a id=\"visit\" href=\"" + html(i.page)
                + "\">See what for</a></p>\n"
                  "<p><a href=\"/\">Back</a></p>\n"
        );
    }

    asio::any_io_executor executor_;
    std::optional<asioauth::hub> hub_;
};

} // namespace

int main(int argc, char** argv)
{
    return example::serve(
        argc,
        argv,
        name,
        [](asioauth::client& client, asioauth::hub_server_settings& settings) {
            auto app = std::make_shared<application>(client);
            settings.pages([app](hub_request request, const hub_user& user, respond done) {
                app->answer(std::move(request), user, std::move(done));
            });
            settings.hub([](asioauth::hub_settings& hub) { hub.home("/", "MCP client"); });
            return app;
        }
    );
}
