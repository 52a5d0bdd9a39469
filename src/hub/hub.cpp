// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flow_op.hpp"
#include "hub/hub_core.hpp"
#include "hub/relayed_stream.hpp"
#include "hub/responses.hpp"
#include "hub/use.hpp"
#include "session_state.hpp"

#include <asioauth/hub.hpp>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::minutes deadline(2);
constexpr std::chrono::seconds deadline_of_looks(20);
// Each open page looks into the store again and again. A browser opens no more of them.
constexpr std::ptrdiff_t most_watchers = 16; // of one user

flow<http_response>
handle(std::shared_ptr<hub_core> hub, hub_request request, hub_user user, flow_settings settings)
{
    const std::string id = user.id();
    const bool head_only =
        request.method() == "HEAD" && !request.target().starts_with(hub->site->at("/use/"));
    if (head_only)
    {
        hub_request get("GET", request.target());
        for (const auto& f : request.fields())
            get.field(f.first, f.second);
        request = std::move(get);
    }
    auto answer = co_await answer_request(
        hub->site, std::move(request), std::move(user), std::move(settings)
    );
    if (!answer)
        co_return answer.error();
    if (!answer->list_tools_of.empty())
        hub->list_tools(answer->list_tools_of, id);
    if (answer->changed)
        hub->changed(id);
    if (const auto events = answer->response.events())
    {
        if (answer->call && answer->call->is_left())
        {
            events->close();
            co_return no_such_integration();
        }
        auto counted = relayed(
            *hub->site->streams, events, id, answer->streams_of, hub->site->settings.most_streams()
        );
        if (!counted)
        {
            events->close();
            co_return too_many_streams();
        }
        answer->response.events(std::move(counted));
    }
    if (answer->measures)
        answer->response = metrics_response(hub->core->measured());
    if (!answer->watches)
    {
        if (head_only)
            answer->response.body("");
        co_return std::move(answer->response);
    }
    if (hub->watchers_of(id) >= most_watchers)
        co_return text_response(429, "You have too many of these pages open.");
    http_response out(200, "");
    out.field("Content-Type", "text/event-stream");
    out.field("Cache-Control", "no-store");
    out.field("X-Content-Type-Options", "nosniff");
    if (!head_only)
        out.events(watch_badges(hub, id));
    co_return out;
}

hub_integration
shown(const hub_site& site, integration i, std::chrono::system_clock::time_point now)
{
    hub_integration out;
    out.status = badge_of(i, now).status;
    out.page = site.origin + site.at("/integrations/" + i.id);
    out.id = std::move(i.id);
    out.resource = std::move(i.resource);
    out.name = std::move(i.name);
    out.issuer = std::move(i.issuer);
    out.scope = std::move(i.granted_scope);
    out.ends_at = i.ends_at;
    for (auto& tool : i.tools)
    {
        hub_tool t;
        t.name = std::move(tool.name);
        t.title = std::move(tool.title);
        t.description = std::move(tool.description);
        out.tools.push_back(std::move(t));
    }
    return out;
}

flow<std::vector<hub_integration>> list_for(std::shared_ptr<hub_site> site, std::string user)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    auto all = co_await list_integrations(std::move(user));
    if (!all)
        co_return all.error();
    std::vector<hub_integration> out;
    for (auto& i : *all)
        out.push_back(shown(*site, std::move(i), time->wall));
    co_return out;
}

flow<session> open_for(std::shared_ptr<hub_core> hub, std::string user, std::string id)
{
    auto kept = co_await load_integration(std::move(id), user);
    if (!kept)
        co_return kept.error();
    if (kept->at == 0 || !kept->value.connected_at)
        co_return failure(errc::login_required).where(stage::store);
    login_params params = login_of(*hub->site, kept->value);
    auto memory = co_await open_for_use(
        hub->site, hub_user(user), std::move(kept->value), hub->core->flows()
    );
    if (!memory)
        co_return memory.error();
    co_return session(std::make_shared<const session_state>(
        hub->core, grant(*(*memory)->granted()), std::move(params)
    ));
}

} // namespace

void hub_core::list_tools(const std::string& id, const std::string& user)
{
    auto self = shared_from_this();
    launch<nothing>(
        core,
        deadline_of_looks,
        list_integration_tools(site, id, user, core->flows()),
        handler_of<nothing>([self, user](error_code) {
            if (!self->core->abandoned())
                self->core->hop([self, name = std::string(user)] { self->changed(name); });
        }),
        nullptr,
        operation_kind::hub
    );
}

void start_hub(
    const std::shared_ptr<client_core>& core,
    handler_of<http_response> handler,
    diagnostics* info,
    std::shared_ptr<hub_core> hub,
    hub_request request,
    hub_user user
)
{
    launch(
        core,
        deadline,
        handle(std::move(hub), std::move(request), std::move(user), core->flows()),
        std::move(handler),
        info,
        operation_kind::hub
    );
}

void start_hub_list(
    const std::shared_ptr<client_core>& core,
    handler_of<std::vector<hub_integration>> handler,
    diagnostics* info,
    std::shared_ptr<hub_core> hub,
    std::string user
)
{
    launch(
        core,
        deadline_of_looks,
        list_for(hub->site, std::move(user)),
        std::move(handler),
        info,
        operation_kind::hub
    );
}

void start_hub_open(
    const std::shared_ptr<client_core>& core,
    handler_of<session> handler,
    diagnostics* info,
    std::shared_ptr<hub_core> hub,
    std::string user,
    std::string id
)
{
    launch(
        core,
        deadline_of_looks,
        open_for(std::move(hub), std::move(user), std::move(id)),
        std::move(handler),
        info,
        operation_kind::hub
    );
}

} // namespace asioauth::detail

namespace asioauth {

hub::hub(const client& through, hub_settings settings)
    : executor_(through.get_executor())
    , core_(through.core())
    , hub_(std::make_shared<detail::hub_core>(through.core(), std::move(settings)))
{}

} // namespace asioauth
