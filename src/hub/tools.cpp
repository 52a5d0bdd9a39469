// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What an integration can do, as it says itself.

#include "hub/use.hpp"

#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/mcp.hpp>

namespace asioauth::detail {
namespace {

constexpr std::string_view client_name = "asioauth";
constexpr std::string_view client_version = "1";
// More than anybody reads; a server that never ends its list must not fill the store.
constexpr std::size_t most_pages = 20;
constexpr std::size_t most_tools = 500;
constexpr std::size_t longest_description = 500;
// All of it is read whenever the integration is.
constexpr std::size_t most_text = 64 * 1024;

class listing
{
public:
    listing() = default;

    mcp::server_info server;
    std::vector<integration_tool> tools;
};

flow<http_response>
send(std::shared_ptr<session_memory> session, http_request request, flow_settings settings)
{
    const std::string where = request.target().without_query();
    auto response = co_await authorised_request(session, request, settings);
    if (!response)
        co_return response;
    // A server may know a login only by the request that needs it.
    if (response->status() != 401 && response->status() != 403)
        co_return response;
    failure wrong(errc::http_status_unexpected);
    if (response->status() == 401)
        wrong = failure(errc::login_required);
    wrong.where(stage::resource).url(where).http_status(response->status());
    if (const auto challenge = read_bearer_challenge(*response))
        wrong.server_error(challenge->error).server_message(challenge->error_description);
    co_return wrong;
}

flow<mcp::server_info>
greet(std::shared_ptr<session_memory> session, url where, flow_settings settings)
{
    auto hello =
        mcp::make_discover_request(request_kind::resource, where, client_name, client_version, 1);
    auto response = co_await send(session, std::move(hello), settings);
    if (!response)
        co_return response.error();
    if (!mcp::needs_initialize(*response, 1))
        co_return mcp::read_discover_response(*response, 1);
    auto initialize =
        mcp::make_initialize_request(request_kind::resource, where, client_name, client_version, 2);
    response = co_await send(session, std::move(initialize), settings);
    if (!response)
        co_return response.error();
    auto info = mcp::read_initialize_response(*response, 2);
    if (!info)
        co_return info;
    auto done = mcp::make_initialized_notification(where, *info);
    response = co_await send(session, std::move(done), settings);
    if (!response)
        co_return response.error();
    co_return info;
}

flow<listing> list(std::shared_ptr<session_memory> session, url where, flow_settings settings)
{
    listing out;
    auto server = co_await greet(session, where, settings);
    if (!server)
        co_return server.error();
    out.server = std::move(*server);
    std::string cursor;
    std::size_t text = 0;
    for (std::size_t page = 0; page != most_pages; ++page)
    {
        const auto id = static_cast<std::int64_t>(page) + 3;
        auto ask = mcp::make_tools_list_request(
            where, out.server, cursor, client_name, client_version, id
        );
        auto response = co_await send(session, std::move(ask), settings);
        if (!response)
            co_return response.error();
        auto answer = mcp::read_tools_list_response(*response, id);
        if (!answer)
            co_return answer.error();
        for (const auto& tool : answer->tools)
        {
            if (out.tools.size() == most_tools)
                co_return out;
            integration_tool t;
            t.name = presentable(tool.name, 128);
            if (text < most_text)
            {
                t.title = presentable(tool.title, 128);
                t.description = presentable(tool.description, longest_description);
            }
            text += t.name.size() + t.title.size() + t.description.size();
            out.tools.push_back(std::move(t));
        }
        cursor = std::move(answer->next_cursor);
        if (cursor.empty())
            break;
    }
    co_return out;
}

} // namespace

flow<nothing> list_integration_tools(
    std::shared_ptr<hub_site> site, std::string id, std::string user, flow_settings settings
)
{
    auto kept = co_await load_integration(id, user);
    if (!kept)
        co_return kept.error();
    if (kept->at == 0 || kept->value.state == integration_state::added)
        co_return nothing();
    integration i = std::move(kept->value);
    auto session = co_await open_for_use(site, hub_user(user), i, settings);
    if (!session)
    {
        (void)co_await note_outcome(i, "listing the tools", session.error());
        co_return session.error();
    }
    auto listed = co_await list(std::move(*session), i.resource, settings);
    // Other web APIs are integrations too.
    const bool no_mcp = !listed
        && (listed.error().code() == errc::mcp_response_invalid
            || listed.error().code() == errc::http_status_unexpected);
    if (!listed && !no_mcp)
    {
        (void)co_await note_outcome(i, "listing the tools", listed.error());
        co_return listed.error();
    }
    integration looked = i;
    if (listed)
    {
        // What the server says of itself after the login comes first.
        describe_params who(i.resource.str());
        // Its name is there; and which authorization servers may be asked is the site's policy.
        who.identity(listed->server.identity).look_for_metadata(false);
        site->allow_networks(who);
        auto seen = co_await described(i, std::move(who), settings);
        if (seen)
            looked = std::move(*seen);
    }
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    const integration_change keep = [&](integration& now) {
        now.tools.clear();
        now.tools_note.clear();
        now.tools_at = time->wall;
        if (!listed)
        {
            now.tools_note = "This is no MCP server, or it did not list its tools.";
            return;
        }
        now.tools = listed->tools;
        // Whoever has chosen another name has it still.
        if (now.name == now.title || now.name == now.resource.authority())
            now.name = looked.title.empty() ? now.name : looked.title;
        now.title = looked.title;
        now.description = looked.description;
        now.website = looked.website;
        now.icon = looked.icon;
    };
    auto changed = co_await change_integration(id, user, keep);
    if (!changed)
        co_return changed.error();
    const result<void> well;
    co_return co_await note_outcome(std::move(i), "listing the tools", well);
}

} // namespace asioauth::detail
